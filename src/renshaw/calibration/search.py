"""Where to look next: a design that fills the bounds, then what emulators hold for plausible."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from renshaw.calibration.candidates import Candidate
from renshaw.calibration.emulator import Emulator

FloatArray = NDArray[np.float64]

# Of a design, the share around the start and how far it reaches there.
_NEAR, _REACH = 0.75, 0.3
_PARENTS = 16
_TRIED = 6000
# Of a wave, the share that is taken for the emulator's word, and for the sake of learning.
_BELIEVED = 0.6
# Points nearer than this (mean difference over parameters) are the same.
_APART = 0.02


def design(start: FloatArray, n: int, chance: np.random.Generator) -> FloatArray:
    """Return n points that fill the space, most of them around the start, which comes first."""
    from scipy.stats import qmc

    sobol = qmc.Sobol(len(start), rng=chance).random(1 << max(1, (n - 1).bit_length()))[: n - 1]
    near = round(_NEAR * (n - 1))
    around = start + _REACH * (2.0 * sobol[:near] - 1.0)
    return np.vstack([start, reflected(around), sobol[near:]])


def proposals(
    emulator: Emulator, candidates: Sequence[Candidate], n: int, chance: np.random.Generator
) -> FloatArray:
    """Return n points that are worth a simulation.

    Most are those of least expected loss among many offspring of the best candidates; the others
    are drawn from what is not implausible.
    """
    parents = sorted(candidates, key=lambda each: each.loss)[:_PARENTS]
    tried = _descended(emulator, _offspring(np.array([each.x for each in parents]), chance))
    known = np.array([each.x for each in candidates])
    loss, implausible = emulator.loss(tried), emulator.implausibility(tried)
    believed = round(_BELIEVED * n)
    chosen = _apart(tried[np.argsort(loss, kind="stable")], known, believed)
    plausible = tried[np.argsort(implausible, kind="stable")[: len(tried) // 4]]
    others = plausible[chance.permutation(len(plausible))]
    return np.vstack([chosen, _apart(others, np.vstack([known, chosen]), n - len(chosen))])


def reflected(x: FloatArray) -> FloatArray:
    """Return points within the bounds: what leaves at one of them comes back from it."""
    away = np.mod(x, 2.0)
    return np.asarray(np.minimum(away, 2.0 - away))


def _offspring(parents: FloatArray, chance: np.random.Generator) -> FloatArray:
    """Return points near the parents, and where differences between parents lead."""
    n, d = len(parents), parents.shape[1]
    i, j, k = (chance.integers(0, n, _TRIED) for _ in range(3))
    sizes = chance.choice([0.03, 0.08, 0.2], size=(_TRIED, 1))
    moved = parents[i] + sizes * chance.standard_normal((_TRIED, d))
    crossed = parents[i] + 0.6 * (parents[j] - parents[k])
    use = chance.random((_TRIED, 1)) < 0.5
    return reflected(np.where(use, crossed, moved))


def _descended(emulator: Emulator, x: FloatArray, steps: int = 15) -> FloatArray:
    """Return the points and, of the best of them, where Gauss-Newton steps lead."""
    start = x[np.argsort(emulator.loss(x), kind="stable")[:24]]
    reached = []
    for point in start:
        for _ in range(steps):
            residuals = emulator.predicted(point)[0]
            slopes = emulator.slopes(point) * (np.abs(residuals) > 0)
            normal = slopes @ slopes.T + 2.0 * np.eye(len(point))
            move = -np.linalg.solve(normal, slopes @ residuals)
            point = np.clip(point + np.clip(move, -0.1, 0.1), 0.0, 1.0)
        reached.append(point)
    return np.vstack([x, reached])


def _apart(points: FloatArray, known: FloatArray, n: int) -> FloatArray:
    """Return the first n points that lie apart from the known ones and from each other."""
    chosen: list[FloatArray] = []
    for point in points:
        if len(chosen) == n:
            break
        others = np.vstack([known, *chosen]) if chosen else known
        if np.abs(others - point).mean(axis=1).min() > _APART:
            chosen.append(point)
    return np.array(chosen).reshape(-1, points.shape[1])
