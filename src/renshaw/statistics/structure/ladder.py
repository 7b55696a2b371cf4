"""Do people differ in how they change? The random effects that the design asks for.

A rung of the ladder is tried for each fixed effect that varies within a grouping and is replicated
there: clusters ``(1 | participant:time)`` let every person respond in an own way; slopes ``(1 +
time | participant)`` let the responses to several levels be correlated and of different spread. The
design decides that there are clusters, and a variance that is estimated as 0 takes one away; slopes
take its place where the data hold their correlations too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from renshaw.core.errors import RenshawError
from renshaw.statistics.fitting.fit import Fit
from renshaw.statistics.fitting.optimum import SINGULAR
from renshaw.statistics.formulas.formula import Formula, Node, RandomTerm, Term, Terms, quoted
from renshaw.statistics.formulas.formula_calls import DUMMY
from renshaw.statistics.structure.layout import (
    Grouping,
    Layout,
    codes_of,
    count,
    joint,
    nested,
    same,
)

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
_INTERCEPT = Terms(True, ())
_MOST_TERMS = 10
# Above this, crossed groups have no exact derivatives (reml.py).
_MOST_CROSSED = 1_200
_STRAIGHT = ("log", "log2", "log10", "log1p", "sqrt", "scale")

Refit = Callable[[Formula], Fit]
Random = tuple[RandomTerm, ...]


def criterion_aic(fit: Fit) -> tuple[float, float]:
    """Return the (restricted) deviance and Akaike's criterion, as lme4 counts parameters."""
    beside = 1 if fit.generalized is None else len(fit.family.dispersion)
    beside += max(0, len(fit.spreads) - 1)
    parameters = fit.problem.p + fit.problem.n_theta + beside
    return fit.optimum.deviance, fit.optimum.deviance + 2 * parameters


@dataclass(frozen=True)
class Slope:
    """A fixed effect whose size may differ between the groups of a grouping."""

    node: Node
    grouping: tuple[str, ...]
    levels: tuple[str, ...] = ()
    """Of a factor; a number has none."""

    def apart(self) -> tuple[Node, ...]:
        """Return the effects whose variances are apart: a number's own, or one for each level.

        Two levels apart say no more of their difference than clusters do.
        """
        if not self.levels:
            return (self.node,)
        column = Node("name", self.node.names()[0])
        levels = self.levels if len(self.levels) > 2 else ()
        return tuple(
            Node("call", DUMMY, (column, Node("option", "", (Node("text", each),))))
            for each in levels
        )


def random_words(term: RandomTerm) -> str:
    """Return a random term as lme4 reads it."""
    words = ["1" if term.effects.intercept else "0"]
    words += [":".join(map(str, effect)) for effect in term.effects.terms]
    return f"({' + '.join(words)} | {_label(term.group)})"


def rewritten(formula: Formula, random: Random) -> Formula:
    """Return a formula with other random terms."""
    written = tuple(random_words(term) for term in random)
    text = " + ".join([formula.fixed_text(), *written])
    return replace(formula, text=text, random=random, random_text=written)


def structures(asked: Fit, layout: Layout, refit: Refit) -> tuple[Fit, pd.DataFrame]:
    """Climb the ladder.

    Parameters
    ----------
    asked : Fit
        The model as it was written.
    layout : Layout
    refit : function
        Fits another formula to the same rows in the same way.

    Returns
    -------
    Fit
        The structure that the design asks for and the data support.
    DataFrame
        All that were tried, a row each; the first is the one that was written.
    """
    tried = Tried(asked, refit)
    best = climbed(tried, layout)
    return best, tried.table(best)


def climbed(tried: Tried, layout: Layout) -> Fit:
    """Return the structure that the design asks for and the data support."""
    asked = best = tried.asked
    first = with_clusters(asked, layout)
    if _is_too_large(asked, layout, first):
        tried.leave(first, "not tried: too many crossed levels")
        return asked
    if first != asked.formula.random and (fit := tried.fit(first)) is not None:
        best = tried.settled(fit)
    for slope in slopes(best, layout):
        for candidate in with_slope(best.formula.random, slope):
            other = tried.fit(candidate)
            if other is not None and (held := tried.held(other, best, slope)) is not None:
                best = held
                break
    return best


