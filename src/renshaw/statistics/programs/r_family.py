"""A model of another family than normal in R: glmmTMB, whose numbers renshaw's are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from renshaw.statistics.families.response import two_levels
from renshaw.statistics.programs.r_answers import string

if TYPE_CHECKING:
    from renshaw.statistics.fitting.fit import Fit

PACKAGES = ("glmmTMB", "emmeans")


def family_call(fit: Fit, formula: str) -> str:
    """Return the call that fits a formula, as R reads it; its offsets are columns of their own.

    emmeans would take ``offset(log(days))`` at the mean of days, not at its own mean.
    """
    for place, node in enumerate(fit.formula.offset, start=1):
        letters = re.sub(r"\s", "", f"({node})")
        written = r"\boffset\s*" + r"\s*".join(map(re.escape, letters))
        formula = re.sub(written, f"offset(offset_{place})", formula)
    return f"glmmTMB({formula}, data = d, family = {fit.family.r})"


def response_lines(fit: Fit) -> list[str]:
    """Return what makes numbers of an outcome that is text, and tests of z where none says df."""
    lines = []
    if fit.family.name == "binomial":
        levels = two_levels(fit.table, fit.formula)
        if levels:
            name = string(fit.formula.response.text)
            lines.append(f"d[[{name}]] <- as.numeric(d[[{name}]] == {string(levels[1])})")
    if not fit.family.normal:
        lines += [
            f"d[['offset_{place}']] <- with(d, {node})"
            for place, node in enumerate(fit.formula.offset, start=1)
        ]
        lines.append("emm_options(ref_grid = list(df = Inf))")
    return lines


def of_logarithm(formula: str) -> str:
    """Return the formula of a log-normal model as one of the logarithm."""
    left, _, right = formula.partition("~")
    return f"log({left.strip()}) ~ {right.strip()}"


KEPT = (
    "",
    "# glmmTMB tests coefficients by z; what is given as df below is of the people who carry it.",
    "write.csv(coef(summary(m))$cond, 'r_fixed_effects.csv')",
    "write.csv(data.frame(criterion = as.numeric(-2 * logLik(m)), dispersion = sigma(m)),",
    "  'r_fit.csv', row.names = FALSE)",
)
