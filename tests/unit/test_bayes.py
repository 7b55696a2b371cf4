"""The Bayesian fit of compare: the same model with priors, beside the REML fit."""

import sys

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import renshaw as rs
from renshaw.core.errors import SettingsError
from renshaw.reports.model_folder import write_model_folder
from renshaw.statistics.fitting.bayes import BayesMissingError, _warnings
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
