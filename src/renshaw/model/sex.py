"""Sex: women's delta F is higher at the same peak discharge rate.

4.73 against 3.81 pps in tibialis anterior, gastrocnemius medialis and soleus together, without a
difference in peak rate (Jenz et al. 2023).
"""

from __future__ import annotations

from renshaw.model.cord import Cord

SEXES = ("unspecified", "female", "male")

# By how much neuromodulation lies above (women) or below (men) the mean of both; fitted.
_NEUROMODULATION = {"female": 1.007, "male": 0.993}


def sexed_cord(cord: Cord, sex: str) -> Cord:
    """Return the cord with the neuromodulation of that sex."""
    return cord.changed(monoaminergic=_NEUROMODULATION.get(sex, 1.0))
