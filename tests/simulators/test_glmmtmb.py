"""The same models by glmmTMB and glmer: estimates, standard errors and likelihood."""

import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest

import renshaw as rs
from renshaw.reports.model_folder import write_model_folder
from renshaw.statistics.families.densities import density
from renshaw.statistics.families.families import family_of
from renshaw.statistics.fitting.fit import fitted
from renshaw.statistics.formulas.formula import parse


def _reason():
    if shutil.which("Rscript") is None:
        return "R is not installed"
    packages = "for (p in c('glmmTMB', 'lme4', 'emmeans')) stopifnot(requireNamespace(p))"
    done = subprocess.run(["Rscript", "-e", packages], capture_output=True, check=False)
    return "R has no glmmTMB, lme4 and emmeans" if done.returncode else ""


REASON = _reason()
pytestmark = pytest.mark.skipif(bool(REASON), reason=REASON or "R is there")

FAMILIES = {
    "poisson": [],
    "negative-binomial": [0.5],
    "binomial": [],
    "gamma": [-0.5],
    "beta": [1.0],
    "tweedie": [0.1, 0.2],
    "truncated-poisson": [],
    "truncated-negative-binomial": [0.5],
}
FORMULAS = (
    "y ~ x + dose + (1|who/unit)",
    "y ~ x + dose + offset(log(hours)) + (1 + x|who)",
    "y ~ x * dose + (1|who)",
)


def tables():
    """One table a family, of people who differ in level and in response."""
    rng = np.random.default_rng(11)
    n = 360
    who, unit = np.repeat(np.arange(24), 15), np.arange(n) // 5
    x, dose, hours = np.tile([0, 1, 1], n // 3), rng.uniform(0, 2, n), rng.integers(1, 4, n)
    found = {}
    for name, free in FAMILIES.items():
        eta = 0.4 + 0.4 * x - 0.2 * dose + (0.6 * rng.normal(size=24))[who]
        eta += (0.5 * rng.normal(size=24))[who] * x + (0.3 * rng.normal(size=72))[unit]
        y = density(family_of(name), np.full(n, 0.5)).draw(eta, np.array(free), rng)
        y = np.clip(y, 1e-3, 1 - 1e-3) if name == "beta" else y
        found[name] = pd.DataFrame(
            {
                "y": y,
                "x": np.where(x == 1, "on", "off"),
                "dose": dose,
                "hours": hours,
                "who": [f"P{p}" for p in who],
                "unit": [f"U{u}" for u in unit],
            }
        )
    return found


R = """
suppressPackageStartupMessages({library(glmmTMB); library(lme4)})
jobs <- read.csv("jobs.csv")
out <- lapply(seq_len(nrow(jobs)), function(k) {
  d <- read.csv(jobs$table[k])
  f <- as.formula(jobs$formula[k])
  m <- suppressWarnings(glmmTMB(f, d, family = eval(parse(text = jobs$family[k]))))
  b <- coef(summary(m))$cond
  data.frame(job = k, term = rownames(b), estimate = b[, 1], error = b[, 2],
    deviance = -2 * as.numeric(logLik(m)))
})
write.csv(do.call(rbind, out), "out.csv", row.names = FALSE)
"""


def test_families_are_fitted_as_by_glmmtmb(tmp_path):
    jobs, ours = [], []
    for name, table in tables().items():
        table.to_csv(tmp_path / f"{name}.csv", index=False)
        for formula in FORMULAS:
            family = family_of(name)
            jobs.append({"table": f"{name}.csv", "formula": formula, "family": family.r})
            ours.append(fitted(table, parse(formula), family=family))
    pd.DataFrame(jobs).to_csv(tmp_path / "jobs.csv", index=False)
    (tmp_path / "all.R").write_text(R)
    done = subprocess.run(
        ["Rscript", "all.R"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    theirs = pd.read_csv(tmp_path / "out.csv")
    compared = 0
    for number, fit in enumerate(ours, start=1):
        mine = theirs[theirs["job"] == number]
        what = f"{jobs[number - 1]}"
        # A likelihood that is not below theirs, whatever became of the rest.
        if np.isfinite(mine["deviance"].iloc[0]):
            assert fit.optimum.deviance <= mine["deviance"].iloc[0] + 1e-4, what
        if fit.optimum.singular or not np.isfinite(mine["error"]).all():
            continue
        compared += 1
        errors = [fit.precision.standard_error(row) for row in np.eye(len(fit.names))]
        assert mine["term"].tolist() == fit.names, what
        np.testing.assert_allclose(
            fit.coefficients, mine["estimate"], rtol=1e-3, atol=1e-3, err_msg=what
        )
        np.testing.assert_allclose(errors, mine["error"], rtol=1e-3, err_msg=what)
    assert compared >= 14


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("poisson", "y ~ x + offset(log(hours)) + (1|who)"),
        ("negative-binomial", "y ~ x * dose + (1|who)"),
        ("binomial", "y ~ x + (1|who)"),
        ("gamma", "y ~ x + (1|who)"),
        ("log-normal", "y ~ x + (1|who)"),
        ("tweedie", "y ~ x + dose + (1|who)"),
        ("beta", "y ~ x + (1|who)"),
    ],
)
def test_the_script_of_a_family_runs_and_says_the_same(tmp_path, name, formula):
    table = tables()["gamma" if name == "log-normal" else name]
    settings = rs.stats.MixedModelSettings(family=name, bootstraps=0, sign_flips=0)
    model = rs.compare(table, formula, settings)
    write_model_folder(model, tmp_path, "R")
    done = subprocess.run(
        ["Rscript", "model.R"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    theirs = pd.read_csv(tmp_path / "r_fixed_effects.csv", index_col=0)
    mine = model.fixed_effects.set_index("term")
    np.testing.assert_allclose(mine["estimate"], theirs["Estimate"], rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(mine["std_error"], theirs["Std. Error"], rtol=1e-3)
    means = pd.read_csv(tmp_path / "r_marginal_means.csv")
    np.testing.assert_allclose(model.marginal_means["mean"], means["estimate"], atol=1e-3)
    np.testing.assert_allclose(model.marginal_means["ci_low"], means["lower.CL"], atol=2e-3)
    answers = pd.read_csv(tmp_path / "r_answers.csv")
    assert answers["p.value"].iloc[0] == pytest.approx(model.answers[0].p_value, abs=2e-3)
