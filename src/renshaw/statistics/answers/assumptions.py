"""What a mixed model takes for granted, as numbers: normal scatter, the same spread everywhere."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from renshaw.data.arrays import FloatArray, ranks_of

if TYPE_CHECKING:
    import pandas as pd


class Shape(NamedTuple):
    """How far values are from a normal distribution.

    Parameters
    ----------
    of : str
        What they are: ``residuals``, or the group whose intercepts they are.
    n : int
    skewness, kurtosis : float
        Of a normal distribution 0 and 0.
    extreme : int
        How many lie beyond three standard deviations.
    """

    of: str
    n: int
    skewness: float
    kurtosis: float
    extreme: int

    @property
    def expected(self) -> float:
        """How many would lie that far out of a normal distribution."""
        return 0.0027 * self.n

    @property
    def fine(self) -> bool:
        """Whether it is near enough: models of means are robust against less than this."""
        far = self.extreme > 3 + 3 * self.expected
        return abs(self.skewness) < 1 and -1.5 < self.kurtosis < 3 and not far


class Spread(NamedTuple):
    """Whether residuals scatter alike everywhere.

    Parameters
    ----------
    largest, smallest : float
        Residual standard deviations of the levels where it is largest and smallest.
    where_largest, where_smallest : str
        Which levels these are; empty where there are no factors.
    with_fitted : float
        Rank correlation of the absolute residuals with the fitted values.
    """

    largest: float
    smallest: float
    where_largest: str
    where_smallest: str
    with_fitted: float

    @property
    def ratio(self) -> float:
        """The largest over the smallest."""
        return self.largest / self.smallest if self.smallest > 0 else math.nan

    @property
    def fine(self) -> bool:
        """Whether it is near enough."""
        uneven = self.where_largest and not self.ratio < 2
        return not uneven and abs(self.with_fitted) < 0.3


class Assumptions(NamedTuple):
    """What was checked of a model.

    Parameters
    ----------
    residuals : Shape
    spread : Spread
    random : tuple of Shape
        A grouping each, of those with random intercepts.
    """

    residuals: Shape
    spread: Spread
    random: tuple[Shape, ...]


def assumptions(
    rows: pd.DataFrame,
    modes: pd.DataFrame,
    factors: Sequence[tuple[str, FloatArray, Sequence[str]]],
) -> Assumptions:
    """Return what can be checked from residuals and conditional modes.

    Parameters
    ----------
    rows : DataFrame
        fitted, standardized.
    modes : DataFrame
        group, effect, mode.
    factors : sequence of (name, codes, levels)
        Of the fixed effects.
    """
    residuals = rows["standardized"].to_numpy(dtype=float)
    fitted = rows["fitted"].to_numpy(dtype=float)
    # Of a family whose variance follows the mean, what is left once that is taken out.
    raw = residuals if "response" in rows else rows["residual"].to_numpy(dtype=float)
    plain = modes[modes["effect"] == "(Intercept)"]
    random = tuple(
        _shape(str(name), part["mode"].to_numpy(dtype=float))
        for name, part in plain.groupby("group", sort=False)
        if np.ptp(part["mode"].to_numpy(dtype=float)) > 0
    )
    return Assumptions(_shape("residuals", residuals), _spread(raw, fitted, factors), random)


def _shape(of: str, values: FloatArray) -> Shape:
    if len(values) < 3 or np.ptp(values) == 0:
        return Shape(of, len(values), 0.0, 0.0, 0)
    spread = values.std(ddof=1)
    extreme = int((np.abs(values - values.mean()) > 3 * spread).sum())
    scores = (values - values.mean()) / values.std()
    skewness, kurtosis = float((scores**3).mean()), float((scores**4).mean()) - 3
    return Shape(of, len(values), skewness, kurtosis, extreme)


def _spread(
    residuals: FloatArray,
    fitted: FloatArray,
    factors: Sequence[tuple[str, FloatArray, Sequence[str]]],
) -> Spread:
    found = []
    for name, codes, levels in factors:
        for n, level in enumerate(levels):
            mine = residuals[codes == n]
            if len(mine) >= 5:
                found.append((float(mine.std()), f"{name} = {level}"))
    rank = 0.0
    if np.ptp(fitted) > 0 and np.ptp(np.abs(residuals)) > 0:
        # Spearman's.
        rank = float(np.corrcoef(ranks_of(np.abs(residuals)), ranks_of(fitted))[0, 1])
    if len(found) < 2:
        whole = float(residuals.std())
        return Spread(whole, whole, "", "", rank)
    large, small = max(found), min(found)
    return Spread(large[0], small[0], large[1], small[1], rank)
