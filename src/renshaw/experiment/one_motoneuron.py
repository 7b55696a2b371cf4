"""One motoneuron of a person, with an electrode in its soma."""

from __future__ import annotations

from dataclasses import dataclass

from renshaw.core.errors import SettingsError
from renshaw.model.cord import USUAL_PCT_MVC
from renshaw.model.participant import Participant
from renshaw.model.pool import Pool


@dataclass(frozen=True)
class Impaled:
    """A motoneuron and the state of the cord around it.

    Parameters
    ----------
    pool : Pool
        Of this one motoneuron.
    neuromodulation, inhibition, excitation : float
    code : str
        The person as Python, for the history.
    """

    pool: Pool
    neuromodulation: float
    inhibition: float
    excitation: float
    code: str


def impaled(
    who: Participant | Pool,
    number: int,
    neuromodulation: float | None = None,
    inhibition: float | None = None,
    excitation: float | None = None,
) -> Impaled:
    """Return one motoneuron of a person or pool.

    What is None is the person's own: neuromodulation as in an effort of 20 % MVC, inhibition and
    excitation as at rest.

    Raises
    ------
    SettingsError
        There is no such motoneuron.
    """
    if not isinstance(who, Participant | Pool):
        raise SettingsError(f"This needs a Participant or a Pool, not a {type(who).__name__}.")
    cord = (who if isinstance(who, Participant) else Participant(muscle=who.muscle)).cord
    pool = who if isinstance(who, Pool) else who.pool
    if not 1 <= number <= len(pool):
        raise SettingsError(f"motoneuron = {number}: the pool has motoneurons 1 to {len(pool)}.")
    return Impaled(
        pool.select([number - 1]),
        cord.neuromodulation_at(USUAL_PCT_MVC) if neuromodulation is None else neuromodulation,
        cord.inhibition_at(0.0) if inhibition is None else inhibition,
        cord.resting_drive if excitation is None else excitation,
        who.as_python() if isinstance(who, Participant) else "pool",
    )
