"""Whether units stop at a lower torque than that at which they started."""

from __future__ import annotations

import numpy as np

from renshaw.data.arrays import FloatArray


def median_hysteresis(recruited_at: FloatArray, derecruited_at: FloatArray) -> float:
    """Return the median over units of derecruitment minus recruitment torque.

    Negative where units fire on below the torque that recruited them.

    Parameters
    ----------
    recruited_at, derecruited_at : array, shape (units,)
        Torque; NaN where it is not known.
    """
    change = _changes(recruited_at, derecruited_at)
    return float(np.median(change)) if len(change) else np.nan


def share_below_pct(recruited_at: FloatArray, derecruited_at: FloatArray) -> float:
    """Return how many units stop below the torque that recruited them, in %.

    Parameters
    ----------
    recruited_at, derecruited_at : array, shape (units,)
        Torque; NaN where it is not known.
    """
    change = _changes(recruited_at, derecruited_at)
    return 100.0 * float(np.mean(change < 0)) if len(change) else np.nan


def _changes(recruited_at: FloatArray, derecruited_at: FloatArray) -> FloatArray:
    change = derecruited_at - recruited_at
    return np.asarray(change[np.isfinite(change)])
