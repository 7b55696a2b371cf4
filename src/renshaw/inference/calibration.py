"""Whether posteriors are right, on simulated recordings of a seed that training never saw.

Simulation-based calibration (Talts et al. 2018, arXiv:1804.06788): the rank of the truth among
samples of its posterior is uniform if posteriors mean what they say. Coverage: how often intervals
hold the truth. Recovery: which share of the truth's variance the posterior mean accounts for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Matrix = NDArray[np.float64]

LEVELS = (0.5, 0.8, 0.9, 0.95)
RANK_BINS = 20
_DRAWN = 250


@dataclass(frozen=True, eq=False)
class Calibration:
    """How a network did on recordings that it never saw.

    Parameters
    ----------
    names : tuple of str
        Parameters.
    ranks : array, shape (parameters, 20)
        How often the truth's rank among the samples fell into each twentieth.
    coverage : array, shape (parameters, 4)
        How often central intervals of 50, 80, 90 and 95 % held the truth.
    explained : array, shape (parameters, 1 + muscles)
        Share of variance accounted for: in all recordings, and for each muscle.
    narrowed : array, shape (parameters,)
        One minus the typical standard deviation of posteriors relative to the prior's.
    correlation : array, shape (parameters, parameters)
        Mean over posteriors.
    truth, mean : array, shape (some, parameters)
        For a picture.
    recordings : int
    """

    names: tuple[str, ...]
    ranks: Matrix
    coverage: Matrix
    explained: Matrix
    narrowed: Matrix
    correlation: Matrix
    truth: Matrix
    mean: Matrix
    recordings: int

    def to_table(self, muscles: Sequence[str]) -> pd.DataFrame:
        """Return one row a parameter: explained (%), narrowed (%), coverage (%), rank test."""
        import pandas as pd

        columns = {
            "parameter": self.names,
            "explained_pct": 100 * self.explained[:, 0],
            **{f"explained_{m}_pct": 100 * self.explained[:, 1 + k] for k, m in enumerate(muscles)},
            "narrowed_pct": 100 * self.narrowed,
            **{
                f"coverage_{100 * level:.0f}_pct": 100 * self.coverage[:, k]
                for k, level in enumerate(LEVELS)
            },
            "ranks_p": [_uniform_p(row) for row in self.ranks],
        }
        return pd.DataFrame(columns)


def calibrated(
    names: tuple[str, ...],
    truth: Matrix,
    samples: NDArray[np.float64],
    muscle: NDArray[np.int64],
    muscles: int,
    prior_sd: Matrix,
) -> Calibration:
    """Judge posteriors.

    Parameters
    ----------
    names : tuple of str
    truth : array, shape (recordings, parameters)
    samples : array, shape (recordings, samples, parameters)
    muscle : array of int, shape (recordings,)
    muscles : int
    prior_sd : array, shape (parameters,)
    """
    n = samples.shape[1]
    rank = (samples < truth[:, None]).sum(axis=1)
    bins = np.minimum(rank * RANK_BINS // (n + 1), RANK_BINS - 1)
    ranks = np.stack([np.bincount(column, minlength=RANK_BINS) for column in bins.T])
    share = (rank + 0.5) / (n + 1)
    inside = [np.mean(np.abs(share - 0.5) <= level / 2, axis=0) for level in LEVELS]
    mean = samples.mean(axis=1)
    groups = [np.ones(len(truth), dtype=bool), *(muscle == k for k in range(muscles))]
    some = slice(0, _DRAWN)
    correlation = np.mean([np.corrcoef(each.T) for each in samples], axis=0)
    return Calibration(
        names,
        ranks.astype(float),
        np.stack(inside, axis=1),
        np.stack([_explained(truth[rows], mean[rows]) for rows in groups], axis=1),
        1 - np.median(samples.std(axis=1), axis=0) / prior_sd,
        correlation,
        truth[some],
        mean[some],
        len(truth),
    )


def _explained(truth: Matrix, mean: Matrix) -> Matrix:
    left = np.mean((truth - mean) ** 2, axis=0)
    return np.asarray(1 - left / np.maximum(truth.var(axis=0), 1e-12))


def _uniform_p(counts: Matrix) -> float:
    """Return how likely ranks as uneven as these are, were they uniform (chi-squared)."""
    from scipy.stats import chisquare

    return float(chisquare(counts).pvalue)


def to_arrays(made: Calibration, prefix: str) -> dict[str, NDArray[np.float32]]:
    """Return the numbers as named arrays, for a file; names are kept elsewhere."""
    return {
        f"{prefix}{f.name}": np.asarray(getattr(made, f.name), dtype=np.float32)
        for f in fields(made)
        if f.name != "names"
    }


def from_arrays(
    names: tuple[str, ...], arrays: dict[str, NDArray[np.float64]], prefix: str
) -> Calibration:
    """Return what `to_arrays` took apart."""
    values: dict[str, Any] = {
        f.name: arrays[f"{prefix}{f.name}"].astype(float)
        for f in fields(Calibration)
        if f.name != "names"
    }
    values["recordings"] = int(values["recordings"])
    return Calibration(names, **values)
