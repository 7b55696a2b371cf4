"""The theta of least deviance: Newton's method with exact derivatives, within a trusted radius."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.statistics.fitting.reml import Curve, Problem

# lme4 calls a fit singular where a diagonal of theta is below this.
SINGULAR = 1e-4
_WORST = 1e300
_MOST_STEPS = 100
# The deviance is flat where Newton's step promises less than this.
_FLAT = 1e-10
_EXACT = 1e-17
# After so many steps, a triangle's size that is below a share of its largest may be creeping to 0.
_SLOW, _THIN = 10, 0.003
# From so many terms of one grouping on, minima beside the one that was found are looked for, with
# theta of a term that is there, or not, of at least, or at most, so much.
_RIVALS, _PRESENT, _ABSENT = 3, 0.3, 0.02


@dataclass(frozen=True, eq=False)
class Optimum:
    """Where the deviance is least, and how it curves there."""

    theta: FloatArray
    deviance: float
    converged: bool
    singular: bool
    evaluations: int
    curve: Curve | None = None
    words: str = ""


class _Found(NamedTuple):
    theta: FloatArray
    curve: Curve
    left: float
    """How far the deviance may still fall."""


class _Search:
    """A problem whose deviance is never an error, and a count of how often it was asked for."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.count = problem, 0

    def deviance(self, theta: FloatArray) -> float:
        self.count += 1
        # A step so long that nothing is left of the residual is no step.
        if not np.all(np.isfinite(theta)) or np.abs(theta).max() > 1e7:
            return _WORST
        try:
            value = self.problem.deviance(theta)
        except np.linalg.LinAlgError:
            return _WORST
        return value if np.isfinite(value) else _WORST

    def curve(self, theta: FloatArray) -> Curve | None:
        """Return the deviance and its derivatives, None where a step was too long."""
        self.count += 1
        # After so long a step nothing is left of the residual.
        if not np.all(np.isfinite(theta)) or np.abs(theta).max() > 1e7:
            return None
        try:
            found = self.problem.curve(theta)
        except np.linalg.LinAlgError:
            return None
        return found if np.isfinite(found.deviance) else None

    def descended(self, theta: FloatArray) -> _Found:
        """Take Newton's steps from a theta for as long as they help."""
        radius = 1.0 + float(np.abs(theta).max())
        curve, left = self.problem.curve(theta), np.inf
        for n in range(_MOST_STEPS):
            step, left = _step(curve, radius)
            if left < _FLAT:
                theta, curve = self._last(theta, curve, step, left)
                break
            there = self.curve(theta + step)
            if there is None or there.deviance >= curve.deviance:
                radius = float(np.linalg.norm(step)) / 4
                if radius < 1e-9:
                    break
                continue
            theta, curve = theta + step, there
            if n >= _SLOW:
                theta, curve = self._thinned(theta, curve)
            radius = max(radius, 2 * float(np.linalg.norm(step)))
        return _Found(theta, curve, left)

    def _thinned(self, theta: FloatArray, curve: Curve) -> tuple[FloatArray, Curve]:
        """Drop a dimension of the random effects' covariance at once where that is better.

        Otherwise the search creeps: elements of a triangle that make up for each other turn slowly
        about a dimension that shrinks.
        """
        tried = _of_less_rank(self.problem, theta)
        if tried is None or self.deviance(tried) > curve.deviance:
            return theta, curve
        there = self.curve(tried)
        return (theta, curve) if there is None else (tried, there)

    def _last(
        self, theta: FloatArray, curve: Curve, step: FloatArray, left: float
    ) -> tuple[FloatArray, Curve]:
        """Take a last step, which the deviance's own digits no longer tell from none."""
        exact = self.problem.is_dense and left > _EXACT
        there = self.curve(theta + step) if exact else None
        if there is None or _step(there, np.inf)[1] >= left:
            return theta, curve
        return theta + step, there


def _of_less_rank(problem: Problem, theta: FloatArray) -> FloatArray | None:
    """Return theta without the thin dimensions of its triangles, None where there is none."""
    triangles = problem.triangles(theta)
    found = False
    for n, triangle in enumerate(triangles):
        across, sizes, _ = np.linalg.svd(triangle)
        thin = sizes < _THIN * sizes[0]
        # What is 0 already stays.
        if thin.any() and sizes[-1] > 1e-7 * sizes[0]:
            kept = across * np.where(thin, 0.0, sizes)
            triangles[n] = np.asarray(np.linalg.qr(kept.T, mode="r")).T
            found = True
    return problem.theta_of(triangles) if found else None


