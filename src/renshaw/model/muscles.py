"""The muscles that renshaw knows, by name: each a file with its constants."""

from __future__ import annotations

from collections.abc import Callable

from renshaw.core.errors import SettingsError, suggestion
from renshaw.model.editions import DEFAULT_EDITION
from renshaw.model.editions import edition as edition_of
from renshaw.model.gastrocnemius_medialis import gastrocnemius_medialis
from renshaw.model.pool import Pool
from renshaw.model.soleus import soleus
from renshaw.model.tibialis_anterior import tibialis_anterior

__all__ = [
    "LARGEST_POOL",
    "MUSCLES",
    "MUSCLE_NAMES",
    "gastrocnemius_medialis",
    "known_muscle",
    "muscle_pool",
    "soleus",
    "tibialis_anterior",
]

MUSCLES: dict[str, Callable[[int], Pool]] = {
    "TA": tibialis_anterior,
    "SOL": soleus,
    "GM": gastrocnemius_medialis,
}
MUSCLE_NAMES = {"TA": "tibialis anterior", "SOL": "soleus", "GM": "gastrocnemius medialis"}
LARGEST_POOL = 1000


def known_muscle(words: str) -> str | None:
    """Return the muscle of `MUSCLES` that a file calls so, by its letters or its name, or None."""
    said = " ".join(words.replace("_", " ").split()).casefold()
    for muscle, name in MUSCLE_NAMES.items():
        if said in (muscle.casefold(), name):
            return muscle
    return None


def muscle_pool(muscle: str, n_units: int = 20, edition: int = DEFAULT_EDITION) -> Pool:
    """Return the pool of a muscle.

    Parameters
    ----------
    muscle : str
        ``"TA"`` (tibialis anterior), ``"SOL"`` (soleus) or ``"GM"`` (gastrocnemius medialis).
    n_units : int
        Number of motoneurons, 1 to 1,000.
    edition : int
        Of the virtual person, 1 or 2.

    Raises
    ------
    SettingsError
        An unknown muscle or edition, or an impossible number.
    """
    if muscle not in MUSCLES:
        raise SettingsError(
            f"There is no muscle {muscle!r}.",
            code="settings.unknown",
            name="muscle",
            value=muscle,
            hint=suggestion(muscle, MUSCLES),
        )
    if not 1 <= n_units <= LARGEST_POOL:
        raise SettingsError(f"n_units = {n_units}: a pool has 1 to {LARGEST_POOL} motoneurons.")
    return edition_of(edition).pool(muscle, n_units)
