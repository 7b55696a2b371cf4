"""Clusters, ``(1 | participant:time)``: responses that the design lets differ between groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from renshaw.statistics.fitting.fit import Fit
from renshaw.statistics.formulas.formula import RandomTerm
from renshaw.statistics.structure.layout import Layout
from renshaw.statistics.structure.partition import codes_of, count, nested, same
from renshaw.statistics.structure.random_terms import (
    INTERCEPT,
    Random,
    has_slopes,
    is_singular,
    label_of,
    names_of,
    redundant,
)
from renshaw.statistics.structure.strata import is_saturated, scaled

_MOST_TERMS = 10
# Above this, crossed groups have no exact derivatives (reml.py).
_MOST_CROSSED = 1_200


def is_too_large(asked: Fit, layout: Layout, random: Random) -> bool:
    """Return whether crossed groups hang together in numbers that take minutes to fit."""
    table = asked.table
    levels = [codes_of(table, each.columns) for each in layout.groupings]
    crossed = any(
        not nested(a, b) and not nested(b, a) for n, a in enumerate(levels) for b in levels[:n]
    )
    effects = sum(count(codes_of(table, term.group)) for term in random)
    return crossed and effects > _MOST_CROSSED and random != asked.formula.random


class Proposal(NamedTuple):
    """The random terms that a design asks for.

    Parameters
    ----------
    random : tuple of RandomTerm
        What was asked for, an intercept for every grouping, and clusters.
    across : tuple of RandomTerm
        Clusters that are replicated across other conditions only: the formula's additivity
        would do without them, people's own responses would not.
    residual : tuple of RandomTerm
        Clusters that would leave nothing for the residual: together they are the residual.
    """

    random: Random
    across: Random = ()
    residual: Random = ()


def with_clusters(asked: Fit, layout: Layout) -> Proposal:
    """Return the random terms with an intercept for every grouping and all clusters.

    Slopes that were asked for and are singular give way to clusters.
    """
    table, n = asked.table, asked.problem.n
    terms = _without_what_is_said_twice(asked)
    known = [codes_of(table, term.group) for term in terms if term.effects.intercept]
    most = max(_MOST_TERMS, len(terms))
    across: list[RandomTerm] = []

    def add(columns: Sequence[str]) -> bool:
        codes = codes_of(table, columns)
        new = not any(same(codes, other) for other in known)
        if not new or not 2 <= count(codes) < n or len(terms) >= most:
            return False
        known.append(codes)
        terms.append(RandomTerm(INTERCEPT, tuple(columns), label_of(columns)))
        return True

    for grouping in layout.groupings:
        add(grouping.columns)
    for seen in sorted(layout.variation, key=lambda each: each.grouping.groups):
        columns, extra = seen.grouping.columns, names_of(seen.term)
        wanted = seen.within and seen.replicated and not has_slopes(terms, columns, extra)
        if wanted and add((*columns, *dict.fromkeys(extra))) and not seen.repeated:
            across.append(terms[-1])
    if across and is_saturated(scaled(asked.problem.X), known):
        left = tuple(term for term in terms if term not in across)
        return Proposal(left, residual=tuple(across))
    return Proposal(tuple(terms), tuple(across))


def _without_what_is_said_twice(asked: Fit) -> list[RandomTerm]:
    twice = {term for term, _ in redundant(asked)}
    terms: list[RandomTerm] = []
    for group in asked.groups:
        term = group.term
        if term in twice:
            continue
        if term.effects.terms and is_singular(asked, term):
            term = RandomTerm(INTERCEPT, term.group, term.label)
            if any(each.group == term.group and each.effects.intercept for each in terms):
                continue
        terms.append(term)
    return terms
