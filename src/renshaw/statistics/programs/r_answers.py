"""The answers in R: contrasts of emmeans and emtrends, with effect sizes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from renshaw.data.arrays import FloatArray
from renshaw.statistics.answers.means import is_shared
from renshaw.statistics.formulas.design import at_values
from renshaw.statistics.formulas.formula import Node, quoted
from renshaw.statistics.settings import KENWARD_ROGER

if TYPE_CHECKING:
    from renshaw.statistics.answers.answer import Answer
    from renshaw.statistics.fitting.fit import Fit
    from renshaw.statistics.settings import MixedModelSettings

_KEPT = """
stacked <- function(tables) do.call(rbind, lapply(tables, function(each) {
  each <- as.data.frame(each)
  names(each)[2] <- "estimate"
  names(each) <- sub("asymp[.]", "lower.", sub("asymp.UCL", "upper.CL", names(each)))
  names(each) <- sub("lower.LCL", "lower.CL", sub("z.ratio", "t.ratio", names(each)))
  each[intersect(c("contrast", "estimate", "SE", "df", "lower.CL", "upper.CL", "p.value"),
    names(each))]
}))
print(answers)
write.csv(stacked(answers), "r_answers.csv")
if (length(sizes)) print(sizes)
if (length(sizes)) write.csv(stacked(sizes), "r_effect_sizes.csv")
"""

# One by one: emmeans can't tell ratios with intervals that agree with Holm's p-values.
RATIOS = ', type = "response"'
# What makes emmeans' intervals agree with Holm's p-values, as `multiplicity.error_rates` does.
AGREEING = """
# Beside Holm's p-values emmeans gives Bonferroni's intervals. Where one of them holds no difference
# though p is below 1 - level, it is taken at the level at which Holm's method tests.
agreeing <- function(found, level, ...) {
  each <- summary(found, infer = TRUE, level = level, adjust = "holm", ...)
  alone <- summary(found, infer = TRUE, level = level, adjust = "none", ...)$p.value
  ends <- grep("CL$", names(each))
  holds <- each[[ends[1]]] <= 0 & each[[ends[2]]] >= 0
  for (n in which(holds & each$p.value < 1 - level)) {
    rate <- (1 - level) * alone[n] / each$p.value[n]
    half <- qt(rate / 2, each$df[n], lower.tail = FALSE) * each$SE[n]
    each[n, ends] <- each$estimate[n] + c(-half, half)
  }
  each
}
"""


def summary(found: str, level: float, correction: str, df: str) -> str:
    """Return the call that tests contrasts and gives intervals.

    Parameters
    ----------
    found : str
        The contrasts' name in R.
    level : float
        Coverage.
    correction : str
        Of p-values.
    df : str
        Further arguments, as `df_option` has them.
    """
    if correction == "holm":
        return f"agreeing({found}, level = {level:g}{df})"
    return f'summary({found}, infer = TRUE, level = {level:g}, adjust = "{correction}"{df})'


def string(text: str) -> str:
    """Return text as a string of R."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def df_option(fit: Fit, rows: Iterable[FloatArray | None]) -> str:
    """Return the option that gives emmeans our degrees of freedom, where it has none of its own.

    Parameters
    ----------
    fit : Fit
    rows : iterable of array (p,) or None
        What is tested together, as weights on the estimated coefficients; None where the data
        can't say.
    """
    if fit.family.normal:
        return ""
    known = {fit.precision.df(weights) for weights in rows if weights is not None}
    fewest = min(known, default=math.inf)
    return f", df = {fewest:.12g}" if math.isfinite(fewest) else ""


def answer_lines(fit: Fit, settings: MixedModelSettings, answers: Sequence[Answer]) -> list[str]:
    """Return the lines that make the answers again, family by family."""
    lines = ["", "# The answers, as explicit weights of marginal means or slopes."]
    lines += ["answers <- list()", "sizes <- list()"]
    families = itertools.groupby(
        answers, lambda a: (a.part, a.term, a.within, len(a.changes), a.linear[::2])
    )
    for place, (_, family) in enumerate(families, start=1):
        lines += _family(fit, settings, list(family), place)
    return [*lines, *_KEPT.splitlines()] if answers else lines


