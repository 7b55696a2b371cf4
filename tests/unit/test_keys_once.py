"""A key, a column or a variable that is there twice is never taken silently."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from study_samples import laboratory, real

import renshaw as rs
from renshaw.core.errors import ReadError
from renshaw.core.plain_json import DoubledKeyError, read_json, why_no_json
from renshaw.decomposition.edits import edits_from_json
from renshaw.reports.findings_file import read_findings


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('{"a": 1, "a": 2}', "a"),
        ('{"x": [{"b": 1, "c": 0, "b": null}]}', "b"),
        ('{"a": 1, "a": true}', "a"),
        ('{"a": {"b": 1}, "a": {"b": 2}}', "a"),
        ('{"a": 1, "\\u0061": 2}', "a"),
    ],
)
def test_a_key_with_two_values_is_refused_by_name(text: str, key: str) -> None:
    with pytest.raises(DoubledKeyError) as caught:
        read_json(text)
    assert caught.value.key == key
    assert why_no_json(caught.value) == f"the key {key!r} is there twice, with different values"


def test_a_key_that_says_the_same_twice_counts_once() -> None:
    text = '{"a": [1, {"b": 2.5}], "c": NaN, "a": [1, {"b": 2.5}], "c": NaN}'
    assert repr(read_json(text)) == repr(json.loads(text))
    assert read_json(b"[1, {}]") == [1, {}]
    with pytest.raises(ValueError, match="line 2") as caught:
        read_json('{"a": 1,\n"b"}')
    assert why_no_json(caught.value) == "it is no valid JSON (line 2)"


def doubled(text: str) -> str:
    """Return a JSON object whose first key is there once more, with another value."""
    key = next(iter(json.loads(text)))
    return f'{text.rstrip().removesuffix("}")}, {json.dumps(key)}: "other"}}'


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("doubled")
    rs.run_study(real(laboratory(folder / "lab", people=1)), folder / "out")
    return folder / "out"


def test_results_with_a_doubled_key_are_refused(finished: Path) -> None:
    path = finished / "provenance.json"
    kept = path.read_text(encoding="utf-8")
    path.write_text(doubled(kept), encoding="utf-8")
    with pytest.raises(ReadError, match=r"provenance\.json.*the key 'renshaw' is there twice"):
        rs.open_study(finished)
    path.write_text(kept, encoding="utf-8")
    rs.open_study(finished)
    (finished / "findings.json").write_text('{"sentences": [], "numbers": [], "sentences": [""]}')
    with pytest.raises(ReadError, match=r"findings\.json.*the key 'sentences'"):
        read_findings(finished)


def test_edits_with_a_doubled_key_are_refused() -> None:
    with pytest.raises(rs.RenshawError, match="the key 'unit' is there twice"):
        edits_from_json('[{"kind": "remove", "unit": 1, "unit": 2}]')


def openhdemg(path: Path) -> str:
    times = '{"columns": [0], "index": [0], "data": [[[100, 300, 700, 900]]]}'
    path.write_text(
        f'{{"SOURCE": "OTB", "FSAMP": 2048, "MUPULSES": [[100, 300]], "FSAMP": 1024, "X": {times}}}'
    )
    return "the key 'FSAMP' is there twice"


def openhdemg_within(path: Path) -> str:
    inner = json.dumps('{"columns": ["a"], "data": [[1]], "data": [[2]]}')
    head = '{"SOURCE": "OTB", "FSAMP": 2048, "MUPULSES": [[100, 300, 700]]'
    path.write_text(f'{head}, "ACCURACY": {inner}}}')
    return "the key 'data' is there twice"


def csv(path: Path) -> str:
    path.write_text("unit,time_s,time_s\n" + "".join(f"1,{k},{2 * k}\n" for k in range(1, 20)))
    return "Two of its columns are called 'time_s'"


def csv_of_muscles(path: Path) -> str:
    path.write_text("unit,muscle,muscle,time_s\n" + "".join(f"1,a,b,{k}\n" for k in range(1, 20)))
    return "Two of its columns are called 'muscle'"


def events(path: Path) -> str:
    rows = "".join(f"{k}\t0\t1\t2\tmotor-unit-spike\n" for k in range(1, 20))
    path.write_text(f"onset\tduration\tunit_id\tunit_id\tevent_type\n{rows}")
    return "It has the column 'unit_id' twice"


def npz(path: Path) -> str:
    np.savez(path.with_suffix(".npz"), a=np.arange(1, 9.0), fsamp=np.array(2048.0))
    path.with_suffix(".npz").rename(path)
    with zipfile.ZipFile(path, "a") as box, pytest.warns(UserWarning, match="Duplicate"):
        box.writestr("a.npy", box.read("a.npy"))
    return "It holds 'a' twice"


def mat(path: Path) -> str:
    from scipy.io import savemat

    parts = []
    for pulses in ([1, 5, 9], [2, 6, 10]):
        stream = io.BytesIO()
        savemat(stream, {"fsamp": 2048.0, "MUPulses": np.array([pulses]) * 100})
        parts.append(stream.getvalue())
    path.write_bytes(parts[0] + parts[1][128:])
    return "It holds the variable 'fsamp' twice"


def mat_4(path: Path) -> str:
    from scipy.io import savemat

    stream = io.BytesIO()
    savemat(stream, {"MUPulses": np.array([[1.0, 5.0, 9.0]]) * 100}, format="4")
    path.write_bytes(2 * stream.getvalue())
    return "It holds the variable 'MUPulses' twice"


def renshaw_h5(path: Path) -> str:
    import h5py

    rs.write(rs.read(laboratory(path.parent / "lab", people=1) / _FIRST), path.with_suffix(".h5"))
    path.with_suffix(".h5").rename(path)
    with h5py.File(path, "a") as file:
        about = file["about"][()].decode()
        del file["about"]
        file["about"] = np.bytes_(doubled(about))
    return "is there twice, with different values"


_FIRST = "sub-01_ses-pre_task-ramp_run-1.h5"


@pytest.mark.parametrize(
    "made",
    [
        *(openhdemg, openhdemg_within, csv, csv_of_muscles, events),
        *(npz, mat, mat_4, renshaw_h5),
    ],
    ids=lambda f: f.__name__,
)
def test_a_file_that_says_two_things_under_one_name_is_refused(
    made: Callable[[Path], str], tmp_path: Path
) -> None:
    path = tmp_path / "twice.dat"
    said = made(path)
    with pytest.raises(ReadError) as caught:
        rs.read(path)
    assert said in str(caught.value) and str(path) in str(caught.value)
