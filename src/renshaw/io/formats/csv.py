"""Tables of units or of raw signals in a text file, in whatever layout.

A row a discharge (``unit,time_s``), a column or a row a unit, zeros and ones, raw EMG: see
`renshaw.io.tables`. Extra columns, remarks above the head, other separators (``;`` with decimal
commas, tab), encodings and heads in six languages are taken as they come. Delsys Neuromap writes
the times of units as such a table (``..._Firings.txt``), and what else it knows beside it.
"""

from __future__ import annotations

import csv
from pathlib import Path

from renshaw.core.cells import safe_cell
from renshaw.data.recording import Recording
from renshaw.io import others
from renshaw.io.containers import table
from renshaw.io.format import FORMATS, LAST, Format
from renshaw.io.formats import acqknowledge_text, bids, emglab, labchart_text, spike2_text
from renshaw.io.probe import Probe
from renshaw.io.tables import layouts, neuromap
from renshaw.io.tables.told import refuse_untold
from renshaw.io.writing import common_losses

# Tables that say more of themselves.
_EXPORTS = (bids, spike2_text, emglab, labchart_text, acqknowledge_text)


def recognizes(probe: Probe) -> bool:
    """Whether it is a table whose head says that it is a recording, and no export with more."""
    found = probe.table
    if found is None or not found.names:
        return False
    # A line of words and numbers with nothing below is the cut-off beginning of something else.
    cut_off = not found.found.rows and any(name[:1].isdigit() for name in found.names)
    return not cut_off and _is_recording(probe)


def recognizes_bare(probe: Probe) -> bool:
    """Whether it is a table without a head whose numbers look like a recording."""
    found = probe.table
    # One row of numbers may be anything, as the beginning of another format's header.
    bare = found is not None and not found.names and len(found.found.rows) > 1
    return bare and _is_recording(probe)


def _is_recording(probe: Probe) -> bool:
    head = probe.table
    if head is None or probe.text_head.lstrip().startswith(("{", "[", "<")):
        return False
    if others.is_other(probe):
        return False
    if any(export.recognizes(probe) for export in _EXPORTS):
        return False
    return layouts.recognized(head, probe.options)


def read(probe: Probe) -> Recording:
    """Read units or raw signals."""
    recording = layouts.read(table.whole_matrix(probe), probe.options)
    return neuromap.with_beside(recording, probe.path)


def write(recording: Recording, path: Path) -> None:
    """Write a row a discharge; a silent unit has one without a time."""
    units = recording.units
    refuse_untold(units, "unit")
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, lineterminator="\n")
        rows.writerow(["unit", "time_s"])
        for label, train in zip(units.labels, units.times_s, strict=True):
            for time in train.tolist() or [""]:
                rows.writerow([safe_cell(label), repr(time) if time != "" else ""])


def losses(recording: Recording) -> tuple[str, ...]:
    """Return what the table can't hold of a recording."""
    lost = common_losses(recording)
    units = recording.units
    last_s = max((train[-1] for train in units.times_s if len(train)), default=0.0)
    if units.window_s != (0.0, last_s):
        lost.append("The window of observation is left out; it will end at the last discharge.")
    if units.fs_hz is not None:
        lost.append("The sampling rate is left out.")
    if units.quality:
        lost.append(f"Quality figures are left out: {', '.join(units.quality)}.")
    return tuple(lost)


FORMATS.add(
    Format(
        name="csv",
        title="table of units",
        description="tables (.csv, .txt, .tsv) of discharge times, of zeros and ones or of raw EMG",
        rank=40,
        endings=(".csv", ".txt", ".tsv", ".gz"),
        holds="units, force; raw EMG",
        recognizes=recognizes,
        read=read,
        write=write,
        losses=losses,
    )
)
FORMATS.add(
    Format(
        name="bare",
        title="table without a head",
        description="tables without a head (.csv, .txt, .tsv), by what their numbers show",
        rank=2 * LAST - 1,  # after those of other packages, as it tries to make something of any
        holds="units, force; raw EMG",
        recognizes=recognizes_bare,
        read=read,
    )
)
