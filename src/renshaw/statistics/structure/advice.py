"""What a reviewer would object to, said before the reviewer does."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from renshaw.core.numbers import p_equals
from renshaw.statistics.answers.effect_size import nothing_left
from renshaw.statistics.answers.means import anova
from renshaw.statistics.fitting.fit import Fit
from renshaw.statistics.formulas.formula import quoted
from renshaw.statistics.structure.excess import Excess, excess_words, responses
from renshaw.statistics.structure.layout import Layout
from renshaw.statistics.structure.random_terms import names_of, random_words, redundant
from renshaw.statistics.structure.who import listed, who_are

if TYPE_CHECKING:
    import pandas as pd

_FEW_LEVELS = 5


class Remark(NamedTuple):
    """Something to know about a model; a warning is something to act on."""

    words: str
    warning: bool = False


def remarks(fit: Fit) -> list[Remark]:
    """Return what must be known of a fit."""
    found: list[Remark] = []
    if not fit.optimum.converged:
        found.append(Remark(f"The fit did not converge: {fit.optimum.words}.", True))
    elif fit.precision.negative:
        found.append(Remark("The fit is not at a minimum of the deviance; distrust it.", True))
    if nothing_left(fit):
        found.append(Remark(_NOTHING_LEFT, True))
    if fit.optimum.singular:
        found.append(Remark(_singular_words(fit), True))
    if fit.left_out:
        found.append(
            Remark(
                f"Left out, because the columns are combinations of others: "
                f"{', '.join(fit.left_out)}. (Cells without data, or terms that say the same.)",
                True,
            )
        )
    for group in fit.groups:
        if group.block.levels < _FEW_LEVELS:
            found.append(
                Remark(
                    f"{group.term.label} has {group.block.levels} levels only; its variance is "
                    "hardly known.",
                    True,
                )
            )
    return found


_NOTHING_LEFT = (
    "No residual variation: the model tells every value. A standardized effect is not meaningful, "
    "nor are p and the interval, if values were copied, computed from each other or made up."
)


def _singular_words(fit: Fit) -> str:
    zero = []
    for group, covariance in zip(fit.groups, fit.covariances(), strict=True):
        for name, variance in zip(group.effects, np.diag(covariance), strict=True):
            if variance < 1e-7 * fit.sigma2:
                what = (
                    group.term.label if name == "(Intercept)" else f"{name} in {group.term.label}"
                )
                zero.append(what)
    if zero:
        return (
            f"The fit is singular: the variance of {', '.join(zero)} is estimated as 0. The data "
            "show no variation there beyond the residual's; the other estimates hold."
        )
    return (
        "The fit is singular: random effects are perfectly correlated, which means that the data "
        "do not hold as many as the formula asks for. Leave slopes out."
    )


class Change(NamedTuple):
    """What the supported structure changes: nothing, where there are no words."""

    words: str = ""
    matters: bool = False


def structure_remarks(
    asked: Fit, layout: Layout, change: Change, excess: Sequence[Excess]
) -> list[Remark]:
    """Return what must be known of the random effects.

    Parameters
    ----------
    asked : Fit
        The model as it was written.
    layout : Layout
    change : Change
        What the supported structure changes.
    excess : sequence of Excess
        Terms that are tested with more degrees of freedom than people allow.
    """
    found = []
    if layout.unnamed:
        found.append(_pseudo_replication(asked, layout, change.words))
    elif change.words:
        found.append(Remark(*change))
    found += _one_name_many_units(asked, layout)
    found += _said_twice(asked)
    found += _confounded(layout)
    if excess:
        found.append(Remark(excess_words(excess)))
    return found


def what_changes(asked: Fit, best: Fit, layout: Layout, confidence: float) -> Change:
    """Say what the supported structure changes.

    It matters where a test comes out otherwise, or its p-value is another by a factor of three.
    """
    if best is asked:
        return Change()
    before, after = _p_values(asked), _p_values(best)
    ratios = {name: abs(math.log(after[name] / before[name])) for name in before if name in after}
    if not ratios:
        return Change(f"Random effects that design and data support: {_random_text(best)}.")
    alpha = 1 - confidence
    how = _how(asked, best, layout)
    seen = {name: (p_equals(before[name]), p_equals(after[name])) for name in ratios}
    turned = [name for name in ratios if (before[name] < alpha) != (after[name] < alpha)]
    differ = turned or [name for name in ratios if seen[name][0] != seen[name][1]]
    name = max(differ or ratios, key=lambda each: ratios[each])
    first, then = seen[name]
    if not differ:
        return Change(f"With {how}, no test comes out otherwise than as you wrote it.")
    words = f"As you wrote it, {first} for {name}; with {how}, {then}."
    return Change(words, bool(turned) or ratios[name] > math.log(3))


def not_tried(considered: pd.DataFrame) -> list[Remark]:
    """Say which random effects the design asks for, where they could not be fitted."""
    return [
        Remark(
            f"The design asks for {row['random_terms']}, which was {row['verdict']}. Tests take "
            "its levels as alike in what the formula leaves out.",
            True,
        )
        for row in considered.to_dict("records")
        if str(row["verdict"]).startswith("not tried")
    ]


def _p_values(fit: Fit) -> dict[str, float]:
    rows = anova(fit)[0].to_dict("records")
    return {
        str(row["term"]): max(float(row["p_value"]), 1e-300) for row in rows if row["p_value"] >= 0
    }


def _random_text(fit: Fit) -> str:
    return " + ".join(fit.formula.random_text)


def _how(asked: Fit, best: Fit, layout: Layout) -> str:
    """Return what the supported structure allows that the written one does not."""
    who = set(layout.person)
    new = [term for term in best.formula.random if term not in asked.formula.random]
    found = dict.fromkeys(
        each.name
        for term in new
        if who and who <= set(term.group)
        for each in responses(term, layout)
        if set(each.inner) == set(names_of(each.term))
    )
    if found:
        return f"{_every(layout)} allowed to respond to {listed(found)} in {_their(layout)} own way"
    if layout.unnamed:
        return f"rows of one {layout.participants} taken as belonging together"
    return f"the random effects that design and data support ({_random_text(best)})"


def _every(layout: Layout) -> str:
    who = who_are(layout.person)
    return f"every person ({layout.participants})" if who.are_people else f"every {who.one}"


def _their(layout: Layout) -> str:
    return "their" if who_are(layout.person).are_people else "its"


def _pseudo_replication(asked: Fit, layout: Layout, change: str) -> Remark:
    person = layout.participants
    random = f"(1 | {quoted(person)})"
    return Remark(
        f"Pseudo-replication: the formula takes {asked.problem.n} rows as independent, yet they "
        f"come from {layout.people} of {person!r}. Rows of one {person} resemble each other; "
        f"add + {random} to the formula. {change}".strip(),
        True,
    )


def _one_name_many_units(asked: Fit, layout: Layout) -> list[Remark]:
    """Warn of ``(1|participant) + (1|mu)`` where MU01 of one person is taken for MU01 of all."""
    written = {term.group for term in asked.formula.random}
    found = []
    for each in layout.groupings:
        unit, person = each.columns[-1:], layout.participants
        if each.numbered_anew and each.columns not in written and unit in written:
            found.append(
                Remark(
                    f"Levels of {unit[0]!r} occur in several of {person!r}, so that (1|{unit[0]}) "
                    f"takes them for the same in each {person}. If they are different "
                    f"ones, write (1|{quoted(person)}/{quoted(unit[0])}).",
                    True,
                )
            )
    return found


def _said_twice(asked: Fit) -> list[Remark]:
    found = []
    for term, other in redundant(asked):
        words = f"{random_words(term)} says again what {random_words(other)} says"
        if other.effects.terms:
            words += (
                ": the levels of a factor hold the intercept, and || leaves them correlated, in "
                "lme4 too"
            )
        found.append(Remark(f"{words}. One of them is enough.", True))
    return found


def _confounded(layout: Layout) -> list[Remark]:
    """Tell of interactions whose variables vary within groups, but whose contrast does not."""
    return [
        Remark(
            f"{seen.name} is confounded with {seen.grouping.name}: no difference within one "
            f"{seen.grouping.name} tells of it, only those between the {seen.grouping.groups} "
            f"(at most {seen.most_df:.0f} degrees of freedom)."
        )
        for seen in layout.variation
        if seen.confounded
    ]
