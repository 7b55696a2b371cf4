"""What is done over time: protocols, composed of waveforms."""

from renshaw.protocols.antagonist_vibration import VibrationTrain
from renshaw.protocols.arrivals import Arrivals
from renshaw.protocols.closed_loop import Devices, TriggeredStimulation
from renshaw.protocols.in_bed import InBed, Touch
from renshaw.protocols.nerve_stimulation import NerveStimulation
from renshaw.protocols.profile import Profile
from renshaw.protocols.protocol import Protocol
from renshaw.protocols.ramp import Ramp, Trapezoid
from renshaw.protocols.register import PROTOCOLS
from renshaw.protocols.spasm_test import SpasmTest
from renshaw.protocols.stimulated import PulseTrain, Stimulated, stimulated
from renshaw.protocols.train import Listening, Train, TriggeredTrain
from renshaw.protocols.vibstim import VibStim

__all__ = [
    "PROTOCOLS",
    "Arrivals",
    "Devices",
    "InBed",
    "Listening",
    "NerveStimulation",
    "Profile",
    "Protocol",
    "PulseTrain",
    "Ramp",
    "SpasmTest",
    "Stimulated",
    "Touch",
    "Train",
    "Trapezoid",
    "TriggeredStimulation",
    "TriggeredTrain",
    "VibStim",
    "VibrationTrain",
    "stimulated",
]
