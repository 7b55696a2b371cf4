"""Electrodes on the skin: the raw high-density EMG of motor units whose discharges are known."""

from __future__ import annotations

from renshaw.electrodes.settings import ElectrodeSettings
from renshaw.electrodes.synthesize_emg import synthesize_emg

__all__ = ["ElectrodeSettings", "synthesize_emg"]
