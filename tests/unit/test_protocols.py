import numpy as np
import pytest

import renshaw as rs
from renshaw.protocols import Arrivals, stimulated

PERSON = rs.Participant(n_units=3)


def test_a_ramp_rises_to_its_peak_and_falls():
    ramp = rs.Ramp()
    assert ramp.duration_s == 22.0
    effort = ramp.effort_pct_mvc(np.array([0.0, 1.0, 6.0, 11.0, 16.0, 21.0, 22.0]))
    np.testing.assert_allclose(effort, [0, 0, 10, 20, 10, 0, 0])
    assert ramp.events() == (rs.Event(1.0, 20.0, "ramp"),)


@pytest.mark.parametrize("change", [{"peak_pct_mvc": 0}, {"peak_pct_mvc": 101}, {"rise_s": -1}])
def test_impossible_ramps_are_refused(change):
    with pytest.raises(rs.SettingsError):
        rs.Ramp(**change)


@pytest.mark.parametrize("frequency_hz", [1.0, 10.0, 33.0, 50.0])
def test_a_pulse_train_is_on_for_its_share_of_the_time(frequency_hz):
    train = rs.protocols.PulseTrain(frequency_hz=frequency_hz, pulse_ms=10.0, strength=2.0)
    level = train.at(np.arange(0.0, 20.0, 0.0002))
    assert set(np.unique(level)) == {0.0, 2.0}
    assert level.mean() == pytest.approx(2.0 * frequency_hz * 0.010, rel=0.01)


def test_stimulation_adds_to_what_is_already_there():
    weak, strong = rs.protocols.PulseTrain(strength=2.0), rs.protocols.PulseTrain(strength=3.0)
    once = stimulated(rs.Ramp(), weak)
    twice = stimulated(once, strong)
    times = np.linspace(0, 1, 100)
    of_one, of_both = (p.arrivals(times, PERSON.cord, PERSON.pool) for p in (once, twice))
    assert of_one.inhibition.any()
    np.testing.assert_allclose(of_both.inhibition, 2.5 * of_one.inhibition)
    np.testing.assert_allclose(twice.effort_pct_mvc(times), rs.Ramp().effort_pct_mvc(times))
    assert len(twice.events()) == 3
    # The same protocol, to the last digit, whichever came first.
    assert twice == stimulated(stimulated(rs.Ramp(), strong), weak)


def test_reciprocal_inhibition_is_as_strong_as_the_cord_makes_it():
    times = np.linspace(0, 1, 100)
    protocol = stimulated(rs.Ramp(), rs.protocols.PulseTrain(strength=2.0))
    usual, lost = (
        protocol.arrivals(times, person.cord, person.pool).inhibition
        for person in (PERSON, PERSON.treated(reciprocal=0.5))
    )
    np.testing.assert_allclose(lost, 0.5 * usual)


def test_what_arrives_adds_up():
    one = Arrivals(*np.full((3, 4), 1.0), np.array([0.0, 1.0]), np.full(4, 5.0))
    both = one + Arrivals.none(4, 2) + one
    np.testing.assert_allclose(both.excitation, 2.0)
    np.testing.assert_allclose(both.inhibition, 2.0)
    np.testing.assert_allclose(both.stimulus_nA, 2.0)
    np.testing.assert_allclose(both.antagonist_pct_mvc, 10.0)
    # An axon is either excited by a stimulus or not.
    np.testing.assert_array_equal(both.stimulated, [0.0, 1.0])


def test_a_trapezoid_is_held_and_repeats_follow_each_other():
    times = np.array([1.0, 6.0, 16.0, 26.0, 31.0, 32.0, 37.0])
    np.testing.assert_allclose(
        rs.Trapezoid(repeats=2).effort_pct_mvc(times), [0, 30, 30, 30, 0, 0, 30]
    )
    twice = rs.Ramp(rise_s=2.0, fall_s=2.0, repeats=2)
    assert twice.duration_s == 11.0
    assert [event.onset_s for event in twice.events()] == [1.0, 6.0]
    np.testing.assert_allclose(twice.effort_pct_mvc(np.array([3.0, 5.5, 8.0])), [20, 0, 20])


def test_a_drive_is_imposed_only_where_torque_is_not_tracked():
    times = np.linspace(0, 22, 100)
    tracked, imposed = rs.Ramp(), rs.Ramp(follows="drive", drive_per_pct_mvc=0.5)
    assert tracked.tracks_torque
    assert not imposed.tracks_torque
    assert not tracked.imposed_drive(times).any()
    np.testing.assert_allclose(imposed.imposed_drive(times), 0.5 * imposed.effort_pct_mvc(times))
    with pytest.raises(rs.SettingsError, match="Did you mean 'torque'"):
        rs.Ramp(follows="torqe")


def test_interventions_edit_and_do_not_touch():
    person, ramp = rs.Participant(), rs.Ramp()
    calmer, same = rs.Relaxation().edit(person, ramp)
    assert calmer.cord.neuromodulation_at(20) < person.cord.neuromodulation_at(20)
    assert calmer.untreated == person
    assert same is ramp
    same_person, stimulated = rs.ReciprocalInhibition().edit(person, ramp)
    assert same_person is person
    assert stimulated.duration_s == ramp.duration_s
    assert person == rs.Participant()
    assert all(i.assumptions() for i in (rs.Relaxation(), rs.ReciprocalInhibition()))
