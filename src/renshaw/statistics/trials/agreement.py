"""`agreement`: how far two measurements of the same thing are apart (Bland & Altman)."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from renshaw.core.numbers import p_equals
from renshaw.data.arrays import FloatArray
from renshaw.statistics.trials.trial import Line, Trial, given, t_line, trial

if TYPE_CHECKING:
    import pandas as pd

_Z = 1.959964


class Limits(NamedTuple):
    """Mean difference and limits of agreement, each with its 95 % interval.

    Parameters
    ----------
    bias, lower, upper : Line
        The mean difference and the limits between which 95 % of differences are.
    trend : Line
        How the difference changes with the size of what is measured (proportional bias).
    spread : Line
        How the size of differences changes with it.
    """

    bias: Line
    lower: Line
    upper: Line
    trend: Line
    spread: Line


def limits_of_agreement(first: FloatArray, second: FloatArray) -> Limits:
    """Return the limits of agreement of two measurements, one pair a person.

    Parameters
    ----------
    first, second : array (n,)
        At least three pairs.

    Notes
    -----
    Intervals of the limits are exact for normal differences (Carkeet 2015,
    doi:10.1097/OPX.0000000000000513): quantiles of the noncentral t.
    """
    from scipy import stats

    difference = np.asarray(second - first, dtype=float)
    n, df = len(difference), len(difference) - 1
    mean, sd = float(difference.mean()), float(difference.std(ddof=1))
    root = math.sqrt(n)
    ends = [float(stats.nct.ppf(q, df, _Z * root)) / root * sd for q in (0.025, 0.975)]
    bias = t_line("Mean difference", mean, sd / root, df)
    lower = Line("Lower limit of agreement", mean - _Z * sd, mean - ends[1], mean - ends[0])
    upper = Line("Upper limit of agreement", mean + _Z * sd, mean + ends[0], mean + ends[1])
    return Limits(bias, lower, upper, *_trends(first, second))


def _trends(first: FloatArray, second: FloatArray) -> tuple[Line, Line]:
    middle, difference = (first + second) / 2, second - first
    trend, rest = _slope("Difference for one more of the mean", middle, difference)
    spread, _ = _slope("Size of differences for one more of the mean", middle, np.abs(rest))
    return trend, spread


def _slope(question: str, x: FloatArray, y: FloatArray) -> tuple[Line, FloatArray]:
    dx = x - x.mean()
    xx, df = float(dx @ dx), len(x) - 2
    if xx <= 0 or df < 1:
        return Line(question, math.nan), y - y.mean()
    slope = float(dx @ y) / xx
    rest = y - y.mean() - slope * dx
    error = math.sqrt(float(rest @ rest) / df / xx)
    return t_line(question, slope, error, df), rest


def _repeated(first: FloatArray, second: FloatArray, who: np.ndarray) -> Limits:
    """Return limits of agreement where people have several pairs.

    The variance of a difference is that between people's means and that within people (Bland &
    Altman 2007, doi:10.1080/10543400701329422), its interval that of Zou 2013
    (doi:10.1177/0962280211402548).
    """
    from scipy import stats

    difference = second - first
    names, place = np.unique(who, return_inverse=True)
    sizes = np.bincount(place).astype(float)
    n, total = len(names), len(difference)
    means = np.bincount(place, difference) / sizes
    between = float(means.var(ddof=1))
    within = float(((difference - means[place]) ** 2).sum()) / (total - n)
    share = 1 - float((1 / sizes).mean())
    variance = between + share * within
    parts = ((between, n - 1, 1.0), (within, total - n, share))

    def end(q: float) -> float:
        moved = sum((k * s2 * (1 - df / float(stats.chi2.ppf(q, df)))) ** 2 for s2, df, k in parts)
        return variance - math.copysign(math.sqrt(moved), q - 0.5)

    least, most = max(0.0, end(0.975)), end(0.025)
    mean = float(means.mean())
    error2 = between / n
    reach = _Z * math.sqrt(variance)
    near = math.hypot(_Z * math.sqrt(error2), reach - _Z * math.sqrt(least))
    far = math.hypot(_Z * math.sqrt(error2), _Z * math.sqrt(most) - reach)
    return Limits(
        t_line("Mean difference", mean, math.sqrt(error2), n - 1),
        Line("Lower limit of agreement", mean - reach, mean - reach - far, mean - reach + near),
        Line("Upper limit of agreement", mean + reach, mean + reach - near, mean + reach + far),
        *_trends(
            np.bincount(place, first) / sizes,
            np.bincount(place, second) / sizes,
        ),
    )


def agreement(
    table: pd.DataFrame | str | Path, first: str = "", second: str = "", *, participant: str = ""
) -> Trial:
    """Return how far two measurements of the same thing are apart, and whether that has a trend.

    Parameters
    ----------
    table : DataFrame or path of a table
        One row a pair of measurements.
    first, second : str
        Columns of the two methods, raters or sessions; if empty, the only other columns of numbers.
    participant : str
        Column that says who, where people have several pairs.

    Raises
    ------
    DataError
        A column is missing, or there are fewer than three pairs (people).

    Notes
    -----
    Bland & Altman 1986, doi:10.1016/S0140-6736(86)90837-8.
    """
    measured = {"first": first, "second": second}
    found = given("agreement", table, roles={"participant": participant}, measured=measured)
    first, second = found.name("first"), found.name("second")
    one, two = found.number("first"), found.number("second")
    who = found.data["participant"].to_numpy() if participant else np.arange(len(one))
    people = len(set(who))
    if people < 3:
        raise found.refusal(f"{people} pairs of measurements; three are needed.")
    if np.ptp(two - one) == 0:
        raise found.refusal(f"{second} minus {first} is the same in every row.")
    several = people < len(one)
    limits = _repeated(one, two, who) if several else limits_of_agreement(one, two)
    named = limits.bias._replace(question=f"{second} minus {first}, mean difference")
    return trial(
        "agreement",
        table,
        found,
        [named, *limits[1:]],
        verb="agreement",
        arguments=found.arguments(),
        value=f"{second} and {first}",
        model=f"{second} - {first} ~ 1" + (f" + (1 | {participant})" if several else ""),
        points={"who": who.astype(str), "x": (one + two) / 2, "y": two - one, "series": ""},
        axes=(f"Mean of {first} and {second}", f"{second} minus {first}"),
        n=people,
        of="participants" if participant else "pairs",
        warnings=_warned(limits),
        notes=["Between the limits are 95 % of differences, if they are normal."],
        cites=("bland1986", "carkeet2015"),
    )


def _warned(limits: Limits) -> list[str]:
    found = []
    if limits.trend.p_value < 0.05:
        found.append(
            "Proportional bias: the difference changes with the mean "
            f"({p_equals(limits.trend.p_value)}), so that one mean difference "
            "and one pair of limits do not hold everywhere. (It also changes where one of the two "
            "scatters more.) Try logarithms."
        )
    if limits.spread.p_value < 0.05:
        found.append(
            f"Differences grow or shrink with the mean ({p_equals(limits.spread.p_value)}): limits "
            "are too wide at one end and too narrow at the other. Try logarithms."
        )
    return found
