"""Simulated studies: each is drawn from its variances and tested as `compare` will test it.

In balanced data the mixed model in which participants differ in their change gives the t-test of
participants' changes, to the digit; that is the test of every study here (of values after on those
before, where the baseline is a covariate).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from renshaw.core.seeds import stream
from renshaw.core.tails import t_isf
from renshaw.data.arrays import FloatArray
from renshaw.statistics.planning.diary_moments import moments_of_studies
from renshaw.statistics.planning.orders import williams
from renshaw.statistics.planning.plan_settings import (
    ANCOVA,
    CLUSTER,
    CROSSOVER,
    N_OF_1,
    PAIRED,
    SPASMS,
    PlanSettings,
)

BoolArray = NDArray[np.bool_]
_AT_ONCE = 2_000_000
# Above so many, means of participants that differ are as normal as those of participants that
# don't: sums are drawn.
_MANY = 100


class Studies(NamedTuple):
    """What simulated studies found, where the mean true change is 0 (or the given ratio).

    Parameters
    ----------
    estimate : array, shape (simulations, comparisons)
        What each treatment does, compared with the control.
    variance : array, shape (simulations,)
        The residual variance; infinite in a study that lost too many participants to be tested.
    factors : array, shape (simulations or 1, comparisons, comparisons)
        The covariance of the estimates, as a multiple of that variance.
    df : array, shape (simulations,)
        Degrees of freedom of the tests.
    gain : float
        By how much estimates move with the true change.
    """

    estimate: FloatArray
    variance: FloatArray
    factors: FloatArray
    df: FloatArray
    gain: float = 1.0

    @property
    def error(self) -> FloatArray:
        """Standard errors of the estimates, (simulations, comparisons)."""
        own = np.diagonal(self.factors, axis1=1, axis2=2)
        return np.asarray(np.sqrt(self.variance[:, None] * own))

    def critical(self, alpha: float) -> FloatArray:
        """Return by how many standard errors an estimate must be off, (simulations, 1)."""
        kinds, place = np.unique(self.df, return_inverse=True)
        found = np.asarray(t_isf(alpha / 2, np.maximum(kinds, 1.0)))
        return found[place][:, None]

    def reach(self, alpha: float) -> FloatArray:
        """Return how far from 0 an estimate must be to be significant, as one test."""
        return np.asarray(self.critical(alpha) * self.error, dtype=float)


class Cell(NamedTuple):
    """One combination of sizes; participants are those of a group where groups are of one size."""

    participants: int
    units: int
    ramps: int


def needs_participants(settings: PlanSettings) -> bool:
    """Whether every participant is drawn where they are few: they differ in how sure they are."""
    uneven = settings.units_vary and settings.of_units
    lost = settings.design == CLUSTER and settings.dropout > 0
    return settings.outcome == SPASMS or uneven or lost


def studies(
    settings: PlanSettings, cell: Cell, seed: int, *, ratio: float = 1.0, assured: bool = False
) -> Studies:
    """Return simulated studies of one size, where the mean true change is 0.

    Parameters
    ----------
    settings : PlanSettings
    cell : Cell
    seed : int
        Each cell has a stream of its own, so that adding cells changes none.
    ratio : float
        True ratio of spasms, which can't be added afterwards.
    assured : bool
        Draw the spread and the mean of the true change for each study, as they are not known for
        sure.
    """
    rng = stream(seed, settings.outcome, settings.design, *cell)
    count = settings.simulations
    spread = _spreads(settings, rng, assured)
    shift = settings.effect_se * rng.standard_normal(count) if assured else np.zeros(count)
    sizes = settings.sizes(cell.participants)
    many = max(sizes) > _MANY
    if many and settings.outcome == SPASMS:
        return _many_diaries(settings, cell, rng, spread, math.log(ratio) + shift)
    if many or not needs_participants(settings):
        return _moved(settings, _summarized(settings, cell, rng, spread), shift)
    size = max(1, _AT_ONCE // (len(sizes) * max(sizes)))
    parts = []
    for start in range(0, count, size):
        mine = slice(start, min(count, start + size))
        parts.append(_drawn(settings, cell, rng, spread[mine], shift[mine], ratio))
    estimate, variance, factors, df = (
        np.concatenate([each[n] for each in parts]) for n in range(4)
    )
    return Studies(estimate, variance, factors, df, parts[0].gain)


def _moved(settings: PlanSettings, found: Studies, shift: FloatArray) -> Studies:
    """Return studies whose true mean change is not known for sure."""
    moved = found.gain * shift[:, None] * np.array(settings.weights)
    return found._replace(estimate=found.estimate + moved)


def _spreads(settings: PlanSettings, rng: np.random.Generator, assured: bool) -> FloatArray:
    """Return the spread of the true change of each study."""
    known = settings.value("ratio_sd_log" if settings.outcome == SPASMS else "effect_sd")
    spread = np.full(settings.simulations, float(known))
    if assured and settings.spread_from is not None:
        # As a variance that was estimated from so many people leaves it.
        df = settings.spread_from - 1
        spread = spread * np.sqrt(df / rng.chisquare(df, settings.simulations))
    return spread


def gain(settings: PlanSettings) -> float:
    """Return how much of the true change the estimate of a design shows."""
    # What participants keep from one treatment under the next is missing from their difference:
    # of a Williams design one k-th, as the last period carries nothing over.
    kept = settings.carry_over / settings.treatments
    return 1.0 - kept if settings.design == CROSSOVER else 1.0


def error_variance(settings: PlanSettings, cell: Cell, units: FloatArray | float) -> FloatArray:
    """Return the variance of a change that is no true change: units' and ramps' own."""
    units = np.asarray(units, dtype=float)
    found: FloatArray = 2 * settings.value("residual_sd") ** 2 / (units * cell.ramps)
    if settings.of_units and not settings.tracked:
        found = found + 2 * settings.value("unit_sd") ** 2 / units
    return found


def _baseline(
    settings: PlanSettings, cell: Cell, units: FloatArray | float
) -> tuple[FloatArray, ...]:
    """Return the variance of a value before, and its covariance with the value after."""
    units = np.asarray(units, dtype=float)
    own = settings.value("unit_sd") ** 2 / units if settings.of_units else 0.0 * units
    person = settings.value("participant_sd") ** 2
    noise = settings.value("residual_sd") ** 2 / (units * cell.ramps)
    return person + own + noise, person + (own if settings.tracked else 0.0 * own)


def _summarized(
    settings: PlanSettings, cell: Cell, rng: np.random.Generator, spread: FloatArray
) -> Studies:
    """Draw means and sums of squares as what they are, normal and chi-squared.

    That is the same as drawing every participant, and a thousand times faster. Where numbers of
    units or of a cluster's participants vary, it is so of many participants.
    """
    count = settings.simulations
    noise = float(error_variance(settings, cell, _equal_units(settings, cell)))
    variance = spread**2 + noise
    if settings.design == PAIRED:
        left = _left(settings, rng, cell.participants, settings.dropout)
        return _one_mean(
            np.sqrt(variance / np.maximum(left, 1)) * rng.standard_normal(count),
            variance * _chi2(rng, left - 1),
            left,
        )
    if settings.design == ANCOVA:
        return _summarized_ancova(settings, cell, rng, spread)
    if settings.design == N_OF_1:
        return _series(settings, cell, rng, spread, noise)
    if settings.design == CROSSOVER and settings.treatments > 2:
        return _several_periods(settings, cell, rng, variance / 2)
    sizes = settings.sizes(cell.participants)
    variances, lost = [variance] * len(sizes), settings.dropout
    if settings.design == CROSSOVER:
        variances[0] = (spread * (1 - settings.carry_over)) ** 2 + noise
    elif settings.design == CLUSTER:
        size = int(settings.cluster_size or 1)
        sizes = tuple(n // size for n in sizes)
        lost, inverse = _cluster_losses(size, settings.dropout)
        variances = [settings.value("cluster_sd") ** 2 + variance * inverse] * len(sizes)
    lefts = [_left(settings, rng, n, lost) for n in sizes]
    means = [
        np.sqrt(v / np.maximum(k, 1)) * rng.standard_normal(count)
        for v, k in zip(variances, lefts, strict=True)
    ]
    squares = sum(v * _chi2(rng, k - 1) for v, k in zip(variances, lefts, strict=True))
    return _compared(settings, means, np.asarray(squares), lefts)


def _series(
    settings: PlanSettings,
    cell: Cell,
    rng: np.random.Generator,
    spread: FloatArray,
    noise: float,
) -> Studies:
    """Draw pairs of periods: of one person, or of a series (`difference ~ 1 + (1 | participant)`).

    Where people do not differ more than their pairs do, their variance is estimated as 0, and all
    pairs give the standard error; degrees of freedom are those of people all the same.
    """
    pairs = settings.pairs
    if cell.participants == 1:
        left = np.full(settings.simulations, float(pairs))
        # What is asked is this person's own true change.
        mean = math.sqrt(noise / pairs) * rng.standard_normal(settings.simulations)
        return _one_mean(mean, noise * _chi2(rng, left - 1), left)
    left = _left(settings, rng, cell.participants, settings.dropout)
    own = noise + pairs * spread**2
    mean = np.sqrt(own / pairs / np.maximum(left, 1)) * rng.standard_normal(len(left))
    between, within = own * _chi2(rng, left - 1), noise * _chi2(rng, left * (pairs - 1))
    of_people = between / np.maximum(left - 1, 1)
    of_pairs = within / np.maximum(left * (pairs - 1), 1)
    alike = (pairs > 1) & (of_people < of_pairs)
    whole = (between + within) / np.maximum(left * pairs - 1, 1)
    variance = np.where(alike, whole, of_people) / pairs
    return _tested(mean[:, None], variance, 1 / np.maximum(left, 1), left - 1, left > 1)


def _several_periods(
    settings: PlanSettings, cell: Cell, rng: np.random.Generator, variance: FloatArray
) -> Studies:
    """Draw a crossover of several treatments, by the variance of one person's mean under one.

    Adjusted for people and periods, the information on treatments is ``n P - M' P M / n``, with n
    people, P the centering matrix, and M the numbers of people who have a treatment in a period.
    """
    k, count = settings.treatments, settings.simulations
    orders = np.array([np.eye(k)[list(order)] for order in williams(k)])
    sizes = settings.sizes(cell.participants)
    if settings.dropout:
        left = np.stack([_left(settings, rng, n, settings.dropout) for n in sizes], axis=1)
    else:
        left = np.array([sizes], dtype=float)
    people = left.sum(axis=1)
    center = np.eye(k) - 1 / k
    had = center @ np.einsum("so,opt->spt", left, orders)
    n = np.maximum(people, 1)[:, None, None]
    information = n * center - had.transpose(0, 2, 1) @ had / n
    fine = (people > 2) & (np.linalg.matrix_rank(information, tol=1e-8) == k - 1)
    information[~fine] = center
    versus = np.concatenate([np.eye(k - 1), -np.ones((k - 1, 1))], axis=1)
    factors = versus @ np.linalg.pinv(information) @ versus.T
    drawn = rng.standard_normal((count, k - 1, 1))
    estimate = np.sqrt(variance)[:, None] * (np.linalg.cholesky(factors) @ drawn)[:, :, 0]
    df = np.broadcast_to((people - 2) * (k - 1), count)
    residual = variance * _chi2(rng, df) / np.maximum(df, 1)
    fewest = np.broadcast_to(np.minimum(people - 1, (people - 2) * (k - 1)), count)
    return Studies(
        estimate,
        np.where(np.broadcast_to(fine, count), residual, np.inf),
        factors,
        np.asarray(fewest, dtype=float),
        gain(settings),
    )


def _left(settings: PlanSettings, rng: np.random.Generator, n: int, lost: float) -> FloatArray:
    """Return how many of n are not lost, in each study."""
    if lost == 0:
        return np.full(settings.simulations, float(n))
    return rng.binomial(n, 1 - lost, settings.simulations).astype(float)


def _equal_units(settings: PlanSettings, cell: Cell) -> float:
    """Return the units that give the mean variance, if all participants had as many."""
    if not (settings.units_vary and settings.of_units):
        return float(cell.units)
    from scipy.stats import poisson

    counts = np.arange(1, cell.units + 20 + 12 * math.ceil(math.sqrt(cell.units)))
    shares = poisson.pmf(counts, cell.units)
    shares[0] += poisson.pmf(0, cell.units)
    return 1 / float((shares / counts).sum())


def _cluster_losses(size: int, dropout: float) -> tuple[float, float]:
    """Return the share of clusters with nobody left, and the mean of 1 / those left elsewhere."""
    if not dropout:
        return 0.0, 1 / size
    from scipy.stats import binom

    counts = np.arange(1, size + 1)
    shares = binom.pmf(counts, size, 1 - dropout)
    return dropout**size, float((shares / counts).sum() / shares.sum())


def _many_diaries(
    settings: PlanSettings,
    cell: Cell,
    rng: np.random.Generator,
    spread: FloatArray,
    log_ratio: FloatArray,
) -> Studies:
    """Return studies of so many diaries that means are normal."""
    means, squares, lefts = [], [], []
    for size, weight, carry_over in _of_groups(settings, cell):
        logs = weight * log_ratio
        mean, variance = moments_of_studies(settings, cell.ramps, logs, spread, carry_over)
        left = _left(settings, rng, size, settings.dropout)
        error = np.sqrt(variance / np.maximum(left, 1))
        means.append(mean + error * rng.standard_normal(len(mean)))
        squares.append(variance * _chi2(rng, left - 1))
        lefts.append(left)
    return _compared(settings, means, np.sum(squares, axis=0), lefts)


def _of_groups(settings: PlanSettings, cell: Cell) -> list[tuple[int, float, float]]:
    """Return size, share of the effect and share that is carried over, of each group or order."""
    sizes = settings.sizes(cell.participants)
    if settings.design == CROSSOVER:
        return [(sizes[0], 1.0, settings.carry_over), (sizes[1], 1.0, 0.0)]
    weights = (1.0,) if settings.design == PAIRED else (*settings.weights, 0.0)
    return [(n, weight, 0.0) for n, weight in zip(sizes, weights, strict=True)]


def _chi2(rng: np.random.Generator, df: FloatArray) -> FloatArray:
    found: FloatArray = np.where(df > 0, rng.chisquare(np.maximum(df, 1)), 0.0)
    return found


def _summarized_ancova(
    settings: PlanSettings, cell: Cell, rng: np.random.Generator, spread: FloatArray
) -> Studies:
    """Values after are normal around a line on those before; the line's own error is drawn too."""
    before, both = _baseline(settings, cell, _equal_units(settings, cell))
    rest = np.maximum(before + spread**2 - both**2 / before, 0.0)
    sizes, count = settings.sizes(cell.participants), settings.simulations
    lefts = np.stack([_left(settings, rng, n, settings.dropout) for n in sizes], axis=1)
    inverse = np.sqrt(1 / np.maximum(lefts, 1))
    x = math.sqrt(before) * inverse * rng.standard_normal((count, len(sizes)))
    xx = before * _chi2(rng, lefts.sum(axis=1) - len(sizes))
    df = lefts.sum(axis=1) - len(sizes) - 1
    # Groups' own residuals, and the slope's.
    y = inverse * rng.standard_normal((count, len(sizes)))
    slope = rng.standard_normal(count) / np.sqrt(np.where(xx > 0, xx, np.inf))
    moved = y - slope[:, None] * x
    estimate = np.sqrt(rest)[:, None] * (moved[:, :-1] - moved[:, -1:])
    return _adjusted(estimate, rest * _chi2(rng, df) / np.maximum(df, 1), x, xx, lefts)


