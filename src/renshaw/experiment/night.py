"""`night`: eight hours in bed, with touches and stretches at random, and the spasms they provoke.

Between touches nothing happens to a motoneuron at rest, so that only the time from each touch until
silence is simulated. Disrupted sleep is what people with spasms complain of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from renshaw.core.history import History, Step
from renshaw.core.machine import cores
from renshaw.core.results import Result
from renshaw.core.seeds import checked_seed, derived_seed, stream
from renshaw.core.settings import Settings, as_python, setting
from renshaw.core.version import __version__
from renshaw.engine.run import EngineSettings
from renshaw.engine.session import Seat, Session
from renshaw.experiment.maximal import mvc_force
from renshaw.experiment.simulate import edited
from renshaw.experiment.tracking import TORQUE_hz
from renshaw.interventions import Intervention, chosen
from renshaw.model.participant import Participant
from renshaw.model.run_down import RECOVERY_s, RunDown
from renshaw.muscle.twitches import Twitches
from renshaw.protocols import Arrivals, Devices, Protocol
from renshaw.protocols.in_bed import InBed, Touch

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]
Progress = Callable[[int, int, str], None]

_CITES = ("powers2017", "destexhe2001", "fuglevand1993", "penn1989")

# Rest simulated before a touch, so that motoneurons have found their resting potential.
_BEFORE_s = 0.5
# After this much silence a motoneuron is as if nothing had happened; see the test.
_FORGOTTEN_s = 15.0
# Parts of the night are simulated side by side where this lies between touches, in which what wore
# off has come back but for a twentieth.
_APART_s = 3.0 * RECOVERY_s
_PIECE_s = 0.1
# Input is made for so much time at once, and for twice as much when that was not enough.
_AHEAD_s = 16.0


@dataclass(frozen=True, kw_only=True)
class NightSettings(Settings):
    """A night in bed."""

    hours: float = setting(8.0, "length of the night", unit="h", gt=0, le=24)
    touches_per_hour: float = setting(
        12.0, "touches of the skin (sheets, a partner), at random times (assumed)", ge=0, le=1000
    )
    stretches_per_hour: float = setting(
        4.0, "stretches of the muscle (turning over), at random times (assumed)", ge=0, le=1000
    )
    touch_strength: float = setting(
        1.2, "excitation by the median touch, M_e in 1e-5 S/cm2 (assumed)", ge=0, le=50
    )
    stretch_strength: float = setting(
        2.5, "excitation by the median stretch, M_e in 1e-5 S/cm2 (assumed)", ge=0, le=50
    )
    strength_sd: float = setting(0.6, "SD of the logarithm of strengths (assumed)", ge=0, le=2)
    touch_s: float = setting(0.2, "duration of a touch", unit="s", gt=0, le=10)
    stretch_s: float = setting(0.8, "duration of a stretch", unit="s", gt=0, le=10)
    sleep_monoamines: float = setting(
        0.95,
        "serotonin and noradrenaline that reach the cord in sleep, relative to quiet wakefulness "
        "(the direction is known, the size assumed)",
        ge=0,
        le=2,
    )
    spasm_min_s: float = setting(
        1.0, "firing that outlasts its cause by less is a reflex, not a spasm", unit="s", gt=0
    )
    full_min_s: float = setting(
        3.0, "a spasm that lasts longer is a full one, not a mild one", unit="s", gt=0
    )
    silence_s: float = setting(
        1.0, "silence of all motoneurons after which a spasm is over", unit="s", gt=0.2, le=60
    )
    longest_s: float = setting(
        300.0, "a spasm is not followed for longer than this", unit="s", gt=1, le=7200
    )
    motoneurons: int = setting(16, "motoneurons simulated, lest it take long", ge=2, le=1000)


@dataclass(frozen=True)
class SpasmOfNight:
    """One spasm: when, how long after its cause had ended, how many and how strong."""

    begins_s: float
    ends_s: float
    duration_s: float
    units: int
    peak_torque_pct_mvc: float
    torque_integral_pct_mvc_s: float
    cause: str
    full: bool


@dataclass(frozen=True, eq=False)
class Night(Result):
    """A night in bed: what touched the person, and the spasms that came of it.

    Parameters
    ----------
    settings : NightSettings
    name : str
    touches : tuple of Touch
    spasms : tuple of SpasmOfNight
    assumptions : tuple of str
    history : History
    """

    settings: NightSettings
    name: str
    touches: tuple[Touch, ...]
    spasms: tuple[SpasmOfNight, ...]
    assumptions: tuple[str, ...] = ()
    history: History = field(default_factory=History)

    @property
    def spasms_per_hour(self) -> float:
        """All spasms, mild and full, for each hour."""
        return len(self.spasms) / self.settings.hours

    @property
    def full_spasms_per_hour(self) -> float:
        """Full spasms for each hour."""
        return sum(spasm.full for spasm in self.spasms) / self.settings.hours

    @property
    def longest_calm_min(self) -> float:
        """The longest time without a spasm."""
        edges = [0.0]
        for spasm in self.spasms:
            edges += [spasm.begins_s, spasm.ends_s]
        edges.append(self.settings.hours * 3600.0)
        return max(b - a for a, b in zip(edges[::2], edges[1::2], strict=True)) / 60.0

    @property
    def total_spasm_s(self) -> float:
        """How long the muscle was in spasm, all together."""
        return float(sum(spasm.ends_s - spasm.begins_s for spasm in self.spasms))

    @property
    def penn(self) -> int:
        """Penn spasm frequency score.

        0 no spasms; 1 mild spasms induced by stimulation; 2 full spasms, less than one an hour; 3
        more than one an hour; 4 more than ten an hour (Penn et al. 1989).
        """
        if not self.spasms:
            return 0
        rate = self.full_spasms_per_hour
        return 4 if rate > 10 else 3 if rate > 1 else 2 if rate > 0 else 1

    def measures(self) -> dict[str, float]:
        """Return the numbers of the night by name."""
        return {
            "spasms_per_hour": self.spasms_per_hour,
            "full_spasms_per_hour": self.full_spasms_per_hour,
            "longest_calm_min": self.longest_calm_min,
            "total_spasm_s": self.total_spasm_s,
            "penn_spasm_frequency": float(self.penn),
            "touches": float(len(self.touches)),
        }

    def to_table(self) -> pd.DataFrame:
        """Return one row a spasm."""
        import pandas as pd

        columns = list(SpasmOfNight.__dataclass_fields__)
        return pd.DataFrame([vars(spasm) for spasm in self.spasms], columns=columns)

    def __repr__(self) -> str:
        return (
            f"Night({self.name!r}, {len(self.touches)} touches, {len(self.spasms)} spasms, longest "
            f"calm {self.longest_calm_min:.0f} min, Penn {self.penn})"
        )


def night(
    participant: Participant,
    given: Sequence[Intervention | str] = (),
    settings: NightSettings | None = None,
    *,
    seed: int = 0,
    engine: EngineSettings | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Night:
    """Let a person sleep, under the interventions given, and count the spasms.

    Parameters
    ----------
    participant : Participant
    given : sequence of Intervention or str
    settings : NightSettings, optional
    seed : int
        Of touches and synaptic noise: whoever sleeps with the same seed is touched at the same
        times.
    engine : EngineSettings, optional
    threads : int, optional
        As many as there are cores if not given; the numbers don't depend on it.
    progress : callable, optional
        Called with (done, total, what is done now); an exception that it raises ends the night.

    Returns
    -------
    Night

    Raises
    ------
    SettingsError
        An unknown intervention, or one given twice.
    """
    settings = settings or NightSettings()
    engine = (engine or EngineSettings()).replace(engine="cpu")
    edits = chosen(given)
    touches = touches_of(settings, checked_seed(seed))
    sleeper = _Sleeper.of(participant, edits, settings, engine, seed)
    spasms: list[SpasmOfNight] = []
    parts = list(_parts(touches))
    with ThreadPoolExecutor(threads or cores()) as pool:
        waiting = [pool.submit(sleeper.spasms, part) for part in parts]
        try:
            for done, each in enumerate(waiting):
                if progress is not None:
                    progress(done, len(parts), f"sleeping: {len(spasms)} spasms so far")
                spasms += each.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return Night(
        settings,
        " + ".join([participant.name, *(type(each).__name__ for each in edits)]),
        touches,
        tuple(spasms),
        tuple(words for each in edits for words in each.assumptions()),
        History((_step(participant, edits, settings, seed, engine),)),
    )


def touches_of(settings: NightSettings, seed: int) -> tuple[Touch, ...]:
    """Return the touches and stretches of a night, in order."""
    night_s = settings.hours * 3600.0
    found = []
    for kind, per_hour, strength, lasts_s in (
        ("touch", settings.touches_per_hour, settings.touch_strength, settings.touch_s),
        ("stretch", settings.stretches_per_hour, settings.stretch_strength, settings.stretch_s),
    ):
        chance = stream(seed, "night", kind)
        times_s = np.sort(chance.uniform(0.0, night_s, chance.poisson(per_hour * settings.hours)))
        factors = np.exp(settings.strength_sd * chance.standard_normal(len(times_s)))
        found += [
            Touch(kind=kind, at_s=at, lasts_s=lasts_s, strength=min(100.0, strength * factor))
            for at, factor in zip(times_s.tolist(), factors.tolist(), strict=True)
        ]
    return tuple(sorted(found, key=lambda touch: touch.at_s))


def _parts(touches: Sequence[Touch]) -> Iterator[tuple[Touch, ...]]:
    """Yield touches that follow closely enough for one to matter to the next."""
    part = list(touches[:1])
    for before, touch in pairwise(touches):
        if touch.at_s - before.ends_s > _APART_s:
            yield tuple(part)
            part = []
        part.append(touch)
    if part:
        yield tuple(part)


@dataclass(frozen=True, eq=False)
class _Sleeper:
    """A person in bed."""

    participant: Participant
    given: tuple[Intervention, ...]
    settings: NightSettings
    engine: EngineSettings
    mvc_force: float
    seed: int

    @classmethod
    def of(
        cls,
        participant: Participant,
        given: tuple[Intervention, ...],
        settings: NightSettings,
        engine: EngineSettings,
        seed: int,
    ) -> _Sleeper:
        few = participant.replace(n_units=settings.motoneurons)
        asleep = few.treated(monoamines=settings.sleep_monoamines)
        return cls(asleep, given, settings, engine, mvc_force(few.untreated, engine), seed)

    def spasms(self, touches: Sequence[Touch]) -> list[SpasmOfNight]:
        """Return the spasms of a part of the night."""
        found: list[SpasmOfNight] = []
        worn, waiting, until_s = 0.0, list(touches), touches[0].at_s
        while waiting:
            rested_s = max(0.0, waiting[0].at_s - until_s)
            window = _Window(self, waiting, worn * float(np.exp(-rested_s / RECOVERY_s)))
            found += window.spasms()
            worn, until_s = window.run_down.share, window.start_s + window.now_s
            waiting = waiting[window.taken :]
        return found


class _Window:
    """The time from a touch until all is forgotten, or the next touch comes too soon for that."""

    def __init__(self, sleeper: _Sleeper, touches: Sequence[Touch], worn: float) -> None:
        self.sleeper = sleeper
        self.settings = sleeper.settings
        self.start_s = touches[0].at_s - _BEFORE_s
        self.touches = [t.replace(at_s=t.at_s - self.start_s) for t in touches]
        self.run_down = RunDown(worn)
        self.now_s = 0.0
        self.taken = 1
        self._simulate()

    def _simulate(self) -> None:
        settings, engine = self.settings, self.sleeper.engine
        person, _ = edited(self.sleeper.participant, InBed(), self.sleeper.given)
        cord, pool = person.cord, person.pool
        longest_s = settings.longest_s + _FORGOTTEN_s
        seed = derived_seed(self.sleeper.seed, "night", round(1000 * self.start_s))
        session = Session([Seat(pool, seed)], longest_s, engine, threads=1)
        muscle = Twitches(pool, 1 / TORQUE_hz)
        self.devices = Devices(self._around(_AHEAD_s).triggered, cord, pool)
        steps = round(_PIECE_s * 1000 / engine.slow_ms)
        self.spikes: list[list[FloatArray]] = [[] for _ in range(len(pool))]
        torque = []
        ahead = self._ahead(_AHEAD_s)
        last_s = silent_from_s = self._felt_until_s(cord.afferent_decay_s)
        piece = 0
        while not self._over(silent_from_s, longest_s):
            now = slice(piece * steps, (piece + 1) * steps)
            if now.stop > len(ahead.excitation):
                ahead = self._ahead(2 * len(ahead.excitation) * engine.slow_ms / 1000)
            columns = np.empty((1, 4, steps))
            columns[0, 0] = cord.resting_drive + ahead.excitation[now]
            columns[0, 1] = cord.inhibition_at(0.0) + ahead.inhibition[now]
            columns[0, 2] = cord.neuromodulation_at(0.0, self.run_down.share)
            columns[0, 3] = ahead.stimulus_nA[now]
            fired = session.advance(columns)[0]
            piece += 1
            self.now_s = piece * _PIECE_s
            for train, times_s in zip(self.spikes, fired, strict=True):
                train.append(times_s)
            torque.append(muscle.advance(fired, round(_PIECE_s * TORQUE_hz)))
            if self.devices.hear(self.now_s, _PIECE_s, fired):
                ahead = self._ahead(len(ahead.excitation) * engine.slow_ms / 1000)
            firing = any(len(times_s) for times_s in fired)
            self.run_down.advance(_PIECE_s, fired=firing)
            last_s = self.now_s if firing else last_s
            silent_from_s = max(last_s, self._felt_until_s(cord.afferent_decay_s))
        self.torque = 100.0 * np.concatenate(torque) / self.sleeper.mvc_force

    def _ahead(self, seconds: float) -> Arrivals:
        """Return what arrives in so much time from the start, whatever may come of it."""
        person, _ = edited(self.sleeper.participant, InBed(), self.sleeper.given)
        around = self._around(seconds)
        step_s = self.sleeper.engine.slow_ms / 1000
        times_s = np.arange(round(seconds / step_s), dtype=float) * step_s
        triggered = self.devices.arrivals(times_s, around.reciprocal_gate(times_s))
        return around.arrivals(times_s, person.cord, person.pool) + triggered

    def _around(self, seconds: float) -> Protocol:
        """Return what the sleeper feels in so much time, and what is done meanwhile."""
        protocol = InBed(touches=tuple(self.touches), lasts_s=seconds)
        return edited(self.sleeper.participant, protocol, self.sleeper.given)[1]

    def _felt_until_s(self, decay_s: float) -> float:
        """Return when the touches so far are no longer felt."""
        return max(t.ends_s for t in self.touches[: self.taken]) + 3.0 * decay_s

    def _over(self, silent_from_s: float, longest_s: float) -> bool:
        """Tell whether to stop; take the next touch in if it comes before all is forgotten."""
        while self.taken < len(self.touches) and self.touches[self.taken].at_s <= self.now_s:
            self.taken += 1
        if self.now_s + _PIECE_s > longest_s:
            return True
        silent_s = self.now_s - silent_from_s
        if silent_s < self.settings.silence_s:
            return False
        coming = self.touches[self.taken : self.taken + 1]
        return not (coming and coming[0].at_s - _BEFORE_s < silent_from_s + _FORGOTTEN_s)

    def spasms(self) -> list[SpasmOfNight]:
        """Return what outlasted its cause by long enough."""
        trains = [np.concatenate(train) for train in self.spikes]
        times_s = np.sort(np.concatenate(trains))
        if len(times_s) == 0:
            return []
        cuts = np.flatnonzero(np.diff(times_s) >= self.settings.silence_s) + 1
        found = []
        for burst in np.split(times_s, cuts):
            spasm = self._spasm(float(burst[0]), float(burst[-1]), trains)
            if spasm.duration_s >= self.settings.spasm_min_s:
                found.append(spasm)
        return found

    def _spasm(self, begins_s: float, ends_s: float, trains: Sequence[FloatArray]) -> SpasmOfNight:
        before = [t for t in self.touches[: self.taken] if t.at_s <= begins_s]
        cause = before[-1] if before else self.touches[0]
        duration_s = ends_s - max(begins_s, cause.ends_s)
        inside = self.torque[round(begins_s * TORQUE_hz) : round(ends_s * TORQUE_hz) + 1]
        units = sum(np.sum((t >= begins_s) & (t <= ends_s)) >= 3 for t in trains)
        return SpasmOfNight(
            begins_s=max(0.0, self.start_s + begins_s),
            ends_s=self.start_s + ends_s,
            duration_s=duration_s,
            units=int(units),
            peak_torque_pct_mvc=float(inside.max(initial=0.0)),
            torque_integral_pct_mvc_s=float(inside.sum() / TORQUE_hz),
            cause=cause.kind,
            full=duration_s >= self.settings.full_min_s,
        )


def _step(
    who: Participant,
    given: tuple[Intervention, ...],
    settings: NightSettings,
    seed: int,
    engine: EngineSettings,
) -> Step:
    arguments = [who.as_python()]
    if given:
        arguments.append(f"given={as_python(given)}")
    if settings != NightSettings():
        arguments.append(f"settings={settings.as_python()}")
    arguments.append(f"seed={seed}")
    plain = {
        "participant": who.to_mapping(),
        "given": {type(each).__name__: each.to_mapping() for each in given},
        "night": settings.to_mapping(),
        "engine": engine.to_mapping(),
    }
    code = f"night = rs.night({', '.join(arguments)})"
    return Step("night", code, plain, seed, who.pool.fingerprint(), _CITES, __version__)
