"""What is done over time: protocols, composed of waveforms."""

from renshaw.protocols.protocol import Protocol
from renshaw.protocols.ramp import Ramp
from renshaw.protocols.stimulated import PulseTrain, Stimulated

PROTOCOLS: dict[str, type[Protocol]] = {"ramp": Ramp}

__all__ = ["PROTOCOLS", "Protocol", "PulseTrain", "Ramp", "Stimulated"]
