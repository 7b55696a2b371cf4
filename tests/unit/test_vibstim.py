"""VibStim: afferents, axons, the protocol, and what is read from torque and events alone."""

from __future__ import annotations

import numpy as np
import pytest

import renshaw as rs
from renshaw.data.event_labels import BOUT, VIBRATION
from renshaw.engine.session import Seat, Session
from renshaw.protocols.afferents import volleys
from renshaw.protocols.nerve import SHOCK_nA, afferents_excited, shocked_motoneurons, shocks_nA

NONE = np.empty(0)
STEP_s = 0.0004


def discharges(vibration_hz: float) -> np.ndarray:
    """Return the share of afferents that fire in each cycle of a first, untired second."""
    return volleys(vibration_hz, (0.0, 1.0), 1.0, NONE, 0.0).released


def test_afferents_follow_slow_vibration_cycle_by_cycle() -> None:
    released = discharges(30.0)
    assert len(released) == 30
    assert released[0] == pytest.approx(1.0)
    # The same, less what they have used up.
    assert np.all(np.diff(released) < 0)


def test_fast_vibration_is_followed_at_subharmonics() -> None:
    released = discharges(230.0)
    assert len(released) == 230
    # Hardly any afferent follows 230 Hz; most fire every third cycle, and not all in the same.
    assert 0.15 < released[:6].mean() < 0.6
    assert released[:12].std() > 0.01


def test_vibration_excites_as_long_as_it_lasts_and_a_little_more() -> None:
    times_s = np.arange(0.0, 12.0, STEP_s)
    sent = volleys(100.0, (1.0, 6.0), 0.7, NONE, 0.0)
    direct = sent.excitation(times_s, 0.0, 1.0)
    slow = sent.excitation(times_s, 1.0, 2.0)
    assert np.all(direct[times_s < 1.0] == 0)
    assert direct[(times_s > 3) & (times_s < 6)].mean() > 1.0
    assert direct[times_s > 6.1].max() < 1e-3
    after = slow[times_s > 6.01]
    assert after[0] == pytest.approx(slow[(times_s > 5.8) & (times_s < 6)].mean(), rel=0.1)
    assert after[round(2.0 / STEP_s)] == pytest.approx(after[0] / np.e, rel=0.02)


def test_excitation_ripples_with_the_vibration() -> None:
    times_s = np.arange(0.0, 3.0, STEP_s)
    direct = volleys(50.0, (0.0, 3.0), 1.0, NONE, 0.0).excitation(times_s, 0.0, 1.0)
    steady = direct[times_s > 2]
    spectrum = np.abs(np.fft.rfft(steady - steady.mean()))
    assert np.fft.rfftfreq(len(steady), STEP_s)[spectrum.argmax()] == pytest.approx(50.0, abs=1.0)


def test_a_wide_pulse_and_a_strong_current_excite_more_afferents() -> None:
    assert afferents_excited(20.0, 1.0) > 2 * afferents_excited(20.0, 0.2)
    assert afferents_excited(20.0, 1.0) > afferents_excited(10.0, 1.0) > afferents_excited(0.0, 1.0)
    assert afferents_excited(0.0, 1.0) == 0.0


@pytest.mark.parametrize("muscle", ["SOL", "GM", "TA"])
def test_the_current_excites_the_motoneurons_that_give_the_torque(muscle: str) -> None:
    pool = rs.model.muscle_pool(muscle, 100)
    for asked in (10.0, 20.0, 50.0):
        excited = shocked_motoneurons(pool, asked) > 0
        assert 100 * pool.twitch[excited].sum() / pool.twitch.sum() == pytest.approx(asked, abs=3)


