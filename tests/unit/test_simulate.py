import numpy as np
import pytest

import renshaw as rs
from renshaw.engine.run import Inputs, run
from renshaw.model.muscles import muscle_pool

SHORT = rs.Ramp(rise_s=1.5, fall_s=1.5, rest_s=0.5)
PERSON = rs.Participant(n_units=6)

CALMING = {"monoamines": 0.95, "inhibition_added": 0.5}


class Blocked(rs.Intervention):
    """Makes the PIC harder to start."""

    def edit(self, participant, protocol):
        return participant.treated(pic_shift_mV=5.0), protocol


@pytest.fixture(scope="module")
def recording():
    return rs.simulate(PERSON, SHORT, seed=3)


def test_a_simulation_is_a_recording_whose_truth_is_known(recording):
    assert recording.simulated
    assert len(recording.units) == 6
    assert recording.units.window_s == (0.0, pytest.approx(4.0))
    assert recording.torque.unit == "% MVC"
    truth = recording.truth.signals
    assert set(truth) == {
        "drive",
        "effort",
        "excitation",
        "inhibition",
        "neuromodulation",
        "pic_current",
    }
    assert truth["pic_current"].values.shape == (len(truth["drive"]), 6)
    # Effort is drive in % of the largest drive; without reflexes all excitation is drive.
    effort = 100 * truth["drive"].values / PERSON.largest_drive
    np.testing.assert_allclose(truth["effort"].values, effort, rtol=1e-5)
    np.testing.assert_allclose(truth["excitation"].values, truth["drive"].values, rtol=1e-5)


def test_a_drive_that_is_imposed_arrives_as_it_is():
    imposed = SHORT.replace(follows="drive", drive_per_pct_mvc=0.18)
    drive = rs.simulate(rs.Participant(n_units=2), imposed).truth.signals["drive"]
    assert drive.values.max() == pytest.approx(0.18 * 20, rel=0.02)
    assert not drive.values[:40].any()


def test_inward_current_grows_with_the_contraction():
    # A person who tracks torque begins before it rises; a drive that is imposed does not.
    imposed = SHORT.replace(follows="drive")
    pic = rs.simulate(rs.Participant(n_units=6), imposed, seed=3).truth.signals["pic_current"]
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
    # Volleys of no strength make no difference at all.
    person = rs.Participant(n_units=3)
    control = rs.simulate(person, SHORT, seed=1)
    weak = rs.simulate(
        person,
        rs.protocols.Stimulated(protocol=SHORT, trains=(rs.protocols.PulseTrain(strength=0.0),)),
        seed=1,
    )
    for mine, theirs in zip(control.units, weak.units, strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_interventions_calm_a_cord_whose_drive_is_imposed():
    person = rs.Participant(n_units=6, neuromodulation=1.0)
    imposed = SHORT.replace(follows="drive")
    loud = rs.simulate(person, imposed, seed=2)
    calm = rs.simulate(person.treated(**CALMING), imposed, seed=2)
    count = [sum(len(t) for t in each.units) for each in (loud, calm)]
    assert count[1] < count[0]
    assert calm.torque.values.max() < loud.torque.values.max()


def test_a_recording_is_called_by_what_was_given():
    named = rs.simulate(rs.Participant(n_units=2), SHORT, [rs.ReciprocalInhibition(), "relaxation"])
    assert named.name == "participant ReciprocalInhibition + Relaxation"


def test_a_calmed_person_needs_more_drive_for_the_same_torque():
    person = rs.Participant(n_units=20)
    protocol = rs.Ramp(rise_s=5.0, fall_s=5.0)
    practiced = rs.experiment.TorqueTrackingSettings(practice=8)
    loud, calm = (
        rs.simulate(p, protocol, seed=2, tracking=practiced)
        for p in (person, person.treated(**CALMING))
    )
    drive = [each.truth.signals["drive"].values.mean() for each in (loud, calm)]
    assert drive[1] > 1.1 * drive[0]
    torque = [each.torque.values.mean() for each in (loud, calm)]
    assert torque[1] == pytest.approx(torque[0], rel=0.08)


def test_interventions_may_be_named():
    named = rs.simulate(rs.Participant(n_units=2), SHORT, ["relaxation"])
    made = rs.simulate(rs.Participant(n_units=2), SHORT, [rs.Relaxation()])
    assert named.fingerprint() == made.fingerprint()
    with pytest.raises(rs.SettingsError, match="Did you mean 'relaxation'"):
        rs.simulate(rs.Participant(), SHORT, ["relaxtion"])


def test_a_pool_stands_for_a_default_participant():
    pool = rs.model.muscle_pool("TA", 4)
    assert (
        rs.simulate(pool, SHORT, seed=1).fingerprint()
        == rs.simulate(rs.Participant(n_units=4), SHORT, seed=1).fingerprint()
    )
    # What an intervention does to the motoneurons reaches a bare pool as well.
    later = rs.simulate(pool, SHORT, [Blocked()], seed=1)
    same = rs.simulate(rs.Participant(n_units=4), SHORT, [Blocked()], seed=1)
    assert later.fingerprint() == same.fingerprint()
    assert later.fingerprint() != rs.simulate(pool, SHORT, seed=1).fingerprint()
    with pytest.raises(rs.SettingsError, match="needs a Participant or a Pool, not 'TA'"):
        rs.simulate("TA", SHORT)


def test_the_history_of_a_changed_pool_does_not_pretend_to_make_it():
    published, changed = (
        rs.model.muscle_pool("TA", 2),
        rs.model.muscle_pool("TA", 2).scaled(g_h_S_per_cm2=2.0),
    )
    programs = [rs.simulate(pool, SHORT).history.as_python() for pool in (published, changed)]
    assert "rs.simulate(rs.model.muscle_pool('TA', 2, edition=" in programs[0]
    assert "rs.simulate(pool, " in programs[1]
    assert f"your own, fingerprint {changed.fingerprint()}" in programs[1]


def test_no_drive_no_spikes():
    nothing = SHORT.replace(peak_pct_mvc=1e-9, follows="drive")
    silent = rs.simulate(rs.Participant(n_units=4), nothing)
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
        rs.model.muscle_pool("TB")
    with pytest.raises(rs.SettingsError, match="1 to 1000"):
        rs.model.muscle_pool("TA", 0)
