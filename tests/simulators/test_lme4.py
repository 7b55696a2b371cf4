"""The same models in R: lme4, lmerTest and emmeans run the script that we write, on our data."""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import renshaw as rs
from renshaw.reports.model_folder import write_model_folder

REAL = Path(__file__).parents[3] / "shared" / "data"


def _reason():
    if shutil.which("Rscript") is None:
        return "R is not installed"
    packages = "stopifnot(requireNamespace('lmerTest'), requireNamespace('emmeans'))"
    done = subprocess.run(["Rscript", "-e", packages], capture_output=True, check=False)
    return "R has no lme4, lmerTest and emmeans" if done.returncode else ""


REASON = _reason()
pytestmark = pytest.mark.skipif(bool(REASON), reason=REASON or "R is there")


def made(seed=1, people=11, units=6, missing=0.15):
    """Unbalanced data: people differ in level, units and change; some rows are lost."""
    rng = np.random.default_rng(seed)
    rows = []
    for p in range(people):
        level, change = rng.normal(3, 1), rng.normal(-0.4, 0.5)
        for u in range(units):
            unit = rng.normal(0, 0.7)
            torque = rng.uniform(0, 20)
            for n, time in enumerate(("before", "during it", "Zafter")):
                y = level + unit + change * n + 0.05 * torque + rng.normal(0, 0.6)
                age = "old" if p % 2 else "young"
                rows.append((f"P{p}", f"MU{u:02d}", time, age, torque + n, y))
    table = pd.DataFrame(rows, columns=["participant", "mu", "time", "age group", "rt", "ΔF"])
    table = table.assign(side=np.where(table["mu"] < "MU03", "left", "right"))
    table["dose"] = np.arange(len(table)) * 7 % 11 + 0.5
    return table[rng.uniform(size=len(table)) > missing].reset_index(drop=True)


MADE = [
    "`ΔF` ~ time + (1|participant)",
    "`ΔF` ~ time + (1|participant/mu)",
    "`ΔF` ~ time * `age group` + rt + (1|participant/mu)",
    "`ΔF` ~ time + (1 + rt | participant) + (1|participant:mu)",
    "`ΔF` ~ time * rt + (1 + rt || participant)",
    "`ΔF` ~ 0 + time + `age group` + (1|participant)",
    "log(`ΔF` + 9) ~ `age group`/rt + I(rt^2) + (1|participant)",
    "`ΔF` ~ scale(rt) + (1|participant) + (1|time)",
    "`ΔF` ~ time + rt",
    "log2(`ΔF` + 9) ~ rt + time * side * `age group` + (1|participant)",
    "`ΔF` ~ rt * dose + (1|participant)",
    "`ΔF` ~ 1 + (1|participant/mu)",
]
# As they are written: of richer structures lme4 does not find the optimum exactly enough.
TERMS = [
    "`ΔF` ~ time * poly(rt, 2) + (1|participant/mu)",
    "`ΔF` ~ time + ns(rt, df = 3) + (1|participant/mu)",
    "`ΔF` ~ relevel(time, ref = 'during it') + scale(rt, scale = FALSE) + (1|participant/mu)",
    "`ΔF` ~ factor(time, levels = c('Zafter', 'before', 'during it')) + (1|participant)",
    "`ΔF` ~ time + offset(rt) + (1|participant)",
    "`ΔF` ~ time + rt + offset(log(rt + 1)) + (1 + rt|participant)",
]
ORSSATTO = [
    ("orssatto_rt_soleus_deltaf_all.csv", "deltaf ~ time + (1|participant)"),
    ("orssatto_rt_soleus_deltaf_all.csv", "peak_dr ~ time * rt + (1|participant)"),
    ("orssatto_rt_soleus_deltaf_tracked.csv", "deltafcc ~ timecc + (1|participant/mu_list)"),
    (
        "orssatto_rt_deltaf_20_40.csv",
        "deltaf ~ as.factor(time) * as.factor(intensity) + (1|participant/mu_list)",
    ),
    ("orssatto_rt_deltaf_20_40.csv", "dr ~ time + rt + (1|participant/mu_list)"),
]