def test_every_shock_makes_every_excited_motoneuron_fire_once() -> None:
    pool = rs.model.muscle_pool("SOL", 24)
    excited = shocked_motoneurons(pool, 60.0)
    times_s = np.arange(5000) * STEP_s
    stimuli_s = 0.5 + np.arange(20) / 20
    columns = np.zeros((1, 4, len(times_s)))
    columns[0, 1], columns[0, 2] = 1.5, 0.9
    columns[0, 3] = shocks_nA(times_s, stimuli_s)
    assert columns[0, 3].max() == SHOCK_nA
    gains = np.ones((4, len(pool)))
    gains[3] = excited
    fired = Session([Seat(pool, gains=gains)], 2.0).advance(columns)[0]
    for spikes_s, each in zip(fired, excited, strict=True):
        assert len(spikes_s) == (20 if each else 0)
        if each:
            assert np.all(np.abs(spikes_s - stimuli_s) < 0.003)


def test_a_bout_that_ends_after_vibration_is_refused() -> None:
    with pytest.raises(rs.SettingsError, match="last bout ends 42 s"):
        rs.VibStim(bouts=9, between_s=1.75)


def test_events_tell_what_happens_when() -> None:
    events = rs.VibStim().events()
    assert [(e.label, e.onset_s, e.duration_s) for e in events[:2]] == [
        (VIBRATION, 2.0, 33.0),
        (BOUT, 12.0, 2.0),
    ]
    assert len(events) == 6
    assert len(rs.VibStim().stimuli_s) == 5 * 40


def test_reciprocal_inhibition_is_occluded_during_vibration_and_over_after_it() -> None:
    gate = rs.VibStim(occlusion=0.8).reciprocal_gate(np.array([1.0, 10.0, 36.0]))
    assert gate == pytest.approx([0.0, 0.2, 0.0])


def test_the_antagonist_s_nerve_may_be_stimulated_on_after_vibration() -> None:
    longer = rs.VibStim(occlusion=0.8, nerve_after_s=3.0)
    gate = longer.reciprocal_gate(np.array([1.0, 10.0, 36.0, 39.0]))
    assert gate == pytest.approx([0.0, 0.2, 1.0, 0.0])
    assert any("for 3 s more, unhindered" in words for words in longer.assumptions())


def test_afferent_gain_of_the_cord_counts() -> None:
    times_s = np.arange(0.0, 6.0, STEP_s)
    weak = rs.Participant(n_units=4)
    strong = weak.treated(afferents=2.0)
    found = [
        rs.VibStim().arrivals(times_s, who.cord, who.pool).excitation.max()
        for who in (weak, strong)
    ]
    assert found[1] == pytest.approx(2 * found[0])


# What is read from a recording, real or not.


def torque_of(during: float, after: float, rest: float = 5.0, hz: float = 100.0) -> rs.Signal:
    """Return a torque with bouts of 20 that climbs from `during` / 2 to `during`."""
    times_s = np.arange(0.0, 43.0, 1 / hz)
    torque = np.full(len(times_s), rest)
    vibrating = (times_s >= 2) & (times_s < 35)
    torque[vibrating] += np.interp(times_s[vibrating], [14.0, 31.0], [during / 2, during])
    for start in 12.0 + 4.0 * np.arange(5):
        torque[(times_s >= start) & (times_s < start + 2)] += 20.0
    torque[times_s >= 35] += after
    return rs.Signal(torque, hz, "% MVC")


def recorded(torque: rs.Signal | None, **signals: rs.Signal) -> rs.Recording:
    units = rs.MotorUnits((np.array([1.0, 2.0]),), (0.0, 43.0))
    given = signals if torque is None else {"torque": torque, **signals}
    return rs.Recording(units, given, rs.VibStim().events(), name="P01")


def values(recording: rs.Recording, settings: rs.EstimateSettings | None = None) -> dict:
    rows = rs.estimate(recording, settings or rs.EstimateSettings()).rows
    return {row.quantity: row for row in rows}


