"""Files in and out: every reader knows its files by their content, and registers itself.

::

    recording = renshaw.io.read("ramp.mat")
    renshaw.io.write(recording, "ramp.h5")
    renshaw.io.losses(recording, "csv")  # what a format can't hold
"""

from __future__ import annotations

from pathlib import Path

from renshaw.core.results import save as _save
from renshaw.data.recording import Recording as _Recording
from renshaw.io import (
    bids_events,
    delsys_mat,
    demuse_mat,
    discharge_csv,
    edf,
    intan_rhd,
    muedit_mat,
    muedit_npz,
    muedit_writer,
    nwb,
    nwb_writer,
    openhdemg_json,
    otb_archive,
    otb_mat,
    renshaw_h5,
    writers,
)
from renshaw.io.bids_dataset import bids_losses, write_bids
from renshaw.io.reading import read
from renshaw.io.registry import READERS, Reader, register
from renshaw.io.writing import WRITERS, losses, write

# Importing a reader registers it; the order is the order in which they look at a file.
_REGISTERED = (
    bids_events,
    demuse_mat,
    discharge_csv,
    muedit_mat,
    muedit_npz,
    openhdemg_json,
    otb_mat,
    renshaw_h5,
    writers,
    delsys_mat,
    edf,
    intan_rhd,
    otb_archive,
    muedit_writer,
    nwb,
    nwb_writer,
)

__all__ = [
    "READERS",
    "WRITERS",
    "Reader",
    "bids_losses",
    "losses",
    "read",
    "register",
    "write",
    "write_bids",
]


@_save.register
def _save_recording(recording: _Recording, path: Path, /) -> Path:
    return write(recording, path)
