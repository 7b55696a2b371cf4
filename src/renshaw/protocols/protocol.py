"""`Protocol`: what the person intends and what reaches the cord, as functions of time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renshaw.core.settings import Settings
from renshaw.data.recording import Event

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Protocol(Settings):
    """Base of all protocols. Time runs from 0 to `duration_s`."""

    @property
    def duration_s(self) -> float:
        """Length of the trial."""
        raise NotImplementedError

    def effort_pct_mvc(self, times_s: FloatArray) -> FloatArray:
        """Return the intended effort, shape of `times_s`, in % MVC."""
        raise NotImplementedError

    def added_inhibition(self, times_s: FloatArray) -> FloatArray:
        """Return the inhibition that the protocol adds, M_i in 1e-5 S/cm2."""
        return np.zeros(np.shape(times_s))

    def events(self) -> tuple[Event, ...]:
        """Return what happens when, for the recording."""
        return ()
