"""What is done to calm: each a frozen edit of (participant, protocol)."""

from __future__ import annotations

from renshaw.core.errors import SettingsError, did_you_mean
from renshaw.interventions.intervention import Intervention
from renshaw.interventions.reciprocal_inhibition import ReciprocalInhibition
from renshaw.interventions.relaxation import Relaxation

INTERVENTIONS: dict[str, type[Intervention]] = {
    "reciprocal-inhibition": ReciprocalInhibition,
    "relaxation": Relaxation,
}


def intervention(name: str) -> Intervention:
    """Return the intervention of that name with its default settings.

    Raises
    ------
    SettingsError
        An unknown name; the message suggests a known one.
    """
    if name not in INTERVENTIONS:
        hint = did_you_mean(name, INTERVENTIONS)
        raise SettingsError(f"There is no intervention {name!r}.{hint}")
    return INTERVENTIONS[name]()


__all__ = ["INTERVENTIONS", "Intervention", "ReciprocalInhibition", "Relaxation", "intervention"]
