"""What a reviewer would object to, said before the reviewer does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from renshaw.core.errors import RenshawError
from renshaw.statistics.design import group_codes
from renshaw.statistics.fit import Fit, fitted
from renshaw.statistics.formula import parse, quoted

if TYPE_CHECKING:
    import pandas as pd

_PERSON = re.compile(
    r"(?i)^(participants?|subjects?|subj|sub|persons?|people|patients?|individual|volunteer|"
    r"proband\w*|teilnehmer\w*|sujet|id|pid|ppt|animal|(participant|subject|sub|patient|person)"
    r"[ _.-]?(id|no|nr|number|code))$"
)
_UNIT = re.compile(r"(?i)^(mu|unit|motor[ _.-]?unit|mu[ _.-]?(list|id|no|number)|unit[ _.-]?id)s?$")
_FEW_LEVELS = 5


class Remark(NamedTuple):
    """Something to know about a model; a warning is something to act on."""

    words: str
    warning: bool = False


def person_column(table: pd.DataFrame) -> str | None:
    """Return the column that says who was measured, by its name."""
    named = [str(column) for column in table.columns if _PERSON.match(str(column).strip())]
    sure = [name for name in named if name.lower() not in ("id", "sub")]
    return next(iter(sure or named), None)


def remarks(fit: Fit, whole: pd.DataFrame) -> list[Remark]:
    """Return what must be known of a fit; ``whole`` is the table with its other columns."""
    found = [*_pseudo_replication(fit, whole), *_crossed_by_label(fit)]
    if not fit.optimum.converged:
        found.append(Remark(f"The fit did not converge: {fit.optimum.words}.", True))
    elif fit.precision.negative:
        found.append(Remark("The fit is not at a minimum of the deviance; distrust it.", True))
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
    return found + _numbers_that_may_be_groups(fit)


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


def _pseudo_replication(fit: Fit, whole: pd.DataFrame) -> list[Remark]:
    person = person_column(whole)
    used = whole.loc[fit.table.index]
    if person is None or used[person].isna().any():
        return []
    people = int(used[person].nunique())
    n = fit.problem.n
    if people < 2 or people == n:
        return []
    grouped = {name for term in fit.formula.random for name in term.group}
    if person in grouped or person in fit.formula.columns():
        return []
    random = f"(1 | {quoted(person)})"
    words = (
        f"Pseudo-replication: the formula takes {n} rows as independent, yet they come from "
        f"{people} of {person!r}. Rows of one person resemble each other, so that standard errors, "
        f"degrees of freedom and p-values can't be trusted. Add + {random} to the formula."
    )
    return [Remark(words + _what_it_would_change(fit, used, random), True)]


def _what_it_would_change(fit: Fit, used: pd.DataFrame, random: str) -> str:
    try:
        other = fitted(used, parse(f"{fit.formula.text} + {random}"))
    except (RenshawError, np.linalg.LinAlgError, ValueError):
        return ""
    if other.names != fit.names or len(fit.names) < 2:
        return ""
    each = np.eye(len(fit.names))
    name, now, then = max(
        (
            (name, fit.precision.standard_error(row), other.precision.standard_error(row))
            for name, row in zip(fit.names[1:], each[1:], strict=True)
        ),
        key=lambda found: max(found[2] / found[1], found[1] / found[2]),
    )
    return f" With it, the standard error of {name} is {then:.3g} instead of {now:.3g}."


def _crossed_by_label(fit: Fit) -> list[Remark]:
    """Warn of ``(1|participant) + (1|mu)`` where MU01 of one person is taken for MU01 of all."""
    found = []
    singles = {term.group[0] for term in fit.formula.random if len(term.group) == 1}
    person = person_column(fit.table[[*singles]]) if singles else None
    for unit in [name for name in singles if _UNIT.match(name)] if person else []:
        both, _ = group_codes(fit.table, (person or "", unit))
        alone, _ = group_codes(fit.table, (unit,))
        if both.max() > alone.max():
            found.append(
                Remark(
                    f"Levels of {unit!r} occur in several of {person!r}, so that (1|{unit}) takes "
                    f"them for the same unit in different people. If they are different units, "
                    f"write (1|{quoted(person or '')}/{quoted(unit)}).",
                    True,
                )
            )
    return found


def _numbers_that_may_be_groups(fit: Fit) -> list[Remark]:
    found = []
    for each in fit.design.variables.values():
        if each.levels is None and each.node.kind == "name":
            values = np.unique(each.values)
            if 2 < len(values) <= 4 and np.allclose(values, np.round(values)):
                found.append(
                    Remark(
                        f"{each.name} is taken as a number (one slope); if its {len(values)} "
                        f"values are groups, write factor({each.name})."
                    )
                )
    return found
