"""Equations and constants as in the papers: mechanisms, the pool, the participant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.core.doors import door

if TYPE_CHECKING:
    from renshaw.model.evidence import evidence_table
    from renshaw.model.muscles import muscle_pool
    from renshaw.model.participant import Participant
    from renshaw.model.pool import Pool
    from renshaw.model.powers_heckman import powers_heckman_2017
    from renshaw.model.treatment import Treatment
else:
    __getattr__, __dir__ = door(__name__)

__all__ = [
    "Participant",
    "Pool",
    "Treatment",
    "evidence_table",
    "muscle_pool",
    "powers_heckman_2017",
]
