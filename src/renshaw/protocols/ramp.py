"""`Ramp`: the triangular contraction of the paired-motor-unit method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renshaw.core.settings import setting
from renshaw.data.recording import Event
from renshaw.protocols.protocol import Protocol

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Ramp(Protocol):
    """A triangular contraction: effort rises to a peak and falls at a steady rate.

    The defaults are those of Mesquita et al. 2022 and Orssatto et al. 2022: 20 s to 20 % MVC.
    """

    peak_pct_mvc: float = setting(
        20.0, "effort at the peak", unit="% MVC", gt=0, le=100, source="doi:10.1113/JP282765"
    )
    rise_s: float = setting(10.0, "time from rest to the peak", unit="s", gt=0, le=600)
    fall_s: float = setting(10.0, "time from the peak to rest", unit="s", gt=0, le=600)
    rest_s: float = setting(1.0, "rest before and after", unit="s", ge=0, le=600)

    @property
    def duration_s(self) -> float:
        """Length of the trial: rest, rise, fall, rest."""
        return self.rest_s + self.rise_s + self.fall_s + self.rest_s

    @property
    def peak_s(self) -> float:
        """Time of the peak."""
        return self.rest_s + self.rise_s

    def effort_pct_mvc(self, times_s: FloatArray) -> FloatArray:
        """Return the triangle, shape of `times_s`, in % MVC."""
        corners_s = [self.rest_s, self.peak_s, self.peak_s + self.fall_s]
        return np.asarray(np.interp(times_s, corners_s, [0.0, self.peak_pct_mvc, 0.0]))

    def events(self) -> tuple[Event, ...]:
        """Return the contraction as one event."""
        return (Event(self.rest_s, self.rise_s + self.fall_s, "ramp"),)
