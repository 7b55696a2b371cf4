"""renshaw's own files of a newer version: what is known is read, the rest is named in one note."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from samples import SAMPLES_OF
from samples._units import FS_HZ, TORQUE, TRAINS

import renshaw.io as rio
from renshaw.core.errors import ReadError

SAID = "Written by renshaw 9.1, this is "


def newer(folder: Path, **changes: Any) -> Path:
    """Write the sample of schema 1 as renshaw 9.1 might, by a schema that adds to it."""
    path = folder / "a.h5"
    SAMPLES_OF["renshaw"].write(path, TRAINS, FS_HZ)
    with h5py.File(path, "r+") as file:
        file.attrs["renshaw_version"] = np.bytes_("9.1")
        file.attrs["schema_version"], file.attrs["readable_as"] = 7, 1
        for name, value in changes.items():
            file.attrs[name] = value
    return path


def text_of(group: h5py.Group, **more: Any) -> None:
    """Add to the text of a group."""
    known = json.loads(group["about"][()]) if "about" in group else {}
    if "about" in group:
        del group["about"]
    group["about"] = np.bytes_(json.dumps({**known, **more}))


def note_of(path: Path) -> str:
    found = [note for note in rio.read(path).notes if note.startswith(SAID)]
    assert len(found) == 1
    return found[0]


def test_what_a_newer_schema_shares_with_an_older_one_is_read(tmp_path):
    recording = rio.read(newer(tmp_path))
    plain = tmp_path / "plain.h5"
    SAMPLES_OF["renshaw"].write(plain, TRAINS, FS_HZ)
    assert recording.fingerprint() == rio.read(plain).fingerprint()
    assert note_of(tmp_path / "a.h5").endswith("this is 0.1.0.")


def test_a_newer_version_of_the_same_schema_says_so(tmp_path):
    assert note_of(newer(tmp_path, schema_version=1)).endswith("this is 0.1.0.")


def test_an_older_version_says_nothing(tmp_path):
    path = newer(tmp_path, schema_version=1, renshaw_version=np.bytes_("0.0.9"))
    assert rio.read(path).notes == ("A note.",)


def test_parts_that_this_version_does_not_know_are_named(tmp_path):
    path = newer(tmp_path, amplifier=np.bytes_("X"))
    with h5py.File(path, "r+") as file:
        file["ultrasound/frames"] = np.zeros(3)
        file["units"].attrs["threshold_mv"] = 1.0
        file["signals/0"].attrs["delay_s"] = 0.1
        text_of(file["units"], sides=["left"] * 3)
        text_of(file, license="CC0")
    note = note_of(path)
    for part in (
        *("/ultrasound", "/@amplifier", "/about:license", "/units@threshold_mv"),
        *("/units/about:sides", "/signals/0@delay_s"),
    ):
        assert part in note
    assert len(rio.read(path).units) == 3


def test_many_unknown_parts_do_not_make_a_note_without_end(tmp_path):
    path = newer(tmp_path)
    with h5py.File(path, "r+") as file:
        for number in range(1000):
            file.create_group(f"part{number}")
    note = note_of(path)
    assert note.endswith("and more.")
    assert len(note) < 500


def test_signals_of_an_unknown_kind_are_left_out_and_the_others_read(tmp_path):
    path = newer(tmp_path)
    with h5py.File(path, "r+") as file:
        frames = file.create_group("signals/1")
        frames.attrs["fs_hz"], frames.attrs["start_s"] = 50.0, 0.0
        frames["values"] = np.zeros((10, 4, 4))
        text_of(frames, name="ultrasound", unit="", channels=[])
        words = file.create_group("signals/2")
        words["values"] = np.array([b"a", b"b"])
        text_of(words, name="remarks")
        text_of(file.create_group("signals/other"), name="x")
    recording = rio.read(path)
    assert list(recording.signals) == ["torque"]
    np.testing.assert_array_equal(recording.torque.values, TORQUE)
    assert all(f"/signals/{name}" in note_of(path) for name in ("1", "2", "other"))


def test_a_signal_of_an_unknown_name_is_a_signal(tmp_path):
    path = newer(tmp_path)
    with h5py.File(path, "r+") as file:
        text_of(file["signals/0"], name="knee angle", unit="deg")
    recording = rio.read(path)
    assert recording.signals["knee angle"].unit == "deg"
    again = rio.read(rio.write(recording, tmp_path / "b.h5"))
    assert again.fingerprint() == recording.fingerprint()


def test_unknown_columns_of_quality_are_kept(tmp_path):
    path = newer(tmp_path)
    with h5py.File(path, "r+") as file:
        del file["units/quality"]
        file["units/quality"] = np.array([[1.0, 2.0, 3.0]])
        text_of(file["units"], quality=["sharpness"])
    recording = rio.read(path)
    np.testing.assert_array_equal(recording.units.quality["sharpness"], [1, 2, 3])
    again = rio.read(rio.write(recording, tmp_path / "b.h5"))
    assert again.fingerprint() == recording.fingerprint()


def test_unknown_verbs_of_the_history_are_kept_and_shown(tmp_path):
    path = newer(tmp_path)
    step = {"verb": "straighten", "code": "recording = rs.straighten(recording)", "mood": "new"}
    with h5py.File(path, "r+") as file:
        text_of(file, history=[step, {"verb": 3}])
    recording = rio.read(path)
    assert [s.verb for s in recording.history.steps[:2]] == ["straighten", "3"]
    said = recording.history.as_python()
    assert "rs.straighten" not in said
    assert "# 'straighten': made by a step that this version of renshaw does not know" in said
    assert "straighten" in str(rio.read(rio.write(recording, tmp_path / "b.h5")).history)


@pytest.mark.parametrize("readable_as", [None, 3, 7, 99])
def test_a_schema_that_can_not_be_read_at_all_says_so(readable_as, tmp_path):
    path = newer(tmp_path)
    with h5py.File(path, "r+") as file:
        del file.attrs["readable_as"]
        if readable_as is not None:
            file.attrs["readable_as"] = readable_as
    with pytest.raises(ReadError, match=r"renshaw 9\.1 with schema version 7.*pip install -U"):
        rio.read(path)


@pytest.mark.parametrize("readable_as", [0, -1])
def test_a_newer_file_that_can_be_read_as_nothing_is_damaged(readable_as, tmp_path):
    with pytest.raises(ReadError, match="There never was a schema version"):
        rio.read(newer(tmp_path, readable_as=readable_as))


def test_damage_in_what_is_known_is_refused_all_the_same(tmp_path):
    path = newer(tmp_path)
    with h5py.File(path, "r+") as file:
        del file["units/counts"]
    with pytest.raises(ReadError, match="damaged"):
        rio.read(path)