def _adjusted(
    estimate: FloatArray, variance: FloatArray, x: FloatArray, xx: FloatArray, left: FloatArray
) -> Studies:
    """Return comparisons of groups that are adjusted for their values before.

    Parameters
    ----------
    estimate : array (studies, comparisons)
    variance : array (studies,)
        About the line.
    x, left : array (studies, groups)
        Groups' means before, and their participants.
    xx : array (studies,)
        Sum of squares of values before, within groups.
    """
    apart = x[:, :-1] - x[:, -1:]
    squares = np.where(xx > 0, xx, np.inf)[:, None, None]
    factors = _shares(left) + apart[:, :, None] * apart[:, None, :] / squares
    df = left.sum(axis=1) - left.shape[1] - 1
    return _tested(estimate, variance, factors, df, np.all(left > 0, axis=1))


def _shares(left: FloatArray) -> FloatArray:
    """Return the covariance of groups' means minus the last one's, for a variance of 1."""
    each = 1 / np.maximum(left, 1)
    return np.asarray(each[:, :-1, None] * np.eye(left.shape[1] - 1) + each[:, -1, None, None])


def _tested(
    estimate: FloatArray,
    variance: FloatArray,
    factors: FloatArray,
    df: FloatArray,
    fine: BoolArray | np.bool_,
    gain: float = 1.0,
) -> Studies:
    """Return studies, of which those that can't be tested find nothing."""
    variance = np.where(fine & (df > 0), variance, np.inf)
    if factors.ndim == 1:
        factors = factors[:, None, None]
    return Studies(estimate, variance, factors, df, gain)


