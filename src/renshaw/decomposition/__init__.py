"""From the electrodes to motor units: the verb `decompose`, its settings, and tracking."""

from __future__ import annotations

from renshaw.decomposition.decompose import decompose
from renshaw.decomposition.editing import Box, Editing, edits_of, replay, unedited
from renshaw.decomposition.edits import (
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
from renshaw.decomposition.muaps import action_potentials
from renshaw.decomposition.settings import DecomposeSettings, TrustSettings
from renshaw.decomposition.source import Source, sources
from renshaw.decomposition.tracking import Tracked, UnitTrackingSettings, track

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
    "Tracked",
    "TrustSettings",
    "UnitTrackingSettings",
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
