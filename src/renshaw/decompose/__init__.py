"""From the electrodes to motor units: the verb `decompose`, its settings, and tracking.

The room and its verb share their name, as ``rs.decompose`` is both: the module can be called, and
``renshaw.decompose.tracking`` and its siblings are its rooms.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from renshaw.data.recording import Recording
from renshaw.decompose.editing import Box, Editing, edits_of, replay, unedited
from renshaw.decompose.edits import (
    Accept,
    AddDischarges,
    Edit,
    Reestimate,
    RemoveDischarges,
    Restore,
    SetAside,
    edits_from_json,
    edits_to_json,
)
from renshaw.decompose.muaps import action_potentials
from renshaw.decompose.settings import DecomposeSettings, TrustSettings
from renshaw.decompose.source import Source, sources
from renshaw.decompose.tracking import Tracked, TrackSettings, track
from renshaw.decompose.verb import decompose

__all__ = [
    "Accept",
    "AddDischarges",
    "Box",
    "DecomposeSettings",
    "Edit",
    "Editing",
    "Reestimate",
    "RemoveDischarges",
    "Restore",
    "SetAside",
    "Source",
    "TrackSettings",
    "Tracked",
    "TrustSettings",
    "action_potentials",
    "decompose",
    "edits_from_json",
    "edits_of",
    "edits_to_json",
    "replay",
    "sources",
    "track",
    "unedited",
]


class _Verb(ModuleType):
    """A module that is called as its verb, lest importing a room of it hide ``rs.decompose``."""

    __doc__ = __doc__

    def __call__(self, *args: Any, **kwargs: Any) -> Recording:
        return decompose(*args, **kwargs)


sys.modules[__name__].__class__ = _Verb
