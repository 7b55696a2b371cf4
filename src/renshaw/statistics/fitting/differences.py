"""Derivatives by central differences, extrapolated once: where there is no formula for them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from renshaw.data.arrays import FloatArray

Function = Callable[[FloatArray], float]

_STEP = 2e-2


def gradient(f: Callable[[FloatArray], FloatArray | float], theta: FloatArray) -> FloatArray:
    """Return the derivative; its last axis is theta's."""
    found = []
    for n, step in enumerate(_steps(theta, 1e-2)):
        e = np.zeros(len(theta))
        e[n] = step
        wide = (np.asarray(f(theta + e)) - np.asarray(f(theta - e))) / (2 * step)
        near = (np.asarray(f(theta + e / 2)) - np.asarray(f(theta - e / 2))) / step
        found.append((4 * near - wide) / 3)
    return np.stack(found, axis=-1)


def hessian(f: Function, theta: FloatArray) -> FloatArray:
    """Return the second derivatives."""
    wide = _hessian(f, theta, _steps(theta, _STEP))
    near = _hessian(f, theta, _steps(theta, _STEP / 2))
    return (4 * near - wide) / 3


def _steps(theta: FloatArray, relative: float) -> FloatArray:
    return relative * np.maximum(np.abs(theta), 0.05)


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
