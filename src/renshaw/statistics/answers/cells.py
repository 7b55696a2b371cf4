"""How many rows, people and units each compared cell has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from renshaw.statistics.answers.answer import Cell
from renshaw.statistics.answers.custom import Custom
from renshaw.statistics.answers.means import level_of, named_level
from renshaw.statistics.answers.questions import Question
from renshaw.statistics.fitting.fit import Fit
from renshaw.statistics.structure.layout import Layout
from renshaw.statistics.structure.partition import codes_of, count, nested
from renshaw.statistics.structure.who import Who, who_are


class Counted(NamedTuple):
    """Who, or what, is counted in the cells.

    Parameters
    ----------
    what : str
        ``people`` or ``units``.
    codes : array (n,)
        Of each row.
    who : Who
        What the people are called.
    """

    what: str
    codes: np.ndarray[Any, np.dtype[np.int64]]
    who: Who


def counted_by(fit: Fit, layout: Layout) -> tuple[Counted, ...]:
    """Return the people of a design, and the finest groups that lie in them: units."""
    person = layout.person
    if not person:
        return ()
    who, called = codes_of(fit.table, person), who_are(person)
    found = [Counted("people", who, called)]
    inside = [
        codes
        for each in layout.groupings
        if each.columns != person and nested(codes := codes_of(fit.table, each.columns), who)
    ]
    if inside:
        found.append(Counted("units", max(inside, key=count), called))
    return tuple(found)


def cells(asked: Question | Custom, fit: Fit, who: Sequence[Counted]) -> tuple[Cell, ...]:
    """Return the cells that are compared, with how much data each has."""
    found = []
    for _, chosen in asked.cells():
        mine = np.ones(fit.problem.n, dtype=bool)
        words = []
        for node, level in chosen.items():
            variable = fit.design.variables[node]
            mine &= variable.values == level
            words.append(named_level(variable.node.names()[0], level_of(variable, level)))
        counts = {each.what: len(np.unique(each.codes[mine])) for each in who}
        rows, (people, units) = int(mine.sum()), (counts.get(n) for n in ("people", "units"))
        called = who[0].who if who else who_are(())
        found.append(Cell(", ".join(words), rows, people, units, called))
    return tuple(found)
