"""Multiple sclerosis."""

from __future__ import annotations

from dataclasses import replace

from renshaw.model.circuits.strengths import strength
from renshaw.model.conditions.register import CONDITIONS, CordCondition
from renshaw.model.cord import Cord
from renshaw.model.effects import effect


def multiple_sclerosis(cord: Cord, severity: float) -> Cord:
    """Return a cord with demyelinated tracts.

    Reciprocal and presynaptic inhibition are reduced (Crone et al. 1994); supply and receptors
    change as in an incomplete injury, and post-activation depression as after stroke, which are
    assumptions.
    """
    constitutive = effect(cord.edition, "multiple_sclerosis.constitutive")
    return replace(
        cord,
        monoaminergic=cord.monoaminergic * (1.0 - 0.4 * severity),
        monoaminergic_per_pct_mvc=cord.monoaminergic_per_pct_mvc * (1.0 - 0.4 * severity),
        constitutive=cord.constitutive + constitutive * severity,
        inhibition=cord.inhibition * (1.0 - 0.5 * severity),
        inhibition_shift_mV=cord.inhibition_shift_mV + 4.0 * severity,
        reciprocal_gain=cord.reciprocal_gain * (1.0 - 0.5 * severity),
        presynaptic_gain=cord.presynaptic_gain * (1.0 - 0.5 * severity),
        depression_gain=cord.depression_gain * (1.0 - strength("depression_lost") * severity),
        afferent_gain=cord.afferent_gain * (1.0 + 0.5 * severity),
        afferent_decay_s=cord.afferent_decay_s + 0.3 * severity,
        largest_drive=cord.largest_drive * (1.0 - 0.5 * severity),
    )


CONDITIONS.add(CordCondition("multiple-sclerosis", 20, "Multiple sclerosis", multiple_sclerosis))
