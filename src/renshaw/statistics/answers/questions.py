"""What a formula asks: differences of differences, simple effects, slopes, and in which order.

Of ``y ~ group * time`` the first question is whether the change with time differs between groups,
then what the change is in each group. A factor alone asks for the differences between its levels;
a covariate for its slope, in each group where they interact. What an interaction is made of is
asked on average, too, for where the interaction is not shown.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.statistics.answers.means import Grid, Orders, level_of
from renshaw.statistics.fitting.fit import Fit
from renshaw.statistics.formulas.design import Variable
from renshaw.statistics.formulas.formula import Node, Term

# More factors in one term, or more answers to it, than anyone reads as differences.
_MOST_FACTORS = 3
_MOST_PAIRS = 15


@dataclass(frozen=True)
class Change:
    """From one level of a factor to a later one."""

    factor: Variable
    earlier: int
    later: int

    @property
    def words(self) -> str:
        """As contrasts are named: ``"post - pre"``; numbers with their column, ``"N1 - N0"``."""
        later, earlier = (level_of(self.factor, n) for n in (self.later, self.earlier))
        if not any(c.isalpha() for c in later + earlier):
            column = self.factor.node.names()[0]
            later, earlier = f"{column}{later}", f"{column}{earlier}"
        return f"{later} - {earlier}"


@dataclass(frozen=True)
class Question:
    """One linear question to a model.

    Parameters
    ----------
    term : tuple of Variable
        The factors that it is about, each once; none for the slope of a covariate alone.
    changes : tuple of Change
        Whose differences are taken, the inner one (time) first.
    within : tuple of (Variable, int)
        At which levels of other factors.
    covariate : Node or None
        Of which covariate it is the slope.
    by : Node or None
        With which other covariate that slope changes.
    part : str
        ``interaction``, ``simple`` (within levels of what it interacts with), ``average`` (over
        what it interacts with) or ``main``.
    over : tuple of Node
        Of an average: what it interacts with.
    """

    term: tuple[Variable, ...]
    changes: tuple[Change, ...] = ()
    within: tuple[tuple[Variable, int], ...] = ()
    covariate: Node | None = None
    by: Node | None = None
    part: str = "main"
    over: tuple[Node, ...] = ()

    def cells(self) -> Iterator[tuple[float, dict[Node, int]]]:
        """Return the cells that are compared, each with its weight."""
        fixed = {factor.node: level for factor, level in self.within}
        for ends in itertools.product((1, 0), repeat=len(self.changes)):
            sign = (-1.0) ** (len(ends) - sum(ends))
            chosen = {
                change.factor.node: change.later if end else change.earlier
                for change, end in zip(self.changes, ends, strict=True)
            }
            yield sign, {**chosen, **fixed}

    def row(self, whole: Grid) -> FloatArray:
        """Return the row of the full design that answers it."""
        parts = [sign * whole.mean_of(chosen) for sign, chosen in self.cells()]
        return np.asarray(np.sum(parts, axis=0), dtype=float)


def questions(fit: Fit, orders: Orders) -> list[tuple[Question, ...]]:
    """Return what the formula asks, in families that are tested together, the main ones first."""
    found: list[tuple[Question, ...]] = []
    for factors, covariate, others in _asked(fit):
        ordered = _inner_first(fit, factors, orders)
        for family in _of_term(ordered, covariate, orders):
            found.append(tuple(replace(each, over=others) for each in family))
        found += _averages(fit, ordered, covariate, orders)
    # Two covariates that interact: how the slope of one changes with the other comes first.
    pairs = [term for term in _top(fit) if len(term) == 2]
    for x, z in pairs:
        if not (fit.design.variables[x].is_factor or fit.design.variables[z].is_factor):
            found.insert(0, (Question((), covariate=x, by=z, part="interaction"),))
    return found if fit.design.terms.terms else [(Question((), part="mean"),)]


def _top(fit: Fit) -> list[Term]:
    """Return the terms that no other contains."""
    terms = [frozenset(term) for term in fit.design.terms.terms]
    return [each for each in fit.design.terms.terms if not any(frozenset(each) < t for t in terms)]


_Term = tuple[tuple[Variable, ...], Node | None, tuple[Node, ...]]


def _asked(fit: Fit) -> list[_Term]:
    """Return the terms that no other contains: interactions first, then factors, covariates.

    A term of several covariates is asked of each, at the mean of the others.
    """
    variables = fit.design.variables
    found: list[_Term] = []
    seen: set[tuple[frozenset[Node], frozenset[str]]] = set()
    for term in _top(fit):
        factors = tuple(variables[node] for node in term if variables[node].is_factor)
        covariates: list[Node | None] = [n for n in term if not variables[n].is_factor]
        for covariate in covariates or [None]:
            # rt and I(rt^2) have one slope.
            names = frozenset(covariate.names() if covariate else ())
            key = (frozenset(each.node for each in factors), names)
            if key not in seen:
                seen.add(key)
                found.append(
                    (factors, covariate, tuple(n for n in covariates if n and n != covariate))
                )

    def rank(each: _Term) -> tuple[bool, bool, int]:
        factors, covariate, _ = each
        return (len(factors) + (covariate is not None) < 2, covariate is not None, -len(factors))

    return sorted(found, key=rank)


def _inner_first(fit: Fit, factors: tuple[Variable, ...], orders: Orders) -> tuple[Variable, ...]:
    """Return factors so that the first is the one whose change is compared between the others.

    That is what changes within people; of several, or of none, what is called as moments are.
    """
    ranked = sorted(
        enumerate(factors),
        key=lambda each: (within_people(fit, each[1]), orders[each[1].node].stages, each[0]),
        reverse=True,
    )
    return tuple(factor for _, factor in ranked)


def within_people(fit: Fit, factor: Variable) -> bool:
    """Whether a factor changes within most levels of the outermost group."""
    if not fit.groups:
        return False
    codes = min(fit.groups, key=lambda group: group.block.levels).block.codes
    pairs = np.unique(np.column_stack([codes, factor.values.astype(np.int64)]), axis=0)
    counts = np.bincount(pairs[:, 0])
    return bool((counts[counts > 0] > 1).mean() >= 0.5)


def _of_term(
    factors: tuple[Variable, ...], covariate: Node | None, orders: Orders
) -> Iterator[tuple[Question, ...]]:
    most = len(factors)
    if most > _MOST_FACTORS:
        yield from _first_and_last(factors, covariate, orders)
        return
    least = 0 if covariate is not None or not factors else 1
    for depth in range(most, least - 1, -1):
        inside, outside = factors[:depth], factors[depth:]
        part = "main" if most == least else ("interaction" if depth == most else "simple")
        each_change = [_changes(factor, orders, depth) for factor in inside]
        for levels in itertools.product(*(orders[each.node].places for each in outside)):
            within = tuple(zip(outside, levels, strict=True))
            yield tuple(
                Question(factors, tuple(changes), within, covariate, part=part)
                for changes in itertools.product(*each_change)
            )


def _averages(
    fit: Fit, factors: tuple[Variable, ...], covariate: Node | None, orders: Orders
) -> Iterator[tuple[Question, ...]]:
    """Return the questions of the terms in an interaction, averaged over what it has besides."""
    whole = {each.node for each in factors} | ({covariate} if covariate else set())
    written = [set(term) for term in fit.design.terms.terms]
    for size in range(min(len(whole) - 1, _MOST_FACTORS), 0, -1):
        with_slope = itertools.combinations(factors, size - 1) if covariate else ()
        parts = [(each, covariate) for each in with_slope]
        parts += [(each, None) for each in itertools.combinations(factors, size)]
        for inside, slope in parts:
            mine = {each.node for each in inside} | ({slope} if slope else set())
            if mine not in written:
                continue
            over = tuple(node for node in fit.design.variables if node in whole - mine)
            each_change = [_changes(factor, orders, len(inside)) for factor in inside]
            yield tuple(
                Question(inside, tuple(changes), (), slope, part="average", over=over)
                for changes in itertools.product(*each_change)
            )


def _first_and_last(
    factors: tuple[Variable, ...], covariate: Node | None, orders: Orders
) -> Iterator[tuple[Question, ...]]:
    """Return an interaction of many factors, and the effect of the inner one in every cell."""
    each_change = [_changes(factor, orders, len(factors)) for factor in factors]
    yield tuple(
        Question(factors, changes, (), covariate, part="interaction")
        for changes in itertools.product(*each_change)
    )
    inside = factors[:1] if covariate is None else ()
    outside = factors[len(inside) :]
    changes: Sequence[tuple[Change, ...]] = [()]
    if inside:
        changes = [(change,) for change in _changes(inside[0], orders, 1)]
    for levels in itertools.product(*(orders[each.node].places for each in outside)):
        within = tuple(zip(outside, levels, strict=True))
        yield tuple(Question(factors, each, within, covariate, part="simple") for each in changes)


def _changes(factor: Variable, orders: Orders, depth: int) -> Sequence[Change]:
    """Return against the reference where there is one, else all pairs."""
    order = orders[factor.node]
    pairs = list(itertools.combinations(order.places, 2))
    few = len(pairs) <= (_MOST_PAIRS if depth == 1 else 3)
    if order.reference or not few:
        pairs = [(order.places[0], later) for later in order.places[1:]]
    # From the first to the last moment is what is asked first.
    pairs.sort(key=lambda pair: pair != (order.places[0], order.main))
    return [Change(factor, earlier, later) for earlier, later in pairs]
