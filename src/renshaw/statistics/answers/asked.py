"""What is asked, as answers hold it: the term, the levels that are compared, the words."""

from __future__ import annotations

from renshaw.statistics.answers.answer import Linear
from renshaw.statistics.answers.contrasts import within_words
from renshaw.statistics.answers.custom import Custom
from renshaw.statistics.answers.means import is_shared, level_of
from renshaw.statistics.answers.questions import Question
from renshaw.statistics.families.scale import Scale
from renshaw.statistics.fitting.fit import Fit

Asked = Question | Custom


def term_of(fit: Fit, asked: Asked) -> str:
    """Return the term as the formula has it."""
    covariates = (asked.covariate, asked.by) if isinstance(asked, Question) else ()
    mine = {each.node for each in asked.term} | {each for each in covariates if each}
    written = next((term for term in fit.design.terms.terms if set(term) == mine), tuple(mine))
    return ":".join(map(str, written))


def changes_of(asked: Asked) -> tuple[tuple[str, str, str], ...]:
    if isinstance(asked, Custom):
        return ()
    return tuple(
        (each.factor.name, level_of(each.factor, each.earlier), level_of(each.factor, each.later))
        for each in asked.changes
    )


def over_of(fit: Fit, asked: Asked) -> str:
    """Return over what an average is taken, in words."""
    nodes = asked.over if isinstance(asked, Question) else ()
    factors = [fit.design.variables[n].name for n in nodes if fit.design.variables[n].is_factor]
    numbers = [str(n) for n in nodes if not fit.design.variables[n].is_factor]
    words = [f"averaged over {' and '.join(factors)}"] if factors else []
    words += [f"at the mean of {' and '.join(numbers)}"] if numbers else []
    return " ".join(words)


def words_of(fit: Fit, asked: Asked, scale: Scale) -> tuple[str, str]:
    """Return the question and what is compared, in words."""
    if isinstance(asked, Custom):
        return f"{asked.name}?", asked.name
    where = f" where {within_words(asked.within)}" if asked.within else ""
    where += f", {over_of(fit, asked)}" if asked.over else ""
    changes = ", ".join(change.words for change in asked.changes)
    if asked.covariate is not None:
        column = is_shared(fit, asked.covariate)
        name = str(asked.covariate.names()[0] if column else asked.covariate)
        if asked.by is not None:
            words = f"Does the slope of {scale.of} on {name} change with {asked.by}?"
            return words, f"slope of {name}, by {asked.by}"
        if not asked.changes:
            return f"How does {scale.of} change with {name}{where}?", f"slope of {name}"
        others = " and ".join(change.factor.name for change in asked.changes)
        words = f"Does the slope of {scale.of} on {name} depend on {others}{where}?"
        return words, f"slope of {name}, {changes}"
    if not asked.changes:
        return f"What is the {scale.mean} of {scale.of}?", scale.mean
    first, *rest = asked.changes
    if rest:
        others = " and ".join(change.factor.name for change in rest)
        words = f"Does the difference in {scale.of} by {first.factor.name} depend on {others}"
        return f"{words}{where}?", changes
    return f"Does {scale.of} differ by {first.factor.name}{where}?", changes


def linear_of(asked: Asked) -> Linear:
    cells = [(weight, tuple(chosen.items())) for weight, chosen in asked.cells()]
    by_node = {each.node: each for each in asked.term}
    named = [node for node, _ in cells[0][1]] if cells else []
    weights = tuple(
        (tuple(level_of(by_node[node], level) for node, level in chosen), weight)
        for weight, chosen in cells
    )
    covariates = (asked.covariate, asked.by) if isinstance(asked, Question) else (None, None)
    slope_of, by = ("" if each is None else str(each) for each in covariates)
    return Linear(tuple(by_node[node].name for node in named), weights, slope_of, by)
