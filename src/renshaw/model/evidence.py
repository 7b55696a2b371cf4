"""What is known about nutrients that are named with ageing muscles: graded, and not modeled.

None has a modeled effect: no trial found a nutrient to act on motoneurons, and those found to act
on muscle at all do so in mixtures, in people who lack it, or not on strength.
"""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

GRADES = ("high", "moderate", "low", "very low")


@dataclass(frozen=True)
class Evidence:
    """One row of the table of evidence.

    Parameters
    ----------
    name : str
    claim : str
        What it is taken for.
    trials : str
        What trials found.
    muscle, strength, motoneurons : str
        Its effect on muscle mass, on strength and on motoneurons, in a few words.
    grade : str
        How far the trials can be trusted: one of `GRADES`.
    modeled : str
        What renshaw models of it.
    sources : tuple of str
        What was read.
    """

    name: str
    claim: str
    trials: str
    muscle: str
    strength: str
    motoneurons: str
    grade: str
    modeled: str
    sources: tuple[str, ...]


@functools.cache
def evidence() -> tuple[Evidence, ...]:
    """Return every row, read when first asked for."""
    text = files("renshaw.model").joinpath("evidence.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)["evidence"]
    return tuple(Evidence(**{**row, "sources": tuple(row["sources"])}) for row in rows)


def evidence_table() -> pd.DataFrame:
    """Return one row a nutrient: claim, what trials found, grade, what is modeled, sources."""
    import pandas as pd

    return pd.DataFrame([{**vars(row), "sources": "; ".join(row.sources)} for row in evidence()])
