"""Edits of a decomposition: they replay, undo, keep and judge."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from decompose_samples import QUICK, found, raw

import renshaw as rs
from renshaw.core.errors import DataError
from renshaw.data.agreement import agreement

FS = 2048.0


def rate(first, second):
    return agreement(*(np.rint(t * FS).astype(int) for t in (first, second)), 2, 0).rate


def good_unit():
    return 1 + next(i for i, flag in enumerate(found().units.flags) if not flag)


def editing():
    return rs.edit.Editing(raw(), found())


def foreign():
    """Return the true units with their EMG, as another tool would give them: no quality."""
    units = dataclasses.replace(raw().units, quality={}, flags=())
    return dataclasses.replace(raw(), units=units, grids=())


def some_edits(unit):
    times = found().units[unit - 1]
    return (
        rs.edit.RemoveDischarges(unit, times_s=tuple(times[3:6].tolist()), by="Ana"),
        rs.edit.AddDischarges(unit, times_s=(float(times[4]) + 0.001,), at="2026-11-23T10:00"),
        rs.edit.Reestimate(unit),
        rs.edit.SetAside(unit + 1, why="movement"),
    )


def test_a_removed_discharge_is_found_again_by_the_filter():
    unit = good_unit()
    times = found().units[unit - 1]
    removed = editing().then(rs.edit.RemoveDischarges(unit, times_s=tuple(times[10:30].tolist())))
    assert len(removed.recording.units[unit - 1]) == len(times) - 20
    assert removed.source(unit).silhouette < editing().source(unit).silhouette
    again = removed.then(rs.edit.Reestimate(unit)).recording
    assert rate(again.units[unit - 1], times) > 0.97


def test_wrong_discharges_are_dropped_by_the_filter():
    unit = good_unit()
    times = found().units[unit - 1]
    wrong = times[5:25] + 0.031
    spoilt = editing().then(rs.edit.AddDischarges(unit, times_s=tuple(wrong.tolist())))
    quality = spoilt.recording.units.quality
    assert quality["silhouette"][unit - 1] < found().units.quality["silhouette"][unit - 1]
    assert quality["cv2_pct"][unit - 1] > found().units.quality["cv2_pct"][unit - 1]
    assert rate(spoilt.then(rs.edit.Reestimate(unit)).recording.units[unit - 1], times) > 0.97


def test_the_same_edits_give_the_same_recording_bit_by_bit():
    edits = some_edits(good_unit())
    first = rs.edit.replay(raw(), found(), edits)
    second = rs.edit.replay(raw(), found(), rs.edit.edits_from_json(rs.edit.edits_to_json(edits)))
    assert first.fingerprint() == second.fingerprint()
    assert first.fingerprint() != found().fingerprint()
    assert rs.edit.replay(raw(), found(), ()) is found()


def test_edits_lie_in_the_saved_file_and_can_be_undone_there(tmp_path):
    done = editing().then(*some_edits(good_unit()))
    back = rs.read(done.recording.save(tmp_path / "edited.h5"))
    assert rs.edit.edits_of(back) == done.edits
    before = rs.edit.unedited(back)
    assert before.units.fingerprint() == found().units.fingerprint()
    assert [step.verb for step in before.history.steps].count("edit") == 0
    resumed = rs.edit.Editing.resumed(back, raw())
    assert resumed.recording.fingerprint() == done.recording.fingerprint()
    undone = resumed.undone(4).recording
    assert undone.units.fingerprint() == found().units.fingerprint()
    # Who and when are kept.
    assert (resumed.edits[0].by, resumed.edits[1].at) == ("Ana", "2026-11-23T10:00")


def test_the_history_of_edits_is_runnable_python():
    done = editing().then(*some_edits(good_unit()))
    code = done.recording.history.steps[-1].code
    names = {"rs": rs, "recording": dataclasses.replace(found(), signals=raw().signals)}
    exec(code, names)
    assert names["recording"].units.fingerprint() == done.recording.units.fingerprint()


def test_undo_drops_the_last_edit():
    unit = good_unit()
    both = editing().then(rs.edit.SetAside(unit), rs.edit.Reestimate(unit))
    assert both.undone().edits == (rs.edit.SetAside(unit),)
    assert both.undone(9).recording is found()
    assert both.edits == (rs.edit.SetAside(unit), rs.edit.Reestimate(unit))


def test_units_set_aside_are_not_trusted_and_come_back():
    unit = good_unit()
    aside = editing().then(rs.edit.SetAside(unit, why="movement"))
    units = aside.recording.units
    assert units.flags[unit - 1] == "set aside by hand: movement"
    assert units.quality["confidence"][unit - 1] == 0
    assert not aside.then(rs.edit.Restore(unit)).recording.units.flags[unit - 1]
    estimates = rs.estimate(aside.recording).to_table()
    own = estimates[(estimates["quantity"] == "delta_f") & (estimates["unit"] == unit)]
    assert not own["ok"].any()


def test_a_doubtful_unit_can_be_accepted():
    strict = rs.DecomposeSettings(
        **{**QUICK.to_mapping(), "trust": rs.emg.TrustSettings(silhouette_min=1.0)}
    )
    doubtful = rs.decompose(raw(), strict)
    unit = 1 + next(i for i, flag in enumerate(doubtful.units.flags) if "silhouette" in flag)
    assert doubtful.units.quality["confidence"][unit - 1] == 0
    units = rs.edit.Editing(raw(), doubtful).then(rs.edit.Accept(unit)).recording.units
    assert not units.flags[unit - 1]
    assert units.quality["confidence"][unit - 1] > 0


def test_an_edit_does_not_hide_that_the_ends_may_be_the_electrodes():
    unit = good_unit()
    plain = found()
    ends = "pulses fade to 70 % at the last discharges: derecruitment may be the electrodes'"
    flags = list(plain.units.flags)
    flags[unit - 1] = f"only 3 discharges; {ends}"
    units = dataclasses.replace(plain.units, flags=tuple(flags))
    faded = rs.edit.Editing(raw(), dataclasses.replace(plain, units=units))
    first = float(units[unit - 1][0])
    # What the edit itself says anew is judged anew; what it can't say stays.
    edited = faded.then(rs.edit.RemoveDischarges(unit, times_s=(first,))).recording.units
    assert edited.flags[unit - 1] == ends
    assert edited.quality["confidence"][unit - 1] == 0
    assert not faded.then(rs.edit.Accept(unit)).recording.units.flags[unit - 1]


def test_boxes_of_the_source_give_edits():
    unit = good_unit()
    times = found().units[unit - 1]
    start_s, end_s = float(times[10]) - 0.005, float(times[14]) + 0.005
    removing = editing().to_remove(unit, rs.edit.Box(start_s, end_s))
    assert removing.times_s == tuple(times[10:15].tolist())
    bare = editing().then(removing)
    heights = editing().source(unit).heights
    adding = bare.to_add(unit, rs.edit.Box(start_s, end_s, low=0.5 * float(heights.mean())))
    assert rate(np.array(adding.times_s), times[10:15]) == 1
    # Peaks beside a discharge are none, and an empty box is no edit.
    assert editing().to_add(unit, rs.edit.Box(start_s, end_s, low=0.5 * heights.mean())) is None
    assert editing().to_remove(unit, rs.edit.Box(start_s, end_s, low=1e9)) is None


def test_sources_of_another_tools_units_stand_out_at_their_discharges():
    recording = foreign()
    shifted = dataclasses.replace(
        recording,
        units=rs.MotorUnits(tuple(t + 0.004 for t in recording.units), recording.units.window_s),
    )
    for each in (recording, shifted):
        source = rs.emg.sources(each, each, 1)
        at = np.rint(each.units[0] * FS).astype(int)
        assert source.values[at].mean() > 5 * source.values.std()
        assert rs.edit.Editing(each, each).source(1).silhouette > 0.85


def test_units_of_another_tool_are_judged_by_nobody():
    recording = foreign()
    removal = rs.edit.RemoveDischarges(1, times_s=tuple(recording.units[0][5:].tolist()))
    edited = rs.edit.replay(recording, recording, [removal])
    assert edited.units.flags == recording.units.flags
    assert not edited.units.quality
    aside = rs.edit.replay(recording, recording, [rs.edit.SetAside(2)])
    assert aside.units.quality["confidence"][1] == 0
    assert np.isnan(aside.units.quality["confidence"][0])
    assert rs.edit.unedited(aside).units.fingerprint() == recording.units.fingerprint()


def test_without_emg_discharges_can_still_be_edited():
    bare = rs.Recording(found().units, name="bare")
    unit = good_unit()
    first = float(bare.units[unit - 1][0])
    edited = rs.edit.Editing(bare, bare).then(rs.edit.RemoveDischarges(unit, times_s=(first,)))
    assert len(edited.recording.units[unit - 1]) == len(bare.units[unit - 1]) - 1
    assert edited.to_remove(unit, rs.edit.Box(0, 99)) is not None
    with pytest.raises(DataError, match="Edit 2: bare has no raw EMG"):
        _ = edited.then(rs.edit.Reestimate(unit)).recording


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (
            lambda: rs.edit.RemoveDischarges(1, times_s=(0.0,)),
            "Edit 1: unit 1 has no discharge at 0.00",
        ),
        (lambda: rs.edit.AddDischarges(1, times_s=(99.0,)), "would lie outside the recording"),
        (lambda: rs.edit.Reestimate(99), "Edit 1 is of unit 99, but"),
        (lambda: rs.edit.Reestimate(0), "counted from 1"),
        (lambda: rs.edit.AddDischarges(1, times_s=()), "must name its discharges"),
        (lambda: rs.edit.AddDischarges(1, times_s=(float("nan"),)), "must name its discharges"),
    ],
)
def test_impossible_edits_are_refused_in_words(edit, why):
    with pytest.raises(DataError, match=why):
        rs.edit.replay(raw(), found(), [edit()])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "no valid JSON"),
        ("{}", "must be a list"),
        ("[3]", "Edit 1: An edit must be a table"),
        ('[{"kind": "ad", "unit": 1}]', "Did you mean 'add'"),
        ('[{"kind": "remove", "unit": 1, "times": [1]}]', "Did you mean 'times_s'"),
        ('[{"kind": "reestimate"}]', "counted from 1"),
        ('[{"kind": "reestimate", "unit": true}]', "counted from 1"),
        ('[{"kind": "add", "unit": 1, "times_s": ["x"]}]', "must name its discharges"),
        ('[{"kind": "add", "unit": 1, "times_s": 3}]', "must name its discharges"),
        ('[{"kind": "set_aside", "unit": 1, "why": 3}]', "why must be a text"),
        ("[" * 100_000, "no valid JSON"),
    ],
)
def test_odd_json_is_refused_in_words(text, why):
    with pytest.raises(DataError, match=why):
        rs.edit.edits_from_json(text)


def test_damaged_edits_are_refused():
    done = editing().then(rs.edit.Reestimate(good_unit())).recording
    how = done.decomposition
    for before in (
        {"x": {}},
        {"1": 3},
        {"0": {"times_s": [], "flag": "", "quality": {}}},
    ):
        last = dataclasses.replace(how.edited[-1], before=before)
        damaged = dataclasses.replace(how, edited=(last,))
        with pytest.raises(DataError, match="damaged"):
            rs.edit.unedited(dataclasses.replace(done, decomposition=damaged))
