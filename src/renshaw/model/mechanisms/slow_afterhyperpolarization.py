"""A slow afterhyperpolarization: firing adapts within seconds.

I = g z (V + 80) at the soma, where z follows the calcium above rest that spikes bring in (uM, of
`afterhyperpolarization`) with a time constant of its own: dz/dt = ([Ca] - z) / tau. So z counts
spikes over the last seconds, and g is a conductance for each uM.

Motoneurons adapt in three phases: over the first intervals, over two seconds, and over the rest of
a minute (Sawczuk et al. 1995, as recalled). Which current does the last two is
open: in hypoglossal motoneurons neither a block of the sodium pump nor one of calcium lessens them
(Sawczuk et al. 1997, doi:10.1152/jn.1997.78.5.2246), which leaves the slow inactivation of sodium;
in spinal neurons of mice the pump hyperpolarizes for a minute (Picton et al. 2017,
doi:10.1152/jn.00066.2017). This current stands for any of them: it follows firing, and its size and
time are to be fitted.
"""

from __future__ import annotations

from renshaw.core.equations import equation
from renshaw.model.mechanisms.afterhyperpolarization import RESTING_CALCIUM_mM

REVERSAL_mV: float = -80.0


@equation
def excess_calcium_uM(calcium_mM: float) -> float:
    """Return the calcium above rest, towards which z moves."""
    return 1e3 * (calcium_mM - RESTING_CALCIUM_mM)
