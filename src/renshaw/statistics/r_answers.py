"""The answers in R: contrasts of emmeans and emtrends, with effect sizes."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from renshaw.statistics.formula import Node, quoted
from renshaw.statistics.means import is_shared

if TYPE_CHECKING:
    from renshaw.statistics.answers import Answer
    from renshaw.statistics.fit import Fit
    from renshaw.statistics.settings import MixedModelSettings

_KEPT = """
said <- function(found) {
  link <- as.data.frame(summary(found, infer = TRUE, type = "link"))
  names(link)[2] <- "estimate"
  names(link) <- sub("asymp.LCL", "lower.CL", sub("asymp.UCL", "upper.CL", names(link)))
  names(link) <- sub("z.ratio", "t.ratio", names(link))
  link[c("contrast", "estimate", "SE", "df", "lower.CL", "upper.CL", "p.value")]
}
print(answers)
write.csv(do.call(rbind, lapply(answers, said)), "r_answers.csv")
if (length(sizes)) {
  print(sizes)
  write.csv(do.call(rbind, lapply(sizes, as.data.frame)), "r_effect_sizes.csv")
}
"""


def string(text: str) -> str:
    """Return text as a string of R."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


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
    corrected = len(family) > 1 and settings.across == "none" and bool(family[0].correction)
    adjust = string(family[0].correction if corrected else "none")
    level = f"level = {settings.confidence:g}"
    key = string(f"{place}: {family[0].question}")
    lines = [
        f"found <- contrast({base}, list(",
        *",\n".join(listed).splitlines(),
    ]
    lines[-1] += "))"
    lines += [f"answers[[{key}]] <- summary(found, infer = TRUE, {level}, adjust = {adjust})"]
    size = family[0].effect_size
    if size is not None:
        spread = "sigma(m)" if size.per == 1 else f"sigma(m) / {size.per:.15g}"
        lines += [
            f'sizes[[{key}]] <- summary(eff_size(found, method = "identity", sigma = {spread},',
            f"  edf = {size.edf:.15g}), infer = TRUE, {level})",
        ]
    return lines


def _name(node: Node) -> str:
    """Return a factor's column as emmeans calls it."""
    return quoted(node.names()[0]).replace("\\", "\\\\")


def _trends(fit: Fit, slope_of: str, by: str, columns: list[str]) -> tuple[str, str]:
    """Return emtrends' call, and what its slopes are multiplied by to be those of one unit."""
    nodes = {str(node): node for node in fit.design.variables}
    covariate = nodes[slope_of]
    column = covariate.names()[0]
    plain = is_shared(fit, covariate) or covariate.text == "scale"
    per = f" * sd(d[[{string(column)}]])" if not is_shared(fit, covariate) and plain else ""
    if not plain and covariate.kind == "call" and covariate.text == "I":
        # emtrends takes the function itself.
        variable = str(covariate.parts[0])
    else:
        variable = column if plain else str(covariate)
    at, spec = "", " * ".join(columns) or "1"
    if by:
        other = nodes[by].names()[0]
        spec = quoted(other)
        mean = f"mean(d[[{string(other)}]])"
        at = f", at = list({spec} = {mean} + 0:1)"
    return f"emtrends(m, ~ {spec}, var = {string(variable)}, nesting = NULL{at})", per
