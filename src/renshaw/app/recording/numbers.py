"""Numbers and tables as JSON: what is not finite is null, nothing longer than it is exact."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from renshaw.reports.tables import Table


def number(value: float) -> float | None:
    """Return a number, None for one that is not finite."""
    value = float(value)
    return float(f"{value:.6g}") if math.isfinite(value) else None


def numbers(values: ArrayLike, decimals: int = 4) -> list[float | None]:
    """Return a list of rounded numbers, None where one is not finite."""
    rounded = np.round(np.asarray(values, dtype=float), decimals)
    return [v if math.isfinite(v) else None for v in rounded.tolist()]


def table(shown: Table) -> dict[str, Any]:
    """Return a table of the report."""
    return asdict(shown)
