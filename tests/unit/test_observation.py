"""What decomposition would return of a simulated recording."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import renshaw as rs
from renshaw.experiment.observation import rate_of_agreement_pct, visibility

RAMP = rs.Ramp(rise_s=4.0, fall_s=4.0)
ERRORS = rs.experiment.ObservationSettings(errors=True)


@pytest.fixture(scope="module")
def recording():
    practiced = rs.experiment.TorqueTrackingSettings(practice=1)
    return rs.simulate(rs.Participant(n_units=40), RAMP, seed=1, tracking=practiced)


def somebody(recording, name):
    """Return the recording as if it were of a participant of that name."""
    return replace(recording, participant=name)


def firing(found):
    return [len(times) > 0 for times in found.units]


def test_part_of_the_units_is_seen_and_nothing_else_changes(recording):
    found = rs.observe(recording)
    assert 0 < len(found.units) < 40
    for label, times in zip(found.units.labels, found.units, strict=True):
        true = recording.units[int(label) - 1]
        if len(true) >= 10:
            np.testing.assert_allclose(times, true, atol=0.5 / 2048)
        else:
            assert len(times) == 0
    assert found.units.fs_hz == 2048
    assert found.units.window_s == recording.units.window_s
    assert found.torque.fingerprint() == recording.torque.fingerprint()


def test_the_truth_of_what_is_seen_is_carried_along(recording):
    found = rs.observe(recording)
    kept = [int(label) - 1 for label in found.units.labels]
    np.testing.assert_array_equal(
        found.truth.signals["pic_current"].values,
        recording.truth.signals["pic_current"].values[:, kept],
    )
    drives = (r.truth.signals["drive"].fingerprint() for r in (found, recording))
    assert len(set(drives)) == 1


def test_numbers_of_units_are_those_of_participants(recording):
    # Orssatto et al. 2021, open data: medians 18 to 20 of the tibialis anterior and 6.5 to 8 of the
    # soleus; from 1 to 33 and from 1 to 26. Here with the usual share of a pool that fires.
    fired = replace(
        recording,
        units=rs.MotorUnits(
            tuple(np.arange(30) / 10 if i < 22 else np.empty(0) for i in range(40)), (0.0, 10.0)
        ),
    )
    for units, low, high, most in ((19.0, 16, 20.5, 22), (7.25, 6, 9, 22)):
        settings = rs.experiment.ObservationSettings(units=units)
        counts = [sum(firing(rs.observe(somebody(fired, f"P{k}"), settings))) for k in range(200)]
        assert low <= np.median(counts) <= high
        assert 0 < min(counts) < 0.5 * units
        assert max(counts) <= most


def test_large_units_are_seen_better():
    odds = visibility(40, 0.55, 0.4, size_advantage=2.0)
    assert np.all(np.diff(odds) > 0)
    assert odds[:22].mean() == pytest.approx(0.4, abs=1e-6)
    assert np.log(odds / (1 - odds))[[0, -1]] @ [-1, 1] == pytest.approx(2.0)
    np.testing.assert_allclose(visibility(40, 0.55, 0.4, size_advantage=0.0), 0.4)


def test_the_same_units_are_seen_in_all_trials_of_a_person(recording):
    person = rs.Participant(n_units=40)
    calm = rs.simulate(
        person.treated(monoamines=0.97),
        RAMP,
        seed=2,
        tracking=rs.experiment.TorqueTrackingSettings(practice=1),
    )
    assert rs.observe(calm).units.labels == rs.observe(recording).units.labels
    others = {rs.observe(somebody(recording, f"P{k}")).units.labels for k in range(5)}
    assert len(others) == 5
    assert rs.observe(recording, seed=1).units.labels != rs.observe(recording, seed=2).units.labels


def test_silent_units_lose_their_place_when_nothing_is_tracked(recording):
    tracked = rs.observe(recording)
    found = rs.observe(recording, rs.experiment.ObservationSettings(tracked=False))
    assert all(firing(found))
    assert len(found.units) == sum(firing(tracked)) < len(tracked.units)


def test_errors_are_as_rare_as_asked_for(recording):
    settings = ERRORS.replace(units=40.0, units_sd=0.0, merged_pct=0.0, split_pct=0.0)
    agreement = []
    for k in range(10):
        found = rs.observe(replace(recording, name=f"trial {k}"), settings)
        # In a handful of discharges a single error is many percent.
        many = np.array([len(times) >= 40 for times in found.units])
        agreement.extend(found.units.quality["rate_of_agreement_pct"][many])
    # Missed 1.5 and false 0.5 of a hundred.
    assert np.mean(agreement) == pytest.approx(98.0, abs=0.7)
    assert np.percentile(agreement, 5) > 92
    sound = rs.observe(recording, settings.replace(errors=False))
    np.testing.assert_array_equal(
        sound.units.quality["rate_of_agreement_pct"][firing(sound)], 100.0
    )


@pytest.mark.parametrize("kind", ["merged_pct", "split_pct"])
def test_units_are_merged_and_split(recording, kind):
    plain = ERRORS.replace(missed_pct=0.0, false_pct=0.0, merged_pct=0.0, split_pct=0.0)
    sound = rs.observe(recording, plain)
    found = rs.observe(recording, plain.replace(**{kind: 100.0}))
    if kind == "merged_pct":
        assert len(found.units) == len(sound.units)
        for before, after, label in zip(sound.units, found.units, found.units.labels, strict=True):
            assert ("+" in label) == (len(before) > 0)
            assert len(after) > len(before) or not len(before)
    else:
        # The second halves stand behind all others, whose places don't change.
        n = len(sound.units)
        assert len(found.units) == n + sum(firing(sound))
        halves = dict(zip(found.units.labels, found.units, strict=True))
        for label, whole in zip(sound.units.labels, sound.units, strict=True):
            if len(whole):
                both = np.concatenate([halves[label], halves[f"{label}b"]])
                np.testing.assert_array_equal(both, whole)
        assert found.truth.signals["pic_current"].values.shape[1] == len(found.units)


def test_what_is_seen_is_the_same_each_time_and_its_history_runs(recording):
    found = rs.observe(recording, ERRORS, seed=3)
    assert rs.observe(recording, ERRORS, seed=3).fingerprint() == found.fingerprint()
    scope = {"rs": rs, "recording": recording}
    exec(found.history.steps[-1].code, scope)
    assert scope["recording"].fingerprint() == found.fingerprint()
    assert found.history.steps[:-1] == recording.history.steps


def test_errors_of_one_trial_are_not_those_of_another(recording):
    found = [rs.observe(replace(recording, name=name), ERRORS) for name in ("one", "two")]
    assert found[0].units.labels[:3] == found[1].units.labels[:3]
    assert found[0].fingerprint() != found[1].fingerprint()


def test_delta_f_of_what_is_seen_is_about_that_of_all(recording):
    settings = ERRORS.replace(units=40.0, units_sd=0.0, merged_pct=0.0, split_pct=0.0)
    whole, seen = (
        rs.estimate(r).values("peak_rate") for r in (recording, rs.observe(recording, settings))
    )
    assert seen.mean() == pytest.approx(whole.mean(), rel=0.1)


def test_agreement_counts_discharges_of_either():
    true = np.array([0.1, 0.2, 0.3, 0.4])
    assert rate_of_agreement_pct(true, true) == 100.0
    assert rate_of_agreement_pct(true[:3] + 0.0004, true) == pytest.approx(75.0)
    assert rate_of_agreement_pct(true + 0.001, true) == 0.0
    assert rate_of_agreement_pct(np.empty(0), true) == 0.0
    assert np.isnan(rate_of_agreement_pct(np.empty(0), np.empty(0)))


def test_what_was_seen_already_or_never_simulated_is_refused(recording):
    with pytest.raises(rs.DataError, match="has been observed already"):
        rs.observe(rs.observe(recording))
    with pytest.raises(rs.DataError, match="is a real recording"):
        rs.observe(replace(recording, truth=None))
    with pytest.raises(rs.SettingsError):
        rs.experiment.ObservationSettings(missed_pct=-1)


def test_an_empty_pool_and_one_unit_are_seen(recording):
    one = replace(recording, units=rs.MotorUnits((np.arange(20) / 10,), (0.0, 9.0)))
    assert firing(rs.observe(one, rs.experiment.ObservationSettings(units=0.01, units_sd=0.0))) == [
        True
    ]
    none = replace(recording, units=rs.MotorUnits((), (0.0, 9.0)))
    assert len(rs.observe(none).units) == 0
