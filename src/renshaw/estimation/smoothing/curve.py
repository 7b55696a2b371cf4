"""What a smoother is, and the register of all smoothers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from renshaw.data.arrays import FloatArray
from renshaw.data.reasons import Reasons
from renshaw.estimation.settings import SmoothingSettings

# A curve gives the rate (pps) at any time (s) within the firing of its unit.
Curve = Callable[[FloatArray], FloatArray]
# A smoother makes a curve of the discharge times (s) of one unit.
Smoother = Callable[[FloatArray, SmoothingSettings], Curve]

SMOOTHERS: dict[str, Smoother] = {}


class UnsmoothableError(ValueError):
    """A smoother can't make a curve of so few intervals, or would take too long over so many."""

    def __init__(self, reasons: Reasons) -> None:
        super().__init__(str(reasons))
        self.reasons = reasons


def smoother(name: str) -> Callable[[Smoother], Smoother]:
    """Register a smoother under a name of `SmoothingSettings.method`."""

    def register(function: Smoother) -> Smoother:
        SMOOTHERS[name] = function
        return function

    return register


def intervals_fired_through(
    times_s: FloatArray, settings: SmoothingSettings
) -> tuple[FloatArray, FloatArray]:
    """Return when (s, second discharge) and at which rate (pps) each interval but silences is."""
    keep = ~silent(times_s, settings)
    return times_s[1:][keep], 1.0 / np.diff(times_s)[keep]


def silent(times_s: FloatArray, settings: SmoothingSettings) -> NDArray[np.bool_]:
    """Return which intervals are silences, too long to be fired through."""
    # Rounded, because an interval of exactly the limit must not depend on the last digit of a time.
    return np.asarray(np.round(np.diff(times_s), 9) > settings.gap_s)
