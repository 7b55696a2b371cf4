"""What a target is held against: a number of a group, or between groups, with its 95 % interval.

People are the unit: every interval is over participants, by Student's t where the number is a mean
and by resampling people where it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from renshaw.core.seeds import stream

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]

_RESAMPLES = 400


@dataclass(frozen=True)
class Measured:
    """A number and its 95 % interval."""

    value: float
    ci_low: float
    ci_high: float


Measure = Callable[["pd.DataFrame"], Measured]


def _seen(table: pd.DataFrame) -> pd.Series[bool]:
    """Return which values pass the rules and are more than bounds, as published ones are."""
    return table.ok & (table.bound == "exact")


def person_means(table: pd.DataFrame, series: str, quantity: str) -> pd.Series[float]:
    """Return the mean of each participant over units and trials, by participant."""
    rows = table[(table.series == series) & (table.quantity == quantity) & _seen(table)]
    return rows.groupby("participant").value.mean().dropna()


def mean(series: str, quantity: str) -> Measure:
    """Measure the mean over participants."""
    return lambda table: _by_t(person_means(table, series, quantity).to_numpy())


def spread(series: str, quantity: str) -> Measure:
    """Measure the standard deviation between participants."""

    def measure(table: pd.DataFrame) -> Measured:
        values = person_means(table, series, quantity).to_numpy()
        return _resampled_rows(values[:, None], lambda v: float(np.std(v, ddof=1)))

    return measure


def mean_of_responders(series: str, quantity: str) -> Measure:
    """Measure the mean over those participants who respond."""
    return lambda table: _by_t(_of_responders(table, series, quantity))


def spread_of_responders(series: str, quantity: str) -> Measure:
    """Measure the standard deviation of those participants who respond."""

    def measure(table: pd.DataFrame) -> Measured:
        values = _of_responders(table, series, quantity)
        return _resampled_rows(values[:, None], lambda v: float(np.std(v, ddof=1)))

    return measure


def _of_responders(table: pd.DataFrame, series: str, quantity: str) -> FloatArray:
    responds = person_means(table, series, "responder") >= 0.5
    values = person_means(table, series, quantity)
    return np.asarray(values[responds.reindex(values.index, fill_value=False)], dtype=float)


def change(series: str, reference: str, quantity: str) -> Measure:
    """Measure the mean difference between two series of the same people."""

    def measure(table: pd.DataFrame) -> Measured:
        both = person_means(table, series, quantity) - person_means(table, reference, quantity)
        return _by_t(both.dropna().to_numpy())

    return measure


def share_left(series: str, reference: str, quantity: str) -> Measure:
    """Measure the mean in a series in % of that in another series of the same people."""

    def measure(table: pd.DataFrame) -> Measured:
        pairs = np.column_stack(_aligned(table, series, reference, quantity))
        return _resampled_rows(pairs, lambda p: float(100.0 * p[:, 0].mean() / p[:, 1].mean()))

    return measure


def contrast(series: str, reference: str, quantity: str) -> Measure:
    """Measure the difference between the means of two series of different people (Welch)."""

    def measure(table: pd.DataFrame) -> Measured:
        from scipy.stats import t

        one = person_means(table, series, quantity).to_numpy()
        other = person_means(table, reference, quantity).to_numpy()
        if min(len(one), len(other)) < 2:
            return _NOTHING
        a, b = one.var(ddof=1) / len(one), other.var(ddof=1) / len(other)
        value, error = float(one.mean() - other.mean()), float(np.sqrt(a + b))
        df = (a + b) ** 2 / (a**2 / (len(one) - 1) + b**2 / (len(other) - 1))
        half = float(t.ppf(0.975, df)) * error
        return Measured(value, value - half, value + half)

    return measure


def spread_between(series: str, quantity: str) -> Measure:
    """Measure the standard deviation of participants, freed of that of their units."""
    return lambda table: _resampled(table, series, quantity, lambda u: components(u)[0])


def spread_within(series: str, quantity: str) -> Measure:
    """Measure the standard deviation of units within a participant."""
    return lambda table: _resampled(table, series, quantity, lambda u: components(u)[1])


def icc(series: str, quantity: str) -> Measure:
    """Measure which share of the variance of units lies between participants."""

    def share(units: list[FloatArray]) -> float:
        between, within = components(units)
        return between**2 / (between**2 + within**2)

    return lambda table: _resampled(table, series, quantity, share)


def components(units: list[FloatArray]) -> tuple[float, float]:
    """Return the standard deviations between and within participants, by analysis of variance.

    Parameters
    ----------
    units : list of arrays
        Values of the units of each participant.
    """
    sizes = np.array([len(u) for u in units], dtype=float)
    total, k = sizes.sum(), len(units)
    grand = np.concatenate(units).mean()
    within = sum(float(np.sum((u - u.mean()) ** 2)) for u in units) / max(1.0, total - k)
    between = sum(len(u) * float((u.mean() - grand) ** 2) for u in units) / max(1, k - 1)
    usual = (total - np.sum(sizes**2) / total) / max(1, k - 1)
    return float(np.sqrt(max(0.0, between - within) / usual)), float(np.sqrt(within))


def retest_icc(first: str, second: str, quantity: str) -> Measure:
    """Measure ICC(2,1) of participants' means in two sessions (Shrout & Fleiss 1979)."""

    def measure(table: pd.DataFrame) -> Measured:
        pairs = np.column_stack(_aligned(table, first, second, quantity))
        return _resampled_rows(pairs, _icc_2_1)

    return measure


