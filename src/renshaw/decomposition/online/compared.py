"""How far units agree with those that others, or we ourselves offline, found in the same EMG."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from renshaw.data.agreement import agreement
from renshaw.data.motor_units import MotorUnits

_SAMPLES_HZ = 4096.0
# Discharges this close are the same; trains may be delayed by no more than that against each other.
_NEAR_S, _LAG_S = 0.001, 0.030


class Nearest(NamedTuple):
    """Which of other units one is most like.

    Parameters
    ----------
    unit : int
        From 0.
    f1 : float
        Twice the common discharges by the number of all.
    """

    unit: int
    f1: float


def compared(found: MotorUnits, others: MotorUnits) -> list[Nearest]:
    """Return for each unit which of the others it is most like; nothing where there are none.

    Parameters
    ----------
    found, others : MotorUnits
    """
    if not len(others):
        return []
    nearest = []
    for train in found:
        values = [f1(train, other) for other in others]
        best = int(np.argmax(values))
        nearest.append(Nearest(best, values[best]))
    return nearest


def f1(first: ArrayLike, second: ArrayLike) -> float:
    """Return twice the common discharges of two trains (s) by the number of all.

    Parameters
    ----------
    first, second : array
    """
    one, other = (np.rint(np.asarray(t) * _SAMPLES_HZ).astype(np.int64) for t in (first, second))
    many = len(one) + len(other)
    same = agreement(one, other, round(_NEAR_S * _SAMPLES_HZ), round(_LAG_S * _SAMPLES_HZ))
    return 2 * same.common / many if many else 1.0
