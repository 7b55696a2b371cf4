"""Stimulation that a spasm triggers: it answers firing at rest, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

import renshaw as rs
from renshaw.data.event_labels import TRIGGERED
from renshaw.protocols.closed_loop import Device

INJURED = rs.Participant(muscle="GM", n_units=8, condition="spinal-cord-injury", severity=0.75)
TEST = rs.SpasmTest(watched_s=4.0)
TRAIN = rs.protocols.TriggeredStimulation(frequency_hz=50, listen_s=0.2, answer_s=0.1, on_s=1.0)
GIVEN = ["reciprocal-inhibition:frequency_hz=100,timing=triggered"]


def heard(device: Device, spikes: list[int], at_rest: bool = True) -> list[float]:
    """Let a device hear so many discharges of one motoneuron in each tenth of a second."""
    for k, n in enumerate(spikes):
        end_s = 0.1 * (k + 1)
        device.hear(end_s, 0.1, [np.full(n, end_s)], at_rest=at_rest)
    return device.begun_s


def test_a_device_answers_firing_after_its_latency_and_is_deaf_meanwhile() -> None:
    begun = heard(Device(TRAIN, 4), [0, 0, 1, *[1] * 20])
    assert begun[0] == pytest.approx(0.4)
    # It listens again when the bout is over.
    assert np.diff(begun) == pytest.approx([1.2] * (len(begun) - 1), abs=0.11)


def test_a_device_knows_silence_and_sporadic_firing_of_a_large_pool() -> None:
    assert heard(Device(TRAIN, 4), [0] * 30) == []
    assert heard(Device(TRAIN, 100), [1] + [0] * 10) == []


def test_a_device_is_off_when_the_person_means_to_move() -> None:
    assert heard(Device(TRAIN, 4), [1] * 30, at_rest=False) == []


def test_a_bout_is_stimulation_of_its_length() -> None:
    times_s = np.arange(0, 4, 0.0004)
    person = INJURED
    bout = TRAIN.bout(1.0, times_s, np.ones(len(times_s)), person.cord, person.pool)
    during = bout.inhibition > 1e-3
    assert times_s[during][0] == pytest.approx(1.0 + TRAIN.latency_s, abs=0.002)
    assert times_s[during][-1] < 2.0 + 0.15
    nothing = TRAIN.arrivals(times_s, np.ones(len(times_s)), person.cord, person.pool)
    assert not nothing.inhibition.any()


@pytest.fixture(scope="module")
def recordings() -> dict[str, rs.Recording]:
    return {
        "untreated": rs.simulate(INJURED, TEST, seed=1),
        "triggered": rs.simulate(INJURED, TEST, GIVEN, seed=1),
    }


def duration_s(recording: rs.Recording) -> float:
    return float(rs.estimate(recording).select("spasm_duration").to_table()["value"].iloc[0])


def test_a_spasm_triggers_bouts_and_is_shorter_for_it(recordings) -> None:
    bouts = [e for e in recordings["triggered"].events if e.label == TRIGGERED]
    first_s = min(train[0] for train in recordings["triggered"].units if len(train))
    assert bouts and bouts[0].onset_s > first_s
    assert duration_s(recordings["triggered"]) < duration_s(recordings["untreated"]) - 0.5
    inhibition = recordings["triggered"].truth.signals["inhibition"]
    before = inhibition.values[inhibition.times_s < first_s]
    assert np.ptp(before) == 0.0 and inhibition.values.max() > before[0]


def test_until_the_first_bout_all_is_as_untreated(recordings) -> None:
    onset_s = next(e.onset_s for e in recordings["triggered"].events if e.label == TRIGGERED)
    for one, other in zip(
        recordings["untreated"].units, recordings["triggered"].units, strict=True
    ):
        np.testing.assert_array_equal(one[one < onset_s], other[other < onset_s])


def test_a_healthy_person_in_a_ramp_triggers_nothing() -> None:
    ramp = rs.Ramp(rise_s=1.0, fall_s=1.0, rest_s=0.2, follows="drive")
    recording = rs.simulate(rs.Participant(n_units=6), ramp, GIVEN, seed=1)
    active_s = ramp.duration_s - 0.2
    assert all(e.onset_s > active_s for e in recording.events if e.label == TRIGGERED)
    assert any(len(train) for train in recording.units)
