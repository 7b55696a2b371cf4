"""Conditions of the cord, each with a severity from 0 (as in health) to 1.

What is measured is the direction of each change; sizes are assumptions, chosen so that spasms look
as recorded (`renshaw validate`). What ends them is in `renshaw.model.run_down`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from renshaw.model.cord import Cord

HEALTHY = "healthy"


def spinal_cord_injury(cord: Cord, severity: float) -> Cord:
    """Return a chronically injured cord, complete at severity 1.

    Serotonin and noradrenaline no longer come down; receptors that are active without them bring
    the inward current back (Murray et al. 2010, doi:10.1038/nm.2160). Inhibition is lost, and what
    is left acts less because chloride has risen (Boulenguez et al. 2010, doi:10.1038/nm.2107).
    Excitation by skin and stretch is no stronger but lasts longer (Norton et al. 2008;
    Mahrous et al. 2024, PMC10851678).
    """
    return replace(
        cord,
        monoaminergic=cord.monoaminergic * (1.0 - severity),
        monoaminergic_per_pct_mvc=cord.monoaminergic_per_pct_mvc * (1.0 - severity),
        constitutive=cord.constitutive + 1.10 * severity,
        inhibition=cord.inhibition * (1.0 - 0.7 * severity),
        inhibition_shift_mV=cord.inhibition_shift_mV + 8.0 * severity,
        reciprocal_gain=cord.reciprocal_gain * (1.0 - 0.5 * severity),
        afferent_decay_s=cord.afferent_decay_s + 0.5 * severity,
        largest_drive=cord.largest_drive * (1.0 - 0.9 * severity),
    )


def multiple_sclerosis(cord: Cord, severity: float) -> Cord:
    """Return a cord with demyelinated tracts.

    Reciprocal and presynaptic inhibition are reduced (Crone et al. 1994); supply and receptors
    change as in an incomplete injury, which is an assumption.
    """
    return replace(
        cord,
        monoaminergic=cord.monoaminergic * (1.0 - 0.4 * severity),
        monoaminergic_per_pct_mvc=cord.monoaminergic_per_pct_mvc * (1.0 - 0.4 * severity),
        constitutive=cord.constitutive + 0.43 * severity,
        inhibition=cord.inhibition * (1.0 - 0.5 * severity),
        inhibition_shift_mV=cord.inhibition_shift_mV + 4.0 * severity,
        reciprocal_gain=cord.reciprocal_gain * (1.0 - 0.5 * severity),
        afferent_gain=cord.afferent_gain * (1.0 + 0.5 * severity),
        afferent_decay_s=cord.afferent_decay_s + 0.3 * severity,
        largest_drive=cord.largest_drive * (1.0 - 0.5 * severity),
    )


def stroke(cord: Cord, severity: float) -> Cord:
    """Return the cord of the paretic side.

    The reticulospinal tract supplies more noradrenaline and a weak steady excitation
    (PMC5900019, PMC3691331); the corticospinal drive is less, and so is reciprocal inhibition.
    """
    return replace(
        cord,
        monoaminergic=cord.monoaminergic * (1.0 + 0.05 * severity),
        inhibition=cord.inhibition * (1.0 - 0.3 * severity),
        inhibition_shift_mV=cord.inhibition_shift_mV + 4.0 * severity,
        reciprocal_gain=cord.reciprocal_gain * (1.0 - 0.5 * severity),
        afferent_decay_s=cord.afferent_decay_s + 0.1 * severity,
        resting_drive=cord.resting_drive + 0.6 * severity,
        largest_drive=cord.largest_drive * (1.0 - 0.6 * severity),
    )


_OF_CONDITION: dict[str, Callable[[Cord, float], Cord]] = {
    "spinal-cord-injury": spinal_cord_injury,
    "multiple-sclerosis": multiple_sclerosis,
    "stroke": stroke,
}
CONDITIONS = (HEALTHY, *_OF_CONDITION)


def condition_cord(cord: Cord, condition: str, severity: float) -> Cord:
    """Return the cord in that condition."""
    return cord if condition == HEALTHY else _OF_CONDITION[condition](cord, severity)
