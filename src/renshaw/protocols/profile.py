"""`Profile`: a contraction of any shape, such as the one that somebody else did."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renshaw.core.settings import setting
from renshaw.data.recording import Event
from renshaw.protocols.protocol import Protocol

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Profile(Protocol):
    """A contraction whose torque is followed from point to point, with straight lines between.

    Examples
    --------
    >>> import renshaw as rs
    >>> profile = rs.protocols.Profile(levels_pct_mvc=(0, 0, 20, 20, 0), every_s=2)
    >>> profile.duration_s, profile.effort_pct_mvc([3.0, 5.0]).tolist()
    (8.0, [10.0, 20.0])
    """

    levels_pct_mvc: tuple[float, ...] = setting(
        (0.0, 20.0, 0.0), "torque at every point, the first at time 0", unit="% MVC"
    )
    every_s: float = setting(10.0, "time from point to point", unit="s", gt=0, le=600)

    def __post_init__(self) -> None:
        super().__post_init__()
        levels = tuple(map(float, self.levels_pct_mvc))
        if len(levels) < 2 or not all(0 <= level <= 100 for level in levels):
            raise self.refusal("levels_pct_mvc", "two at least, each from 0 to 100 % MVC.")
        object.__setattr__(self, "levels_pct_mvc", levels)

    @property
    def tracks_torque(self) -> bool:
        """The person sees her torque and makes it follow."""
        return True

    @property
    def duration_s(self) -> float:
        """From the first point to the last."""
        return self.every_s * (len(self.levels_pct_mvc) - 1)

    @property
    def highest_effort_pct_mvc(self) -> float:
        """The highest point."""
        return max(self.levels_pct_mvc)

    def effort_pct_mvc(self, times_s: FloatArray) -> FloatArray:
        """Return the torque asked for, shape of `times_s`, in % MVC."""
        at_s = self.every_s * np.arange(len(self.levels_pct_mvc))
        return np.asarray(np.interp(times_s, at_s, self.levels_pct_mvc))

    def events(self) -> tuple[Event, ...]:
        """Return the contraction as one event."""
        return (Event(0.0, self.duration_s, "ramp"),)
