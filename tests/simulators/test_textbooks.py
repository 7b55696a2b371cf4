"""Published designs beside lmerTest with their textbook's formula.

The formula that is given here has the intercepts of the design's own units and no more; what the
textbook adds (Worker:Machine, Block:Variety, a slope) must be found, and nothing else.
"""

import subprocess

import pandas as pd
import pytest
from test_lme4 import REASON

import renshaw as rs

pytestmark = pytest.mark.skipif(bool(REASON), reason=REASON or "R is there")
QUICK = rs.stats.MixedModelSettings(bootstraps=0, sign_flips=0)
# Name, data, what is asked of renshaw, the textbook's formula.
DESIGNS = {
    # Venables & Ripley: half of a 2 x 2 x 2 factorial in each block, NPK confounded; 12 df.
    "npk": ("npk", "yield ~ N * P * K + (1|block)", "yield ~ N * P * K + (1|block)"),
    # Yates 1935, a split plot: 10 df for whole plots, 45 for subplots.
    "oats": (
        "Oats",
        "yield ~ factor(nitro) * Variety + (1|Block)",
        "yield ~ factor(nitro) * Variety + (1|Block/Variety)",
    ),
    "oats, nested": (
        "Oats",
        "yield ~ factor(nitro) * Variety + (1|Block/Variety)",
        "yield ~ factor(nitro) * Variety + (1|Block/Variety)",
    ),
    "oats, line": (
        "Oats",
        "yield ~ nitro + Variety + (1|Block/Variety)",
        "yield ~ nitro + Variety + (1|Block/Variety)",
    ),
    # Snedecor & Cochran, a split plot in blocks.
    "alfalfa": (
        "Alfalfa",
        "Yield ~ Variety * Date + (1|Block)",
        "Yield ~ Variety * Date + (1|Block/Variety)",
    ),
    # Pinheiro & Bates: workers respond to machines, replicated thrice; 10 df.
    "machines": (
        "Machines",
        "score ~ Machine + (1|Worker)",
        "score ~ Machine + (1|Worker/Machine)",
    ),
    # A randomized block, each treatment once.
    "stools": ("ergoStool", "effort ~ Type + (1|Subject)", "effort ~ Type + (1|Subject)"),
    # A Latin square.
    "sprays": (
        "OrchardSprays",
        "decrease ~ treatment + (1|rowpos) + (1|colpos)",
        "decrease ~ treatment + (1|rowpos) + (1|colpos)",
    ),
    # Cochran & Cox: recipes between batches, temperatures within; 42 and 210 df.
    "cake": (
        "cake",
        "angle ~ recipe * factor(temp) + (1|recipe:replicate)",
        "angle ~ recipe * factor(temp) + (1|recipe:replicate)",
    ),
    "cake, line": (
        "cake",
        "angle ~ recipe * temp + (1|recipe:replicate)",
        "angle ~ recipe * temp + (1|recipe:replicate)",
    ),
    # Growth and fatigue: everybody has a slope of their own.
    "sleep": ("sleepstudy", "Reaction ~ Days + (1|Subject)", "Reaction ~ Days + (Days|Subject)"),
    "rats": ("BodyWeight", "weight ~ Diet * Time + (1|Rat)", "weight ~ Diet * Time + (Time|Rat)"),
    # Crossed samples and plates.
    "penicillin": (
        "Penicillin",
        "diameter ~ 1 + (1|plate) + (1|sample)",
        "diameter ~ 1 + (1|plate) + (1|sample)",
    ),
}
SCRIPT = """
suppressPackageStartupMessages({library(lme4); library(lmerTest)})
data(list = c("Oats", "Alfalfa", "Machines", "ergoStool", "BodyWeight"), package = "nlme")
name <- commandArgs(TRUE)
table <- as.data.frame(get(name[1]))
# Factors that are nobody's order: text and numbers as a file has them.
for (each in names(table)) if (is.ordered(table[[each]]))
  table[[each]] <- factor(table[[each]], ordered = FALSE)
if (name[1] == "Alfalfa") levels(table$Date)[levels(table$Date) == "None"] <- "no"
write.csv(table, "d.csv", row.names = FALSE)
exact <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e6))
m <- lmer(as.formula(name[2]), table, control = exact)
tests <- if (name[3] == "means") data.frame(term = character()) else {
  a <- as.data.frame(anova(m)); cbind(term = rownames(a), a) }
write.csv(tests, "tests.csv", row.names = FALSE)
"""


@pytest.fixture(scope="module")
def script(tmp_path_factory):
    folder = tmp_path_factory.mktemp("textbooks")
    (folder / "s.R").write_text(SCRIPT)
    return folder


@pytest.mark.parametrize("name", DESIGNS)
def test_a_textbooks_analysis_is_found(script, name):
    data, asked, textbook = DESIGNS[name]
    only = "means" if "~ 1 +" in asked else "tests"
    subprocess.run(
        ["Rscript", "s.R", data, textbook, only],
        cwd=script,
        check=True,
        capture_output=True,
        timeout=300,
    )
    table = pd.read_csv(script / "d.csv", keep_default_na=False)
    if data == "BodyWeight":
        table["Diet"] = "d" + table["Diet"].astype(str)
    theirs = pd.read_csv(script / "tests.csv")
    model = rs.compare(table, asked, QUICK)
    ours = model.anova
    # In R's order of the terms: main effects as they are written, then interactions.
    assert ours["num_df"].tolist() == theirs.get("NumDF", pd.Series(dtype=int)).tolist()
    if len(theirs):
        assert ours["f_value"].to_numpy() == pytest.approx(theirs["F value"].to_numpy(), rel=2e-3)
        assert ours["den_df"].to_numpy() == pytest.approx(theirs["DenDF"].to_numpy(), rel=5e-3)
        assert ours["p_value"].to_numpy() == pytest.approx(
            theirs["Pr(>F)"].to_numpy(), rel=2e-2, abs=1e-12
        )
    else:
        assert len(model.formula.random) == 2
