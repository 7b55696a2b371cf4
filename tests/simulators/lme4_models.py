"""Tables and formulas of many kinds, drawn from seeds, for which lme4's optimum is kept.

``python tests/simulators/lme4_models.py`` draws them, fits them in R by bobyqa and by Nelder-Mead,
and writes the better log-likelihood of both to ``lme4_models.csv``.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

COUNT = 240
KEPT = Path(__file__).with_name("lme4_models.csv")
FORMULAS = (
    "y ~ time + (1|person)",
    "y ~ time + (1|person/unit)",
    "y ~ time + x + (1|person/unit)",
    "y ~ time + x + (1 + x|person) + (1|person:unit)",
    "y ~ time + (1 + time|person)",
    "y ~ time + (1 + time|person) + (1|person:unit)",
    "y ~ time * x + (1 + x||person) + (1|person:time)",
    "y ~ time + (1|person) + (1|unit)",
    "y ~ x + (1|person) + (1|unit) + (1|time)",
    "y ~ x + (1 + x|person) + (1|unit)",
    "y ~ time + (1|person) + (1|person:time) + (1|person:unit)",
    "y ~ time + (0 + x|person) + (1|person)",
)
_SPREADS = (0.0, 0.0, 0.03, 0.3, 1.0, 1.0, 3.0, 30.0)
_SIZES = (1e-4, 1.0, 1.0, 1.0, 1e5)


class Drawn(NamedTuple):
    """A model to be fitted."""

    table: pd.DataFrame
    formula: str
    reml: bool
    weighted: bool


def drawn(seed: int) -> Drawn:
    """Return the table and the formula of a seed."""
    rng = np.random.default_rng([15, seed])
    people, units, times = rng.integers(5, 22), rng.integers(2, 9), rng.integers(2, 5)
    person = np.repeat(np.arange(people), units * times)
    unit = np.tile(np.repeat(np.arange(units), times), people)
    time = np.tile(np.arange(times), people * units)
    lost = rng.uniform(size=len(person)) < rng.choice([0.0, 0.15, 0.45])
    lost &= rng.uniform(size=people)[person] < 0.8  # some people are there whole
    n = len(person)
    x = rng.normal(size=n)
    both, many = person * units + unit, person * times + time

    def effect(codes: np.ndarray) -> np.ndarray:
        return rng.choice(_SPREADS) * rng.normal(size=codes.max() + 1)[codes]

    y = 0.3 * time + 0.2 * x + effect(person) + effect(both) + effect(unit) + effect(many)
    y = y + effect(person) * x + effect(person) * time + rng.normal(size=n)
    weights = rng.uniform(0.2, 4, n)
    # Badly scaled: columns of any size and far from zero.
    x = rng.choice(_SIZES) * (x + rng.choice([0.0, 0.0, 3.0, 30.0]))
    y = rng.choice(_SIZES) * (y + rng.choice([0.0, 20.0]))
    table = pd.DataFrame(
        {
            "person": [f"P{v:02d}" for v in person],
            "unit": [f"U{v}" for v in unit],
            "time": [f"t{v}" for v in time],
            "x": x,
            "weight": weights,
            "y": y,
        }
    )
    formula = FORMULAS[seed % len(FORMULAS)]
    return Drawn(
        table[~lost].reset_index(drop=True),
        formula,
        bool(rng.uniform() < 0.8),
        bool(rng.uniform() < 0.25),
    )


_R = """
suppressPackageStartupMessages(library(lme4))
asked <- read.csv("models.csv")
best <- sapply(seq_len(nrow(asked)), function(i) {
  d <- read.csv(sprintf("%d.csv", i - 1))
  w <- if (asked$weighted[i] == "True") d$weight else rep(1, nrow(d))
  d$w <- w
  tried <- sapply(c("bobyqa", "Nelder_Mead"), function(name) tryCatch(
    suppressMessages(suppressWarnings(as.numeric(logLik(lmer(as.formula(asked$formula[i]), d,
      REML = asked$reml[i] == "True", weights = w,
      control = lmerControl(optimizer = name, optCtrl = list(maxfun = 1e5))))))),
    error = function(e) NA))
  if (all(is.na(tried))) NA else max(tried, na.rm = TRUE)
})
write.csv(data.frame(seed = asked$seed, log_likelihood = sprintf("%.10f", best)), "best.csv",
  row.names = FALSE, quote = FALSE)
"""


def main() -> None:
    """Fit all models in R and keep the better log-likelihoods."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = []
        for seed in range(COUNT):
            model = drawn(seed)
            model.table.to_csv(folder / f"{seed}.csv", index=False)
            rows.append((seed, model.formula, model.reml, model.weighted))
        columns = ["seed", "formula", "reml", "weighted"]
        pd.DataFrame(rows, columns=columns).to_csv(folder / "models.csv", index=False)
        (folder / "fit.R").write_text(_R, encoding="utf-8")
        subprocess.run(["Rscript", "fit.R"], cwd=folder, check=True)
        KEPT.write_text((folder / "best.csv").read_text(encoding="utf-8"), encoding="utf-8")


if __name__ == "__main__":
    main()
