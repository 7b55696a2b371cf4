"""Degrees of freedom of families other than normal: as many as people allow.

The likelihood of such a family says nothing of degrees of freedom, and a normal test of few people
rejects too often. What is said of people can't have more than people carry it: the "inner-outer"
(between-within) rule of Schluchter MD, Elashoff JT (1990), doi:10.1080/00949659008811295; for
generalized models Li P, Redden DT (2015), doi:10.1186/s12874-015-0026-x.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.statistics.fitting.fit import Fit
from renshaw.statistics.fitting.satterthwaite import Precision
from renshaw.statistics.formulas.formula import Term
from renshaw.statistics.structure.layout import Layout
from renshaw.statistics.structure.variation import Variation

_NOTHING = 1e-9


@dataclass(frozen=True, eq=False)
class PeoplePrecision(Precision):
    """A precision whose degrees of freedom are those that people allow.

    Parameters
    ----------
    most : array (p,)
        Degrees of freedom that the term of each estimated coefficient may have.
    """

    most: FloatArray = field(default_factory=lambda: np.zeros(0))

    def df(self, contrast: FloatArray) -> float:
        """Return the degrees of freedom of a contrast (p,): the fewest of what it is made of."""
        sizes = np.abs(contrast)
        used = sizes > _NOTHING * max(float(sizes.max(initial=0.0)), _NOTHING)
        return float(self.most[used].min()) if used.any() else math.nan


def tested_by_people(fit: Fit, layout: Layout) -> Fit:
    """Return a fit whose tests have the degrees of freedom that people allow.

    That of a normal family knows its own, and stays as it is.

    Parameters
    ----------
    fit : Fit
    layout : Layout
    """
    if fit.family.normal:
        return fit
    known = fit.precision
    most = np.array([_most(fit, layout, owner) for owner in np.array(fit.design.owners())])
    return replace(
        fit,
        precision=PeoplePrecision(
            known.covariance,
            known.slopes,
            known.parameters,
            known.residual_df,
            known.negative,
            known.flat,
            most[list(fit.kept)],
        ),
    )


def _most(fit: Fit, layout: Layout, owner: int) -> float:
    """Return the degrees of freedom of a term; the first, 0, is the intercept."""
    if not layout.person:
        # Rows of no one in particular: each counts as a person.
        return float(max(1, fit.problem.n - len(fit.kept)))
    terms = fit.design.terms.terms
    if owner:
        # A term that interacts is tested in the people of each cell of the interaction.
        mine = set(terms[owner - 1])
        return min(_of_term(fit, layout, each) for each in terms if mine <= set(each))
    between = [
        _of_term(fit, layout, each)
        for each in terms
        if (seen := layout.of(_name(each))) is not None and not seen.within
    ]
    return min([max(1.0, layout.people - 1.0), *between])


def _of_term(fit: Fit, layout: Layout, term: Term) -> float:
    """Return the fewest that the people allow, or others whose random effects carry the term."""
    return min(
        (
            seen.most_df
            for seen in layout.variation
            if seen.name == _name(term)
            and (seen.grouping.name == layout.participants or _is_carried(fit, seen))
        ),
        default=math.inf,
    )


def _is_carried(fit: Fit, seen: Variation) -> bool:
    """Return whether a grouping's random effects scatter a term: sites treated, raters' changes."""
    columns, groups = _columns(seen.term), set(seen.grouping.columns)
    mine = [each for each in fit.formula.random if set(each.group) == groups]
    if not seen.within:
        return any(each.effects.intercept for each in mine)
    sloped = any(_columns(effect) == columns for each in mine for effect in each.effects.terms)
    return sloped or any(set(each.group) == groups | columns for each in fit.formula.random)


def _columns(term: Term) -> set[str]:
    return {name for node in term for name in node.names()}


def _name(term: Term) -> str:
    return ":".join(map(str, term))
