"""Tables as laboratories keep them; what can't be read is refused by file, column and row."""

import numpy as np
import pandas as pd
import pytest

import renshaw as rs
from renshaw.statistics.reading.tables import complete_rows


def written(tmp_path, text, name="t.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("who,time,y\nA,pre,1.5\nB,post,-2\n", "utf-8"),
        ("who;time;y\nA;pre;1,5\nB;post;-2\n", "utf-8-sig"),
        ("who\ttime\ty\r\nA\tpre\t1.5\r\nB\tpost\t−2\r\n", "utf-16"),
        ("sep=;\nwho;time;y\nA;pre;1,5\nB;post;-2\n\n\n", "utf-8"),
        ('"who","time","y"\n"A","pre",1.50\n"B","post",-2e0', "utf-8"),
        (" who , time , y \n A , pre , 1.5 \n B , post , -2 \n,,\n", "utf-8"),
        ("who,time,y,\nA,pre,1.5,\nB,post,-2,\n", "utf-8"),
    ],
)
def test_separators_decimal_signs_and_encodings_are_recognized(tmp_path, text, encoding):
    table = rs.stats.read_table(written(tmp_path, text, encoding=encoding))
    assert list(table.columns) == ["who", "time", "y"]
    assert list(table["y"]) == [1.5, -2.0]
    assert list(table["time"]) == ["pre", "post"]
    assert list(table.index) in ([2, 3], [3, 4])


def test_names_survive_any_alphabet(tmp_path):
    path = written(tmp_path, "Teilnehmer;ΔF (pps)\nMüller;1,5\nÅse;2\n", encoding="utf-8")
    assert list(rs.stats.read_table(path).columns) == ["Teilnehmer", "ΔF (pps)"]
    path = written(tmp_path, "who,größe\nMüller,1\n", "l.csv", "cp1252")
    assert rs.stats.read_table(path)["who"].iloc[0] == "Müller"


def test_gaps_are_missing_and_words_are_levels(tmp_path):
    text = "who,arm,y\nA,none,1\nB,NA,\nC,sham,NaN\nD,none,.\nE,none,#N/A\nF,none,-\n"
    table = rs.stats.read_table(written(tmp_path, text))
    assert list(table["y"].isna()) == [False, True, True, True, True, True]
    assert table["arm"].isna().sum() == 1
    assert set(table["arm"].dropna()) == {"none", "sham"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("a,b\n", "no rows"),
        ("a,b\n1,2\n1,2,3\n", "row 3: 3 cells where the header has 2"),
        ("a,a\n1,2\n", "two columns are called 'a'"),
        ("a,,b\n1,2,3\n", "column 2 has no name"),
        ("a`b\n1\n", "backtick"),
        ("y\n1\n2\n3\n4\noops\n", "column 'y', row 6: 'oops' is not a number"),
        ("y;x\n1,5;1\n2,5;1\n3,5;1\n4.5.6;1\n1,0;2\n", "column 'y', row 5: '4.5.6'"),
        ("a\0b\n1\n", "not a text file"),
    ],
)
def test_faulty_tables_are_refused_by_column_and_row(tmp_path, text, words):
    path = written(tmp_path, text)
    with pytest.raises(rs.ReadError, match=words) as caught:
        rs.stats.read_table(path)
    assert str(path) in str(caught.value)


def test_what_is_no_file_is_refused(tmp_path):
    written(tmp_path, "a\n1\n", "table.csv")
    with pytest.raises(rs.ReadError, match="Did you mean 'table.csv'"):
        rs.stats.read_table(tmp_path / "tabel.csv")
    with pytest.raises(rs.ReadError, match="is a folder"):
        rs.stats.read_table(tmp_path)
    zipped = tmp_path / "t.xlsx"
    zipped.write_bytes(b"PK\x03\x04" + bytes(range(256)))
    with pytest.raises(rs.ReadError, match="an archive that can't be unpacked"):
        rs.stats.read_table(zipped)


def test_dropped_rows_are_counted_by_reason():
    table = pd.DataFrame({"y": [1, np.nan, 3, 4.0], "g": ["a", "b", None, "b"]}, index=[2, 3, 4, 5])
    left, dropped = complete_rows(table, ["y", "g"], "t.csv")
    assert list(left.index) == [2, 5]
    assert [(d.reason, d.rows, d.first_rows) for d in dropped] == [
        ("y is missing", 1, "3"),
        ("g is missing", 1, "4"),
    ]
    with pytest.raises(
        rs.DataError, match="t.csv has no column 'Y'. Did you mean 'y'|no column 'Y'"
    ):
        complete_rows(table, ["Y"], "t.csv")
    with pytest.raises(rs.DataError, match="row 3: infinity"):
        complete_rows(table.fillna({"y": np.inf}), ["y"], "t.csv")
