"""Fit of a generalized linear mixed model: all parameters together, by Laplace's approximation.

Fixed effects, variances of random effects and dispersion are found together by maximum likelihood,
and standard errors come from the curvature by all of them, as in glmmTMB and in lme4's glmer with
nAGQ = 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.statistics.families.densities import Density
from renshaw.statistics.fitting.arrangement import RandomBlock
from renshaw.statistics.fitting.laplace import Laplace

Flags = np.ndarray[Any, np.dtype[np.bool_]]

# Standard deviations at which the search starts, on the link's scale.
_STARTS = (0.5, 1.5, 0.1)
_EDGE = 0.02
# A standard deviation beyond this, on the link's scale, has no end: outcomes are told apart by who
# they are of alone.
_WIDEST = 12.0
_STEP = 1e-4
_FLAT = 1e-3


@dataclass(frozen=True, eq=False)
class Solution:
    """What the data say of a generalized linear mixed model.

    Parameters
    ----------
    beta, theta, free : array
        Fixed effects; the triangles of the random effects, on the link's scale; dispersion
        parameters as they were searched for.
    covariance : array (p, p)
        Of the fixed effects.
    deviance : float
        -2 log likelihood, every constant included.
    eta : array (n,)
        The linear predictor at the random effects' modes, offset included.
    effects : array
        Modes of the random effects: per term, per level, per effect.
    effective : float
        How many parameters the rows' means have in effect, random effects included.
    evaluations : int
    singular : bool
    words : str
        Why the fit can't be trusted; empty where it can.
    endless : bool
        Whether random effects alone tell all outcomes apart, so that their variance has no end.
    """

    beta: FloatArray
    theta: FloatArray
    free: FloatArray
    covariance: FloatArray
    deviance: float
    eta: FloatArray
    effects: FloatArray
    effective: float
    evaluations: int
    singular: bool
    words: str = ""
    endless: bool = False


@dataclass(frozen=True, eq=False)
class _Found:
    parameters: FloatArray
    value: float
    evaluations: int


def solve(
    X: FloatArray,
    blocks: Sequence[RandomBlock],
    density: Density,
    offset: FloatArray | None = None,
) -> Solution:
    """Fit a generalized linear mixed model by maximum likelihood.

    Parameters
    ----------
    X : array (n, p)
        Fixed effects, of full rank.
    blocks : sequence of RandomBlock
    density : Density
    offset : array (n,), optional
    """
    model = Laplace(X, blocks, density, offset)
    gamma, free = _without_random(X, density, offset)
    best: _Found | None = None
    count = 0
    for size in _STARTS if model.n_theta else _STARTS[:1]:
        start = np.concatenate([gamma, size * model.diagonal, free])
        found = _descended(model, start)
        count += found.evaluations
        if best is None or found.value < best.value - 1e-7:
            best = found
        # A variance at its edge, or a search that broke off, is looked at from elsewhere too.
        _, theta, _ = model.split(best.parameters)
        if math.isfinite(best.value) and not (np.abs(theta[model.diagonal]) < _EDGE).any():
            break
    assert best is not None
    return _described(model, replace(best, evaluations=count))


def _without_random(
    X: FloatArray, density: Density, offset: FloatArray | None
) -> tuple[FloatArray, FloatArray]:
    """Return fixed effects and dispersion where nothing is random: where the search starts."""
    model = Laplace(X, (), density, offset)
    free = density.start()
    lowest, highest = _range(density)
    rough = density.family.to_link(
        np.clip(
            0.5 * (density.y / density.trials)
            + 0.5 * float(density.y.sum() / density.trials.sum()),
            lowest,
            highest,
        )
    )
    gamma = model.Q.T @ (rough - model.offset) / model.n
    for _ in range(30):
        eta = model.Q @ gamma + model.offset
        now = density.at(eta, free)
        weights = np.maximum(-now.second, 1e-6 * max(1e-9, float(np.abs(now.second).max())))
        curve = model.Q.T @ (model.Q * weights[:, None])
        slope = model.Q.T @ now.first
        step = np.linalg.lstsq(curve, slope, rcond=None)[0]
        size = 1.0
        while size > 1e-4:
            value = float(density.at(eta + size * (model.Q @ step), free).log.sum())
            if np.isfinite(value) and value >= float(now.log.sum()):
                break
            size /= 2
        gamma = gamma + size * step
        if float(step @ slope) < 1e-6:
            break
    start = np.concatenate([gamma, free])
    return np.split(_descended(model, start, 1e-3).parameters, [model.p])[0], free


def _range(density: Density) -> tuple[float, float]:
    """Return between which means the link is finite."""
    if density.family.link == "log":
        above = density.y[density.y > 0]
        return (float(above.min()) / 2 if len(above) else 0.5), math.inf
    return 0.01, 0.99


def _descended(model: Laplace, start: FloatArray, gtol: float = 1e-5) -> _Found:
    from scipy.optimize import minimize

    low, high = model.density.bounds()
    first = model.p + model.n_theta
    count = [0]

    def function(parameters: FloatArray) -> tuple[float, FloatArray]:
        count[0] += 1
        inside = parameters.copy()
        inside[first:] = np.clip(inside[first:], low, high)
        spreads = inside[model.p : first]
        if not np.isfinite(inside).all() or (np.abs(spreads) > _WIDEST).any():
            return 1e300, np.zeros(len(parameters))
        value, slope = model.value_and_slope(inside)
        if not np.isfinite(value) or not np.isfinite(slope).all():
            return 1e300, np.zeros(len(parameters))
        slope[first:] = np.where(inside[first:] == parameters[first:], slope[first:], 0.0)
        return value, slope

    if not len(start):
        return _Found(start, function(start)[0], 1)
    search: Any = minimize
    scale = 1 / math.sqrt(model.n)
    guess = np.eye(len(start)) / model.n
    result = search(
        function,
        start,
        jac=True,
        method="BFGS",
        options={"gtol": gtol / scale * 1e-1, "maxiter": 150, "hess_inv0": guess},
    )
    parameters = np.asarray(result.x, dtype=float)
    parameters[first:] = np.clip(parameters[first:], low, high)
    value = float(result.fun)
    return _Found(parameters, math.inf if value >= 1e299 else value, count[0])


def _described(model: Laplace, found: _Found) -> Solution:
    parameters, value = found.parameters, found.value
    active = np.ones(len(parameters), dtype=bool)
    parameters, value, active = _on_the_edge(model, parameters, value, active)
    parameters, value, curve, left = _polished(model, parameters, value, active)
    words = ""
    spreads = np.abs(model.split(parameters)[1])
    endless = bool(len(spreads)) and float(spreads.max()) > 0.8 * _WIDEST
    if not math.isfinite(value) or left > _FLAT:
        words = "the optimizer did not reach a point where the likelihood is flat"
    values, vectors = np.linalg.eigh(curve) if len(curve) else (np.zeros(0), np.zeros((0, 0)))
    if len(values) and values.min() <= 1e-7 * values.max():
        words = (
            words or "the likelihood is flat in some direction: the data can't tell every effect"
        )
        values = np.maximum(values, 1e-12 * max(values.max(), 1e-12))
    whole = (vectors / values) @ vectors.T if len(values) else curve
    back = np.linalg.inv(model.R) if model.p else model.R
    covariance = back @ whole[: model.p, : model.p] @ back.T
    gamma, theta, free = model.split(parameters)
    mode = model.mode(parameters)
    eta = model.offset + model.Q @ gamma if mode is None else mode.eta
    effects = np.zeros(model.q) if mode is None else model.effects(mode)
    theta = _canonical(model, theta)
    return Solution(
        beta=back @ gamma,
        theta=theta,
        free=free,
        covariance=np.asarray(covariance, dtype=float),
        deviance=2 * value,
        eta=eta,
        effects=effects,
        effective=float(model.p) if mode is None else model.effective(mode),
        evaluations=found.evaluations,
        singular=_is_singular(model, theta),
        words=words,
        endless=endless,
    )


def _canonical(model: Laplace, theta: FloatArray) -> FloatArray:
    """Return the same triangles with no negative number on a diagonal."""
    signs = {
        (n, column): -1.0 if value < 0 else 1.0
        for value, (n, row, column) in zip(theta, model.templates, strict=True)
        if row == column
    }
    return np.array(
        [
            value * signs[n, column]
            for value, (n, _, column) in zip(theta, model.templates, strict=True)
        ]
    )


def _is_singular(model: Laplace, theta: FloatArray) -> bool:
    sizes = np.ones(len(model.blocks))
    for value, (n, _, _) in zip(theta, model.templates, strict=True):
        sizes[n] = max(sizes[n], abs(value))
    return any(
        abs(value) < 1e-4 * sizes[n]
        for value, (n, row, column) in zip(theta, model.templates, strict=True)
        if row == column
    )


def _on_the_edge(
    model: Laplace, parameters: FloatArray, value: float, active: Flags
) -> tuple[FloatArray, float, Flags]:
    """Set to 0 the spreads that are as good there; the curvature leaves them out."""
    for n in np.flatnonzero(model.diagonal) + model.p:
        if abs(parameters[n]) > _EDGE:
            continue
        tried = parameters.copy()
        tried[n] = 0.0
        there = model.value(tried)
        if there <= value + 1e-5:
            parameters, value = tried, there
            active[n] = False
            block, row, _ = model.templates[n - model.p]
            for k, (other, _, column) in enumerate(model.templates):
                # Nothing below a diagonal of 0 has an effect of its own once that is the last row.
                last = row == model.blocks[block].effects - 1
                if other == block and column == row and not last:
                    active[model.p + k] = k + model.p != n
    return parameters, value, active


def _polished(
    model: Laplace, parameters: FloatArray, value: float, active: Flags
) -> tuple[FloatArray, float, FloatArray, float]:
    """Take Newton's steps while they help; return the curvature and how far it may still fall."""
    first = model.p + model.n_theta
    low, high = model.density.bounds()
    active = active.copy()
    active[first:] &= (parameters[first:] > low + 0.5) & (parameters[first:] < high - 0.5)
    # A dispersion that leaves the likelihood flat (a negative binomial that is Poisson) is held.
    curve, slope = _curvature(model, parameters, active)
    for n in np.flatnonzero(active[first:]) + first:
        place = int(np.count_nonzero(active[:n]))
        if abs(curve[place, place]) < 1e-3 and abs(slope[place]) < 1e-2:
            active[n] = False
            curve = np.delete(np.delete(curve, place, 0), place, 1)
            slope = np.delete(slope, place)
    left = math.inf
    for _ in range(6):
        if not len(curve) or not np.isfinite(curve).all():
            return parameters, value, curve, 0.0 if not len(curve) else math.inf
        values, vectors = np.linalg.eigh(curve)
        sizes = np.maximum(np.abs(values), 1e-9 * max(1.0, float(np.abs(values).max())))
        step = -(vectors / sizes) @ (vectors.T @ slope)
        left = float(-0.5 * step @ slope)
        if left < 1e-9:
            break
        size = 1.0
        while size > 1e-3:
            tried = parameters.copy()
            tried[active] += size * step
            there = model.value(tried)
            if there < value:
                break
            size /= 4
        if size <= 1e-3:
            break
        parameters, value = tried, there
        curve, slope = _curvature(model, parameters, active)
    return parameters, value, curve, left


def _curvature(
    model: Laplace, parameters: FloatArray, active: Flags
) -> tuple[FloatArray, FloatArray]:
    """Return the second derivatives by the active parameters, and the slope."""
    _, slope = model.value_and_slope(parameters)
    places = np.flatnonzero(active)
    rows = []
    for n in places:
        nudge = np.zeros(len(parameters))
        nudge[n] = _STEP
        up = model.value_and_slope(parameters + nudge)[1]
        down = model.value_and_slope(parameters - nudge)[1]
        rows.append((up - down)[active] / (2 * _STEP))
    curve = np.array(rows).reshape(len(places), len(places))
    return (curve + curve.T) / 2, slope[active]
