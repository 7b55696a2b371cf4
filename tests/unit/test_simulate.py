import numpy as np
import pytest

import renshaw as rs
from renshaw.engine.run import Inputs, run
from renshaw.model.muscles import muscle_pool

SHORT = rs.Ramp(rise_s=1.5, fall_s=1.5, rest_s=0.2)


@pytest.fixture(scope="module")
def recording():
    return rs.simulate(rs.Participant(n_units=6), SHORT, seed=3)


def test_a_simulation_is_a_recording_whose_truth_is_known(recording):
    assert recording.simulated
    assert len(recording.units) == 6
    assert recording.units.window_s == (0.0, pytest.approx(3.4))
    assert recording.torque.unit == "% MVC"
    truth = recording.truth.signals
    assert set(truth) == {"drive", "inhibition", "neuromodulation", "pic_current"}
    assert truth["pic_current"].values.shape == (len(truth["drive"]), 6)
    assert truth["drive"].values.max() == pytest.approx(0.18 * 20, rel=0.01)


def test_inward_current_grows_with_the_contraction(recording):
    pic = recording.truth.signals["pic_current"]
    first_unit = pic.values[:, 0]
    assert first_unit[: len(first_unit) // 20].max() < 0.5
    assert first_unit.max() > 2.0


def test_the_same_seed_gives_the_same_recording_and_another_seed_does_not(recording):
    again = rs.simulate(rs.Participant(n_units=6), SHORT, seed=3)
    other = rs.simulate(rs.Participant(n_units=6), SHORT, seed=4)
    assert again.fingerprint() == recording.fingerprint()
    assert other.fingerprint() != recording.fingerprint()


def test_its_history_runs_and_gives_the_same_recording(recording):
    scope = {}
    exec(recording.history.as_python(), scope)
    assert scope["recording"].fingerprint() == recording.fingerprint()


def test_conditions_share_their_noise():
    # Before the first volley arrives nothing differs but the condition.
    late = rs.Ramp(rise_s=1.5, fall_s=1.5, rest_s=0.2)
    person = rs.Participant(n_units=3)
    control = rs.simulate(person, late, seed=1)
    weak = rs.simulate(person, late, [rs.ReciprocalInhibition(strength=0.0)], seed=1)
    for mine, theirs in zip(control.units, weak.units, strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_interventions_calm():
    person = rs.Participant(n_units=6, neuromodulation=1.0)
    loud = rs.simulate(person, SHORT, seed=2)
    calm = rs.simulate(
        person,
        SHORT,
        [rs.ReciprocalInhibition(strength=10), rs.Relaxation(neuromodulation_scale=0.9)],
        seed=2,
    )
    count = [sum(len(t) for t in each.units) for each in (loud, calm)]
    assert count[1] < count[0]
    assert calm.torque.values.max() < loud.torque.values.max()
    assert calm.name == "participant ReciprocalInhibition + Relaxation"


def test_interventions_may_be_named():
    named = rs.simulate(rs.Participant(n_units=1), SHORT, ["relaxation"])
    made = rs.simulate(rs.Participant(n_units=1), SHORT, [rs.Relaxation()])
    assert named.fingerprint() == made.fingerprint()
    with pytest.raises(rs.SettingsError, match="Did you mean 'relaxation'"):
        rs.simulate(rs.Participant(), SHORT, ["relaxtion"])


def test_a_pool_stands_for_a_default_participant():
    pool = rs.muscle_pool("TA", 4)
    assert (
        rs.simulate(pool, SHORT, seed=1).fingerprint()
        == rs.simulate(rs.Participant(n_units=4), SHORT, seed=1).fingerprint()
    )
    # What an intervention does to the motoneurons reaches a bare pool as well.
    later = rs.simulate(pool, SHORT, [rs.Relaxation(pic_shift_mV=5)], seed=1)
    same = rs.simulate(rs.Participant(n_units=4), SHORT, [rs.Relaxation(pic_shift_mV=5)], seed=1)
    assert later.fingerprint() == same.fingerprint()
    with pytest.raises(rs.SettingsError, match="needs a Participant or a Pool, not a str"):
        rs.simulate("TA", SHORT)


def test_the_history_of_a_changed_pool_does_not_pretend_to_make_it():
    published, changed = rs.muscle_pool("TA", 2), rs.muscle_pool("TA", 2).scaled(g_h_S_per_cm2=2.0)
    programs = [rs.simulate(pool, SHORT).history.as_python() for pool in (published, changed)]
    assert "rs.simulate(rs.muscle_pool('TA', 2)" in programs[0]
    assert "rs.simulate(pool, " in programs[1]
    assert f"your own, fingerprint {changed.fingerprint()}" in programs[1]


def test_no_drive_no_spikes():
    silent = rs.simulate(rs.Participant(n_units=4), SHORT.replace(peak_pct_mvc=1e-9))
    assert not any(len(t) for t in silent.units)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"excitation": np.array([1.0, np.nan])}, "excitation holds a value that is not"),
        ({"inhibition": np.array([-1.0, 0.0])}, "inhibition falls to -1"),
        ({"neuromodulation": np.ones(3)}, "as long as the excitation"),
        ({"excitation": np.array([])}, "not empty"),
    ],
)
def test_impossible_inputs_are_refused(change, words):
    values = {name: np.zeros(2) for name in ("excitation", "inhibition", "neuromodulation")}
    with pytest.raises(rs.SimulationError, match=words):
        run(muscle_pool("TA", 2), Inputs(**(values | change)))


def test_unknown_muscles_and_sizes_are_refused():
    with pytest.raises(rs.SettingsError, match="no muscle 'TB'"):
        rs.muscle_pool("TB")
    with pytest.raises(rs.SettingsError, match="1 to 1000"):
        rs.muscle_pool("TA", 0)
