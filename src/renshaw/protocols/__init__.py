"""What is done over time: protocols, composed of waveforms."""

from renshaw.protocols.arrivals import Arrivals
from renshaw.protocols.protocol import Protocol
from renshaw.protocols.ramp import Ramp, Trapezoid
from renshaw.protocols.stimulated import PulseTrain, Stimulated, Train, stimulated

PROTOCOLS: dict[str, type[Protocol]] = {"ramp": Ramp, "trapezoid": Trapezoid}

__all__ = [
    "PROTOCOLS",
    "Arrivals",
    "Protocol",
    "PulseTrain",
    "Ramp",
    "Stimulated",
    "Train",
    "Trapezoid",
    "stimulated",
]