def test_torque_is_read_at_its_times_relative_to_rest() -> None:
    found = values(recorded(torque_of(8.0, 3.0)))
    assert found["torque_vib"].value == pytest.approx(8.0, abs=0.1)
    assert found["torque_vib_increase"].value == pytest.approx(8.0 * 16 / 34, abs=0.2)
    assert found["torque_sust"].value == pytest.approx(3.0)
    assert found["torque_bout"].value == pytest.approx(24.0, abs=0.1)
    assert found["responder"].value == 1.0
    assert {row.units for name, row in found.items() if name != "responder"} == {"% MVC"}
    assert "delta_f" not in found


def test_a_person_without_sustained_torque_is_no_responder() -> None:
    found = values(recorded(torque_of(8.0, 0.2)))
    assert found["responder"].value == 0.0
    assert "0.2 % MVC is less than 1.0 % MVC" in found["responder"].reason


def test_the_truth_is_not_looked_at() -> None:
    simulated = rs.simulate(rs.Participant(muscle="SOL", n_units=8), rs.VibStim(), seed=1)
    blind = rs.Recording(simulated.units, simulated.signals, simulated.events, name=simulated.name)
    assert rs.estimate(blind).rows == rs.estimate(simulated).rows


def test_missing_torque_and_a_short_recording_say_so() -> None:
    found = values(recorded(None))
    assert not any(row.ok for row in found.values())
    assert found["torque_sust"].reason == "no torque was recorded"
    short = torque_of(8.0, 3.0)
    cut = rs.Signal(short.values[:3600], short.fs_hz, short.unit)
    found = values(recorded(cut))
    assert found["torque_vib"].ok
    assert found["torque_sust"].reason == "the recording does not reach there"
    assert not found["responder"].ok


def test_no_rest_before_vibration_means_no_zero() -> None:
    late = torque_of(8.0, 3.0)
    cut = rs.Signal(late.values[300:], late.fs_hz, late.unit, start_s=3.0)
    assert "nothing was recorded before vibration" in values(recorded(cut))["torque_vib"].reason


def test_torque_in_newton_meters_has_no_verdict() -> None:
    torque = torque_of(8.0, 3.0)
    found = values(recorded(rs.Signal(torque.values, torque.fs_hz, "N m")))
    assert found["torque_sust"].units == "N m"
    assert "not in % MVC" in found["responder"].reason


def test_emg_is_the_root_mean_square_in_the_same_windows() -> None:
    times_s = np.arange(0.0, 43.0, 1 / 1000)
    wave = np.sin(2 * np.pi * 50 * times_s) * np.where(times_s < 35, 4.0, 1.0)
    found = values(recorded(torque_of(8.0, 3.0), emg=rs.Signal(wave, 1000.0, "% MVC")))
    assert found["emg_vib"].value == pytest.approx(4 / np.sqrt(2), rel=0.01)
    assert found["emg_sust"].value == pytest.approx(1 / np.sqrt(2), rel=0.01)


def firing_at_rest(after: float) -> rs.Recording:
    """Return a recording in which one of two units fires before vibration already."""
    units = rs.MotorUnits((np.arange(0.2, 43.0, 0.2), np.array([20.0, 20.1])), (0.0, 43.0))
    signals = {"torque": torque_of(8.0, after)}
    return rs.Recording(units, signals, rs.VibStim().events(), name="P01")


def test_torque_above_a_rest_in_which_units_fire_is_at_least_that() -> None:
    found = values(firing_at_rest(3.0))
    for name in ("torque_bout", "torque_vib", "torque_sust"):
        assert (found[name].ok, found[name].bound) == (True, "at least")
        assert "1 of 2 motor units fire before vibration" in found[name].reason
    assert found["torque_vib_increase"].bound == "exact"
    assert found["responder"].value == 1.0
    (said,) = rs.estimate(firing_at_rest(3.0)).findings()
    assert "more than 3 % MVC once vibration has ended" in said.sentence
    assert "fire before vibration" in said.warnings[0]


def test_who_fires_at_rest_is_never_called_a_non_responder() -> None:
    found = values(firing_at_rest(0.2))
    assert not found["responder"].ok and found["responder"].unseen
    assert found["torque_sust"].bound == "at least"
