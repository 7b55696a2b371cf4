"""One motoneuron of a person, with an electrode in its soma."""

from __future__ import annotations

from dataclasses import dataclass

from renshaw.core.errors import SettingsError
from renshaw.core.settings import Settings, setting
from renshaw.experiment.trial import in_person
from renshaw.model.cord import USUAL_PCT_MVC
from renshaw.model.participant import Participant
from renshaw.model.pool import Pool


@dataclass(frozen=True, kw_only=True)
class ImpalementSettings(Settings):
    """Which motoneuron, and what the cord sends to it."""

    motoneuron: int = setting(1, "number of the motoneuron (1: recruited first)", ge=1, le=1000)
    neuromodulation: float | None = setting(
        None, "scale of the L-type calcium conductance (empty: as in the person)", ge=0, le=3
    )
    inhibition: float | None = setting(
        None, "tonic inhibition, M_i in 1e-5 S/cm2 (empty: as in the person)", ge=0, le=100
    )
    excitation: float | None = setting(
        None, "tonic excitation, M_e in 1e-5 S/cm2 (empty: as in the person at rest)", ge=0, le=100
    )


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


def impaled(who: Participant | Pool, settings: ImpalementSettings) -> Impaled:
    """Return one motoneuron of a person or pool.

    What the settings leave open is the person's own: neuromodulation as in an effort of 20 % MVC,
    inhibition and excitation as at rest.

    Raises
    ------
    SettingsError
        There is no such motoneuron.
    """
    if not isinstance(who, Participant | Pool):
        raise SettingsError(f"This needs a Participant or a Pool, not a {type(who).__name__}.")
    cord = in_person(who).cord
    pool = who if isinstance(who, Pool) else who.pool
    number = settings.motoneuron
    if not 1 <= number <= len(pool):
        raise SettingsError(f"motoneuron = {number}: the pool has motoneurons 1 to {len(pool)}.")
    return Impaled(
        pool.select([number - 1]),
        _or_own(settings.neuromodulation, cord.neuromodulation_at(USUAL_PCT_MVC)),
        _or_own(settings.inhibition, cord.inhibition_at(0.0)),
        _or_own(settings.excitation, cord.resting_drive),
        who.as_python() if isinstance(who, Participant) else "pool",
    )


def _or_own(value: float | None, own: float) -> float:
    return own if value is None else value
