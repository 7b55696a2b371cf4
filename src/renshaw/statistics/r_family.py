"""A model of another family than normal in R: glmmTMB, whose numbers renshaw's are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.statistics.formula import quoted
from renshaw.statistics.r_answers import string
from renshaw.statistics.response import two_levels

if TYPE_CHECKING:
    from renshaw.statistics.fit import Fit

PACKAGES = ("glmmTMB", "emmeans")


def family_call(fit: Fit, formula: str) -> str:
    """Return the call that fits a formula, as R reads it."""
    return f"glmmTMB({formula}, data = d, family = {fit.family.r})"


def response_lines(fit: Fit) -> list[str]:
    """Return what makes numbers of an outcome that is text, and rates of an offset of 0."""
    lines = []
    if fit.family.name == "binomial":
        levels = two_levels(fit.table, fit.formula)
        if levels:
            name = string(fit.formula.response.text)
            lines.append(f"d[[{name}]] <- as.numeric(d[[{name}]] == {string(levels[1])})")
    grid = [] if fit.family.normal else ["df = Inf"]
    if no_offset := _without_offset(fit):
        lines.append("# Means at an offset of 0: the rate of one unit of time.")
        grid.append(f"at = list({no_offset})")
    if grid:
        lines.append(f"emm_options(ref_grid = list({', '.join(grid)}))")
    return lines


def _without_offset(fit: Fit) -> str:
    """Return at which values of its columns an offset is 0: of a column, or its logarithm."""
    found = []
    for node in fit.formula.offset:
        inner = node.parts[0] if node.kind == "call" and node.text == "log" else node
        if inner.kind == "name":
            found.append(f"{quoted(inner.text)} = {1 if inner is not node else 0}")
    return ", ".join(found)


def of_logarithm(formula: str) -> str:
    """Return the formula of a log-normal model as one of the logarithm."""
    left, _, right = formula.partition("~")
    return f"log({left.strip()}) ~ {right.strip()}"


KEPT = (
    "",
    "write.csv(coef(summary(m))$cond, 'r_fixed_effects.csv')",
    "write.csv(data.frame(criterion = as.numeric(-2 * logLik(m)), dispersion = sigma(m)),",
    "  'r_fit.csv', row.names = FALSE)",
)
