"""Arrays of objects: plain values are read, and nothing else is ever looked up."""

from __future__ import annotations

import io
import json
import pickle
from pathlib import Path

import numpy as np
import pytest

import renshaw as rs
from renshaw.io.budget import Budget
from renshaw.io.containers.numpy_objects import objects_of
from renshaw.io.refusal import Refusal

TRAINS = ([100, 300, 520, 760, 1000], [150, 380, 600], [90, 333, 900, 1200])
PICKLED = "Its {name} are pickled ({object})"


def packed(items) -> np.ndarray:
    array = np.empty(len(items), dtype=object)
    for i, item in enumerate(items):
        array[i] = item
    return array


def as_read(array: np.ndarray, protocol: int = 4) -> np.ndarray:
    return objects_of(pickle.dumps(array, protocol), "cells", Budget(1000), PICKLED)


@pytest.mark.parametrize(
    ("protocol", "core"), [(3, b"numpy.core"), (3, b"numpy._core"), (4, b"numpy._core")]
)
def test_arrays_in_an_array_are_read_as_any_numpy_wrote_them(protocol, core):
    content = pickle.dumps(packed([np.array(t) for t in TRAINS]), protocol)
    if protocol == 3:  # Names end with a line there; later their lengths are stated.
        content = content.replace(b"numpy._core.multiarray", core + b".multiarray")
    read = objects_of(content, "cells", Budget(1000), PICKLED)
    assert [cell.tolist() for cell in read] == list(TRAINS)


def test_texts_lists_numbers_and_nothing_are_plain():
    read = as_read(packed(["TA", None, [1, 2.5], {"nbiter": 150, "x": np.float64(3)}]))
    assert read[0] == "TA"
    assert read[1] is None
    assert read[2].tolist() == [1.0, 2.5]
    assert read[3] == {"nbiter": 150, "x": 3.0}
    assert as_read(np.array([[1, 2], [3, 4]], dtype=object)).tolist() == [[1, 2], [3, 4]]
    big = packed([np.arange(3, dtype=">i4"), np.asfortranarray(np.eye(2))])
    assert as_read(big)[0].tolist() == [0, 1, 2]
    assert as_read(big)[1].tolist() == [[1, 0], [0, 1]]


class _Trap:
    def __reduce__(self):
        return (Path.touch, (Path("trap-was-sprung"),))


@pytest.mark.parametrize("protocol", [3, 4])
def test_whatever_else_is_asked_for_is_named_and_never_called(protocol, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Refusal, match=r"pickled \((pathlib|builtins)"):
        as_read(packed([_Trap()]), protocol)
    for hostile in (
        b"\x80\x03cnumpy\nsave\n.",
        b"\x80\x03cnumpy\ndtype\n(X\x04\x00\x00\x00evilt\x85R.",
        b"\x80\x03cnumpy.core.multiarray\n_reconstruct\nq\x00h\x00R.",
    ):
        with pytest.raises(Refusal):
            objects_of(hostile, "cells", Budget(1000), PICKLED)
    assert not list(tmp_path.iterdir())


def test_what_names_itself_again_and_again_is_too_much():
    laughing: list[object] = []
    for _ in range(60):
        laughing = [laughing, laughing]
    with pytest.raises(Refusal, match="steps"):
        as_read(packed([laughing]))
    large = np.zeros(200_000)
    with pytest.raises(Refusal, match="memory"):
        as_read(packed([large] * 400))


def test_cut_and_damaged_pickles_are_refused():
    content = pickle.dumps(packed([np.array(t) for t in TRAINS]), 4)
    for end in range(0, len(content) - 1, 7):
        with pytest.raises(Refusal):
            objects_of(content[:end], "cells", Budget(1000), PICKLED)
    rng = np.random.default_rng(1)
    for _ in range(200):
        bad = bytearray(content)
        bad[rng.integers(len(bad))] = rng.integers(256)
        try:
            objects_of(bytes(bad), "cells", Budget(1000), PICKLED)
        except Refusal as refusal:
            assert str(refusal)


def saved_by_muedit2(path: Path, discharges: np.ndarray, **changes: object) -> Path:
    """Write an archive of schema 1 as docs/saved-files.md of MUedit2 describes it."""
    content = {
        "pulse_trains": np.arange(30.0).reshape(3, 10),
        "discharge_times": discharges,
        "fsamp": 2048.0,
        "grid_names": np.array(["GR08MM1305", "GR08MM1305"], dtype=object),
        "mu_grid_index": np.array([0, 0, 1]),
        "muscle": np.array(["TA", "SOL"], dtype=object),
        "parameters": np.array([{"nbiter": 150, "covfilter": True}], dtype=object),
        "total_samples": 4096,
    }
    stream = io.BytesIO()
    np.savez_compressed(stream, **{**content, **changes})
    path.write_bytes(stream.getvalue())
    return path


@pytest.mark.parametrize("how", [np.array, list])
def test_files_that_muedit2_saved_open(how, tmp_path):
    path = saved_by_muedit2(tmp_path / "a_edited.npz", packed([how(t) for t in TRAINS]))
    history = [
        {"type": "add_spikes", "mu_uid": "g0_mu1", "spikes_added": [380]},
        {"type": "flag_mu", "mu_uid": "g0_mu0", "flagged": True},
        {"type": "flag_mu", "mu_uid": "g1_mu0", "flagged": True},
        {"type": "delete_spikes", "mu_uid": "g1_mu0", "spikes_removed": [4]},
        {"type": "remove_duplicates", "on_save": True},
    ]
    log = {"mu_uids": ["g0_mu0", "g0_mu1", "g1_mu0"], "history": history}
    path.with_suffix(".json").write_text(json.dumps(log))
    read = rs.read(path)
    assert [np.rint(t * 2048).tolist() for t in read.units.times_s] == list(TRAINS)
    assert read.units.labels == ("1.1", "1.2", "2.1")
    assert read.units.muscles == ("TA", "TA", "SOL")
    assert read.units.window_s == (0.0, 2.0)
    assert read.units.flags == ("flagged in MUedit2", "", "")
    assert read.signal("sources").values.shape == (10, 3)
    assert len(read.decomposition.edited[0].edits) == 5
    assert any("5 edits of 3 units" in note for note in read.notes)


def test_what_muedit2_does_not_write_is_refused_with_advice_that_helps(tmp_path):
    path = saved_by_muedit2(tmp_path / "a_edited.npz", packed([_Trap()]))
    with pytest.raises(rs.ReadError, match=r"never builds.*Read the \*_events.tsv") as caught:
        rs.read(path)
    assert "save it again" not in str(caught.value)
