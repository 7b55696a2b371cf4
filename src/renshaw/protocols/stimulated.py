"""`Stimulated`: any protocol, with trains of inhibitory volleys on top."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from renshaw.core.settings import setting
from renshaw.data.recording import Event
from renshaw.model.cord import Cord
from renshaw.model.pool import Pool
from renshaw.protocols.arrivals import Arrivals
from renshaw.protocols.protocol import Protocol
from renshaw.protocols.ramp import Ramp
from renshaw.protocols.train import Train, TriggeredTrain

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class PulseTrain(Train):
    """Inhibitory volleys at a steady frequency, each opening a conductance for a short time."""

    frequency_hz: float = setting(10.0, "volleys per second", unit="Hz", gt=0, le=500)
    pulse_ms: float = setting(
        10.0, "duration of the inhibition by each volley", unit="ms", gt=0, le=100
    )
    strength: float = setting(2.0, "inhibition during a volley, M_i in 1e-5 S/cm2", ge=0, le=1000)

    def at(self, times_s: FloatArray) -> FloatArray:
        """Return the inhibition at the given times, shape of `times_s`."""
        phase_ms = np.mod(np.asarray(times_s) * self.frequency_hz, 1.0) / self.frequency_hz * 1000
        # A sample that belongs to a volley's first instant must not fall out by rounding.
        return np.where(phase_ms + 1e-6 < self.pulse_ms, self.strength, 0.0)

    def arrivals(self, times_s: FloatArray, gate: FloatArray, cord: Cord, pool: Pool) -> Arrivals:
        """Return the volleys, as strong as this cord's reciprocal inhibition."""
        inhibition = cord.reciprocal_gain * gate * self.at(times_s)
        return replace(Arrivals.none(len(times_s), len(pool)), inhibition=inhibition)

    def event(self, duration_s: float) -> Event:
        """Return the stimulation as an event of the whole trial."""
        return Event(0.0, duration_s, f"nerve stimulation at {self.frequency_hz:g} Hz")


@dataclass(frozen=True, kw_only=True)
class Stimulated(Protocol):
    """A protocol during which the cord receives something more throughout."""

    protocol: Protocol = setting(Ramp, "the task meanwhile")
    trains: tuple[Train, ...] = setting((), "stimulation received")

    @property
    def duration_s(self) -> float:
        """Length of the trial."""
        return self.protocol.duration_s

    @property
    def tracks_torque(self) -> bool:
        """Whether torque is made to follow the effort asked for, as in the protocol inside."""
        return self.protocol.tracks_torque

    @property
    def highest_effort_pct_mvc(self) -> float:
        """The highest effort of the protocol inside."""
        return self.protocol.highest_effort_pct_mvc

    def effort_pct_mvc(self, times_s: FloatArray) -> FloatArray:
        """Return the effort of the protocol inside, in % MVC."""
        return self.protocol.effort_pct_mvc(times_s)

    def imposed_drive(self, times_s: FloatArray) -> FloatArray:
        """Return the drive of the protocol inside."""
        return self.protocol.imposed_drive(times_s)

    def arrivals(self, times_s: FloatArray, cord: Cord, pool: Pool) -> Arrivals:
        """Return what the trains bring on top of what the protocol inside does."""
        gate = self.protocol.reciprocal_gate(times_s)
        brought = [train.arrivals(times_s, gate, cord, pool) for train in self.trains]
        return reduce(Arrivals.__add__, brought, self.protocol.arrivals(times_s, cord, pool))

    @property
    def triggered(self) -> tuple[TriggeredTrain, ...]:
        """The trains that the muscle's own firing triggers."""
        mine = tuple(t for t in self.trains if isinstance(t, TriggeredTrain))
        return (*self.protocol.triggered, *mine)

    def reciprocal_gate(self, times_s: FloatArray) -> FloatArray:
        """Return the gate of the protocol inside."""
        return self.protocol.reciprocal_gate(times_s)

    def events(self) -> tuple[Event, ...]:
        """Return the events of the protocol inside and of the trains."""
        more = tuple(train.event(self.duration_s) for train in self.trains)
        return (*self.protocol.events(), *more)


def stimulated(protocol: Protocol, train: Train) -> Stimulated:
    """Return the protocol with one more train; the same whichever train came first.

    Parameters
    ----------
    protocol : Protocol
        What is done.
    train : Train
        What is given meanwhile.
    """
    inside: Protocol = protocol
    trains: tuple[Train, ...] = (train,)
    if isinstance(protocol, Stimulated):
        inside, trains = protocol.protocol, (*protocol.trains, train)
    return Stimulated(protocol=inside, trains=tuple(sorted(trains, key=lambda t: t.as_call())))
