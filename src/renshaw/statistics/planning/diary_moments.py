"""Mean and variance of a person's change in a diary, without drawing anybody."""

from __future__ import annotations

import math
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.statistics.planning.plan_settings import PlanSettings

# Up to this mean, Poisson counts are summed one by one; above it a series is exact to 1e-6.
_SUMMED = 200.0
_NODES = 24


class Diary(NamedTuple):
    """What diaries are like before treatment.

    Parameters
    ----------
    log_rate, rate_sd : float
        Logarithm of the median daily rate, and its spread between participants.
    dispersion : float
        Of daily counts; 0 for Poisson.
    days : int
        Of the diary before, and after.
    """

    log_rate: float
    rate_sd: float
    dispersion: float
    days: int


def diary_of(settings: PlanSettings, days: int) -> Diary:
    """Return the diary that is planned."""
    rate = math.log(settings.value("spasms_per_day"))
    return Diary(rate, settings.value("rate_sd_log"), float(settings.value("dispersion")), days)


@lru_cache(maxsize=4096)
def change_moments(
    diary: Diary, log_ratio: float, ratio_sd: float, carry_over: float = 0.0
) -> tuple[float, float]:
    """Return mean and variance of ``log(mean a day + 0.5 / days)``, after minus before.

    Parameters
    ----------
    diary : Diary
        Rates and ratios of participants are log-normal, daily counts Poisson or negative binomial.
    log_ratio : float
        Mean of the logarithm of participants' true ratios.
    ratio_sd : float
        Its spread between participants.
    carry_over : float
        Share of the logarithm of the own ratio that is still there before.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    weights = weights / weights.sum()
    rate = (diary.log_rate + diary.rate_sd * nodes)[:, None]
    own = log_ratio + ratio_sd * nodes
    before, noise_before = _logs(rate + carry_over * own, diary)
    after, noise_after = _logs(rate + own, diary)
    share = weights[:, None] * weights
    change = after - before
    mean = float((share * change).sum())
    between = float((share * (change - mean) ** 2).sum())
    return mean, between + float((share * (noise_before + noise_after)).sum())


def moments_of_studies(
    settings: PlanSettings,
    days: int,
    log_ratios: FloatArray,
    ratio_sds: FloatArray,
    carry_over: float = 0.0,
) -> tuple[FloatArray, FloatArray]:
    """Return the moments of studies whose true ratio and its spread are not known for sure.

    Parameters
    ----------
    settings : PlanSettings
    days : int
    log_ratios, ratio_sds : array (studies,)
    carry_over : float
    """
    from scipy.interpolate import RegularGridInterpolator

    diary = diary_of(settings, days)
    if np.ptp(log_ratios) == 0 == np.ptp(ratio_sds):
        one = change_moments(diary, float(log_ratios[0]), float(ratio_sds[0]), carry_over)
        return np.full(len(log_ratios), one[0]), np.full(len(log_ratios), one[1])
    sizes = np.log(np.maximum(ratio_sds, 1e-9))
    axes = [_places(log_ratios), _places(sizes)]
    values = [
        [change_moments(diary, float(a), math.exp(b), carry_over) for b in axes[1]] for a in axes[0]
    ]
    between = RegularGridInterpolator(axes, np.array(values))
    found = between(np.stack([log_ratios, sizes], axis=1))
    return found[:, 0], found[:, 1]


def _places(values: FloatArray) -> FloatArray:
    """Return places of a fixed lattice around values, which other studies share."""
    step = 0.25
    low = math.floor(float(values.min()) / step)
    high = math.floor(float(values.max()) / step) + 1
    return np.arange(low, high + 1) * np.float64(step)


def _logs(log_rate: FloatArray, diary: Diary) -> tuple[FloatArray, FloatArray]:
    """Return mean and variance of the logarithm of one person's mean daily count."""
    from scipy.special import gammaincinv

    days, dispersion = diary.days, diary.dispersion
    log_mean = log_rate + math.log(days)
    nodes, weights = np.ones(1), np.ones(1)
    if dispersion > 0:
        # Daily rates of overdispersed counts are gamma.
        places, weights = np.polynomial.legendre.leggauss(_NODES)
        nodes = gammaincinv(days / dispersion, (places + 1) / 2) * dispersion / days
        weights = weights / 2
    first, second = _poisson(log_mean[..., None] + np.log(np.maximum(nodes, 1e-300)))
    mean = first @ weights
    return mean - math.log(days), np.maximum(second @ weights - mean**2, 0.0)


def _poisson(log_mean: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the first two moments of ``log(K + 0.5)`` of Poisson counts."""
    grid, first, second = _table()
    small = log_mean <= grid[-1]
    # Moments of log(1 + (K - mean) / (mean + 0.5)), by the moments of K.
    mean = np.exp(np.maximum(log_mean, grid[-1]))
    center = mean + 0.5
    log = np.log(center)
    two, three, four = mean / center**2, mean / center**3, (3 * mean**2 + mean) / center**4
    shift = -two / 2 + three / 3 - four / 4
    square = two - three + 11 / 12 * four
    return (
        np.where(small, np.interp(log_mean, grid, first), log + shift),
        np.where(small, np.interp(log_mean, grid, second), log**2 + 2 * log * shift + square),
    )


@cache
def _table() -> tuple[FloatArray, FloatArray, FloatArray]:
    from scipy.stats import poisson

    grid = np.linspace(math.log(1e-5), math.log(_SUMMED), 1200)
    counts = np.arange(int(_SUMMED + 12 * math.sqrt(_SUMMED)))
    shares = poisson.pmf(counts, np.exp(grid)[:, None])
    logs = np.log(counts + 0.5)
    return grid, shares @ logs, shares @ logs**2
