"""Whether two trains of discharges are one unit: their rate of agreement at the best lag."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Agreement(NamedTuple):
    """How far two trains agree.

    Parameters
    ----------
    rate : float
        Common discharges / (common + only in one + only in the other), from 0 to 1.
    lag : int
        By how many samples the second train comes later.
    common : int
    """

    rate: float
    lag: int
    common: int


def agreement(first: Array, second: Array, tolerance: int, lag_max: int) -> Agreement:
    """Compare two sorted trains of sample indices at the lag at which they agree best.

    Parameters
    ----------
    first, second : arrays of int, sorted
    tolerance : int
        Discharges this close (samples) are the same.
    lag_max : int
        Largest lag that is tried: sources of one unit come with any delay of the extension.
    """
    if len(first) == 0 or len(second) == 0:
        return Agreement(0.0, 0, 0)
    apart = differences(first, second, lag_max + tolerance)
    if len(apart) == 0:
        return Agreement(0.0, 0, 0)
    reach = lag_max + tolerance
    counts = np.bincount(apart + reach, minlength=2 * reach + 1)
    near = np.convolve(counts, np.ones(2 * tolerance + 1, dtype=int), "valid")
    # Of equally good lags, the one in the middle of the heap, then the smallest.
    best = np.flatnonzero(near == near.max())
    lag = int(best[len(best) // 2]) - lag_max
    common = _matched(first, second - lag, tolerance)
    return Agreement(common / (len(first) + len(second) - common), lag, common)


def differences(first: Array, second: Array, reach: int) -> Array:
    """Return every second - first that is no larger than `reach`.

    Parameters
    ----------
    first, second : arrays of int, sorted
    reach : int
    """
    low = np.searchsorted(second, first - reach, "left")
    high = np.searchsorted(second, first + reach, "right")
    count = high - low
    if count.sum() == 0:
        return np.zeros(0, dtype=np.int64)
    owner = np.repeat(np.arange(len(first)), count)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    return np.asarray(second[low[owner] + within] - first[owner])


def _matched(first: Array, second: Array, tolerance: int) -> int:
    """Return how many discharges of the first have one of the second near, each used once."""
    low = np.searchsorted(second, first - tolerance, "left")
    high = np.searchsorted(second, first + tolerance, "right")
    return min(int(np.count_nonzero(high > low)), len(second))


def distinct(
    trains: Sequence[Array], scores: Sequence[float], rate_max: float, tolerance: int, lag_max: int
) -> list[int]:
    """Return which trains to keep, best first, so that no two of them agree too well.

    Parameters
    ----------
    trains : sequence of arrays of int
    scores : sequence of float
        The better of two that agree stays.
    rate_max : float
        Rate of agreement from which two trains are one unit.
    tolerance, lag_max : int
    """
    kept: list[int] = []
    for i in sorted(range(len(trains)), key=lambda i: -scores[i]):
        if not any(
            _could_be_one(trains[i], trains[k], rate_max)
            and agreement(trains[k], trains[i], tolerance, lag_max).rate >= rate_max
            for k in kept
        ):
            kept.append(i)
    return kept


def _could_be_one(first: Array, second: Array, rate_max: float) -> bool:
    """Whether their numbers allow this agreement at all: cheap, and spares most comparisons."""
    few, many = sorted((len(first), len(second)))
    return many > 0 and few / many >= rate_max


class Work:
    """How much may still be compared: differences of two discharges, a fixed number for each.

    Of units that fire side by side, whatever is compared grows with the square of their number.

    Parameters
    ----------
    most : int
    """

    def __init__(self, most: int) -> None:
        self.left: int = most

    def take(self, differences: int) -> bool:
        """Take so many differences, or return that they are too many.

        Parameters
        ----------
        differences : int
        """
        if differences > self.left:
            return False
        self.left -= differences
        return True


class Gathered:
    """Trains that were gathered one by one, and which of them a further one may agree with.

    All of them are looked at in one go, which spares nearly every comparison of two: trains that
    agree have many differences of one size.

    Parameters
    ----------
    tolerance, lag_max : int
        As of `agreement`.
    """

    def __init__(self, tolerance: int, lag_max: int) -> None:
        self._width = max(1, tolerance)
        self._reach = lag_max + tolerance
        # Discharges in order, and whose they are: parts of which each is twice as long as the next.
        self._parts: list[tuple[Array, Array]] = []

    def add(self, number: int, train: Array) -> None:
        """Take in a sorted train, under a number of its own."""
        at, owner = train, np.full(len(train), number, dtype=np.intp)
        while self._parts and len(self._parts[-1][0]) <= 2 * len(at):
            before, whose = self._parts.pop()
            at, owner = np.concatenate([before, at]), np.concatenate([whose, owner])
            order = np.argsort(at, kind="stable")
            at, owner = at[order], owner[order]
        if len(at):
            self._parts.append((at, owner))

    def near(self, train: Array) -> int:
        """Return how many differences `may_agree` looks at.

        Parameters
        ----------
        train : array of int, sorted
        """
        return sum(int((high - low).sum()) for low, high in map(self._range(train), self._parts))

    def _range(self, train: Array) -> Callable[[tuple[Array, Array]], tuple[Array, Array]]:
        def found(part: tuple[Array, Array]) -> tuple[Array, Array]:
            low = np.searchsorted(part[0], train - self._reach, "left")
            return low, np.searchsorted(part[0], train + self._reach, "right")

        return found

    def _differences(self, train: Array) -> tuple[Array, Array]:
        """Return every difference within reach, and whose it is."""
        differences, owners = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.intp)]
        for part in self._parts:
            low, high = self._range(train)(part)
            count = high - low
            which = np.repeat(np.arange(len(train)), count)
            place = np.arange(len(which)) + np.repeat(low - np.cumsum(count) + count, count)
            differences.append(part[0][place] - train[which])
            owners.append(part[1][place])
        return np.concatenate(differences), np.concatenate(owners)

    def may_agree(self, train: Array, least: NDArray[np.float64]) -> list[int]:
        """Return the numbers of those that may have enough in common with a train, in order.

        Parameters
        ----------
        train : array of int, sorted
        least : array, shape (numbers,)
            Of each number, how many discharges are enough.

        Returns
        -------
        list of int
            Every one that `agreement` would find to have so many in common, and few others.
        """
        differences, owner = self._differences(train)
        often = np.bincount(owner, minlength=len(least)) >= least
        keep = often[owner]
        if not keep.any():
            return []
        lags = (differences[keep] + self._reach) // self._width
        bins = 2 * self._reach // self._width + 3
        row = np.cumsum(often) - 1
        heaps = np.bincount(row[owner[keep]] * bins + lags, minlength=int(often.sum()) * bins)
        heaps = heaps.reshape(-1, bins)
        # Differences within the tolerance of one lag lie in three bins of its width.
        most = (heaps[:, :-2] + heaps[:, 1:-1] + heaps[:, 2:]).max(axis=1)
        found: list[int] = np.flatnonzero(often)[most >= least[often]].tolist()
        return found
