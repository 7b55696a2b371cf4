"""Stroke: the cord of the paretic side."""

from __future__ import annotations

from dataclasses import replace

from renshaw.model.circuits.strengths import strength
from renshaw.model.conditions.register import CONDITIONS, CordCondition
from renshaw.model.cord import Cord
from renshaw.model.effects import effect


def stroke(cord: Cord, severity: float) -> Cord:
    """Return the cord of the paretic side.

    The reticulospinal tract supplies more noradrenaline and a weak steady excitation
    (PMC5900019, PMC3691331); the corticospinal drive is less, and so are reciprocal inhibition and
    post-activation depression (doi:10.1080/08990220.2020.1807925). Presynaptic inhibition of Ia
    afferents is normal (Faist et al. 1994, doi:10.1093/brain/117.6.1449).
    """
    gained = effect(cord.edition, "stroke.monoamines_gained")
    return replace(
        cord,
        monoaminergic=cord.monoaminergic * (1.0 + gained * severity),
        inhibition=cord.inhibition * (1.0 - 0.3 * severity),
        inhibition_shift_mV=cord.inhibition_shift_mV + 4.0 * severity,
        reciprocal_gain=cord.reciprocal_gain * (1.0 - 0.5 * severity),
        depression_gain=cord.depression_gain * (1.0 - strength("depression_lost") * severity),
        afferent_decay_s=cord.afferent_decay_s + 0.1 * severity,
        resting_drive=cord.resting_drive + 0.6 * severity,
        largest_drive=cord.largest_drive * (1.0 - 0.6 * severity),
    )


CONDITIONS.add(CordCondition("stroke", 30, "Stroke", stroke))
