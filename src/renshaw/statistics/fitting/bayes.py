"""The same model with priors: what is believed of each answer after the data (extra ``bayes``).

Sampled by NUTS (Hoffman MD, Gelman A (2014), JMLR 15:1593-1623) as NumPyro has it (Phan D, Pradhan
N, Jankowiak M (2019), arXiv:1912.11554). NumPyro is imported here only, when it is asked for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from renshaw.core.errors import RenshawError, SettingsError
from renshaw.data.arrays import FloatArray
from renshaw.statistics.answers.answer import Answer
from renshaw.statistics.families.scale import Scale, scale_of
from renshaw.statistics.fitting.fit import Fit
from renshaw.statistics.settings import DELTA_F, MixedModelSettings

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int, int, str], None]

COLUMNS = (
    "what",
    "name",
    "scale",
    "median",
    "ci_low",
    "ci_high",
    "p_direction",
    "p_margin",
    "r_hat",
    "effective",
)
CHAINS = 4
# Vehtari A et al. (2021), doi:10.1214/20-BA1221: ask for R-hat below 1.01 and 100 draws a chain.
_LARGEST_R_HAT = 1.01
_FEWEST_EFFECTIVE = 100.0 * CHAINS
_NUTS_TARGET = 0.9
_WIDTH = 2.5
_FAMILIES = ("normal", "log-normal", "gamma", "poisson", "negative-binomial", "binomial", "beta")


class BayesMissingError(RenshawError):
    """numpyro, the extra `bayes`, is not installed."""


@dataclass(frozen=True, eq=False)
class Posterior:
    """What is believed of a model after the data.

    Parameters
    ----------
    table : DataFrame
        what (``answer``, ``coefficient``, ``SD``, ``dispersion``), name, scale, median, ci_low,
        ci_high, p_direction (that it is on the median's side of no effect), p_margin (that it is
        within the margin, as the setting ``aim`` means it), r_hat, effective (draws).
    priors : tuple of str
        In words.
    draws : int
        Of all chains together, after adapting.
    seed : int
    divergent : int
        Draws at which the sampler lost its way.
    warnings : tuple of str
        Why the numbers can't be trusted.
    """

    table: pd.DataFrame
    priors: tuple[str, ...]
    draws: int
    seed: int
    divergent: int
    warnings: tuple[str, ...] = ()


def refuse_without_numpyro() -> None:
    """Refuse before anything is fitted where NumPyro is not installed.

    Raises
    ------
    BayesMissingError
    """
    try:
        import numpyro  # noqa: F401
    except ImportError:
        raise BayesMissingError(
            "A Bayesian fit needs numpyro: pip install 'renshaw[bayes]' "
            "(or: uv sync --extra bayes)."
        ) from None


@dataclass(frozen=True)
class _Priors:
    """Standard deviations of the priors, on the scale of the model.

    Parameters
    ----------
    center, spread : float
        Of the intercept, where every predictor is at its mean.
    effects : array (p,)
    sds : tuple of array (k,)
        Of each random term's SDs, half-normal.
    sigma : float
        Of the residual SD.
    heavy : bool
        The residual SD's prior is half-Cauchy, not half-normal.
    words : tuple of str
    """

    center: float
    spread: float
    effects: FloatArray
    sds: tuple[FloatArray, ...]
    sigma: float
    heavy: bool
    words: tuple[str, ...]


class _Data(NamedTuple):
    """The fit's rows as the sampler takes them."""

    fit: Fit
    y: FloatArray
    offset: FloatArray
    centered: FloatArray
    means: FloatArray
    intercept: int
    effects: tuple[FloatArray, ...]
    priors: _Priors