class Tried:
    """Fits so far, for the table of what was considered."""

    def __init__(self, asked: Fit, refit: Refit) -> None:
        self.asked: Fit = asked
        self._refit = refit
        self._rows: list[tuple[Random, Fit | None, str]] = [(asked.formula.random, asked, "")]

    def fit(self, random: Random) -> Fit | None:
        """Fit other random terms; None, with the reason in the table, where that fails."""
        for terms, fit, _ in self._rows:
            if set(terms) == set(random):
                return fit
        try:
            found = self._refit(rewritten(self.asked.formula, random))
        except (RenshawError, np.linalg.LinAlgError) as error:
            self._rows.append((random, None, f"not possible: {error}"))
            return None
        self._rows.append((random, found, ""))
        return found

    def leave(self, random: Random, why: str) -> None:
        """Note random terms that are not fitted."""
        self._rows.append((random, None, why))

    def settled(self, fit: Fit) -> Fit:
        """Take away what is estimated as 0, except what the formula asked for."""
        nothing = [term for term in empty(fit) if term not in self.asked.formula.random]
        if not nothing:
            return fit
        left = tuple(term for term in fit.formula.random if term not in nothing)
        smaller = self.fit(left)
        return fit if smaller is None else self.settled(smaller)

    def held(self, fit: Fit, without: Fit, slope: Slope) -> Fit | None:
        """Return a fit with a slope as far as the data hold it, or None."""
        if not fit.optimum.converged:
            return None
        sloped = [t for t in fit.formula.random if t not in without.formula.random]
        if len(sloped) > 1:
            fit = self.settled(fit)
            left = sum(term in sloped for term in fit.formula.random)
            better = criterion_aic(fit)[1] < criterion_aic(without)[1]
            # Of any two levels that are compared, one at least must vary between people.
            return fit if better and left >= len(sloped) - 1 else None
        if _is_singular(fit, sloped[0]):
            return None
        # Clusters let two levels differ as much as slopes do.
        two = len(slope.levels) == 2
        better = criterion_aic(fit)[1] < criterion_aic(without)[1]
        return fit if better or not two else None

    def table(self, best: Fit) -> pd.DataFrame:
        """Return a row for each that was tried."""
        import pandas as pd
        from scipy import stats

        criterion, _ = criterion_aic(self.asked)
        rows: list[list[object]] = []
        for random, fit, why in self._rows:
            words = " + ".join(map(random_words, random)) or "none"
            if fit is None:
                rows.append([words, np.nan, np.nan, np.nan, np.nan, np.nan, why, False])
                continue
            its, aic = criterion_aic(fit)
            more = fit.problem.n_theta - self.asked.problem.n_theta
            chi, p = np.nan, np.nan
            if more > 0:
                chi = max(0.0, criterion - its)
                p = float(stats.chi2.sf(chi, more))
            verdict = _verdict(fit, best, asked=fit is self.asked)
            rows.append([words, fit.problem.n_theta, its, aic, chi, p, verdict, fit is best])
        return pd.DataFrame(rows, columns=list(COLUMNS))


def _verdict(fit: Fit, best: Fit, *, asked: bool) -> str:
    head = "as written; " if asked else ""
    if fit is best:
        return head + "what the design asks for and the data support"
    if not fit.optimum.converged:
        return f"{head}not converged: {fit.optimum.words}"
    if gone := empty(fit):
        names = ", ".join(random_words(term) for term in gone)
        return f"{head}more than the data hold: the variance of {names} is 0"
    if fit.optimum.singular:
        return f"{head}singular: the data do not hold these correlations"
    if asked:
        return "as written; it leaves out what the design asks for"
    return "not needed: what was chosen says as much with less"


def empty(fit: Fit) -> list[RandomTerm]:
    """Return the random terms whose whole variance is estimated as 0."""
    triangles = fit.problem.triangles(fit.optimum.theta)
    return [
        group.term
        for group, triangle in zip(fit.groups, triangles, strict=True)
        if float(np.abs(triangle).max()) < SINGULAR
    ]


def redundant(fit: Fit) -> list[tuple[RandomTerm, RandomTerm]]:
    """Return random terms that say what another says already, each with that other.

    ``(1 | p)`` beside ``(0 + time | p)``, which is what ``(1 + time || p)`` means: the levels of a
    factor hold the intercept. Or two groupings that part the rows alike.
    """
    found = []
    for n, group in enumerate(fit.groups):
        if group.term.effects != _INTERCEPT:
            continue
        for m, other in enumerate(fit.groups):
            if n == m or not same(group.block.codes, other.block.codes):
                continue
            columns = other.block.columns
            ones = np.ones(len(columns))
            solved = np.linalg.lstsq(columns, ones, rcond=None)[0]
            spanned = float(np.abs(columns @ solved - ones).max()) < 1e-8
            if spanned and (other.block.effects > 1 or m < n):
                found.append((group.term, other.term))
                break
    return found


def _is_too_large(asked: Fit, layout: Layout, random: Random) -> bool:
    """Return whether crossed groups hang together in numbers that take minutes to fit."""
    table = asked.table
    levels = [codes_of(table, each.columns) for each in layout.groupings]
    crossed = any(
        not nested(a, b) and not nested(b, a) for n, a in enumerate(levels) for b in levels[:n]
    )
    effects = sum(count(codes_of(table, term.group)) for term in random)
    return crossed and effects > _MOST_CROSSED and random != asked.formula.random


# -- clusters ---------------------------------------------------------------------------------


