"""The many shapes in which laboratories keep the same things in MATLAB files and archives."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.io import savemat

import renshaw.io as rio
from renshaw.core.errors import ReadError


def cell(*items, rows: int = 1) -> np.ndarray:
    array = np.empty(len(items), dtype=object)
    for i, item in enumerate(items):
        array[i] = np.asarray(item, dtype=float).reshape(1, -1)
    return array.reshape(rows, -1)


def read(tmp_path, variables):
    path = tmp_path / "a.mat"
    savemat(path, variables)
    return rio.read(path)


@pytest.mark.parametrize(
    "pulses",
    [
        cell([11, 21, 31]),
        np.array([[11, 21, 31]]),
        np.array([[11], [21], [31]]),
        np.array([[11, 21, 31]], dtype=np.uint16),
    ],
    ids=["cell", "row", "column", "integers"],
)
def test_a_single_unit(pulses, tmp_path):
    recording = read(tmp_path, {"MUPulses": pulses, "fsamp": 10.0})
    assert [t.tolist() for t in recording.units] == [[1.0, 2.0, 3.0]]


@pytest.mark.parametrize("padding", [0, np.nan])
def test_a_padded_matrix_of_units(padding, tmp_path):
    pulses = np.array([[11, 21, 31, 41], [16, 26, padding, padding]])
    recording = read(tmp_path, {"MUPulses": pulses, "fsamp": 10.0})
    assert [t.tolist() for t in recording.units] == [[1, 2, 3, 4], [1.5, 2.5]]


@pytest.mark.parametrize("name", ["fsamp", "FSAMP", "fs", "Fs", "SamplingFrequency"])
def test_names_of_the_sampling_rate(name, tmp_path):
    recording = read(tmp_path, {"MUPulses": cell([11, 21, 31]), name: np.uint16(10)})
    assert recording.units.fs_hz == 10.0


def test_no_sampling_rate(tmp_path):
    with pytest.raises(ReadError, match=r"no sampling rate \(fsamp\).*--fs 2048 \(fs_hz=2048\)"):
        read(tmp_path, {"MUPulses": cell([11, 21, 31])})


def test_force_goes_by_other_names_and_lies_either_way(tmp_path):
    ramp = np.linspace(0, 1, 50)
    variables = {"MUPulses": cell([11, 21, 31]), "fsamp": 10.0, "forceSig": ramp[:, None]}
    recording = read(tmp_path, variables)
    np.testing.assert_array_equal(recording.signal("torque").values, ramp)
    assert recording.units.window_s == (0.0, 5.0)
    assert "forceSig" in " ".join(recording.notes)


def test_a_force_of_a_rate_of_its_own_waits_for_that_rate(tmp_path):
    variables = {"MUPulses": cell([11, 21, 31]), "fsamp": 10.0, "ref_signal": np.ones((1, 5))}
    recording = read(tmp_path, variables)
    assert recording.units.window_s == (0.0, 3.0)
    assert recording.torque is None
    assert "--torque-fs 100 (torque_fs_hz=100)" in " ".join(recording.notes)
    said = rio.read(tmp_path / "a.mat", options=rio.ReadOptions(torque_fs_hz=1.0))
    assert said.units.window_s == (0.0, 5.0)


def test_the_length_of_the_recording_tells_the_rate_of_the_force(tmp_path):
    sources = np.random.default_rng(0).normal(size=(1, 100))
    variables = {"MUPulses": cell([11, 21, 31]), "fsamp": 10.0, "IPTs": sources}
    recording = read(tmp_path, {**variables, "ref_signal": np.arange(20.0)[None]})
    assert recording.signal("torque").fs_hz == 2.0
    assert "sampled at 2 Hz" in " ".join(recording.notes)


def test_demuse_emg_leaves_out_the_empty_corner(tmp_path):
    grid = cell([], np.full(50, 2.0), np.full(50, 3.0), np.full(50, 4.0), rows=2)
    recording = read(tmp_path, {"MUPulses": cell([11, 21]), "fsamp": 10.0, "SIG": grid})
    emg = recording.signal("emg")
    assert emg.values[0].tolist() == [2.0, 3.0, 4.0]
    assert recording.units.window_s == (0.0, 5.0)


def test_pulse_to_noise_ratios_are_kept(tmp_path):
    variables = {"MUPulses": cell([11, 21, 31], [12, 22]), "fsamp": 10.0, "PNR": [[30.0, 28.5]]}
    assert read(tmp_path, variables).units.quality["pnr_db"].tolist() == [30.0, 28.5]


def muedit(**more):
    signal = {
        "fsamp": 10.0,
        "Pulsetrain": cell(np.zeros(50), np.zeros(50)),
        "Dischargetimes": cell([11, 21, 31], [12, 22, 32], [13, 23, 33], [], rows=2),
    }
    pulse_trains = np.empty((1, 2), dtype=object)
    pulse_trains[0, 0], pulse_trains[0, 1] = np.zeros((2, 50)), np.zeros((1, 50))
    return {"signal": {**signal, "Pulsetrain": pulse_trains, **more}}


def test_muedit_grids(tmp_path):
    recording = read(tmp_path, muedit())
    assert recording.units.labels == ("1.1", "1.2", "2.1")
    assert [t[0] for t in recording.units] == [1.0, 1.1, 1.2]
    assert recording.units.window_s == (0.0, 5.0)


def test_muedit_force_among_the_auxiliary_channels(tmp_path):
    names = np.array(["Trigger", "Force (N)"], dtype=object)
    auxiliary = np.vstack([np.zeros(50), np.arange(50.0)])
    recording = read(tmp_path, muedit(auxiliary=auxiliary, auxiliaryname=names))
    np.testing.assert_array_equal(recording.signal("torque").values, np.arange(50.0))


def test_muedit_edited_units_come_first(tmp_path):
    variables = muedit()
    edited = cell([14, 24, 34], [15, 25, 35], rows=2)
    variables["edition"] = {"Dischargetimes": edited, "Pulsetrain": cell([0.0] * 9, [0.0] * 9)}
    recording = read(tmp_path, variables)
    assert [t[0] for t in recording.units] == [1.3, 1.4]
    assert "Discharge times are those of edition.Dischargetimes." in recording.notes


def test_otb_without_units(tmp_path):
    variables = {
        "Data": np.ones((50, 2)),
        "Description": np.array(["EMG (1)[uV]", "EMG (2)[uV]"], dtype=object),
        "SamplingFrequency": 10.0,
    }
    with pytest.raises(ReadError, match="without decomposed units"):
        read(tmp_path, variables)


def test_otb_prefers_the_acquired_force_and_reads_its_unit(tmp_path):
    names = ["EMG (1)[mV]", "Decomposition of EMG (1)[a.u]", "performed path[ N]"]
    names += ["acquired data[ %(MVC)]", "original path[ %(MVC)]", "AUX 1[V]"]
    data = np.zeros((50, 6))
    data[[10, 20, 30], 1] = 1
    data[:, 3], data[:, 4] = 7.0, 8.0
    variables = {"Data": data, "Description": np.array(names, dtype=object)}
    recording = read(tmp_path, {**variables, "SamplingFrequency": 10.0})
    assert recording.units[0].tolist() == [1.0, 2.0, 3.0]
    assert (recording.signal("torque").unit, recording.signal("torque").values[0]) == ("% MVC", 7.0)
    assert recording.signal("target").values[0] == 8.0


def archive(path, **changes):
    arrays = {
        "fsamp": np.float64(10.0),
        "total_samples": np.int64(50),
        "spike_times": np.array([10, 20, 30, 15, 25], dtype=np.int32),
        "spike_offsets": np.array([0, 3, 5]),
        "grid_names": np.array(json.dumps(["GR08"])),
        **changes,
    }
    np.savez_compressed(path, **{k: v for k, v in arrays.items() if v is not None})
    return path


def test_muedit2_archive(tmp_path):
    recording = rio.read(archive(tmp_path / "a.npz", emg_data=np.ones((4, 50), dtype="f4")))
    assert [t.tolist() for t in recording.units] == [[1.0, 2.0, 3.0], [1.5, 2.5]]
    assert recording.units.window_s == (0.0, 5.0)
    assert recording.signal("emg").values.shape == (50, 4)
    assert "Grids: GR08." in recording.notes


@pytest.mark.parametrize("offsets", [[0, 9], [3, 0], [-1, 3], [], [0.0, 3.0]], ids=str)
def test_muedit2_offsets_that_do_not_fit(offsets, tmp_path):
    path = archive(tmp_path / "a.npz", spike_offsets=np.array(offsets))
    with pytest.raises(ReadError, match="spike_offsets do not fit"):
        rio.read(path)


def test_muedit2_pulse_trains_alone(tmp_path):
    path = archive(tmp_path / "a.npz", spike_times=None, pulse_trains=np.zeros((2, 50)))
    with pytest.raises(ReadError, match="no discharge times"):
        rio.read(path)