def _one_mean(mean: FloatArray, squares: FloatArray, k: FloatArray) -> Studies:
    variance = squares / np.maximum(k - 1, 1)
    return _tested(mean[:, None], variance, 1 / np.maximum(k, 1), k - 1, k > 1)


def _compared(
    settings: PlanSettings,
    means: Sequence[FloatArray],
    squares: FloatArray,
    lefts: Sequence[FloatArray],
) -> Studies:
    """Return groups' changes compared with the last one's; of a crossover, its orders' mean."""
    if settings.design == PAIRED:
        return _one_mean(means[0], squares, lefts[0])
    left = np.stack(lefts, axis=1)
    df = left.sum(axis=1) - len(lefts)
    variance, fine = squares / np.maximum(df, 1), np.all(left > 0, axis=1)
    if settings.design == CROSSOVER:
        # An order's mean difference between treatments has its share of the period's effect, with
        # opposite signs: their mean has none.
        estimate = (means[0] + means[1])[:, None] / 2
        return _tested(estimate, variance, _shares(left) / 4, df, fine, gain(settings))
    estimate = np.stack([each - means[-1] for each in means[:-1]], axis=1)
    return _tested(estimate, variance, _shares(left), df, fine)


def _drawn(
    settings: PlanSettings,
    cell: Cell,
    rng: np.random.Generator,
    spread: FloatArray,
    shift: FloatArray,
    ratio: float,
) -> Studies:
    """Draw every participant, and test each study by its participants' changes."""
    groups = _of_groups(settings, cell)
    sizes = [size for size, _, _ in groups]
    shape = (len(spread), len(sizes), max(sizes))
    there = np.arange(max(sizes)) < np.array(sizes)[:, None]
    present = np.broadcast_to(there, shape)
    if settings.dropout:
        present = present & (rng.random(shape) >= settings.dropout)
    own = spread[:, None, None] * rng.standard_normal(shape)
    if settings.outcome == SPASMS:
        weights = np.array([weight for _, weight, _ in groups])[:, None]
        own = own + weights * (shift[:, None, None] + math.log(ratio))
        before, after = _diaries(settings, rng, own, cell.ramps)
    else:
        before, after = _values(settings, cell, rng, own)
    if settings.design == ANCOVA:
        return _moved(settings, _ancova(before, after, present), shift)
    change = after - before
    if settings.design == CLUSTER:
        change, present = _by_cluster(settings, rng, change, present)
    left = present.sum(axis=2).astype(float)
    mean = np.where(present, change, 0.0).sum(axis=2) / np.maximum(left, 1)
    squares = (np.where(present, change - mean[:, :, None], 0.0) ** 2).sum(axis=2)
    found = _compared(settings, list(mean.T), squares.sum(axis=1), list(left.T))
    return found if settings.outcome == SPASMS else _moved(settings, found, shift)


