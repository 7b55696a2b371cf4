"""Means over the contractions of a recording, and how far they lie apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.data.averages import mean_of
from renshaw.data.bounds import Bound, of_sum, shown
from renshaw.data.estimates import Estimate, Estimates
from renshaw.data.reasons import NO_REASONS, Cause, Reason, Reasons
from renshaw.estimation.quantity import QUANTITIES

_OF_ALL = Cause("mean_of_contractions", "mean of {} contractions", name="mean of contractions")
_OF_SOME = Cause(
    "mean_of_some_contractions",
    "mean of {} of {} contractions",
    name="mean of some of the contractions",
)
_BOTH_WAYS = Cause(
    "bounds_both_ways", "in some contractions it is at least, in others at most as large"
)


def over_contractions(estimates: Estimates) -> Estimates:
    """Return estimates with one row where several contractions gave several: their mean.

    Only values that pass the rules go into a mean, and a remark says of how many contractions it
    is. Rows of recordings of one contraction stay as they are; what has no mean, as the time of
    recruitment, is left to the table of all estimates.

    Parameters
    ----------
    estimates : Estimates

    Examples
    --------
    >>> import renshaw as rs
    >>> row = rs.estimation.Estimate("rec", "peak_rate", 1, 0, 10.0, "pps", contraction=1)
    >>> other = rs.estimation.Estimate("rec", "peak_rate", 1, 0, 14.0, "pps", contraction=2)
    >>> mean = rs.estimation.over_contractions(rs.Estimates((row, other))).rows[0]
    >>> mean.value, mean.reason
    (12.0, 'mean of 2 contractions')
    """
    if not any(row.contraction for row in estimates.rows):
        return estimates
    return replace(estimates, rows=means_of(estimates.rows))


def means_of(rows: Iterable[Estimate]) -> tuple[Estimate, ...]:
    """Return rows as `over_contractions` does."""
    groups: dict[tuple[str, str, int, int], list[Estimate]] = {}
    kept: list[Estimate | tuple[str, str, int, int]] = []
    contractions: dict[str, set[int]] = {}
    for row in rows:
        if not row.contraction:
            kept.append(row)
            continue
        key = (row.recording, row.quantity, row.unit, row.control)
        if key not in groups:
            kept.append(key)
        groups.setdefault(key, []).append(row)
        contractions.setdefault(row.recording, set()).add(row.contraction)
    return tuple(
        each if isinstance(each, Estimate) else _mean(groups[each], len(contractions[each[0]]))
        for each in kept
        if isinstance(each, Estimate) or len(contractions[each[0]]) == 1 or _averaged(each[1])
    )


def _averaged(quantity: str) -> bool:
    return quantity not in QUANTITIES or QUANTITIES[quantity].averaged


def _mean(rows: Sequence[Estimate], contractions: int) -> Estimate:
    first = rows[0]
    if contractions == 1:
        return first._replace(contraction=0)
    good = [row for row in rows if row.ok and np.isfinite(row.value)]
    if not good:
        value = _average(rows)
        return first._replace(value=value, ok=False, reasons=_against(rows), contraction=0)
    of = _OF_ALL(contractions)
    if len(good) < contractions:
        of = _OF_SOME(len(good), contractions)
    bound, ways = _bound(good)
    return first._replace(
        value=_average(good),
        ok=not ways,
        reasons=ways + of + _remarks(good),
        contraction=0,
        bound=bound,
        units=good[0].units,
    )


def _average(rows: Sequence[Estimate]) -> float:
    values = np.array([row.value for row in rows if np.isfinite(row.value)])
    return float(values.mean()) if len(values) else float("nan")


def _bound(rows: Sequence[Estimate]) -> tuple[Bound, Reasons]:
    """Return how a mean bounds: as its values do, and not at all where they differ."""
    bounds = {row.bound for row in rows} - {"exact"}
    if len(bounds) > 1:
        return "exact", _BOTH_WAYS()
    return next(iter(bounds), "exact"), NO_REASONS


def _against(rows: Sequence[Estimate]) -> Reasons:
    """Return every reason once, with the first contraction that it holds of."""
    told: dict[str, Reason] = {}
    for row in rows:
        for code, words, gist in row.reasons:
            said = f"contraction {row.contraction}: {words}"
            told.setdefault(code or gist or words, Reason(code, said, gist or words))
    return Reasons(told.values())


def _remarks(rows: Sequence[Estimate]) -> Reasons:
    """Return what is remarked of values that pass, in the words of the first of each."""
    told = {reason.code or reason.general: reason for row in rows for reason in row.reasons}
    return Reasons(told.values())


@dataclass(frozen=True, eq=False)
class Spread:
    """A quantity contraction by contraction.

    Parameters
    ----------
    quantity, units : str
    contractions : tuple of int
    values : array, shape (contractions,)
        Of the recording, or means over the units (or pairs) that pass the rules; NaN without any.
    counts : tuple of int
        Values that each of them is the mean of.
    words : tuple of str
        The values as people read them, each with its sign where it is a bound.
    bound : {"exact", "at least", "at most"} or None
        What their mean is; None where nobody can tell.
    """

    quantity: str
    units: str
    contractions: tuple[int, ...]
    values: FloatArray
    counts: tuple[int, ...]
    words: tuple[str, ...]
    bound: Bound | None = "exact"

    @property
    def bounded(self) -> bool:
        """Whether any of them is a bound."""
        return self.bound != "exact"

    @property
    def mean_words(self) -> str:
        """The mean as people read it; – where nothing is known of it."""
        return "–" if self.bound is None else shown(self.mean, self.bound)

    @property
    def mean(self) -> float:
        """Mean of those contractions that have a value."""
        return float(np.nanmean(self.values)) if np.isfinite(self.values).any() else float("nan")

    @property
    def sd(self) -> float:
        """Standard deviation between contractions; NaN of bounds, or with fewer than two values."""
        known = self.values[np.isfinite(self.values)]
        return float(known.std(ddof=1)) if len(known) > 1 and not self.bounded else float("nan")


def spread_over(estimates: Estimates, quantity: str) -> Spread | None:
    """Return a quantity of one recording contraction by contraction; None of but one.

    Parameters
    ----------
    estimates : Estimates
        Of one recording.
    quantity : str
    """
    numbers = tuple(dict.fromkeys(row.contraction for row in estimates.rows if row.contraction))
    rows = [row for row in estimates.rows if row.quantity == quantity and row.contraction]
    if not rows:
        return None
    means = [mean_of(row for row in rows if row.contraction == number) for number in numbers]
    units = next((row.units for row in rows if row.ok), rows[0].units)
    return Spread(
        quantity,
        units,
        numbers,
        np.array([mean.value for mean in means]),
        tuple(mean.n for mean in means),
        tuple(mean.words() for mean in means),
        of_sum(mean.bound for mean in means if np.isfinite(mean.value)),
    )
