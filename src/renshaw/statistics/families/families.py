"""Families of responses: how values scatter about their mean, and what their effects are called.

A family says by which link the linear predictor becomes a mean, how the variance follows the mean,
and whether ``exp`` of a difference of predictors is a ratio that people read. Its density, with the
derivatives that the fit needs, is in `densities`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from renshaw.core.errors import SettingsError, suggestion
from renshaw.data.arrays import FloatArray


@dataclass(frozen=True)
class Family:
    """How a response scatters, its link, and the words for its effects.

    Parameters
    ----------
    name : str
        As in the setting ``family``.
    link : str
        ``identity``, ``log``, ``logit``, ``probit`` or ``cloglog``.
    effects : str
        What a difference of linear predictors is, once it is turned by `effect`: ``difference``,
        ``ratio``, ``rate ratio``, ``odds ratio``.
    mean : str
        What the inverse link of a linear predictor is: ``mean``, ``geometric mean``, ``rate``,
        ``probability``.
    response : str
        What values it is for, in words.
    dispersion : tuple of str
        Names of the parameters beside the mean.
    r : str
        How glmmTMB, or R's glm, writes it.
    """

    name: str
    link: str
    effects: str
    mean: str
    response: str
    dispersion: tuple[str, ...] = ()
    r: str = ""

    @property
    def normal(self) -> bool:
        """Whether it is fitted as a linear mixed model, with degrees of freedom."""
        return self.name in ("normal", "log-normal")

    @property
    def is_ratio(self) -> bool:
        """Whether a difference of linear predictors is read as a ratio."""
        return self.effects.endswith("ratio")

    def effect(self, difference: FloatArray | float) -> FloatArray:
        """Return a difference of linear predictors as people read it: ``exp`` where a ratio."""
        value = np.asarray(difference, dtype=float)
        return np.exp(np.clip(value, -700, 700)) if self.is_ratio else value

    def inverse(self, eta: FloatArray | float) -> FloatArray:
        """Return the mean at a linear predictor."""
        return LINKS[self.link].inverse(np.asarray(eta, dtype=float))

    def slope(self, eta: FloatArray | float) -> FloatArray:
        """Return the derivative of the mean by the linear predictor, as the delta method needs."""
        return LINKS[self.link].slope(np.asarray(eta, dtype=float))

    def to_link(self, mean: FloatArray | float) -> FloatArray:
        """Return the linear predictor of a mean."""
        return LINKS[self.link].forward(np.asarray(mean, dtype=float))

    def variance(
        self, mean: FloatArray | float, dispersion: Mapping[str, float] | None = None
    ) -> FloatArray:
        """Return the variance of a value about its mean (of a proportion: for one trial)."""
        return _VARIANCES[self.name](np.asarray(mean, dtype=float), dispersion or {})

    @property
    def words(self) -> str:
        """The family and its link, as a methods section names them."""
        return f"{self.name.replace('-', ' ')} family, {self.link} link"


@dataclass(frozen=True)
class Link:
    """A link with its inverse and the inverse's derivative."""

    forward: Callable[[FloatArray], FloatArray]
    inverse: Callable[[FloatArray], FloatArray]
    slope: Callable[[FloatArray], FloatArray]


def _expit(eta: FloatArray) -> FloatArray:
    from scipy.special import expit

    return np.asarray(expit(eta), dtype=float)


def _normal_cdf(eta: FloatArray) -> FloatArray:
    from scipy.special import ndtr

    return np.asarray(ndtr(eta), dtype=float)


def _normal_quantile(mean: FloatArray) -> FloatArray:
    from scipy.special import ndtri

    return np.asarray(ndtri(mean), dtype=float)


def _exp(eta: FloatArray) -> FloatArray:
    return np.exp(np.clip(eta, -700, 700))


LINKS: Mapping[str, Link] = {
    "identity": Link(lambda mean: mean, lambda eta: eta, np.ones_like),
    "log": Link(np.log, _exp, _exp),
    "logit": Link(
        lambda mean: np.log(mean) - np.log1p(-mean),
        _expit,
        lambda eta: _expit(eta) * _expit(-eta),
    ),
    "probit": Link(
        _normal_quantile,
        _normal_cdf,
        lambda eta: np.exp(-0.5 * eta**2) / np.sqrt(2 * np.pi),
    ),
    "cloglog": Link(
        lambda mean: np.log(-np.log1p(-mean)),
        lambda eta: -np.expm1(-_exp(eta)),
        lambda eta: np.exp(np.clip(eta, -700, 700) - _exp(eta)),
    ),
}

