"""Writing: endings, losses, and never half a file or a harmed input."""

from __future__ import annotations

import gzip
import json

import h5py
import numpy as np
import pandas as pd
import pytest

import renshaw.io as rio
from renshaw.core.errors import FormatError, WriteError
from renshaw.core.history import History, Step
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Event, Recording, Truth
from renshaw.data.signal import Signal


def simulated(**changes) -> Recording:
    ramp = Signal(np.linspace(0, 20, 50), 10.0, "% MVC")
    parts = {
        "units": MotorUnits(
            ([0.5, 1.0, 1.5003, 4.25], [2.0, 3.0, 3.5], []),
            (0.0, 5.0),
            flags=("", "", "no discharges"),
            quality={"silhouette": [0.9, 0.8, np.nan]},
        ),
        "signals": {"torque": ramp, "drive": ramp},
        "events": (Event(1.25, 0.5, "stimulus"),),
        "truth": Truth({"pic_current": Signal(np.ones((50, 3)), 10.0, "nA")}, {"scale": 1.0}),
        "name": "ramp",
        "notes": ("A note.",),
        "history": History((Step("simulate", "recording = rs.simulate(pool)", {"a": 1}, 3),)),
    }
    return Recording(**{**parts, **changes})


def test_our_own_file_holds_everything(tmp_path):
    recording = simulated()
    path = rio.write(recording, tmp_path / "a.h5")
    again = rio.read(path)
    assert again.fingerprint() == recording.fingerprint()
    assert again.truth is not None
    assert again.truth.parameters == {"scale": 1.0}
    assert (again.events, again.notes) == (recording.events, recording.notes)
    assert again.units.flags == recording.units.flags
    assert again.history.steps[:-1] == recording.history.steps
    assert again.history.steps[-1].settings["saved_as"] == "ramp"
    assert rio.losses(recording, "a.h5") == ()


def test_save_is_registered(tmp_path):
    path = simulated().save(tmp_path / "a.h5")
    assert h5py.is_hdf5(path)


def test_odd_texts_and_numbers_survive(tmp_path):
    recording = simulated(
        notes=("nul \0, half a pair \ud800, µV, 日本",),
        truth=Truth({"a/b": Signal([1.0], 1.0)}, {"big": 1e308, "nan": np.nan, "inf": -np.inf}),
        signals={"odd/name": Signal(np.zeros((0, 4)), 1e5), "": Signal([np.nan, np.inf], 2.0)},
    )
    again = rio.read(rio.write(recording, tmp_path / "a.h5"))
    assert again.notes == recording.notes
    assert again.fingerprint() == recording.fingerprint()


def test_constants_that_pack_like_a_bomb_can_be_read_again(tmp_path):
    constant = Signal(np.full(10_000_000, 0.5), 2000.0)
    recording = simulated(signals={}, truth=Truth({"neuromodulation": constant}))
    path = rio.write(recording, tmp_path / "a.h5")
    assert rio.read(path).fingerprint() == recording.fingerprint()


def test_a_recording_without_anything(tmp_path):
    recording = Recording(MotorUnits((), (0.0, 0.0)))
    for ending in (".h5", ".json", ".csv", ".tsv"):
        again = rio.read(rio.write(recording, tmp_path / f"a{ending}"))
        assert len(again.units) == 0


def test_csv(tmp_path):
    path = rio.write(simulated(), tmp_path / "a.csv")
    table = pd.read_csv(path)
    assert list(table.columns) == ["unit", "time_s"]
    assert table["time_s"].tolist()[:4] == [0.5, 1.0, 1.5003, 4.25]
    again = rio.read(path)
    assert [len(t) for t in again.units] == [4, 3, 0]
    assert again.units.labels == ("1", "2", "3")


