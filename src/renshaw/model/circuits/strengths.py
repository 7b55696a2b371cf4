"""The table of strengths of the circuits: what was fitted, to what, and how sure it is.

`benchmarks/circuits.py` writes the values of those that are fitted; nobody types them in.
"""

from __future__ import annotations

import functools
import tomllib
from importlib.resources import files
from typing import Any

FILE = "strengths.toml"


@functools.cache
def table() -> dict[str, dict[str, Any]]:
    """Return each strength: unit, value (or one for each muscle), what it was fitted to, source."""
    text = files("renshaw.model.circuits").joinpath(FILE).read_text(encoding="utf-8")
    return tomllib.loads(text)


def strength(name: str, muscle: str = "") -> float:
    """Return one strength.

    Parameters
    ----------
    name : str
        As in the table.
    muscle : str
        Of those that differ between muscles.
    """
    return float(table()[name][muscle or "value"])
