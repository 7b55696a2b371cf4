"""The pools of the second edition: the muscles of the first, changed by the table of parameters.

Muscle units, order of recruitment and everything that the table doesn't name are as in the first
edition.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from renshaw.model.gastrocnemius_medialis import gastrocnemius_medialis
from renshaw.model.gradient import as_thresholds
from renshaw.model.pool import Pool
from renshaw.model.powers_heckman import G_L_HIGH_S_per_cm2, G_L_LOW_S_per_cm2
from renshaw.model.run_down import spread_rates_per_s
from renshaw.model.second_edition.table import values_of
from renshaw.model.soleus import FIRST_STANDS_AT, soleus
from renshaw.model.tibialis_anterior import tibialis_anterior

FIRST_EDITION: dict[str, Callable[[int], Pool]] = {
    "TA": tibialis_anterior,
    "SOL": soleus,
    "GM": gastrocnemius_medialis,
}
_BEGINS = {"SOL": FIRST_STANDS_AT}
# What the most fatigable unit loses of its force in a second of fused contraction, and how many
# times less the least fatigable one does (Potvin & Fuglevand 2017,
# doi:10.1371/journal.pcbi.1005581).
MOST_FATIGABLE_per_s: float = 0.0225
FATIGABILITY_RANGE: float = 180.0


def second_pool(muscle: str, n_units: int = 20, values: Mapping[str, float] | None = None) -> Pool:
    """Return the pool of a muscle in the second edition.

    Parameters
    ----------
    muscle : str
        ``"TA"``, ``"SOL"`` or ``"GM"``.
    n_units : int
        Number of motoneurons.
    values : mapping, optional
        Of the parameters, by name; those of the table if not given.
    """
    of = values_of(muscle) if values is None else values
    pool = FIRST_EDITION[muscle](n_units)
    height = as_thresholds(pool.position, _BEGINS.get(muscle, 0.0))
    first_L = of["l_type"] * G_L_LOW_S_per_cm2
    last_L = of["l_type"] * of["l_type_tilt"] * G_L_HIGH_S_per_cm2
    leak = 1.0 + of["leak_gradient"] * pool.position**2
    fatigability = MOST_FATIGABLE_per_s * FATIGABILITY_RANGE ** (pool.position - 1.0)
    first_ms, last_ms = of["calcium_removal_first_ms"], of["calcium_removal_last_ms"]
    return replace(
        pool,
        g_L_S_per_cm2=first_L + height[:, None] * (last_L - first_L),
        theta_m_L_mV=pool.theta_m_L_mV + of["theta_shift_mV"] + of["theta_tilt_mV"] * height,
        closing_L_ms=np.full(n_units, of["closing_L_ms"]),
        somatic_share=np.full(n_units, of["somatic_share"]),
        Ra_dendrite_ohm_cm=pool.Ra_dendrite_ohm_cm * of["axial_resistance"],
        g_pas_soma_S_per_cm2=pool.g_pas_soma_S_per_cm2 * leak,
        g_pas_dendrite_S_per_cm2=pool.g_pas_dendrite_S_per_cm2 * leak,
        calcium_removal_ms=first_ms + height * (last_ms - first_ms),
        g_KCa_S_per_cm2=pool.g_KCa_S_per_cm2 * of["ahp_conductance"],
        common_fast=np.full(n_units, of["common_fast"]),
        common_slow=np.full(n_units, of["common_slow"]),
        synaptic_noise=np.full(n_units, of["dendritic_noise"]),
        somatic_noise=np.full(n_units, of["somatic_noise"]),
        somatic_noise_ms=np.full(n_units, of["somatic_noise_ms"]),
        g_slow_ahp_S_per_cm2=np.full(n_units, 1e-5 * of["slow_ahp"]),
        slow_ahp_ms=np.full(n_units, of["slow_ahp_ms"]),
        potentiation=np.full(n_units, of["potentiation"]),
        fatigability_per_s=fatigability,
        run_down_per_s=spread_rates_per_s(n_units),
        edition=2,
    )
