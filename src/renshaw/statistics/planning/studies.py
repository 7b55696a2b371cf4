"""Simulated studies: each is drawn from its variances and tested as `compare` will test it.

In balanced data the mixed model in which participants differ in their change gives the t-test of
participants' changes, to the digit; that is the test of every study here (of values after on those
before, where the baseline is a covariate).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from renshaw.core.seeds import stream
from renshaw.data.arrays import FloatArray
from renshaw.statistics.planning.diary_moments import moments_of_studies
from renshaw.statistics.planning.plan_settings import (
    ANCOVA,
    CLUSTER,
    CROSSOVER,
    PAIRED,
    PARALLEL,
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
    estimate, error, df : array, shape (simulations,)
        The difference, its standard error and its degrees of freedom; a study that lost too many
        participants to be tested has an infinite error.
    gain : float
        By how much the estimate moves with the true change.
    """

    estimate: FloatArray
    error: FloatArray
    df: FloatArray
    gain: float = 1.0

    def reach(self, alpha: float) -> FloatArray:
        """Return how far from 0 an estimate must be to be significant."""
        from scipy import stats

        kinds, place = np.unique(self.df, return_inverse=True)
        critical = np.asarray(stats.t.isf(alpha / 2, np.maximum(kinds, 1.0)))
        return np.asarray(critical[place] * self.error, dtype=float)


