"""Several tests at once: p-values and intervals that hold for all of them together.

Holm S (1979), Scandinavian Journal of Statistics 6:65-70. Benjamini Y, Hochberg Y (1995),
doi:10.1111/j.2517-6161.1995.tb02031.x. Fixed sequences: Maurer W, Hothorn LA, Lehmacher W (1995).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from renshaw.core.tails import t_isf
from renshaw.data.arrays import FloatArray

# How several quantities, or several questions, share one error rate.
ACROSS = ("none", "holm", "bonferroni", "fdr", "hierarchy")
WORDS = {
    "holm": "Holm",
    "bonferroni": "Bonferroni",
    "tukey": "Tukey",
    "fdr": "false discovery rate",
    "hierarchy": "fixed sequence",
}


def adjusted(p: Sequence[float], correction: str) -> list[float]:
    """Return p-values corrected for their number.

    Parameters
    ----------
    p : sequence of float
        In the order in which they are tested, which matters for ``hierarchy`` alone. NaN counts
        for nothing, and stays; in a hierarchy it stops those after it.
    correction : str
        ``holm``, ``bonferroni``, ``fdr`` (Benjamini & Hochberg) or ``hierarchy`` (a fixed
        sequence: each is tested only if all before it were found). Others leave them as they are.

    Examples
    --------
    >>> adjusted([0.01, 0.04, 0.03], "holm")
    [0.03, 0.06, 0.06]
    """
    values = np.asarray(p, dtype=float)
    if correction == "hierarchy":
        stopped = np.maximum.accumulate(np.where(np.isnan(values), 1.0, values))
        return [
            math.nan if math.isnan(v) else float(s) for v, s in zip(values, stopped, strict=True)
        ]
    known = ~np.isnan(values)
    found = values.copy()
    found[known] = _of_known(values[known], correction)
    return [float(v) for v in found]


def _of_known(values: FloatArray, correction: str) -> FloatArray:
    m = len(values)
    if correction == "bonferroni":
        return np.asarray(np.minimum(1.0, m * values))
    if correction not in ("holm", "fdr") or not m:
        return values
    order = np.argsort(values, kind="stable")
    rank = np.arange(m)
    if correction == "holm":
        stepped = np.maximum.accumulate(np.minimum(1.0, (m - rank) * values[order]))
    else:
        steps = np.minimum(1.0, m / (rank + 1) * values[order])
        stepped = np.minimum.accumulate(steps[::-1])[::-1]
    back = np.empty(m)
    back[order] = stepped
    return back


def error_rates(
    p: Sequence[float], p_adjusted: Sequence[float], correction: str, alpha: float
) -> list[float]:
    """Return the error rate of each test's interval, so that it agrees with the corrected p.

    An interval excludes no difference exactly where the corrected p is below ``alpha``. Of
    Bonferroni's and Holm's method all have ``alpha`` over their number, as in emmeans, but for
    those that Holm's method alone finds: they have the rate at which it tests them (Serlin 1993,
    Journal of Experimental Education 61:350-360). Of the false discovery rate they are those of
    Benjamini & Yekutieli (2005, doi:10.1198/016214504000001907). A fixed sequence tests each at
    ``alpha``, or not at all: its intervals are not corrected.

    Parameters
    ----------
    p, p_adjusted : sequence of float
        NaN counts for nothing.
    correction : str
        As of `adjusted`.
    alpha : float

    Examples
    --------
    >>> rates = error_rates([0.01, 0.04, 0.02], [0.03, 0.04, 0.04], "holm", 0.06)
    >>> [round(rate, 3) for rate in rates]
    [0.02, 0.06, 0.03]
    """
    known = sum(not math.isnan(each) for each in p)
    if correction == "fdr":
        found = sum(each < alpha for each in p_adjusted)
        return [alpha * max(1, found) / max(1, known)] * len(p)
    if correction not in ("holm", "bonferroni"):
        return [alpha] * len(p)
    least = alpha / max(1, known)
    return [
        alpha * each / corrected if corrected < alpha and each >= least else least
        for each, corrected in zip(p, p_adjusted, strict=True)
    ]


def p_of_range(t: float, levels: int, df: float) -> float:
    """Return Tukey's p-value of a pair among so many levels."""
    from scipy import stats

    return float(stats.studentized_range.sf(abs(t) * math.sqrt(2), levels, df))


def reach(error_rate: float, df: float) -> float:
    """Return by how many standard errors a two-sided interval reaches."""
    return float(t_isf(error_rate / 2, df))


def reach_of_range(confidence: float, levels: int, df: float) -> float:
    """Return the same of Tukey's intervals, for all pairs among so many levels."""
    from scipy import stats

    return float(stats.studentized_range.ppf(confidence, levels, df)) / math.sqrt(2)
