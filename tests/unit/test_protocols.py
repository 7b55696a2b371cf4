import numpy as np
import pytest

import renshaw as rs


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
    train = rs.PulseTrain(frequency_hz=frequency_hz, pulse_ms=10.0, strength=2.0)
    level = train.at(np.arange(0.0, 20.0, 0.0002))
    assert set(np.unique(level)) == {0.0, 2.0}
    assert level.mean() == pytest.approx(2.0 * frequency_hz * 0.010, rel=0.01)


def test_stimulation_adds_to_what_is_already_there():
    once = rs.Stimulated(protocol=rs.Ramp(), train=rs.PulseTrain(strength=2.0))
    twice = rs.Stimulated(protocol=once, train=rs.PulseTrain(strength=3.0))
    times = np.linspace(0, 1, 100)
    np.testing.assert_allclose(twice.added_inhibition(times), 2.5 * once.added_inhibition(times))
    np.testing.assert_allclose(twice.effort_pct_mvc(times), rs.Ramp().effort_pct_mvc(times))
    assert len(twice.events()) == 3


def test_interventions_edit_and_do_not_touch():
    person, ramp = rs.Participant(), rs.Ramp()
    calmer, same = rs.Relaxation(neuromodulation_scale=0.5).edit(person, ramp)
    assert calmer.neuromodulation == pytest.approx(person.neuromodulation / 2)
    assert same is ramp
    same_person, stimulated = rs.ReciprocalInhibition().edit(person, ramp)
    assert same_person is person
    assert stimulated.duration_s == ramp.duration_s
    assert person == rs.Participant()
    assert all(i.assumptions() for i in (rs.Relaxation(), rs.ReciprocalInhibition()))
