"""The theta of least deviance, and how its deviance curves there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.statistics.reml import Problem

Function = Callable[[FloatArray], float]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

# lme4 calls a fit singular where a diagonal of theta is below this.
SINGULAR = 1e-4
_STEP = 2e-2


@dataclass(frozen=True)
class Optimum:
    """Where the deviance is least."""

    theta: FloatArray
    deviance: float
    converged: bool
    singular: bool
    evaluations: int
    words: str = ""


def minimize(problem: Problem) -> Optimum:
    """Return the theta of least deviance, from more than one start."""
    if not problem.n_theta:
        return Optimum(np.zeros(0), problem.deviance(np.zeros(0)), True, False, 1)
    count = [0]

    def deviance(theta: FloatArray) -> float:
        count[0] += 1
        # A step so long that nothing is left of the residual is no step.
        if not np.all(np.isfinite(theta)) or np.abs(theta).max() > 1e7:
            return 1e300
        try:
            value = problem.deviance(theta)
        except np.linalg.LinAlgError:
            return 1e300
        return value if np.isfinite(value) else 1e300

    starts = [problem.start(), 0.2 * problem.start()]
    found = [_descended(deviance, start) for start in starts[: 1 if problem.q > 3000 else 2]]
    theta = problem.canonical(min(found, key=deviance))
    theta, small = _polished(deviance, theta)
    theta, moved = _off_the_edge(deviance, theta, problem.diagonal)
    if moved:
        theta, small = _polished(deviance, _descended(deviance, theta))
    theta = problem.canonical(theta)
    theta = np.where(problem.diagonal & (np.abs(theta) < 1e-7), 0.0, theta)
    words = "" if small < 1e-3 else "the optimizer did not reach a point where the deviance is flat"
    if np.abs(theta).max() > 1e5:
        words = "the residual variance vanished: the model fits the data perfectly"
    singular = _is_singular(problem, theta)
    return Optimum(theta, deviance(theta), not words, singular, count[0], words)


def _is_singular(problem: Problem, theta: FloatArray) -> bool:
    # A triangle below whose diagonal is near 0, or a correlation of -1 or 1, has lost a dimension.
    return any(
        float(np.abs(np.diag(each)).min()) < SINGULAR * max(1.0, float(np.abs(each).max()))
        for each in problem.triangles(theta)
    )


def _descended(f: Function, start: FloatArray) -> FloatArray:
    from scipy.optimize import minimize as scipy_minimize

    search: Any = scipy_minimize
    result = search(
        f, start, jac=lambda theta: _slope(f, theta), method="BFGS", options={"gtol": 1e-4}
    )
    return np.asarray(result.x, dtype=float)


def _polished(f: Function, theta: FloatArray) -> tuple[FloatArray, float]:
    """Take Newton steps while they help; return how far the deviance may still fall."""
    best, left = f(theta), np.inf
    for _ in range(8):
        slope, curve = gradient(f, theta), hessian(f, theta)
        values, vectors = np.linalg.eigh(curve)
        flat = np.abs(values) < 1e-8 * max(1.0, float(np.abs(values).max()))
        along = vectors.T @ slope
        step = vectors @ np.where(flat, 0.0, -along / np.where(flat, 1.0, np.abs(values)))
        left = float(-0.5 * step @ slope)
        if left < 1e-10:
            break
        size = 1.0
        while size > 1e-3 and f(theta + size * step) >= best:
            size /= 4
        if size <= 1e-3:
            break
        theta = theta + size * step
        best = f(theta)
    return theta, left


def _off_the_edge(f: Function, theta: FloatArray, diagonal: Flags) -> tuple[FloatArray, bool]:
    """Leave a diagonal of 0 where that is a ridge: the deviance is flat there by symmetry."""
    best, moved = f(theta), False
    for n in np.flatnonzero(diagonal & (np.abs(theta) < 1e-2)):
        for size in (0.05, 0.3, 1.0):
            tried = theta.copy()
            tried[n] = size
            if f(tried) < best - 1e-9:
                theta, best, moved = tried, f(tried), True
    return theta, moved


def _slope(f: Function, theta: FloatArray) -> FloatArray:
    # Good enough to descend; the last steps are Newton's, with better derivatives.
    steps = np.diag(_steps(theta, 1e-3))
    return np.array([(f(theta + e) - f(theta - e)) / (2 * e.max()) for e in steps])


def _steps(theta: FloatArray, relative: float) -> FloatArray:
    return relative * np.maximum(np.abs(theta), 0.05)


def gradient(f: Callable[[FloatArray], FloatArray | float], theta: FloatArray) -> FloatArray:
    """Return the derivative by central differences, extrapolated once; last axis is theta's."""
    found = []
    for n, step in enumerate(_steps(theta, 1e-2)):
        e = np.zeros(len(theta))
        e[n] = step
        wide = (np.asarray(f(theta + e)) - np.asarray(f(theta - e))) / (2 * step)
        near = (np.asarray(f(theta + e / 2)) - np.asarray(f(theta - e / 2))) / step
        found.append((4 * near - wide) / 3)
    return np.stack(found, axis=-1)


def hessian(f: Function, theta: FloatArray, relative: float = _STEP) -> FloatArray:
    """Return the second derivatives by central differences, extrapolated once."""
    wide = _hessian(f, theta, _steps(theta, relative))
    near = _hessian(f, theta, _steps(theta, relative / 2))
    return (4 * near - wide) / 3


def _hessian(f: Function, theta: FloatArray, steps: FloatArray) -> FloatArray:
    k = len(theta)
    each = np.diag(steps)
    middle = f(theta)
    found = np.zeros((k, k))
    for a in range(k):
        found[a, a] = (f(theta + each[a]) - 2 * middle + f(theta - each[a])) / steps[a] ** 2
        for b in range(a):
            corners = (
                f(theta + each[a] + each[b])
                - f(theta + each[a] - each[b])
                - f(theta - each[a] + each[b])
                + f(theta - each[a] - each[b])
            )
            found[a, b] = found[b, a] = corners / (4 * steps[a] * steps[b])
    return found
