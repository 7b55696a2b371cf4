"""Whether a value was observed, or only bounds what was not: how bounds add up, and their sign.

A unit that still fires when the recording ends stops later: its last discharge is no time of
derecruitment, but tells that it is at least that.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Literal, cast, get_args

from renshaw.core.numbers import number, signed

Bound = Literal["exact", "at least", "at most"]

# A mean of bounds both ways, or of a part only, is not known.
MeanBound = Literal["exact", "at least", "at most", "unknown"]

BOUNDS: tuple[Bound, ...] = get_args(Bound)
# Why there is no value at all where an onset or an end was not seen: what is left out for one of
# these may be more than anything that was seen, and no mean may be silent about it.
UNSEEN = frozenset(
    {
        "control_range_unseen",
        "fired_before",
        "fires_on_rising",
        "lost",
        "never_fell",
        "stopped_unknown",
        "sustained_unknown",
        "unseen_units",
    }
)
# Remarks that may stand beside.
_REMARKS = frozenset(
    {
        "bounded",
        "copies_left_out",
        "fires_on",
        "least_of_unseen",
        "muscles_unnamed",
        "reader_flag",
        "several_muscles",
    }
)
_OPPOSITE: dict[Bound, Bound] = {"exact": "exact", "at least": "at most", "at most": "at least"}
_SIGNS: dict[Bound, str] = {"exact": "", "at least": "> ", "at most": "< "}


def only_unseen(codes: Iterable[str]) -> bool:
    """Whether reasons against a value say that an onset or end was not seen, and nothing else.

    Parameters
    ----------
    codes : iterable of str
        Of the reasons.

    Examples
    --------
    >>> only_unseen(["fired_before"]), only_unseen(["fired_before", "correlation"])
    (True, False)
    """
    found = {*codes} - _REMARKS
    return bool(found) and found <= UNSEEN


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


def sign_of(bound: Bound) -> str:
    """Return what stands before a value: ``"> "``, ``"< "`` or nothing."""
    return _SIGNS[bound]


def shown(value: float, bound: Bound, digits: int = 3) -> str:
    """Return a value with its sign: ``"4.2"``, ``"> 4.2"``; – where there is none."""
    words = number(value, digits)
    return f"{sign_of(bound)}{words}" if math.isfinite(value) else words


def equals(words: str) -> str:
    """Return a value in a sentence after its name: ``"= 4.2"``; a bound has its sign already."""
    return words if words[:2] in _SIGNS.values() else f"= {words}"


def bound_of_mean(bounds: Iterable[str]) -> MeanBound:
    """Return what the mean of such values is; unknown if some are at least, others at most.

    Examples
    --------
    >>> bound_of_mean(["exact", "at least"])
    'at least'
    >>> bound_of_mean(["at most", "at least"])
    'unknown'
    """
    known = _known(bounds)
    return "unknown" if known is None else of_sum(known) or "unknown"


def _known(bounds: Iterable[str]) -> list[Bound] | None:
    given = set(bounds)
    if "unknown" in given:
        return None
    return [bound for bound in ("exact", "at least", "at most") if bound in given]


def bound_of_difference(one: MeanBound, other: MeanBound) -> MeanBound:
    """Return what one such mean minus another is."""
    if one == "unknown" or other == "unknown":
        return "unknown"
    return of_difference(one, other) or "unknown"


def mean_words(value: float, bound: str) -> str:
    """Return such a mean as people read it: ``"> 4.2"``, ``"unknown"``; – without any."""
    return "unknown" if bound == "unknown" else shown(value, cast(Bound, bound))


def difference_words(value: float, bound: str) -> str:
    """Return such a difference as people read it: ``"> +1.2"``."""
    if bound == "unknown":
        return "unknown"
    if not math.isfinite(value):
        return "–"
    return f"{sign_of(cast(Bound, bound))}{signed(value)}"
