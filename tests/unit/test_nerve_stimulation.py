import numpy as np
import pytest

import renshaw as rs
from renshaw.protocols.nerve_stimulation import (
    ANTAGONIST,
    afferent_threshold,
    afferents_excited,
    motor_axons_excited,
)

STEP_s = 0.0004
TIMES_s = np.arange(0.0, 3.0, STEP_s)
PERSON = rs.Participant(n_units=3, muscle="GM")


def arrivals(train, times_s=TIMES_s, person=PERSON, gate=1.0):
    return train.arrivals(times_s, np.full(len(times_s), gate), person.cord, person.pool)


def test_afferents_respond_below_motor_threshold_and_motor_axons_above():
    intensities = np.linspace(0.0, 3.0, 301)
    afferents = np.array([afferents_excited(i, 1.0) for i in intensities])
    motor = np.array([motor_axons_excited(i) for i in intensities])
    assert np.all(np.diff(afferents) >= 0) and np.all(np.diff(motor) >= 0)
    assert afferents[intensities <= 0.6].max() == 0 and motor[intensities <= 1.0].max() == 0
    assert 0.4 < afferents_excited(1.0, 1.0) < 0.7
    assert np.all(afferents >= motor)
    assert afferents[-1] > 0.99 and motor[-1] > 0.99


def test_wide_pulses_favor_afferents():
    widths = [0.05, 0.1, 0.2, 0.5, 1.0, 2.0]
    thresholds = [afferent_threshold(w) for w in widths]
    assert thresholds == sorted(thresholds, reverse=True)
    assert 0.6 <= afferent_threshold(1.0) < afferent_threshold(0.2) < 0.9
    assert afferents_excited(1.0, 0.2) < 0.6 * afferents_excited(1.0, 1.0)


def test_a_volley_arrives_after_its_way_and_decays():
    one = rs.NerveStimulation(
        frequency_hz=1, stop_s=0.9, start_s=0.1, path_m=0.6, conduction_m_per_s=60, strength=2.0
    )
    course = arrivals(one).inhibition
    assert one.latency_s == pytest.approx(0.012)
    first = TIMES_s[np.flatnonzero(course > 0)[0]]
    assert 0.112 <= first <= 0.112 + 2 * STEP_s
    peak = int(course.argmax())
    share = afferents_excited(1.0, 1.0)
    assert course[peak] == pytest.approx(2.0 * share, rel=0.01)
    assert 0.001 < TIMES_s[peak] - first < 0.0025
    later = course[peak + round(0.020 / STEP_s)] / course[peak + round(0.010 / STEP_s)]
    assert later == pytest.approx(np.exp(-1), rel=0.02)


def test_volleys_add_and_each_gives_a_little_less():
    train = rs.NerveStimulation(frequency_hz=20, depression=0.3, recovery_ms=200)
    sizes = train.released(train.pulses_s(3.0))
    assert sizes[0] == 1 and np.all(np.diff(sizes) <= 1e-12)
    steady = sizes[-1]
    left = 1 - (1 - steady * 0.7) * np.exp(-50 / 200)
    assert left == pytest.approx(steady)
    means = {
        hz: arrivals(rs.NerveStimulation(frequency_hz=hz)).inhibition[2500:].mean()
        for hz in (5, 10, 20, 50, 100)
    }
    assert list(means.values()) == sorted(means.values())
    # Mild depression: ten times the frequency inhibits less than ten times, but several times.
    assert 4 < means[100] / means[10] < 8
    no_loss = rs.NerveStimulation(frequency_hz=50, depression=0.0)
    assert np.all(no_loss.released(no_loss.pulses_s(1.0)) == 1)


def test_trains_have_pauses():
    train = rs.NerveStimulation(frequency_hz=10, on_s=0.5, off_s=0.5, start_s=0.2, stop_s=2.5)
    pulses = train.pulses_s(3.0)
    np.testing.assert_allclose(pulses[:6], [0.2, 0.3, 0.4, 0.5, 0.6, 1.2])
    assert len(pulses) == 13 and pulses.max() < 2.5
    event = train.event(3.0)
    assert (event.onset_s, event.duration_s) == (0.2, pytest.approx(2.3))
    assert "0.5 s on, 0.5 s off" in event.label


