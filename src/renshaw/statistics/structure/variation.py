"""Where each fixed effect varies: between the groups of a level of the design, or within them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.statistics.formulas.design import Variable
from renshaw.statistics.formulas.formula import Term
from renshaw.statistics.structure.partition import Codes, codes_of, count, joint, replicated
from renshaw.statistics.structure.people import FEWEST_PEOPLE
from renshaw.statistics.structure.strata import (
    Marks,
    between_df,
    df_inside,
    rank,
    scaled,
    stratum_df,
)

if TYPE_CHECKING:
    from renshaw.statistics.fitting.fit import Fit


@dataclass(frozen=True)
class Grouping:
    """A level of the design: groups of rows that belong together.

    Parameters
    ----------
    columns : tuple of str
        Columns that name a group together, outermost first.
    groups : int
    inside : tuple of str
        Columns of the next larger grouping that each group lies in; empty where there is none.
    numbered_anew : bool
        The innermost column's labels occur in several outer groups: ``1, 2, 3`` in every person.
    """

    columns: tuple[str, ...]
    groups: int
    inside: tuple[str, ...] = ()
    numbered_anew: bool = False

    @property
    def name(self) -> str:
        """The grouping as R writes it."""
        return ":".join(self.columns)


@dataclass(frozen=True)
class Variation:
    """Where one term of the fixed effects varies, seen from one grouping.

    Parameters
    ----------
    term : tuple
        The term's variables.
    grouping : Grouping
    within : bool
        It is told by differences within the groups; otherwise by those between them only.
    replicated : bool
        A group has several rows with the same value of the term.
    repeated : bool
        A group has several rows that are alike in all conditions: units, trials. Otherwise a term
        is replicated, if at all, across the other conditions only.
    confounded : bool
        Its variables vary within the groups, but its own contrast does not: an interaction that
        was given up to have smaller blocks.
    groups : int
        Groups that carry the contrast: in which the term varies, or all where it varies between.
    sessions : int
        Different combinations of group and value of the term.
    numeric : bool
        One of the term's variables is a number.
    most_df : float
        Degrees of freedom that so many groups allow a contrast of the term.
    inner : tuple of str
        Columns of the term that vary within the groups.
    """

    term: Term
    grouping: Grouping
    within: bool
    replicated: bool
    groups: int
    sessions: int
    numeric: bool
    most_df: float
    inner: tuple[str, ...] = ()
    repeated: bool = False
    confounded: bool = False

    @property
    def name(self) -> str:
        """The term as R writes it."""
        return ":".join(map(str, self.term))


class Varying:
    """Tells of a fit's terms where they vary."""

    def __init__(self, fit: Fit) -> None:
        self._fit = fit
        self._values = {node: _codes_of_values(each) for node, each in fit.design.variables.items()}

    def of(self, term: Term, grouping: Grouping) -> Variation:
        """Return where a term varies, seen from a grouping."""
        codes = codes_of(self._fit.table, grouping.columns)
        variables = [self._fit.design.variables[node] for node in term]
        parts = [self._values[node] for node in term]
        sessions = joint([codes, *parts])
        changing = [_changing(codes, part) for part in parts]
        inner = [n for n, some in enumerate(changing) if _most(some)]
        confounded = bool(inner) and not self._is_inside(term, codes)
        within = bool(inner) and not confounded
        carried = np.logical_and.reduce([changing[n] for n in inner]) if within else None
        numeric = any(each.levels is None for each in variables)
        groups = int(carried.sum()) if carried is not None else count(codes)
        if not within:
            most = between_df(self._columns, codes)
        elif numeric or len(inner) > 1:
            most = _steps_df(variables, inner, parts, groups)
        else:
            most = stratum_df(self._columns, codes, joint([codes, parts[inner[0]]]))
        return Variation(
            term=term,
            grouping=grouping,
            within=within,
            replicated=within and replicated(sessions),
            groups=groups,
            sessions=count(sessions),
            numeric=numeric,
            most_df=max(1.0, float(most)),
            inner=tuple(dict.fromkeys(name for n in inner for name in term[n].names())),
            repeated=within and self._is_repeated(codes),
            confounded=confounded,
        )

    @cached_property
    def _columns(self) -> FloatArray:
        return scaled(self._fit.problem.X)

    @cached_property
    def _own_effects(self) -> tuple[FloatArray, np.ndarray]:
        """The columns coded by sum contrasts, and the term of each."""
        design = self._fit.design
        if not design.variables:
            return self._columns, np.zeros(self._columns.shape[1], dtype=int)
        return scaled(design.matrix(sums=True)), np.array(design.owners())

    def _is_inside(self, term: Term, codes: Codes) -> bool:
        columns, owners = self._own_effects
        mine: Marks = owners == self._fit.design.terms.terms.index(term) + 1
        # Where cells are empty nothing may be left of a term, within groups or without.
        told = rank(columns) > rank(columns[:, ~mine])
        return not told or df_inside(columns, mine, codes) > 0

    def _is_repeated(self, codes: Codes) -> bool:
        variables = self._fit.design.variables
        conditions = [
            values
            for node, values in self._values.items()
            if variables[node].is_factor or _is_condition(values, codes)
        ]
        return replicated(joint([codes, *conditions]))


def _codes_of_values(each: Variable) -> Codes:
    _, found = np.unique(each.values, return_inverse=True)
    return np.asarray(found, dtype=np.int64)


def _is_condition(values: Codes, groups: Codes) -> bool:
    """Return whether a number was set by the design: each value is found in most groups."""
    both = joint([groups, values])
    first = np.zeros(count(both), dtype=np.int64)
    first[both] = values
    return bool(np.median(np.bincount(first)) >= 0.5 * count(groups))


def _changing(codes: Codes, values: Codes) -> Marks:
    """Return for each group whether the values change in it."""
    first = np.zeros(count(codes), dtype=np.int64)
    first[codes[::-1]] = values[::-1]
    return np.asarray(np.bincount(codes, values != first[codes]) > 0)


def _most(changing: Marks) -> bool:
    """Return whether enough groups change to say that something varies within them."""
    return int(changing.sum()) >= max(2, min(FEWEST_PEOPLE, 0.5 * len(changing)))


def _steps_df(
    variables: Sequence[Variable], inner: Sequence[int], parts: Sequence[Codes], groups: int
) -> int:
    """Return the degrees of freedom of slopes or of steps between levels: those of each group.

    Less one for every cell of what varies between the groups.
    """
    outer = [n for n in range(len(variables)) if n not in inner]
    numbers = any(variables[n].levels is None for n in outer)
    cells = 2 if numbers else count(joint(parts[n] for n in outer)) if outer else 1
    steps = 1
    for n in inner:
        levels = variables[n].levels
        steps *= 1 if levels is None else len(levels) - 1
    return (groups - cells) * steps
