"""Terms that are tested with more degrees of freedom than the people who carry them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from renshaw.statistics.answers.means import anova
from renshaw.statistics.fitting.fit import Fit
from renshaw.statistics.formulas.formula import RandomTerm
from renshaw.statistics.structure.layout import Layout
from renshaw.statistics.structure.tried import BOUND, NEEDLESS, NOTHING, RESIDUAL, Considered
from renshaw.statistics.structure.variation import Variation
from renshaw.statistics.structure.who import listed, who_are

_MORE = 1.5
_ITSELF = (
    "the variance of their responses is the residual itself, as too few rows of one are alike to "
    "tell it apart"
)


@dataclass(frozen=True)
class Excess:
    """A term that is tested with more degrees of freedom than its people allow.

    Parameters
    ----------
    term : str
        As R writes it.
    df : float
        Degrees of freedom that it is tested with.
    most_df : float
        Those that the people allow.
    groups : int
        How many carry it.
    grouping : str
        What they are called in the table.
    why : str
        Why so many, in words.
    """

    term: str
    df: float
    most_df: float
    groups: int
    grouping: str
    why: str


def excess_words(found: Sequence[Excess]) -> str:
    """Return what is said once of all terms that are tested with so many; nothing of none."""
    if not found:
        return ""
    by_reason: dict[str, list[str]] = {}
    for each in found:
        by_reason.setdefault(each.why, []).append(each.term)
    several = len(by_reason) > 1
    why = "; ".join(
        f"{reason} (of {listed(terms)})" if several else reason
        for reason, terms in by_reason.items()
    )
    groups = _span([each.groups for each in found])
    levels = "level" if groups == "1" else "levels"
    return (
        f"{listed(each.term for each in found)}: tested with more degrees of freedom "
        f"({_span([each.df for each in found])}) than the {groups} {levels} of "
        f"{found[0].grouping} allow ({_span([each.most_df for each in found])}): {why}."
    )


def _span(values: Sequence[float]) -> str:
    low, high = f"{min(values):.0f}", f"{max(values):.0f}"
    return low if low == high else f"{low} to {high}"


def excesses(fit: Fit, layout: Layout, considered: Considered) -> tuple[Excess, ...]:
    """Return the terms that are tested with more degrees of freedom than people allow.

    Of a family other than normal there are none: its tests have those that people allow.
    """
    if not fit.groups or not fit.family.normal:
        return ()
    dfs = {str(row["term"]): float(row["den_df"]) for row in anova(fit)[0].to_dict("records")}
    found = []
    for name, df in dfs.items():
        seen = layout.of(name)
        if seen is None or not math.isfinite(df) or df <= _MORE * seen.most_df:
            continue
        if seen.within and not (seen.replicated or seen.numeric):
            continue
        why = _why(fit, layout, seen, considered.absent)
        if why == _ITSELF and not who_are(layout.person).are_people:
            # The residual of randomized blocks is what textbooks test their treatments by.
            continue
        found.append(Excess(name, df, seen.most_df, seen.groups, layout.participants, why))
    return tuple(found)


def responses(term: RandomTerm, layout: Layout) -> list[Variation]:
    """Return the fixed effects whose size a random term lets differ between people."""
    columns = {name for effect in term.effects.terms for node in effect for name in node.names()}
    cells = set(term.group) - set(layout.person)
    return [
        seen
        for seen in layout.variation
        if seen.grouping.name == layout.participants
        and (inner := set(seen.inner))
        and (inner == cells or (len(inner) == 1 and inner <= columns))
    ]


def _why(fit: Fit, layout: Layout, seen: Variation, absent: Mapping[RandomTerm, str]) -> str:
    who = layout.participants
    if not seen.within:
        mine = [t for t in fit.formula.random if t.group == layout.person and t.effects.intercept]
        if mine:
            return f"the variance between levels of {who} is estimated as 0, or nearly so"
        return f"the model has no random effect of {who} alone"
    if any(seen in responses(term, layout) for term in _of_people(fit.formula.random, layout)):
        return f"levels of {who} differ little in how they respond"
    said = "the variance of their responses"
    known = {absent[t] for t in _of_people(list(absent), layout) if seen in responses(t, layout)}
    if RESIDUAL in known:
        return _ITSELF
    if NEEDLESS in known:
        return f"{said} was estimated and left out, as it may well be chance"
    if BOUND in known:
        return f"{said} was estimated only as bound to their level, and left out"
    if NOTHING in known:
        return f"{said} is estimated as 0"
    return f"{said} was not estimated"


def _of_people(terms: Sequence[RandomTerm], layout: Layout) -> list[RandomTerm]:
    return [term for term in terms if set(layout.person) <= set(term.group)]
