"""Workbooks: which sheet is the recording, and files that claim too much."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import pytest

import renshaw as rs
from renshaw.core.errors import ReadError

sys.path.insert(0, str(Path(__file__).parents[1] / "conformance"))

from samples.spreadsheet import write_ods, write_xlsx

pytest.importorskip("python_calamine", reason="the extra excel is not installed")

UNITS = [["unit", "time_s"], [1, 0.5], [1, 0.625], [2, 0.75]]


def refused(path: Path, match: str, **options: object) -> str:
    with pytest.raises(ReadError, match=match) as caught:
        rs.read(path, options=rs.ReadOptions(**options))
    return str(caught.value)


@pytest.mark.parametrize(("write", "name"), [(write_xlsx, "a.xlsx"), (write_ods, "a.ods")])
def test_the_sheet_with_units_is_found(write, name, tmp_path):
    write(tmp_path / name, {"Notes": [["TA, left"], [2024]], "Units": [["P01"], *UNITS]})
    recording = rs.read(tmp_path / name)
    assert [train.tolist() for train in recording.units] == [[0.5, 0.625], [0.75]]
    assert "The table is the sheet 'Units'." in recording.notes


def test_of_several_sheets_one_is_asked_for(tmp_path):
    later = [UNITS[0], *([unit, time + 1] for unit, time in UNITS[1:])]
    write_xlsx(tmp_path / "a.xlsx", {"pre": UNITS, "post": later})
    assert "--variable pre" in refused(tmp_path / "a.xlsx", "'pre', 'post'")
    recording = rs.read(tmp_path / "a.xlsx", options=rs.ReadOptions(variable="post"))
    assert recording.units[1].tolist() == [1.75]


def test_no_sheet_with_units(tmp_path):
    write_xlsx(tmp_path / "a.xlsx", {"S": [["age", "height"], [30, 1.8], [31, 1.7]]})
    assert "'age', 'height'" in refused(tmp_path / "a.xlsx", "expected unit and time_s")


def edited(path: Path, member: str, old: bytes, new: bytes) -> None:
    with zipfile.ZipFile(path) as box:
        parts = {name: box.read(name) for name in box.namelist()}
    assert old in parts[member]
    parts[member] = parts[member].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as box:
        for name, content in parts.items():
            box.writestr(name, content)


@pytest.mark.parametrize(
    "far", [b'<c r="XFD1048576"><v>1</v></c>', b"<c r = 'XFD1048576'><v>1</v></c>"]
)
def test_a_stray_cell_far_away(far, tmp_path):
    path = tmp_path / "a.xlsx"
    write_xlsx(path, {"S": UNITS})
    row = b'<row r="1048576">' + far + b"</row></sheetData>"
    edited(path, "xl/worksheets/sheet1.xml", b"</sheetData>", row)
    refused(path, "row 1,048,576")


def test_what_ends_the_library_does_not_end_renshaw(tmp_path):
    path = tmp_path / "a.ods"
    write_ods(path, {"S": UNITS})
    once = b'<table:table-cell office:value-type="float"'
    often = once.replace(b"-cell", b'-cell table:number-columns-repeated="16000"')
    edited(path, "content.xml", once, often)
    rows = b'<table:table-row table:number-rows-repeated="1000000">'
    edited(path, "content.xml", b"<table:table-row>", rows)
    refused(path, "can't be opened|takes too long")


def test_a_bomb(tmp_path):
    path = tmp_path / "a.xlsx"
    write_xlsx(path, {"S": UNITS})
    edited(path, "xl/worksheets/sheet1.xml", b"</sheetData>", b" " * 10**8 + b"</sheetData>")
    refused(path, "honestly")


def test_another_office_file(tmp_path):
    (tmp_path / "a.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))
    refused(
        tmp_path / "a.doc", r"Office file .* without a table.*Save the table as \.xlsx or \.csv"
    )


def test_without_the_library_it_is_named(tmp_path, monkeypatch):
    write_xlsx(tmp_path / "a.xlsx", {"S": UNITS})
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    refused(tmp_path / "a.xlsx", "renshaw\\[excel\\]")


FORCE = [["time (s)", "Force (N)"], *[[at / 100, float(at % 9)] for at in range(300)]]


@pytest.mark.parametrize(("write", "name"), [(write_xlsx, "a.xlsx"), (write_ods, "a.ods")])
def test_the_torque_of_a_second_sheet(write, name, tmp_path):
    write(tmp_path / name, {"Notes": [["TA"]], "MUs": UNITS, "Force": FORCE})
    recording = rs.read(tmp_path / name)
    assert recording.torque is not None
    assert (recording.torque.fs_hz, recording.torque.unit, len(recording.torque)) == (100, "N", 300)
    assert recording.units.window_s == (0.0, 3.0)
    assert "The torque is that of the sheet 'Force'." in recording.notes
    assert not any("how long" in note for note in recording.notes)


def test_a_torque_without_a_rate_asks_for_one(tmp_path):
    write_xlsx(tmp_path / "a.xlsx", {"MUs": UNITS, "Force": [row[1:] for row in FORCE]})
    recording = rs.read(tmp_path / "a.xlsx")
    assert recording.torque is None
    assert any("--fs 2048" in note for note in recording.notes)


def test_of_two_sheets_with_a_torque_none_is_taken(tmp_path):
    write_xlsx(tmp_path / "a.xlsx", {"MUs": UNITS, "Force": FORCE, "Force 2": FORCE})
    recording = rs.read(tmp_path / "a.xlsx")
    assert recording.torque is None
    assert any("several sheets" in note for note in recording.notes)
