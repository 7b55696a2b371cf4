"""Curves in a covariate: orthogonal polynomials and natural cubic splines, with R's columns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from renshaw.core.errors import DataError
from renshaw.data.arrays import FloatArray
from renshaw.statistics.formulas.formula_calls import flag, number, numbers
from renshaw.statistics.formulas.formula_node import Node


class Basis(Protocol):
    """Columns of a covariate, the same ones for new values of it."""

    @property
    def width(self) -> int:
        """How many columns it has."""
        ...

    def columns(self, values: FloatArray) -> FloatArray:
        """Return the columns (n, width) of some values (n,)."""
        ...


def basis_of(call: Node, values: FloatArray) -> Basis:
    """Return the basis that a formula's call names, made for a column's values.

    Raises
    ------
    DataError
        The column has too few different values.
    """
    different = len(np.unique(values))
    if call.text == "poly":
        degree = int(number(call, "degree") or 1)
        if degree >= different:
            raise DataError(
                f"{call}: {different} different values can't carry a polynomial of degree "
                f"{degree}; take at most {different - 1}."
            )
        return Powers(degree) if flag(call, "raw", False) else orthogonal(values, degree)
    if different < 2:
        raise DataError(f"{call}: all values are the same.")
    intercept = flag(call, "intercept", False)
    inner = numbers(call, "knots")
    if inner is None:
        count = int(number(call, "df") or 1) - 1 - intercept
        if count < 0:
            raise DataError(f"{call}: with an intercept df must be at least 2.")
        inner = tuple(np.quantile(values, np.linspace(0, 1, count + 2)[1:-1]))
    ends = float(values.min()), float(values.max())
    if inner and not ends[0] < min(inner) <= max(inner) < ends[1]:
        raise DataError(
            f"{call}: the knots must lie between the smallest and the largest value, {ends[0]:g} "
            f"and {ends[1]:g}."
        )
    return NaturalSpline(tuple(sorted(inner)), ends, intercept)


@dataclass(frozen=True)
class Powers:
    """``x, x^2, ...``."""

    width: int

    def columns(self, values: FloatArray) -> FloatArray:
        """Return the powers."""
        return np.asarray(values[:, None] ** np.arange(1, self.width + 1), dtype=float)


@dataclass(frozen=True)
class Orthogonal:
    """Polynomials orthonormal over the values that they were made for, as R's ``poly``.

    By the recurrence of three terms: Kennedy WJ, Gentle JE (1980), Statistical Computing, 343.
    """

    centers: tuple[float, ...]
    norms: tuple[float, ...]
    """Sums of squares of the polynomials of degree 0, 1, ... with leading coefficient 1."""

    @property
    def width(self) -> int:
        """Return the degree."""
        return len(self.centers)

    def columns(self, values: FloatArray) -> FloatArray:
        """Return the polynomials of degree 1, 2, ..."""
        before, now = np.zeros(len(values)), np.ones(len(values))
        found, ratio = [], 0.0
        for n, center in enumerate(self.centers):
            before, now = now, (values - center) * now - ratio * before
            ratio = self.norms[n + 1] / self.norms[n]
            found.append(now / np.sqrt(self.norms[n + 1]))
        return np.column_stack(found)


def orthogonal(values: FloatArray, degree: int) -> Orthogonal:
    """Return the orthogonal polynomials of some values."""
    before, now = np.zeros(len(values)), np.ones(len(values))
    centers, norms = [], [float(len(values))]
    for _ in range(degree):
        centers.append(float(values @ now**2) / norms[-1])
        ratio = norms[-1] / norms[-2] if len(norms) > 1 else 0.0
        before, now = now, (values - centers[-1]) * now - ratio * before
        norms.append(float(now @ now))
    return Orthogonal(tuple(centers), tuple(norms))


@dataclass(frozen=True)
class NaturalSpline:
    """Cubic splines that are straight beyond the ends, as R's ``splines::ns``."""

    inner: tuple[float, ...]
    ends: tuple[float, float]
    intercept: bool

    @property
    def width(self) -> int:
        """Return the degrees of freedom."""
        return len(self.inner) + 1 + self.intercept

    @cached_property
    def _splines(self) -> Any:
        from scipy.interpolate import BSpline

        knots = np.r_[[self.ends[0]] * 4, self.inner, [self.ends[1]] * 4]
        return BSpline(knots, np.eye(len(knots) - 4), 3)

    @cached_property
    def _straight(self) -> FloatArray:
        """What combines B-splines to those without curvature at both ends."""
        first = 0 if self.intercept else 1
        curvature = self._splines.derivative(2)(np.array(self.ends))[:, first:]
        turned = np.linalg.qr(curvature.T, mode="complete")[0]
        found = np.zeros((turned.shape[0] + first, turned.shape[1] - 2))
        found[first:] = turned[:, 2:]
        return found

    def columns(self, values: FloatArray) -> FloatArray:
        """Return the splines; beyond the ends they go on straight."""
        inside = np.clip(values, *self.ends)
        splines = self._splines
        found = splines(inside)
        out = np.flatnonzero(inside != values)
        if len(out):
            slope = splines.derivative(1)(inside[out])
            found[out] += slope * (values - inside)[out, None]
        return np.asarray(found @ self._straight, dtype=float)
