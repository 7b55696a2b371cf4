"""The design of a table, read from its structure: who was measured, what is nested, what varies.

Nothing is taken from the names of columns or levels, whatever the language. A column is nested in
another where each of its levels occurs with one level of the other; units numbered anew in every
person are nested all the same, but only together with the person's column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from renshaw.statistics.structure.partition import (
    Codes,
    codes_of,
    count,
    joint,
    nested,
    replicated,
    same,
)
from renshaw.statistics.structure.people import (
    person_missing,
    person_written,
    written_groupings,
)
from renshaw.statistics.structure.variation import Grouping, Variation, Varying

if TYPE_CHECKING:
    import pandas as pd

    from renshaw.statistics.fitting.fit import Fit


@dataclass(frozen=True)
class Layout:
    """The design that a table has.

    Parameters
    ----------
    participants : str
        Column that says who was measured, or columns as R writes them together; empty where rows
        come from no one in particular.
    people : int
        How many there are.
    groupings : tuple of Grouping
        Levels of the design, largest groups first.
    variation : tuple of Variation
        Every term of the fixed effects at every grouping.
    person : tuple of str
        The column, or columns, of the participants.
    unnamed : bool
        The participants are in the table, but not in the formula's random terms.
    """

    participants: str = ""
    people: int = 0
    groupings: tuple[Grouping, ...] = ()
    variation: tuple[Variation, ...] = ()
    unnamed: bool = False
    person: tuple[str, ...] = ()

    @property
    def confounded(self) -> frozenset[str]:
        """Terms that vary within groups, but whose own contrast lies between them."""
        return frozenset(seen.name for seen in self.variation if seen.confounded)

    def of(self, term: str, grouping: str = "") -> Variation | None:
        """Return where a term varies, seen from a grouping (by default from the participants)."""
        grouping = grouping or self.participants
        mine = (v for v in self.variation if v.name == term and v.grouping.name == grouping)
        return next(mine, None)


def layout(fit: Fit) -> Layout:
    """Read the design of a fit's rows."""
    formula, used = fit.formula, fit.table
    grouping_columns = written_groupings(formula, used)
    person = person_written(fit, used, grouping_columns)
    missing = person_missing(fit, used, person)
    person = missing or person
    names = list(grouping_columns)
    if person and person not in names:
        names.append(person)
    names += [pair for pair in _pairs(used, names, person) if pair not in names]
    found = _distinct(used, names)
    levels = tuple(_grouping(used, columns, found) for columns in found)
    levels = tuple(sorted(levels, key=lambda each: each.groups))
    varying = Varying(fit)
    variation = tuple(varying.of(term, each) for term in formula.fixed.terms for each in levels)
    people = count(codes_of(used, person)) if person else 0
    return Layout(":".join(person), people, levels, variation, bool(missing), person)


def _distinct(table: pd.DataFrame, names: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return the groupings that differ; of those that part the rows alike, the first."""
    kept: list[tuple[tuple[str, ...], Codes]] = []
    for columns in names:
        codes = codes_of(table, columns)
        if not any(same(codes, other) for _, other in kept):
            kept.append((columns, codes))
    return [columns for columns, _ in kept]


def _grouping(
    table: pd.DataFrame, columns: tuple[str, ...], others: Sequence[tuple[str, ...]]
) -> Grouping:
    codes = codes_of(table, columns)
    around: tuple[tuple[str, ...], int] = ((), 0)
    for other in others:
        outer = codes_of(table, other)
        if other != columns and nested(codes, outer) and count(outer) > around[1]:
            around = (other, count(outer))
    anew = len(columns) > 1 and count(codes_of(table, columns[-1:])) < count(codes)
    return Grouping(columns, count(codes), around[0], anew)


def _pairs(
    table: pd.DataFrame, names: Sequence[tuple[str, ...]], person: tuple[str, ...]
) -> list[tuple[str, ...]]:
    """Return person:unit where the formula has both apart, and several rows share the two."""
    if not person:
        return []
    who = codes_of(table, person)
    found = []
    for columns in names:
        if set(person) & set(columns):
            continue
        codes = codes_of(table, columns)
        both = joint([who, codes])
        crossed = not nested(codes, who) and not nested(who, codes)
        if crossed and replicated(both):
            found.append((*person, *columns))
    return found
