"""`Intervention`: a frozen edit of who and what is done, that says what it rests on."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import ClassVar

from renshaw.core.settings import Settings, as_python
from renshaw.interventions.drug import Drug
from renshaw.model.participant import Participant
from renshaw.protocols.protocol import Protocol

PEOPLE = "measured in people"
ANIMALS = "measured in animals"
ASSUMPTION = "assumption"
CERTAINTIES = (PEOPLE, ANIMALS, ASSUMPTION)


@dataclass(frozen=True, kw_only=True)
class Intervention(Settings):
    """Base of all interventions; each adds itself to `INTERVENTIONS`, in a file of its own.

    An intervention only multiplies or adds to a participant's treatment and adds trains to a
    protocol. Both can be done in any order, so that the order of interventions makes no difference.

    Attributes
    ----------
    name : str
        What it is called on the command line and in study files: ``"remote-handgrip"``.
    rank : float
        Its place in lists: lower comes first.
    title : str
        What people read: ``"Remote handgrip"``.
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
    drug : Drug, optional
        The facts of a drug, where it is one.
    """

    name: ClassVar[str] = ""
    # Built-in ones say where they stand; others come after them.
    rank: ClassVar[float] = 1000
    title: ClassVar[str] = ""
    mechanism: ClassVar[str] = ""
    certainty: ClassVar[str] = ASSUMPTION
    source: ClassVar[str] = ""
    fitted: ClassVar[str] = ""
    assumed: ClassVar[tuple[str, ...]] = ()
    drug: ClassVar[Drug | None] = None

    def edit(self, participant: Participant, protocol: Protocol) -> tuple[Participant, Protocol]:
        """Return the participant and the protocol as they are under the intervention.

        Parameters
        ----------
        participant : Participant
            As without the intervention.
        protocol : Protocol
            As without the intervention.
        """
        raise NotImplementedError

    def assumptions(self) -> tuple[str, ...]:
        """Return what the model takes for granted about the intervention, in sentences."""
        return self.assumed

    def as_text(self) -> str:
        """Return its name and what differs from its defaults, e.g. ``"relaxation:depth=0.8"``."""
        changed = [f"{name}={_short(value)}" for name, value in self._changed().items()]
        return ":".join([self.name, ",".join(changed)]) if changed else self.name

    def as_python(self) -> str:
        """Return the expression that makes it again, defaults left out."""
        kind, room = type(self), importlib.import_module("renshaw.interventions")
        if getattr(room, kind.__name__, None) is kind:
            return super().as_python()
        # What another package has added is found by its name alone.
        changed = [f", {name}={as_python(value)}" for name, value in self._changed().items()]
        return f"rs.interventions.intervention({self.name!r}{''.join(changed)})"

    def _changed(self) -> dict[str, object]:
        infos = self.describe()
        values = {info.name: getattr(self, info.name) for info in infos}
        return {info.name: values[info.name] for info in infos if values[info.name] != info.default}


def _short(value: object) -> str:
    return "none" if value is None else str(value)
