"""Tables of a fit: coefficients, variances, numbers of the whole, residuals and modes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from renshaw.core.tails import t_ppf, t_sf
from renshaw.statistics.families.response_means import shown_values
from renshaw.statistics.fitting.fit import Fit, predicted
from renshaw.statistics.structure.partition import nested
from renshaw.statistics.structure.tried import criterion_aic

if TYPE_CHECKING:
    import pandas as pd

FIXED_COLUMNS = (
    "term",
    "estimate",
    "std_error",
    "df",
    "statistic",
    "p_value",
    "ci_low",
    "ci_high",
)
VARIANCE_COLUMNS = (
    "group",
    "effect",
    "with_effect",
    "variance",
    "std_dev",
    "correlation",
    "share",
)


def fixed_effects(fit: Fit, confidence: float) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for name, estimate, each in zip(
        fit.names, fit.coefficients, np.eye(len(fit.names)), strict=True
    ):
        error, df = fit.precision.standard_error(each), fit.precision.df(each)
        t = estimate / error if error > 0 else math.nan
        reach = float(t_ppf(0.5 + confidence / 2, df)) * error
        p = 2 * float(t_sf(abs(t), df))
        rows.append((name, estimate, error, df, t, p, estimate - reach, estimate + reach))
    return pd.DataFrame(rows, columns=list(FIXED_COLUMNS))


def variance_components(fit: Fit) -> pd.DataFrame:
    import pandas as pd

    left = fit.residual_variance
    total = fit.random_variance() + left
    rows: list[tuple[object, ...]] = []
    # lme4 lists the finest group first.
    order = sorted(range(len(fit.groups)), key=lambda n: -fit.groups[n].block.levels)
    covariances = fit.covariances()
    for n in order:
        group, covariance = fit.groups[n], covariances[n]
        spread = np.sqrt(np.diag(covariance))
        for a, name in enumerate(group.effects):
            alone = len(group.effects) == 1 and name == "(Intercept)"
            share = covariance[a, a] / total if alone else math.nan
            head = (group.term.label, name, "", covariance[a, a], spread[a], math.nan, share)
            rows.append(head)
        for b in range(len(group.effects)):
            for a in range(b):
                both = spread[a] * spread[b]
                r = covariance[a, b] / both if both > 0 else math.nan
                names = (group.term.label, group.effects[a], group.effects[b])
                rows.append((*names, covariance[a, b], math.nan, r, math.nan))
    for name, times in fit.spreads.items():
        its = fit.sigma2 * times**2
        level = f"{fit.scatter.by}{name}"
        rows.append(("Residual", level, "", its, math.sqrt(its), math.nan, math.nan))
    residual = ("Residual", "", "", left, math.sqrt(left), math.nan, left / total)
    return pd.DataFrame([*rows, residual], columns=list(VARIANCE_COLUMNS))


def statistics(fit: Fit) -> dict[str, float]:
    """Numbers of the model as a whole; R squared after Nakagawa & Schielzeth and Johnson."""
    criterion, aic = criterion_aic(fit)
    fixed = float(np.var(fit.problem.X @ fit.coefficients, ddof=1))
    random = fit.random_variance()
    left = fit.residual_variance
    total = fixed + random + left
    found = {
        "n": float(fit.problem.n),
        "criterion": criterion,
        "aic": aic,
        "bic": criterion + (aic - criterion) / 2 * math.log(fit.problem.n),
        **({"sigma": math.sqrt(left)} if fit.generalized is None else fit.generalized.dispersion),
        "r2_marginal": fixed / total,
        "r2_conditional": (fixed + random) / total,
        **_alike(fit, random + left),
        "singular": float(fit.optimum.singular),
        "converged": float(fit.optimum.converged),
    }
    return found | {f"levels of {g.term.label}": float(g.block.levels) for g in fit.groups}


def _alike(fit: Fit, total: float) -> dict[str, float]:
    """Return the intraclass correlation of every level, the largest groups' under ``icc``.

    It is the correlation of two values that share a group: what varies between these groups, and
    between larger ones that hold them, as a share of the variance of a value.
    """
    variances = fit.random_variances()
    levels: list[tuple[int, str, float]] = []
    for group in fit.groups:
        shared = sum(
            variance
            for other, variance in zip(fit.groups, variances, strict=True)
            if nested(group.block.codes, other.block.codes)
        )
        levels.append((group.block.levels, group.term.label, shared / total))
    found = {"icc": min(levels)[2]} if levels else {"icc": math.nan}
    return found | {f"icc of {label}": share for _, label, share in levels}


def residuals(fit: Fit) -> tuple[pd.DataFrame, pd.DataFrame]:
    import pandas as pd

    found = predicted(fit)
    rows = pd.DataFrame(
        {
            "fitted": found["fitted"],
            "residual": found["residual"],
            "standardized": found["standardized"],
        },
        index=fit.table.index,
    )
    if fit.family.link != "identity":
        rows["response"] = shown_values(fit)
    parts, place = [], 0
    for group in fit.groups:
        k = group.block.effects
        mine = found["modes"][place : place + group.block.levels * k].reshape(-1, k)
        mine = mine @ group.block.turn.T
        place += group.block.levels * k
        for n, effect in enumerate(group.effects):
            parts.append(
                pd.DataFrame(
                    {
                        "group": group.term.label,
                        "level": list(group.names),
                        "effect": effect,
                        "mode": mine[:, n],
                    }
                )
            )
    empty = pd.DataFrame(columns=["group", "level", "effect", "mode"])
    return rows, pd.concat(parts, ignore_index=True) if parts else empty
