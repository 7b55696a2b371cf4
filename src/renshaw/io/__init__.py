"""Files in and out: every format knows its files by their content, and says all of itself once.

::

    recording = renshaw.io.read("ramp.mat")
    renshaw.io.write(recording, "ramp.h5")
    renshaw.io.losses(recording, "csv")  # what a format can't hold
    renshaw.io.FORMATS["csv"]  # a format: name, title, endings, reader, writer

A new format is a `Format` in a file of its own, which uses `Probe` to look into a file and
`Refusal` to say why one can't be read.
"""

from __future__ import annotations

from pathlib import Path

from renshaw.core.results import save as _save
from renshaw.data.recording import Recording as _Recording
from renshaw.io.bids.dataset import bids_losses, write_bids
from renshaw.io.check import check_format
from renshaw.io.format import FORMATS, Format, ending_of, known_endings, written_formats
from renshaw.io.probe import Probe
from renshaw.io.reading import read
from renshaw.io.refusal import Refusal
from renshaw.io.writing import losses, write

__all__ = [
    "FORMATS",
    "Format",
    "Probe",
    "Refusal",
    "bids_losses",
    "check_format",
    "ending_of",
    "known_endings",
    "losses",
    "read",
    "write",
    "write_bids",
    "written_formats",
]


@_save.register
def _save_recording(recording: _Recording, path: Path, /) -> Path:
    return write(recording, path)
