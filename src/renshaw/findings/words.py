"""The names that a reader sees for quantities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from renshaw.core.numbers import p_equals
from renshaw.estimation.quantity import title_of as title_of
from renshaw.study.families import judged_p

if TYPE_CHECKING:
    from renshaw.study.result import Group, StudyResult


def uncapital(words: str) -> str:
    """Return words for the middle of a sentence; ΔF and CoV stay as they are."""
    first = words.partition(" ")[0]
    return words if first[1:] != first[1:].lower() else words[:1].lower() + words[1:]


def title_of_group(result: StudyResult, group: Group) -> str:
    """Return what the page calls an arm, with the protocol where it did several."""
    several = sum(other.arm == group.arm for other in result.groups) > 1
    return f"{group.arm}, {group.protocol}" if several else group.arm


def p_words(row: Mapping[Any, Any], family: int) -> str:
    """Return a comparison's p-value, corrected for a family, and alone where that says otherwise.

    The interval beside it is not corrected: it says what the p-value alone says.
    """
    alone, p = float(row["p_value"]), judged_p(row)
    if family < 2:
        return p_equals(alone)
    once = f"{p_equals(alone)} uncorrected, " if (alone <= 0.05) != (p <= 0.05) else ""
    return f"{once}{p_equals(p)}, Holm"
