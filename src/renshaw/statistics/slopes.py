"""Do participants differ in how they change? Random slopes, where the data allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from renshaw.core.errors import RenshawError
from renshaw.statistics.fit import Fit, fitted
from renshaw.statistics.formula import Formula, Node, RandomTerm, Terms

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "random_terms",
    "parameters",
    "criterion",
    "aic",
    "chi_square",
    "p_value",
    "verdict",
    "chosen",
)
_MOST_EFFECTS = 2_000
_MOST_PARAMETERS = 10


def criterion_aic(fit: Fit) -> tuple[float, float]:
    """Return the (restricted) deviance and Akaike's criterion, as lme4 counts parameters."""
    count = fit.problem.p + fit.problem.n_theta + 1
    return fit.optimum.deviance, fit.optimum.deviance + 2 * count


def candidates(fit: Fit) -> list[Formula]:
    """Return the formula with slopes of the outermost group, for what varies inside its levels."""
    formula = fit.formula
    outer = _outermost(fit)
    if outer is None:
        return []
    within = [
        node
        for node in formula.fixed.variables()
        if len(node.names()) == 1 and _varies_within(fit, node, outer)
    ]
    sets: list[tuple[Node, ...]] = [(node,) for node in within]
    if len(within) > 1:
        sets.append(tuple(within))
    return [_with_slopes(formula, outer, nodes) for nodes in sets]


def _outermost(fit: Fit) -> RandomTerm | None:
    """Return the group that the others are nested in, if it has an intercept and no slopes yet."""
    if not fit.groups:
        return None
    term = min(fit.groups, key=lambda group: group.block.levels).term
    mine = [each for each in fit.formula.random if each.group == term.group]
    plain = len(mine) == 1 and mine[0].effects.intercept and not mine[0].effects.terms
    return mine[0] if plain else None


def _varies_within(fit: Fit, node: Node, outer: RandomTerm) -> bool:
    codes = next(g.block.codes for g in fit.groups if g.term == outer)
    values = fit.design.variables[node].values
    order = np.lexsort((values, codes))
    same = (np.diff(codes[order]) == 0) & (np.diff(values[order]) != 0)
    changing = len(np.unique(codes[order][1:][same]))
    return bool(changing >= max(2, 0.5 * (codes.max() + 1)))


def _with_slopes(formula: Formula, outer: RandomTerm, nodes: Sequence[Node]) -> Formula:
    effects = Terms(True, tuple((node,) for node in nodes))
    random = tuple(replace(t, effects=effects) if t == outer else t for t in formula.random)
    written = tuple(random_words(term) for term in random)
    text = f"{formula.fixed_text()} + {' + '.join(written)}"
    return replace(formula, text=text, random=random, random_text=written)


def _parameters(fit: Fit, candidate: Formula) -> int:
    """Return how many variances and correlations a candidate's slopes have."""
    term = next(t for t in candidate.random if t.effects.terms)
    width = 1
    for (node,) in term.effects.terms:
        levels = fit.design.variables[node].levels
        width += 1 if levels is None else len(levels) - 1
    return width * (width + 1) // 2


def random_words(term: RandomTerm) -> str:
    """Return a random term as lme4 reads it."""
    from renshaw.statistics.formula import quoted

    words = ["1" if term.effects.intercept else "0"]
    words += [":".join(map(str, effect)) for effect in term.effects.terms]
    return f"({' + '.join(words)} | {':'.join(quoted(name) for name in term.group)})"


def structures(
    fit: Fit, *, choose: bool, reml: bool, references: Mapping[str, str]
) -> tuple[Fit, pd.DataFrame]:
    """Fit the candidates, and return the chosen fit with a table of all.

    A candidate is chosen, where that is asked for, if it converges, is not singular and has the
    least AIC.
    """
    import pandas as pd
    from scipy import stats

    asked, aic = criterion_aic(fit)
    as_asked = "as asked" + ("; singular" if fit.optimum.singular else "")
    first = (" + ".join(fit.formula.random_text), fit.problem.n_theta, asked, aic)
    rows: list[list[object]] = [[*first, np.nan, np.nan, as_asked, False]]
    best, best_aic, best_row = fit, aic, 0
    for candidate in candidates(fit) if fit.problem.q <= _MOST_EFFECTS else []:
        words = " + ".join(candidate.random_text)
        if (count := _parameters(fit, candidate)) > _MOST_PARAMETERS:
            why = (
                f"not tried: {count} variances and correlations are more than data like these hold"
            )
            rows.append([words, count, np.nan, np.nan, np.nan, np.nan, why, False])
            continue
        try:
            other = fitted(fit.table, candidate, reml=reml, references=references)
        except RenshawError as error:
            rows.append([words, np.nan, np.nan, np.nan, np.nan, np.nan, str(error), False])
            continue
        criterion, its_aic = criterion_aic(other)
        more = other.problem.n_theta - fit.problem.n_theta
        chi = max(0.0, asked - criterion)
        verdict = _verdict(other, its_aic, aic)
        row = [words, other.problem.n_theta, criterion, its_aic]
        rows.append([*row, chi, float(stats.chi2.sf(chi, more)), verdict, False])
        if verdict == _GOOD and its_aic < best_aic:
            best, best_aic, best_row = other, its_aic, len(rows) - 1
    chosen = best_row if choose else 0
    rows[chosen][-1] = True
    return (best if choose else fit), pd.DataFrame(rows, columns=list(COLUMNS))


_GOOD = "supported: lower AIC, not singular"


def _verdict(fit: Fit, aic: float, without: float) -> str:
    if not fit.optimum.converged:
        return f"not converged: {fit.optimum.words}"
    if fit.optimum.singular:
        return "singular: the data do not hold this much variation between levels"
    return _GOOD if aic < without else "not needed: the AIC does not fall"
