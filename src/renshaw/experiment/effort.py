"""`effort`: how hard the brain has to work for the same force, with inward currents and without.

Persistent inward currents amplify what the brain sends. Without them, or in a cord that has been
calmed, the same torque takes more descending drive, and the largest torque is less. Here a person
holds torque at several levels, each after practice, under several conditions; effort is the drive
that it took, in % of the largest drive that there is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import DataError, needs
from renshaw.core.history import History, Step
from renshaw.core.results import Result
from renshaw.core.seeds import checked_seed, derived_seed
from renshaw.core.settings import Settings, as_python, setting, settings_for
from renshaw.core.version import __version__
from renshaw.data.recording import Recording
from renshaw.engine.run import EngineSettings
from renshaw.experiment.maximal import MaximalEffort, largest_torque, mvc_force
from renshaw.experiment.simulate import simulate_many
from renshaw.experiment.tracking import Part, TorqueTrackingSettings, usual_tracking
from renshaw.experiment.trial import Trial, edited
from renshaw.interventions import Intervention, intervention
from renshaw.model.participant import Participant
from renshaw.protocols import Trapezoid

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]
Progress = Callable[[int, int, str], None]

AS_IS, WITHOUT_PICS = "as it is", "without PICs"
# Torque settles in this share of the hold.
_SETTLES = 0.4
# A hold that misses its target by more than this was not reached (% MVC, or share of the target).
_MISSED_pct_mvc, _MISSED_share = 1.0, 0.05


def _firm(edition: int) -> TorqueTrackingSettings:
    # A cord without PICs takes three times the usual drive; a gentle learner would need a day.
    if edition == 1:
        return TorqueTrackingSettings(gain=0.03, gain_per_s=0.1, learning_gain=0.1)
    return usual_tracking(edition)


@dataclass(frozen=True, kw_only=True)
class EffortSettings(Settings):
    """Which torques are held, and how."""

    levels_pct_mvc: tuple[float, ...] = setting(
        (10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 80.0), "torques that are held", unit="% MVC"
    )
    rise_pct_mvc_per_s: float = setting(
        10.0, "rate at which torque rises and falls", unit="% MVC/s", gt=0, le=200
    )
    hold_s: float = setting(5.0, "how long each torque is held", unit="s", ge=1, le=120)
    repeats: int = setting(
        3,
        "trials of each hold, each with its own synaptic noise; their mean is taken",
        ge=1,
        le=100,
    )
    without_pics: bool = setting(True, "also simulate without any L-type current")
    practice: int = setting(
        4, "practice trials before each hold, in which torque is followed closely", ge=0, le=50
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        levels = self.levels_pct_mvc
        if not levels or not all(0 < level <= 100 for level in levels):
            why = "at least one, each above 0 and up to 100 % MVC."
            raise self.refusal("levels_pct_mvc", why)
        object.__setattr__(self, "levels_pct_mvc", tuple(sorted(set(map(float, levels)))))

    def hold(self, level_pct_mvc: float) -> Trapezoid:
        """Return the contraction at that level.

        Parameters
        ----------
        level_pct_mvc : float
            Torque of the plateau.
        """
        slope_s = level_pct_mvc / self.rise_pct_mvc_per_s
        return Trapezoid(
            peak_pct_mvc=level_pct_mvc, rise_s=slope_s, hold_s=self.hold_s, fall_s=slope_s
        )


@dataclass(frozen=True, eq=False, repr=False)
class Effort(Result):
    """The drive that each torque took, under each condition.

    Parameters
    ----------
    table : DataFrame
        One row a condition and target, means over repeats: condition, target_pct_mvc,
        torque_pct_mvc (over the hold), effort_pct (drive over the hold, in % of the largest),
        peak_effort_pct, drive (M_e, 1e-5 S/cm2), units (that fired in the hold), reached, reason
        (why not). All torque is in % of the MVC of the untreated person.
    mvc_pct : mapping of str to float
        The largest torque under each condition, in % of the MVC of the untreated person.
    participant : Participant
    settings : EffortSettings
    examples : mapping of (str, float) to Recording
        The first of the recordings behind each row.
    history : History
    """

    table: pd.DataFrame
    mvc_pct: Mapping[str, float]
    participant: Participant
    settings: EffortSettings
    examples: Mapping[tuple[str, float], Recording] = field(default_factory=dict)
    history: History = field(default_factory=History)

    @property
    def conditions(self) -> tuple[str, ...]:
        """The conditions, the untreated cord first."""
        return tuple(self.mvc_pct)

    def to_table(self) -> pd.DataFrame:
        """Return one row a condition and target."""
        return self.table.copy()

    def effort_pct(self, condition: str, target_pct_mvc: float) -> float:
        """Return the effort of a target that was reached; NaN where it was not.

        Parameters
        ----------
        condition : str
            As the table calls it.
        target_pct_mvc : float
            The torque that was held.

        Raises
        ------
        DataError
            No such condition or target.
        """
        rows = self.table[
            (self.table["condition"] == condition)
            & (self.table["target_pct_mvc"] == target_pct_mvc)
        ]
        if rows.empty:
            raise DataError(f"There is no {condition!r} at {target_pct_mvc:g} % MVC.")
        row = rows.iloc[0]
        return float(row["effort_pct"]) if row["reached"] else float("nan")


@dataclass(frozen=True, eq=False)
class _Condition:
    name: str
    person: Participant
    given: tuple[Intervention, ...]


def effort(
    participant: Participant | None = None,
    given: Sequence[Intervention | str] = ("relaxation", "reciprocal-inhibition"),
    settings: EffortSettings | None = None,
    *,
    seed: int = 0,
    engine: EngineSettings | None = None,
    progress: Progress | None = None,
) -> Effort:
    """Find the drive that each torque takes: as the cord is, without PICs, and calmed.

    Parameters
    ----------
    participant : Participant, optional
    given : sequence of Intervention or str
        What calms; each is a condition of its own.
    settings : EffortSettings, optional
    seed : int
        Of the synaptic noise, the same in all conditions.
    engine : EngineSettings, optional
    progress : callable, optional
        Called with (done, total, what is done now).
    """
    who, settings = participant or Participant(), settings_for("effort", settings, EffortSettings)
    needs("effort", who, Participant)
    engine, seed = engine or EngineSettings(), checked_seed(seed)
    conditions = _conditions(who, settings, given)
    jobs = [(c, level) for c in conditions for level in settings.levels_pct_mvc]
    trials = [
        Trial(
            c.person,
            settings.hold(level),
            c.given,
            derived_seed(seed, "effort", repeat),
            f"{c.name}, {level:g} % MVC",
        )
        for c, level in jobs
        for repeat in range(settings.repeats)
    ]
    tracking = _firm(who.edition).replace(practice=settings.practice)
    recordings = simulate_many(trials, tracking=tracking, engine=engine, progress=progress)
    mvc_pct = {c.name: _mvc_pct(c, who, engine) for c in conditions}
    holds = [
        recordings[first : first + settings.repeats]
        for first in range(0, len(recordings), settings.repeats)
    ]
    rows = [
        _row(c.name, level, repeats, settings, mvc_pct[c.name])
        for (c, level), repeats in zip(jobs, holds, strict=True)
    ]
    import pandas as pd

    return Effort(
        table=pd.DataFrame(rows),
        mvc_pct=mvc_pct,
        participant=who,
        settings=settings,
        examples={(c.name, level): r[0] for (c, level), r in zip(jobs, holds, strict=True)},
        history=History((_step(who, settings, conditions, seed),)),
    )


def effort_of(recording: Recording) -> dict[str, float]:
    """Return mean and peak effort of a simulated recording, in % of the largest drive.

    The mean is over the contractions, where the recording says when they were.

    Parameters
    ----------
    recording : Recording
        One that `simulate` made.

    Raises
    ------
    DataError
        A real recording: what the brain sent is not known.
    """
    if recording.truth is None or "effort" not in recording.truth.signals:
        raise DataError(f"{recording.name} does not tell the drive behind it.")
    signal = recording.truth.signals["effort"]
    times_s = signal.times_s
    during = np.zeros(len(times_s), dtype=bool)
    for event in recording.events:
        if event.label == "ramp":
            during |= (times_s >= event.onset_s) & (times_s < event.onset_s + event.duration_s)
    chosen = signal.values[during] if during.any() else signal.values
    return {"mean_effort_pct": float(chosen.mean()), "peak_effort_pct": float(chosen.max())}


def _conditions(
    who: Participant, settings: EffortSettings, given: Sequence[Intervention | str]
) -> tuple[_Condition, ...]:
    if isinstance(given, str | Intervention):
        given = (given,)
    chosen = [intervention(each) if isinstance(each, str) else each for each in given]
    found = [_Condition(AS_IS, who, ())]
    if settings.without_pics:
        without = who.treated(receptors_driven=0.0, receptors_constitutive=0.0)
        found.append(_Condition(WITHOUT_PICS, without, ()))
    kinds = [type(each) for each in chosen]
    for each in chosen:
        # Two doses of the same are told apart by their settings.
        twice = kinds.count(type(each)) > 1
        name = each.as_call() if twice else _words(type(each).__name__)
        found.append(_Condition(name, who, (each,)))
    return tuple(found)


def _words(name: str) -> str:
    parts = "".join(f" {c.lower()}" if c.isupper() else c for c in name).split()
    joined = " ".join(parts)
    # An acronym that fell apart is put together again.
    return joined if all(len(part) > 1 for part in parts) else name


def _mvc_pct(condition: _Condition, who: Participant, engine: EngineSettings) -> float:
    """Return the largest torque under the condition, in % of the untreated person's."""
    person, protocol = edited(condition.person, MaximalEffort(), condition.given)
    force = mvc_force(who.untreated, engine=engine)
    return largest_torque(Part(person.pool, person.cord, protocol, force, 0), engine)


