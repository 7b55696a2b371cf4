"""The many shapes in which laboratories keep the same things in MATLAB files and archives."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.io import savemat

import renshaw.io as rio
from renshaw.core.errors import ReadError
from renshaw.data.suspicion import suspicions


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
    # What decides what can be estimated is told wherever numbers are, not in a note alone.
    assert "reader_warns" in {each.code for each in suspicions(recording)}
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


def refusal(tmp_path, variables, **options):
    path = tmp_path / "a.mat"
    savemat(path, variables)
    with pytest.raises(ReadError) as caught:
        rio.read(path, options=rio.ReadOptions(**options) if options else None)
    return str(caught.value)


ONE, TWO = cell([11, 21, 32, 43], [16, 26, 37]), cell([5, 16, 28, 39], [8, 22, 37, 50])


def test_of_several_candidates_the_person_chooses(tmp_path):
    variables = {"first": ONE, "second": TWO, "fs": 10.0}
    said = refusal(tmp_path, variables)
    assert "first (2 units, 7 discharges), second (2 units, 8 discharges)" in said
    assert "--variable first (variable='first')" in said
    chosen = rio.read(tmp_path / "a.mat", options=rio.ReadOptions(variable="second"))
    assert chosen.units[1].tolist() == [0.7, 2.1, 3.6, 4.9]
    assert "no variable third" in refusal(tmp_path, variables, variable="third")


def test_a_named_variable_goes_before_every_layout(tmp_path):
    variables = {"MUPulses": ONE, "edited": {"mine": TWO}, "fsamp": 10.0}
    path = tmp_path / "a.mat"
    savemat(path, variables)
    assert rio.read(path).units[0].tolist() == [1.0, 2.0, 3.1, 4.2]
    chosen = rio.read(path, options=rio.ReadOptions(variable="mine"))
    assert chosen.units[0].tolist() == [0.4, 1.5, 2.7, 3.8]


def test_the_same_discharges_twice_are_no_question(tmp_path):
    fired = np.zeros((60, 2))
    for unit, train in enumerate(ONE[0]):
        fired[train.ravel().astype(int) - 1, unit] = 1
    seconds = cell(*[(train.ravel() - 1) / 10 for train in ONE[0]])
    recording = read(tmp_path, {"spikes": fired, "idx": ONE, "t_s": seconds, "fs": 10.0})
    assert recording.units[1].tolist() == [1.5, 2.5, 3.6]


def test_an_axis_of_time_or_a_trigger_is_no_motor_unit(tmp_path):
    trigger = np.zeros((1, 100))
    trigger[0, [10, 50]] = 1
    variables = {"time": np.arange(100) / 10, "trigger": trigger, "units": ONE}
    recording = read(tmp_path, variables)
    assert (len(recording.units), recording.units.fs_hz) == (2, 10.0)
    assert recording.units.window_s == (0.0, 10.0)


def test_units_are_rows_or_columns_whichever_they_are(tmp_path):
    # Ten units in order of recruitment rise both ways.
    matrix = 100 + np.arange(10)[:, None] * 40 + np.cumsum(100 + np.arange(60) % 7)[None]
    for kept in (matrix, matrix.T):
        recording = read(tmp_path, {"times": kept, "fs": 1000.0})
        assert [len(train) for train in recording.units] == [60] * 10


@pytest.mark.parametrize("unit", ["ms", "samples"])
def test_fractions_that_are_no_seconds_are_asked_for(unit, tmp_path):
    odd = cell([1100.5, 1205.25, 1310.125, 1420.5], [1600.5, 1710.5, 1812.5])
    variables = {"MUPulses": odd, "fsamp": 1000.0}
    said = refusal(tmp_path, variables)
    assert "--time-unit ms (time_unit='ms')" in said
    assert "fire every 105 s" in said
    path = tmp_path / "a.mat"
    recording = rio.read(path, options=rio.ReadOptions(time_unit=unit))
    first = 1.1005 if unit == "ms" else 1.0995
    assert recording.units[0][0] == pytest.approx(first)


def test_the_mvc_of_the_file_needs_the_unit_of_the_torque(tmp_path):
    force = {"ref_signal": np.linspace(0, 90, 60)[None], "MVC": 180.0}
    variables = {"MUPulses": ONE, "fsamp": 10.0, **force}
    torque = read(tmp_path, {**variables, "unit": "Nm"}).signal("torque")
    assert (torque.unit, torque.values.max()) == ("% MVC", 50.0)
    plain = read(tmp_path, variables)
    assert (plain.signal("torque").unit, plain.signal("torque").values.max()) == ("", 90.0)
    assert "--torque-unit Nm" in " ".join(plain.notes)
    percent = read(tmp_path, {**variables, "unit": "% MVC"}).signal("torque")
    assert (percent.unit, percent.values.max()) == ("% MVC", 90.0)


def test_raw_emg_of_any_name_needs_but_a_rate(tmp_path):
    emg = np.random.default_rng(0).normal(size=(8, 2000))
    assert "--fs 2048" in refusal(tmp_path, {"grid": emg})
    raw = rio.read(tmp_path / "a.mat", options=rio.ReadOptions(fs_hz=1000))
    assert raw.signal("emg").values.shape == (2000, 8)
    assert raw.units.window_s == (0.0, 2.0)


def test_what_only_matlab_can_open_is_named_with_what_to_save():
    from renshaw.io.containers.matlab import OnlyMatlab
    from renshaw.io.formats.matlab.anything import read_any

    class File:
        def __init__(self):
            self.kinds = {"MUtable": "table", "names": "string", "n": "number"}

        def fields(self, name):
            return ()

        def load(self, name):
            kind = self.kinds[name]
            return np.ones((1, 1)) if kind == "number" else OnlyMatlab(kind)

    with pytest.raises(rio.Refusal) as caught:
        read_any(File(), rio.ReadOptions(), "a MATLAB")
    said = str(caught.value)
    assert "Only MATLAB can open MUtable (table), names (string)" in said
    assert "MUtable = table2struct(MUtable, 'ToScalar', true)" in said
    assert "Its other variables are n (1 x 1)" in said


def test_muedit2_grids_muscles_and_edits(tmp_path):
    path = archive(
        tmp_path / "a_edited.npz",
        mu_grid_index=np.array([0, 1]),
        muscle_names=np.array(json.dumps(["TA", "SOL"])),
    )
    history = [
        {"type": "add_spikes", "mu_uid": "g0_mu0", "spikes_added": [10]},
        {"type": "remove_outliers", "mu_uid": "g1_mu0", "spikes_removed": [7]},
        {"type": "add_spikes", "mu_uid": "g1_mu0", "spikes_added": [15]},
    ]
    log = {"mu_uids": ["g0_mu0", "g1_mu0"], "history": history}
    path.with_suffix(".json").write_text(json.dumps(log))
    for named in (path, path.with_suffix(".json")):
        recording = rio.read(named)
        assert recording.units.labels == ("1.1", "2.1")
        assert recording.units.muscles == ("TA", "SOL")
        assert recording.decomposition.edited[0].edits == tuple(history)
        assert "3 edits of 2 units: add spikes 2, remove outliers 1" in " ".join(recording.notes)
    path.unlink()
    with pytest.raises(ReadError, match=r"Those are in a_edited\.npz"):
        rio.read(path.with_suffix(".json"))


def test_a_file_in_which_no_unit_was_found_is_a_recording(tmp_path):
    empty = np.empty((0, 0), dtype=object)
    for pulses in (empty, cell([], [])):
        recording = read(tmp_path, {"MUPulses": pulses, "fsamp": 10.0, "ref_signal": np.ones(50)})
        assert sum(map(len, recording.units)) == 0
        assert recording.units.window_s == (0.0, 5.0)


def test_emg_that_is_chosen_is_not_taken_for_units(tmp_path):
    emg = np.random.default_rng(0).normal(size=(8, 2000))
    path = tmp_path / "a.mat"
    savemat(path, {"MUPulses": ONE, "fsamp": 10.0, "grid": emg})
    raw = rio.read(path, options=rio.ReadOptions(variable="grid"))
    assert (len(raw.units), raw.signal("emg").values.shape) == (0, (2000, 8))


def test_the_axis_of_time_tells_the_rate_of_a_muedit_file(tmp_path):
    edition = {"Distime": cell([11, 21, 32], [12, 24, 35]), "time": np.arange(60)[None] / 10}
    recording = read(tmp_path, {"edition": edition})
    assert [train.tolist() for train in recording.units] == [[1.0, 2.0, 3.1], [1.1, 2.3, 3.4]]


def test_the_same_train_at_another_time_is_another_recording(tmp_path):
    train = np.cumsum(np.tile([90, 110, 100], 20)) + 500.0
    pre = cell(train, train[:40] + 37)
    post = cell(train + 500, train[:40] + 537)
    with pytest.raises(ReadError, match="Several variables could hold the motor units"):
        read(tmp_path, {"units_pre": pre, "units_post": post, "fsamp": 1000.0})
    seconds = cell((train - 1) / 1000, (train[:40] + 36) / 1000)
    both = read(tmp_path, {"pulses": pre, "times_s": seconds, "fsamp": 1000.0})
    assert both.units[0][0] == pytest.approx((train[0] - 1) / 1000)
