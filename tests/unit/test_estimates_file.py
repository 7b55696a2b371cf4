import math
from dataclasses import replace

import pandas as pd
import pytest
from report_samples import estimates_of, triangle

import renshaw as rs
from renshaw.data.estimates import Estimate, Estimates
from renshaw.data.estimates_file import write_estimates


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("name", ["ramp", "NA", "007", 'Würfel, "1"'])
def test_estimates_come_back_as_they_were(name, ending, tmp_path):
    found = estimates_of(replace(triangle(5), name=name))
    back = rs.files.read_estimates(found.save(tmp_path / f"found.{ending}"))
    pd.testing.assert_frame_equal(back.to_table(), found.to_table())
    assert back.fingerprint() == found.fingerprint()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"x,y\n1,2\n", "There is no column 'recording'"),
        ("a.csv", b"", "The file is empty"),
        ("a.csv", b"\xff\xfe\x00", "can't be read as a table"),
        ("a.parquet", b"PAR1 no", "can't be read as a table"),
        ("a.xlsx", b"", r"ends in \.csv or \.parquet"),
    ],
)
def test_what_is_no_table_of_estimates_is_refused(name, content, words, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(rs.ReadError, match=words):
        rs.files.read_estimates(tmp_path / name)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(rs.ReadError, match="there is no such file"):
        rs.files.read_estimates(tmp_path / "found.csv")


def test_the_quick_table_is_the_one_that_save_writes(tmp_path):
    rows = (
        Estimate('with, "quotes"', "peak_rate", 1, 0, 1 / 3, "pps", label="1.1"),
        Estimate("a\nb", "delta_f_pair", 2, 1, math.nan, "pps", ok=False, reasons="too, short"),
        Estimate("ünï", "hysteresis", 0, 0, -1e-17, "% MVC", others=[("strange", "x")]),
        Estimate("plain", "delta_f", 3, 0, 4.0, "pps", bound="at least", others=[("more", None)]),
    )
    estimates = Estimates(rows)
    quick = write_estimates(estimates, tmp_path / "quick.csv")
    assert quick.read_bytes() == estimates.save(tmp_path / "saved.csv").read_bytes()
