"""`Stimulated`: any protocol, with a train of inhibitory volleys on top."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renshaw.core.settings import Settings, setting
from renshaw.data.recording import Event
from renshaw.protocols.protocol import Protocol
from renshaw.protocols.ramp import Ramp

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class PulseTrain(Settings):
    """Inhibitory volleys at a steady frequency, each opening a conductance for a short time."""

    frequency_hz: float = setting(10.0, "volleys per second", unit="Hz", gt=0, le=500)
    pulse_ms: float = setting(10.0, "how long each volley inhibits", unit="ms", gt=0, le=100)
    strength: float = setting(2.0, "inhibition during a volley, M_i in 1e-5 S/cm2", ge=0, le=1000)

    def at(self, times_s: FloatArray) -> FloatArray:
        """Return the inhibition at the given times, shape of `times_s`."""
        phase_ms = np.mod(np.asarray(times_s) * self.frequency_hz, 1.0) / self.frequency_hz * 1000
        # A sample that belongs to a volley's first instant must not fall out by rounding.
        return np.where(phase_ms + 1e-6 < self.pulse_ms, self.strength, 0.0)


@dataclass(frozen=True, kw_only=True)
class Stimulated(Protocol):
    """A protocol during which a nerve is stimulated throughout."""

    protocol: Protocol = setting(Ramp, "what is done meanwhile")
    train: PulseTrain = setting(PulseTrain, "the volleys that reach the motoneurons")

    @property
    def duration_s(self) -> float:
        """Length of the trial."""
        return self.protocol.duration_s

    def effort_pct_mvc(self, times_s: FloatArray) -> FloatArray:
        """Return the intended effort of the protocol inside, in % MVC."""
        return self.protocol.effort_pct_mvc(times_s)

    def added_inhibition(self, times_s: FloatArray) -> FloatArray:
        """Return the volleys on top of what the protocol inside adds."""
        return self.protocol.added_inhibition(times_s) + self.train.at(times_s)

    def events(self) -> tuple[Event, ...]:
        """Return the events of the protocol inside and the stimulation."""
        label = f"nerve stimulation at {self.train.frequency_hz:g} Hz"
        return (*self.protocol.events(), Event(0.0, self.duration_s, label))