def posterior(
    fit: Fit,
    answers: Sequence[Answer],
    settings: MixedModelSettings,
    *,
    seed: int,
    progress: Progress | None = None,
) -> Posterior:
    """Sample the posterior of a fitted model: same rows, fixed effects, random terms and family.

    Parameters
    ----------
    fit : Fit
    answers : sequence of Answer
    settings : MixedModelSettings
    seed : int
    progress : callable, optional

    Raises
    ------
    BayesMissingError
        NumPyro is not installed.
    SettingsError
        The model is none that is sampled here.
    """
    refuse_without_numpyro()
    data = _data(fit, settings)
    sampled, divergent = _sampled(data, settings.bayes_draws, seed, progress)
    beta = _own_coefficients(data, sampled)
    rows = [*_of_answers(beta, answers, fit, settings), *_of_coefficients(beta, fit, settings)]
    rows += _of_spreads(sampled, fit, settings)
    import pandas as pd

    table = pd.DataFrame(rows, columns=list(COLUMNS))
    draws = CHAINS * settings.bayes_draws
    said = _warnings(table, divergent, draws)
    return Posterior(table, data.priors.words, draws, seed, divergent, said)


def _data(fit: Fit, settings: MixedModelSettings) -> _Data:
    if fit.family.name not in _FAMILIES:
        raise SettingsError(
            f"A Bayesian fit has no family {fit.family.name}; it has {', '.join(_FAMILIES)}. "
            "Leave the setting bayes as it is, or take another family."
        )
    if fit.scatter.columns:
        raise SettingsError(
            "A Bayesian fit takes no weights and no residual variances by group; leave the "
            "settings weights and residual_by empty, or bayes as it is."
        )
    if "(Intercept)" not in fit.names:
        raise SettingsError(
            "A Bayesian fit needs an intercept, as the priors are of effects; write the formula "
            "without 0 +."
        )
    X, place = fit.problem.X, fit.names.index("(Intercept)")
    means = X.mean(axis=0)
    means[place] = 0.0
    centered = X - means
    own = tuple(g.block.columns @ np.linalg.inv(g.block.turn) for g in fit.groups)
    if fit.generalized is None:
        y, offset = fit.problem.y, np.zeros(len(X))
    else:
        y, offset = fit.generalized.density.y, fit.generalized.offset
    return _Data(
        fit, y, offset, centered, means, place, own, _priors(fit, y, centered, own, settings)
    )


def _priors(
    fit: Fit,
    y: FloatArray,
    centered: FloatArray,
    own: Sequence[FloatArray],
    settings: MixedModelSettings,
) -> _Priors:
    words: tuple[str, ...]
    p = centered.shape[1]
    if settings.priors == DELTA_F:
        if fit.family.name != "normal":
            raise SettingsError(
                "The priors delta-f are of ΔF in pps, whose family is normal; leave the setting "
                "priors or family as it is."
            )
        words = (
            "intercept (at the mean of all predictors): normal(4, 2) pps",
            "effects: normal(0, 1) pps",
            "SDs of random effects and residuals: half-normal(1) pps",
        )
        sds = tuple(np.ones(each.shape[1]) for each in own)
        return _Priors(4.0, 2.0, np.ones(p), sds, 1.0, False, words)
    normal = fit.family.normal
    size = float(y.std()) if normal else 1.0
    center = float(y.mean()) if normal else _center(fit, y)
    effects = np.array([_WIDTH * size / (float(column.std()) or 1.0) for column in centered.T])
    sds = tuple(
        np.array([_WIDTH * size / (float(column.std()) or 1.0) for column in each.T])
        for each in own
    )
    unit = "SD of the response" if normal else "unit of the link's scale"
    words = (
        f"intercept (at the mean of all predictors): normal({center:.3g}, {_WIDTH * size:.3g})",
        f"effects: normal, 0 with SD {_WIDTH} {unit} for each SD of the predictor",
        f"SDs of random effects: half-normal, {_WIDTH} {unit} for each SD of the predictor",
        *([f"residual SD: half-Cauchy({size:.3g})"] if normal else []),
        *(f"{name}: half-Cauchy(1)" for name in ("" if normal else fit.family.dispersion)),
        "correlations of random effects: LKJ(1)",
    )
    return _Priors(center, _WIDTH * size, effects, sds, size, True, words)


def _center(fit: Fit, y: FloatArray) -> float:
    """Return the link of the mean of all values, where the intercept's prior is."""
    known = fit.generalized
    assert known is not None
    offset = np.exp(known.offset) if fit.family.link == "log" else known.density.trials
    share = float(y.sum() / offset.sum())
    return float(fit.family.to_link(share))