def minimize(problem: Problem, start: FloatArray | None = None) -> Optimum:
    """Return the theta of least deviance.

    Parameters
    ----------
    problem : Problem
    start : array (k,), optional
        Where it may be, as of a model that is nearly the same.
    """
    if not problem.n_theta:
        return Optimum(np.zeros(0), problem.deviance(np.zeros(0)), True, False, 1)
    search = _Search(problem)
    found = search.descended(problem.start() if start is None else start)
    theta = _off_the_edge(search, found)
    if theta is not None:
        found = min(found, search.descended(theta), key=_deviance)
    others = [search.descended(each) for each in _exchanges(problem, found.theta)]
    return _optimum(search, min([found, *others], key=_deviance))


def _deviance(found: _Found) -> float:
    return found.curve.deviance


def _exchanges(problem: Problem, theta: FloatArray) -> Iterator[FloatArray]:
    """Return starts in which one of the terms of a grouping yields to the others, or they to it.

    Slopes of their own for each level and an intercept can stand in for each other, so that the
    deviance has several minima: in each another variance is 0.
    """
    terms = Counter(block.codes.tobytes() for block in problem.blocks)
    many = [terms[block.codes.tobytes()] >= _RIVALS for block in problem.blocks]
    largest = max(1.0, float(np.abs(theta).max()))
    sizes = np.where(problem.diagonal, np.maximum(np.abs(theta), _PRESENT), theta)
    for n in np.flatnonzero(problem.diagonal & np.array(many)[problem.term_of]):
        exchanged = sizes.copy()
        exchanged[n] = _ABSENT if abs(theta[n]) > _ABSENT else largest
        yield exchanged


def _optimum(search: _Search, found: _Found) -> Optimum:
    problem, left = search.problem, found.left
    theta = problem.canonical(found.theta)
    theta = np.where(problem.diagonal & (np.abs(theta) < 1e-7), 0.0, theta)
    curve = found.curve
    if not np.array_equal(theta, found.theta):
        curve = problem.curve(theta)
    words = "" if left < 1e-3 else "the optimizer did not reach a point where the deviance is flat"
    if np.abs(theta).max() > 1e5:
        words = "the residual variance vanished: the model fits the data perfectly"
    singular = _is_singular(problem, theta)
    return Optimum(theta, curve.deviance, not words, singular, search.count, curve, words)


def _is_singular(problem: Problem, theta: FloatArray) -> bool:
    # A triangle below whose diagonal is near 0, or a correlation of -1 or 1, has lost a dimension.
    for block, triangle in zip(problem.blocks, problem.triangles(theta), strict=True):
        size = np.sqrt(((block.columns @ np.linalg.inv(block.turn)) ** 2).mean(axis=0))
        own = block.own(triangle) * size[:, None]
        if np.abs(np.diag(own)).min() < SINGULAR * max(1.0, float(np.abs(own).max())):
            return True
    return False


def _step(curve: Curve, radius: float) -> tuple[FloatArray, float]:
    """Return Newton's step of no more than a length, and how far the deviance should fall by it."""
    values, vectors = np.linalg.eigh(curve.hessian)
    size = np.abs(values)
    flat = size < 1e-8 * max(1.0, float(size.max()))
    along = vectors.T @ curve.gradient
    whole = np.where(flat, 0.0, -along / np.where(flat, 1.0, size))
    left = float(-0.5 * whole @ along)
    length = float(np.linalg.norm(whole))
    if length > radius:
        # More damping until the step is short enough: it turns towards the steepest descent.
        damping = float(np.linalg.norm(along)) / radius
        low, high = 0.0, damping
        for _ in range(20):
            damping = (low + high) / 2
            whole = np.where(flat, 0.0, -along / (size + damping))
            if np.linalg.norm(whole) > radius:
                low = damping
            else:
                high = damping
        whole = np.where(flat, 0.0, -along / (size + high))
    return vectors @ whole, left


def _off_the_edge(search: _Search, found: _Found) -> FloatArray | None:
    """Leave a ridge, where the deviance has no slope by symmetry: a diagonal is 0, or nearly so."""
    theta, best = found.theta, found.curve.deviance
    moved = False

    def look(tried: FloatArray) -> None:
        nonlocal theta, best, moved
        there = search.deviance(tried)
        if there < best - 1e-9:
            theta, best, moved = tried, there, True

    values, vectors = np.linalg.eigh(found.curve.hessian)
    for down in vectors.T[values < -1e-6 * np.abs(values).max()]:
        for size in (0.01, 0.03, 0.1, 0.3, 1.0):
            look(found.theta + size * down)
    for n in np.flatnonzero(search.problem.diagonal & (np.abs(theta) < 1e-2)):
        for size in (0.05, 0.3, 1.0):
            tried = theta.copy()
            tried[n] = size
            look(tried)
    return theta if moved else None
