"""How the competition compares two trains: at the lag of most coincidences, within 1 ms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from renshaw.data.agreement import differences

Array = NDArray[Any]

# The scorer takes this rate for every recording.
FS_HZ = 2048.0
_TOLERANCE_S = 0.001
_LAG_OF_TWINS_S = 0.01
_LAG_OF_MATCHES_S = 0.1
# Two trains of one answer that share this part of the discharges of the longer one are twins.
_TWINS = 0.3


class Common(NamedTuple):
    """What two trains share.

    Parameters
    ----------
    both, only_first, only_second : int
        Discharges of both, and of one alone.
    """

    both: int
    only_first: int
    only_second: int

    @property
    def f1(self) -> float:
        """Twice the common discharges over all of both trains."""
        all_of_them = 2 * self.both + self.only_first + self.only_second
        return 2 * self.both / all_of_them if all_of_them else 0.0


def common(first: Array, second: Array, lag_max_s: float = _LAG_OF_MATCHES_S) -> Common:
    """Compare two trains at the lag of most coincidences of whole samples, the least of several.

    Parameters
    ----------
    first, second : arrays
        Discharge times in s, rising.
    lag_max_s : float
        Largest lag.
    """
    lag_s = _best_lag(_samples(first), _samples(second), int(lag_max_s * FS_HZ)) / FS_HZ
    both = _paired(first, second + lag_s)
    return Common(both, len(first) - both, len(second) - both)


def twins(trains: Sequence[Array]) -> list[int]:
    """Return of each train the first one that it doubles, or itself.

    Parameters
    ----------
    trains : sequence of arrays
        Discharge times in s, rising; the best train first.
    """
    first_of = list(range(len(trains)))
    for i, one in enumerate(trains):
        for j in range(i + 1, len(trains)):
            longest = max(len(one), len(trains[j]))
            shared = common(one, trains[j], _LAG_OF_TWINS_S).both
            if longest and shared / longest >= _TWINS:
                first_of[j] = first_of[i]
    return first_of


def _samples(times_s: Array) -> Array:
    return np.unique(np.round(times_s * FS_HZ).astype(np.int64))


def _best_lag(first: Array, second: Array, lag_max: int) -> int:
    """Return by how many samples the second comes earlier where most coincide."""
    lags = -differences(first, second, lag_max)
    if not len(lags):
        return -lag_max
    return int(np.argmax(np.bincount(lags + lag_max, minlength=2 * lag_max + 1))) - lag_max


def _paired(first: Array, second: Array) -> int:
    """Return how many discharges pair off, one by one in the order of time."""
    i = j = both = 0
    while i < len(first) and j < len(second):
        apart = first[i] - second[j]
        if abs(apart) <= _TOLERANCE_S:
            both += 1
            i += 1
            j += 1
        elif apart < 0:
            i += 1
        else:
            j += 1
    return both
