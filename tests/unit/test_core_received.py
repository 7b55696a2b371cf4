"""Files of a folder from elsewhere: no pipe is waited for, and nothing unfolds to gigabytes."""

from __future__ import annotations

import gzip
import json
import os
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import renshaw as rs
from renshaw.core.errors import ReadError
from renshaw.core.received import NoFileError, parquet_of, text_of
from renshaw.inference.files import open_posterior
from renshaw.reports.findings_file import read_findings
from renshaw.statistics.reading.tables import read_table
from renshaw.study import commit
from renshaw.study.tables import read_table as read_study_table

MB = 2**20
needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")


def test_a_text_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"\xef\xbb\xbf{}")
    assert text_of(path) == "{}"


def test_a_text_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b" " * 101)
    with pytest.raises(NoFileError, match="larger"):
        text_of(path, 100)


@needs_pipes
def test_no_pipe_is_waited_for(tmp_path: Path) -> None:
    for name in ("provenance.json", "findings.json", "unit_means.csv", "unit_means.parquet"):
        os.mkfifo(tmp_path / name)
    os.mkfifo(tmp_path / "posterior.toml")
    with pytest.raises(NoFileError):
        text_of(tmp_path / "findings.json")
    with pytest.raises(ReadError):
        commit.sums_in(tmp_path)
    with pytest.raises(ReadError, match=r"findings\.json"):
        read_findings(tmp_path)
    with pytest.raises(ReadError):
        read_study_table(tmp_path, "unit_means")
    with pytest.raises(ReadError, match="posterior"):
        open_posterior(tmp_path)
    with pytest.raises(ReadError, match="pipe or a device"):
        read_table(tmp_path / "unit_means.csv")
    for ending in ("csv", "parquet"):
        with pytest.raises(ReadError, match=f"unit_means.{ending}"):
            rs.files.read_estimates(tmp_path / f"unit_means.{ending}")
    (tmp_path / "provenance.json").unlink()
    with pytest.raises(ReadError, match="no file"):
        read_study_table(tmp_path, "unit_means")


def test_tables_come_as_pandas_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    table = pd.DataFrame(
        {"a": ["x", "y", None], "b": [1.5, np.nan, 2], "c": pd.Categorical(list("xyx"))}
    )
    table.to_parquet(path)
    pd.testing.assert_frame_equal(parquet_of(path), pd.read_parquet(path))


def many_rows(path: Path) -> None:
    pq.write_table(pa.table({"value": np.zeros(200_000_000, np.int8)}), path, compression="zstd")


def one_long_text(path: Path) -> None:
    cells = pa.DictionaryArray.from_arrays(np.zeros(100_000, np.int32), ["x" * (4 * MB)])
    pq.write_table(pa.table({"label": cells}), path, compression="zstd", store_schema=False)


@pytest.mark.parametrize("made", [many_rows, one_long_text])
def test_a_small_parquet_file_never_becomes_gigabytes(made, tmp_path: Path) -> None:
    path = tmp_path / "unit_means.parquet"
    made(path)
    assert path.stat().st_size < MB
    before = pa.total_allocated_bytes()
    tracemalloc.start()
    try:
        with pytest.raises(NoFileError, match="GB of memory"):
            parquet_of(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 100 * MB
    assert pa.total_allocated_bytes() - before < 100 * MB
    with pytest.raises(ReadError, match="GB of memory"):
        read_study_table(tmp_path, "unit_means")
    with pytest.raises(ReadError, match="GB of memory"):
        read_table(path)


def test_columns_of_tables_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"a": [[1], [2, 3]]}), path)
    with pytest.raises(NoFileError, match="hold tables"):
        parquet_of(path)


def test_a_packed_table_to_compare_never_becomes_gigabytes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" + b"1,\n" * 20_000_000, 9))
    tracemalloc.start()
    try:
        with pytest.raises(ReadError, match="can honestly need") as caught:
            read_table(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert str(path) in str(caught.value)
    assert "--memory" not in str(caught.value)  # which this command has not
    assert peak < 300 * MB


def test_findings_that_are_too_large_are_damaged(tmp_path: Path) -> None:
    with (tmp_path / "findings.json").open("w") as file:
        json.dump(["x" * MB] * 40, file)
    with pytest.raises(ReadError, match="damaged"):
        read_findings(tmp_path)
