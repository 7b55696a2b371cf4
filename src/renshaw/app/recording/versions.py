"""What an open recording was before it was read or decomposed anew, so that it can be again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from renshaw.decomposition.edits import Edit, edits_from_list
from renshaw.io import ReadOptions


@dataclass(frozen=True)
class Version:
    """The units of a recording and what was done to them.

    Parameters
    ----------
    reading : int
        Which reading of the file it is made of.
    decomposed : int
        Which decomposition its units come from; 0 for those of the file.
    options : ReadOptions
        What was said of the file.
    edits, undone : tuple of Edit
        What was changed, oldest first; what was taken back, last first.
    begun : bool
        Whether the edits that the file came with were taken over.
    resumed : bool
        Whether the file came with edits.
    """

    reading: int
    decomposed: int
    options: ReadOptions
    edits: tuple[Edit, ...] = ()
    undone: tuple[Edit, ...] = ()
    begun: bool = False
    resumed: bool = False

    @property
    def origin(self) -> str:
        """How it came about, in words."""
        return "Motor units found anew" if self.decomposed else "File read again"

    def to_mapping(self) -> dict[str, Any]:
        """Return plain values, fit for JSON."""
        return {
            "reading": self.reading,
            "decomposed": self.decomposed,
            "options": self.options.to_mapping(),
            "edits": [edit.to_mapping() for edit in self.edits],
            "undone": [edit.to_mapping() for edit in self.undone],
            "begun": self.begun,
            "resumed": self.resumed,
        }

    @classmethod
    def from_mapping(cls, plain: Mapping[str, Any]) -> Version:
        """Return what `to_mapping` was made of."""
        return cls(
            reading=int(plain["reading"]),
            decomposed=int(plain["decomposed"]),
            options=ReadOptions.from_mapping(plain["options"]),
            edits=edits_from_list(plain["edits"]),
            undone=edits_from_list(plain["undone"]),
            begun=bool(plain["begun"]),
            resumed=bool(plain["resumed"]),
        )
