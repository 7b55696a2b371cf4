"""A part of a recording is a recording of its own, and its units correspond to those of others."""

import numpy as np
import pytest

import renshaw as rs


def recording(**changed):
    units = rs.MotorUnits(
        ([0.5, 1.5, 2.5, 9.5], [5.0, 5.1], []), (0.0, 10.0), labels=("a", "b", "c"),
        quality={"silhouette": [0.9, 0.8, 0.7]}, muscles=("TA", "TA", "SOL"),
    )  # fmt: skip
    torque = rs.Signal(np.arange(1000.0), fs_hz=100.0, unit="% MVC")
    drive = rs.Signal(np.arange(100.0), fs_hz=10.0)
    events = (rs.Event(1.0, 4.0, "bout"), rs.Event(6.0, 0.0, "cue"), rs.Event(8.0, 1.0, "late"))
    given = {
        "signals": {"torque": torque, "emg": rs.Signal(np.ones((2000, 3)), 200.0, "uV")},
        "events": events, "truth": rs.Truth({"drive": drive}, {"neuromodulation": 1.0}),
        "name": "rec", "muscle": "TA",
    }  # fmt: skip
    return rs.Recording(units, **(given | changed))


def test_units_keep_their_numbers_and_their_times():
    part = rs.cut(recording(), 2.0, 5.1)
    assert [t.tolist() for t in part.units] == [[2.5], [5.0], []]  # The end belongs to the next.
    assert part.units.labels == ("a", "b", "c")
    assert part.units.muscles == ("TA", "TA", "SOL")
    assert part.units.quality["silhouette"].tolist() == [0.9, 0.8, 0.7]
    assert part.units.window_s == (2.0, 5.1)
    assert "2 to 5.1 s of 0 to 10 s" in part.notes[-1]


def test_signals_truth_and_events_are_those_of_the_part():
    part = rs.cut(recording(), 2.0, 5.1)
    torque, emg = part.signals["torque"], part.signals["emg"]
    assert (torque.start_s, torque.end_s, torque.values[0], len(torque)) == (2.0, 5.1, 200.0, 310)
    assert emg.values.shape == (620, 3)
    assert part.truth.signals["drive"].values.tolist() == list(np.arange(20.0, 51.0))
    assert part.truth.parameters == {"neuromodulation": 1.0}
    assert [(e.onset_s, e.duration_s, e.label) for e in part.events] == [(2.0, 3.0, "bout")]


def test_two_parts_are_the_whole():
    whole = recording()
    parts = [rs.cut(whole, 0, 3.337), rs.cut(whole, 3.337, 10)]
    for k in range(3):
        assert np.concatenate([p.units[k] for p in parts]).tolist() == whole.units[k].tolist()
    joined = np.concatenate([p.signals["torque"].values for p in parts])
    assert joined.tolist() == whole.signals["torque"].values.tolist()


def test_all_of_it_is_what_it_was():
    whole = recording()
    assert rs.cut(whole, -5, 100).fingerprint() == whole.fingerprint()
    assert rs.cut(whole, -5, 100).notes == whole.notes


def test_what_outlasts_the_units_stays():
    longer = recording(signals={"torque": rs.Signal(np.ones(1200), 100.0, start_s=-1.0)})
    first, last = rs.cut(longer, 0, 5), rs.cut(longer, 5, 10)
    assert first.signals["torque"].start_s == -1.0
    assert last.signals["torque"].end_s == 11.0


def test_time_can_begin_anew():
    part = rs.cut(recording(), 2.0, 7.0, from_zero=True)
    assert part.units.window_s == (0.0, 5.0)
    assert part.units[0].tolist() == [0.5]
    assert part.signals["torque"].start_s == 0.0
    assert [event.onset_s for event in part.events] == [0.0, 4.0]
    assert "from_zero=True" in part.history.steps[-1].code


def test_its_history_runs():
    whole = recording()
    part = rs.cut(whole, 2.0, 7.1)
    step = part.history.steps[-1]
    names = {"rs": rs, "recording": whole}
    exec(step.code, names)
    assert names["recording"].fingerprint() == part.fingerprint()
    assert step.input == whole.fingerprint()


@pytest.mark.parametrize("span", [(5, 5), (6, 5), (np.nan, 5), ("a", 5), (0, np.inf)])
def test_no_span_of_time_is_refused(span):
    with pytest.raises(rs.SettingsError, match="no span of time"):
        rs.cut(recording(), *span)


def test_a_part_outside_is_refused_by_name():
    with pytest.raises(rs.DataError, match="Nothing of rec lies between 20 and 30 s.*0 to 10 s"):
        rs.cut(recording(), 20, 30)
    with pytest.raises(rs.SettingsError, match=r"cut needs a Recording.*rs\.read"):
        rs.cut("rec.mat", 0, 5)
