"""The register of conditions of the cord: each is a file in this room, or in another package."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from renshaw.core.kinds import Register
from renshaw.model.cord import Cord

HEALTHY = "healthy"


@dataclass(frozen=True)
class CordCondition:
    """A condition of the cord.

    Parameters
    ----------
    name : str
        What it is called on the command line and in study files: ``"spinal-cord-injury"``.
    rank : float
        Its place in lists: lower comes first.
    title : str
        What people read: ``"Spinal cord injury"``.
    change : callable
        Takes a healthy cord and a severity from 0 (as in health) to 1; returns the cord as it is.
    """

    name: str
    rank: float
    title: str
    change: Callable[[Cord, float], Cord]


CONDITIONS: Register[CordCondition] = Register(
    "condition",
    home="renshaw.model.conditions",
    entry_points="renshaw.conditions",
    made_of=CordCondition,
)


def condition_cord(cord: Cord, condition: str, severity: float) -> Cord:
    """Return the cord in that condition."""
    return CONDITIONS[condition].change(cord, severity)
