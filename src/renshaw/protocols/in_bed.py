"""`InBed`: touches and stretches of a sleeper, a moment of a night."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from renshaw.core.settings import Settings, setting
from renshaw.data.event_labels import PROVOCATION
from renshaw.data.recording import Event
from renshaw.model.cord import Cord
from renshaw.model.pool import Pool
from renshaw.protocols.afferents import lasting
from renshaw.protocols.arrivals import Arrivals
from renshaw.protocols.protocol import Protocol

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Touch(Settings):
    """What the skin or a muscle of a sleeper feels."""

    kind: str = setting("touch", "touch of the skin or stretch of the muscle")
    at_s: float = setting(0.0, "time at which it begins", unit="s", ge=0)
    lasts_s: float = setting(0.2, "duration", unit="s", gt=0)
    strength: float = setting(4.0, "excitation, M_e in 1e-5 S/cm2", ge=0, le=100)

    @property
    def ends_s(self) -> float:
        """When it ends."""
        return self.at_s + self.lasts_s


@dataclass(frozen=True, kw_only=True)
class InBed(Protocol):
    """Touches and stretches of a person who sleeps."""

    touches: tuple[Touch, ...] = setting((), "touches and stretches")
    lasts_s: float = setting(60.0, "length of this part of the night", unit="s", gt=0)

    @property
    def duration_s(self) -> float:
        """Length of this part of the night."""
        return self.lasts_s

    def arrivals(self, times_s: FloatArray, cord: Cord, pool: Pool) -> Arrivals:
        """Return what the touches bring; each outlasts its cause."""
        felt = np.zeros(len(times_s))
        for touch in self.touches:
            felt += lasting(
                times_s, touch.at_s, touch.lasts_s, touch.strength, cord.afferent_decay_s
            )
        none = Arrivals.none(len(times_s), len(pool))
        return replace(none, excitation=cord.afferent_gain * felt)

    def events(self) -> tuple[Event, ...]:
        """Return the touches."""
        return tuple(Event(t.at_s, t.lasts_s, PROVOCATION) for t in self.touches)
