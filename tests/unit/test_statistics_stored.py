"""Tables that are no text give the same numbers as the text, or are refused with what to do."""

import bz2
import gzip
import lzma
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import renshaw as rs

sys.path.insert(0, str(Path(__file__).parents[1] / "conformance"))

from samples.spreadsheet import write_ods, write_xlsx

ROWS = [
    ("P01", "pre", 1.5),
    ("P01", "post", -2.25),
    ("P02", "pre", None),
    ("P02", "post", 0.125),
]
NAMES = ["code", "time", "y"]


@pytest.fixture
def frame():
    return pd.DataFrame(ROWS, columns=NAMES)


def check(table):
    assert list(table.columns) == NAMES
    assert list(table["code"]) == ["P01", "P01", "P02", "P02"]
    assert list(table["time"].astype(str)) == ["pre", "post", "pre", "post"]
    np.testing.assert_array_equal(table["y"], [1.5, -2.25, np.nan, 0.125])
    assert list(table.index) == [2, 3, 4, 5]


@pytest.mark.parametrize(
    ("name", "opened"),
    [("t.csv.gz", gzip.open), ("t.csv.bz2", bz2.open), ("t.xz", lzma.open), ("t.csv", gzip.open)],
)
def test_packed_text(tmp_path, frame, name, opened):
    with opened(tmp_path / name, "wt") as stream:
        stream.write(frame.to_csv(index=False))
    check(rs.stats.read_table(tmp_path / name))


def test_an_archive_of_one_file_is_that_file_and_of_several_is_not(tmp_path, frame):
    path = tmp_path / "t.zip"
    with zipfile.ZipFile(path, "w") as box:
        box.writestr("data/t.csv", frame.to_csv(index=False))
        box.writestr("__MACOSX/data/._t.csv", "of a Mac")
    check(rs.stats.read_table(path))
    with zipfile.ZipFile(path, "a") as box:
        box.writestr("readme.txt", "read me")
    with pytest.raises(rs.ReadError, match=r"archive of 2 files \(data/t.csv, readme.txt\)"):
        rs.stats.read_table(path)


@pytest.mark.parametrize(("write", "name"), [(write_xlsx, "t.xlsx"), (write_ods, "t.ods")])
def test_the_sheet_that_has_the_columns(tmp_path, write, name):
    pytest.importorskip("python_calamine", reason="the extra excel is not installed")
    rows = [NAMES, *([cell if cell is not None else "" for cell in row] for row in ROWS)]
    other = [["code", "age"], ["P01", 30]]
    write(tmp_path / name, {"People": other, "Values": rows})
    check(rs.stats.read_table(tmp_path / name, columns=["y", "code"]))
    check(rs.stats.read_table(tmp_path / name, sheet="Values"))
    with pytest.raises(rs.ReadError, match=r"'People', 'Values'.*--sheet"):
        rs.stats.read_table(tmp_path / name, columns=["code"])
    with pytest.raises(rs.ReadError, match="no table 'Value'.*'Values'"):
        rs.stats.read_table(tmp_path / name, sheet="Value")


@pytest.mark.parametrize("name", ["t.parquet", "t.feather", "t.dta", "t.sav"])
def test_files_of_statistics_programs(tmp_path, frame, name):
    path = tmp_path / name
    if name == "t.sav":
        pytest.importorskip("pyreadstat", reason="the extra spss is not installed").write_sav(
            frame, path
        )
    elif name == "t.dta":
        frame.to_stata(path, write_index=False)
    else:
        pytest.importorskip("pyarrow", reason="the extra spss is not installed")
        getattr(frame, "to_" + path.suffix[1:])(path)
    check(rs.stats.read_table(path))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(rs.ReadError, match="Save the table as CSV"):
        rs.stats.read_table(path)


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_data_frames_of_r_keep_their_labels_and_the_order_of_levels(tmp_path, frame):
    frame.to_csv(tmp_path / "t.csv", index=False)
    program = (
        "d <- read.csv('t.csv', stringsAsFactors = TRUE);"
        "d$time <- factor(d$time, levels = c('pre', 'post'));"
        "saveRDS(d, 't.rds'); e <- sleep; save(e, d, file = 't.RData')"
    )
    subprocess.run(["Rscript", "-e", program], cwd=tmp_path, check=True, timeout=60)
    check(rs.stats.read_table(tmp_path / "t.rds"))
    table = rs.stats.read_table(tmp_path / "t.RData", columns=["y", "time"])
    check(table)
    assert list(table["time"].cat.categories) == ["pre", "post"]


def test_what_is_damaged_or_has_no_sheets_says_so(tmp_path, frame):
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(frame.to_csv(index=False).encode())[:-12])
    with pytest.raises(rs.ReadError, match="packed and damaged"):
        rs.stats.read_table(path)
    frame.to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises(rs.ReadError, match="has no sheets"):
        rs.stats.read_table(tmp_path / "t.csv", sheet="Values")


def test_a_packed_text_that_unfolds_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("renshaw.statistics.reading.stored._LARGEST_TEXT", 1000)
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(b"y\n" + b"1\n" * 1000))
    with pytest.raises(rs.ReadError, match="unfolds to more than"):
        rs.stats.read_table(path)
