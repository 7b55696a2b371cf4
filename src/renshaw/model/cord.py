"""`Cord`: the state of a spinal cord, as age, sex, condition, training and treatment leave it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from renshaw.model.mechanisms.fluctuating_synapse import INHIBITION_REVERSAL_mV
from renshaw.model.mechanisms.potassium_leak import potassium_opened
from renshaw.model.pool import Pool

# The effort of the ramps at which neuromodulation is stated.
USUAL_PCT_MVC = 20.0


@dataclass(frozen=True, kw_only=True)
class Cord:
    """What the motoneurons of one muscle live in.

    Neuromodulation, the scale of the L-type conductance (1 as published), has two sources. One is
    serotonin and noradrenaline that reach the cord from the brain stem and that grow with effort;
    the other is receptors that are active without them, which a cord grows that has lost its supply
    (Murray et al. 2010, doi:10.1038/nm.2160).

    Parameters
    ----------
    monoaminergic : float
        The first part, in an effort of 20 % MVC.
    monoaminergic_per_pct_mvc : float
        By how much it is larger for each % MVC beyond 20 % MVC.
    constitutive : float
        The second part.
    inhibition : float
        Tonic inhibition, M_i (1e-5 S/cm2).
    inhibition_per_drive : float
        Inhibition that comes with descending drive: positive is proportional, negative push-pull.
    inhibition_shift_mV : float
        By how much the reversal potential of inhibition lies above -75 mV.
    reciprocal_gain : float
        Strength of reciprocal inhibition by the antagonist's afferents, 1 in health.
    ia_gain : float
        Strength of the synapses of Ia afferents on their own motoneurons, 1 in health.
    recurrent_gain : float
        Strength of recurrent inhibition by Renshaw cells, 0 for none.
    presynaptic_gain : float
        Strength of presynaptic inhibition of Ia afferents, 1 in health.
    depression_gain : float
        Strength of the depression of Ia synapses by their own activity (post-activation
        depression), 1 in health.
    afferent_gain : float
        Strength of excitation by muscle and skin afferents, 1 in health.
    afferent_decay_s : float
        How long excitation by skin and stretch outlasts its cause (time constant).
    resting_drive : float
        Excitation without any effort, M_e (1e-5 S/cm2).
    largest_drive : float
        Excitation in a maximal effort, M_e (1e-5 S/cm2).
    potassium_leak : float
        Potassium conductance that GABA-B receptors of motoneurons open, relative to their leak.
    pic_shift_mV : float
        Shift of the L-type activation; positive makes the PIC harder to start.
    ahp_scale : float
        Duration of the afterhyperpolarization, relative to the muscle's usual.
    edition : int
        Of the person, by whose constants a condition changes it.
    """

    monoaminergic: float
    monoaminergic_per_pct_mvc: float
    inhibition: float
    inhibition_per_drive: float
    largest_drive: float
    constitutive: float = 0.0
    inhibition_shift_mV: float = 0.0
    reciprocal_gain: float = 1.0
    ia_gain: float = 1.0
    recurrent_gain: float = 0.0
    presynaptic_gain: float = 1.0
    depression_gain: float = 1.0
    afferent_gain: float = 1.0
    afferent_decay_s: float = 0.05
    resting_drive: float = 0.0
    potassium_leak: float = 0.0
    pic_shift_mV: float = 0.0
    ahp_scale: float = 1.0
    edition: int = 1

    def changed(self, **factors: float) -> Cord:
        """Return a cord with some values multiplied, e.g. ``inhibition=0.5``."""
        return replace(self, **{name: getattr(self, name) * f for name, f in factors.items()})

    def neuromodulation_at(self, pct_mvc: float, run_down: float = 0.0) -> float:
        """Return the neuromodulation during a task whose highest effort is given.

        Serotonin and noradrenaline act over seconds, so that it is the task that counts, not the
        instant. Of the constitutive part, firing may have taken a share (`RunDown`).
        """
        more = self.monoaminergic_per_pct_mvc * (pct_mvc - USUAL_PCT_MVC)
        return max(0.0, self.monoaminergic + more) + self.constitutive * (1.0 - run_down)

    def neuromodulation_of_each(
        self, pct_mvc: float, run_down: NDArray[np.float64]
    ) -> tuple[float, NDArray[np.float64]]:
        """Return the largest neuromodulation of any motoneuron, and the share of it of each.

        Parameters
        ----------
        pct_mvc : float
        run_down : array, shape (n,)
            What has worn off of the constitutive part of each.
        """
        largest = self.neuromodulation_at(pct_mvc, float(run_down.min()))
        each = largest - self.constitutive * (run_down - run_down.min())
        return largest, each / largest if largest > 0 else np.ones_like(each)

    def inhibition_at(self, drive: float) -> float:
        """Return the inhibition M_i that goes with a descending drive M_e."""
        return max(0.0, self.inhibition + self.inhibition_per_drive * drive)

    def around(self, pool: Pool) -> Pool:
        """Return a pool with the afterhyperpolarization, PIC and inhibition of this cord."""
        pool = potassium_opened(pool, self.potassium_leak)
        pool = pool.scaled(calcium_removal_ms=self.ahp_scale)
        reversal_mV = INHIBITION_REVERSAL_mV + self.inhibition_shift_mV
        return replace(
            pool,
            theta_m_L_mV=pool.theta_m_L_mV + self.pic_shift_mV,
            e_inhibition_mV=0.0 * pool.position + reversal_mV,
        )
