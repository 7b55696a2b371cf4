"""A person asleep: what follows a touch, from just before it until it is forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renshaw.core.seeds import derived_seed
from renshaw.core.settings import Settings, setting
from renshaw.engine.inputs import Row
from renshaw.engine.run import EngineSettings
from renshaw.engine.session import Seat, Session
from renshaw.experiment.maximal import mvc_force
from renshaw.experiment.tracking import TORQUE_hz
from renshaw.experiment.trial import edited
from renshaw.interventions import Intervention
from renshaw.model.participant import Participant
from renshaw.model.run_down import RECOVERY_s, RunDown
from renshaw.muscle.twitches import Twitches
from renshaw.protocols import Arrivals, Devices
from renshaw.protocols.in_bed import InBed, Touch

FloatArray = NDArray[np.float64]

# Rest simulated before a touch, so that motoneurons have found their resting potential.
_BEFORE_s = 0.5
# After this much silence a motoneuron is as if nothing had happened; see the test.
_FORGOTTEN_s = 15.0
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
        1.2, "excitation by a touch of median strength, M_e in 1e-5 S/cm2 (assumed)", ge=0, le=50
    )
    stretch_strength: float = setting(
        2.5, "excitation by a stretch of median strength, M_e in 1e-5 S/cm2 (assumed)", ge=0, le=50
    )
    strength_sd: float = setting(
        0.6, "spread of the strengths (standard deviation of their logarithm; assumed)", ge=0, le=2
    )
    touch_s: float = setting(0.2, "duration of a touch", unit="s", gt=0, le=10)
    stretch_s: float = setting(0.8, "duration of a stretch", unit="s", gt=0, le=10)
    sleep_monoamines: float = setting(
        0.95,
        "serotonin and noradrenaline at the cord in sleep, relative to quiet wakefulness "
        "(direction known, size assumed)",
        ge=0,
        le=2,
    )
    spasm_min_s: float = setting(
        1.0,
        "firing that goes on for longer after the touch or stretch is a spasm; shorter firing "
        "is a reflex",
        unit="s",
        gt=0,
    )
    full_min_s: float = setting(3.0, "a longer spasm is full, a shorter one mild", unit="s", gt=0)
    silence_s: float = setting(
        1.0, "silence of all motoneurons that ends a spasm", unit="s", gt=0.2, le=60
    )
    longest_s: float = setting(
        300.0, "longest time for which a spasm is simulated", unit="s", gt=1, le=7200
    )
    motoneurons: int = setting(16, "motoneurons simulated (fewer are faster)", ge=2, le=1000)


@dataclass(frozen=True)
class SpasmOfNight:
    """One spasm: when, how long after its cause had ended, how many and how strong.

    One that had not ended when it was watched no longer is at least so long (`ended`).
    """

    begins_s: float
    ends_s: float
    duration_s: float
    units: int
    peak_torque_pct_mvc: float
    torque_integral_pct_mvc_s: float
    cause: str
    full: bool
    ended: bool = True


@dataclass(frozen=True, eq=False)
class Sleeper:
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
    ) -> Sleeper:
        """Return the person, asleep, under the interventions."""
        few = participant.replace(n_units=settings.motoneurons)
        asleep = few.treated(monoamines=settings.sleep_monoamines)
        return cls(asleep, given, settings, engine, mvc_force(few.untreated, engine=engine), seed)

    def spasms(self, touches: Sequence[Touch]) -> list[SpasmOfNight]:
        """Return the spasms of a part of the night."""
        found: list[SpasmOfNight] = []
        waiting, until_s = list(touches), touches[0].at_s
        worn: float | FloatArray = 0.0
        while waiting:
            rested_s = max(0.0, waiting[0].at_s - until_s)
            window = _Window(self, waiting, worn * float(np.exp(-rested_s / RECOVERY_s)))
            found += window.spasms()
            worn, until_s = window.run_down.share, window.start_s + window.now_s
            waiting = waiting[window.taken :]
        return found


class _Window:
    """The time from a touch until all is forgotten, or the next touch comes too soon for that."""

    def __init__(
        self, sleeper: Sleeper, touches: Sequence[Touch], worn: float | FloatArray
    ) -> None:
        self.sleeper = sleeper
        self.settings = sleeper.settings
        self.start_s = touches[0].at_s - _BEFORE_s
        self.touches = [t.replace(at_s=t.at_s - self.start_s) for t in touches]
        self.longest_s = self.settings.longest_s + _FORGOTTEN_s
        in_bed = InBed(touches=tuple(self.touches), lasts_s=self.longest_s)
        self.person, self.protocol = edited(sleeper.participant, in_bed, sleeper.given)
        self.run_down = RunDown(self.person.pool, worn)
        self.now_s = 0.0
        self.taken = 1
        self._simulate()

    def _simulate(self) -> None:
        engine, longest_s = self.sleeper.engine, self.longest_s
        cord, pool = self.person.cord, self.person.pool
        seed = derived_seed(self.sleeper.seed, "night", round(1000 * self.start_s))
        session = Session([Seat(pool, seed)], longest_s, engine, threads=1)
        muscle = Twitches(pool, 1 / TORQUE_hz)
        self.devices = Devices(self.protocol.triggered, cord, pool)
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
            rows = np.empty((len(Row), steps))
            rows[Row.EXCITATION] = cord.resting_drive + ahead.excitation[now]
            rows[Row.INHIBITION] = cord.inhibition_at(0.0) + ahead.inhibition[now]
            largest, each = cord.neuromodulation_of_each(0.0, self.run_down.share)
            rows[Row.NEUROMODULATION] = largest
            session.share(0, Row.NEUROMODULATION, each)
            rows[Row.CURRENT] = ahead.stimulus_nA[now]
            fired = session.advance(rows[np.newaxis])[0]
            piece += 1
            self.now_s = piece * _PIECE_s
            for train, times_s in zip(self.spikes, fired, strict=True):
                train.append(times_s)
            torque.append(muscle.advance(fired, round(_PIECE_s * TORQUE_hz)))
            if self.devices.hear(self.now_s, _PIECE_s, fired):
                ahead = self._ahead(len(ahead.excitation) * engine.slow_ms / 1000)
            firing = any(len(times_s) for times_s in fired)
            self.run_down.advance(_PIECE_s, fired)
            last_s = self.now_s if firing else last_s
            silent_from_s = max(last_s, self._felt_until_s(cord.afferent_decay_s))
        self.torque = 100.0 * np.concatenate(torque) / self.sleeper.mvc_force

    def _ahead(self, seconds: float) -> Arrivals:
        """Return what arrives in so much time from the start, whatever may come of it."""
        step_s = self.sleeper.engine.slow_ms / 1000
        times_s = np.arange(round(seconds / step_s), dtype=float) * step_s
        triggered = self.devices.arrivals(times_s, self.protocol.reciprocal_gate(times_s))
        return self.protocol.arrivals(times_s, self.person.cord, self.person.pool) + triggered

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
            ended=self.now_s - ends_s >= self.settings.silence_s,
        )
