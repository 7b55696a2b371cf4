"""`icc`: intraclass correlations, in the usual forms and by level of nesting."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from renshaw.core.seeds import stream
from renshaw.core.tails import f_sf
from renshaw.data.arrays import FloatArray
from renshaw.statistics.fitting.fit import Fit, fitted
from renshaw.statistics.formulas.formula import parse
from renshaw.statistics.trials.trial import Given, Line, Trial, given, trial

if TYPE_CHECKING:
    import pandas as pd

_DRAWS = 200
MEANINGS = {
    "ICC(1)": "one measurement, sessions differ by chance alone",
    "ICC(A,1)": "one measurement, absolute agreement",
    "ICC(C,1)": "one measurement, consistency",
    "ICC(k)": "mean of all sessions, sessions differ by chance alone",
    "ICC(A,k)": "mean of all sessions, absolute agreement",
    "ICC(C,k)": "mean of all sessions, consistency",
}


def icc_forms(values: FloatArray) -> dict[str, Line]:
    """Return the six intraclass correlations of a complete table, with 95 % intervals.

    Parameters
    ----------
    values : array (people, sessions)

    Notes
    -----
    McGraw & Wong 1996, doi:10.1037/1082-989X.1.1.30. In the older names of Shrout & Fleiss ICC(A,1)
    is ICC(2,1) and ICC(C,1) is ICC(3,1).
    """
    n, k = values.shape
    rows, columns = values.mean(axis=1), values.mean(axis=0)
    middle = float(values.mean())
    total = float(((values - middle) ** 2).sum())
    between = k * float(((rows - middle) ** 2).sum())
    sessions = n * float(((columns - middle) ** 2).sum())
    msr, msc = between / (n - 1), sessions / (k - 1)
    df = (n - 1) * (k - 1)
    mse = max(total - between - sessions, 0.0) / df
    msw = (total - between) / (n * (k - 1))
    found = {}
    for name, error, error_df in (("1", msw, n * (k - 1)), ("C,1", mse, df)):
        single, mean = _ratio_forms(msr, error, n - 1, error_df, k)
        found[f"ICC({name})"] = single
        found[f"ICC({name.replace('1', 'k')})"] = mean
    found["ICC(A,1)"], found["ICC(A,k)"] = _agreement_forms(msr, msc, mse, n, k)
    return {
        name: found[name]._replace(question=f"{name}: {words}") for name, words in MEANINGS.items()
    }


def _ratio_forms(msr: float, error: float, df1: float, df2: float, k: int) -> tuple[Line, Line]:
    """Return the forms that are functions of one F ratio: of one measurement, and of the mean."""
    from scipy import stats

    if error <= 0:
        return Line("", 1.0), Line("", 1.0)
    f = msr / error
    low = f / float(stats.f.ppf(0.975, df1, df2))
    high = f * float(stats.f.ppf(0.975, df2, df1))
    p = float(f_sf(f, df1, df2))

    def one(x: float) -> float:
        return (x - 1) / (x + k - 1)

    def mean(x: float) -> float:
        return 1 - 1 / x if x > 0 else -math.inf

    return (
        Line("", one(f), one(low), one(high), math.nan, df2, f, p),
        Line("", mean(f), mean(low), mean(high), math.nan, df2, f, p),
    )


def _agreement_forms(msr: float, msc: float, mse: float, n: int, k: int) -> tuple[Line, Line]:
    from scipy import stats

    single = (msr - mse) / (msr + (k - 1) * mse + k * (msc - mse) / n)
    average = (msr - mse) / (msr + (msc - mse) / n)
    if mse <= 0 or single >= 1:
        return Line("", single), Line("", average)
    df = (n - 1) * (k - 1)
    f, p = msr / mse, float(f_sf(msr / mse, n - 1, df))
    a = k * single / (n * (1 - single))
    b = 1 + k * single * (n - 1) / (n * (1 - single))
    v = (a * msc + b * mse) ** 2 / ((a * msc) ** 2 / (k - 1) + (b * mse) ** 2 / df)
    f_low = float(stats.f.ppf(0.975, n - 1, v))
    f_high = float(stats.f.ppf(0.975, v, n - 1))
    rest = k * msc + (k * n - k - n) * mse
    low = n * (msr - f_low * mse) / (f_low * rest + n * msr)
    high = n * (f_high * msr - mse) / (rest + n * f_high * msr)

    def mean(x: float) -> float:
        return k * x / (1 + (k - 1) * x)

    return (
        Line("", single, low, high, math.nan, df, f, p),
        Line("", average, mean(low), mean(high), math.nan, df, f, p),
    )


def icc(
    table: pd.DataFrame | str | Path,
    value: str = "",
    *,
    participant: str = "participant",
    session: str = "session",
    unit: str = "",
) -> Trial:
    """Return intraclass correlations: of people's means in the usual forms, and by level.

    Parameters
    ----------
    table : DataFrame or path of a table
        One row a measurement.
    value : str
        Column that was measured; if empty, the only other column of numbers.
    participant, session : str
        Columns.
    unit : str
        Column of units within people; then the share of the variance that is between people, and
        that between a person's units, are given too, with intervals by parametric bootstrap.

    Raises
    ------
    DataError
        A column is missing, or fewer than three people have a value in every session.
    """
    found = given(
        "icc",
        table,
        roles={"participant": participant, "session": session, "unit": unit},
        measured={"value": value},
    )
    value = found.name("value")
    wide = found.data.pivot_table(index="participant", columns="session", values="value")
    lost = int(wide.isna().any(axis=1).sum())
    wide = wide[found.levels("session")].dropna()
    if len(wide) < 3 or wide.shape[1] < 2:
        raise found.refusal(
            f"{len(wide)} people have a value in each of {wide.shape[1]} sessions; three people "
            "and two sessions are needed."
        )
    values = wide.to_numpy(dtype=float)
    if np.ptp(values) == 0:
        raise found.refusal(f"{value!r} is the same everywhere.")
    forms = icc_forms(values)
    first = forms.pop("ICC(A,1)")
    lines = [first, *forms.values(), *(_by_level(found) if unit else [])]
    return trial(
        "icc",
        table,
        found,
        lines,
        verb="icc",
        arguments=found.arguments(),
        value=value,
        model=f"{value} ~ {session} + (1 | {participant}{f'/{unit}' if unit else ''})",
        points={
            "who": list(wide.index),
            "x": values[:, 0],
            "y": values[:, -1],
            "series": "",
        },
        axes=(f"{value}, {wide.columns[0]}", f"{value}, {wide.columns[-1]}"),
        n=len(wide),
        notes=[
            "An ICC is as large as people differ: among people who are alike it is small, however "
            "well a measurement repeats. The typical error does not depend on that."
        ],
        left_out=[f"{lost} participants without a value in every session."] if lost else [],
        cites=("mcgraw1996",),
    )


def _by_level(found: Given) -> list[Line]:
    """Return the shares of the variance between people and between their units."""
    data = found.data
    formula = parse("value ~ session + (1 | participant) + (1 | participant:unit)")
    fit = fitted(data, formula)
    draws = np.array([_shares(fitted(each, formula)) for each in _simulated(fit, data)])
    low, high = np.quantile(draws, [0.025, 0.975], axis=0)
    words = (
        "Share of the variance between people",
        "Share of the variance between people and their units (two values of one unit)",
    )
    return [
        Line(words[n], share, float(low[n]), float(high[n])) for n, share in enumerate(_shares(fit))
    ]


def _shares(fit: Fit) -> tuple[float, float]:
    pairs = zip(fit.groups, fit.covariances(), strict=True)
    by_group = {len(group.term.group): float(spread[0, 0]) for group, spread in pairs}
    total = sum(by_group.values()) + fit.sigma2
    return by_group[1] / total, (by_group[1] + by_group[2]) / total


def _simulated(fit: Fit, data: pd.DataFrame) -> list[pd.DataFrame]:
    """Return tables like the one that was fitted, drawn from the fit."""
    rng = stream(0, "icc")
    fixed = fit.problem.X @ fit.coefficients
    found = []
    for _ in range(_DRAWS):
        y = fixed + math.sqrt(fit.sigma2) * rng.standard_normal(len(fixed))
        for group, covariance in zip(fit.groups, fit.covariances(), strict=True):
            own = math.sqrt(float(covariance[0, 0])) * rng.standard_normal(group.block.levels)
            y = y + own[group.block.codes]
        found.append(data.assign(value=y))
    return found
