"""`SpasmTest`: a brief touch or stretch at rest, and how long the muscle goes on by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from renshaw.core.settings import Knob, setting
from renshaw.data.event_labels import BURST, PROVOCATION
from renshaw.data.recording import Event
from renshaw.model.cord import Cord
from renshaw.model.pool import Pool
from renshaw.protocols.afferents import lasting
from renshaw.protocols.arrivals import Arrivals
from renshaw.protocols.protocol import Protocol
from renshaw.protocols.register import PROTOCOLS

FloatArray = NDArray[np.float64]


@PROTOCOLS.add
@dataclass(frozen=True, kw_only=True)
class SpasmTest(Protocol):
    """A brief input from skin or stretch to a person at rest, and a long look at what follows.

    In a healthy cord motoneurons stop with the input; in an injured one the input outlasts its
    cause and persistent inward currents keep motoneurons firing. A burst of inhibition, if asked
    for, is to switch them off.
    """

    name: ClassVar[str] = "spasm"
    rank: ClassVar[float] = 30
    title: ClassVar[str] = "Touch"

    input_strength: float = setting(
        4.0,
        "how strong the touch is: excitation in 1e-5 S/cm2",
        ge=0,
        le=100,
        knob=Knob(0.5, 12, 0.5, label="Strength of the touch"),
    )
    input_s: float = setting(0.5, "duration of the touch", unit="s", gt=0, le=60)
    burst_strength: float = setting(
        0.0, "inhibition by a burst afterwards, M_i in 1e-5 S/cm2 (0: none)", ge=0, le=1000
    )
    burst_after_s: float = setting(
        3.0, "time from the end of the touch to the burst", unit="s", ge=0, le=600
    )
    burst_s: float = setting(0.5, "duration of the burst", unit="s", gt=0, le=60)
    rest_before_s: float = setting(1.0, "rest before the touch", unit="s", ge=0, le=60)
    watched_s: float = setting(
        60.0,
        "time recorded after the touch has ended",
        unit="s",
        gt=0,
        le=3600,
        knob=Knob(5, 60, 5, start=15, label="Watched for"),
    )

    @property
    def duration_s(self) -> float:
        """Length of the trial."""
        return self.rest_before_s + self.input_s + self.watched_s

    @property
    def burst_at_s(self) -> float:
        """When the burst begins."""
        return self.rest_before_s + self.input_s + self.burst_after_s

    def arrivals(self, times_s: FloatArray, cord: Cord, pool: Pool) -> Arrivals:
        """Return the input, which outlasts its cause, and the burst."""
        times_s = np.asarray(times_s)
        excitation = cord.afferent_gain * lasting(
            times_s,
            self.rest_before_s,
            self.input_s,
            self.input_strength,
            cord.afferent_decay_s,
        )
        since_s = times_s - self.burst_at_s
        inhibition = np.where((since_s >= 0) & (since_s < self.burst_s), self.burst_strength, 0.0)
        none = Arrivals.none(len(times_s), len(pool))
        return replace(none, excitation=excitation, inhibition=inhibition)

    def events(self) -> tuple[Event, ...]:
        """Return the input and, if there is one, the burst."""
        events: tuple[Event, ...] = (Event(self.rest_before_s, self.input_s, PROVOCATION),)
        if self.burst_strength > 0 and self.burst_at_s < self.duration_s:
            events += (Event(self.burst_at_s, self.burst_s, BURST),)
        return events
