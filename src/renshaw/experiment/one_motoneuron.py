"""One motoneuron of a person, with an electrode in its soma."""

from __future__ import annotations

from dataclasses import dataclass

from renshaw.core.errors import SettingsError
from renshaw.model.participant import Participant
from renshaw.model.pool import Pool


@dataclass(frozen=True)
class Impaled:
    """A motoneuron and the state of the cord around it.

    Parameters
    ----------
    pool : Pool
        Of this one motoneuron.
    neuromodulation, inhibition : float
    code : str
        The person as Python, for the history.
    """

    pool: Pool
    neuromodulation: float
    inhibition: float
    code: str


def impaled(
    who: Participant | Pool, number: int, neuromodulation: float | None, inhibition: float | None
) -> Impaled:
    """Return one motoneuron of a person or pool; None takes the person's state.

    Raises
    ------
    SettingsError
        There is no such motoneuron.
    """
    if not isinstance(who, Participant | Pool):
        raise SettingsError(f"This needs a Participant or a Pool, not a {type(who).__name__}.")
    person = who if isinstance(who, Participant) else Participant()
    pool = who if isinstance(who, Pool) else who.pool
    if not 1 <= number <= len(pool):
        raise SettingsError(f"motoneuron = {number}: the pool has motoneurons 1 to {len(pool)}.")
    return Impaled(
        pool.select([number - 1]),
        person.neuromodulation if neuromodulation is None else neuromodulation,
        person.inhibition if inhibition is None else inhibition,
        who.as_python() if isinstance(who, Participant) else "pool",
    )
