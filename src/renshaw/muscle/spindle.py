"""Muscle spindles: how often Ia afferents fire for the length of the muscle and its velocity.

    rate = background + .4 d + c sgn(v) |v|^0.6,    never below 0,

d being the stretch beyond the resting length (mm) and v its velocity (mm/s). It is the power law
with which Prochazka & Gorassini (1998, doi:10.1111/j.1469-7793.1998.277bu.x) predicted the
discharge of Ia afferents of cats that walk, there with 2 d and c = 4.3; the rate is proportional to
about the square root of the velocity.

How it was carried over to people:

- The muscle's fascicles take up 47.6 % of a stretch of relaxed muscle and tendon, the tendon the
  rest (gastrocnemius; Hoang et al. 2007, J Exp Biol 210:4159). The same share is assumed for the
  soleus, and for fast stretches as for slow ones.
- In relaxed people less than a tenth of the spindles fire at a comfortable length, and they follow
  the length with .18 pps/deg, five times less than those of ankle extensors of cats without any
  fusimotor drive (finger flexors; Vallbo 1974, Acta Physiol Scand 90:303). So the background is 0
  at rest and the sensitivity to length a fifth of the cat's, with which the calf's spindles come to
  .17 pps/deg. In a contraction the background is that of `ia_synapse.CONTRACTING_pps`.
- For the velocity no number of people was found, and with the cat's c healthy people would answer
  to stretches that they bear in silence. So c is fitted, by a program, to the velocity at which the
  soleus of healthy people begins to answer (`spindle_velocity` in `strengths.toml`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from renshaw.model.circuits.strengths import strength

FloatArray = NDArray[np.float64]

# The cat's, and how many times less people's is.
PPS_PER_mm: float = 2.0 / 5.0
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
    rate = (
        background_pps + PPS_PER_mm * np.asarray(stretch_mm) + strength("spindle_velocity") * moved
    )
    return np.asarray(np.maximum(0.0, rate))
