"""`Intervention`: a frozen edit of who and what is done."""

from __future__ import annotations

from dataclasses import dataclass

from renshaw.core.settings import Settings
from renshaw.model.participant import Participant
from renshaw.protocols.protocol import Protocol


@dataclass(frozen=True, kw_only=True)
class Intervention(Settings):
    """Base of all interventions."""

    def edit(self, participant: Participant, protocol: Protocol) -> tuple[Participant, Protocol]:
        """Return the participant and the protocol as they are under the intervention."""
        raise NotImplementedError

    def assumptions(self) -> tuple[str, ...]:
        """Return what the model takes for granted about the intervention, in sentences."""
        return ()
