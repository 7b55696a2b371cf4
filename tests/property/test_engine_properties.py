"""What must hold for any input: causality, independence of how the work is cut, random numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renshaw.engine import EngineSettings, Inputs, Job, run, run_many
from renshaw.engine.noise import centered, lower, philox, upper
from renshaw.model.muscles import muscle_pool

STEP_ms = EngineSettings().step_ms
SLOW = EngineSettings().slow_steps
few = settings(max_examples=8, deadline=None)


def constant(excitation, duration_ms=400.0, inhibition=1.5, gamma=1.0, rest_ms=0.0):
    steps, rest = round(duration_ms / STEP_ms), round(rest_ms / STEP_ms)
    e = np.concatenate([np.zeros(rest), np.full(steps, float(excitation))])
    return Inputs(e, np.full(len(e), float(inhibition)), np.full(len(e), float(gamma)))


def same(a, b):
    return all(np.array_equal(x, y) for x, y in zip(a.spikes_s, b.spikes_s, strict=True))


@few
@given(st.integers(1, 40), st.floats(0.0, 1.0), st.floats(0.0, 5.0))
def test_no_excitation_no_spikes(n, gamma, inhibition):
    response = run(muscle_pool("TA", n), constant(0.0, inhibition=inhibition, gamma=gamma), seed=n)
    assert not any(len(x) for x in response.spikes_s)


@few
@given(st.floats(6.0, 30.0), st.floats(0.0, 3.0), st.floats(0.1, 4.0))
def test_more_inhibition_never_recruits_earlier(excitation, inhibition, more):
    pool = muscle_pool("TA", 16)
    quiet = EngineSettings(noise=0.0)
    first, later = (
        run(pool, constant(excitation, inhibition=i), quiet).spikes_s
        for i in (inhibition, inhibition + more)
    )
    for x, y in zip(first, later, strict=True):
        assert len(y) == 0 or x[0] <= y[0] + 1e-5


@few
@given(st.floats(10.0, 30.0), st.integers(1, 100))
def test_a_later_input_gives_the_same_spikes_later(excitation, slow_steps):
    pool = muscle_pool("TA", 16)
    quiet = EngineSettings(noise=0.0)
    # A second of rest, in which a motoneuron settles, then the input.
    shift_ms = slow_steps * SLOW * STEP_ms
    now = run(pool, constant(excitation, rest_ms=1000.0), quiet)
    then = run(pool, constant(excitation, rest_ms=1000.0 + shift_ms), quiet)
    for x, y in zip(now.spikes_s, then.spikes_s, strict=True):
        k = min(len(x), len(y), 3)
        assert abs(len(x) - len(y)) <= 1
        np.testing.assert_allclose(y[:k] - shift_ms / 1000, x[:k], atol=5e-4)


@few
@given(
    st.lists(st.tuples(st.integers(1, 70), st.integers(0, 2**63 - 1)), min_size=1, max_size=5),
    st.integers(1, 4),
    st.randoms(),
)
def test_numbers_do_not_depend_on_threads_batches_or_order(sizes, threads, random):
    inputs = [constant(20.0, duration_ms=100.0 + 8 * (n % 3)) for n, _ in sizes]
    jobs = [Job(muscle_pool("TA", n), i, s) for (n, s), i in zip(sizes, inputs, strict=True)]
    order = list(range(len(jobs)))
    random.shuffle(order)
    together = run_many([jobs[i] for i in order], threads=threads, save=["pic", "potential"])
    for i, response in zip(order, together, strict=True):
        alone = run_many([jobs[i]], threads=1, save=["pic", "potential"])[0]
        assert same(alone, response)
        assert np.array_equal(alone.pic_nA, response.pic_nA)
        assert np.array_equal(alone.soma_mV, response.soma_mV)


def test_a_motoneuron_does_not_depend_on_its_neighbors_beyond_its_number():
    pool = muscle_pool("TA", 60)
    inputs = constant(25.0)
    whole = run(pool, inputs, seed=3)
    part = run(pool.select(range(20)), inputs, seed=3)
    for x, y in zip(part.spikes_s, whole.spikes_s, strict=False):
        assert np.array_equal(x, y)


def test_seed_and_trial_change_the_noise_and_noise_only():
    pool = muscle_pool("TA", 8)
    inputs = constant(20.0)
    base, seed, trial, quiet, quiet_seed = (
        run_many([Job(pool, inputs, s, t)], EngineSettings(noise=n))[0]
        for s, t, n in ((1, 0, 1), (2, 0, 1), (1, 1, 1), (1, 0, 0), (2, 0, 0))
    )
    assert not same(base, seed)
    assert not same(base, trial)
    assert not same(base, quiet)
    assert same(quiet, quiet_seed)


# Known answers of the Random123 distribution, kat_vectors: counter, key, words.
KNOWN = [
    ([0] * 4, [0] * 2, [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
    ([0xFFFFFFFF] * 4, [0xFFFFFFFF] * 2, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
    (
        [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
        [0xA4093822, 0x299F31D0],
        [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
    ),
]


@pytest.mark.parametrize(("counter", "key", "words"), KNOWN)
def test_philox_gives_the_known_answers(counter, key, words):
    from numba import njit

    assert [int(w) for w in philox(*counter, *key)] == words
    compiled = njit(lambda a, b, c, d, e, f: philox(a, b, c, d, e, f))
    assert [int(w) for w in compiled(*counter, *key)] == words


def test_fluctuations_are_centered_with_variance_one():
    values = []
    for i in range(2000):
        for word in philox(i, 0, 7, 0, 11, 13):
            values += [centered(lower(word)), centered(upper(word))]
    assert abs(np.mean(values)) < 3 / len(values) ** 0.5
    assert abs(np.var(values) - 1) < 0.03
    assert max(np.abs(values)) < 3**0.5