ODD = "`ΔF` ~ time * `T` + (1|participant/`who's \\ unit`)"
WRITTEN = rs.stats.MixedModelSettings(structure="written")
# One formula with each correction, and by maximum likelihood; the others have the defaults.
SETTINGS = {
    MADE[0]: replace(WRITTEN, correction="tukey", confidence=0.9, reml=False),
    MADE[1]: replace(WRITTEN, correction="bonferroni", references=("time=during it",)),
    MADE[2]: replace(WRITTEN, correction="none"),
}
SUPPORTED = "supported: "
# Prior weights, and Kenward and Roger's degrees of freedom.
HOW = {
    "weights": ("`ΔF` ~ time + (1|participant/mu)", replace(WRITTEN, weights="rt")),
    "weights and ML": ("`ΔF` ~ time + (1|participant)", replace(WRITTEN, weights="rt", reml=False)),
    "weights, no groups": ("`ΔF` ~ time + rt", replace(WRITTEN, weights="rt")),
    "KR": ("`ΔF` ~ time * rt + (1|participant/mu)", replace(WRITTEN, df="kenward-roger")),
    "KR slopes": (
        "`ΔF` ~ time + rt + (1 + rt|participant) + (1|participant:mu)",
        replace(WRITTEN, df="kenward-roger"),
    ),
    "KR offset": (
        "`ΔF` ~ time * rt + offset(log(dose)) + (1|participant)",
        replace(WRITTEN, df="kenward-roger"),
    ),
    "KR crossed": (
        "`ΔF` ~ time + (1|participant) + (1|time:`age group`)",
        replace(WRITTEN, df="kenward-roger"),
    ),
}
_RUN = """
for (folder in commandArgs(TRUE)) {
  setwd(folder)
  tryCatch(capture.output(source("model.R"), file = "said.txt"),
    error = function(e) writeLines(conditionMessage(e), "error.txt"))
}
"""


def odd():
    """Names and levels that need quoting, and cells without data."""
    table = made(5).rename(columns={"mu": "who's \\ unit", "age group": "T"})
    words = {"before": 'a "q" \\ b', "during it": "TRUE", "Zafter": "é,ü;x"}
    table = table.assign(
        T=table["T"].map({"old": "T", "young": "F"}), time=table["time"].map(words)
    )
    return table[(table["time"] != "TRUE") | (table["T"] == "T")]


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    """Every model with the folder of R's answers; one R session runs all the scripts."""
    root = tmp_path_factory.mktemp("r")
    models = {f: rs.compare(made(), f, SETTINGS.get(f, WRITTEN)) for f in MADE}
    models |= {SUPPORTED + f: rs.compare(made(), f) for f in MADE}
    models |= {f: rs.compare(made(), f, WRITTEN) for f in TERMS}
    models |= {name: rs.compare(made(), *asked) for name, asked in HOW.items()}
    models[ODD] = rs.compare(odd(), ODD, WRITTEN)
    if REAL.is_dir():
        models |= {case: rs.compare(REAL / case[0], case[1], WRITTEN) for case in ORSSATTO}
    folders = {}
    for n, (case, model) in enumerate(models.items()):
        folders[case] = root / str(n)
        folders[case].mkdir()
        write_model_folder(model, folders[case], "oracle")
    script = root / "all.R"
    script.write_text(_RUN, encoding="utf-8")
    names = [str(folder) for folder in folders.values()]
    subprocess.run(["Rscript", str(script), *names], capture_output=True, check=True, timeout=600)
    return {case: (model, folders[case]) for case, model in models.items()}


def close(ours, theirs, names, rel=1e-3):
    for mine, other in names.items():
        expected = theirs[other].to_numpy(dtype=float)
        got = ours[mine].to_numpy(dtype=float)
        np.testing.assert_allclose(got, expected, rtol=rel, atol=1e-4, err_msg=f"{mine}")


def in_r(term):
    """The name of a coefficient in R, whose data have the order of levels that we write."""
    return re.sub(r"(relevel|factor)\((\w+), (ref|levels) = (c\(.*\)|\".*\")\)", r"\2", term)


