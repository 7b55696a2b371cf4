"""openhdemg files with keys absent, tables out of order, and values of odd kinds."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pytest

import renshaw.io as rio
from renshaw.core.errors import ReadError


def read(tmp_path, **members):
    path = tmp_path / "a.json"
    texts = {key: json.dumps(value) for key, value in members.items()}
    path.write_bytes(gzip.compress(json.dumps(texts).encode()))
    return rio.read(path)


def table(rows, index=None):
    index = list(range(len(rows))) if index is None else index
    return {"columns": list(range(len(rows[0]) if rows else 1)), "index": index, "data": rows}


def test_the_least_that_will_do(tmp_path):
    recording = read(tmp_path, MUPULSES=[[10, 20, 30], []], FSAMP=10)
    assert [t.tolist() for t in recording.units] == [[1.0, 2.0, 3.0], []]
    assert recording.units.window_s == (0.0, 3.0)
    assert recording.signals == {}


def test_the_length_of_the_emg_is_the_window(tmp_path):
    recording = read(tmp_path, MUPULSES=[[10, 20, 30]], FSAMP=10, EMG_LENGTH=60)
    assert recording.units.window_s == (0.0, 6.0)


def test_discharges_from_ones_and_zeros(tmp_path):
    fired = table([[0, 1], [1, 0], [0, 1], [1, 1]])
    recording = read(tmp_path, BINARY_MUS_FIRING=fired, FSAMP=10)
    assert [t.tolist() for t in recording.units] == [[0.1, 0.3], [0.0, 0.2, 0.3]]


def test_tables_out_of_order_and_with_gaps(tmp_path):
    reference = table([[3.0], [1.0], [None]], index=[2, 0, 1])
    recording = read(tmp_path, MUPULSES=[[1, 2]], FSAMP=10, REF_SIGNAL=reference)
    np.testing.assert_array_equal(recording.signal("torque").values, [1.0, np.nan, 3.0])


def test_a_reference_beyond_any_percentage_has_no_unit(tmp_path):
    recording = read(tmp_path, MUPULSES=[[1]], FSAMP=10, REF_SIGNAL=table([[0.0], [900.0]]))
    assert recording.signal("torque").unit == ""


def test_a_wrong_number_of_units_is_noted(tmp_path):
    recording = read(tmp_path, MUPULSES=[[1, 2, 3]], FSAMP=10, NUMBER_OF_MUS=4)
    assert "The file states 4 motor units but holds 1." in recording.notes


def test_accuracy_is_a_silhouette_where_openhdemg_computes_one(tmp_path):
    members = {"MUPULSES": [[1, 2, 3]], "FSAMP": 10, "ACCURACY": table([[0.93]])}
    assert read(tmp_path, SOURCE="OTB", **members).units.quality["silhouette"] == [0.93]
    assert read(tmp_path, SOURCE="CUSTOMCSV", **members).units.quality["accuracy"] == [0.93]


@pytest.mark.parametrize(
    ("members", "match"),
    [
        ({"MUPULSES": [[1, 2]]}, r"no sampling rate \(FSAMP\)"),
        ({"MUPULSES": [[1, 2]], "FSAMP": "fast"}, "FSAMP|damaged"),
        ({"MUPULSES": {"a": 1}, "FSAMP": 10}, "MUPULSES are not a list"),
        ({"MUPULSES": [["a"]], "FSAMP": 10}, "not lists of numbers"),
        ({"MUPULSES": [[1]], "FSAMP": 10, "REF_SIGNAL": table([["a"]])}, "REF_SIGNAL"),
        ({"MUPULSES": [[1]], "FSAMP": 10, "RAW_SIGNAL": table([[1, 2], [3]])}, "RAW_SIGNAL"),
        ({"FSAMP": 10, "SOURCE": "OTB_REFSIG"}, "without motor units"),
    ],
)
def test_refusals(members, match, tmp_path):
    with pytest.raises(ReadError, match=match):
        read(tmp_path, **members)
