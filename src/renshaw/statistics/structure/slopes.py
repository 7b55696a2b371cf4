"""Slopes, ``(1 + time | participant)``: responses that are correlated and of different spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from renshaw.statistics.fitting.fit import Fit
from renshaw.statistics.formulas.formula import Node, RandomTerm, Terms
from renshaw.statistics.formulas.formula_calls import DUMMY
from renshaw.statistics.structure.layout import Layout
from renshaw.statistics.structure.partition import codes_of, count, joint
from renshaw.statistics.structure.random_terms import Random, has_slopes, label_of
from renshaw.statistics.structure.variation import Grouping

_STRAIGHT = ("log", "log2", "log10", "log1p", "sqrt", "scale")


@dataclass(frozen=True)
class Slope:
    """A fixed effect whose size may differ between the groups of a grouping."""

    node: Node
    grouping: tuple[str, ...]
    levels: tuple[str, ...] = ()
    """Of a factor; a number has none."""

    def apart(self) -> tuple[Node, ...]:
        """Return the effects whose variances are apart: a number's own, or one for each level.

        A number is taken about its mean: at 0, which may be far from all values (a birth year, an
        age), a slope without correlation would stand for the intercept. Two levels apart say no
        more of their difference than clusters do.
        """
        if not self.levels:
            return (_about_its_mean(self.node),)
        column = Node("name", self.node.names()[0])
        levels = self.levels if len(self.levels) > 2 else ()
        return tuple(
            Node("call", DUMMY, (column, Node("option", "", (Node("text", each),))))
            for each in levels
        )


def _about_its_mean(node: Node) -> Node:
    if node.kind != "name":
        return node
    return Node("call", "scale", (node, Node("option", "scale", (Node("flag", "FALSE"),))))


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
    new = [s for s in dict.fromkeys(found) if not has_slopes(random, s.grouping, s.node.names())]
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
    label = label_of(slope.grouping)
    full = RandomTerm(Terms(True, (*before, (slope.node,))), slope.grouping, label)
    apart = [RandomTerm(Terms(False, ((n,),)), slope.grouping, label) for n in slope.apart()]
    return [(full, *rest), (*without, *apart)] if apart else [(full, *rest)]
