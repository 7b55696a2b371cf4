"""`Ramp`: the triangular contraction of the paired-motor-unit method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from renshaw.core.settings import Knob, setting
from renshaw.data.recording import Event
from renshaw.protocols.protocol import Protocol
from renshaw.protocols.register import PROTOCOLS

FloatArray = NDArray[np.float64]

FOLLOWS = ("torque", "drive")


@PROTOCOLS.add
@dataclass(frozen=True, kw_only=True)
class Ramp(Protocol):
    """A triangular contraction: effort rises to a peak and falls at a steady rate.

    The defaults are those of Mesquita et al. 2022 and Orssatto et al. 2022: 20 s to 20 % MVC.

    Examples
    --------
    >>> import renshaw as rs
    >>> rs.Ramp(peak_pct_mvc=30).effort_pct_mvc([1, 6, 11]).tolist()
    [0.0, 15.0, 30.0]
    """

    name: ClassVar[str] = "ramp"
    rank: ClassVar[float] = 10
    title: ClassVar[str] = "Ramp"

    peak_pct_mvc: float = setting(
        20.0,
        "effort at the peak",
        unit="% MVC",
        gt=0,
        le=100,
        source="doi:10.1113/JP282765",
        knob=Knob(5, 50, 1),
    )
    rise_s: float = setting(10.0, "time from rest to the peak", unit="s", gt=0, le=600)
    fall_s: float = setting(10.0, "time from the peak to rest", unit="s", gt=0, le=600)
    hold_s: float = setting(
        0.0, "time at the peak (0: triangle, more: trapezoid)", unit="s", ge=0, le=600
    )
    rest_s: float = setting(1.0, "rest before, between and after", unit="s", ge=0, le=600)
    repeats: int = setting(1, "contractions in one recording", ge=1, le=100)
    follows: str = setting(
        "torque",
        "what follows the target: torque (the person sees it and adjusts the drive) or drive "
        "(descending drive itself, whatever torque results)",
        choices=FOLLOWS,
    )
    drive_per_pct_mvc: float = setting(
        0.18,
        "drive for each % MVC, M_e in 1e-5 S/cm2, if the drive follows the target",
        gt=0,
        le=10,
    )

    @property
    def tracks_torque(self) -> bool:
        """Whether the person sees her torque and makes it follow the effort asked for."""
        return self.follows == "torque"

    @property
    def duration_s(self) -> float:
        """Length of the trial: rest, and then contraction and rest as often as it is done."""
        return self.rest_s + self.repeats * self._period_s

    @property
    def peak_s(self) -> float:
        """Time at which the first peak is reached."""
        return self.rest_s + self.rise_s

    @property
    def highest_effort_pct_mvc(self) -> float:
        """The effort at the peak."""
        return self.peak_pct_mvc

    def effort_pct_mvc(self, times_s: FloatArray) -> FloatArray:
        """Return the contractions, shape of `times_s`, in % MVC."""
        since_s = np.asarray(times_s) - self.rest_s
        number = np.clip(np.floor(since_s / self._period_s), 0, self.repeats - 1)
        corners_s = np.cumsum([0.0, self.rise_s, self.hold_s, self.fall_s])
        heights = [0.0, self.peak_pct_mvc, self.peak_pct_mvc, 0.0]
        return np.asarray(np.interp(since_s - number * self._period_s, corners_s, heights))

    def imposed_drive(self, times_s: FloatArray) -> FloatArray:
        """Return the drive where it follows the effort, shape of `times_s`; none elsewhere."""
        share = 0.0 if self.tracks_torque else self.drive_per_pct_mvc
        return share * self.effort_pct_mvc(times_s)

    def events(self) -> tuple[Event, ...]:
        """Return each contraction as one event."""
        begins_s = self.rest_s + self._period_s * np.arange(self.repeats)
        return tuple(Event(float(t), self._contraction_s, "ramp") for t in begins_s)

    @property
    def _contraction_s(self) -> float:
        return self.rise_s + self.hold_s + self.fall_s

    @property
    def _period_s(self) -> float:
        return self._contraction_s + self.rest_s


@PROTOCOLS.add
@dataclass(frozen=True, kw_only=True)
class Trapezoid(Ramp):
    """A trapezoidal contraction: effort rises, is held, and falls."""

    name: ClassVar[str] = "trapezoid"
    rank: ClassVar[float] = 20
    title: ClassVar[str] = "Trapezoid"

    peak_pct_mvc: float = setting(30.0, "effort at the plateau", unit="% MVC", gt=0, le=100)
    rise_s: float = setting(5.0, "time from rest to the plateau", unit="s", gt=0, le=600)
    hold_s: float = setting(20.0, "time at the plateau", unit="s", ge=0, le=600)
    fall_s: float = setting(5.0, "time from the plateau to rest", unit="s", gt=0, le=600)
