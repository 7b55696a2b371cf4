"""Numbers as networks like them: what is seen standardized, what is inferred as normal scores.

Of parameters that the prior draws evenly, the normal score is exact: the prior becomes standard
normal, and no sample can leave the limits. Of quantities that come of a simulation (drive, changes)
it is read from their quantiles in training.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renshaw.inference.prior import TRAIT

Matrix = NDArray[np.float64]

_FARTHEST = 5.0
_KNOTS = np.linspace(-2.75, 2.75, 23)
# A summary that is missing more rarely than this, or more often, gets no flag.
_RARE, _MOSTLY = 0.02, 0.98


@dataclass(frozen=True, eq=False)
class Seen:
    """How summaries become the inputs of a network.

    Parameters
    ----------
    center, spread : array, shape (summaries,)
    flagged : array of int
        Summaries whose absence is an input of its own.
    muscles : int
    """

    center: Matrix
    spread: Matrix
    flagged: NDArray[np.int64]
    muscles: int

    @classmethod
    def of(cls, summaries: Matrix, muscles: int) -> Seen:
        """Learn the scales from summaries, shape (recordings, summaries)."""
        there = np.isfinite(summaries).mean(axis=0)
        known = np.where(there > _RARE, 1.0, np.nan)
        low, center, high = _quantiles(summaries * known)
        spread = np.maximum((high - low) / 2, 1e-6)
        flagged = np.flatnonzero((there < 1 - _RARE) & (there > 1 - _MOSTLY))
        unknown = ~np.isfinite(center)
        # What is hardly ever there is never looked at.
        return cls(
            np.where(unknown, 0.0, center), np.where(unknown, np.inf, spread), flagged, muscles
        )

    def standard(self, summaries: Matrix) -> Matrix:
        """Return summaries in standard deviations from their middle; NaN where missing."""
        return np.asarray((summaries - self.center) / self.spread)

    def inputs(self, summaries: Matrix, muscle: NDArray[np.int64]) -> Matrix:
        """Return the inputs of a network, shape (recordings, inputs)."""
        standard = self.standard(summaries)
        missing = ~np.isfinite(standard)
        filled = np.clip(np.where(missing, 0.0, standard), -_FARTHEST, _FARTHEST)
        which = np.eye(self.muscles)[muscle]
        return np.concatenate([filled, missing[:, self.flagged].astype(float), which], axis=1)

    def change_inputs(self, before: Matrix, after: Matrix, muscle: NDArray[np.int64]) -> Matrix:
        """Return the inputs of a network that looks at two recordings of one person."""
        change = self.standard(after) - self.standard(before)
        # Changes are small beside differences between people.
        change = np.clip(3.0 * np.where(np.isfinite(change), change, 0.0), -_FARTHEST, _FARTHEST)
        gone = (~np.isfinite(after[:, self.flagged])).astype(float)
        return np.concatenate([self.inputs(before, muscle), change, gone], axis=1)


@dataclass(frozen=True, eq=False)
class Scores:
    """Normal scores of parameters, and back.

    Parameters
    ----------
    names : tuple of str
    knots : array, shape (parameters, knots)
        Quantiles of each; not used where the prior is known exactly.
    exact : tuple of bool
    """

    names: tuple[str, ...]
    knots: Matrix
    exact: tuple[bool, ...]

    @classmethod
    def of(cls, names: tuple[str, ...], values: Matrix, *, exact: bool = True) -> Scores:
        """Learn the scores from values, shape (recordings, parameters)."""
        from scipy.special import ndtr

        knots = np.quantile(values, ndtr(_KNOTS), axis=0).T
        # Ties would make a score of nothing.
        steps = 1e-9 * np.maximum(1.0, np.abs(knots[:, -1:])) * np.arange(len(_KNOTS))
        return cls(names, knots + steps, tuple(exact and name in TRAIT for name in names))

    def scores(self, values: Matrix) -> Matrix:
        """Return normal scores, shape of `values` (n, parameters)."""
        from scipy.special import ndtri

        columns = []
        for k, name in enumerate(self.names):
            if self.exact[k]:
                share = np.clip(_share(name, values[:, k]), 1e-6, 1 - 1e-6)
                columns.append(ndtri(share))
            else:
                columns.append(_through(values[:, k], self.knots[k], _KNOTS))
        return np.column_stack(columns)

    def values(self, scores: Matrix) -> Matrix:
        """Return the values of normal scores: `scores` undone."""
        from scipy.special import ndtr

        columns = []
        for k, name in enumerate(self.names):
            if self.exact[k]:
                columns.append(_at_share(name, ndtr(scores[:, k])))
            else:
                columns.append(_through(scores[:, k], _KNOTS, self.knots[k]))
        return np.column_stack(columns)


def _share(name: str, values: Matrix) -> Matrix:
    trait = TRAIT[name]
    if trait.logarithmic:
        return np.asarray(np.log(values / trait.low) / np.log(trait.high / trait.low))
    return np.asarray((values - trait.low) / (trait.high - trait.low))


def _at_share(name: str, share: Matrix) -> Matrix:
    trait = TRAIT[name]
    if trait.logarithmic:
        return np.asarray(trait.low * (trait.high / trait.low) ** share)
    return np.asarray(trait.low + share * (trait.high - trait.low))


def _through(x: Matrix, xs: Matrix, ys: Matrix) -> Matrix:
    """Return y at x on the line through the knots; beyond them it goes on straight."""
    k = np.clip(np.searchsorted(xs, x) - 1, 0, len(xs) - 2)
    return np.asarray(ys[k] + (x - xs[k]) * (ys[k + 1] - ys[k]) / (xs[k + 1] - xs[k]))


def _quantiles(values: Matrix) -> tuple[Matrix, Matrix, Matrix]:
    """Return what lies at 16, 50 and 84 %; NaN where nothing was ever measured."""
    found = np.full((3, values.shape[1]), np.nan)
    there = np.isfinite(values).any(axis=0)
    found[:, there] = np.nanquantile(values[:, there], [0.16, 0.5, 0.84], axis=0)
    return found[0], found[1], found[2]
