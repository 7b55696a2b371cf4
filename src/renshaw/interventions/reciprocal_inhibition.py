"""Reciprocal inhibition: electrical stimulation of the nerve to the antagonist muscle."""

from __future__ import annotations

from dataclasses import dataclass

from renshaw.core.settings import setting
from renshaw.interventions.intervention import Intervention
from renshaw.model.participant import Participant
from renshaw.protocols import Protocol, PulseTrain, stimulated


@dataclass(frozen=True, kw_only=True)
class ReciprocalInhibition(Intervention):
    """Antagonist nerve stimulation: each pulse inhibits the motoneurons for some milliseconds.

    The frequency and intensity used by Mesquita et al. 2022 (doi:10.1113/JP282765) are not known
    here; the default strength is the one whose effect on delta-F lies in the range measured under
    antagonist tendon vibration (-0.2 to -0.7 pps; Orssatto et al. 2022, doi:10.1113/JP283708).
    """

    frequency_hz: float = setting(10.0, "stimuli per second", unit="Hz", gt=0, le=200)
    pulse_ms: float = setting(
        10.0, "how long each stimulus inhibits the motoneurons", unit="ms", gt=0, le=100
    )
    strength: float = setting(2.0, "inhibition during that time, M_i in 1e-5 S/cm2", ge=0, le=1000)

    def edit(self, participant: Participant, protocol: Protocol) -> tuple[Participant, Protocol]:
        """Return the same participant, stimulated throughout the protocol."""
        train = PulseTrain(
            frequency_hz=self.frequency_hz, pulse_ms=self.pulse_ms, strength=self.strength
        )
        return participant, stimulated(protocol, train)

    def assumptions(self) -> tuple[str, ...]:
        """Return what is taken for granted."""
        return (
            f"Antagonist nerve stimulation is modeled as {self.frequency_hz:g} inhibitory volleys "
            f"per second of {self.pulse_ms:g} ms; stimulation settings of the seed study are not "
            "public, so the strength was chosen to act like antagonist tendon vibration did in "
            "Orssatto et al. 2022.",
        )
