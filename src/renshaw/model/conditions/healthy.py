"""Health: the cord as it is."""

from __future__ import annotations

from renshaw.model.conditions.register import CONDITIONS, HEALTHY, CordCondition
from renshaw.model.cord import Cord


def healthy(cord: Cord, severity: float) -> Cord:
    """Return the cord unchanged, whatever the severity."""
    return cord


CONDITIONS.add(CordCondition(HEALTHY, 0, "Healthy", healthy))
