"""Workbooks of Excel and OpenDocument: the sheet that holds a table of units or of raw signals.

Each sheet is a table like one in a text file; see `renshaw.io.tables`. Where several sheets could
be the recording, whoever reads the file says which.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from renshaw.data.recording import Recording
from renshaw.io.containers import table, workbook
from renshaw.io.containers.table import Table
from renshaw.io.format import FORMATS, Format
from renshaw.io.options import ReadOptions, spelled
from renshaw.io.probe import Probe
from renshaw.io.refusal import Refusal
from renshaw.io.tables import layouts
from renshaw.io.tables.columns import torque_of
from renshaw.io.tables.names import columns_of
from renshaw.io.trains import NO_LENGTH

_MOST_SHOWN = 12


def recognizes(probe: Probe) -> bool:
    """Whether it is a workbook."""
    return workbook.is_workbook(probe)


def read(probe: Probe) -> Recording:
    """Read the sheet that holds a recording."""
    found = {name: table.of_text(text) for name, text in workbook.sheets(probe).items()}
    sheets = {name: sheet for name, sheet in found.items() if sheet is not None}
    if not sheets:
        raise Refusal("Its sheets are empty")
    name = _chosen(sheets, probe)
    options = probe.options
    if name == options.variable:
        # It named the sheet, and not a column in it.
        options = ReadOptions(fs_hz=options.fs_hz, time_unit=options.time_unit)
    recording = layouts.read(sheets[name], options)
    if len(found) > 1:
        said = (*recording.notes, f"The table is the sheet {name!r}.")
        recording = dataclasses.replace(recording, notes=said)
    return _with_torque(recording, {n: s for n, s in sheets.items() if n != name}, options)


def _with_torque(
    recording: Recording, others: Mapping[str, Table], options: ReadOptions
) -> Recording:
    """Return a recording with the torque that a sheet of its own holds, where only one may."""
    holding = {
        name: sheet
        for name, sheet in others.items()
        if any(column.kind == "force" for column in columns_of(sheet.names))
    }
    if recording.torque is not None or not holding:
        return recording
    if len(holding) > 1:
        several = ", ".join(map(repr, holding))
        said = f"No torque was read, for several sheets may hold it: {several}. Leave one of them."
        return dataclasses.replace(recording, notes=(*recording.notes, said))
    ((name, sheet),) = holding.items()
    values, words = sheet.numbers()
    signals = torque_of(values, columns_of(sheet.names), options, words)
    notes = [note for note in recording.notes if not (signals and note == NO_LENGTH)]
    notes += [*words, *[f"The torque is that of the sheet {name!r}."] * ("torque" in signals)]
    start, end = recording.units.window_s
    end = max([end, *(signal.end_s for signal in signals.values())])
    return dataclasses.replace(
        recording,
        units=dataclasses.replace(recording.units, window_s=(start, end)),
        signals={**signals, **recording.signals},
        notes=tuple(notes),
    )


def _chosen(sheets: dict[str, Table], probe: Probe) -> str:
    wanted = probe.options.variable
    if wanted in sheets:
        return str(wanted)
    known = [name for name, sheet in sheets.items() if layouts.recognized(sheet, probe.options)]
    shown = ", ".join(map(repr, list(sheets)[:_MOST_SHOWN]))
    if len(known) > 1:
        raise Refusal(
            f"Several of its sheets may be the recording ({', '.join(map(repr, known))}). Name "
            f"one: {spelled('variable', known[0])}"
        )
    if not known:
        first, sheet = next(iter(sheets.items()))
        raise Refusal(
            f"None of its sheets ({shown}) holds motor units or raw EMG. In {first!r}: "
            f"{layouts.refusal(sheet)}"
        )
    return known[0]


FORMATS.add(
    Format(
        name="spreadsheet",
        title="Excel",
        description="workbooks of Excel (.xlsx, .xls) and OpenDocument (.ods) with such a table",
        rank=45,
        endings=(".xlsx", ".xlsm", ".xls", ".ods"),
        holds="units, force; raw EMG",
        recognizes=recognizes,
        read=read,
        install="pip install 'renshaw[excel]'",
    )
)
