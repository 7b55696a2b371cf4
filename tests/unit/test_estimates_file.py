from dataclasses import replace

import pandas as pd
import pytest
from report_samples import estimates_of, triangle

import renshaw as rs


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
        ("a.csv", b"x,y\n1,2\n", "needs a column 'recording'"),
        ("a.csv", b"", "can't be read as a table"),
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
