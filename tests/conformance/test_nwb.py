"""NWB: files that its own validator passes, give everything back, and harm nobody."""

from __future__ import annotations

import dataclasses
import sys
import warnings

import h5py
import numpy as np
import pytest

import renshaw as rs
from renshaw.core.errors import ReadError, WriteError
from renshaw.core.history import Step

pynwb = pytest.importorskip("pynwb", reason="the extra nwb is not installed")


def recording(**changes: object) -> rs.Recording:
    """Return a recording with everything that one can have."""
    rng = np.random.default_rng(1)
    emg = (40 * rng.standard_normal((4000, 6))).astype(np.float32)
    grid = rs.Grid(
        "GR/08 é", (1, 0, 4), np.array([0, 8.0, 8]), np.array([0, np.nan, 1 / 3]), ("", "flat", "")
    )
    units = rs.MotorUnits(
        (np.array([0.3, 0.41234567890123, 1.0]), np.zeros(0), np.arange(0.5, 1.9, 0.1)),
        (0.25, 2.25),
        labels=("a", "b\n", "c"),
        flags=("", "never fires", ""),
        fs_hz=2000.0,
        quality={"silhouette": [0.9, np.nan, 0.8], "cov/isi %": [10.0, 20.0, 1 / 3]},
    )
    parts = {
        "units": units,
        "signals": {
            "emg": rs.Signal(emg, 2000.0, "uV", 0.25, tuple("abcdef")),
            "torque": rs.Signal(np.linspace(0, 20, 200), 100.0, "% MVC", 0.25),
            "a/b: odd": rs.Signal(np.arange(5.0), 2.0),
            "sources": rs.Signal(rng.standard_normal((4000, 3)), 2000.0),
        },
        "events": (rs.Event(0.5, 0.1, "go"), rs.Event(1 / 3, 0.0, "é")),
        "truth": rs.Truth({"drive": rs.Signal(np.ones(9), 10.0, "nA")}, {"scale": 0.1}),
        "name": "ramp",
        "notes": ("A note.", "Another é."),
        "history": rs.results.History(
            (Step("simulate", "recording = rs.simulate(pool)", {"a": 1}, 3),)
        ),
        "grids": (grid,),
    }
    return rs.Recording(**{**parts, **changes})


def valid(path) -> list[object]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = pynwb.validate(path=str(path))
    # Older versions return the errors and a status.
    return found[0] if isinstance(found, tuple) else found


def test_everything_comes_back(tmp_path):
    before = recording()
    after = rs.read(rs.write(before, tmp_path / "a.nwb"))
    assert after.fingerprint() == before.fingerprint()
    assert (after.notes, after.units.labels, after.units.flags) == (
        before.notes,
        before.units.labels,
        before.units.flags,
    )
    assert list(after.units.quality) == list(before.units.quality)
    assert after.truth.parameters == before.truth.parameters
    assert after.history.steps[:-1] == before.history.steps
    assert after.history.steps[-1].settings["format"] == "nwb"
    assert rs.files.losses(before, ".nwb") == ()


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"units": rs.MotorUnits((), (0.0, 2.0))},
        {"units": rs.MotorUnits((np.zeros(0),), (0.0, 2.0))},
        {"signals": {}, "grids": (), "events": (), "truth": None},
        {"signals": {"emg": rs.Signal(np.zeros(50), 10.0, "% MVC")}, "grids": ()},
        {"grids": ()},
        {"name": "", "notes": ()},
    ],
)
def test_the_validator_passes_every_file(tmp_path, changes):
    before = recording(**changes)
    path = rs.write(before, tmp_path / "a.nwb")
    assert valid(path) == []
    assert rs.read(path).fingerprint() == before.fingerprint()


