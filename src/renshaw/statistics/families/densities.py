"""Log densities of the families, with derivatives by the linear predictor.

A fit by Laplace's approximation needs the log density and three derivatives of it at every row;
parameters beside the mean are searched for without bounds (``free``), each as its logarithm.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.statistics.families.families import Family

# Beyond these, exp and its products leave what a number can hold.
_FAR = 300.0
_LARGEST_SIZE = 1e6


class Derivatives(NamedTuple):
    """The log density of every row, and its first three derivatives by the linear predictor."""

    log: FloatArray
    first: FloatArray
    second: FloatArray
    third: FloatArray


class Density(ABC):
    """The log density of a response as a function of the linear predictor.

    Parameters
    ----------
    y : array (n,)
        The response; of the binomial family the successes.
    family : Family
    trials : array (n,), optional
        Trials of each row, for the binomial family; 1 by default.
    """

    def __init__(self, y: FloatArray, family: Family, trials: FloatArray | None = None) -> None:
        self.y = y
        self.family = family
        self.trials: FloatArray = np.ones_like(y) if trials is None else trials

    @abstractmethod
    def at(self, eta: FloatArray, free: FloatArray) -> Derivatives:
        """Return the log density and its derivatives at a linear predictor."""

    @abstractmethod
    def draw(self, eta: FloatArray, free: FloatArray, random: np.random.Generator) -> FloatArray:
        """Return responses drawn at a linear predictor."""

    def natural(self, free: FloatArray) -> dict[str, float]:
        """Return the parameters beside the mean by name."""
        return {
            name: float(np.exp(value))
            for name, value in zip(self.family.dispersion, free, strict=True)
        }

    def start(self) -> FloatArray:
        """Return where the search for the parameters beside the mean starts."""
        return np.zeros(len(self.family.dispersion))

    def bounds(self) -> tuple[float, float]:
        """Return between which values of ``free`` the search stays."""
        return -12.0, 12.0

    def mean_of_one(self, eta: FloatArray, free: FloatArray) -> FloatArray:
        """Return the expected value, of what is seen (above 0 for truncated counts), of a trial."""
        return self.family.inverse(eta)

    def mean(self, eta: FloatArray, free: FloatArray) -> FloatArray:
        """Return the expected value of every row."""
        return self.mean_of_one(eta, free) * self.trials


def _clipped(eta: FloatArray) -> FloatArray:
    return np.clip(eta, -_FAR, _FAR)


class PoissonDensity(Density):
    """Counts whose variance is their mean."""

    def __init__(self, y: FloatArray, family: Family, trials: FloatArray | None = None) -> None:
        from scipy.special import gammaln

        super().__init__(y, family, trials)
        self._constant: FloatArray = gammaln(y + 1)

    def at(self, eta: FloatArray, free: FloatArray) -> Derivatives:
        """Return the log density and its derivatives at a linear predictor."""
        mu = np.exp(_clipped(eta))
        return Derivatives(self.y * eta - mu - self._constant, self.y - mu, -mu, -mu)

    def draw(self, eta: FloatArray, free: FloatArray, random: np.random.Generator) -> FloatArray:
        """Return responses drawn at a linear predictor."""
        counts = random.poisson(np.exp(np.minimum(eta, 30.0)))
        return np.asarray(counts, dtype=float)


class NegativeBinomialDensity(PoissonDensity):
    """Counts whose variance is ``mean + mean^2 / size`` (glmmTMB's nbinom2)."""

    def at(self, eta: FloatArray, free: FloatArray) -> Derivatives:
        """Return the log density and its derivatives at a linear predictor."""
        from scipy.special import gammaln

        size = float(np.exp(free[0]))
        eta = _clipped(eta)
        y, ratio = self.y, np.exp(eta) / size
        q = ratio / (1 + ratio)
        log = gammaln(y + size) - gammaln(size) - self._constant
        log = log + y * (eta - np.log(size)) - (y + size) * np.log1p(ratio)
        both = (y + size) * q
        second = -both * (1 - q)
        return Derivatives(log, y - both, second, second * (1 - 2 * q))

    def start(self) -> FloatArray:
        """Return where the search for the size starts: by the moments of all rows."""
        mean, variance = float(self.y.mean()), float(self.y.var())
        size = mean**2 / max(variance - mean, 0.02 * mean) if mean > 0 else 1.0
        return np.array([math.log(min(max(2 * size, 0.1), 50.0))])

    def bounds(self) -> tuple[float, float]:
        """Return between which values of ``free`` the search stays: then it is Poisson's."""
        return -12.0, float(np.log(_LARGEST_SIZE))

    def draw(self, eta: FloatArray, free: FloatArray, random: np.random.Generator) -> FloatArray:
        """Return responses drawn at a linear predictor."""
        size = float(np.exp(free[0]))
        mean = np.exp(np.minimum(eta, 30.0))
        counts = random.poisson(mean * random.gamma(size, 1 / size, eta.shape))
        return np.asarray(counts, dtype=float)


class _Truncated(PoissonDensity):
    """Counts of which 0 is never seen: the density over the probability of not being 0."""

    def _zero(self, eta: FloatArray, free: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return log P(0) and its first two derivatives by the linear predictor."""
        mu = np.exp(_clipped(eta))
        return -mu, -mu, -mu

    def _third_zero(self, eta: FloatArray, free: FloatArray) -> FloatArray:
        return -np.exp(_clipped(eta))

    def at(self, eta: FloatArray, free: FloatArray) -> Derivatives:
        """Return the log density and its derivatives at a linear predictor."""
        whole = super().at(eta, free)
        zero, one, two = self._zero(eta, free)
        three = self._third_zero(eta, free)
        # r = P(0) / (1 - P(0)); log(1 - P(0)) has the derivative -r times that of log P(0).
        with np.errstate(over="ignore"):
            r = 1 / np.expm1(np.maximum(-zero, 1e-300))
        slope = r * (1 + r)
        first = -r * one
        second = -slope * one**2 - r * two
        third = -slope * (1 + 2 * r) * one**3 - 3 * slope * one * two - r * three
        with np.errstate(divide="ignore"):
            log = np.log(-np.expm1(np.minimum(zero, -1e-300)))
        return Derivatives(
            whole.log - log, whole.first - first, whole.second - second, whole.third - third
        )

    def mean_of_one(self, eta: FloatArray, free: FloatArray) -> FloatArray:
        """Return the expected value of what is seen."""
        return np.exp(_clipped(eta)) / -np.expm1(self._zero(eta, free)[0])

    def draw(self, eta: FloatArray, free: FloatArray, random: np.random.Generator) -> FloatArray:
        """Return responses drawn at a linear predictor; those of 0 are drawn again."""
        found = super().draw(eta, free, random)
        for _ in range(200):
            zero = np.flatnonzero(found == 0)
            if not len(zero):
                break
            found[zero] = super().draw(eta[zero], free, random)
        return np.maximum(found, 1.0)


class TruncatedPoissonDensity(_Truncated):
    """Counts from 1 up, of a Poisson distribution without its zeros."""


class TruncatedNegativeBinomialDensity(_Truncated, NegativeBinomialDensity):
    """Counts from 1 up, of a negative binomial distribution without its zeros."""

    def _zero(self, eta: FloatArray, free: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        size = float(np.exp(free[0]))
        ratio = np.exp(_clipped(eta)) / size
        q = ratio / (1 + ratio)
        return -size * np.log1p(ratio), -size * q, -size * q * (1 - q)

    def _third_zero(self, eta: FloatArray, free: FloatArray) -> FloatArray:
        size = float(np.exp(free[0]))
        ratio = np.exp(_clipped(eta)) / size
        q = ratio / (1 + ratio)
        return -size * q * (1 - q) * (1 - 2 * q)


class GammaDensity(Density):
    """Positive numbers with a constant coefficient of variation, ``sigma``."""

    def at(self, eta: FloatArray, free: FloatArray) -> Derivatives:
        """Return the log density and its derivatives at a linear predictor."""
        from scipy.special import gammaln

        shape = float(np.exp(-2 * free[0]))
        eta = _clipped(eta)
        scaled = shape * self.y * np.exp(-eta)
        log = shape * (np.log(shape) - eta) - gammaln(shape) + (shape - 1) * np.log(self.y)
        return Derivatives(log - scaled, scaled - shape, -scaled, scaled)

    def draw(self, eta: FloatArray, free: FloatArray, random: np.random.Generator) -> FloatArray:
        """Return responses drawn at a linear predictor."""
        shape = float(np.exp(-2 * free[0]))
        return np.exp(_clipped(eta)) * random.gamma(shape, 1 / shape, eta.shape)


class BinomialDensity(Density):
    """Successes of trials; 0/1 where there is one trial a row."""

    def __init__(self, y: FloatArray, family: Family, trials: FloatArray | None = None) -> None:
        from scipy.special import gammaln

        super().__init__(y, family, trials)
        m, rest = self.trials, self.trials - y
        self._rest = rest
        self._constant: FloatArray = gammaln(m + 1) - gammaln(y + 1) - gammaln(rest + 1)
        self._parts = _BINOMIAL_PARTS[family.link]

    def at(self, eta: FloatArray, free: FloatArray) -> Derivatives:
        """Return the log density and its derivatives at a linear predictor."""
        yes, no = self._parts(_clipped(eta))
        found = (self.y * a + self._rest * b for a, b in zip(yes, no, strict=True))
        log, first, second, third = found
        return Derivatives(log + self._constant, first, second, third)

    def draw(self, eta: FloatArray, free: FloatArray, random: np.random.Generator) -> FloatArray:
        """Return responses drawn at a linear predictor."""
        chance = self.family.inverse(eta)
        return np.asarray(random.binomial(self.trials.astype(int), chance), dtype=float)


def _logit_parts(eta: FloatArray) -> tuple[Derivatives, Derivatives]:
    p = 1 / (1 + np.exp(-eta))
    second = -p * (1 - p)
    third = second * (1 - 2 * p)
    yes = Derivatives(-np.logaddexp(0, -eta), 1 - p, second, third)
    return yes, Derivatives(-np.logaddexp(0, eta), -p, second, third)


def _probit_part(eta: FloatArray) -> Derivatives:
    from scipy.special import log_ndtr

    log = np.asarray(log_ndtr(eta), dtype=float)
    mills = np.exp(-0.5 * eta**2 - 0.5 * np.log(2 * np.pi) - log)
    second = -mills * (eta + mills)
    third = -second * (eta + mills) - mills * (1 + second)
    return Derivatives(log, mills, second, third)


def _probit_parts(eta: FloatArray) -> tuple[Derivatives, Derivatives]:
    eta = np.clip(eta, -30, 30)
    yes, no = _probit_part(eta), _probit_part(-eta)
    return yes, Derivatives(no.log, -no.first, no.second, -no.third)


def _cloglog_parts(eta: FloatArray) -> tuple[Derivatives, Derivatives]:
    eta = np.clip(eta, -_FAR, 5.5)
    t = np.exp(eta)
    h = t / np.expm1(np.maximum(t, 1e-300))
    one = h * (1 - h - t)
    two = one * (1 - h - t) - h * (one + t)
    yes = Derivatives(np.log(-np.expm1(-np.maximum(t, 1e-300))), h, one, two)
    return yes, Derivatives(-t, -t, -t, -t)


_BINOMIAL_PARTS: Mapping[str, Callable[[FloatArray], tuple[Derivatives, Derivatives]]] = {
    "logit": _logit_parts,
    "probit": _probit_parts,
    "cloglog": _cloglog_parts,
}


class BetaDensity(Density):
    """Shares between 0 and 1, with variance ``mean (1 - mean) / (1 + precision)``."""

    def at(self, eta: FloatArray, free: FloatArray) -> Derivatives:
        """Return the log density and its derivatives at a linear predictor."""
        from scipy.special import gammaln, polygamma, psi

        total = float(np.exp(free[0]))
        mu = np.clip(1 / (1 + np.exp(-_clipped(eta))), 1e-12, 1 - 1e-12)
        a, b = mu * total, (1 - mu) * total
        log_y, log_rest = np.log(self.y), np.log1p(-self.y)
        log = gammaln(total) - gammaln(a) - gammaln(b) + (a - 1) * log_y + (b - 1) * log_rest
        by = total * (psi(b) - psi(a) + log_y - log_rest)
        by2 = -(total**2) * (polygamma(1, a) + polygamma(1, b))
        by3 = -(total**3) * (polygamma(2, a) - polygamma(2, b))
        one = mu * (1 - mu)
        two, three = one * (1 - 2 * mu), one * (1 - 6 * one)
        return Derivatives(
            log,
            by * one,
            by2 * one**2 + by * two,
            by3 * one**3 + 3 * by2 * one * two + by * three,
        )

    def start(self) -> FloatArray:
        """Return where the search for the precision starts: by the moments of all rows."""
        mean, variance = float(self.y.mean()), float(self.y.var())
        return np.array([math.log(min(max(mean * (1 - mean) / max(variance, 1e-9), 1.0), 1e4))])

    def draw(self, eta: FloatArray, free: FloatArray, random: np.random.Generator) -> FloatArray:
        """Return responses drawn at a linear predictor."""
        total = float(np.exp(free[0]))
        mu = np.clip(self.family.inverse(eta), 1e-9, 1 - 1e-9)
        return np.asarray(random.beta(mu * total, (1 - mu) * total), dtype=float)


class TweedieDensity(Density):
    """Sums of a Poisson number of gamma amounts: exact zeros, and positive numbers.

    Dunn PK, Smyth GK (2005), doi:10.1007/s11222-005-4070-y, for the series of the density.
    """

    def __init__(self, y: FloatArray, family: Family, trials: FloatArray | None = None) -> None:
        super().__init__(y, family, trials)
        self._values, self._which = np.unique(y[y > 0], return_inverse=True)
        self._series: tuple[tuple[float, float], FloatArray] | None = None

    def natural(self, free: FloatArray) -> dict[str, float]:
        """Return phi and the power, between 1 and 2."""
        return {"phi": float(np.exp(free[0])), "power": 1 + 1 / (1 + float(np.exp(-free[1])))}

    def start(self) -> FloatArray:
        """Return where the search starts: power 1.5, phi by the moments of all rows."""
        mean, variance = float(self.y.mean()), float(self.y.var())
        return np.array([np.log(max(variance, 1e-9) / max(mean, 1e-9) ** 1.5), 0.0])

    def bounds(self) -> tuple[float, float]:
        """Return between which values of ``free`` the search stays."""
        return -10.0, 12.0

    def at(self, eta: FloatArray, free: FloatArray) -> Derivatives:
        """Return the log density and its derivatives at a linear predictor."""
        phi, p = self.natural(free).values()
        eta = np.clip(eta, -100, 100)
        up, down = self.y * np.exp((1 - p) * eta) / phi, np.exp((2 - p) * eta) / phi
        log = up / (1 - p) - down / (2 - p)
        log[self.y > 0] += self._log_series(phi, p)
        return Derivatives(
            log,
            up - down,
            (1 - p) * up - (2 - p) * down,
            (1 - p) ** 2 * up - (2 - p) ** 2 * down,
        )

    def _log_series(self, phi: float, p: float) -> FloatArray:
        from scipy.special import gammaln

        if self._series is not None and self._series[0] == (phi, p):
            return self._series[1]
        y = self._values
        if not len(y):
            return y
        alpha = (2 - p) / (1 - p)
        peak = np.maximum(1.0, y ** (2 - p) / (phi * (2 - p)))
        # The terms fall off like a normal density about the largest of them.
        reach = 9 * np.sqrt(peak * (p - 1)) + 20
        first = np.maximum(1.0, np.floor(peak - reach))
        width = int(min(np.ceil((peak + reach - first).max()) + 1, 20_000))
        j = first[:, None] + np.arange(width)
        rate = -alpha * np.log(y) + alpha * np.log(p - 1) - (1 - alpha) * np.log(phi)
        terms = j * (rate - np.log(2 - p))[:, None] - gammaln(j + 1) - gammaln(-j * alpha)
        top = terms.max(axis=1)
        found = top + np.log(np.exp(terms - top[:, None]).sum(axis=1)) - np.log(y)
        self._series = ((phi, p), found[self._which])
        return self._series[1]

    def draw(self, eta: FloatArray, free: FloatArray, random: np.random.Generator) -> FloatArray:
        """Return responses drawn at a linear predictor."""
        phi, p = self.natural(free).values()
        mean = np.exp(np.clip(eta, -100, 30))
        number = random.poisson(np.minimum(mean ** (2 - p) / (phi * (2 - p)), 1e8))
        shape, scale = (2 - p) / (p - 1), phi * (p - 1) * mean ** (p - 1)
        return np.where(number > 0, random.gamma(np.maximum(number, 1) * shape) * scale, 0.0)


_DENSITIES: Mapping[str, type[Density]] = {
    "gamma": GammaDensity,
    "poisson": PoissonDensity,
    "negative-binomial": NegativeBinomialDensity,
    "binomial": BinomialDensity,
    "beta": BetaDensity,
    "tweedie": TweedieDensity,
    "truncated-poisson": TruncatedPoissonDensity,
    "truncated-negative-binomial": TruncatedNegativeBinomialDensity,
}


def density(family: Family, y: FloatArray, trials: FloatArray | None = None) -> Density:
    """Return a family's density of a response."""
    return _DENSITIES[family.name](y, family, trials)
