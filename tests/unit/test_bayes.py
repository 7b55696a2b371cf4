"""The Bayesian fit of compare: the same model with priors, beside the REML fit."""

import sys

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import renshaw as rs
from renshaw.core.errors import SettingsError
from renshaw.reports.model_folder import write_model_folder
from renshaw.statistics.families.families import family_of
from renshaw.statistics.fitting.bayes import BayesMissingError, _data, _model, _warnings
from renshaw.statistics.fitting.fit import fitted
from renshaw.statistics.formulas.formula import parse
from renshaw.statistics.mixed import mixed_model

FORMULA = "deltaf ~ time + (1|participant)"


def table():
    rng = np.random.default_rng(0)
    who, time = np.repeat(np.arange(12), 8), np.tile([0, 1], 48)
    values = 4 + 0.8 * rng.normal(size=12)[who] - 0.5 * time + 0.6 * rng.normal(size=96)
    return pd.DataFrame(
        {
            "deltaf": values,
            "time": np.where(time, "post", "pre"),
            "participant": [f"P{each:02d}" for each in who],
        }
    )


def settings(**more):
    given = {"bootstraps": 0, "sign_flips": 0, "bayes": True, "references": ("time=pre",)}
    return rs.stats.MixedModelSettings(**given | more)


def test_the_posterior_is_that_of_the_reml_fit_where_priors_say_little(tmp_path):
    pytest.importorskip("numpyro", reason="the extra bayes is not installed")
    seen = []
    model = mixed_model(
        table(),
        FORMULA,
        settings(bayes_draws=150, margin=0.2),
        progress=lambda done, total, what: seen.append((done, total)),
    )
    assert seen == [(0, 1), (1, 1)]
    found = model.posterior.table.set_index("name")
    effect = model.fixed_effects.set_index("term").loc["timepost"]
    believed = found.loc["post - pre"]
    assert believed["median"] == pytest.approx(effect["estimate"], abs=0.4 * effect["std_error"])
    width = effect["ci_high"] - effect["ci_low"]
    assert believed["ci_high"] - believed["ci_low"] == pytest.approx(width, rel=0.25)
    # With flat priors it would be 1 less half of the two-sided p-value.
    assert believed["p_direction"] == pytest.approx(1 - effect["p_value"] / 2, abs=0.03)
    ends = (np.array([-0.2, 0.2]) - effect["estimate"]) / effect["std_error"]
    inside = np.diff(stats.t.cdf(ends, effect["df"]))[0]
    assert believed["p_margin"] == pytest.approx(inside, abs=0.05)
    first = model.fixed_effects.set_index("term").loc["(Intercept)"]
    known = found.loc["(Intercept)"]
    assert known["median"] == pytest.approx(first["estimate"], abs=first["std_error"])
    residual = model.variance_components.set_index("group").loc["Residual", "std_dev"]
    assert found.loc["Residual", "median"] == pytest.approx(residual, rel=0.1)
    page = write_model_folder(model, tmp_path, "Posterior").read_text(encoding="utf-8")
    assert "What to believe, with priors" in page
    kept = pd.read_csv(tmp_path / "bayes.csv").set_index("name")
    assert kept.loc["post - pre", "median"] == pytest.approx(believed["median"])


def test_without_numpyro_the_command_to_install_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "numpyro", None)
    with pytest.raises(BayesMissingError, match=r"pip install 'renshaw\[bayes\]'"):
        rs.compare(table(), FORMULA, settings())


def test_priors_without_a_bayesian_fit_are_refused():
    with pytest.raises(SettingsError, match="no effect without a Bayesian fit"):
        rs.compare(table(), FORMULA, settings(bayes=False, priors="delta-f"))