class Cell(NamedTuple):
    """One combination of sizes; participants are those of a group where there are groups."""

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
    many = cell.participants > _MANY
    if many and settings.outcome == SPASMS:
        return _many_diaries(settings, cell, rng, spread, math.log(ratio) + shift)
    if many or not needs_participants(settings):
        found = _summarized(settings, cell, rng, spread)
        return found._replace(estimate=found.estimate + found.gain * shift)
    groups = 1 if settings.design == PAIRED else 2
    size = max(1, _AT_ONCE // (groups * cell.participants))
    parts = []
    for start in range(0, count, size):
        mine = slice(start, min(count, start + size))
        parts.append(_drawn(settings, cell, rng, spread[mine], shift[mine], ratio))
    return Studies(
        np.concatenate([each.estimate for each in parts]),
        np.concatenate([each.error for each in parts]),
        np.concatenate([each.df for each in parts]),
        parts[0].gain,
    )


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
    # What half of the participants keep from the treatment is missing from their difference.
    return 1.0 - settings.carry_over / 2 if settings.design == CROSSOVER else 1.0


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
    sizes, variances, lost = [cell.participants] * 2, [variance, variance], settings.dropout
    if settings.design == CROSSOVER:
        sizes = [-(-cell.participants // 2), cell.participants // 2]
        variances[0] = (spread * (1 - settings.carry_over)) ** 2 + noise
    elif settings.design == CLUSTER:
        size = int(settings.cluster_size or 1)
        sizes = [cell.participants // size] * 2
        lost, inverse = _cluster_losses(size, settings.dropout)
        variances = [settings.value("cluster_sd") ** 2 + variance * inverse] * 2
    lefts = [_left(settings, rng, n, lost) for n in sizes]
    means = [
        np.sqrt(v / np.maximum(k, 1)) * rng.standard_normal(count)
        for v, k in zip(variances, lefts, strict=True)
    ]
    squares = sum(v * _chi2(rng, k - 1) for v, k in zip(variances, lefts, strict=True))
    return _two_means(settings, means[0], means[1], np.asarray(squares), *lefts)


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
    n, carried = cell.participants, settings.carry_over
    groups = {
        PAIRED: [(n, log_ratio, 0.0)],
        CROSSOVER: [(-(-n // 2), log_ratio, carried), (n // 2, log_ratio, 0.0)],
    }.get(settings.design, [(n, log_ratio, 0.0), (n, np.zeros_like(log_ratio), 0.0)])
    means, squares, lefts = [], [], []
    for size, logs, carry_over in groups:
        mean, variance = moments_of_studies(settings, cell.ramps, logs, spread, carry_over)
        left = _left(settings, rng, size, settings.dropout)
        error = np.sqrt(variance / np.maximum(left, 1))
        means.append(mean + error * rng.standard_normal(len(mean)))
        squares.append(variance * _chi2(rng, left - 1))
        lefts.append(left)
    if settings.design == PAIRED:
        return _one_mean(means[0], squares[0], lefts[0])
    return _two_means(settings, means[0], means[1], squares[0] + squares[1], *lefts)


def _chi2(rng: np.random.Generator, df: FloatArray) -> FloatArray:
    found: FloatArray = np.where(df > 0, rng.chisquare(np.maximum(df, 1)), 0.0)
    return found


def _summarized_ancova(
    settings: PlanSettings, cell: Cell, rng: np.random.Generator, spread: FloatArray
) -> Studies:
    """Values after are normal around a line on those before; the line's own error is drawn too."""
    before, both = _baseline(settings, cell, _equal_units(settings, cell))
    rest = np.maximum(before + spread**2 - both**2 / before, 0.0)
    one, two = (_left(settings, rng, cell.participants, settings.dropout) for _ in range(2))
    share = 1 / np.maximum(one, 1) + 1 / np.maximum(two, 1)
    df = one + two - 3
    apart = np.sqrt(before * share) * rng.standard_normal(len(share))
    squares = before * _chi2(rng, one + two - 2)
    factor = share + apart**2 / np.where(squares > 0, squares, np.inf)
    sigma2 = rest * _chi2(rng, df) / np.maximum(df, 1)
    estimate = np.sqrt(rest * factor) * rng.standard_normal(len(share))
    fine = (one > 0) & (two > 0) & (df > 0)
    return Studies(estimate, np.where(fine, np.sqrt(sigma2 * factor), np.inf), df)


def _one_mean(mean: FloatArray, squares: FloatArray, k: FloatArray) -> Studies:
    fine = k > 1
    error = np.sqrt(squares / np.maximum(k - 1, 1) / np.maximum(k, 1))
    return Studies(mean, np.where(fine, error, np.inf), k - 1)


def _two_means(
    settings: PlanSettings,
    one: FloatArray,
    two: FloatArray,
    squares: FloatArray,
    k1: FloatArray,
    k2: FloatArray,
) -> Studies:
    """Return the difference of two groups' changes; of a crossover, the mean of its sequences."""
    df = k1 + k2 - 2
    fine = (k1 > 0) & (k2 > 0) & (df > 0)
    share = 1 / np.maximum(k1, 1) + 1 / np.maximum(k2, 1)
    error = np.sqrt(squares / np.maximum(df, 1) * share)
    if settings.design == CROSSOVER:
        # A sequence's mean difference between treatments has its share of the period's effect,
        # with opposite signs: their mean has none.
        estimate, error = (one + two) / 2, error / 2
    else:
        estimate = one - two
    return Studies(estimate, np.where(fine, error, np.inf), df, gain(settings))


def _drawn(
    settings: PlanSettings,
    cell: Cell,
    rng: np.random.Generator,
    spread: FloatArray,
    shift: FloatArray,
    ratio: float,
) -> Studies:
    """Draw every participant, and test each study by its participants' changes."""
    n = cell.participants
    sizes = {PAIRED: (n,), CROSSOVER: (-(-n // 2), n // 2)}.get(settings.design, (n, n))
    shape = (len(spread), len(sizes), max(sizes))
    there = np.arange(max(sizes)) < np.array(sizes)[:, None]
    present = np.broadcast_to(there, shape)
    if settings.dropout:
        present = present & (rng.random(shape) >= settings.dropout)
    own = spread[:, None, None] * rng.standard_normal(shape)
    if settings.outcome == SPASMS:
        treated = own if settings.design != PARALLEL else own[:, :1]
        treated += shift[:, None, None] + math.log(ratio)
        before, after = _diaries(settings, rng, own, cell.ramps)
    else:
        before, after = _values(settings, cell, rng, own)
    if settings.design == ANCOVA:
        found = _ancova(before, after, present)
        return found._replace(estimate=found.estimate + shift)
    change = after - before
    if settings.design == CLUSTER:
        change, present = _by_cluster(settings, rng, change, present)
    left = present.sum(axis=2).astype(float)
    mean = np.where(present, change, 0.0).sum(axis=2) / np.maximum(left, 1)
    squares = (np.where(present, change - mean[:, :, None], 0.0) ** 2).sum(axis=2)
    if settings.design == PAIRED:
        found = _one_mean(mean[:, 0], squares[:, 0], left[:, 0])
    else:
        found = _two_means(
            settings, mean[:, 0], mean[:, 1], squares.sum(axis=1), left[:, 0], left[:, 1]
        )
    if settings.outcome == SPASMS:
        return found
    return found._replace(estimate=found.estimate + found.gain * shift)


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
    """Return the difference between groups after, adjusted for values before."""
    left = present.sum(axis=2).astype(float)
    x, y = (np.where(present, v, 0.0).sum(axis=2) / np.maximum(left, 1) for v in (before, after))
    dx = np.where(present, before - x[:, :, None], 0.0)
    dy = np.where(present, after - y[:, :, None], 0.0)
    xx, xy, yy = ((a * b).sum(axis=(1, 2)) for a, b in ((dx, dx), (dx, dy), (dy, dy)))
    slope = xy / np.where(xx > 0, xx, np.inf)
    df = left.sum(axis=1) - 3
    sigma2 = np.maximum(yy - slope * xy, 0.0) / np.maximum(df, 1)
    apart = x[:, 0] - x[:, 1]
    factor = (1 / np.maximum(left, 1)).sum(axis=1) + apart**2 / np.where(xx > 0, xx, np.inf)
    fine = (left > 0).all(axis=1) & (df > 0)
    error = np.where(fine, np.sqrt(sigma2 * factor), np.inf)
    return Studies(y[:, 0] - y[:, 1] - slope * apart, error, df)
