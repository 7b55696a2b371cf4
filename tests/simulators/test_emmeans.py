"""The answers beside emmeans' own words: interactions, trends, ratios and effect sizes.

`model.R`, which `test_lme4` runs, weighs cells one by one; here R says it as its users do.
"""

import subprocess

import numpy as np
import pandas as pd
import pytest
from test_lme4 import REASON, made

import renshaw as rs

pytestmark = pytest.mark.skipif(bool(REASON), reason=REASON or "R is there")
SCRIPT = """
suppressPackageStartupMessages({library(lme4); library(lmerTest); library(emmeans)})
emm_options(lmer.df = "satterthwaite", lmerTest.limit = 1e7, pbkrtest.limit = 1)
d <- read.csv("d.csv")
d$time <- factor(d$time, levels = c("pre", "post"))
d$age <- factor(d$age, levels = c("young", "old"))
kept <- function(x, name) write.csv(as.data.frame(x), name, row.names = FALSE)
m <- lmer(y ~ age * time + (1 | who/mu), d)
e <- emmeans(m, ~ time * age)
i <- contrast(e, interaction = "revpairwise", by = NULL)
kept(summary(i, infer = TRUE), "interaction.csv")
kept(summary(pairs(e, by = "age", reverse = TRUE), infer = TRUE), "simple.csv")
kept(summary(eff_size(pairs(e, by = "age", reverse = TRUE), method = "identity",
  sigma = sigma(m), edf = EDF), infer = TRUE), "sizes.csv")
m <- lmer(y ~ age * rt + (1 | who), d)
t <- emtrends(m, ~ age, var = "rt")
kept(summary(t, infer = TRUE), "trends.csv")
kept(summary(pairs(t, reverse = TRUE), infer = TRUE), "trend_difference.csv")
m <- lmer(log10(y + 9) ~ time + (1 | who), d)
kept(summary(pairs(emmeans(m, ~ time), reverse = TRUE), type = "response", infer = TRUE),
  "ratio.csv")
"""
COLUMNS = ["estimate", "low", "high", "std_error", "df", "p_value"]


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    folder = tmp_path_factory.mktemp("emmeans")
    d = made(9).rename(columns={"participant": "who", "age group": "age", "ΔF": "y"})
    d["time"] = d["time"].map({"before": "pre", "Zafter": "post"})
    d = d.dropna().reset_index(drop=True)
    # Young people are the reference in R, as they come first here.
    d = d.sort_values("age", ascending=False).reset_index(drop=True)
    d.to_csv(folder / "d.csv", index=False)
    how = rs.stats.MixedModelSettings(bootstraps=0, sign_flips=0, structure="written")
    formulas = (
        "y ~ age * time + (1|who/mu)",
        "y ~ age * rt + (1|who)",
        "log10(y + 9) ~ time + (1|who)",
    )
    models = [rs.compare(d, formula, how) for formula in formulas]
    edf = models[0].answers[0].effect_size.edf
    (folder / "s.R").write_text(SCRIPT.replace("EDF", f"{edf:.12g}"))
    done = subprocess.run(
        ["Rscript", "s.R"], cwd=folder, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return models, lambda name: pd.read_csv(folder / f"{name}.csv")


def same(answers, theirs, names=(), rel=1e-3):
    ours = np.array([[getattr(each, name) for name in COLUMNS] for each in answers])
    columns = ["SE", "df", "p.value"]
    ends = [c for c in theirs.columns if c.endswith(".CL")]
    estimate = next(c for c in theirs.columns if c in ("estimate", "rt.trend", "ratio"))
    expected = theirs[[estimate, *ends, *columns]].to_numpy(dtype=float)
    skip = [COLUMNS.index(name) for name in names]
    ours, expected = (np.delete(each, skip, axis=1) for each in (ours, expected))
    np.testing.assert_allclose(ours, expected, rtol=rel, atol=1e-5)


def simple(model):
    return [each for each in model.answers if each.part == "simple"]


def test_differences_of_differences_and_simple_effects(both):
    (model, _, _), theirs = both
    same(model.answers[:1], theirs("interaction"))
    same(simple(model), theirs("simple"))


def test_effect_sizes(both):
    (model, _, _), theirs = both
    sizes = theirs("sizes")
    ours = [(e.value, e.std_error, e.low, e.high) for e in (a.effect_size for a in simple(model))]
    expected = sizes[["effect.size", "SE", "lower.CL", "upper.CL"]].to_numpy(dtype=float)
    np.testing.assert_allclose(np.array(ours), expected, rtol=1e-3)


def test_slopes_by_group(both):
    (_, model, _), theirs = both
    same(model.answers[:1], theirs("trend_difference"))
    same(simple(model), theirs("trends"))


def test_ratios(both):
    """Their standard error is that of the ratio, ours that of the test."""
    (_, _, model), theirs = both
    same(model.answers, theirs("ratio"), names=["std_error"])
