"""Sex: women's delta F is higher at the same peak discharge rate.

4.73 against 3.81 pps in tibialis anterior, gastrocnemius medialis and soleus together, without a
difference in peak rate (Jenz et al. 2023).
"""

from __future__ import annotations

from renshaw.model.cord import Cord
from renshaw.model.effects import effect

SEXES = ("unspecified", "female", "male")

# On which side of the mean of both.
_SIDES = {"female": 1.0, "male": -1.0}


def sexed_cord(cord: Cord, sex: str, edition: int) -> Cord:
    """Return the cord with the neuromodulation of that sex."""
    away = _SIDES.get(sex, 0.0) * effect(edition, "sex.neuromodulation")
    return cord.changed(monoaminergic=1.0 + away)
