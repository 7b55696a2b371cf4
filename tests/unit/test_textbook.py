"""Current clamp and voltage clamp of one motoneuron: what must hold whatever the parameters."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import renshaw as rs
from renshaw.engine.clamp import clamp
from renshaw.engine.membrane import membrane
from renshaw.experiment.current_clamp import CurrentRampSettings, current_ramp, triangle_nA
from renshaw.experiment.firing_ranges import (
    SHAPES,
    firing_ranges,
    hysteresis_type,
    rate_difference_pps,
)
from renshaw.experiment.voltage_clamp import VoltageRampSettings, voltage_ramp
from renshaw.model.powers_heckman import powers_heckman_2017

POOL = powers_heckman_2017(20)
ACTIVE = ("g_Na", "g_NaP", "g_K", "g_KCa", "g_Ca", "g_h", "g_L")
PASSIVE = POOL.scaled(**{f"{name}_S_per_cm2": 0.0 for name in ACTIVE})
QUICK = CurrentRampSettings(up_s=2.0, hold_s=0.2, inhibition=0.0, excitation=0.0)


def broken_line(x, knots, slopes):
    y = slopes[0] * (x - x[0]) + 6.0
    for knot, (before, after) in zip(knots, pairwise(slopes), strict=True):
        y = y + (after - before) * np.maximum(0.0, x - knot)
    return y


def test_three_ranges_are_found_where_they_are():
    x = np.linspace(2.0, 14.0, 120)
    found = firing_ranges(x, broken_line(x, (7.0, 9.0), (1.2, 9.0, 2.0)), 2.0)
    assert (found.primary, found.secondary, found.tertiary) == pytest.approx(
        (1.2, 9.0, 2.0), rel=0.15
    )
    assert (found.onset_nA, found.full_nA) == pytest.approx((7.0, 9.0), abs=0.4)


def test_a_current_that_comes_on_with_the_first_spikes_leaves_no_primary_range():
    x = np.linspace(2.0, 14.0, 120)
    found = firing_ranges(x, broken_line(x, (5.0,), (8.0, 1.5)), 2.0)
    assert np.isnan(found.primary) and found.onset_nA == 2.0
    assert (found.secondary, found.tertiary) == pytest.approx((8.0, 1.5), rel=0.1)


def test_a_ramp_that_ends_before_the_current_is_on_has_no_tertiary_range():
    x = np.linspace(2.0, 14.0, 120)
    found = firing_ranges(x, broken_line(x, (12.0,), (1.5, 8.0)), 2.0)
    assert np.isnan(found.tertiary) and np.isnan(found.full_nA)
    assert (found.primary, found.secondary) == pytest.approx((1.5, 8.0), rel=0.1)


def test_a_straight_line_has_a_primary_range_only():
    x = np.linspace(2.0, 14.0, 120)
    found = firing_ranges(x, 1.3 * x, 2.0)
    assert found.primary == pytest.approx(1.3)
    assert np.isnan(found.secondary) and np.isnan(found.tertiary)


def test_too_few_intervals_have_no_ranges():
    assert np.isnan(firing_ranges(np.arange(5.0), np.arange(5.0), 2.0).primary)


def test_loops_are_told_apart():
    x = np.linspace(0.0, 10.0, 50)
    higher = rate_difference_pps(x, x + 5, x[::-1], x[::-1] + 8)
    assert higher == pytest.approx(3.0)
    found = [
        hysteresis_type(0.2, 0.1, 1.0, 0.5),
        hysteresis_type(-3.0, 0.1, 1.0, 0.5),
        hysteresis_type(0.2, 2.0, 1.0, 0.5),
        hysteresis_type(higher, 2.0, 1.0, 0.5),
    ]
    assert tuple(found) == SHAPES
    assert hysteresis_type(np.nan, 0.0, 1.0, 0.5) == ""
    assert np.isnan(rate_difference_pps(x, x, x + 100, x))


def test_recruitment_and_derecruitment_are_the_currents_of_first_and_last_spike():
    ramp = current_ramp(POOL, QUICK)
    ends = triangle_nA(QUICK, ramp.spikes_s[[0, -1]])
    assert (ramp.recruitment_nA, ramp.derecruitment_nA) == pytest.approx(tuple(ends))
    assert ramp.sustained_nA == pytest.approx(ends[0] - ends[1])
    assert len(ramp.rate_pps) == len(ramp.spikes_s) - 1 == len(ramp.to_table())
    np.testing.assert_allclose(ramp.rate_pps, 1 / np.diff(ramp.spikes_s))
    assert ramp.current_nA.max() == pytest.approx(QUICK.peak_nA, abs=0.01)
    assert len(ramp.times_s) == len(ramp.potential_mV) == len(ramp.pic_nA)
    with pytest.raises(ValueError, match="read-only"):
        ramp.rate_pps[0] = 1.0


def test_spikes_are_seen_in_the_potential():
    ramp = current_ramp(POOL, QUICK)
    crossings = np.flatnonzero((ramp.potential_mV[:-1] < -20) & (ramp.potential_mV[1:] >= -20))
    assert len(crossings) == len(ramp.spikes_s)
    assert np.abs(ramp.times_s[crossings] - ramp.spikes_s).max() < 0.001


def test_a_current_below_threshold_leaves_a_motoneuron_silent():
    ramp = current_ramp(POOL, QUICK.replace(peak_nA=1.0))
    assert len(ramp.spikes_s) == 0 and ramp.hysteresis == ""
    assert np.isnan(ramp.recruitment_nA) and np.isnan(ramp.peak_rate_pps)
    assert "silent" in repr(ramp)
    assert ramp.measures()["spikes"] == 0


def test_without_noise_the_seed_makes_no_difference_and_with_noise_it_does():
    one, two = (current_ramp(POOL, QUICK, seed=seed).spikes_s for seed in (1, 2))
    np.testing.assert_array_equal(one, two)
    noisy = QUICK.replace(noise=1.0, inhibition=1.5)
    one, two, again = (current_ramp(POOL, noisy, seed=seed).spikes_s for seed in (1, 2, 1))
    np.testing.assert_array_equal(one, again)
    assert len(one) != len(two) or np.any(one != two)


def test_the_state_of_a_person_is_taken_where_none_is_given():
    who = rs.Participant(muscle="SOL", neuromodulation=1.2, inhibition=2.5)
    ramp = current_ramp(who, CurrentRampSettings(up_s=0.2, hold_s=0.1))
    assert (ramp.neuromodulation, ramp.inhibition) == (1.2, 2.5)
    assert ramp.muscle == "SOL"
    assert "Participant" in ramp.history.as_python() and ramp.cite()


@pytest.mark.parametrize(
    ("verb", "settings"), [(current_ramp, QUICK), (voltage_ramp, VoltageRampSettings())]
)
def test_a_motoneuron_that_is_not_there_is_refused(verb, settings):
    with pytest.raises(rs.SettingsError, match="motoneurons 1 to 20"):
        verb(POOL, settings.replace(motoneuron=21))
    with pytest.raises(rs.SettingsError, match="Participant or a Pool"):
        verb("TA", settings)


@pytest.mark.parametrize(
    ("settings", "changes"),
    [
        (CurrentRampSettings, {"peak_nA": -20.0}),
        (VoltageRampSettings, {"high_mV": -95.0}),
        (VoltageRampSettings, {"leak_from_mV": -60.0}),
    ],
)
def test_a_triangle_that_does_not_rise_is_refused(settings, changes):
    with pytest.raises(rs.SettingsError, match="must be above"):
        settings(**changes)


def test_a_passive_motoneuron_shows_its_input_conductance_and_no_pic():
    settings = VoltageRampSettings(motoneuron=8, inhibition=0.0, excitation=0.0)
    ramp = voltage_ramp(PASSIVE, settings)
    mem = membrane(PASSIVE.select([7]))
    through = mem.g_axial_uS * mem.g_pas_dendrite_uS / (mem.g_axial_uS + mem.g_pas_dendrite_uS)
    expected = float((mem.g_pas_soma_uS + 4 * through)[0])
    assert ramp.leak_uS == pytest.approx(expected, rel=1e-3)
    assert ramp.leak_reversal_mV == pytest.approx(PASSIVE.e_pas_mV[7], abs=0.3)
    assert ramp.amplitude_nA < 0.01
    assert not ramp.negative_slope


def test_the_clamp_carries_the_capacitive_current_both_ways():
    settings = VoltageRampSettings(
        motoneuron=8, inhibition=0.0, excitation=0.0, speed_mV_per_s=200.0
    )
    ramp = voltage_ramp(PASSIVE, settings)
    up = ramp.ascending
    level = -60.0
    rising = np.interp(level, ramp.command_mV[up], ramp.current_nA[up])
    falling = np.interp(level, ramp.command_mV[~up][::-1], ramp.current_nA[~up][::-1])
    mem = membrane(PASSIVE.select([7]))
    soma_only = 2 * float(mem.C_soma_nF[0]) * 0.2
    with_dendrites = 2 * float((mem.C_soma_nF + 4 * mem.C_dendrite_nF)[0]) * 0.2
    assert soma_only < rising - falling < with_dendrites


def test_blocked_currents_are_gone():
    settings = VoltageRampSettings(inhibition=0.0, speed_mV_per_s=100.0, neuromodulation=0.0)
    open_, blocked = (
        voltage_ramp(POOL, settings.replace(block_potassium=block)) for block in (False, True)
    )
    assert open_.current_nA.max() > blocked.current_nA.max() + 50
    assert np.all(blocked.l_type_nA == 0)
    assert blocked.persistent_sodium_nA.min() < -2


def test_a_command_too_fast_for_the_leak_is_refused():
    settings = VoltageRampSettings(
        speed_mV_per_s=1000.0, leak_from_mV=-65.0, leak_to_mV=-64.0, inhibition=0.0
    )
    with pytest.raises(rs.SettingsError, match="too fast"):
        voltage_ramp(POOL, settings)


def test_a_clamp_takes_one_motoneuron_and_finite_commands():
    with pytest.raises(rs.SimulationError, match="one motoneuron"):
        clamp(POOL, np.zeros(10))
    with pytest.raises(rs.SimulationError, match="finite"):
        clamp(POOL.select([0]), np.array([-70.0, np.nan]))


def test_shorter_steps_change_nothing_that_matters():
    command = {
        step: np.interp(np.arange(0, 4000 + step, step), [0, 2000, 4000], [-80, -40, -80])
        for step in (0.05, 0.0125)
    }
    coarse = clamp(POOL.select([0]), command[0.05], step_ms=0.05, every=40)
    fine = clamp(POOL.select([0]), command[0.0125], step_ms=0.0125, every=160)
    n = min(len(coarse.current_nA), len(fine.current_nA))
    assert np.abs(coarse.current_nA[:n] - fine.current_nA[:n]).max() < 0.05