def same_answers(model, theirs):
    """The answers, in their order; on the scale of the model, where R's are, too."""
    mine = model.answers
    assert len(theirs) == len(mine) > 0
    ours = pd.DataFrame([vars(each) for each in mine])
    logs = ours["scale"].str.endswith("ratio")
    base = {"log2": 2, "log10": 10}.get(model.formula.response.text, np.e)
    for column in ("estimate", "low", "high"):
        ours.loc[logs, column] = np.log(ours.loc[logs, column]) / np.log(base)
    columns = {"std_error": "SE", "df": "df", "low": "lower.CL", "high": "upper.CL"}
    # emmeans has pairs that Tukey's method corrects in an order of its own.
    ours, theirs = (
        ours.sort_values(["estimate", "std_error"]),
        theirs.sort_values(["estimate", "SE"]),
    )
    close(ours, theirs, {"estimate": "estimate", "p_adjusted": "p.value"} | columns)


def agrees(model, folder):
    failed = folder / "error.txt"
    assert not failed.exists(), failed.read_text()

    def answer(name):
        return pd.read_csv(folder / f"r_{name}.csv", index_col=0)

    fixed = answer("fixed_effects")
    assert list(fixed.index) == [in_r(term) for term in model.fixed_effects["term"]]
    estimates = {"estimate": "Estimate", "std_error": "Std. Error", "statistic": "t value"}
    close(model.fixed_effects, fixed, estimates | {"p_value": "Pr(>|t|)"})
    means, pairs = model.marginal_means, model.contrasts
    if len(means):
        columns = {"std_error": "SE", "df": "df", "ci_low": "lower.CL", "ci_high": "upper.CL"}
        key = ["estimate", "SE", "df"]
        theirs = answer("marginal_means").sort_values(key)
        close(
            means.sort_values(["mean", "std_error", "df"]), theirs, {"mean": "estimate"} | columns
        )
        theirs = answer("contrasts").sort_values(key)
        ours = pairs.sort_values(["estimate", "std_error", "df"])
        close(ours, theirs, {"estimate": "estimate", "p_adjusted": "p.value"} | columns)
    same_answers(model, answer("answers"))
    if sizes := [a.effect_size for a in model.answers if a.effect_size]:
        names = {"value": "estimate", "std_error": "SE", "low": "lower.CL", "high": "upper.CL"}
        ours = pd.DataFrame(sizes).sort_values(["value", "std_error"])
        close(ours, answer("effect_sizes").sort_values(["estimate", "SE"]), names)
    if not model.has_random:
        return
    close(model.fixed_effects, fixed, {"df": "df"})
    variances = pd.read_csv(folder / "r_variance_components.csv")
    ours = model.variance_components
    assert ours["group"].tolist()[-1] == "Residual"
    ours = ours[ours["with_effect"] == ""]["variance"].sort_values().to_numpy()
    theirs = variances[variances["var2"].isna()]["vcov"].sort_values().to_numpy()
    np.testing.assert_allclose(ours, theirs, rtol=2e-3, atol=1e-4)
    fit = pd.read_csv(folder / "r_fit.csv").iloc[0]
    # Lower is better: never worse than lme4's optimum, and the same where it converged.
    assert model.statistics["criterion"] <= fit["criterion"] + 1e-3
    assert model.statistics["criterion"] == pytest.approx(fit["criterion"], abs=1e-2)
    assert bool(model.statistics["singular"]) == bool(fit["singular"])
    if len(model.anova):
        columns = {"num_df": "NumDF", "den_df": "DenDF", "f_value": "F value"}
        close(model.anova, answer("anova"), columns)
    said = "Kenward-Roger" if model.settings.df == "kenward-roger" else "Satterthwaite"
    assert said in (folder / "said.txt").read_text()


@pytest.mark.parametrize("formula", MADE + TERMS)
def test_r_gives_the_same_numbers_on_made_data(formula, answered):
    agrees(*answered[formula])


@pytest.mark.parametrize("formula", MADE)
def test_r_gives_the_same_numbers_for_the_structure_that_was_chosen(formula, answered):
    agrees(*answered[SUPPORTED + formula])


@pytest.mark.parametrize("name", HOW)
def test_weights_and_kenward_roger_are_those_of_r(name, answered):
    agrees(*answered[name])
    model, folder = answered[name]
    if model.settings.df == "kenward-roger":
        theirs = pd.read_csv(folder / "r_fixed_effects.csv", index_col=0)
        ours = model.fixed_effects
        names = {"std_error": "Std. Error", "df": "df"}
        close(ours, theirs, names, rel=1e-4)


