"""Files in and out: every format knows its files by their content, and says all of itself once.

::

    recording = renshaw.io.read("ramp.mat")
    renshaw.io.write(recording, "ramp.h5")
    renshaw.io.losses(recording, "csv")  # what a format can't hold
    renshaw.io.FORMATS["csv"]  # a format: name, title, endings, reader, writer

A new format is a `Format` in a file of its own. Its reader looks into a file by `Probe`, makes
units by `motor_units` or raw EMG by `raw_recording` of `Channel`, and says why a file can't be read
by `Refusal`; its writer says what is lost beside `common_losses`; `check_format` tests it.
"""

from __future__ import annotations

from pathlib import Path

from renshaw.core.results import save as _save
from renshaw.data.recording import Recording as _Recording
from renshaw.io.bids.dataset import bids_losses, write_bids
from renshaw.io.check import check_format
from renshaw.io.format import FORMATS, Format, ending_of, known_endings, written_formats
from renshaw.io.options import ReadOptions
from renshaw.io.probe import Probe
from renshaw.io.raw import Channel, raw_recording
from renshaw.io.reading import read
from renshaw.io.refusal import Refusal
from renshaw.io.trains import motor_units
from renshaw.io.writing import common_losses, losses, write

__all__ = [
    "FORMATS",
    "Channel",
    "Format",
    "Probe",
    "ReadOptions",
    "Refusal",
    "bids_losses",
    "check_format",
    "common_losses",
    "ending_of",
    "known_endings",
    "losses",
    "motor_units",
    "raw_recording",
    "read",
    "write",
    "write_bids",
    "written_formats",
]


@_save.register
def _save_recording(recording: _Recording, path: Path, /) -> Path:
    return write(recording, path)
