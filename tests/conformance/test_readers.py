"""One battery that every reader passes, on files made without renshaw."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from samples import SAMPLES_OF, made_of
from samples._units import FS_HZ, TORQUE, TRAINS, Sample

import renshaw.io as rio
from renshaw.core.errors import ReadError
from renshaw.data.recording import Recording
from renshaw.io.format import LAST
from renshaw.io.probe import Probe

every = pytest.mark.parametrize("sample", SAMPLES_OF.values(), ids=SAMPLES_OF)


def made(sample: Sample, folder: Path, trains=TRAINS, fs_hz=FS_HZ, name="trial.dat") -> Path:
    path = folder / name
    sample.write(path, trains, fs_hz)
    return path


@pytest.mark.parametrize("name", rio.FORMATS)
def test_every_format_has_a_sample(name):
    # Those of raw EMG have a battery of their own, in test_raw_readers.py.
    format = rio.FORMATS[name]
    if name == "spreadsheet":
        pytest.importorskip("python_calamine", reason="the extra excel is not installed")
    assert made_of(format), f"write tests/conformance/samples/{name}.py, or give Format.sample"
    if format.sample is None and not format.raw:
        assert name in {sample.reader for sample in SAMPLES_OF.values()}


@every
def test_reads_discharge_times_rate_and_torque(sample, tmp_path):
    recording = rio.read(made(sample, tmp_path))
    assert isinstance(recording, Recording)
    assert len(recording.units) == len(TRAINS)
    for train, times_s in zip(TRAINS, recording.units, strict=True):
        np.testing.assert_allclose(times_s, np.array(train) / FS_HZ, rtol=0, atol=1e-9)
    assert recording.units.flags == ("", "", "")
    if sample.rate:
        assert recording.units.fs_hz == FS_HZ
    if sample.torque:
        torque = recording.torque
        assert torque is not None
        assert torque.fs_hz == FS_HZ
        np.testing.assert_allclose(torque.values, TORQUE, rtol=1e-6)
        assert recording.units.window_s == (0.0, 3.0)
    assert recording.truth is None


@every
def test_names_the_recording_and_writes_its_history(sample, tmp_path):
    path = made(sample, tmp_path, name="S01 pre.ramp.dat")
    recording = rio.read(path)
    assert recording.name == "S01 pre.ramp"
    step = recording.history.steps[-1]
    assert (step.verb, step.settings["format"]) == ("read", sample.reader)
    assert len(step.input) == 16
    assert all(note.endswith(".") for note in recording.notes)
    scope: dict[str, object] = {"rs": rio}
    exec(step.code, scope)
    assert scope["recording"].fingerprint() == recording.fingerprint()


@every
@pytest.mark.parametrize("ending", ["", ".mat", ".json", ".csv", ".h5", ".tsv", ".npz", ".pdf"])
def test_recognizes_by_content_whatever_the_ending(sample, ending, tmp_path):
    recording = rio.read(made(sample, tmp_path, name=f"trial{ending}"))
    assert recording.history.steps[-1].settings["format"] == sample.reader


@every
def test_only_its_own_reader_recognizes_it(sample, tmp_path):
    path = made(sample, tmp_path)
    probe = Probe(path)
    found = [reader for reader in rio.FORMATS.values() if reader.recognizes(probe)]
    probe.close()
    assert found[0].name == sample.reader
    # Whoever looks after everybody else takes what is left of a kind of container.
    assert all(reader.rank > LAST for reader in found[1:])


@every
def test_the_format_can_be_named(sample, tmp_path):
    path = made(sample, tmp_path)
    named = rio.read(path, format=sample.reader)
    assert named.fingerprint() == rio.read(path).fingerprint()


@every
def test_round_trip_through_our_own_file_is_lossless(sample, tmp_path):
    first = rio.read(made(sample, tmp_path))
    again = rio.read(first.save(tmp_path / "trial.h5"))
    assert again.fingerprint() == first.fingerprint()
    assert (again.notes, again.events) == (first.notes, first.events)
    assert again.history.steps[:-1] == first.history.steps


@every
def test_truncated_anywhere(sample, tmp_path):
    path = made(sample, tmp_path)
    content = path.read_bytes()
    size = len(content)
    cuts = sorted({*range(0, min(size, 600), 37), *np.linspace(0, size - 2, 60, dtype=int)})
    read = 0
    for cut in map(int, cuts):
        path.write_bytes(content[:cut])
        try:
            rio.read(path)
            read += 1
        except ReadError as error:
            assert str(path) in str(error)
    if sample.whole:
        assert read == 0


@every
def test_no_units(sample, tmp_path):
    path = made(sample, tmp_path, trains=[])
    try:
        recording = rio.read(path)
    except ReadError as error:
        assert str(path) in str(error)
    else:
        assert len(recording.units) == 0
        own = sample.reader == "renshaw"  # keeps the notes that it was saved with, and no others
        assert own or any("no motor units" in note for note in recording.notes)


@every
def test_one_unit(sample, tmp_path):
    recording = rio.read(made(sample, tmp_path, trains=TRAINS[:1]))
    assert [len(times) for times in recording.units] == [25]


@every
def test_units_with_few_discharges_are_flagged(sample, tmp_path):
    trains = [TRAINS[0], [700], [800, 900], [950, 1000, 1050]]
    recording = rio.read(made(sample, tmp_path, trains=trains))
    assert [len(times) for times in recording.units] == [25, 1, 2, 3]
    if sample.reader != "renshaw":  # our own file keeps the flags that it was saved with
        assert recording.units.flags == ("", "only 1 discharge", "only 2 discharges", "")


@every
def test_a_silent_unit_keeps_its_place(sample, tmp_path):
    if not sample.silent:
        pytest.skip("a table of events can't hold a unit without events")
    recording = rio.read(made(sample, tmp_path, trains=[TRAINS[0], [], TRAINS[2]]))
    assert [len(times) for times in recording.units] == [25, 0, 10]
    if sample.reader != "renshaw":
        assert recording.units.flags[1] == "no discharges"


FAULTS = {
    "not a number": ([300, math.nan, 500, 600, 700], 4, "not a number"),
    "negative": ([-300, 400, 500, 600], 3, "outside"),
    "before the first index": ([-1, 400, 500, 600], 3, "outside"),
    "unsorted": ([900, 300, 500, 700], 4, "not in order"),
    "repeated": ([300, 300, 500, 500, 700], 3, "repeated"),
}


@every
@pytest.mark.parametrize("fault", FAULTS)
def test_faulty_times_are_flagged_and_the_other_units_kept(sample, fault, tmp_path):
    if not sample.faults:
        pytest.skip("a matrix of zeros and ones can't hold such a fault")
    train, kept, word = FAULTS[fault]
    recording = rio.read(made(sample, tmp_path, trains=[train, TRAINS[1]]))
    assert len(recording.units[0]) == kept
    # In a column a unit, a cell without a number is a gap between discharges.
    gap = sample.name == "csv columns" and fault == "not a number"
    assert (recording.units.flags[0] == "") if gap else (word in recording.units.flags[0])
    assert recording.units.flags[1] == ""
    np.testing.assert_allclose(recording.units[1], np.array(TRAINS[1]) / FS_HZ, atol=1e-9)


@every
def test_discharges_after_the_end_are_flagged(sample, tmp_path):
    if not (sample.faults and sample.torque):
        pytest.skip("nothing in the file tells when the recording ended")
    recording = rio.read(made(sample, tmp_path, trains=[[*TRAINS[0], 3100], TRAINS[1]]))
    assert len(recording.units[0]) == 25
    assert "outside" in recording.units.flags[0]


@every
@pytest.mark.parametrize("fs_hz", [0.0, -2048.0, math.nan, math.inf, 1e12, 1e-9])
def test_absurd_sampling_rates_are_refused(sample, fs_hz, tmp_path):
    if not sample.rate:
        pytest.skip("the format holds no sampling rate")
    if sample.reader == "bids":
        path = made(sample, tmp_path, name="a_events.tsv")
        (tmp_path / "a_emg.json").write_text(f'{{"SamplingFrequency": {_json(fs_hz)}}}')
    else:
        path = made(sample, tmp_path, fs_hz=fs_hz)
    with pytest.raises(ReadError, match=r"impossible|truncated|rate") as caught:
        rio.read(path)
    assert str(path) in str(caught.value)


def _json(value: float) -> str:
    return {"nan": "NaN", "inf": "Infinity"}.get(str(value), str(value))
