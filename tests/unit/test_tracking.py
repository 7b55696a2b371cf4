"""People make torque follow a target, and what it takes is found, not assumed."""

from __future__ import annotations

import numpy as np
import pytest

import renshaw as rs

PERSON = rs.Participant(n_units=40)
QUICK = rs.Ramp(rise_s=1.5, fall_s=1.5, rest_s=0.5)


def error_pct_mvc(recording, protocol):
    """Return the error of the torque at each of its samples, which are the ends of steps."""
    torque = recording.torque
    times_s = (np.arange(len(torque)) + 1) / torque.fs_hz
    return torque.values - protocol.effort_pct_mvc(times_s)


def rms(values):
    return float(np.sqrt(np.mean(values**2)))


@pytest.mark.parametrize("muscle", ["TA", "SOL", "GM"])
def test_torque_follows_a_ramp_after_practice(muscle):
    person, ramp = PERSON.replace(muscle=muscle), rs.Ramp()
    error = error_pct_mvc(rs.simulate(person, ramp, seed=5), ramp)
    assert rms(error) < 1.5
    assert abs(error.mean()) < 1.0


def test_practice_makes_better():
    error = [
        rms(
            error_pct_mvc(
                rs.simulate(
                    PERSON,
                    QUICK,
                    seed=5,
                    tracking=rs.experiment.TorqueTrackingSettings(practice=trials),
                ),
                QUICK,
            )
        )
        for trials in (0, 6)
    ]
    assert error[1] < error[0]


def test_torque_follows_a_trapezoid():
    trapezoid = rs.Trapezoid(hold_s=8.0)
    recording = rs.simulate(PERSON, trapezoid, seed=5)
    error = error_pct_mvc(recording, trapezoid)
    assert rms(error) < 2.5
    fs_hz = recording.torque.fs_hz
    plateau = error[int(8.0 * fs_hz) : int(14.0 * fs_hz)]
    assert abs(plateau.mean()) < 1.0
    assert plateau.std() < 2.5


def test_a_target_out_of_reach_is_missed_with_all_the_drive_there_is():
    weak = PERSON.treated(largest_drive=0.12)
    trapezoid = rs.Trapezoid(peak_pct_mvc=80.0, rise_s=2.0, hold_s=6.0, fall_s=2.0, rest_s=3.0)
    practiced = rs.experiment.TorqueTrackingSettings(
        practice=6, gain=0.1, gain_per_s=0.2, learning_gain=0.2
    )
    recording = rs.simulate(weak, trapezoid, seed=5, tracking=practiced)
    effort = recording.truth.signals["effort"].values
    assert effort.max() == pytest.approx(100.0, abs=0.1)
    assert recording.torque.values.max() < 70.0
    # When the target comes down again, so does the person: nothing was wound up.
    last = recording.torque.values[-int(0.5 * recording.torque.fs_hz) :]
    assert last.mean() < 10.0


def test_a_trial_is_the_same_whether_practice_was_done_before():
    learned = rs.experiment.rehearse(PERSON, QUICK)
    for seed in (1, 2):
        alone = rs.simulate(PERSON, QUICK, seed=seed)
        assert rs.simulate(PERSON, QUICK, seed=seed, learned=learned).fingerprint() == (
            alone.fingerprint()
        )


def test_practice_is_independent_of_the_trial_and_of_the_name():
    named = PERSON.replace(name="somebody else")
    np.testing.assert_array_equal(
        rs.experiment.rehearse(PERSON, QUICK), rs.experiment.rehearse(named, QUICK)
    )
    calmer = rs.experiment.rehearse(PERSON.treated(monoamines=0.9), QUICK)
    assert calmer.sum() > rs.experiment.rehearse(PERSON, QUICK).sum()


def test_torque_is_in_percent_of_a_simulated_maximal_contraction():
    force = rs.experiment.mvc_force(PERSON)
    # All units at the rates of a maximal effort, some of them partly fused: well below what the
    # fastest firing would give, well above single twitches.
    assert PERSON.pool.twitch.sum() < force < 10 * PERSON.pool.twitch.sum()
    assert rs.experiment.mvc_force(PERSON.replace(name="somebody else")) == force
    assert rs.experiment.mvc_force(PERSON.replace(largest_drive=10.0)) < force
    assert rs.experiment.mvc_force(PERSON.replace(trained_weeks=12.0)) > 1.1 * force
    assert rs.experiment.mvc_force(PERSON.replace(age_years=82.0)) < 0.9 * force


def test_the_mvc_is_that_before_the_treatment():
    # Without neuromodulation the same drive gives less torque, in % of the same MVC.
    imposed = QUICK.replace(follows="drive", drive_per_pct_mvc=0.5)
    usual = rs.simulate(PERSON, imposed, seed=1)
    without = rs.simulate(PERSON.treated(receptors_driven=0.0), imposed, seed=1)
    assert without.torque.values.max() < usual.torque.values.max()
    assert rs.experiment.mvc_force(PERSON.treated(receptors_driven=0.0)) < rs.experiment.mvc_force(
        PERSON
    )


@pytest.mark.parametrize("change", [{"practice": -1}, {"gain": -0.1}, {"reaction_s": 3.0}])
def test_impossible_ways_to_track_are_refused(change):
    with pytest.raises(rs.SettingsError):
        rs.experiment.TorqueTrackingSettings(**change)


def test_other_engines_get_the_drive_that_was_found():
    reference = rs.engine.EngineSettings(engine="reference")
    person = rs.Participant(n_units=4)
    cpu, ref = (rs.simulate(person, QUICK, seed=1, engine=e) for e in (None, reference))
    np.testing.assert_array_equal(
        cpu.truth.signals["drive"].values, ref.truth.signals["drive"].values
    )
    counts = [sum(len(train) for train in each.units) for each in (cpu, ref)]
    assert counts[0] == pytest.approx(counts[1], rel=0.05)
    assert rms(cpu.torque.values - ref.torque.values) < 1.0
