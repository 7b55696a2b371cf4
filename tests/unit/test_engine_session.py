"""`Session`: the numbers of `run_many`, however the run is cut."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from renshaw.core.errors import SimulationError
from renshaw.engine import EngineSettings, Inputs, Job, run_many
from renshaw.engine.inputs import Row
from renshaw.engine.session import Seat, Session
from renshaw.model.muscles import muscle_pool

SETTINGS = EngineSettings()
SLOW = 750
# Of several chunks, of one that is not full, and of one motoneuron.
POOLS = (muscle_pool("TA", 37, 1), muscle_pool("SOL", 5, 1), muscle_pool("GM", 1, 1))


def courses():
    """Return inputs of the pools, held for one slow step each, shape (pools, 4, slow steps)."""
    t = np.linspace(0.0, 1.0, SLOW)
    rows = [[20 * t + i, 1.5 + 0 * t, 1.0 - 0.1 * t, 5 * np.sin(9 * t)] for i in range(3)]
    return np.array(rows)


def gains(n):
    return np.stack([np.ones(n), np.linspace(0, 1, n), np.ones(n), np.linspace(-1, 1, n)])


def jobs():
    for i, (pool, columns) in enumerate(zip(POOLS, courses(), strict=True)):
        steps = np.repeat(columns, SETTINGS.slow_steps, axis=1)
        inhibition, current = gains(len(pool))[[1, 3]]
        inputs = Inputs(*steps, inhibition_gain=inhibition, current_gain=current)
        yield Job(pool, inputs, seed=10 + i, trial=i)


def seats():
    return [Seat(p, 10 + i, i, gains(len(p))) for i, p in enumerate(POOLS)]


@pytest.fixture(scope="module")
def whole():
    return run_many(jobs(), SETTINGS, save=("pic", "potential"))


@pytest.mark.parametrize("threads", [1, 2, 3, 16])
@pytest.mark.parametrize("edges", [(SLOW,), (1, 2, 3, SLOW), (250, 251, 600, SLOW)])
def test_the_numbers_are_those_of_a_run_however_it_is_cut(whole, edges, threads):
    duration_s = SLOW * SETTINGS.slow_ms / 1000
    session = Session(seats(), duration_s, SETTINGS, save=("pic", "potential"), threads=threads)
    fired = [[] for _ in POOLS]
    first = 0
    for last in edges:
        for mine, now in zip(fired, session.advance(courses()[:, :, first:last]), strict=True):
            mine.append(now)
        first = last
        assert session.now_s == pytest.approx(last * SETTINGS.slow_ms / 1000)
    for response, expected, pieces in zip(session.responses(), whole, fired, strict=True):
        np.testing.assert_array_equal(response.pic_nA, expected.pic_nA)
        np.testing.assert_array_equal(response.soma_mV, expected.soma_mV)
        assert response.save_hz == expected.save_hz
        for i, train in enumerate(expected.spikes_s):
            np.testing.assert_array_equal(response.spikes_s[i], train)
            np.testing.assert_array_equal(np.concatenate([piece[i] for piece in pieces]), train)
    assert sum(len(train) for train in whole[0].spikes_s) > 100


def test_shares_may_change_on_the_way():
    given = [gains(len(p)) for p in POOLS]
    changed = Session(
        [replace(seat, gains=None) for seat in seats()], 0.3, SETTINGS, save=("potential",)
    )
    begun = Session(seats(), 0.3, SETTINGS, save=("potential",))
    for i, rows in enumerate(given):
        for row in Row:
            changed.share(i, row, rows[row])
    for session in (changed, begun):
        session.advance(courses()[:, :, :400])
    for a, b in zip(changed.responses(), begun.responses(), strict=True):
        np.testing.assert_array_equal(a.soma_mV, b.soma_mV)
    changed.share(1, Row.NEUROMODULATION, np.zeros(len(POOLS[1])))
    for session in (changed, begun):
        session.advance(courses()[:, :, 400:750])
    after = [session.responses() for session in (changed, begun)]
    np.testing.assert_array_equal(after[0][0].soma_mV, after[1][0].soma_mV)
    assert not np.array_equal(after[0][1].soma_mV, after[1][1].soma_mV)


def test_what_is_not_saved_is_not_there():
    session = Session(seats(), 0.1, SETTINGS)
    session.advance(courses()[:, :, :100])
    response = session.responses()[0]
    assert response.pic_nA.shape == response.soma_mV.shape == (37, 0)


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        (np.ones((2, 4, 5)), r"shape \(2, 4, 5\); they must be \(3, 4, steps\)"),
        (np.ones((3, 3, 5)), "must be"),
        (np.ones((3, 4, 251)), "is over"),
        (np.full((3, 4, 5), np.nan), "must be finite"),
        (-np.ones((3, 4, 5)), "only the current may be negative"),
    ],
)
def test_impossible_inputs_are_refused(inputs, words):
    session = Session(seats(), 0.1, SETTINGS)
    with pytest.raises(SimulationError, match=words):
        session.advance(inputs)
    assert session.now_s == 0.0


def test_sessions_that_can_not_be_are_refused():
    with pytest.raises(SimulationError, match='engine="reference" can\'t follow a target'):
        Session(seats(), 1.0, EngineSettings(engine="reference"))
    with pytest.raises(SimulationError, match="at least one pool"):
        Session([], 1.0)


def test_a_motoneuron_that_fires_without_end_or_diverges_is_named():
    pool = muscle_pool("TA", 20, 1)
    wild = pool.g_Na_S_per_cm2.copy()
    wild[18] = -1e6
    session = Session([Seat(pool), Seat(replace(pool, g_Na_S_per_cm2=wild))], 1.0, SETTINGS)
    columns = np.ones((2, 4, 1000))
    with pytest.raises(SimulationError, match=r"Motoneuron 19 of pool 2 (diverged|fired)"):
        session.advance(columns)
