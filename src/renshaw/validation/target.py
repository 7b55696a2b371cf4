"""What a model of the human cord must reproduce: targets, each with its source, band and role.

A target is *fitted* when constants of the model were chosen so that it is met, *predicted* when
they were not and it could have been missed, and *assumed in* when what it tests was put into the
model. Targets of one question are a group, and a group is one file in
`renshaw.validation.targets`, or in another package.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from renshaw.core.errors import DataError
from renshaw.core.kinds import Register
from renshaw.study.laboratory import Series
from renshaw.study.measures import Measure
from renshaw.validation.roles import drawn_by

FITTED, PREDICTED, ASSUMED, CHECK = "fitted", "predicted", "assumed in", "check"

# What each role means, in the order in which roles are told.
ROLES: dict[str, str] = {
    FITTED: "constants of the model were chosen so that it is met; meeting it shows only that it "
    "can be",
    PREDICTED: "nothing was adjusted to it, and the model could miss it; these are the test",
    ASSUMED: "what it tests was put into the model by an assumption; it can hardly fail, and is "
    "not counted",
    CHECK: "holds estimators against the model's own truth, not the model against people; not "
    "counted",
}
# Of these it makes sense to say how many are met.
COUNTED = (FITTED, PREDICTED)
FIRST = 1


@dataclass(frozen=True)
class Target:
    """One number that people have, and the band in which the model's must lie.

    Parameters
    ----------
    name : str
        E.g. ``"T4 RI: delta F, GM"``.
    description : str
        What is measured, with its unit.
    source : str
    role : str
        Of the first edition: ``"fitted"``, ``"predicted"``, ``"assumed in"`` or ``"check"``
        (`ROLES`); of any `role_in`.
    low, high : float
        Band.
    measure : callable
        From the estimates of all series to the number and its interval.
    drawn_by : tuple of str
        Entries of the tables that declare the fit of an edition (`renshaw.validation.roles`), such
        as ``"TA.delta_f"``, which would draw the model to this target.
    """

    name: str
    description: str
    source: str
    role: str
    low: float
    high: float
    measure: Measure
    drawn_by: tuple[str, ...] = ()

    def role_in(self, edition: int) -> str:
        """Return the role in an edition: a later one is fitted to what its tables say, alone.

        Parameters
        ----------
        edition : int
        """
        if edition == FIRST or self.role not in COUNTED:
            return self.role
        return FITTED if drawn_by(edition, self.drawn_by) else PREDICTED


@dataclass(frozen=True)
class TargetGroup:
    """The targets of one question, and what has to be measured for them.

    Parameters
    ----------
    name : str
        With which the names of its targets begin: ``"T4"``.
    rank : float
        Its place in tables.
    title : str
        What it is about, in words.
    series : callable
        From the number of people in a group, and of their trials, to the series that its targets
        need. Series of one name are the same in every group that asks for them.
    targets : tuple of Target
    untestable : tuple of str
        What people showed and can't be tested here, and why: one sentence or more each.
    """

    name: str
    rank: float
    title: str
    series: Callable[[int, int], tuple[Series, ...]]
    targets: tuple[Target, ...]
    untestable: tuple[str, ...] = ()


def _refuse_odd(kind: Any) -> None:
    """Refuse what is no group of targets, or one whose targets can't be told to be its own."""
    if not isinstance(kind, TargetGroup):
        raise TypeError(f"{kind!r} is no TargetGroup")
    strangers = [target.name for target in kind.targets if not target.name.startswith(kind.name)]
    if strangers:
        raise ValueError(f"its targets must begin with {kind.name!r}, unlike {strangers[0]!r}")
    odd = [target for target in kind.targets if target.role not in ROLES]
    if odd:
        roles = ", ".join(map(repr, ROLES))
        raise ValueError(f"{odd[0].name}: its role {odd[0].role!r} is none of {roles}")


TARGET_GROUPS: Register[TargetGroup] = Register(
    "group of targets",
    home="renshaw.validation.targets",
    entry_points="renshaw.targets",
    check=_refuse_odd,
)


def all_targets() -> tuple[Target, ...]:
    """Return every target, in the order of their groups."""
    return tuple(target for group in TARGET_GROUPS.values() for target in group.targets)


def all_untestable() -> tuple[str, ...]:
    """Return what people showed and can't be tested here, in the order of groups."""
    return tuple(words for group in TARGET_GROUPS.values() for words in group.untestable)


def all_series(people: int, trials: int) -> tuple[Series, ...]:
    """Return all series that the targets need, with so many people in a group.

    Parameters
    ----------
    people : int
    trials : int
        Ramps of each person in each condition.

    Raises
    ------
    DataError
        Two groups mean different series by one name.
    """
    found: dict[str, Series] = {}
    for group in TARGET_GROUPS.values():
        for series in group.series(people, trials):
            if found.setdefault(series.name, series) != series:
                raise DataError(
                    f"The targets {group.name} and others mean different series by "
                    f"{series.name!r}. Give it another name.",
                    name=series.name,
                )
    return tuple(found.values())
