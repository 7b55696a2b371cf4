"""Does this response look like a count, a share, 0/1, or amounts with many zeros?

A normal model is no mistake for rounded measurements, ages, percentages or grades; what is told
apart here is what values of each kind have and others rarely do. Where that is not clear, nothing
is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from renshaw.core.errors import DataError, RenshawError
from renshaw.core.numbers import between, number, p_equals
from renshaw.data.arrays import FloatArray
from renshaw.statistics.families.families import Family, family_of
from renshaw.statistics.fitting.fit import Fit
from renshaw.statistics.formulas.formula import Formula
from renshaw.statistics.structure.advice import Remark

if TYPE_CHECKING:
    import pandas as pd

# Fewer rows than this show no distribution.
_FEWEST = 12
_MANY_ZEROS = 0.2
# A grade has a top that people reach; the largest of counts is rare.
_RARE_TOP = 0.03
_LARGEST_GRADE = 10
# Marks on a line, and percentages, end at exactly this.
_RATED = 100
_SMALL = 2
# A name with a unit is that of a measurement.
_MEASURED = re.compile(
    r"(?i)(%|percent|prozent|(?:^|[\W_])(pct|ms|s|sec|hz|pps|nm|n|mv|uv|mm|cm|kg|deg|age|years?)$)"
)


class Suspicion(NamedTuple):
    """What a response looks like, in words, and the family that would fit it; or none."""

    words: str
    family: str = ""
    warning: bool = True


def suspicion(name: str, y: FloatArray) -> Suspicion | None:
    """Return what a response looks like, None where nothing speaks against a normal model."""
    if len(y) < _FEWEST or y.min() < 0:
        return None
    if (y == np.round(y)).all():
        return _whole(name, y)
    if float((y == 0).mean()) >= _MANY_ZEROS and _a_spike(y):
        return _zeros(name, y)
    return _share(name, y) if y.max() <= 1 else None


def refuse_two_values(table: pd.DataFrame, formula: Formula) -> None:
    """Refuse a response of two values, which nobody has said is to be taken as normal.

    Raises
    ------
    DataError
        It has two values only.
    """
    name, y = _column(table, formula)
    values = np.unique(y)
    if len(values) != 2 or len(y) < 6:
        return
    if (values == [0, 1]).all():
        raise DataError(
            f"{name} is 0 or 1 in every row: a normal model of it has the wrong standard errors, "
            "and means beyond 0 and 1. Give --family binomial (odds ratios and probabilities); "
            "--family normal compares shares of 1 all the same."
        )
    raise DataError(
        f"{name} has two values only, {values[0]:.15g} and {values[1]:.15g}. Write them as "
        "0 and 1 and give --family binomial (odds ratios and probabilities); --family normal "
        "compares their means all the same."
    )


def _whole(name: str, y: FloatArray) -> Suspicion | None:
    top, low = float(y.max()), float(y.min())
    if top <= _LARGEST_GRADE:
        return _grades_or_counts(name, y)
    if float((y == 0).mean()) >= _MANY_ZEROS and _a_spike(y):
        return _zeros(name, y)
    if low == 0 and top == _RATED:
        return None
    if low > _SMALL or _MEASURED.search(name) or np.gcd.reduce(y.astype(np.int64)) > 1:
        return None
    # Percentages, ages and milliseconds are whole too, but few of them are small; and counts that
    # are all large scatter much like a normal distribution.
    wide = y.var() > 3 * y.mean() and float((y <= _LARGEST_GRADE).mean()) >= 0.2
    middle = top <= 100 and float(np.median(y)) >= 15
    small = float((y <= _SMALL).mean()) >= 0.08
    return _count(name, y) if small or (wide and not middle) else None


def _grades_or_counts(name: str, y: FloatArray) -> Suspicion | None:
    top, low = float(y.max()), float(y.min())
    if len(np.unique(y)) * 2 > len(y):
        return None
    zeros = float((y == 0).mean())
    rare = len(y) >= 40 and float((y == top).mean()) <= _RARE_TOP
    if low == 0 and top >= 3 and rare and float((y <= 1).mean()) >= 0.4:
        return _count(name, y)
    return Suspicion(
        f"{name} has whole numbers from {low:g} to {top:g} only. If they are grades of an ordered "
        "scale, a difference of means takes each step as the same size. If they count something, "
        "give --family negative-binomial",
        warning=zeros >= 2 * _MANY_ZEROS,
    )


def _count(name: str, y: FloatArray) -> Suspicion:
    zeros = float((y == 0).mean())
    none = f", {100 * zeros:.0f} % of them 0" if zeros else ""
    return Suspicion(
        f"{name} looks like a count: whole numbers from {y.min():g} to {y.max():g}{none}. A normal "
        "model takes them to scatter alike whatever their mean. Give --family negative-binomial "
        "(rates and their ratios; the time that was counted by + offset(log(days))), or --family "
        "normal if it is no count",
        "negative-binomial",
    )


def _zeros(name: str, y: FloatArray) -> Suspicion:
    zeros = float((y == 0).mean())
    whole = "; if it counts something, --family negative-binomial"
    return Suspicion(
        f"{100 * zeros:.0f} % of the values of {name} are exactly 0, and no value is below: one "
        "normal model mixes whether there is any with how much there is. Give --family tweedie "
        "(one ratio of means), or --family hurdle-gamma (how many have any, and how much they "
        f"have){whole if (y == np.round(y)).all() else ''}",
        "tweedie",
    )


def _share(name: str, y: FloatArray) -> Suspicion | None:
    """Return what values from 0 to 1 may be: near the ends, or in equal steps."""
    ends = float(((y < 0.05) | (y > 0.95)).mean())
    if y.max() >= 0.8 and ends >= 0.1 and len(y) >= 30:
        inside = bool(((y > 0) & (y < 1)).all())
        beta = ", else --family beta" if inside else ""
        return Suspicion(
            f"{name} looks like a share: {100 * ends:.0f} % of the values are close to 0 or 1, "
            "where a normal model takes them to scatter as in the middle. If it is successes of "
            f"trials, give the column of their number: --trials COLUMN{beta}",
            "beta" if inside else "",
        )
    for trials in range(3, 31):
        steps = y * trials
        whole = np.round(steps)
        if len(np.unique(whole)) > 2 and np.abs(steps - whole).max() < 1e-3 * trials:
            return Suspicion(
                f"{name} goes from 0 to 1 in steps of 1/{trials}. If it is successes of {trials} "
                "trials, give the column of their number: --trials COLUMN",
                warning=False,
            )
    return None


def _a_spike(y: FloatArray) -> bool:
    """Return whether zeros are far more frequent than any other value: rounding makes no such."""
    _, counts = np.unique(y[y > 0], return_counts=True)
    return len(counts) > 0 and float((y == 0).sum()) >= 3 * float(counts.max())


def asked_about(
    fit: Fit, confidence: float, refit: Callable[[Formula, Family], Fit]
) -> list[Remark]:
    """Return the question that a response raises which is fitted as normal by default.

    Parameters
    ----------
    fit : Fit
        The normal fit.
    confidence : float
    refit : function
        Fits a formula to the same rows with another family.
    """
    name, y = _column(fit.table, fit.formula)
    found = suspicion(name, y)
    if found is None:
        return []
    if not found.family:
        return [Remark(f"{found.words}.", found.warning)]
    return [Remark(f"{found.words}.{_instead(fit, found.family, confidence, refit)}", True)]


def _column(table: pd.DataFrame, formula: Formula) -> tuple[str, FloatArray]:
    """Return the response where it is a column of numbers as it stands, else nothing of it."""
    import pandas as pd

    name = formula.response.text
    plain = formula.response.kind == "name" and pd.api.types.is_numeric_dtype(table[name])
    return name, table[name].to_numpy(dtype=float) if plain else np.zeros(0)


def _instead(
    fit: Fit, name: str, confidence: float, refit: Callable[[Formula, Family], Fit]
) -> str:
    """Return what the other family says of the only effect; nothing where it can't be fitted.

    Of several effects the first may not be the one that is asked for.
    """
    from scipy.special import ndtr, ndtri

    try:
        other = refit(fit.formula, family_of(name))
    except (RenshawError, np.linalg.LinAlgError):
        return ""
    effects = [n for n, word in enumerate(other.names) if word != "(Intercept)"]
    if len(effects) != 1 or not other.optimum.converged:
        return ""
    n = effects[0]
    each = np.eye(len(other.names))[n]
    error = other.precision.standard_error(each)
    if not error > 0:
        return ""
    estimate, reach = float(other.coefficients[n]), float(ndtri(0.5 + confidence / 2)) * error
    low, high = (float(other.family.effect(estimate + side * reach)) for side in (-1, 1))
    p = 2 * float(ndtr(-abs(estimate) / error))
    return (
        f" It would say: {other.names[n]}, {other.family.effects} "
        f"{number(float(other.family.effect(estimate)))} ({100 * confidence:g} % CI "
        f"{between(low, high)}, {p_equals(p)})."
    )
