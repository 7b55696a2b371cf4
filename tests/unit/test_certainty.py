"""How sure decomposition is of a unit: what lowers it, and that it is a probability."""

from __future__ import annotations

import numpy as np

from renshaw.decomposition.certainty import certainty, intervals_amiss
from renshaw.decomposition.order import out_of_order
from renshaw.decomposition.separation import weakest_silhouette
from renshaw.decomposition.settings import TrustSettings
from renshaw.decomposition.trust import judged


def steady(count=200, seed=0):
    rng = np.random.default_rng(seed)
    return np.cumsum(rng.normal(0.1, 0.01, count))


def sure(times_s, silhouette=0.95, weakest=0.93):
    return certainty(times_s, silhouette, weakest, np.diff(times_s) <= 0.5)


def test_missed_and_added_discharges_are_told_by_their_neighbors():
    times = steady()
    known = np.ones(len(times) - 1, dtype=bool)
    assert intervals_amiss(times, known) == (0.0, 0.0)
    missed = np.delete(times, [20, 50, 90, 130])
    assert intervals_amiss(missed, known[4:]) == (4 / 195, 0.0)
    middles = (times[[30, 60]] + times[[31, 61]]) / 2
    added = np.sort(np.concatenate([times, middles]))
    assert intervals_amiss(added, np.ones(len(added) - 1, dtype=bool)) == (0.0, 4 / 201)
    # A rate that doubles within a ramp is no fault of the decomposition.
    ramp = np.cumsum(np.linspace(0.2, 0.06, 120))
    assert intervals_amiss(ramp, np.ones(119, dtype=bool)) == (0.0, 0.0)
    # What nobody saw is no interval.
    hidden = np.diff(missed) < 0.15
    assert intervals_amiss(missed, hidden) == (0.0, 0.0)


def test_every_sign_of_trouble_makes_less_sure():
    times = steady()
    rng = np.random.default_rng(1)
    kept = times[rng.random(200) > 0.12]
    more = np.sort(np.concatenate([times, rng.uniform(1, 18, 20)]))
    best = sure(times)
    assert 0.9 < best < 1
    assert sure(kept) < best - 0.02
    assert sure(more) < best - 0.1
    assert sure(times, weakest=0.6) < best - 0.05
    assert sure(times, silhouette=0.87, weakest=0.8) < best
    # What is not known is no reason to be sure.
    assert sure(times, silhouette=np.nan, weakest=np.nan) < 0.8
    assert sure(times[:5]) < 0.5
    assert sure(times[:0]) < 0.5


def source(heights, spacing=200, noise=0.3, seed=0):
    """Pulses of these heights, and other peaks between them."""
    rng = np.random.default_rng(seed)
    values = noise * np.abs(rng.standard_normal(spacing * (len(heights) + 1)))
    samples = spacing * np.arange(1, len(heights) + 1)
    values[samples] = heights
    return values.astype(np.float32), samples


def test_the_weakest_part_of_a_source_is_that_of_a_part():
    steadily = weakest_silhouette(*source(np.full(120, 5.0)), 2048.0)
    assert steadily > 0.97
    # Pulses are lower in a sixth of the time: the silhouette of all hardly shows it.
    lower = np.full(120, 5.0)
    lower[40:60] = np.linspace(5, 1.2, 20)
    assert weakest_silhouette(*source(lower), 2048.0) < steadily - 0.1
    values, samples = source(np.full(120, 5.0))
    assert np.isnan(weakest_silhouette(values, samples[:2], 2048.0))
    assert 0 <= weakest_silhouette(values, samples[:3], 2048.0) <= 1


def ramp(seconds=20.0, peak_pps=15.0, start_s=0.0, seed=0):
    """Discharges whose rate rises and falls."""
    rng = np.random.default_rng(seed)
    times, t = [], start_s
    while t < seconds:
        rate = 5 + (peak_pps - 5) * (1 - abs(2 * t / seconds - 1))
        times.append(t)
        t += rng.normal(1 / rate, 0.1 / rate)
    return np.array(times)


def muscle():
    """Six units, recruited one after the other, which stop in the opposite order."""
    trains = [ramp(seed=seed) for seed in range(6)]
    return [t[(t > 1.2 * i) & (t < 20 - 1.2 * i)] for i, t in enumerate(trains)]


def test_a_unit_goes_with_its_muscle():
    units = muscle()
    for i, unit in enumerate(units):
        assert out_of_order(unit, units[:i] + units[i + 1 :], 1.5) == []
    # Late derecruitment, as persistent inward currents make it, is no fault; nor is a recording
    # that ends in the middle.
    assert out_of_order(units[0], [t[t < 15] for t in units[1:]], 1.5) == []
    halves = [t[t < 10] for t in units]
    assert all(out_of_order(t, halves, 1.5) == [] for t in halves)


def test_a_part_of_a_unit_stops_or_begins_while_others_work_harder():
    units = muscle()
    (early,) = out_of_order(units[0][units[0] < 4], units[1:], 1.5)
    assert early.startswith("it stops before the other units fire")
    assert early.endswith("derecruitment may be the electrodes'")
    (late,) = out_of_order(units[0][units[0] > 16], units[1:], 1.5)
    assert late.startswith("it begins after the other units fire")
    # It fired in the weaker of two contractions alone.
    weak = [t + 30 for t in units[:3]]
    both = [np.concatenate([t, w]) for t, w in zip(units[1:3], weak[1:], strict=True)]
    assert out_of_order(weak[0], [*both, *units[3:]], 1.5)
    # Of fewer than three others nobody knows.
    assert out_of_order(units[0][units[0] < 4], units[1:3], 1.5) == []
    assert out_of_order(units[0][:3], units[1:], 1.5) == []
    verdict = judged(units[0][units[0] < 4], 0.96, 28.0, TrustSettings(), units[1:])
    assert verdict.confidence == 0
    assert early in verdict.faults


def test_units_of_another_task_do_not_tell_when_a_unit_works():
    # One finger presses, then another, harder: a grid on the forearm sees units of both.
    one = muscle()[:4]
    other = [t + 30 for t in muscle() + muscle()]
    first = one + other
    # And the same backward in time.
    for units in (first, [np.sort(60 - t) for t in first]):
        for i, unit in enumerate(units):
            assert out_of_order(unit, units[:i] + units[i + 1 :], 1.5) == []
    # Nor does the work of others tell anything about a unit that fires alone.
    assert out_of_order(one[0], other, 1.5) == []