def _values(
    settings: PlanSettings, cell: Cell, rng: np.random.Generator, own: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return participants' means before and after (without and with treatment, in a crossover)."""
    shape = own.shape
    units: FloatArray = np.full(shape, float(cell.units))
    if settings.units_vary and settings.of_units:
        units = np.maximum(1, rng.poisson(cell.units, size=shape)).astype(float)
    # Half of a change's error is that of the value before.
    half = np.sqrt(error_variance(settings, cell, units) / 2)
    before, after = half * rng.standard_normal(shape), half * rng.standard_normal(shape)
    if settings.design == ANCOVA:
        stable = np.full(shape, settings.value("participant_sd") ** 2)
        if settings.of_units and settings.tracked:
            stable = stable + settings.value("unit_sd") ** 2 / units
        same = np.sqrt(stable) * rng.standard_normal(shape)
        before, after = before + same, after + same
    if settings.carry_over:
        before[:, 0] += settings.carry_over * own[:, 0]
    return before, after + own


def _diaries(
    settings: PlanSettings, rng: np.random.Generator, own: FloatArray, days: int
) -> tuple[FloatArray, FloatArray]:
    """Return logarithms of each participant's mean daily count, before and after."""
    rate = settings.value("spasms_per_day") * np.exp(
        settings.value("rate_sd_log") * rng.standard_normal(own.shape)
    )
    before, after = rate, rate * np.exp(own)
    if settings.carry_over:
        before = before.copy()
        before[:, 0] *= np.exp(settings.carry_over * own[:, 0])
    logs = [
        np.log(_counted(settings, rng, each, days) / days + 0.5 / days) for each in (before, after)
    ]
    return logs[0], logs[1]


def _counted(
    settings: PlanSettings, rng: np.random.Generator, rate: FloatArray, days: int
) -> FloatArray:
    """Return counts of some days; where they are overdispersed, daily rates are gamma."""
    mean = rate * days
    if dispersion := settings.value("dispersion"):
        shape = days / dispersion
        mean = mean * rng.gamma(shape, 1 / shape, size=rate.shape)
    return rng.poisson(np.minimum(mean, 1e12)).astype(float)


def _by_cluster(
    settings: PlanSettings, rng: np.random.Generator, change: FloatArray, present: BoolArray
) -> tuple[FloatArray, BoolArray]:
    """Return the mean change of each cluster, and which clusters have anybody left."""
    size = int(settings.cluster_size or 1)
    split = (*change.shape[:2], -1, size)
    here = present.reshape(split)
    left = here.sum(axis=3)
    means = np.where(here, change.reshape(split), 0.0).sum(axis=3) / np.maximum(left, 1)
    means = means + settings.value("cluster_sd") * rng.standard_normal(means.shape)
    return means, left > 0


def _ancova(before: FloatArray, after: FloatArray, present: BoolArray) -> Studies:
    """Return the differences of groups after, adjusted for values before."""
    left = present.sum(axis=2).astype(float)
    x, y = (np.where(present, v, 0.0).sum(axis=2) / np.maximum(left, 1) for v in (before, after))
    dx = np.where(present, before - x[:, :, None], 0.0)
    dy = np.where(present, after - y[:, :, None], 0.0)
    xx, xy, yy = ((a * b).sum(axis=(1, 2)) for a, b in ((dx, dx), (dx, dy), (dy, dy)))
    slope = xy / np.where(xx > 0, xx, np.inf)
    df = left.sum(axis=1) - left.shape[1] - 1
    variance = np.maximum(yy - slope * xy, 0.0) / np.maximum(df, 1)
    moved = y - slope[:, None] * x
    return _adjusted(moved[:, :-1] - moved[:, -1:], variance, x, xx, left)