def _sampled(
    data: _Data, draws: int, seed: int, progress: Progress | None
) -> tuple[dict[str, FloatArray], int]:
    """Return draws by name, (chains, draws, ...), and how many diverged."""
    import jax
    from numpyro.infer import MCMC, NUTS, init_to_median

    say = progress or (lambda done, total, what: None)
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    try:
        kernel = NUTS(_model, target_accept_prob=_NUTS_TARGET, init_strategy=init_to_median())
        chains = MCMC(
            kernel,
            num_warmup=max(draws, 200),
            num_samples=draws,
            num_chains=CHAINS,
            chain_method="vectorized",
            progress_bar=False,
        )
        # Adapting and sampling in one go: the program is compiled once, which takes most of it.
        what = f"{CHAINS} chains of {draws} draws"
        say(0, 1, what)
        chains.run(jax.random.PRNGKey(seed), data, extra_fields=("diverging",))
        found = chains.get_samples(group_by_chain=True)
        lost = int(np.asarray(chains.get_extra_fields()["diverging"]).sum())
        say(1, 1, what)
        return {name: np.asarray(each, dtype=float) for name, each in found.items()}, lost
    finally:
        jax.config.update("jax_enable_x64", before)


def _model(data: _Data) -> None:
    """State the model as NumPyro reads it."""
    import jax.numpy as jnp
    import numpyro
    import numpyro.distributions as dist

    priors, fit = data.priors, data.fit
    effects = np.array(priors.effects)
    effects[data.intercept] = priors.spread
    middle = np.zeros(len(effects))
    middle[data.intercept] = priors.center
    gamma = numpyro.sample("gamma", dist.Normal(middle, effects).to_event(1))
    eta = data.centered @ gamma + data.offset
    for n, (group, columns) in enumerate(zip(fit.groups, data.effects, strict=True)):
        k = columns.shape[1]
        sds = numpyro.sample(f"sd{n}", dist.HalfNormal(priors.sds[n]).to_event(1))
        shape = (group.block.levels, k)
        z = numpyro.sample(f"z{n}", dist.Normal(0.0, 1.0).expand(shape).to_event(2))
        if k > 1:
            root = numpyro.sample(f"root{n}", dist.LKJCholesky(k, 1.0))
            z = z @ root.T
        eta = eta + (columns * (z * sds)[group.block.codes]).sum(axis=1)
    if fit.family.normal:
        half = dist.HalfCauchy if priors.heavy else dist.HalfNormal
        sigma = numpyro.sample("sigma", half(priors.sigma))
        numpyro.sample("y", dist.Normal(eta, sigma), obs=data.y)
        return
    _of_family(data, jnp.clip(eta, -50.0, 50.0), numpyro, dist)


def _of_family(data: _Data, eta: Any, numpyro: Any, dist: Any) -> None:
    """State how the values of a family other than normal scatter about their means."""
    import jax
    import jax.numpy as jnp

    family, known = data.fit.family, data.fit.generalized
    assert known is not None
    more = {name: numpyro.sample(name, dist.HalfCauchy(1.0)) for name in family.dispersion}
    if family.name == "binomial":
        inverse: Mapping[str, Callable[[Any], Any]] = {
            "logit": jax.nn.sigmoid,
            "probit": jax.scipy.special.ndtr,
            "cloglog": lambda each: -jnp.expm1(-jnp.exp(each)),
        }
        chance = jnp.clip(inverse[family.link](eta), 1e-12, 1 - 1e-12)
        likelihood = dist.Binomial(known.density.trials, probs=chance)
    elif family.name == "beta":
        mean = jnp.clip(jax.nn.sigmoid(eta), 1e-9, 1 - 1e-9)
        likelihood = dist.Beta(mean * more["precision"], (1 - mean) * more["precision"])
    elif family.name == "gamma":
        shape = more["sigma"] ** -2
        likelihood = dist.Gamma(shape, shape * jnp.exp(-eta))
    elif family.name == "negative-binomial":
        likelihood = dist.NegativeBinomial2(jnp.exp(eta), more["size"])
    else:
        likelihood = dist.Poisson(jnp.exp(eta))
    numpyro.sample("y", likelihood, obs=data.y)


