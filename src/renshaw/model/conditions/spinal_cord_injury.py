"""Chronic injury of the spinal cord."""

from __future__ import annotations

from dataclasses import replace

from renshaw.model.circuits.strengths import strength
from renshaw.model.conditions.register import CONDITIONS, CordCondition
from renshaw.model.cord import Cord
from renshaw.model.effects import effect


def spinal_cord_injury(cord: Cord, severity: float) -> Cord:
    """Return a chronically injured cord, complete at severity 1.

    Serotonin and noradrenaline no longer come down; receptors that are active without them bring
    the inward current back (Murray et al. 2010, doi:10.1038/nm.2160). Inhibition is lost, and what
    is left acts less because chloride has risen (Boulenguez et al. 2010, doi:10.1038/nm.2107).
    Excitation by skin and stretch is no stronger but lasts longer (Norton et al. 2008;
    Mahrous et al. 2024, PMC10851678). Presynaptic inhibition of Ia afferents is weaker (Faist et
    al. 1994, doi:10.1093/brain/117.6.1449), and so is post-activation depression in chronic injury
    (Schindler-Ivens & Shields 2000, doi:10.1007/s002210000377; its size is that after stroke).
    """
    constitutive = effect(cord.edition, "spinal_cord_injury.constitutive")
    return replace(
        cord,
        monoaminergic=cord.monoaminergic * (1.0 - severity),
        monoaminergic_per_pct_mvc=cord.monoaminergic_per_pct_mvc * (1.0 - severity),
        constitutive=cord.constitutive + constitutive * severity,
        inhibition=cord.inhibition * (1.0 - 0.7 * severity),
        inhibition_shift_mV=cord.inhibition_shift_mV + 8.0 * severity,
        reciprocal_gain=cord.reciprocal_gain * (1.0 - 0.5 * severity),
        presynaptic_gain=cord.presynaptic_gain * (1.0 - 0.5 * severity),
        depression_gain=cord.depression_gain * (1.0 - strength("depression_lost") * severity),
        afferent_decay_s=cord.afferent_decay_s + 0.5 * severity,
        largest_drive=cord.largest_drive * (1.0 - 0.9 * severity),
    )


CONDITIONS.add(CordCondition("spinal-cord-injury", 10, "Spinal cord injury", spinal_cord_injury))