@pytest.mark.parametrize(
    ("formula", "more", "words"),
    [
        ("deltaf ~ 0 + time + (1|participant)", {}, "needs an intercept"),
        (FORMULA, {"family": "tweedie"}, "no family tweedie"),
        (FORMULA, {"family": "gamma", "priors": "delta-f"}, "whose family is normal"),
        (FORMULA, {"residual_by": "time"}, "no residual variances by group"),
    ],
)
def test_what_is_not_sampled_is_refused(formula, more, words):
    pytest.importorskip("numpyro", reason="the extra bayes is not installed")
    rows = table().assign(deltaf=lambda t: t["deltaf"].abs())
    if more.get("family") == "tweedie":
        rows.loc[::9, "deltaf"] = 0.0
    with pytest.raises(SettingsError, match=words):
        rs.compare(rows, formula, settings(**more))


def test_chains_that_do_not_mix_are_warned_of():
    good = pd.DataFrame({"name": ["a"], "r_hat": [1.001], "effective": [900.0]})
    assert _warnings(good, 0, 4000) == ()
    bad = pd.DataFrame({"name": ["a", "b"], "r_hat": [1.2, np.nan], "effective": [9.0, np.nan]})
    said = _warnings(bad, 3, 4000)
    assert "2 of 2 numbers" in said[0]
    assert "R-hat 1.200" in said[0]
    assert "3 of 4000" in said[1]


