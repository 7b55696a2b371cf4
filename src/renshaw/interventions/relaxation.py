"""Whole-body relaxation: less serotonin and noradrenaline reach the cord."""

from __future__ import annotations

from dataclasses import dataclass

from renshaw.core.settings import setting
from renshaw.interventions.intervention import Intervention
from renshaw.model.participant import Participant
from renshaw.protocols import Protocol


@dataclass(frozen=True, kw_only=True)
class Relaxation(Intervention):
    """Whole-body relaxation lowers the neuromodulation of the cord a little.

    Modeled as the mirror image of a remote handgrip, which raises neuromodulation (delta-F +0.35 to
    +0.41 pps; Orssatto et al. 2022, doi:10.1113/JP283708).
    """

    neuromodulation_scale: float = setting(
        0.993, "what is left of the participant's neuromodulation", gt=0, le=1
    )
    pic_shift_mV: float = setting(
        0.0, "shift of the L-type activation toward depolarization", unit="mV", ge=0, le=10
    )

    def edit(self, participant: Participant, protocol: Protocol) -> tuple[Participant, Protocol]:
        """Return the participant with less neuromodulation; the protocol is unchanged."""
        calmer = participant.treated(
            monoamines=self.neuromodulation_scale, pic_shift_mV=self.pic_shift_mV
        )
        return calmer, protocol

    def assumptions(self) -> tuple[str, ...]:
        """Return what is taken for granted."""
        return (
            "Whole-body relaxation is modeled as a "
            f"{100 * (1 - self.neuromodulation_scale):.3g} % lower neuromodulation of the cord, "
            "the mirror image of a remote handgrip (Orssatto et al. 2022); it was not measured "
            "directly.",
        )