def _row(
    condition: str,
    level: float,
    repeats: Sequence[Recording],
    settings: EffortSettings,
    mvc_pct: float,
) -> dict[str, object]:
    each = [_held(recording, settings.hold(level)) for recording in repeats]
    row: dict[str, float] = {
        name: float(np.mean([found[name] for found in each])) for name in each[0]
    }
    reached = level - row["torque_pct_mvc"] <= max(_MISSED_pct_mvc, _MISSED_share * level)
    reason = "" if reached else _reason(level, row["torque_pct_mvc"], mvc_pct)
    start = {"condition": condition, "target_pct_mvc": level}
    return {**start, **row, "reached": reached, "reason": reason}


def _held(recording: Recording, hold: Trapezoid) -> dict[str, float]:
    """Return what one hold took, once torque has settled."""
    begin_s, end_s = hold.peak_s + _SETTLES * hold.hold_s, hold.peak_s + hold.hold_s
    truth = recording.truth.signals if recording.truth is not None else {}
    torque, effort_pct, drive = (
        _within(signal.values, signal.times_s, begin_s, end_s)
        for signal in (recording.signal("torque"), truth["effort"], truth["drive"])
    )
    fired = [bool(np.any((t >= begin_s) & (t < end_s))) for t in recording.units]
    return {
        "torque_pct_mvc": float(torque.mean()),
        "effort_pct": float(effort_pct.mean()),
        "peak_effort_pct": float(truth["effort"].values.max()),
        "drive": float(drive.mean()),
        "units": float(sum(fired)),
    }


def _reason(level: float, torque: float, mvc_pct: float) -> str:
    if level > mvc_pct:
        return f"out of reach: the largest torque is {mvc_pct:.0f} % MVC"
    return f"not reached in practice: {torque:.1f} instead of {level:g} % MVC"


def _within(values: FloatArray, times_s: FloatArray, begin_s: float, end_s: float) -> FloatArray:
    return values[(times_s >= begin_s) & (times_s < end_s)]


def _step(
    who: Participant, settings: EffortSettings, conditions: Sequence[_Condition], seed: int
) -> Step:
    given = tuple(each for condition in conditions for each in condition.given)
    return Step(
        "effort",
        f"effort = rs.effort({who.as_python()}, {as_python(given)}, {settings.as_python()}, "
        f"seed={seed})",
        {
            "participant": who.to_mapping(),
            "settings": settings.to_mapping(),
            "given": {type(each).__name__: each.to_mapping() for each in given},
        },
        seed,
        who.pool.fingerprint(),
        ("powers2017", "destexhe2001", "fuglevand1993"),
        __version__,
    )
