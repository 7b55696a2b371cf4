"""How large a change of ΔF must be to exceed measurement error, as published and by open data.

The minimal detectable change is 1.96 x sqrt(2) x the typical error of a test and a retest, as
`renshaw.reliability` gives it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from renshaw.core.numbers import number


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
_WHOSE = {"participants' means": "a person's mean ΔF", "units": "the ΔF of one tracked unit"}
PERSON = Detectable("the mean ΔF of one person", 1.74, f"{_ORSSATTO}, 8 people")


def detectable_words(own: Mapping[str, float] | None = None) -> str:
    """Return by how much ΔF must change to exceed measurement error, in a sentence.

    Parameters
    ----------
    own : mapping of str to float, optional
        A laboratory's own detectable changes (pps) of ``"participants' means"`` and ``"units"``,
        as `renshaw.reliability` tells them.
    """
    if own:
        said = ", ".join(
            f"{_WHOSE.get(of, of)} must change by more than {number(change)} pps"
            for of, change in own.items()
        )
        return (
            f"To exceed measurement error, {said} (your own test and retest), that of one pair by "
            f"more than {PAIR.change_pps:g} pps (Stephenson & Maluf 2011)."
        )
    return (
        f"To exceed measurement error between two visits, a person's mean ΔF must change by more "
        f"than about {PERSON.change_pps:.1f} pps (open data of Orssatto et al. 2023), that of one "
        f"pair by more than {PAIR.change_pps:g} pps (Stephenson & Maluf 2011)."
    )
