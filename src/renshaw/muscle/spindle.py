"""Muscle spindles: how often Ia afferents fire for the length of the muscle and its velocity.

    rate = background + 2 d + 4.3 sgn(v) |v|^0.6,    never below 0,

d being the stretch beyond the resting length (mm) and v its velocity (mm/s). It is the power law
with which Prochazka & Gorassini (1998, doi:10.1111/j.1469-7793.1998.277bu.x) predicted the
discharge of Ia afferents of cats that walk; the rate is proportional to about the square root of
the velocity.

How it was carried over to people:

- The muscle's fascicles take up 47.6 % of a stretch of relaxed muscle and tendon, the tendon the
  rest (gastrocnemius; Hoang et al. 2007, J Exp Biol 210:4159). The same share is assumed for the
  soleus, and for fast stretches as for slow ones.
- The cats' background was 50 to 80 pps, since their spindles were driven while they walked. In
  people who relax most spindles are silent: there the background is 0; in a contraction it is that
  of `ia_synapse.CONTRACTING_pps`.
- The sensitivities are the cat's, by mm. Human afferents are said to fire less; no equation of
  theirs was found, and nothing here was fitted to reflexes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

PPS_PER_mm: float = 2.0
PPS_AT_1_mm_per_s: float = 4.3
EXPONENT: float = 0.6
# Of a stretch of muscle and tendon together.
FASCICLES: float = 0.476


def ia_pps(
    stretch_mm: FloatArray, velocity_mm_per_s: FloatArray, background_pps: float = 0.0
) -> FloatArray:
    """Return how often each Ia afferent fires.

    Parameters
    ----------
    stretch_mm : array
        Of the fascicles, beyond their resting length.
    velocity_mm_per_s : array
        Of that stretch.
    background_pps : float
        At rest at the resting length.
    """
    moved = np.sign(velocity_mm_per_s) * np.abs(velocity_mm_per_s) ** EXPONENT
    rate = background_pps + PPS_PER_mm * np.asarray(stretch_mm) + PPS_AT_1_mm_per_s * moved
    return np.asarray(np.maximum(0.0, rate))
