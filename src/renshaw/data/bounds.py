"""Whether a value was observed, or only bounds what was not: how bounds add up, and their sign.

A unit that still fires when the recording ends stops later: its last discharge is no time of
derecruitment, but tells that it is at least that.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

Bound = Literal["exact", "at least", "at most"]

BOUNDS: tuple[Bound, ...] = get_args(Bound)
_OPPOSITE: dict[Bound, Bound] = {"exact": "exact", "at least": "at most", "at most": "at least"}
_SIGNS: dict[Bound, str] = {"exact": "", "at least": "> ", "at most": "< "}


def opposite(bound: Bound) -> Bound:
    """Return what the negative of such a value is."""
    return _OPPOSITE[bound]


def of_sum(bounds: Iterable[Bound]) -> Bound | None:
    """Return what the sum of such values is, and their mean; None where nobody can tell.

    Parameters
    ----------
    bounds : iterable of {"exact", "at least", "at most"}

    Examples
    --------
    >>> of_sum(["exact", "at least"])
    'at least'
    >>> of_sum(["at most", "at least"]) is None
    True
    """
    others = {*bounds} - {"exact"}
    if len(others) > 1:
        return None
    return others.pop() if others else "exact"


def of_difference(one: Bound | None, other: Bound | None) -> Bound | None:
    """Return what one such value minus another is; None where nobody can tell."""
    return None if one is None or other is None else of_sum((one, opposite(other)))


def sign_of(bound: Bound | None) -> str:
    """Return what stands before a value: ``"> "``, ``"< "`` or nothing."""
    return "" if bound is None else _SIGNS[bound]
