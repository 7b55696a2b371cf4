"""The smallest number of participants that is enough: a root, searched among whole numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal, NamedTuple

Z_95 = 1.959964


def share_interval(share: float, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share of n simulated studies (Wilson)."""
    middle = (share + Z_95**2 / (2 * n)) / (1 + Z_95**2 / n)
    spread = math.sqrt(share * (1 - share) / n + Z_95**2 / (4 * n * n))
    reach = Z_95 * spread / (1 + Z_95**2 / n)
    return max(0.0, middle - reach), min(1.0, middle + reach)


class Needed(NamedTuple):
    """How many participants give the target power.

    Parameters
    ----------
    effect : float
        True change; of spasms, true ratio.
    units, ramps : int
    participants : int
        The fewest with the target power (a group, where there are groups); the largest number
        that was tried where none has it.
    low, high : float
        What simulation leaves open of that number (95 %); ``high`` is infinite where the largest
        number that was tried does not surely have the target power.
    bound : str
        ``""``; or ``"more than"``, where no number that was tried is enough.
    power, power_low, power_high : float
        Power of so many, with its Monte-Carlo interval.
    """

    effect: float
    units: int
    ramps: int
    participants: int
    low: float
    high: float
    bound: Literal["", "more than"]
    power: float
    power_low: float
    power_high: float


def smallest(
    enough: Callable[[int], bool], start: int, *, least: int, most: int, step: int = 1
) -> int | None:
    """Return the smallest number that is enough, or None where the largest is not.

    Parameters
    ----------
    enough : callable
        Whether a number is enough; if one is, those above it are taken to be.
    start : int
        Where to begin; the search doubles or halves from there until it has passed the root.
    least, most, step : int
        Numbers that are possible: ``least, least + step, ...`` up to ``most``.
    """
    last = (most - least) // step

    def fine(place: int) -> bool:
        return enough(least + place * step)

    place = min(last, max(0, (start - least) // step))
    if fine(place):
        high, reach, low = place, 1, place - 1
        while low >= 0 and fine(low):
            high, reach = low, 2 * reach
            low = max(-1, high - reach)
    else:
        low, reach, high = place, max(1, place), place
        while not fine(high):
            if high == last:
                return None
            low, high, reach = high, min(last, high + reach), 2 * reach
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if fine(middle) else (middle, high)
    return least + high * step