def test_it_does_not_matter_from_when_one_looks():
    train = rs.NerveStimulation(frequency_hz=17, intensity_xmt=1.4, late_inhibition=0.3)
    whole, late = arrivals(train), arrivals(train, TIMES_s[2000:])
    for name in ("inhibition", "antagonist_pct_mvc"):
        np.testing.assert_allclose(
            getattr(late, name), getattr(whole, name)[2000:], rtol=1e-6, atol=1e-9
        )


def test_inhibition_follows_gain_and_gate():
    train = rs.NerveStimulation()
    usual = arrivals(train).inhibition
    weak = PERSON.treated(reciprocal=0.25)
    np.testing.assert_allclose(arrivals(train, person=weak).inhibition, usual / 4)
    np.testing.assert_allclose(arrivals(train, gate=0.1).inhibition, usual / 10)
    injured = rs.Participant(n_units=3, muscle="GM", condition="spinal-cord-injury", severity=1)
    assert arrivals(train, person=injured).inhibition.max() < usual.max()


def test_strong_currents_twitch_the_antagonist():
    assert not arrivals(rs.NerveStimulation(intensity_xmt=1.0)).antagonist_pct_mvc.any()
    slow = arrivals(rs.NerveStimulation(frequency_hz=2, intensity_xmt=1.3)).antagonist_pct_mvc
    fused = arrivals(rs.NerveStimulation(frequency_hz=50, intensity_xmt=1.3)).antagonist_pct_mvc
    late = slice(len(TIMES_s) // 2, None)
    assert slow[late].min() < 0.05 * slow[late].max()
    assert fused[late].min() > 0.9 * fused[late].max()
    assert fused.mean() > 3 * slow.mean()
    strongest = rs.NerveStimulation(frequency_hz=100, intensity_xmt=4.0)
    tetanus_pct, _ = ANTAGONIST["GM"]
    reached = arrivals(strongest).antagonist_pct_mvc[late].mean()
    assert reached == pytest.approx(tetanus_pct, rel=0.02)


def test_late_components_come_late():
    plain = rs.NerveStimulation(frequency_hz=1, stop_s=0.5)
    late = plain.replace(late_inhibition=0.5)
    more = arrivals(late).inhibition - arrivals(plain).inhibition
    share = more / more.max()
    assert share[TIMES_s < plain.latency_s].max() == 0
    at_100_ms = share[round((plain.latency_s + 0.1) / STEP_s)]
    assert 0.2 < at_100_ms < 1


@pytest.mark.parametrize("frequency_hz", [0.0, 0.3, 500.0])
def test_odd_frequencies_are_fine(frequency_hz):
    arrived = arrivals(rs.NerveStimulation(frequency_hz=frequency_hz, intensity_xmt=2.0))
    assert np.all(np.isfinite(arrived.inhibition)) and np.all(
        np.isfinite(arrived.antagonist_pct_mvc)
    )
    assert arrived.inhibition.any() == (frequency_hz > 0)


def test_antagonist_vibration_is_steady_and_ends():
    train = rs.protocols.VibrationTrain(start_s=0.5, stop_s=2.0, strength=1.5)
    course = arrivals(train).inhibition
    assert not course[TIMES_s <= 0.5].any()
    assert course[round(1.9 / STEP_s)] == pytest.approx(1.5, rel=0.01)
    assert course[-1] < 0.02
    levels = [rs.protocols.VibrationTrain(frequency_hz=hz).level for hz in (30, 60, 100, 200)]
    assert levels[0] < levels[1] < levels[2] > levels[3]
    assert train.event(3.0) == rs.Event(0.5, 1.5, "antagonist tendon vibration at 100 Hz")


def test_a_person_drives_harder_against_a_twitching_antagonist():
    ramp = rs.Ramp(rise_s=2, fall_s=2, rest_s=0.2)
    calm, strong = (
        rs.simulate(PERSON, ramp, [rs.ReciprocalInhibition(intensity_xmt=x, strength=0)])
        for x in (0.5, 1.4)
    )
    drives = [r.truth.signals["drive"].values.mean() for r in (calm, strong)]
    assert drives[1] > drives[0]
