"""Ageing: motor units are lost and others grow, the muscle shrinks, inward currents weaken.

How much depends on the muscle: "30 % of the muscle by 70" holds for the quadriceps, not for the
muscles here. Between 25 and 75 years the plantar flexors lose 14 % of their size (the soleus 6 %)
and the dorsiflexors 9 % (PMC10069966).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from renshaw.model.cord import Cord
from renshaw.model.effects import effect
from renshaw.model.pool import Pool

# Mean ages of the young and older groups between whom delta F and discharge rates were compared
# (Orssatto et al. 2021, open data); effects grow in between and beyond.
YOUNG_years: float = 29.0
OLDER_years: float = 70.0

# Age and share of the young adult's motor units that are left. TA: McNeil et al. 2005
# (doi:10.1002/mus.20276). SOL: no effect (Dalton et al. 2008). GM: the general 40 % by 71 years.
UNITS_LEFT: dict[str, tuple[tuple[float, float], ...]] = {
    "TA": ((30.0, 1.0), (65.0, 0.61), (82.0, 0.39)),
    "SOL": ((30.0, 1.0), (75.0, 0.95)),
    "GM": ((30.0, 1.0), (71.0, 0.6), (85.0, 0.5)),
}
# Age and share of the young adult's strength: size of the muscle, and for the tibialis anterior
# strength itself, which is kept until 65 and lost beyond (McNeil et al. 2005).
STRENGTH_LEFT: dict[str, tuple[tuple[float, float], ...]] = {
    "TA": ((30.0, 1.0), (65.0, 0.97), (82.0, 0.74)),
    "SOL": ((30.0, 1.0), (75.0, 0.94)),
    "GM": ((30.0, 1.0), (75.0, 0.86)),
}
# Contraction gets slower by about a tenth (a textbook value, not read at its source).
CONTRACTION_PROLONGED = 0.10


def years_of_ageing(age_years: float) -> float:
    """Return how far the person is from the young (0) to the older group (1), and beyond."""
    return max(0.0, (age_years - YOUNG_years) / (OLDER_years - YOUNG_years))


def aged_cord(cord: Cord, muscle: str, age_years: float, edition: int) -> Cord:
    """Return the cord with the weaker neuromodulation and slower firing of that age."""
    aged = years_of_ageing(age_years)
    lost = effect(edition, "ageing.neuromodulation_lost")
    reciprocal_lost = effect(edition, "ageing.reciprocal_lost", muscle)
    return cord.changed(
        monoaminergic=max(0.0, 1.0 - lost * aged),
        ahp_scale=1.0 + effect(edition, "ageing.ahp_prolonged") * aged,
        reciprocal_gain=max(0.0, 1.0 - reciprocal_lost * aged),
    )


def aged_pool(pool: Pool, age_years: float) -> Pool:
    """Return the units that are left, grown by the fibers of those that were lost.

    Units are lost all along the pool, and the survivors share the strength that is left, so that
    each of them has grown.
    """
    left = round(len(pool) * share_left(UNITS_LEFT, pool.muscle, age_years))
    kept = pool
    if left < len(pool):
        kept = pool.select(np.linspace(0, len(pool) - 1, max(1, left)).round().astype(int))
    strength = share_left(STRENGTH_LEFT, pool.muscle, age_years)
    growth = strength * pool.twitch.sum() / kept.twitch.sum()
    slowing = 1.0 + CONTRACTION_PROLONGED * years_of_ageing(age_years)
    return replace(
        kept, twitch=kept.twitch * growth, contraction_time_ms=kept.contraction_time_ms * slowing
    )


def share_left(
    table: dict[str, tuple[tuple[float, float], ...]], muscle: str, age_years: float
) -> float:
    """Return what is left at that age of what a young adult has, by a table of muscles."""
    ages, shares = zip(*table[muscle], strict=True)
    return float(np.interp(age_years, ages, shares))
