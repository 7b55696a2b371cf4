"""The names that a reader sees for quantities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.estimation.quantity import title_of as title_of

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
