"""Totals below a table and cells that fill it up are no discharges."""

from __future__ import annotations

import numpy as np
import pytest

import renshaw as rs
from renshaw.core.errors import ReadError

TRAINS = [np.arange(5, 9.01, 0.125), np.arange(5.5, 8, 0.125), np.arange(6, 7.5, 0.125)]
LONG = "unit,time_s\n" + "".join(f"{i},{t}\n" for i, each in enumerate(TRAINS, 1) for t in each)


def _columns(filler: str = "") -> str:
    rows = ["MU1,MU2,MU3"]
    for at in range(max(map(len, TRAINS))):
        rows.append(",".join(str(t[at]) if at < len(t) else filler for t in TRAINS))
    return "\n".join(rows) + "\n"


def _rows(filler: str = "") -> str:
    most = max(map(len, TRAINS))
    cells = [[*map(str, t), *[filler] * (most - len(t))] for t in TRAINS]
    return "".join(f"MU{i},{','.join(row)}\n" for i, row in enumerate(cells, 1))


COUNTS = ",".join(str(len(t)) for t in TRAINS) + "\n"
CASES = {
    "a total below rows": (LONG + "Total,65\n", "is a total"),
    "a German total": (LONG + "Summe:,65\n", "is a total"),
    "a head that comes again": (LONG + "unit,time_s\n1,9.125\n", "repeats the head"),
    "counts below columns": (_columns() + COUNTS, "last row was left out"),
    "counts and means": (_columns() + COUNTS + "7.0,6.6,6.7\n", "last 2 rows were left out"),
    "zeros fill up": (_columns("0"), "Cells of 0 below"),
    "zeros fill up rows": (_rows("0"), "Cells of 0 below"),
    "means below rows": (f"{_rows()}Mean,{','.join(['3'] * len(TRAINS[0]))}\n", "holds totals"),
    "minus ones fill up": (_columns("-1"), "Cells of -1 below"),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_no_discharge_is_left_out_and_told(case, tmp_path):
    text, word = CASES[case]
    path = tmp_path / "a.csv"
    path.write_text(text)
    recording = rs.read(path)
    expected = [t.tolist() for t in TRAINS]
    if "again" in case:
        expected[0] = [*expected[0], 9.125]
    assert [t.tolist() for t in recording.units] == expected
    assert word in " ".join(recording.notes)


def test_a_gap_within_a_column_is_no_footer(tmp_path):
    lines = _columns().splitlines()
    lines[5] = "," + lines[5].split(",", 1)[1]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines) + "\n")
    assert [len(t) for t in rs.read(path).units] == [len(TRAINS[0]) - 1, *map(len, TRAINS[1:])]


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("unit,Time\n1,14:06\n1,14:07\n", "clock times need their seconds"),
        (
            "ДЕ;Время\n"
            + "".join(f"ДЕ{i};{t}\n" for i, each in enumerate(TRAINS, 1) for t in each),
            "Rename the columns",
        ),
        ("unit,time\n" + "".join(f"1,{t / 60}\n" for t in TRAINS[0]), "--time-unit min"),
        (LONG.replace(".", ","), "decimal commas between commas"),
    ],
)
def test_a_refusal_names_the_cure(text, cure, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(ReadError, match=cure):
        rs.read(path)