def test_pynwb_reads_what_is_there(tmp_path):
    path = rs.write(recording(), tmp_path / "a.nwb")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pynwb.NWBHDF5IO(str(path), "r") as stream:
            file = stream.read()
            table = file.units.to_dataframe()
            assert list(table["label"]) == ["a", "b\n", "c"]
            np.testing.assert_array_equal(table["spike_times"].iloc[0], recording().units[0])
            np.testing.assert_array_equal(table["obs_intervals"].iloc[0], [[0.25, 2.25]])
            emg = file.acquisition["emg"]
            assert (emg.rate, emg.conversion, emg.data.shape) == (2000.0, 1e-6, (4000, 6))
            electrodes = file.electrodes.to_dataframe()
            assert list(electrodes["channel"]) == list("abcdef")
            assert file.acquisition["torque"].unit == "% MVC"


def test_files_of_other_programs_give_units_and_emg(tmp_path):
    path = rs.write(recording(), tmp_path / "a.nwb")
    with h5py.File(path, "r+") as file:
        del file["scratch/renshaw"]
    found = rs.read(path)
    assert len(found.units) == 3
    np.testing.assert_array_equal(found.units[0], recording().units[0])
    assert found.units.window_s == (0.25, 2.25)
    np.testing.assert_allclose(found.units.quality["silhouette"], [0.9, np.nan, 0.8])
    emg = found.signals["emg"]
    assert (emg.unit, emg.values.shape, emg.start_s) == ("uV", (4000, 6), 0.25)
    np.testing.assert_array_equal(emg.values, recording().signals["emg"].values)
    np.testing.assert_array_equal(found.torque.values, recording().torque.values)
    assert [event.onset_s for event in found.events] == [0.5, 1 / 3]


@pytest.mark.parametrize("part", [0.02, 0.3, 0.6, 0.99])
def test_truncated_files_are_refused(tmp_path, part):
    path = rs.write(recording(), tmp_path / "a.nwb")
    content = path.read_bytes()
    path.write_bytes(content[: int(part * len(content))])
    with pytest.raises(ReadError, match=r"a\.nwb"):
        rs.read(path)


def test_damaged_files_end_in_a_recording_or_a_read_error(tmp_path):
    path = rs.write(recording(), tmp_path / "a.nwb")
    content = np.frombuffer(path.read_bytes(), np.uint8)
    rng = np.random.default_rng(5)
    for _ in range(25):
        broken = content.copy()
        at = rng.integers(0, len(broken), 40)
        broken[at] = rng.integers(0, 256, 40)
        path.write_bytes(broken.tobytes())
        try:
            rs.read(path)
        except ReadError as error:
            assert str(error).startswith(str(path))


@pytest.mark.parametrize(
    "harm",
    [
        lambda f: f["units/spike_times_index"].__setitem__(slice(None), [9, 3, 200]),
        lambda f: f.__delitem__("acquisition/emg/data"),
        lambda f: f.__setitem__("scratch/renshaw", h5py.SoftLink("/units")),
        lambda f: f["acquisition/emg/starting_time"].attrs.__setitem__("rate", np.nan),
    ],
)
def test_wrong_content_is_refused_or_left_out(tmp_path, harm):
    path = rs.write(recording(), tmp_path / "a.nwb")
    with h5py.File(path, "r+") as file:
        del file["scratch/renshaw"]
        harm(file)
    try:
        rs.read(path)
    except ReadError as error:
        assert "a.nwb" in str(error)


def test_damaged_words_of_ours_are_refused(tmp_path):
    for words in (b"{", b'{"name": 3}', b"[" * 50_000):
        path = rs.write(recording(), tmp_path / "a.nwb")
        with h5py.File(path, "r+") as file:
            del file["scratch/renshaw"]
            file["scratch/renshaw"] = np.frombuffer(words, np.uint8)
        with pytest.raises(ReadError, match="damaged"):
            rs.read(path)
        path.unlink()


def test_another_hdf5_file_is_none(tmp_path):
    with h5py.File(tmp_path / "x.nwb", "w") as file:
        file["acquisition"] = 3
    with pytest.raises(ReadError, match="unknown kind"):
        rs.read(tmp_path / "x.nwb")


def test_without_the_extra_writing_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pynwb", None)
    with pytest.raises(WriteError, match=r"pip install 'renshaw\[nwb\]'"):
        rs.write(recording(), tmp_path / "a.nwb")
    assert not list(tmp_path.iterdir())


