from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from renshaw.model.muscles import MUSCLES, muscle_pool
from renshaw.muscle.twitches import Twitches, fusion_gain

STEP_s = 0.005


def force(pool, trains, duration_s, step_s=STEP_s):
    """Return the force of a whole contraction at once."""
    return Twitches(pool, step_s).advance(trains, round(duration_s / step_s))


def test_twitch_gain_is_one_until_twitches_meet_and_falls_after():
    gain = fusion_gain(np.array([0.0, 0.2, 0.4, 1.0, 3.0, 10.0]))
    np.testing.assert_allclose(gain[:3], 1.0)
    assert np.all(np.diff(gain[2:]) < 0) or gain[3] > 1.0
    # Fuglevand's published form, with its rounded 0.3.
    assert gain[4] == pytest.approx((1 - np.exp(-2 * 27)) / 3 / 0.3, rel=0.002)


# Twitches that neither potentiate nor tire, as published: those of the first edition.


def test_a_single_twitch_peaks_at_its_contraction_time():
    pool = muscle_pool("TA", edition=1).select([0])
    twitch = force(pool, [np.array([0.1])], 2.0, step_s=0.001)
    # Values are at the ends of their steps.
    assert 0.001 * (twitch.argmax() + 1) == pytest.approx(
        0.1 + pool.contraction_time_ms[0] / 1000, abs=2e-3
    )
    assert twitch.max() == pytest.approx(pool.twitch[0], rel=1e-4)
    assert not twitch[:99].any()


@pytest.mark.parametrize("muscle", MUSCLES)
def test_force_is_the_sum_of_twitches(muscle):
    pool = muscle_pool(muscle, 5, edition=1)
    rng = np.random.default_rng(1)
    trains = [np.sort(rng.uniform(0.0, 1.9, size=n)) for n in (0, 1, 7, 20, 60)]
    t = STEP_s * np.arange(1, 401)[:, None]
    expected = np.zeros(400)
    for train, P, T_ms in zip(trains, pool.twitch, pool.contraction_time_ms, strict=True):
        T = T_ms / 1000
        gain = fusion_gain(T / np.diff(train, prepend=-np.inf))
        x = np.maximum(t - train, 0.0) / T
        expected += np.sum(gain * P * x * np.exp(1.0 - x), axis=1)
    np.testing.assert_allclose(force(pool, trains, 2.0), expected, rtol=1e-9, atol=1e-9)


def test_force_is_the_same_however_the_time_is_cut():
    pool = muscle_pool("SOL", 4)
    rng = np.random.default_rng(2)
    trains = [np.sort(rng.uniform(0.0, 2.0, size=n)) for n in (3, 9, 30, 80)]
    muscle, parts = Twitches(pool, STEP_s), []
    edges = (0, 1, 2, 50, 57, 400)
    for first, last in pairwise(edges):
        part = [x[(x > first * STEP_s) & (x <= last * STEP_s)] for x in trains]
        parts.append(muscle.advance(part, last - first))
    np.testing.assert_allclose(np.concatenate(parts), force(pool, trains, 2.0), rtol=1e-12)


def test_force_grows_with_the_rate_and_ever_less():
    pool = muscle_pool("TA", edition=1).select([5])
    steady = [
        force(pool, [np.arange(0.0, 4.0, 1 / rate)], 4.0)[600:].mean()
        for rate in (5, 10, 20, 40, 80)
    ]
    assert np.all(np.diff(steady) > 0)
    assert steady[4] - steady[3] < steady[2] - steady[1]


def test_no_spikes_no_force():
    pool = muscle_pool("TA", 3)
    assert not force(pool, [np.array([])] * 3, 1.0).any()


def test_units_get_stronger_and_faster_along_the_pool():
    pool = muscle_pool("TA")
    assert np.all(np.diff(pool.twitch) > 0)
    assert np.all(np.diff(pool.contraction_time_ms) < 0)
    assert (pool.contraction_time_ms[0], pool.contraction_time_ms[-1]) == pytest.approx((110, 40))


def steady(rate_pps, duration_s):
    return np.arange(1, int(rate_pps * duration_s)) / rate_pps


def test_units_that_neither_potentiate_nor_tire_give_the_same_force_bit_by_bit():
    pool = muscle_pool("TA", 3, 1)
    trains = [steady(rate, 3.0) for rate in (8.0, 12.0, 30.0)]
    neutral = replace(pool, potentiation=np.zeros(3), fatigability_per_s=np.zeros(3))
    np.testing.assert_array_equal(force(neutral, trains, 3.0), force(pool, trains, 3.0))


def test_twitches_grow_in_seconds_and_stay_larger_for_a_minute():
    pool = replace(muscle_pool("TA", 1, 1), potentiation=np.array([0.5]))
    before = force(pool, [np.array([0.1])], 1.0).max()
    active = [np.concatenate([steady(10.0, 10.0), [rest_s + 10.0]]) for rest_s in (2.0, 60.0)]
    soon, later = (force(pool, [train], train[-1] + 1.0)[-190:].max() for train in active)
    assert 1.3 < soon / before < 1.5
    # The share that is left after a minute, 1/e.
    assert (later / before - 1.0) / (soon / before - 1.0) == pytest.approx(
        np.exp(-58.0 / 60.0), rel=0.05
    )


def test_potentiation_raises_weak_contractions_and_not_fused_ones():
    plain = muscle_pool("TA", 1, 1)
    grown = replace(plain, potentiation=np.array([0.5]))
    by_rate = []
    for rate in (8.0, 20.0, 50.0):
        train = [steady(rate, 12.0)]
        by_rate.append(
            force(grown, train, 11.0)[-200:].mean() / force(plain, train, 11.0)[-200:].mean()
        )
    assert by_rate[0] > by_rate[1] > by_rate[2]
    # Eighty discharges bring three quarters of it.
    assert by_rate[0] > 1.3
    assert by_rate[2] < 1.05


def test_a_unit_tires_with_the_force_it_gives_and_recovers_in_rest():
    pool = replace(muscle_pool("TA", 1, 1), fatigability_per_s=np.array([0.02]))
    fresh = muscle_pool("TA", 1, 1)
    left = {}
    for rate in (4.0, 30.0):
        train = steady(rate, 30.0)
        train = np.concatenate([train, 300.0 + train[:50]])
        share = force(pool, [train], 302.0) / np.maximum(force(fresh, [train], 302.0), 1e-9)
        left[rate] = share[round(29.0 / STEP_s)], share[round(300.5 / STEP_s)]
    assert left[30.0][0] == pytest.approx(1.0 - 0.02 * 29.0, abs=0.1)
    assert left[4.0][0] > 0.85
    assert left[30.0][1] > 0.9
