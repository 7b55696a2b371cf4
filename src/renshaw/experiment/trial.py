"""A trial: who does what, under which interventions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import RenshawError, SimulationError, needs
from renshaw.interventions import Intervention, as_interventions
from renshaw.model.participant import Participant
from renshaw.model.pool import Pool
from renshaw.protocols import Protocol

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Trial:
    """One recording to be made: the arguments of `simulate` that tell trials apart.

    Parameters
    ----------
    participant : Participant or Pool
        Who contracts.
    protocol : Protocol
        What is done.
    given : tuple of Intervention
        What calms meanwhile.
    seed : int
        Of the synaptic noise.
    name : str, optional
        Name of the recording.
    learned : array, optional
        What `rehearse` returned, which spares the practice.
    """

    participant: Participant | Pool
    protocol: Protocol
    given: tuple[Intervention, ...] = ()
    seed: int = 0
    name: str | None = None
    learned: FloatArray | None = None

    def __post_init__(self) -> None:
        needs("simulate", self.participant, Participant, Pool)
        needs("simulate", self.protocol, Protocol)

    @cached_property
    def edited(self) -> tuple[Participant, Protocol]:
        """The person and the protocol as they are under the interventions, which act once.

        Raises
        ------
        SettingsError
            An intervention that is unknown.
        """
        return edited(in_person(self.participant), self.protocol, self.given)


def in_person(who: Participant | Pool) -> Participant:
    """Return the person; a pool's is a default participant of its muscle and edition."""
    if isinstance(who, Participant):
        return who
    return Participant(muscle=who.muscle, edition=who.edition)


def edited(
    participant: Participant, protocol: Protocol, given: Sequence[Intervention | str]
) -> tuple[Participant, Protocol]:
    """Return the person and the protocol as they are under the interventions.

    Raises
    ------
    SettingsError
        An intervention that is unknown, or given twice.
    SimulationError
        An intervention of another package that fails.
    """
    for each in as_interventions(given):
        try:
            participant, protocol = _both(each.edit(participant, protocol))
        except RenshawError:
            raise
        except (Exception, SystemExit) as error:
            if type(each).__module__.startswith("renshaw."):
                raise
            package = type(each).__module__.partition(".")[0]
            raise SimulationError(
                f"The intervention {each.name} of the package {package} failed: "
                f"{type(error).__name__}: {error}"
            ) from error
    return participant, protocol


def _both(edited: object) -> tuple[Participant, Protocol]:
    """Return what an intervention gave, if it is a person and a protocol."""
    match edited:
        case (Participant() as participant, Protocol() as protocol):
            return participant, protocol
    raise TypeError(f"edit must return a participant and a protocol, not {edited!r}")
