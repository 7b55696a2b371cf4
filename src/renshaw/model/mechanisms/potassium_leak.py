"""The potassium conductance that GABA-B receptors of motoneurons open.

It neither depends on the voltage nor fluctuates, and lies in soma and dendrites in proportion to
the leak, of which it is a share s (an assumption). So it is more leak, with another reversal
potential:

    g = g_leak (1 + s),    E = (E_leak + s E_K) / (1 + s).

Unlike inhibition by chloride it holds a motoneuron down after an injury as well, when chloride no
longer does.
"""

from __future__ import annotations

from dataclasses import replace

from renshaw.model.mechanisms.delayed_rectifier import REVERSAL_mV
from renshaw.model.pool import Pool


def potassium_opened(pool: Pool, share: float) -> Pool:
    """Return a pool in which the conductance is open.

    Parameters
    ----------
    pool : Pool
    share : float
        Of the leak.
    """
    if share == 0.0:
        return pool
    leak = pool.scaled(g_pas_soma_S_per_cm2=1.0 + share, g_pas_dendrite_S_per_cm2=1.0 + share)
    return replace(leak, e_pas_mV=(pool.e_pas_mV + share * REVERSAL_mV) / (1.0 + share))
