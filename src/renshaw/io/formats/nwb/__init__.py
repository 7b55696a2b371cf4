"""Neurodata Without Borders (``.nwb``): motor units, raw EMG with its electrodes, signals.

Rübel et al. (2022), doi:10.7554/eLife.78362.
"""

from __future__ import annotations

from pathlib import Path

from renshaw.data.recording import Recording
from renshaw.io.format import FORMATS, Format
from renshaw.io.probe import Probe

_MARKS = {"acquisition", "general", "identifier", "session_start_time"}


def recognizes(probe: Probe) -> bool:
    """Whether it is an HDF5 file with the groups that every NWB file has."""
    from renshaw.io.containers import hdf5

    return probe.kind == "hdf5" and set(hdf5.names(probe.hdf5)) >= _MARKS


def read(probe: Probe) -> Recording:
    """Read units, EMG, other signals and events."""
    from renshaw.io.formats.nwb.reading import read

    return read(probe)


def write(recording: Recording, path: Path) -> None:
    """Write everything a recording holds."""
    from renshaw.io.formats.nwb.writing import write

    write(recording, path)


FORMATS.add(
    Format(
        name="nwb",
        title="NWB",
        description="NWB with motor units or raw EMG",
        rank=90,
        endings=(".nwb",),
        holds="everything; of other programs' files units, raw EMG and series of one channel",
        recognizes=recognizes,
        read=read,
        write=write,
        losses=lambda recording: (),
        install="pip install 'renshaw[nwb]'",
    )
)