_VARIANCES: Mapping[str, Callable[[FloatArray, Mapping[str, float]], FloatArray]] = {
    "normal": lambda mean, d: np.full_like(mean, d.get("sigma", 1.0) ** 2),
    "log-normal": lambda mean, d: mean**2 * np.expm1(d["sigma"] ** 2) * np.exp(d["sigma"] ** 2),
    "gamma": lambda mean, d: mean**2 * d["sigma"] ** 2,
    "poisson": lambda mean, d: mean,
    "negative-binomial": lambda mean, d: mean + mean**2 / d["size"],
    "binomial": lambda mean, d: mean * (1 - mean),
    "beta": lambda mean, d: mean * (1 - mean) / (1 + d["precision"]),
    "tweedie": lambda mean, d: d["phi"] * mean ** d["power"],
    "truncated-poisson": lambda mean, d: mean,
    "truncated-negative-binomial": lambda mean, d: mean + mean**2 / d["size"],
}

NORMAL = Family("normal", "identity", "difference", "mean", "any number", ("sigma",), "gaussian()")
LOG_NORMAL = Family(
    "log-normal", "log", "ratio", "geometric mean", "positive numbers", ("sigma",), "gaussian()"
)
GAMMA = Family(
    "gamma", "log", "ratio", "mean", "positive numbers", ("sigma",), 'Gamma(link = "log")'
)
POISSON = Family("poisson", "log", "rate ratio", "rate", "counts", (), "poisson()")
NEGATIVE_BINOMIAL = Family(
    "negative-binomial", "log", "rate ratio", "rate", "counts", ("size",), "nbinom2()"
)
BINOMIAL = Family(
    "binomial",
    "logit",
    "odds ratio",
    "probability",
    "0 and 1, or successes of trials",
    (),
    'binomial(link = "logit")',
)
BETA = Family(
    "beta",
    "logit",
    "odds ratio",
    "mean share",
    "shares between 0 and 1, both left out",
    ("precision",),
    "beta_family()",
)
TWEEDIE = Family(
    "tweedie",
    "log",
    "ratio",
    "mean",
    "numbers of which some are exactly 0, none below",
    ("phi", "power"),
    "tweedie()",
)
TRUNCATED_POISSON = Family(
    "truncated-poisson",
    "log",
    "rate ratio",
    "rate",
    "counts from 1 up",
    (),
    "truncated_poisson()",
)
TRUNCATED_NEGATIVE_BINOMIAL = Family(
    "truncated-negative-binomial",
    "log",
    "rate ratio",
    "rate",
    "counts from 1 up",
    ("size",),
    "truncated_nbinom2()",
)

_ALL = (
    NORMAL,
    LOG_NORMAL,
    GAMMA,
    POISSON,
    NEGATIVE_BINOMIAL,
    BINOMIAL,
    BETA,
    TWEEDIE,
    TRUNCATED_POISSON,
    TRUNCATED_NEGATIVE_BINOMIAL,
)
FAMILIES: Mapping[str, Family] = {each.name: each for each in _ALL}

# A hurdle is two models: whether a value is above 0, and how large it is where it is.
HURDLES: Mapping[str, Family] = {
    "hurdle-poisson": TRUNCATED_POISSON,
    "hurdle-negative-binomial": TRUNCATED_NEGATIVE_BINOMIAL,
    "hurdle-gamma": GAMMA,
    "hurdle-log-normal": LOG_NORMAL,
}

# "auto" is normal, after a look whether the response is a count, a share or 0/1.
FAMILY_NAMES = ("auto", *FAMILIES, *HURDLES)
LINK_NAMES = ("default", *LINKS)

_LINKS_OF: Mapping[str, Mapping[str, str]] = {
    "binomial": {"logit": "odds ratio", "probit": "difference", "cloglog": "hazard ratio"},
}


def family_of(name: str, link: str = "default") -> Family:
    """Return a family by its name, with another link than its own where that is asked for.

    Raises
    ------
    SettingsError
        There is no such family, or it has no such link.
    """
    if name not in FAMILIES:
        raise SettingsError(f"There is no family {name!r}. {suggestion(name, FAMILIES)}")
    family = FAMILIES[name]
    if link in ("default", family.link):
        return family
    effects = _LINKS_OF.get(name, {}).get(link)
    if effects is None:
        known = ", ".join(_LINKS_OF.get(name, {family.link: ""}))
        raise SettingsError(f"The {name} family has no link {link!r} here; it has {known}.")
    return replace(family, link=link, effects=effects, r=f'binomial(link = "{link}")')
