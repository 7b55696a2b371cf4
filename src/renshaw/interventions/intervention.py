"""`Intervention`: a frozen edit of who and what is done, that says what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from renshaw.core.settings import Settings
from renshaw.model.participant import Participant
from renshaw.protocols.protocol import Protocol

PEOPLE = "measured in people"
ANIMALS = "measured in animals"
ASSUMPTION = "assumption"
CERTAINTIES = (PEOPLE, ANIMALS, ASSUMPTION)


@dataclass(frozen=True, kw_only=True)
class Intervention(Settings):
    """Base of all interventions.

    An intervention only multiplies or adds to a participant's treatment and adds trains to a
    protocol. Both can be done in any order, so that the order of interventions makes no difference.

    Attributes
    ----------
    key : str
        Its name on the command line and in study files.
    mechanism : str
        What it does in the model, one sentence.
    certainty : str
        Where its effect was measured: one of `CERTAINTIES`.
    source : str
        Where to read about it.
    fitted : str
        What the size of its effect was fitted to; empty where the size is an assumption.
    assumed : tuple of str
        What is taken for granted, one sentence each.
    """

    key: ClassVar[str] = ""
    mechanism: ClassVar[str] = ""
    certainty: ClassVar[str] = ASSUMPTION
    source: ClassVar[str] = ""
    fitted: ClassVar[str] = ""
    assumed: ClassVar[tuple[str, ...]] = ()

    def edit(self, participant: Participant, protocol: Protocol) -> tuple[Participant, Protocol]:
        """Return the participant and the protocol as they are under the intervention."""
        raise NotImplementedError

    def assumptions(self) -> tuple[str, ...]:
        """Return what the model takes for granted about the intervention, in sentences."""
        return self.assumed

    def as_text(self) -> str:
        """Return its name and what differs from its defaults, e.g. ``"relaxation:depth=0.8"``."""
        changed = [
            f"{info.name}={_short(getattr(self, info.name))}"
            for info in self.describe()
            if getattr(self, info.name) != info.default
        ]
        return ":".join([self.key, ",".join(changed)]) if changed else self.key


def _short(value: object) -> str:
    return "none" if value is None else str(value)