def test_hostile_names_of_signals_are_kept(tmp_path):
    names = ("../../x", "/", "", "a\0b", "x" * 500, "emg_2", "emg 2")
    signals = {name: rs.Signal(np.arange(3.0) + i, 10.0) for i, name in enumerate(names)}
    before = dataclasses.replace(recording(), signals=signals, grids=())
    path = rs.write(before, tmp_path / "a.nwb")
    assert valid(path) == []
    assert rs.read(path).fingerprint() == before.fingerprint()


@pytest.mark.parametrize(
    ("name", "who"), [("sub-07_ses-pre_task-ramp_emg", "07"), ("ramp", "unknown"), ("", "unknown")]
)
def test_archives_find_a_subject_and_words_for_every_series(tmp_path, name, who):
    rs.write(recording(name=name), tmp_path / "a.nwb")
    with pynwb.NWBHDF5IO(str(tmp_path / "a.nwb"), "r") as stream:
        file = stream.read()
        assert file.subject.subject_id == who
        assert file.subject.age == "P0Y/"  # not stated, and not made up
        words = [series.description for series in file.acquisition.values()]
    assert all(words)
    assert "no description" not in words


def test_the_window_is_that_of_the_longest_signal(tmp_path):
    path = tmp_path / "short emg.nwb"
    path.write_bytes(rs.write(recording(), tmp_path / "whole.nwb").read_bytes())
    with h5py.File(path, "r+") as file:
        del file["scratch/renshaw"]
        del file["units/obs_intervals"], file["units/obs_intervals_index"]
        for name in list(file["acquisition"]):
            series = file["acquisition"][name]
            if series["data"].ndim == 2:
                short = series["data"][:20]
                del series["data"]
                series["data"] = short
    units = rs.read(path).units
    assert units.window_s[1] > 2.0
    assert [len(train) for train in units] == [3, 0, 14]


def test_times_in_ms_are_refused_and_the_option_that_is_named_cures_them(tmp_path):
    path = tmp_path / "ms.nwb"
    path.write_bytes(rs.write(recording(), tmp_path / "whole.nwb").read_bytes())
    with h5py.File(path, "r+") as file:
        del file["scratch/renshaw"]
        for name in ("spike_times", "obs_intervals"):
            file["units"][name][...] = 1000 * file["units"][name][...]
    with pytest.raises(ReadError, match="--time-unit ms"):
        rs.read(path)
    found = rs.read(path, options=rs.ReadOptions(time_unit="ms"))
    for train, was in zip(found.units, recording().units, strict=True):
        np.testing.assert_allclose(train, was, atol=1e-9)
    assert found.units.window_s == (0.25, 2.25)


def test_a_stated_window_that_misses_most_discharges_is_made_wider(tmp_path):
    path = tmp_path / "intervals.nwb"
    path.write_bytes(rs.write(recording(), tmp_path / "whole.nwb").read_bytes())
    with h5py.File(path, "r+") as file:
        del file["scratch/renshaw"]
        file["units/obs_intervals"][...] = [0.25, 0.3]
    found = rs.read(path)
    assert found.units.window_s[1] > 1.7
    assert "discharges lie outside" in " ".join(found.notes)


def test_a_series_is_looked_up_but_a_few_times(tmp_path, monkeypatch):
    # There may be thousands, and each look into HDF5 takes a tenth of a millisecond.
    path = tmp_path / "many.nwb"
    with h5py.File(path, "w") as file:
        for name in ("identifier", "session_start_time", "session_description"):
            file[name] = "x"
        file.create_group("general")
        for i in range(50):
            series = file.create_group(f"acquisition/s{i}")
            series["data"] = np.arange(10.0)
            series["starting_time"] = 0.0
            series["starting_time"].attrs["rate"] = 10.0
        file["units/spike_times"] = np.arange(1.0, 20.0)
        file["units/spike_times_index"] = [19]
    looks = []
    look = h5py.Group.__getitem__
    monkeypatch.setattr(h5py.Group, "__getitem__", lambda *it: looks.append(it) or look(*it))
    assert len(rs.read(path).signals) == 50
    assert len(looks) < 50 * 4