def with_clusters(asked: Fit, layout: Layout) -> Random:
    """Return the random terms with an intercept for every grouping and all clusters.

    Slopes that were asked for and are singular give way to clusters.
    """
    table, n = asked.table, asked.problem.n
    terms = _without_what_is_said_twice(asked)
    known = [codes_of(table, term.group) for term in terms if term.effects.intercept]
    most = max(_MOST_TERMS, len(terms))

    def add(columns: Sequence[str]) -> None:
        codes = codes_of(table, columns)
        new = not any(same(codes, other) for other in known)
        if new and 2 <= count(codes) < n and len(terms) < most:
            known.append(codes)
            terms.append(RandomTerm(_INTERCEPT, tuple(columns), _label(columns)))

    for grouping in layout.groupings:
        add(grouping.columns)
    for seen in sorted(layout.variation, key=lambda each: each.grouping.groups):
        columns, extra = seen.grouping.columns, _names(seen.term)
        if seen.within and seen.replicated and not _has_slopes(terms, columns, extra):
            add((*columns, *dict.fromkeys(extra)))
    return tuple(terms)


def _without_what_is_said_twice(asked: Fit) -> list[RandomTerm]:
    twice = {term for term, _ in redundant(asked)}
    terms: list[RandomTerm] = []
    for group in asked.groups:
        term = group.term
        if term in twice:
            continue
        if term.effects.terms and _is_singular(asked, term):
            term = RandomTerm(_INTERCEPT, term.group, term.label)
            if any(each.group == term.group and each.effects.intercept for each in terms):
                continue
        terms.append(term)
    return terms


def _has_slopes(
    terms: Iterable[RandomTerm], grouping: Sequence[str], columns: Sequence[str]
) -> bool:
    """Return whether a grouping has slopes of some columns already, in whatever form."""
    return any(
        set(term.group) == set(grouping)
        and any(set(_names(effect)) == set(columns) for effect in term.effects.terms)
        for term in terms
    )


def _names(term: Term) -> list[str]:
    return [name for node in term for name in node.names()]


def _is_singular(fit: Fit, term: RandomTerm) -> bool:
    """Return whether one random term has lost a dimension."""
    place = [group.term for group in fit.groups].index(term)
    triangle = np.abs(fit.problem.triangles(fit.optimum.theta)[place])
    return float(np.diag(triangle).min()) < SINGULAR * max(1.0, float(triangle.max()))


def _label(columns: Sequence[str]) -> str:
    return ":".join(quoted(name) for name in columns)


# -- slopes -----------------------------------------------------------------------------------


def slopes(fit: Fit, layout: Layout) -> list[Slope]:
    """Return the slopes that may take the place of clusters, and those of numbers.

    Groups inside a participant, such as units, have no slopes of their own: they are too small,
    and what is said of people rests on people.
    """
    there = {term.group for term in fit.formula.random}
    found: list[Slope] = []
    for seen in layout.variation:
        columns = seen.grouping.columns
        if not seen.within or _inside_people(seen.grouping, layout):
            continue
        for node in seen.term:
            levels = fit.design.variables[node].levels
            cluster = (*columns, *node.names())
            if levels is None and (node := _plain(node)) and _several_values(fit, node, columns):
                found.append(Slope(node, columns))
            elif levels is not None and len(seen.term) == 1 and cluster in there:
                found.append(Slope(node, columns, levels))
    random = fit.formula.random
    new = [s for s in dict.fromkeys(found) if not _has_slopes(random, s.grouping, s.node.names())]
    return sorted(new, key=lambda each: len(each.levels) == 2)


def _inside_people(grouping: Grouping, layout: Layout) -> bool:
    around = (grouping.inside, grouping.columns[:-1])
    return grouping.columns != layout.person and layout.person in around


def _plain(node: Node) -> Node:
    """Return the variable whose slope may differ: a curve's column, else the number itself."""
    names = node.names()
    curved = node.kind != "name" and node.text not in _STRAIGHT
    return Node("name", names[0]) if curved and len(names) == 1 else node


def _several_values(fit: Fit, node: Node, columns: Sequence[str]) -> bool:
    """Return whether a number takes three values or more in most groups: enough for a slope."""
    codes = codes_of(fit.table, columns)
    values = codes_of(fit.table, node.names())
    both = joint([codes, values])
    groups = np.empty(count(both), dtype=np.int64)
    groups[both] = codes
    return bool(np.median(np.bincount(groups)) >= 3)


def with_slope(random: Random, slope: Slope) -> list[Random]:
    """Return the random terms with a slope: correlated with the group's others, then apart.

    A factor's slopes are apart where each of its levels varies by itself, however much.
    """
    cluster = (*slope.grouping, *slope.node.names())
    without = tuple(t for t in random if not (slope.levels and t.group == cluster))
    mine = [t for t in without if t.group == slope.grouping and t.effects.intercept]
    rest = tuple(t for t in without if t not in mine)
    before = mine[0].effects.terms if mine else ()
    label = _label(slope.grouping)
    full = RandomTerm(Terms(True, (*before, (slope.node,))), slope.grouping, label)
    apart = [RandomTerm(Terms(False, ((n,),)), slope.grouping, label) for n in slope.apart()]
    return [(full, *rest), (*without, *apart)] if apart else [(full, *rest)]
