"""A decomposition edited by hand: what a person accepts, adds, removes and sets aside, as a list.

The list can be saved, read and replayed on the same raw EMG::

    editing = rs.edit.Editing(raw, decomposed)
    editing = editing.then(rs.edit.Reestimate(3), rs.edit.SetAside(5, why="motion artifact"))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.core.doors import door

if TYPE_CHECKING:
    from renshaw.decomposition.editing import Box, Editing, edits_of, replay, unedited
    from renshaw.decomposition.edits import (
        Accept,
        AddDischarges,
        Edit,
        Lock,
        MarkArtifact,
        Merge,
        NewUnit,
        Reestimate,
        RemoveDischarges,
        Restore,
        SetAside,
        Split,
        Unlock,
        edits_from_json,
        edits_to_json,
    )
else:
    __getattr__, __dir__ = door(__name__)

__all__ = [
    "Accept",
    "AddDischarges",
    "Box",
    "Edit",
    "Editing",
    "Lock",
    "MarkArtifact",
    "Merge",
    "NewUnit",
    "Reestimate",
    "RemoveDischarges",
    "Restore",
    "SetAside",
    "Split",
    "Unlock",
    "edits_from_json",
    "edits_of",
    "edits_to_json",
    "replay",
    "unedited",
]