def _own_coefficients(data: _Data, sampled: Mapping[str, FloatArray]) -> FloatArray:
    """Return draws (chains, draws, p) of the coefficients, of predictors that are not centered."""
    beta = sampled["gamma"].copy()
    beta[:, :, data.intercept] -= sampled["gamma"] @ data.means
    return beta


def _of_answers(
    beta: FloatArray, answers: Sequence[Answer], fit: Fit, settings: MixedModelSettings
) -> list[tuple[object, ...]]:
    scale, found = scale_of(fit), []
    sorts = [(each.scale, each.linear.slope_of) for each in answers]
    for answer, sort in zip(answers, sorts, strict=True):
        draws = beta @ answer.weights
        margin = math.nan
        if settings.margin is not None and sort == sorts[0]:
            margin = _within(draws, scale.on_model(settings.margin), settings.aim)
        row = _row("answer", answer.name, answer.scale, draws, settings.confidence, scale)
        found.append((*row[:7], margin, *row[8:]))
    return found


def _within(draws: FloatArray, margin: float, aim: str) -> float:
    """Return the probability of what the margin is for."""
    inside = {
        "equivalence": np.abs(draws) < margin,
        "not lower": draws > -margin,
        "not higher": draws < margin,
    }[aim]
    return float(inside.mean())


def _of_coefficients(
    beta: FloatArray, fit: Fit, settings: MixedModelSettings
) -> list[tuple[object, ...]]:
    return [
        _row("coefficient", name, "model", beta[:, :, n], settings.confidence)
        for n, name in enumerate(fit.names)
    ]


def _of_spreads(
    sampled: Mapping[str, FloatArray], fit: Fit, settings: MixedModelSettings
) -> list[tuple[object, ...]]:
    named = [
        ("SD", f"{group.term.label}: {effect}", sampled[f"sd{n}"][:, :, k])
        for n, group in enumerate(fit.groups)
        for k, effect in enumerate(group.effects)
    ]
    named += [("SD", "Residual", sampled["sigma"])] if fit.family.normal else []
    more = () if fit.family.normal else fit.family.dispersion
    named += [("dispersion", name, sampled[name]) for name in more]
    rows = [_row(what, name, "model", each, settings.confidence) for what, name, each in named]
    # All draws are above 0, whatever the data say.
    return [(*row[:6], math.nan, *row[7:]) for row in rows]


def _row(
    what: str,
    name: str,
    scale: str,
    draws: FloatArray,
    confidence: float,
    shown: Scale | None = None,
) -> tuple[object, ...]:
    from numpyro.diagnostics import effective_sample_size, split_gelman_rubin

    alpha = 1 - confidence
    ends = np.quantile(draws, [0.5, alpha / 2, 1 - alpha / 2])
    values = [shown.shown(float(v)) if shown else float(v) for v in ends]
    direction = max(float((draws > 0).mean()), float((draws < 0).mean()))
    r_hat, effective = float(split_gelman_rubin(draws)), float(effective_sample_size(draws))
    return (what, name, scale, *values, direction, math.nan, r_hat, effective)


def _warnings(table: pd.DataFrame, divergent: int, draws: int) -> tuple[str, ...]:
    said = []
    bad = table[~(table["r_hat"] < _LARGEST_R_HAT) | ~(table["effective"] > _FEWEST_EFFECTIVE)]
    if len(bad):
        worst = bad.sort_values("effective").iloc[0]
        said.append(
            f"The Bayesian chains did not mix well for {len(bad)} of {len(table)} numbers (worst: "
            f"{worst['name']}, R-hat {worst['r_hat']:.3f}, {worst['effective']:.0f} effective "
            f"draws; asked are R-hat below {_LARGEST_R_HAT} and {_FEWEST_EFFECTIVE:.0f}). Take "
            "more draws (setting bayes_draws)."
        )
    if divergent:
        said.append(
            f"{divergent} of {draws} Bayesian draws diverged: the posterior may not be explored "
            "whole. A simpler random structure or narrower priors help."
        )
    return tuple(said)
