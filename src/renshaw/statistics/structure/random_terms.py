"""Random terms: how they are written, which say the same, and which the data leave empty."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from renshaw.statistics.fitting.fit import Fit
from renshaw.statistics.fitting.optimum import SINGULAR
from renshaw.statistics.formulas.formula import Formula, RandomTerm, Term, Terms, quoted
from renshaw.statistics.structure.partition import same

INTERCEPT = Terms(True, ())
Random = tuple[RandomTerm, ...]


def random_words(term: RandomTerm) -> str:
    """Return a random term as lme4 reads it."""
    words = ["1" if term.effects.intercept else "0"]
    words += [":".join(map(str, effect)) for effect in term.effects.terms]
    return f"({' + '.join(words)} | {label_of(term.group)})"


def rewritten(formula: Formula, random: Random) -> Formula:
    """Return a formula with other random terms."""
    written = tuple(random_words(term) for term in random)
    text = " + ".join([formula.fixed_text(), *written])
    return replace(formula, text=text, random=random, random_text=written)


def label_of(columns: Sequence[str]) -> str:
    return ":".join(quoted(name) for name in columns)


def names_of(term: Term) -> list[str]:
    return [name for node in term for name in node.names()]


def has_slopes(
    terms: Iterable[RandomTerm], grouping: Sequence[str], columns: Sequence[str]
) -> bool:
    """Return whether a grouping has slopes of some columns already, in whatever form."""
    return any(
        set(term.group) == set(grouping)
        and any(set(names_of(effect)) == set(columns) for effect in term.effects.terms)
        for term in terms
    )


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
        if group.term.effects != INTERCEPT:
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


def is_singular(fit: Fit, term: RandomTerm) -> bool:
    """Return whether one random term has lost a dimension."""
    place = [group.term for group in fit.groups].index(term)
    triangle = np.abs(fit.problem.triangles(fit.optimum.theta)[place])
    return float(np.diag(triangle).min()) < SINGULAR * max(1.0, float(triangle.max()))
