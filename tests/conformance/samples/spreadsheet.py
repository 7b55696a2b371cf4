"""Workbooks of Excel and OpenDocument, written part by part."""

from __future__ import annotations

import importlib.util
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from samples._units import Sample, Trains

Cells = Sequence[Sequence[str | float]]
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns"


def write_xlsx(path: Path, sheets: Mapping[str, Cells]) -> None:
    """Write a workbook of Excel."""
    numbers = range(1, len(sheets) + 1)
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="application/vnd.'
        'openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        for n in numbers
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        'relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.'
        f'openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATED}"><sheets>'
        + "".join(
            f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>'
            for n, name in zip(numbers, sheets, strict=True)
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{n}" Type="{_RELATED}/worksheet" '
            f'Target="worksheets/sheet{n}.xml"/>'
            for n in numbers
        )
        + "</Relationships>",
    }
    for n, cells in zip(numbers, sheets.values(), strict=True):
        rows = "".join(f'<row r="{at}">{_row(at, row)}</row>' for at, row in enumerate(cells, 1))
        parts[f"xl/worksheets/sheet{n}.xml"] = (
            f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'
        )
    _pack(path, parts)


def _row(number: int, cells: Sequence[str | float]) -> str:
    said = ""
    for at, value in enumerate(cells):
        place = (
            f"{chr(65 + at % 26) if at < 26 else chr(64 + at // 26) + chr(65 + at % 26)}{number}"
        )
        if value == "":
            continue
        if isinstance(value, str):
            said += f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
        else:
            said += f'<c r="{place}"><v>{float(value)!r}</v></c>'
    return said


def write_ods(path: Path, sheets: Mapping[str, Cells]) -> None:
    """Write a workbook of OpenDocument."""
    tables = ""
    for name, cells in sheets.items():
        rows = "".join(f"<table:table-row>{_ods_row(row)}</table:table-row>" for row in cells)
        tables += f'<table:table table:name="{escape(name)}">{rows}</table:table>'
    spaces = " ".join(
        f'xmlns:{short}="{_OFFICE}:{short}:1.0"' for short in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body>'
        f"<office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = f'<manifest:manifest xmlns:manifest="{_OFFICE}:manifest:1.0"/>'
    parts = {"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content}
    _pack(path, parts)


def _ods_row(cells: Sequence[str | float]) -> str:
    said = ""
    for value in cells:
        if isinstance(value, str):
            text = f"<text:p>{escape(value)}</text:p>" if value else ""
            kind = ' office:value-type="string"' if value else ""
            said += f"<table:table-cell{kind}>{text}</table:table-cell>"
        else:
            said += (
                f'<table:table-cell office:value-type="float" office:value="{float(value)!r}">'
                f"<text:p>{float(value)!r}</text:p></table:table-cell>"
            )
    return said


def _pack(path: Path, parts: Mapping[str, str]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as box:
        for name, content in parts.items():
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            box.writestr(name, content, kind)


def long(trains: Trains, fs_hz: float) -> Cells:
    """Return the cells of a table with a row a discharge."""
    rows: list[list[str | float]] = [["unit", "time_s"]]
    for unit, train in enumerate(trains, 1):
        # A cell of Excel holds no NaN.
        rows += [[unit, index / fs_hz if index == index else "NaN"] for index in train]
        rows += [[unit, ""]] * (not train)
    return rows


def _xlsx(path: Path, trains: Trains, fs_hz: float) -> None:
    write_xlsx(path, {"Remarks": [["made by hand"]], "Units": long(trains, fs_hz)})


def _ods(path: Path, trains: Trains, fs_hz: float) -> None:
    write_ods(path, {"Units": long(trains, fs_hz)})


HAVE = importlib.util.find_spec("python_calamine") is not None
SAMPLES = (
    Sample("xlsx", _xlsx, torque=False, rate=False),
    Sample("ods", _ods, torque=False, rate=False),
)[: 2 * HAVE]
