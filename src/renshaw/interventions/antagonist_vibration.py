"""Vibration of the antagonist's tendon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from renshaw.core.settings import setting
from renshaw.interventions.intervention import PEOPLE, Intervention
from renshaw.interventions.register import INTERVENTIONS
from renshaw.model.effects import effect
from renshaw.model.participant import Participant
from renshaw.protocols import Protocol, VibrationTrain, stimulated

# Inhibition by vibration at 100 Hz and 1 mm, M_i in 1e-5 S/cm2; fitted.
STRENGTH = 0.2


@INTERVENTIONS.add
@dataclass(frozen=True, kw_only=True)
class AntagonistVibration(Intervention):
    """Antagonist tendon vibration: a steady Ia discharge inhibits the motoneurons."""

    name: ClassVar[str] = "antagonist-vibration"
    rank: ClassVar[float] = 20
    title: ClassVar[str] = "Antagonist vibration"
    mechanism: ClassVar[str] = (
        "Spindles of the vibrated antagonist fire steadily; their Ia afferents add steady "
        "inhibition, weaker where reciprocal inhibition is weak, as after injury."
    )
    certainty: ClassVar[str] = PEOPLE
    source: ClassVar[str] = "doi:10.1113/JP283708"
    fitted: ClassVar[str] = (
        "delta F of young adults, TA -0.72 [-0.95, -0.49] pps and SOL -0.20 [-0.45, 0.04]; of "
        "older adults, TA -0.42: by weaker reciprocal inhibition in the first edition, and mostly "
        "by less persistent inward current in the second"
    )
    assumed: ClassVar[tuple[str, ...]] = (
        "Spindle endings are taken to follow tendon vibration up to 100 Hz, half of them at an "
        "amplitude of 0.5 mm; frequency and amplitude of the vibrator in the data are not known "
        "here.",
    )

    frequency_hz: float = setting(100.0, "frequency of vibration", unit="Hz", ge=0, le=300)
    amplitude_mm: float = setting(1.0, "peak-to-peak amplitude", unit="mm", ge=0, le=10)
    start_s: float = setting(0.0, "time at which vibration begins", unit="s", ge=0, le=86400)
    stop_s: float | None = setting(
        None, "time at which it ends (empty: end of the trial)", unit="s", ge=0
    )
    strength: float = setting(
        STRENGTH,
        "inhibition of the tibialis anterior at 100 Hz and 1 mm, M_i in 1e-5 S/cm2; other "
        "muscles in proportion",
        ge=0,
        le=1000,
    )

    def edit(self, participant: Participant, protocol: Protocol) -> tuple[Participant, Protocol]:
        """Return the same participant, vibrated during the protocol."""
        if self.frequency_hz * self.amplitude_mm == 0.0:
            return participant, protocol
        pathway = effect(participant.edition, "antagonist_vibration.pathway", participant.muscle)
        strength = self.strength * pathway
        train = VibrationTrain(**{**self.to_mapping(), "strength": strength})
        return participant, stimulated(protocol, train)
