"""Electrodes and electromyograms: EMG made of discharges, and motor units found in it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.core.doors import door

if TYPE_CHECKING:
    from renshaw.decomposition.muaps import action_potentials
    from renshaw.decomposition.munitquest.entry import MunitquestEntry, munitquest_entry
    from renshaw.decomposition.munitquest.score import (
        MunitquestScore,
        ScoredUnit,
        munitquest_score,
    )
    from renshaw.decomposition.online.decode import decode, decoder
    from renshaw.decomposition.online.decoder import Decoded, Decoder
    from renshaw.decomposition.online.settings import DecodeSettings
    from renshaw.decomposition.settings import TrustSettings
    from renshaw.decomposition.source import Source, sources
    from renshaw.decomposition.tracking import Tracked, UnitTrackingSettings
    from renshaw.electrodes.settings import ElectrodeSettings
    from renshaw.electrodes.stimulation import StimulationArtifactSettings, stimulated
    from renshaw.experiment.electromyogram import Electromyogram, electromyogram, mvc_emg
    from renshaw.io.stream import StreamSettings
    from renshaw.muscle.emg import EmgSettings, emg_amplitude, surface_emg
else:
    __getattr__, __dir__ = door(__name__)

__all__ = [
    "DecodeSettings",
    "Decoded",
    "Decoder",
    "ElectrodeSettings",
    "Electromyogram",
    "EmgSettings",
    "MunitquestEntry",
    "MunitquestScore",
    "ScoredUnit",
    "Source",
    "StimulationArtifactSettings",
    "StreamSettings",
    "Tracked",
    "TrustSettings",
    "UnitTrackingSettings",
    "action_potentials",
    "decode",
    "decoder",
    "electromyogram",
    "emg_amplitude",
    "munitquest_entry",
    "munitquest_score",
    "mvc_emg",
    "sources",
    "stimulated",
    "surface_emg",
]
