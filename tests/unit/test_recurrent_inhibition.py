"""Recurrent inhibition: closed in the kernel, the same however a run is cut."""

from __future__ import annotations

import numpy as np
import pytest

from renshaw.engine import EngineSettings
from renshaw.engine.session import Seat, Session
from renshaw.model.circuits.recurrent_inhibition import (
    DECAY_ms,
    RecurrentInhibition,
    RISE_ms,
    answer_pps,
)
from renshaw.model.muscles import muscle_pool

SETTINGS = EngineSettings(save_ms=0.4)
SLOW = 1500
POOLS = (muscle_pool("TA", 37), muscle_pool("SOL", 5), muscle_pool("GM", 1))


def courses():
    t = np.linspace(0.0, 1.0, SLOW)
    rows = [[20 * t + i, 1.5 + 0 * t, 1.0 + 0 * t, 0 * t] for i in range(len(POOLS))]
    return np.array(rows)


def done(gain, edges=(SLOW,), threads=None):
    seats = [Seat(p, 3, i, None, RecurrentInhibition.of(p, gain)) for i, p in enumerate(POOLS)]
    session = Session(seats, SLOW * SETTINGS.slow_ms / 1000, SETTINGS, threads=threads)
    first = 0
    for last in edges:
        session.advance(courses()[:, :, first:last])
        first = last
    return session.responses()


@pytest.fixture(scope="module")
def whole():
    return done(1.0)


@pytest.mark.parametrize("threads", [1, 2, 16])
@pytest.mark.parametrize("edges", [(1, 2, 3, 7, SLOW), (250, 251, 600, SLOW)])
def test_numbers_do_not_depend_on_cuts_and_threads(whole, edges, threads):
    for one, other in zip(whole, done(1.0, edges, threads), strict=True):
        np.testing.assert_array_equal(one.renshaw_pps, other.renshaw_pps)
        for a, b in zip(one.spikes_s, other.spikes_s, strict=True):
            np.testing.assert_array_equal(a, b)


def test_a_pool_without_renshaw_cells_is_as_beside_none():
    alone = Session([Seat(POOLS[1], 3, 1)], SLOW * SETTINGS.slow_ms / 1000, SETTINGS)
    alone.advance(courses()[1:2])
    seats = [
        Seat(POOLS[0], 3, 0, None, RecurrentInhibition.of(POOLS[0], 1.0)),
        Seat(POOLS[1], 3, 1),
    ]
    beside = Session(seats, SLOW * SETTINGS.slow_ms / 1000, SETTINGS)
    beside.advance(courses()[:2])
    for a, b in zip(alone.responses()[0].spikes_s, beside.responses()[1].spikes_s, strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_answer_is_that_of_the_equations(whole):
    for pool, response in zip(POOLS, whole, strict=True):
        weights = RecurrentInhibition.of(pool, 1.0).weights
        t_ms = 0.4 * np.arange(len(response.renshaw_pps))
        drive = np.zeros(len(t_ms))
        for weight, spikes_s in zip(weights, response.spikes_s, strict=True):
            for spike_ms in 1000 * spikes_s:
                # Felt a piece and a half later on average; a piece has three slow steps.
                since = t_ms - spike_ms - 1.8
                h = np.exp(-since / DECAY_ms) - np.exp(-since / RISE_ms)
                drive += np.where(since > 0, weight * 1000 * h / (DECAY_ms - RISE_ms), 0.0)
        expected = np.array([answer_pps(u) for u in drive])
        assert expected.max() > 3
        # At no time further away than the answer moves within a piece.
        slack = np.abs(np.gradient(expected)).max() * 3
        np.testing.assert_allclose(response.renshaw_pps, expected, atol=slack)
        assert response.renshaw_pps.mean() == pytest.approx(expected.mean(), rel=0.02)


def test_it_slows_the_pool():
    rates = [sum(len(s) for s in done(gain)[0].spikes_s) for gain in (0.0, 1.0, 3.0)]
    assert rates[0] > 1.02 * rates[1] > 1.02**2 * rates[2]
