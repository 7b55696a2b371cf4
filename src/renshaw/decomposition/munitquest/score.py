"""The score of the competition: how many motor units an answer has, and how well each is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import DataError, needs
from renshaw.core.history import History, Step
from renshaw.core.results import Result
from renshaw.core.version import __version__
from renshaw.data.motor_units import MotorUnits
from renshaw.data.signal import Signal
from renshaw.decomposition.munitquest.refitted import FEWEST_DISCHARGES, REACH, Refit, Whitened
from renshaw.decomposition.munitquest.trains import FS_HZ, common, twins

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[Any]

# A motor unit is found from this F1 on.
_MATCHED = 0.5
_NONE = Refit(np.nan, np.nan, np.nan)


class ScoredUnit(NamedTuple):
    """What one motor unit of an answer counts.

    Parameters
    ----------
    unit : str
        Its label.
    discharges : int
    points : float
        From 0 to 1.
    match : str
        Label of the true unit that it is; empty where there is none.
    f1 : float
        Of the match; NaN where there is none.
    silhouette, pnr_db, dispersion : float
        Of the source that was refitted to a unit without match; NaN where none was.
    reason : str
        Why it counts nothing.
    """

    unit: str
    discharges: int
    points: float
    match: str
    f1: float
    silhouette: float
    pnr_db: float
    dispersion: float
    reason: str


@dataclass(frozen=True, eq=False)
class MunitquestScore(Result):
    """The score of one recording.

    Parameters
    ----------
    units : tuple of ScoredUnit
        In the order of the answer.
    history : History
    """

    units: tuple[ScoredUnit, ...]
    history: History = field(default_factory=History)

    @property
    def score(self) -> float:
        """The sum of the points of all units."""
        return float(sum(unit.points for unit in self.units))

    def to_table(self) -> pd.DataFrame:
        """Return one row a unit."""
        import pandas as pd

        return pd.DataFrame(list(self.units), columns=list(ScoredUnit._fields))

    def __repr__(self) -> str:
        return f"MunitquestScore({self.score:.2f}, {len(self.units)} units)"


def munitquest_score(
    found: MotorUnits, truth: MotorUnits | None = None, *, emg: Signal | None = None
) -> MunitquestScore:
    """Score the units of one recording as the competition MUnitQuest does.

    Units that share 30 % of their discharges with an earlier one count nothing. The others are
    matched one to one with the true ones, and those with an F1 of at least .5 count their F1.
    Where the truth is not complete (`emg` is given), one without a match counts what the
    competition thinks of a source that it refits to its discharges.

    Parameters
    ----------
    found : MotorUnits
        Of the answer, best first.
    truth : MotorUnits, optional
        Those that are known.
    emg : Signal, optional
        The EMG that they were found in, at 2048 Hz, which is what the scorer takes every recording
        for: units without a match are judged by it.

    Returns
    -------
    MunitquestScore

    Raises
    ------
    DataError
        Neither truth nor EMG, or an EMG that is not sampled at 2048 Hz.

    References
    ----------
    https://github.com/MUnitQuest/munitquest-algorithm-submission
    """
    needs("munitquest_score", found, MotorUnits, made_by="rs.decompose")
    if truth is not None:
        needs("munitquest_score", truth, MotorUnits, made_by="rs.read")
    if truth is None and emg is None:
        raise DataError("There is nothing to score by: give the true units, the EMG, or both.")
    if emg is not None and abs(emg.fs_hz - FS_HZ) > 1e-6:
        raise DataError(
            f"The EMG is sampled at {emg.fs_hz:g} Hz; the competition's are at {FS_HZ:g} Hz, and "
            "its score takes every EMG for one of these."
        )
    if emg is not None and not np.isfinite(emg.values).all():
        raise DataError(
            "The EMG has samples that are no numbers, or endless, and no source is refitted to "
            "these: leave the channels out, or cut the time out."
        )
    step = Step(
        "munitquest_score",
        f"score = rs.emg.munitquest_score(found.units{', truth.units' * (truth is not None)}"
        f"{', emg=found.signal(' + repr('emg') + ')' if emg is not None else ''})",
        input=found.fingerprint(),
        version=__version__,
    )
    return MunitquestScore(tuple(_scored(found, truth, emg)), History((step,)))


def _scored(found: MotorUnits, truth: MotorUnits | None, emg: Signal | None) -> list[ScoredUnit]:
    trains = [np.asarray(times) for times in found.times_s]
    twin_of = twins(trains)
    matches = _matches(trains, truth)
    whitened = None if emg is None else Whitened(_channels(emg))
    start_s = 0.0 if emg is None else emg.start_s
    scored = []
    for i, (label, train) in enumerate(zip(found.labels, trains, strict=True)):
        match, f1 = matches.get(i, ("", np.nan))
        refit, reason = _NONE, ""
        if twin_of[i] != i:
            reason = f"the same unit as {found.labels[twin_of[i]]}"
        elif match:
            pass
        elif whitened is None:
            reason = "no true unit is like it"
        else:
            refit, reason = _refitted(whitened, train - start_s)
        points = 0.0 if reason else f1 if match else refit.points
        if not match and not reason and points == 0:
            reason = "the source of its discharges has a silhouette below .9"
        scored.append(ScoredUnit(label, len(train), points, match, f1, *refit, reason))
    return scored


def _channels(emg: Signal) -> Array:
    values = np.asarray(emg.values, dtype=np.float64)
    return values[:, None] if values.ndim == 1 else values


def _matches(trains: list[Array], truth: MotorUnits | None) -> dict[int, tuple[str, float]]:
    """Return of each train its true unit and F1, where there is one."""
    from scipy.optimize import linear_sum_assignment

    if truth is None or not len(truth) or not trains:
        return {}
    f1 = np.array([[common(a, np.asarray(b)).f1 for b in truth.times_s] for a in trains])
    return {
        int(i): (truth.labels[j], float(f1[i, j]))
        for i, j in zip(*linear_sum_assignment(1 - f1), strict=True)
        if f1[i, j] >= _MATCHED
    }


def _refitted(whitened: Whitened, train: Array) -> tuple[Refit, str]:
    """Return what the source of a train is like, or why it counts nothing."""
    samples = np.unique(np.round(train * FS_HZ).astype(np.int64))
    inside = samples[(samples >= REACH) & (samples < len(whitened.emg) - REACH)]
    if len(inside) < FEWEST_DISCHARGES:
        return _NONE, f"fewer than {FEWEST_DISCHARGES} discharges"
    return whitened.refit(inside), ""