def test_bids_events(tmp_path):
    path = rio.write(simulated(), tmp_path / "a.tsv")
    table = pd.read_csv(path, sep="\t")
    assert list(table.columns) == ["onset", "duration", "sample", "unit_id", "event_type"]
    assert table["onset"].is_monotonic_increasing
    again = rio.read(path)
    assert [len(t) for t in again.units] == [4, 3]
    assert again.events == (Event(1.25, 0.5, "stimulus"),)


def test_openhdemg_layout(tmp_path):
    path = rio.write(simulated(), tmp_path / "a.json")
    members = json.loads(gzip.decompress(path.read_bytes()))
    assert all(isinstance(text, str) for text in members.values())
    assert json.loads(members["SOURCE"]) == "CUSTOMCSV"
    assert json.loads(members["EMG_LENGTH"]) == 5 * 2048
    assert json.loads(members["MUPULSES"])[0] == [1024, 2048, 3073, 8704]
    reference = json.loads(members["REF_SIGNAL"])
    assert reference["columns"] == [0]
    assert len(reference["data"]) == 5 * 2048
    assert reference["data"][2048][0] == pytest.approx(20 * 10 / 49)
    fired = np.array(json.loads(members["BINARY_MUS_FIRING"])["data"])
    assert fired.sum(axis=0).tolist() == [4, 3, 0]
    assert path.read_bytes() == rio.write(simulated(), tmp_path / "b.json").read_bytes()


def test_losses_are_said():
    recording = simulated()
    csv = " ".join(rio.losses(recording, "csv"))
    for word in ("torque", "Events", "truth", "Flags", "Notes", "history", "window", "silhouette"):
        assert word in csv
    openhdemg = " ".join(rio.losses(recording, ".json"))
    assert "rounded" in openhdemg
    assert "resampled" in openhdemg
    assert "Signals are left out: drive." in openhdemg
    assert "Units without discharges are left out: 3." in rio.losses(recording, "x/a.tsv")


def test_unknown_endings_list_the_known_ones(tmp_path):
    with pytest.raises(FormatError, match=r"\.xlsx.*\.h5"):
        rio.write(simulated(), tmp_path / "a.xlsx")
    with pytest.raises(FormatError, match="without ending"):
        rio.write(simulated(), tmp_path / "a")
    with pytest.raises(FormatError, match="'bids'"):
        rio.write(simulated(), tmp_path / "a.tsv", format="bidz")


def test_a_format_beats_the_ending(tmp_path):
    path = rio.write(simulated(), tmp_path / "a.txt", format="csv")
    assert path.read_text().startswith("unit,time_s\n")


def test_the_input_is_never_overwritten(tmp_path):
    path = rio.write(simulated(), tmp_path / "a.csv")
    before = path.read_bytes()
    recording = rio.read(path)
    link = tmp_path / "b.csv"
    link.symlink_to(path)
    for target in (path, link):
        with pytest.raises(WriteError, match="read from"):
            rio.write(recording, target)
    assert path.read_bytes() == before
    assert rio.write(recording, tmp_path / "c.csv").read_bytes() == before


def test_a_failure_leaves_the_old_file_and_no_other(tmp_path):
    path = rio.write(simulated(), tmp_path / "a.json")
    before = path.read_bytes()
    endless = simulated(units=MotorUnits(([1.0],), (0.0, 1e6)))
    with pytest.raises(WriteError, match="too long"):
        rio.write(endless, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_places_that_can_not_be_written_to(tmp_path):
    with pytest.raises(WriteError, match="can't be written"):
        rio.write(simulated(), tmp_path / "nowhere" / "a.h5")
    folder = tmp_path / "a.h5"
    folder.mkdir()
    with pytest.raises(WriteError, match="folder"):
        rio.write(simulated(), folder)


def test_a_full_disk_is_a_sentence_and_leaves_nothing(tmp_path, monkeypatch):
    # HDF5 itself must never touch the disk: it prints tracebacks, or crashes, when it is full.
    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(WriteError, match=r"a\.h5: .*No space left on device"):
        rio.write(simulated(), tmp_path / "a.h5")
    assert list(tmp_path.iterdir()) == []