def _family(fit: Fit, settings: MixedModelSettings, family: list[Answer], place: int) -> list[str]:
    linear = family[0].linear
    by_name = {each.name: each for each in fit.design.variables.values()}
    factors = [by_name[name] for name in linear.factors]
    columns = [_name(each.node) for each in factors]
    if linear.slope_of:
        base, per = _trends(fit, linear.slope_of, linear.by, columns)
    else:
        base, per = f"emmeans(m, ~ {' * '.join(columns) or '1'}, nesting = NULL)", ""
    # The first factor runs fastest, as in R.
    cells = list(itertools.product(*(each.levels or () for each in reversed(factors))))
    listed = []
    for answer in family:
        given = dict(answer.linear.weights)
        weights = [given.get(cell[::-1], 0.0) for cell in cells] if not linear.by else [-1.0, 1.0]
        words = ", ".join(f"{weight:.15g}" for weight in weights)
        listed.append(f"  {string(answer.name)} = c({words}){per}")
    correction = family[0].correction if settings.across == "none" else ""
    weighed = ",\n".join(listed)
    found = f"contrast({base}, list(\n{weighed}))"
    if linear.slope_of and fit.formula.offset:
        found = _of_coefficients(fit, family, settings.df)
    if correction == "tukey":
        found = _all_pairs(fit, family)
    key = string(f"{place}: {family[0].question}")
    df = df_option(fit, (each.weights for each in family))
    level = settings.confidence
    lines = [
        f"found <- {found}",
        f"answers[[{key}]] <- {summary('found', level, correction or 'none', df)}",
    ]
    if family[0].is_ratio:
        lines.append(f"print({summary('found', level, 'none', df + RATIOS)})")
    size = family[0].effect_size
    if size is not None:
        spread = "sigma(m)" if size.per == 1 else f"sigma(m) / {size.per:.9g}"
        lines += [
            f'size <- eff_size(found, method = "identity", sigma = {spread}, edf = {size.edf:.9g})',
            f"sizes[[{key}]] <- {summary('size', level, 'none', '')}",
        ]
    return lines


def _of_coefficients(fit: Fit, family: Sequence[Answer], df_by: str) -> str:
    """Return answers as weights of coefficients: emtrends takes no model with an offset."""
    names = ", ".join(string(each.name) for each in family)
    rows = ",\n".join(
        f"  c({', '.join(f'{weight:.15g}' for weight in each.weights)})" for each in family
    )
    if not fit.family.normal:
        b, v, df = "fixef(m)$cond", "vcov(m)$cond", "Inf"
    elif fit.groups and df_by == KENWARD_ROGER:
        b, v = "fixef(m)", "as.matrix(pbkrtest::vcovAdj(m))"
        df = 'contest1D(m, k, ddf = "Kenward-Roger")$df'
    elif fit.groups:
        b, v, df = "fixef(m)", "as.matrix(vcov(m))", "contest1D(m, k)$df"
    else:
        b, v, df = "coef(m)", "vcov(m)", "df.residual(m)"
    return (
        f"emmobj({b}, {v}, levels = list(contrast = c({names})), linfct = rbind(\n{rows}),\n"
        f"  dffun = function(k, dfargs) {df}, dfargs = list())"
    )


def _all_pairs(fit: Fit, family: Sequence[Answer]) -> str:
    """Return emmeans' own pairs, the only ones that it corrects by Tukey's method."""
    by_name = {each.name: each for each in fit.design.variables.values()}
    names = family[0].linear.factors
    (cell, _), *_ = family[0].linear.weights
    inner = by_name[names[0]]
    # The level that comes first is never the later one, and so on.
    later = [each.changes[0][2] for each in family]
    in_order = sorted(inner.levels or (), key=later.count)
    places = [(inner.levels or ()).index(level) for level in in_order]
    fixed = [_name(by_name[name].node) for name in names[1:]]
    by = f" | {' * '.join(fixed)}" if fixed else ""
    at = ", ".join(
        f"{column} = {string(level)}" for column, level in zip(fixed, cell[1:], strict=True)
    )
    means = f"emmeans(m, ~ {_name(inner.node)}{by}, nesting = NULL"
    return tukey_pairs(places, f"{means}, at = list({at}))" if at else f"{means})")


def tukey_pairs(places: Sequence[int], means: str) -> str:
    """Return emmeans' own pairs of means, turned round as ours where all of them are.

    Parameters
    ----------
    places : sequence of int
        The levels' places in R's order, as we compare them.
    means : str
        The call that gives the means.
    """
    reverse = "TRUE" if list(places) == sorted(places) else "FALSE"
    return f"pairs({means}, reverse = {reverse})"


def _name(node: Node) -> str:
    """Return a factor's column as emmeans calls it."""
    return quoted(node.names()[0]).replace("\\", "\\\\")


def _trends(fit: Fit, slope_of: str, by: str, columns: list[str]) -> tuple[str, str]:
    """Return emtrends' call, and what its slopes are multiplied by to be those of one unit."""
    nodes = {str(node): node for node in fit.design.variables}
    covariate = nodes[slope_of]
    column = covariate.names()[0]
    shared = is_shared(fit, covariate)
    variable, per = str(covariate), ""
    if shared:
        variable = column
    elif covariate.text == "scale":
        # R would scale the few values of its grid anew: the slope is asked of the column.
        at_mean = float(fit.table[column].mean())
        up, down = (at_values(fit.table, covariate, {column: at_mean + n}) for n in (1.0, 0.0))
        variable, per = column, f" * {1 / (up - down):.12g}"
    elif covariate.text == "I":
        # emtrends takes the function itself.
        variable = str(covariate.parts[0])
    at, spec = "", " * ".join(columns) or "1"
    if shared:
        # R takes a difference forward, which of a curve is the slope only if it is short.
        at = f", delta.var = 1e-6 * diff(range(d[[{string(column)}]]))"
    if by:
        other = nodes[by].names()[0]
        spec = quoted(other)
        mean = f"mean(d[[{string(other)}]])"
        at += f", at = list({spec} = {mean} + 0:1)"
    return f"emtrends(m, ~ {spec}, var = {string(variable)}, nesting = NULL{at})", per
