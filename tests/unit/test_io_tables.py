"""Tables as people really save them."""

from __future__ import annotations

import pytest

import renshaw.io as rio
from renshaw.core.errors import ReadError
from renshaw.data.recording import Event

LENIENT = {
    "plain": "unit,time_s\n1,0.5\n1,0.75\n2,1.0\n",
    "mark and capitals": "\ufeffUnit,Time_s\n1,0.5\n1,0.75\n2,1.0\n",
    "windows lines": "unit,time_s\r\n1,0.5\r\n1,0.75\r\n2,1.0\r\n",
    "old mac lines": "unit,time_s\r1,0.5\r1,0.75\r2,1.0\r",
    "semicolons and decimal commas": "Unit;Time (s)\n1;0,5\n1;0,75\n2;1,0\n",
    "tabs": "unit\ttime_s\n1\t0.5\n1\t0.75\n2\t1.0\n",
    "spaces": "unit time_s\n1 0.5\n1   0.75\n2 1.0\n",
    "more columns, other order": "subject,time_s,rate,unit\nA,0.5,,1\nA,0.75,4,1\nA,1.0,,2\n",
    "quotes": '"unit","time_s"\n"1","0.5"\n"1","0.75"\n"2","1.0"\n',
    "milliseconds": "mu,time_ms\n1,500\n1,750\n2,1000\n",
    "float units": "unit,time_s\n1.0,0.5\n1.0,0.75\n2.0,1.0\n",
    "no head": "1,0.5\n1,0.75\n2,1.0\n",
    "comments and empty lines": "# exported by hand\n\nunit,time_s\n1,0.5\n\n1,0.75\n2,1.0\n",
    "mixed order": "unit,time_s\n2,1.0\n1,0.5\n1,0.75\n",
}


@pytest.mark.parametrize("case", LENIENT)
def test_lenient(case, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(LENIENT[case].encode("utf-8"))
    recording = rio.read(path)
    assert recording.units.labels == ("1", "2")
    assert [t.tolist() for t in recording.units] == [[0.5, 0.75], [1.0]]
    assert recording.units.window_s == (0.0, 1.0)


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_encodings(encoding, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("unit,time_s,note\nb,0.5,µ\na,0.75,ü\n".encode(encoding))
    assert rio.read(path).units.labels == ("b", "a")


def test_units_are_in_number_order_and_keep_their_labels(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("unit,time_s\n10,0.1\n9,0.2\n2,0.3\n")
    assert rio.read(path).units.labels == ("2", "9", "10")


def test_odd_rows_are_left_out_and_named(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("unit,time_s\n1,0.5\n1,oops\n,0.7\n1,0.9\n")
    recording = rio.read(path)
    assert recording.units[0].tolist() == [0.5, 0.9]
    assert recording.notes[0] == "Line 3: 'oops' is not a time, and 1 line more; left out."


def test_a_table_with_a_head_only(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("unit,time_s\n")
    assert len(rio.read(path).units) == 0


BIDS = "onset\tduration\tsample\tunit_id\t{column}\n0.5\t0\t1024\t{a}\tmotor-unit-spike\n"
BIDS += "1.0\t0\t2048\t{b}\tmotor-unit-spike\n"


@pytest.mark.parametrize("column", ["event_type", "description", "value", "trial_type"])
@pytest.mark.parametrize(("a", "b"), [("0", "1"), ("g0_mu0", "g0_mu1"), ("0.0", "1.0")])
def test_bids_dialects(column, a, b, tmp_path):
    path = tmp_path / "sub-01_task-ramp_desc-decomposition_events.tsv"
    path.write_text(BIDS.format(column=column, a=a, b=b))
    recording = rio.read(path)
    assert recording.units.labels == (a.removesuffix(".0"), b.removesuffix(".0"))
    assert [t.tolist() for t in recording.units] == [[0.5], [1.0]]
    assert recording.units.fs_hz == 2048


def test_bids_sidecar_gives_rate_and_duration(tmp_path):
    path = tmp_path / "sub-01_task-ramp_desc-decomposition_events.tsv"
    path.write_text(BIDS.format(column="value", a=0, b=1).replace("0.5", "0.501"))
    sidecar = tmp_path / "sub-01_task-ramp_emg.json"
    sidecar.write_text('{"SamplingFrequency": 2000, "RecordingDuration": 30.5}')
    recording = rio.read(path)
    assert recording.units.fs_hz == 2000
    assert recording.units.window_s == (0.0, 30.5)
    assert recording.units[0].tolist() == [0.501]  # sample and onset disagree: the onset holds


def test_bids_other_rows_become_events(tmp_path):
    path = tmp_path / "a_events.tsv"
    path.write_text(
        "onset\tduration\tunit_id\tevent_type\tcuration_status\n"
        "0\t10\tn/a\tlinear_ramp\tn/a\n"
        "0.5\t0\t3\tmotor-unit-spike\taccepted_spike\n"
        "0.6\t0\t3\tmotor-unit-spike\trejected_spike\n"
        "0.7\t0\t3\tartifact\tn/a\n"
        "oops\t0\tn/a\tcue\tn/a\n"
    )
    recording = rio.read(path)
    assert recording.units[0].tolist() == [0.5]
    assert recording.events == (
        Event(0.0, 10.0, "linear_ramp"),
        Event(0.7, 0.0, "artifact (unit 3)"),
    )
    notes = " ".join(recording.notes)
    assert "Line 6: 'oops' is not a time" in notes
    assert "1 discharges marked as rejected" in notes


def test_bids_units_as_types_of_trials(tmp_path):
    path = tmp_path / "a_events.tsv"
    path.write_text("onset\tduration\ttrial_type\n0.5\t0\tMU_2\n0.6\t0\tMU_1\n0.7\t0\tcue\n")
    recording = rio.read(path)
    assert recording.units.labels == ("1", "2")
    assert [event.label for event in recording.events] == ["cue"]


def test_plain_events_hold_no_units(tmp_path):
    path = tmp_path / "a_events.tsv"
    path.write_text("onset\tduration\ttrial_type\n0.5\t0\tcue\n")
    recording = rio.read(path)
    assert (len(recording.units), len(recording.events)) == (0, 1)


def test_a_forced_format_still_needs_its_columns(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_text("time\tforce\n1\t2\n")
    with pytest.raises(ReadError, match="onset"):
        rio.read(path, format="bids")
    with pytest.raises(ReadError, match="expected unit and time_s"):
        rio.read(path, format="csv")
