"""Recurrent inhibition: motor axons excite Renshaw cells, and these inhibit motoneurons.

A discharge of motoneuron i reaches the Renshaw cells of its pool with weight w_i (the weights of a
pool sum to 1) and drives them along h(t) = (exp(-t/d) - exp(-t/r)) / (d - r), of area 1. The drive
u = sum over discharges of w_i h, in pps, is the rate at which the pool fires, weighted and
smoothed. The cells answer with u / (1 + u / u_h), and motoneuron j receives b_j times that as
inhibition M_i, on its dendrites like all inhibition:

    M_j(t) = strength * b_j * u / (1 + u / u_h).

One volley inhibits for some 40 ms (Eccles, Fatt & Koketsu 1954,
doi:10.1113/jphysiol.1954.sp005226). The steady answer of Renshaw cells to a train in motor axons
is such a hyperbola of its frequency (Cleveland, Kuschmierz & Ross 1981, doi:10.1007/BF00453371).
The synaptic current that
recurrent inhibition brings is about the same in motoneurons of all types (Lindsay & Binder 1991,
doi:10.1152/jn.1991.65.2.168): b_j falls with the area of the membrane. Fast axons have
more collaterals than slow ones (Cullheim & Kellerth 1978, doi:10.1113/jphysiol.1978.sp012452): w_i
rises with the place in the order of recruitment. The synapses lie on the dendrites (Bui et al.
2008, doi:10.1152/jn.00718.2007). The strength is fitted (`strengths.toml`). Hand muscles have next
to none of it (Edgley et al. 2021, doi:10.1523/JNEUROSCI.1589-20.2020).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.equations import equation
from renshaw.model.circuits.strengths import strength
from renshaw.model.pool import Pool

FloatArray = NDArray[np.float64]

# Rise and decay of what one volley does: the peak after 7 ms, a tenth of it left after 40 ms.
RISE_ms: float = 4.0
DECAY_ms: float = 14.0
# Where the answer of the cells has fallen to a half of proportional (pps). The shape is measured,
# the number is an assumption.
HALF_pps: float = 30.0
# How much more the last motoneuron excites Renshaw cells than the first: as in Cisi & Kohn 2008.
LAST_OVER_FIRST: float = 2.0
# From a discharge to the inhibition: axon, collateral and two synapses.
DELAY_ms: float = 2.0


@equation
def answer_pps(drive_pps: Any) -> Any:
    """Return how strongly Renshaw cells fire for a drive, in pps of the motoneurons."""
    return drive_pps / (1.0 + drive_pps / HALF_pps)


def volley_pps(since_ms: FloatArray) -> FloatArray:
    """Return the drive of Renshaw cells after one discharge of every motoneuron, in pps."""
    t = np.maximum(0.0, since_ms)
    return np.asarray(
        1000.0 * (np.exp(-t / DECAY_ms) - np.exp(-t / RISE_ms)) / (DECAY_ms - RISE_ms)
    )


@dataclass(frozen=True, eq=False)
class RecurrentInhibition:
    """The Renshaw cells of one pool.

    Parameters
    ----------
    weights : array, shape (n,)
        How much each motoneuron excites them; the sum is 1.
    inhibition : array, shape (n,)
        What each motoneuron receives for each pps of their answer, M_i (1e-5 S/cm2).
    """

    weights: FloatArray
    inhibition: FloatArray

    @classmethod
    def of(cls, pool: Pool, gain: float) -> RecurrentInhibition | None:
        """Return the Renshaw cells of a pool, or None where they do nothing.

        Parameters
        ----------
        pool : Pool
        gain : float
            Relative to usual.
        """
        if gain == 0:
            return None
        weights = 1.0 + (LAST_OVER_FIRST - 1.0) * pool.position
        area = pool.dendrite_diameter_um * pool.dendrite_length_um
        inhibition = gain * strength("recurrent_inhibition") * area.mean() / area
        return cls(weights / weights.sum(), inhibition)
