"""Sheets of a workbook (Excel, OpenDocument) as texts, opened within bounds.

python-calamine reads the cells, in a process of its own (`apart` says why). It keeps a
rectangle of all cells between the first and the last, so that one stray cell may cost gigabytes:
where the last one lies is looked at before, which tells people what to delete.
"""

from __future__ import annotations

import importlib
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

from renshaw.io.containers import apart, workbook_child
from renshaw.io.containers.workbook_child import LOCKED, REASON, SHEET
from renshaw.io.limits import (
    MOST_SHEET_BYTES,
    MOST_SHEET_CELLS,
    MOST_SHEET_MEMORY_BYTES,
    MOST_VARIABLES,
)
from renshaw.io.probe import Probe
from renshaw.io.refusal import Refusal, twice_in

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CHUNK_BYTES = 1 << 20
# A reference is at most so long; the end of one piece is looked at again with the next.
_OVERLAP = 64
# Cells say where they are ("B7"), and so do rows ("7").
_PLACE = re.compile(rb"""\br\s*=\s*["']\s*([A-Za-z]{0,3})(\d{1,10})""")
# What zipfile and zlib say of damaged archives.
_UNREADABLE = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error),
    *(NotImplementedError, RuntimeError, EOFError, OSError, ValueError),
)
# What python-calamine says where no sheet can be in it.
_UNKNOWN = "detect file format"
_DAMAGED = "It is a workbook that can't be opened ({}). Save it again as .xlsx"


def is_workbook(probe: Probe) -> bool:
    """Whether a file is a workbook."""
    if probe.head.startswith(_OLE):
        return True
    if probe.kind != "zip":
        return False
    try:
        with probe.stream() as stream, zipfile.ZipFile(stream) as box:
            names = set(box.namelist()[:MOST_VARIABLES])
            if {"mimetype", "content.xml"} <= names:
                with box.open("mimetype") as kind:
                    return b"opendocument.spreadsheet" in kind.read(100)
    except _UNREADABLE:
        return False
    return "xl/workbook.xml" in names or "xl/workbook.bin" in names


def sheets(probe: Probe) -> dict[str, str]:
    """Return the content of every visible sheet by its name, tabs between cells.

    Raises
    ------
    Refusal
        A damaged workbook, one with a password, or one that claims more than it can honestly hold.
    ModuleNotFoundError
        python-calamine is not installed.
    """
    # Where it is missing, this says so before anything is unpacked.
    importlib.import_module("python_calamine")

    if probe.kind == "zip":
        _check(probe)
    found: dict[str, str] = {}
    for part in _printed(probe).split(SHEET)[1:]:
        content, _, reason = part.partition(REASON)
        name, _, rows = content.partition("\n")
        if name in found:
            raise Refusal(_DAMAGED.format(f"it has two sheets {name!r}"))
        found[name] = rows
        if reason:
            raise Refusal(_DAMAGED.format(reason.strip()))
    return found


def _printed(probe: Probe) -> str:
    arguments = str(probe.path.absolute()), str(MOST_SHEET_BYTES)
    done = apart.run(workbook_child.__file__, arguments, probe.size, MOST_SHEET_MEMORY_BYTES)
    if done.returncode:
        raise Refusal(_DAMAGED.format("its parts contradict each other, or claim too much"))
    text = done.stdout.decode("utf-8", "replace")
    if SHEET not in text and REASON in text:
        reason = text.partition(REASON)[2].strip()
        if reason == LOCKED:
            raise Refusal("It is locked with a password. Save it without one")
        if _UNKNOWN in reason and probe.head.startswith(_OLE):
            raise Refusal(
                "It is an Office file (.xls, .doc, .ppt, .msg) without a table that can be opened. "
                "Save the table as .xlsx or .csv"
            )
        raise Refusal(_DAMAGED.format(reason))
    return text


def _check(probe: Probe) -> None:
    """Refuse a packed workbook that would unfold to more than it honestly can."""
    try:
        with probe.stream() as stream, zipfile.ZipFile(stream) as box:
            if len(box.infolist()) > MOST_VARIABLES:
                raise Refusal(f"It holds more than {MOST_VARIABLES:,} parts; it is damaged")
            if twice_in(box.namelist()) is not None:
                raise Refusal(_DAMAGED.format("a part of it is there twice"))
            for member in box.infolist():
                corner = [1, 1]
                # As packed text, as cells, and as what is handed over.
                probe.budget.spend(3 * member.file_size, member.filename)
                # What is read here has the size that it claims, and so it has for any reader.
                for piece in _pieces(box, member):
                    if member.filename.startswith("xl/worksheets/"):
                        _widen(corner, piece)
    except _UNREADABLE as error:
        raise Refusal(_DAMAGED.format(error)) from None


def _pieces(box: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    kept = b""
    with box.open(member) as part:
        while piece := part.read(_CHUNK_BYTES):
            yield kept + piece
            kept = piece[-_OVERLAP:]


def _widen(corner: list[int], piece: bytes) -> None:
    for letters, row in _PLACE.findall(piece):
        column = 0
        for letter in letters.upper():
            column = column * 26 + letter - 64
        corner[:] = max(corner[0], column), max(corner[1], int(row))
    if corner[0] * corner[1] > MOST_SHEET_CELLS:
        raise Refusal(
            f"A sheet reaches to column {corner[0]:,} and row {corner[1]:,}, which is more than "
            f"the {MOST_SHEET_CELLS:,} cells that are read. Delete what lies far from the table"
        )
