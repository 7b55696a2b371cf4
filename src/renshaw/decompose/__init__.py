"""From the electrodes to motor units: raw high-density EMG taken apart.

::

    recording = renshaw.io.read("raw.otb+")
    recording = renshaw.decompose.decompose(recording)
"""

from __future__ import annotations

from renshaw.decompose.muaps import action_potentials
from renshaw.decompose.settings import DecomposeSettings, TrustSettings
from renshaw.decompose.verb import decompose

__all__ = ["DecomposeSettings", "TrustSettings", "action_potentials", "decompose"]
