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

from renshaw.core.errors import needs
from renshaw.core.history import History, Step
from renshaw.core.machine import cores
from renshaw.core.results import Result
from renshaw.core.seeds import checked_seed, stream
from renshaw.core.settings import as_python, settings_for
from renshaw.core.version import __version__
from renshaw.engine.run import EngineSettings
from renshaw.experiment.sleeper import NightSettings, Sleeper, SpasmOfNight
from renshaw.interventions import Intervention, as_interventions
from renshaw.model.participant import Participant
from renshaw.model.run_down import RECOVERY_s
from renshaw.protocols.in_bed import Touch

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int, int, str], None]

__all__ = ["Night", "NightSettings", "SpasmOfNight", "night", "touches_of"]

_CITES = ("powers2017", "destexhe2001", "fuglevand1993", "penn1989")

# Parts of the night are simulated side by side where this lies between touches, in which what wore
# off has come back but for a twentieth.
_APART_s = 3.0 * RECOVERY_s


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
    needs("night", participant, Participant)
    settings = settings_for("night", settings, NightSettings)
    engine = (engine or EngineSettings()).replace(engine="cpu")
    edits = as_interventions(given)
    touches = touches_of(settings, checked_seed(seed))
    sleeper = Sleeper.of(participant, edits, settings, engine, seed)
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
