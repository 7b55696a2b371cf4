"""The textbook pictures of persistent inward currents, and EMG against force, as published."""

from __future__ import annotations

import numpy as np
import pytest

import renshaw as rs
from renshaw.experiment.current_clamp import CurrentRampSettings, current_ramp
from renshaw.experiment.electromyogram import electromyogram
from renshaw.experiment.voltage_clamp import VoltageRampSettings, voltage_ramp
from renshaw.model.powers_heckman import powers_heckman_2017
from renshaw.reports.figures.emg_force import rising_relation

POOL = powers_heckman_2017(20)
LOW, HIGH = 1, 16


@pytest.fixture(scope="module")
def clamps():
    return {
        (number, level): voltage_ramp(
            POOL,
            VoltageRampSettings(
                motoneuron=number, neuromodulation=level, inhibition=1.5, excitation=0.0
            ),
        )
        for number in (LOW, HIGH)
        for level in (0.0, 0.5, 1.0)
    }


def test_the_pic_is_of_the_size_seen_in_cats(clamps):
    # PICs of 5 to 30 nA with a region of negative slope, Lee & Heckman 1998.
    for number in (LOW, HIGH):
        assert 5 < clamps[number, 1.0].amplitude_nA < 30
        assert clamps[number, 1.0].negative_slope
        assert not clamps[number, 0.0].negative_slope


def test_the_pic_starts_near_the_threshold_of_spikes(clamps):
    assert -60 < clamps[LOW, 1.0].onset_mV < -45


def test_low_threshold_motoneurons_have_more_hysteresis_but_no_larger_pic(clamps):
    # Lee & Heckman 1998: amplitudes alike; fully bistable, low-threshold cells turn off at a much
    # more hyperpolarized potential than they turn on, partially bistable ones do not.
    low, high = clamps[LOW, 1.0], clamps[HIGH, 1.0]
    assert 0.5 < low.amplitude_nA / high.amplitude_nA < 1.5
    assert low.hysteresis_mV > 6.0
    assert low.hysteresis_mV > high.hysteresis_mV + 3.0
    assert high.peak_mV > low.peak_mV + 2.0
    assert low.sustained_nA / low.amplitude_nA > 0.8 > high.sustained_nA / high.amplitude_nA


def test_more_neuromodulation_is_a_larger_pic(clamps):
    amplitudes = [clamps[LOW, level].amplitude_nA for level in (0.0, 0.5, 1.0)]
    assert amplitudes[0] < amplitudes[1] < amplitudes[2]
    assert amplitudes[2] > 2 * amplitudes[1]


@pytest.fixture(scope="module")
def ramps():
    settings = CurrentRampSettings(inhibition=1.5, excitation=0.0)
    return {
        level: current_ramp(POOL, settings.replace(neuromodulation=level))
        for level in (0.0, 0.97, 1.1)
    }


def test_without_a_dendritic_pic_firing_follows_the_current_both_ways(ramps):
    ramp = ramps[0.0]
    assert ramp.hysteresis == "linear"
    assert abs(ramp.sustained_nA) < 0.5
    # Primary range of cat motoneurons: 1 to 2 pps/nA.
    assert 0.8 < ramp.ranges.primary < 2.5
    assert np.isnan(ramp.ranges.secondary)


def test_with_it_firing_accelerates_and_outlasts_its_cause(ramps):
    for level in (0.97, 1.1):
        ramp = ramps[level]
        assert ramp.hysteresis == "counter-clockwise"
        assert ramp.ranges.secondary > 3 * ramp.ranges.primary
        assert ramp.ranges.secondary > 2 * ramp.ranges.tertiary
    assert ramps[1.1].sustained_nA > ramps[0.97].sustained_nA > 1.0
    assert ramps[1.1].ranges.onset_nA < ramps[0.97].ranges.onset_nA
    # Self-sustained firing without any current, even against some.
    assert ramps[1.1].derecruitment_nA < 0


def test_inhibition_shortens_self_sustained_firing():
    settings = CurrentRampSettings(neuromodulation=1.1, excitation=0.0)
    found = [
        current_ramp(POOL, settings.replace(inhibition=level)).sustained_nA for level in (0.0, 3.0)
    ]
    assert found[0] > found[1] + 1.0


@pytest.mark.parametrize("muscle", ["TA", "SOL", "GM"])
def test_emg_is_nearly_linear_in_force_up_to_sixty_percent(muscle):
    person = rs.Participant(muscle=muscle)
    ramp = rs.Ramp(peak_pct_mvc=60, rise_s=10, fall_s=2)
    recording = rs.simulate(person, ramp)
    fits = []
    for seed in range(4):
        seen = electromyogram(recording, person, seed=seed, window_s=0.5)
        force, amplitude = rising_relation(seen.amplitude, recording.torque)
        slope, start = np.polyfit(force, amplitude, 1)
        fits.append((np.corrcoef(force, amplitude)[0, 1] ** 2, slope, start))
    r2, slope, start = np.mean(fits, axis=0)
    assert r2 > 0.93
    assert 0.6 < slope < 1.3
    assert abs(start) < 10