def typical_error(first: str, second: str, quantity: str) -> Measure:
    """Measure the typical error: the standard deviation of retest differences over sqrt 2."""

    def measure(table: pd.DataFrame) -> Measured:
        pairs = np.column_stack(_aligned(table, first, second, quantity))
        return _resampled_rows(pairs, lambda p: float(np.std(p[:, 1] - p[:, 0], ddof=1) / 2**0.5))

    return measure


def in_typical_errors(series: str, reference: str, retest: str, quantity: str) -> Measure:
    """Measure a change in units of the typical error of the quantity."""

    def measure(table: pd.DataFrame) -> Measured:
        effect = change(series, reference, quantity)(table)
        error = typical_error(reference, retest, quantity)(table).value
        return Measured(*(x / error for x in (effect.value, effect.ci_low, effect.ci_high)))

    return measure


def falls(series: Sequence[str], quantity: str) -> Measure:
    """Measure at how many steps from one series to the next a quantity reads lower.

    A step reads lower where the 95 % interval of people's differences lies below zero. A person
    whose later value is "at least" what was seen may have any more: she does not count as lower.
    Steps that fewer than three people are left for claim nothing.

    Parameters
    ----------
    series : sequence of str
        Of the same people, in the order in which the quantity should rise.
    quantity : str
    """

    def measure(table: pd.DataFrame) -> Measured:
        if not set(series) <= set(table.series):
            return _NOTHING
        rows = table[(table.quantity == quantity) & table.ok]
        parts = [rows[rows.series == name] for name in series]
        means = [part.groupby("participant").value.mean().dropna() for part in parts]
        more = [part.participant[part.bound == "at least"].unique() for part in parts]
        lower = 0
        for before, after, maybe_more in zip(means, means[1:], more[1:], strict=False):
            differences = (after.drop(maybe_more) - before).dropna().to_numpy()
            lower += len(differences) > 2 and _by_t(differences).ci_high < 0
        return Measured(float(lower), float(lower), float(lower))

    return measure


def share_of_units(series: str, quantity: str, of: str) -> Measure:
    """Measure for which share (%) of the units that have `of` the quantity is there."""

    def measure(table: pd.DataFrame) -> Measured:
        rows = table[(table.series == series) & _seen(table)]
        keys = ["participant", "trial"]
        there = rows[rows.quantity == quantity].groupby(keys).size()
        firing = rows[rows.quantity == of].groupby(keys).size()
        share = 100.0 * there.reindex(firing.index, fill_value=0) / firing
        return _by_t(share.groupby("participant").mean().to_numpy())

    return measure


def share_of_people(series: str, quantity: str) -> Measure:
    """Measure the share (%) of people in whom a yes-or-no quantity is yes (Wilson interval)."""

    def measure(table: pd.DataFrame) -> Measured:
        yes = person_means(table, series, quantity).to_numpy() >= 0.5
        if len(yes) == 0:
            return _NOTHING
        n, p, z = len(yes), float(np.mean(yes)), 1.96
        middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
        return Measured(100 * p, 100 * (middle - half), 100 * (middle + half))

    return measure


