"""Vibration of the antagonist's tendon: a steady Ia discharge that inhibits."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from renshaw.core.settings import setting
from renshaw.data.recording import Event
from renshaw.model.cord import Cord
from renshaw.model.pool import Pool
from renshaw.protocols.arrivals import Arrivals
from renshaw.protocols.train import Train

FloatArray = NDArray[np.float64]

# Spindle endings follow vibration cycle by cycle up to about this frequency, and less beyond.
_FOLLOWED_hz = 100.0
# Amplitude of vibration at which half of the endings follow, in a tendon.
_HALF_mm = 0.5
# The vibration at which the train's strength is stated.
USUAL_hz: float = 100.0
USUAL_mm: float = 1.0
# Discharge and its effect build up and fade over a few tenths of a second.
_ONSET_s = 0.2


@dataclass(frozen=True, kw_only=True)
class VibrationTrain(Train):
    """Vibration of the antagonist's tendon.

    Afferents fire out of step with one another, so that the inhibition is steady. That endings
    follow up to about 100 Hz, and how amplitude recruits them, are assumptions.
    """

    frequency_hz: float = setting(100.0, "frequency of vibration", unit="Hz", ge=0, le=300)
    amplitude_mm: float = setting(1.0, "peak-to-peak amplitude", unit="mm", ge=0, le=10)
    strength: float = setting(
        1.0, "inhibition at 100 Hz and 1 mm, M_i in 1e-5 S/cm2", ge=0, le=1000
    )
    start_s: float = setting(0.0, "time at which vibration begins", unit="s", ge=0, le=86400)
    stop_s: float | None = setting(
        None, "time at which it ends (empty: end of the trial)", unit="s", ge=0
    )

    @property
    def level(self) -> float:
        """The steady inhibition M_i of a healthy cord."""
        rate = min(self.frequency_hz, _FOLLOWED_hz) / min(USUAL_hz, _FOLLOWED_hz)
        if self.frequency_hz > _FOLLOWED_hz:
            rate = _FOLLOWED_hz / self.frequency_hz
        endings = self.amplitude_mm / (self.amplitude_mm + _HALF_mm)
        return self.strength * rate * endings / (USUAL_mm / (USUAL_mm + _HALF_mm))

    def arrivals(self, times_s: FloatArray, gate: FloatArray, cord: Cord, pool: Pool) -> Arrivals:
        """Return the inhibition, as strong as this cord's reciprocal inhibition."""
        since_s = np.maximum(0.0, times_s - self.start_s)
        course = -np.expm1(-since_s / _ONSET_s)
        if self.stop_s is not None:
            until_s = max(0.0, self.stop_s - self.start_s)
            reached = -np.expm1(-until_s / _ONSET_s)
            late_s = np.maximum(0.0, times_s - self.start_s - until_s)
            course = np.where(late_s > 0, reached * np.exp(-late_s / _ONSET_s), course)
        inhibition = cord.reciprocal_gain * gate * self.level * course
        return replace(Arrivals.none(len(times_s), len(pool)), inhibition=inhibition)

    def event(self, duration_s: float) -> Event:
        """Return the vibration as one event."""
        stop_s = duration_s if self.stop_s is None else min(self.stop_s, duration_s)
        words = f"antagonist tendon vibration at {self.frequency_hz:g} Hz"
        return Event(self.start_s, max(0.0, stop_s - self.start_s), words)
