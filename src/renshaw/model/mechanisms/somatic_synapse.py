"""Synapses at the soma: a share of what the dendrites receive, and a fluctuation of its own.

With G_e and G_i the sums of the conductances that `fluctuating_synapse` gives for the four
dendrites (S/cm2 of a dendrite), the soma receives max(0, s G_e + f x) and s_i G_i, and each
dendrite keeps 1 - s and 1 - s_i of its own. x is an Ornstein-Uhlenbeck process of variance 1, each
motoneuron's own, and f = 4 n 1.2e-5 sqrt(M_e): n = 1 is as much as the published fluctuation in all
four dendrites at once. Without a share (s = 0) only the upper half of the fluctuation acts, since
no conductance is negative.

In the published pool all input is dendritic, behind a coupling that saturates: a drive seven times
as strong lifts a unit from 18 to 28 pps, and people's fastest units fire far above 30. Of the
boutons of single Ia fibers in lamina IX of the cat, a tenth lie on the soma itself and many more
near it (Brown & Fyffe 1981, doi:10.1113/jphysiol.1981.sp013654). How much of a voluntary drive
does is not known: the share is fitted.
"""

from __future__ import annotations

from math import sqrt

from renshaw.core.equations import equation
from renshaw.model.mechanisms.fluctuating_synapse import SD_S_per_cm2

DENDRITES: float = 4.0


@equation
def somatic_excitation_S_per_cm2(
    share: float, noise: float, M_e: float, dendritic_S_per_cm2: float, fluctuation: float
) -> float:
    """Return the conductance at the soma, per area of one dendrite.

    `dendritic_S_per_cm2` is what the four dendrites would receive in all, `fluctuation` of variance
    1.
    """
    spread = DENDRITES * noise * SD_S_per_cm2 * sqrt(max(0.0, M_e))
    return max(0.0, share * dendritic_S_per_cm2 + spread * fluctuation)
