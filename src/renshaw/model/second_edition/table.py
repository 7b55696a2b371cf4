"""The table of parameters of the second edition: bounds that are declared, values that were found.

One file holds it: `renshaw fit` writes the values, the pools read them.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

FILE = "parameters.toml"


@dataclass(frozen=True)
class Parameter:
    """One parameter of a pool.

    Parameters
    ----------
    name : str
    meaning, unit, source : str
        What it is, in what, and where its bounds come from.
    low, high : float
        Between which it is physiological.
    pinned_by : str
        What it is expected to be told by.
    values : mapping
        Of each muscle.
    ranges : mapping
        Between which values explain the data, of each muscle that was fitted.
    fixed : tuple of str
        Muscles of which no target tells it: their value is not fitted.
    """

    name: str
    meaning: str
    unit: str
    low: float
    high: float
    source: str
    pinned_by: str
    values: Mapping[str, float]
    ranges: Mapping[str, tuple[float, float]]
    fixed: tuple[str, ...] = ()


def parsed(text: str) -> tuple[Parameter, ...]:
    """Return the parameters that a table in TOML holds."""
    return tuple(_parameter(name, row) for name, row in tomllib.loads(text)["parameters"].items())


def table_text() -> str:
    """Return the table as it comes with the package."""
    return files("renshaw.model.second_edition").joinpath(FILE).read_text(encoding="utf-8")


@functools.cache
def parameters() -> tuple[Parameter, ...]:
    """Return the parameters, read when first asked for."""
    return parsed(table_text())


@functools.cache
def origin(muscle: str) -> str:
    """Return where the values of a muscle come from, in words."""
    return str(tomllib.loads(table_text())["origin"][muscle])


def values_of(muscle: str) -> dict[str, float]:
    """Return the value of each parameter for a muscle, by name."""
    return {each.name: each.values[muscle] for each in parameters()}


def _parameter(name: str, row: dict[str, Any]) -> Parameter:
    said = {key: row[key] for key in ("meaning", "unit", "low", "high", "source", "pinned_by")}
    muscles = {key: cell for key, cell in row.items() if key not in said}
    return Parameter(
        name,
        **said,
        values={muscle: float(cell["value"]) for muscle, cell in muscles.items()},
        ranges={m: tuple(cell["range"]) for m, cell in muscles.items() if "range" in cell},
        fixed=tuple(m for m, cell in muscles.items() if cell.get("fixed", False)),
    )
