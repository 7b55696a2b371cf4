"""A muscle that moves below the electrodes: filters that follow, a measure of drift, a flag."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import pytest
from decompose_samples import QUICK, SECONDS, SETTINGS, found, raw, trains

import renshaw as rs
from renshaw.data.agreement import agreement
from renshaw.decomposition.drift import drift_of
from renshaw.decomposition.extension import Extended
from renshaw.decomposition.following import Seen, _fading, _Looks, followed
from renshaw.decomposition.preparation import rules_of
from renshaw.decomposition.pulses import NOTHING, Pulses
from renshaw.electrodes.muscle import muscle_units

FS = 2048.0


def moving(**movement):
    bare = rs.Recording(rs.MotorUnits(tuple(trains(0)), (0.0, SECONDS)), name="small")
    return rs.synthesize_emg(bare, SETTINGS.replace(**movement), seed=5)


@functools.cache
def drifting(follow=True):
    return rs.decompose(moving(shift_x_mm=6.0, skin_mm=5.0), QUICK.replace(follow=follow))


def matches(recording):
    """Return of each unit without a flag how well it agrees with the true one it is most like."""
    truth = [np.rint(t * FS).astype(int) for t in trains(0)]
    return [
        max(agreement(true, np.rint(t * FS).astype(int), 2, 60).rate for true in truth)
        for t, flag in zip(recording.units, recording.units.flags, strict=True)
        if not flag
    ]


def test_what_drift_cuts_is_followed_or_flagged():
    # One filter for all calls a unit good that it loses for seconds.
    assert min(matches(drifting(follow=False))) < 0.7
    assert min(matches(drifting())) > 0.9
    assert max(matches(drifting())) == pytest.approx(1.0)
    (flag,) = [flag for flag in drifting().units.flags if flag]
    assert "recruitment may be the electrodes'" in flag
    assert any("filters follow them" in note for note in drifting().notes)


def test_a_flag_of_drift_reaches_the_estimates():
    units = drifting().units
    unit = next(i for i, flag in enumerate(units.flags) if "electrodes'" in flag)
    assert units.quality["confidence"][unit] == 0
    estimates = rs.estimate(drifting()).to_table()
    own = estimates[(estimates.unit == unit + 1) & (estimates.quantity == "delta_f")]
    assert len(own) and not own.ok.any()
    assert any("electrodes'" in reason for reason in own.reason)


def test_nothing_changes_where_nothing_moves():
    still = rs.decompose(raw(), QUICK.replace(follow=False))
    assert still.units.flags == found().units.flags
    for one, other in zip(still.units, found().units, strict=True):
        np.testing.assert_array_equal(one, other)
    assert not any("follow" in note for note in found().notes)


def looks(copies=3):
    rng = np.random.default_rng(1)
    emg = np.ascontiguousarray(rng.standard_normal((9000, 4)), dtype=np.float32)
    train = np.arange(300, 8700, 200)
    for lag, shape in enumerate(rng.standard_normal((3, 4))):
        emg[train + lag] += 2 * shape.astype(np.float32)
    return _Looks(Extended(emg, copies, 1.0), rules_of(rs.DecomposeSettings(), FS)), train


def test_a_discharge_is_as_high_as_the_filter_of_all_others_makes_it():
    look, train = looks()
    whole = np.array([[[0, len(train)]]])
    _, (heights,) = look._seen_by([train], whole, len(look._extended.windows))
    windows, inverse = look._extended.windows.astype(float), look._extended.inverse.astype(float)
    apart = windows[train] @ inverse @ windows[train].T
    count = len(train)
    others = [(apart[i].sum() - apart[i, i]) / (count - 1) for i in range(count)]
    # They are told as parts of their mean.
    np.testing.assert_allclose(heights, others / np.mean(others), rtol=1e-3)
    # A filter that knows the discharge would flatter it.
    assert np.mean(apart.mean(axis=0)) > np.mean(others)


def test_one_filter_is_kept_where_it_fits():
    look, train = looks()
    (seen,) = followed(look._extended, [Pulses(train, 0.95, 25.0)], look._rules)
    assert seen.source is None and seen.faults == ()
    assert followed(look._extended, [], look._rules) == []


def test_pulses_that_fade_where_more_are_seen_are_flagged():
    rules = rules_of(rs.DecomposeSettings(), FS)
    train = np.arange(40) * 200 + 4000
    more = np.concatenate([train, train[-1] + 200 * np.arange(1, 11)])
    steady, fading = np.ones(40), np.ones(40)
    fading[-10:] = np.linspace(0.95, 0.75, 10)

    def told(heights, beyond):
        seen = Seen(Pulses(train, 0.9, 20.0), None, 0.7, heights)
        return _fading(seen, dataclasses.replace(seen, pulses=Pulses(beyond, 0.9, 20.0)), rules)

    (fault,) = told(fading, more)
    assert "1.0 s more" in fault and fault.endswith("derecruitment may be the electrodes'")
    assert told(steady, more) == told(fading, train) == ()
    # What has faded away is doubted even where nothing more is seen.
    (fault,) = told(fading[::-1] - 0.2 * (np.arange(40) < 10), train)
    assert "first discharges: recruitment" in fault
    assert _fading(Seen(NOTHING), Seen(NOTHING), rules) == ()


def test_drift_tells_how_far_an_action_potential_moved():
    own = SETTINGS.replace(rows=13, columns=5)
    for shift_mm in (0.0, 5.0):
        emg, train, grid = moved_emg(own, shift_mm)
        drift = drift_of(emg, train, grid, FS)
        assert drift.shift_mm == pytest.approx(shift_mm, abs=1.0)
        assert (drift.alike > 0.99) == (shift_mm == 0)
    assert np.isnan(drift_of(emg, train[:20], grid, FS).alike)
    noise = np.random.default_rng(3).standard_normal(emg.shape)
    assert np.isnan(drift_of(noise, train, grid, FS).alike)


def moved_emg(settings, shift_mm):
    """Return EMG of one unit that jumps halfway, its discharges, and the grid."""
    bare = rs.Recording(rs.MotorUnits((np.arange(0.2, 9.8, 0.1),), (0.0, 10.0)))
    made = rs.synthesize_emg(bare, settings, seed=2)
    emg = 2 * np.random.default_rng(0).standard_normal(made.signals["emg"].values.shape)
    train = np.rint(bare.units[0] * FS).astype(int)
    stages = [
        muscle_units(1, settings.replace(shift_y_mm=shift_mm), 2, moved=part) for part in (0, 1)
    ]
    for number, at in enumerate(train):
        potential = stages[number >= len(train) // 2].potentials[0]
        emg[at - stages[0].first :][: len(potential)] += potential[: len(emg) - at]
    return emg.astype(np.float32), train, made.grids[0]