def power(
    series: str, reference: str, quantity: str, *, people: int, units: int, effect: float
) -> Measure:
    """Measure the share (%) of studies with p < .05 if the mean change were of a given size.

    Studies draw people, and units of each person, from those that are there; a unit counts that
    has the quantity in both series. People and units differ as they do here, only the mean change
    is moved to `effect`. The interval resamples the people that studies are drawn from.

    Parameters
    ----------
    series, reference : str
        Of the same people.
    quantity : str
    people, units : int
        In a study; units of each person.
    effect : float
        True mean change.
    """

    def measure(table: pd.DataFrame) -> Measured:
        changes = _unit_changes(table, series, reference, quantity)
        if len(changes) < 3:
            return _NOTHING
        chance = stream(0, "power", series)
        n = len(changes)

        def found(from_whom: NDArray[np.intp], studies: int) -> float:
            who = chance.choice(from_whom, (studies, people))
            # Centered on those whom studies are drawn from.
            shift = effect - float(np.mean([changes[i].mean() for i in from_whom]))
            means = np.empty(who.shape)
            for i in range(n):
                mine = who == i
                means[mine] = chance.choice(changes[i], (int(mine.sum()), units)).mean(axis=1)
            return _significant(means + shift)

        whole = found(np.arange(n), 2000)
        draws = [found(chance.integers(0, n, n), 200) for _ in range(_RESAMPLES)]
        low, high = np.percentile(draws, [2.5, 97.5])
        return Measured(whole, float(low), float(high))

    return measure


def _unit_changes(
    table: pd.DataFrame, series: str, reference: str, quantity: str
) -> list[FloatArray]:
    """Return the changes of the units of each participant who has any, each over trials."""
    rows = table[(table.quantity == quantity) & _seen(table)]
    keys = ["participant", "unit"]
    one, other = (
        rows[rows.series == name].groupby(keys).value.mean() for name in (series, reference)
    )
    both = (one - other).dropna()
    return [part.to_numpy(dtype=float) for _, part in both.groupby("participant")]


def _significant(studies: FloatArray) -> float:
    """Return for which share (%) of studies, one a row, a t-test of the changes has p < .05."""
    from scipy.stats import t

    n = studies.shape[1]
    error = studies.std(axis=1, ddof=1) / np.sqrt(n)
    return float(100.0 * np.mean(np.abs(studies.mean(axis=1)) > t.ppf(0.975, n - 1) * error))


def _aligned(
    table: pd.DataFrame, first: str, second: str, quantity: str
) -> tuple[FloatArray, FloatArray]:
    one, two = (person_means(table, name, quantity) for name in (first, second))
    both = one.index.intersection(two.index)
    return np.asarray(one[both], dtype=np.float64), np.asarray(two[both], dtype=np.float64)


def _icc_2_1(pairs: FloatArray) -> float:
    n, k = pairs.shape
    grand = pairs.mean()
    rows = k * np.sum((pairs.mean(axis=1) - grand) ** 2) / (n - 1)
    columns = n * np.sum((pairs.mean(axis=0) - grand) ** 2) / (k - 1)
    total = np.sum((pairs - grand) ** 2)
    rest = (total - rows * (n - 1) - columns * (k - 1)) / ((n - 1) * (k - 1))
    return float((rows - rest) / (rows + (k - 1) * rest + k * (columns - rest) / n))


_NOTHING = Measured(float("nan"), float("nan"), float("nan"))


def _by_t(given: ArrayLike) -> Measured:
    from scipy.stats import t

    values = np.asarray(given, dtype=float)
    if len(values) < 2:
        return _NOTHING
    value = float(values.mean())
    half = float(t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    return Measured(value, value - half, value + half)


def _resampled(
    table: pd.DataFrame, series: str, quantity: str, measure: Callable[[list[FloatArray]], float]
) -> Measured:
    """Measure of the units of a first trial, resampling people."""
    rows = table[(table.series == series) & (table.quantity == quantity) & _seen(table)]
    rows = rows[rows.trial == rows.trial.min()]
    units = [group.value.to_numpy() for _, group in rows.groupby("participant")]
    if len(units) < 3:
        return _NOTHING
    chance = stream(0, "resampled", series, quantity)
    draws = [
        measure([units[i] for i in chance.integers(0, len(units), len(units))])
        for _ in range(_RESAMPLES)
    ]
    low, high = np.nanpercentile(draws, [2.5, 97.5])
    return Measured(measure(units), float(low), float(high))


def _resampled_rows(given: ArrayLike, measure: Callable[[FloatArray], float]) -> Measured:
    rows = np.asarray(given, dtype=float)
    if len(rows) < 3:
        return _NOTHING
    chance = stream(0, "resampled rows")
    draws = [measure(rows[chance.integers(0, len(rows), len(rows))]) for _ in range(_RESAMPLES)]
    low, high = np.nanpercentile(draws, [2.5, 97.5])
    return Measured(measure(rows), float(low), float(high))
