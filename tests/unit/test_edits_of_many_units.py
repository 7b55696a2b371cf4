"""Edits that make, join, lock and mark units, and the check of what a filter finds."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from decompose_samples import found, raw

import renshaw as rs
from renshaw.core.errors import DataError
from renshaw.data.agreement import agreement
from renshaw.decomposition.edits import KINDS

FS = 2048.0


def editing():
    return rs.edit.Editing(raw(), found())


def rate(first, second, lag=0):
    return agreement(*(np.rint(t * FS).astype(int) for t in (first, second)), 2, lag).rate


def times_of(train) -> tuple[float, ...]:
    return tuple(np.asarray(train).tolist())


def without_emg() -> rs.Recording:
    """Return three units without EMG: edits of discharges need none."""
    rng = np.random.default_rng(2)
    trains = [np.cumsum(rng.normal(0.1, 0.01, 60)) for _ in range(3)]
    return rs.Recording(rs.MotorUnits(tuple(trains), (0.0, 8.0), labels=("a", "b", "c")))


def same(first: rs.MotorUnits, second: rs.MotorUnits) -> None:
    assert first.labels == second.labels
    assert first.flags == second.flags
    assert first.muscles == second.muscles
    for one, two in zip(first.times_s, second.times_s, strict=True):
        np.testing.assert_array_equal(one, two)
    assert first.quality.keys() == second.quality.keys()
    for name, values in first.quality.items():
        np.testing.assert_array_equal(values, second.quality[name])


def all_kinds() -> tuple[rs.edit.Edit, ...]:
    return (
        rs.edit.AddDischarges(1, times_s=(1.0, 2.0)),
        rs.edit.RemoveDischarges(1, times_s=(1.0,)),
        rs.edit.Reestimate(2),
        rs.edit.Reestimate(2, start_s=1.0, end_s=5.5),
        rs.edit.Merge(1, other=2, by="Ana"),
        rs.edit.Split(3, times_s=(0.5, 0.7)),
        rs.edit.NewUnit(5, times_s=(0.5, 0.7), grid=2),
        rs.edit.MarkArtifact(1, start_s=2.0, end_s=2.5),
        rs.edit.Lock(1, at="2026-11-29"),
        rs.edit.Unlock(1),
        rs.edit.SetAside(1, why="x"),
        rs.edit.Accept(1),
        rs.edit.Restore(1),
    )


def test_every_kind_goes_into_json_and_back():
    assert {type(edit) for edit in all_kinds()} == set(KINDS.values())
    assert rs.edit.edits_from_json(rs.edit.edits_to_json(all_kinds())) == all_kinds()


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: rs.edit.Reestimate(1, start_s=3.0), "a start and a later end"),
        (lambda: rs.edit.Reestimate(1, start_s=3.0, end_s=3.0), "a start and a later end"),
        (lambda: rs.edit.MarkArtifact(1, start_s=3.0, end_s=float("nan")), "a later end"),
        (lambda: rs.edit.MarkArtifact(1), "a start and an end"),
        (lambda: rs.edit.MarkArtifact(1, start_s="1", end_s=2.0), "a later end"),
        (lambda: rs.edit.Merge(1), "no unit"),
        (lambda: rs.edit.Split(1), "must name its discharges"),
        (lambda: rs.edit.NewUnit(1, times_s=(1.0,), grid=-1), "grids are counted"),
    ],
)
def test_edits_that_are_none_are_refused(make, why):
    with pytest.raises(DataError, match=why):
        make()


def test_a_unit_is_split_and_merged_again():
    start = without_emg()
    whole = start.units[1]
    split = rs.edit.Editing(start, start).then(rs.edit.Split(2, times_s=times_of(whole[::2])))
    assert split.count == 4
    after = split.recording.units
    assert after.labels == ("a", "b", "c", "4")
    np.testing.assert_array_equal(after[1], whole[1::2])
    np.testing.assert_array_equal(after[3], whole[::2])
    merged = split.then(rs.edit.Merge(2, other=4)).recording
    np.testing.assert_array_equal(merged.units[1], whole)
    assert merged.units.flags[3] == "set aside by hand: merged into unit 2"
    # What both saw counts once: the other's discharges within the refractory time go.
    twice = rs.Recording(rs.MotorUnits((whole, whole[5:] + 0.004), (0.0, 9.0)))
    once = rs.edit.Editing(twice, twice).then(rs.edit.Merge(1, other=2)).recording
    np.testing.assert_array_equal(once.units[0], whole)
    for wrong in (rs.edit.Merge(2, other=2), rs.edit.Merge(2, other=9)):
        with pytest.raises(DataError, match="Edit 1: unit 2 can't be merged"):
            _ = rs.edit.Editing(start, start).then(wrong).recording


def test_made_units_are_undone_kept_and_edited_further(tmp_path):
    start = without_emg()
    marked = (0.55, 0.66, 0.78, 0.9)
    edits = (
        rs.edit.NewUnit(4, times_s=marked),
        rs.edit.AddDischarges(4, times_s=(1.0,)),
        rs.edit.Split(4, times_s=(0.66,)),
        rs.edit.RemoveDischarges(1, times_s=times_of(start.units[0][:2])),
    )
    edited = rs.edit.Editing(start, start).then(*edits)
    np.testing.assert_array_equal(edited.recording.units[3], (0.55, 0.78, 0.9, 1.0))
    np.testing.assert_array_equal(edited.recording.units[4], (0.66,))
    path = edited.recording.save(tmp_path / "edited.h5")
    again = rs.read(path if path is not None else tmp_path / "edited.h5")
    resumed = rs.edit.Editing.resumed(again)
    assert resumed.edits == edits
    same(resumed.decomposed.units, start.units)
    same(resumed.recording.units, edited.recording.units)
    same(resumed.undone(4).recording.units, start.units)
    assert resumed.undone().count == 5
    assert rs.edit.Editing(start, start, edits[:1]).count == 4
    for wrong, why in (
        (rs.edit.NewUnit(6, times_s=marked), "Edit 1 is of unit 6"),
        (rs.edit.NewUnit(2, times_s=marked), "would be unit 4, not 2"),
        (rs.edit.NewUnit(4, times_s=(1.0, 99.0)), "outside the recording"),
        (rs.edit.Split(1, times_s=(0.0123,)), "no discharge at"),
        (rs.edit.Lock(4), "Edit 1 is of unit 4"),
    ):
        with pytest.raises(DataError, match=why):
            _ = rs.edit.Editing(start, start).then(wrong).recording


def test_a_locked_unit_refuses_edits():
    start = without_emg()
    locked = rs.edit.Editing(start, start).then(rs.edit.Lock(1))
    assert locked.is_locked(1)
    assert not locked.is_locked(2)
    for edit in (rs.edit.SetAside(1), rs.edit.Merge(2, other=1), rs.edit.Merge(1, other=2)):
        with pytest.raises(DataError, match="unit 1 is locked; unlock it first"):
            _ = locked.then(edit).recording
    opened = locked.then(rs.edit.Unlock(1), rs.edit.SetAside(1)).recording
    assert opened.units.flags[0] == "set aside by hand"


def test_an_artifact_takes_discharges_away_and_lets_none_in():
    start = without_emg()
    marked = rs.edit.Editing(start, start).then(rs.edit.MarkArtifact(1, start_s=2.0, end_s=3.0))
    times = marked.recording.units[0]
    before = start.units[0]
    np.testing.assert_array_equal(times, before[(before < 2.0) | (before > 3.0)])
    np.testing.assert_array_equal(marked.recording.units[1], start.units[1])
    with pytest.raises(DataError, match="marked as artifact"):
        _ = marked.then(rs.edit.AddDischarges(1, times_s=(2.5,))).recording


def test_outliers_and_duplicates_are_proposed_as_edits():
    rng = np.random.default_rng(2)
    trains = [np.cumsum(rng.uniform(0.09, 0.11, 60)) for _ in range(2)]
    start = rs.Recording(rs.MotorUnits(tuple(trains), (0.0, 8.0)))
    extra = start.units[0][[10, 30]] + 0.012
    with_extra = np.sort(np.r_[start.units[0], extra])
    units = rs.MotorUnits((with_extra, start.units[1], start.units[1] + 0.0005), (0.0, 9.0))
    now = rs.edit.Editing(
        dataclasses.replace(start, units=units), dataclasses.replace(start, units=units)
    )
    proposed = now.to_remove_outliers(1)
    assert proposed.times_s == pytest.approx(times_of(extra))
    assert now.then(proposed).to_remove_outliers(1) is None
    assert now.to_remove_outliers(2) is None
    (aside,) = now.to_set_duplicates_aside()
    assert aside.unit in (2, 3)
    assert now.then(aside).to_set_duplicates_aside() == ()
    locked = now.then(rs.edit.Lock(aside.unit))
    assert [each.unit for each in locked.to_set_duplicates_aside()] == [5 - aside.unit]


def test_a_new_unit_of_marked_discharges_is_completed_by_its_filter():
    unit = 1 + next(i for i, flag in enumerate(found().units.flags) if not flag)
    times = found().units[unit - 1]
    made = len(found().units) + 1
    new = editing().then(rs.edit.NewUnit(made, times_s=times_of(times[::2])))
    assert len(new.recording.units) == made
    whole = new.then(rs.edit.Reestimate(made))
    assert rate(whole.recording.units[made - 1], times) > 0.95
    assert not whole.recording.units.flags[made - 1]
    assert whole.found_again(made) > 0.8
    sources = whole.recording.signals.get("sources")
    assert sources is None or sources.values.shape[1] == made
    back = rs.edit.unedited(whole.recording)
    same(back.units, found().units)
    assert "sources" not in back.signals or (
        back.signals["sources"].values.shape == found().signals["sources"].values.shape
    )


def test_discharges_at_random_are_not_confirmed():
    made = len(found().units) + 1
    start_s, end_s = found().units.window_s
    confirmed = 0
    for seed in range(15):
        rng = np.random.default_rng(seed)
        times = np.unique(rng.uniform(start_s, end_s, (30, 60, 100)[seed % 3]))
        marked = editing().then(rs.edit.NewUnit(made, times_s=times_of(times)))
        assert marked.found_again(made) < 0.1
        again = marked.then(rs.edit.Reestimate(made))
        flag = again.recording.units.flags[made - 1]
        doubted = "a filter of half of its discharges finds" in flag
        assert doubted == (again.found_again(made) < 0.5)
        if doubted:
            assert again.recording.units.quality["confidence"][made - 1] == 0.0
        else:
            # From marks that are wrong a filter may come upon a unit that is there, at another
            # part of its action potential.
            train = again.recording.units[made - 1]
            assert max(rate(train, true, 60) for true in raw().units.times_s) > 0.8
        confirmed += not flag
    assert confirmed == 0


def test_re_estimation_in_a_window_leaves_the_rest_as_it_is():
    unit = 1 + next(i for i, flag in enumerate(found().units.flags) if not flag)
    times = found().units[unit - 1]
    start_s, end_s = found().units.window_s
    window = start_s + 0.25 * (end_s - start_s), end_s
    inside = (times >= window[0]) & (times <= window[1])
    gone = times[inside][3:9]
    removed = editing().then(rs.edit.RemoveDischarges(unit, times_s=times_of(gone)))
    again = removed.then(rs.edit.Reestimate(unit, start_s=window[0], end_s=window[1])).recording
    after = again.units[unit - 1]
    np.testing.assert_array_equal(after[after < window[0]], times[times < window[0]])
    assert rate(after[after >= window[0]], times[inside]) > 0.9
    with pytest.raises(DataError, match="widen the window"):
        short = rs.edit.Reestimate(unit, start_s=start_s, end_s=start_s + 0.5)
        _ = editing().then(short).recording
