"""Marginal means as people read them: rates, probabilities, amounts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.statistics.answers.means import grid
from renshaw.statistics.fitting.fit import Fit

if TYPE_CHECKING:
    import pandas as pd

RESPONSE_COLUMNS = ("response", "response_low", "response_high", "population")
_NODES = 40


def with_response(means: pd.DataFrame, fit: Fit) -> pd.DataFrame:
    """Return marginal means with what they are on the response's scale.

    ``response`` is the mean of a typical person, whose random effects are 0, at an offset of 0: for
    ``offset(log(days))`` the rate of one day; of the binomial family the probability. Its interval
    is the predictor's, turned by the inverse link. ``population`` is the average over people, who
    differ by the random effects' variance. Nothing is added where the link is the identity.
    """
    if fit.family.link == "identity":
        return means
    # The table has means at the offset's own mean, as emmeans; people read those of one day.
    whole = grid(fit)
    shift = 0.0 if whole is None else whole.offset
    eta = means["mean"].to_numpy(dtype=float) - shift
    found = means.copy()
    found["response"] = _expected(fit, eta)
    for end in ("low", "high"):
        ends = means[f"ci_{end}"].to_numpy(dtype=float) - shift
        found[f"response_{end}"] = _expected(fit, ends)
    found["population"] = _averaged(fit, eta)
    return found


def _expected(fit: Fit, eta: FloatArray) -> FloatArray:
    """Return what is expected of one trial at a linear predictor."""
    known = fit.generalized
    if known is None:
        return fit.family.inverse(eta)
    return known.density.mean_of_one(eta, known.solution.free)


def _averaged(fit: Fit, eta: FloatArray) -> FloatArray:
    """Return the mean over people (and, of the log-normal family, over values)."""
    spread = fit.random_variance()
    if fit.generalized is None:
        return np.exp(eta + (spread + fit.sigma2) / 2)
    nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    each = _expected(fit, eta[:, None] + math.sqrt(spread) * nodes)
    return np.asarray(each @ weights / weights.sum(), dtype=float)


def shown_values(fit: Fit) -> FloatArray:
    """Return each row's response as the means show it: of one trial, at an offset of 0."""
    known = fit.generalized
    if known is None:
        return np.exp(fit.problem.y)
    y = known.density.y / known.density.trials
    return y / np.exp(known.offset) if fit.family.link == "log" else y
