"""The real recordings of other laboratories, read exactly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import scipy.io

import renshaw.io as rio

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
FILES = Path(__file__).parent / "files"


def real(name: str) -> Path:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"the real recording {path} is not on this machine")
    return path


def test_caillet_2022():
    path = real("caillet2022_TA_35_D.mat")
    recording = rio.read(path)
    stored = scipy.io.loadmat(path)
    assert len(recording.units) == 32
    assert recording.units.fs_hz == 2048
    assert recording.units.flags == ("",) * 32
    assert recording.units[0][0] == 4734 / 2048  # MATLAB's 4735 counts from 1
    for pulses, times_s in zip(stored["MUPulses"][0], recording.units, strict=True):
        np.testing.assert_array_equal(times_s, (pulses.ravel().astype(float) - 1) / 2048)
    torque = recording.signal("torque")
    np.testing.assert_array_equal(torque.values, stored["ref_signal"].ravel())
    assert recording.units.window_s == (0.0, 69540 / 2048)


def test_otb_testfile():
    path = real("otb_testfile.mat")
    recording = rio.read(path)
    data = scipy.io.loadmat(path)["Data"][0, 0]
    assert [len(times) for times in recording.units] == [137, 154, 197, 293, 292]
    for unit, times_s in enumerate(recording.units):
        np.testing.assert_array_equal(times_s, np.flatnonzero(data[:, 64 + unit]) / 2048)
    emg, torque = recording.signal("emg"), recording.signal("torque")
    assert (emg.values.shape, emg.values.dtype, emg.unit) == ((66560, 64), np.float32, "uV")
    np.testing.assert_array_equal(emg.values, data[:, :64])
    assert emg.channels[63].endswith("GR08MM1305 (64)[uV]")
    assert torque.unit == "% MVC"
    np.testing.assert_array_equal(torque.values, data[:, 74])
    assert recording.units.window_s == (0.0, 32.5)
    assert any("clock starts at 7 s" in note for note in recording.notes)


@pytest.mark.parametrize("name", ["caillet2022_TA_35_D.mat", "otb_testfile.mat"])
@pytest.mark.parametrize("ending", [".h5", ".csv", ".json", ".tsv"])
def test_real_recordings_survive_every_format(name, ending, tmp_path):
    first = rio.read(real(name))
    if name.startswith("otb") and ending == ".json":
        pytest.skip("64 channels as text take seconds; the other recording covers the format")
    again = rio.read(rio.write(first, tmp_path / f"a{ending}"))
    for before, after in zip(first.units, again.units, strict=True):
        np.testing.assert_allclose(after, before, rtol=0, atol=1e-9)
    if ending == ".h5":
        assert again.fingerprint() == first.fingerprint()


def test_files_of_schema_1_stay_readable():
    """`files/schema-1.h5` was written by renshaw 0.1.0 and must load in every later version."""
    recording = rio.read(FILES / "schema-1.h5")
    assert len(recording.units) == 3
    np.testing.assert_array_equal(recording.units[1], [0.25, 0.375, 0.5])
    assert recording.units.window_s == (-0.5, 2.0)
    assert recording.units.labels == ("1", "soleus α", "a\0b")
    assert recording.units.flags == ("", "", "no discharges")
    assert recording.units.fs_hz == 2048
    np.testing.assert_array_equal(recording.units.quality["silhouette"], [0.9, 0.85, np.nan])
    assert recording.signal("torque").unit == "% MVC"
    assert recording.signal("emg").values.dtype == np.float32
    assert recording.signal("emg").channels == ("1", "2")
    assert recording.events[0].label == "stimulus"
    assert recording.truth is not None
    assert recording.truth.parameters == {"neuromodulation": 0.95}
    assert recording.truth.signals["pic_current"].values.shape == (8, 3)
    assert recording.notes == ("Made to be read for good.",)
    first = recording.history.steps[0]
    assert (first.verb, first.seed, first.cites) == ("simulate", 7, ("powers2017",))
    assert recording.fingerprint() == "29c724fdb87299d3"