_NLME = """
suppressPackageStartupMessages(library(nlme))
d <- read.csv("data.csv", check.names = FALSE)
d$time <- factor(d$time, c("before", "during it", "Zafter"))
m <- lme(y ~ time + rt, random = ~ 1 | participant/mu, data = d, method = METHOD,
  weights = varIdent(form = ~ 1 | time))
write.csv(data.frame(criterion = -2 * as.numeric(logLik(m)), sigma = m$sigma,
  during = coef(m$modelStruct$varStruct, unconstrained = FALSE)["during it"],
  after = coef(m$modelStruct$varStruct, unconstrained = FALSE)["Zafter"]), "fit.csv")
write.csv(summary(m)$tTable, "fixed.csv")
"""


@pytest.mark.parametrize("reml", [True, False])
def test_residual_variances_by_group_are_those_of_nlme(reml, tmp_path):
    table = made(3).rename(columns={"ΔF": "y"})
    rng = np.random.default_rng(1)
    more = {"before": 0.0, "during it": 0.5, "Zafter": 1.5}
    table["y"] += rng.normal(size=len(table)) * table["time"].map(more).to_numpy()
    settings = replace(WRITTEN, residual_by="time", reml=reml)
    model = rs.compare(table, "y ~ time + rt + (1|participant/mu)", settings)
    table.to_csv(tmp_path / "data.csv", index=False)
    script = tmp_path / "nlme.R"
    script.write_text(_NLME.replace("METHOD", '"REML"' if reml else '"ML"'), encoding="utf-8")
    subprocess.run(
        ["Rscript", "nlme.R"], cwd=tmp_path, capture_output=True, check=True, timeout=300
    )
    fit = pd.read_csv(tmp_path / "fit.csv").iloc[0]
    assert model.statistics["criterion"] <= fit["criterion"] + 1e-5
    assert model.statistics["criterion"] == pytest.approx(fit["criterion"], abs=1e-3)
    parts = model.variance_components
    spread = parts[parts["group"] == "Residual"].set_index("effect")["std_dev"]
    first = spread["timebefore"]
    assert first == pytest.approx(fit["sigma"], rel=2e-3)
    assert spread["timeduring it"] / first == pytest.approx(fit["during"], rel=2e-3)
    assert spread["timeZafter"] / first == pytest.approx(fit["after"], rel=2e-3)
    fixed = pd.read_csv(tmp_path / "fixed.csv", index_col=0)
    # nlme's standard errors of an ML fit are those of n - p, as lm's.
    scale = 1.0 if reml else np.sqrt((len(table) - len(fixed)) / len(table))
    close(model.fixed_effects, fixed, {"estimate": "Value"})
    np.testing.assert_allclose(
        model.fixed_effects["std_error"], fixed["Std.Error"] * scale, rtol=2e-3
    )


@pytest.mark.skipif(not REAL.is_dir(), reason="the real recordings are not here")
@pytest.mark.parametrize("case", ORSSATTO, ids=lambda case: case[1])
def test_r_gives_the_same_numbers_on_real_data(case, answered):
    agrees(*answered[case])


def test_odd_names_and_empty_cells_survive_the_way_to_r(answered):
    model, folder = answered[ODD]
    assert not (folder / "error.txt").exists(), (folder / "error.txt").read_text()
    assert any("Left out" in words for words in model.warnings)
    fixed = pd.read_csv(folder / "r_fixed_effects.csv", index_col=0)
    assert list(fixed.index) == model.fixed_effects["term"].tolist()
    columns = {"estimate": "Estimate", "std_error": "Std. Error", "df": "df"}
    close(model.fixed_effects, fixed, columns)
    theirs = pd.read_csv(folder / "r_marginal_means.csv", index_col=0)
    np.testing.assert_allclose(
        np.sort(model.marginal_means["mean"]), np.sort(theirs["estimate"]), rtol=1e-3
    )


def test_the_script_runs_as_it_is_written(answered):
    """As a reader runs it: by itself, in its folder."""
    _, folder = answered[MADE[1]]
    kept = (folder / "r_fixed_effects.csv").read_text()
    (folder / "r_fixed_effects.csv").unlink()
    subprocess.run(["Rscript", "model.R"], cwd=folder, capture_output=True, check=True, timeout=300)
    assert (folder / "r_fixed_effects.csv").read_text() == kept
