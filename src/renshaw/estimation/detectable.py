"""How large a change of ΔF must be to exceed measurement error, as published and by open data.

The minimal detectable change is 1.96 x sqrt(2) x the typical error of a test and a retest, as
`renshaw.reliability` gives it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Detectable:
    """The smallest change that exceeds measurement error in 95 % of repeats.

    Parameters
    ----------
    of : str
        What changes.
    change_pps : float
    source : str
        Who measured it, in whom.
    """

    of: str
    change_pps: float
    source: str


PAIR = Detectable(
    "the ΔF of one pair",
    4.8,
    "Stephenson & Maluf 2011, doi:10.1016/j.jneumeth.2011.03.018: 158 pairs of the tibialis "
    "anterior of 9 people",
)
# `renshaw.reliability` of the open data of Orssatto et al. 2023 (CC0), sessions c1 and c2
# (github.com/orssatto/RT-PICs-ageing); `tests/published/test_delta_f_statistics.py` does it anew.
_ORSSATTO = "open data of Orssatto et al. 2023: soleus of older people, two weeks apart"
UNITS = Detectable("the ΔF of one tracked unit", 1.94, f"{_ORSSATTO}, 18 units")
PERSON = Detectable("the mean ΔF of one person", 1.74, f"{_ORSSATTO}, 8 people")
