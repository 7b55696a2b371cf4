"""`Decomposition`: how the motor units of a recording were found, and what people changed since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

# Of `Decomposition.by`: renshaw's own, and its stand-in for simulations.
DECOMPOSED = "decompose"
OBSERVED = "observed"


@dataclass(frozen=True)
class HandEdits:
    """A list of edits that a person made, and the touched units as they were before.

    Parameters
    ----------
    edits : tuple of mapping
        Plain values of each edit, oldest first.
    before : mapping
        By number of the unit, from 1: its ``times_s``, ``flag`` and ``quality``, as plain values.
    """

    edits: tuple[Mapping[str, Any], ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "edits", tuple(self.edits))


@dataclass(frozen=True)
class Decomposition:
    """How the motor units of a recording were found.

    Parameters
    ----------
    by : str
        ``"decompose"``, ``"observed"`` (what would be found in a simulation), or another program.
    settings : mapping
        Plain values of its settings; empty where they are not known.
    edited : tuple of HandEdits
        What was edited since; each is of what the one before had left.
    """

    by: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    edited: tuple[HandEdits, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "edited", tuple(self.edited))

    def then(self, edits: HandEdits) -> Decomposition:
        """Return the decomposition with further edits."""
        return replace(self, edited=(*self.edited, edits))

    def undone(self) -> Decomposition:
        """Return the decomposition without its last list of edits."""
        return replace(self, edited=self.edited[:-1])