def made(seed=4, people=24, rows=12):
    """Responses of every family around one linear predictor: of people, before and after."""
    rng = np.random.default_rng(seed)
    who, post = np.repeat(np.arange(people), rows), np.tile([0, 1], people * rows // 2)
    own = 0.5 * rng.normal(size=people)[who]
    mean = np.exp(1.0 - 0.5 * post + own)
    count = rng.poisson(mean)
    crowded = rng.negative_binomial(3, 3 / (3 + mean))
    amount = rng.gamma(4, mean / 4)
    rng.normal(size=people * rows)
    share = 1 / (1 + np.exp(-(0.3 - 0.8 * post + own)))
    event = (rng.random(people * rows) < share).astype(int)
    success = rng.binomial(5, share)
    part = np.clip(rng.beta(share * 8, (1 - share) * 8), 1e-4, 1 - 1e-4)
    return pd.DataFrame(
        {
            "p": [f"P{each:02d}" for each in who],
            "time": np.where(post, "post", "pre"),
            "count": count,
            "crowded": crowded,
            "amount": amount,
            "event": event,
            "success": success,
            "failure": 5 - success,
            "part": part,
        }
    )


# glmmTMB 1.1.5 of that table: intercept, post - pre, their standard errors, SD of people,
# dispersion.
GLMMTMB = {
    ("poisson", "count", "log"): (0.972420, -0.394216, 0.121343, 0.074954, 0.536738),
    ("negative-binomial", "crowded", "log"): (
        1.031339,
        -0.502982,
        0.126804,
        0.100659,
        0.523656,
        3.751291,
    ),
    ("gamma", "amount", "log"): (0.935455, -0.460276, 0.114861, 0.057573, 0.526278, 0.484094),
    ("binomial", "event", "logit"): (0.247766, -0.685674, 0.226182, 0.253399, 0.688064),
    ("binomial", "cbind(success, failure)", "logit"): (
        0.288392,
        -0.796042,
        0.124314,
        0.110726,
        0.476701,
    ),
    ("binomial", "event", "probit"): (0.152060, -0.419824, 0.139131, 0.154262, 0.426315),
    ("binomial", "event", "cloglog"): (-0.227355, -0.490868, 0.155736, 0.179482, 0.487522),
    ("beta", "part", "logit"): (0.318544, -0.826500, 0.122886, 0.079080, 0.538386, 8.733945),
}
SAMPLED = [each for each in GLMMTMB if each[2] in ("log", "logit") and "cbind" not in each[1]]


@pytest.mark.parametrize("case", SAMPLED, ids=lambda each: each[0])
def test_the_posterior_of_each_family_is_where_glmmtmb_s_estimate_is(case):
    pytest.importorskip("numpyro", reason="the extra bayes is not installed")
    family, response, link = case
    asked = settings(family=family, link=link, bayes_draws=150, structure="written")
    model = mixed_model(made(), f"{response} ~ time + (1|p)", asked)
    first, effect, first_error, error, spread, *dispersion = GLMMTMB[case]
    found = model.posterior.table.set_index("name")
    # Within the error of few draws, and what weak priors move.
    assert found.loc["(Intercept)", "median"] == pytest.approx(first, abs=0.35 * first_error)
    assert found.loc["timepost", "median"] == pytest.approx(effect, abs=0.35 * error)
    width = found.loc["timepost", "ci_high"] - found.loc["timepost", "ci_low"]
    assert width / 3.92 == pytest.approx(error, rel=0.2)
    people = found.loc["p: (Intercept)"]
    # Of few people the median of an SD lies above its most likely value.
    assert people["median"] == pytest.approx(spread, rel=0.15)
    assert people["ci_low"] < spread < people["ci_high"]
    for value in dispersion:
        row = found[found["what"] == "dispersion"].iloc[0]
        assert row["ci_low"] < value < row["ci_high"]
        assert row["median"] == pytest.approx(value, rel=0.12)


def scattered(family, link, eta, more, table, response):
    """Return the log-likelihood by scipy, in its own parameters."""
    if family == "poisson":
        return stats.poisson.logpmf(table[response], np.exp(eta)).sum()
    if family == "negative-binomial":
        size = more["size"]
        return stats.nbinom.logpmf(table[response], size, size / (size + np.exp(eta))).sum()
    if family == "gamma":
        shape = 1 / more["sigma"] ** 2
        return stats.gamma.logpdf(table[response], shape, scale=np.exp(eta) / shape).sum()
    if family == "beta":
        mean, phi = 1 / (1 + np.exp(-eta)), more["precision"]
        return stats.beta.logpdf(table[response], mean * phi, (1 - mean) * phi).sum()
    chance = {
        "logit": lambda: 1 / (1 + np.exp(-eta)),
        "probit": lambda: stats.norm.cdf(eta),
        "cloglog": lambda: 1 - np.exp(-np.exp(eta)),
    }[link]()
    if response == "event":
        return stats.bernoulli.logpmf(table["event"], chance).sum()
    return stats.binom.logpmf(table["success"], 5, chance).sum()


@pytest.mark.parametrize("case", list(GLMMTMB), ids=lambda each: "-".join(each))
def test_what_is_sampled_is_the_likelihood_and_the_priors_that_are_told(case):
    """The exact density at a point, by scipy: wrong parameters of a family would show."""
    pytest.importorskip("numpyro", reason="the extra bayes is not installed")
    import jax
    from numpyro.infer.util import log_density

    family, response, link = case
    table = made(people=6, rows=6)
    asked = settings(family=family, link=link, bayes=False, structure="written")
    formula, kind = parse(f"{response} ~ time + (1|p)"), family_of(family, link)
    fit = fitted(table, formula, references={"time": "pre"}, family=kind)
    data = _data(fit, asked)
    rng = np.random.default_rng(1)
    gamma, z = np.array([0.4, -0.3]), rng.normal(size=(6, 1))
    more = dict.fromkeys(fit.family.dispersion, 1.7)
    point = {"gamma": gamma, "sd0": np.array([0.6]), "z0": z, **more}
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    try:
        found = float(log_density(_model, (data,), {}, point)[0])
    finally:
        jax.config.update("jax_enable_x64", before)
    post = (table["time"] == "post").to_numpy(float)
    who = pd.factorize(table["p"])[0]
    eta = gamma[0] + gamma[1] * (post - post.mean()) + 0.6 * z[who, 0]
    expected = scattered(family, link, eta, more, table, response)
    priors = data.priors
    expected += stats.norm.logpdf(gamma[0], priors.center, priors.spread)
    expected += stats.norm.logpdf(gamma[1], 0, priors.effects[1])
    expected += stats.halfnorm.logpdf(0.6, scale=priors.sds[0][0]) + stats.norm.logpdf(z).sum()
    expected += sum(stats.halfcauchy.logpdf(value) for value in more.values())
    assert found == pytest.approx(expected, rel=1e-6)
