"""`run` and `run_many`: what they give, what they refuse, and in which words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from renshaw.core.errors import SettingsError, SimulationError
from renshaw.engine import EngineSettings, Inputs, Job, run, run_many
from renshaw.model.muscles import muscle_pool

POOL = muscle_pool("TA", 5, 1)


def inputs(steps=1000, drive=20.0, **more):
    one = np.ones(steps)
    usual = {"excitation": drive * one, "inhibition": one, "neuromodulation": one}
    return Inputs(**usual | more)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"excitation": np.r_[np.ones(999), np.nan]}, "excitation holds .* finite number, at 999"),
        ({"inhibition": -np.ones(1000)}, "inhibition falls to -1; it can't be negative"),
        ({"neuromodulation": np.ones(999)}, "neuromodulation must be a list as long as"),
        ({"excitation": np.ones((2, 2))}, "excitation must be a list"),
        ({"excitation": np.ones(0)}, "not empty"),
        ({"excitation": 5.0}, "excitation must be a list"),
        ({"current_nA": np.full(1000, np.inf)}, "current_nA holds a value"),
        ({"excitation_gain": np.ones(4)}, r"excitation_gain has shape \(4,\); .* 5 motoneurons"),
        ({"inhibition_gain": -np.ones(5)}, "inhibition_gain falls to -1"),
        ({"neuromodulation_gain": np.full(5, np.nan)}, "neuromodulation_gain holds"),
    ],
)
@pytest.mark.parametrize("engine", ["cpu", "reference"])
def test_impossible_inputs_are_refused_by_name(bad, words, engine):
    with pytest.raises(SimulationError, match=words):
        run(POOL, inputs(**bad), EngineSettings(engine=engine))


@pytest.mark.parametrize("engine", ["cpu", "reference"])
def test_a_motoneuron_that_diverges_stops_the_run(engine):
    wild = replace(POOL, g_Na_S_per_cm2=np.array([1.0, 1.0, 1.0, -1e6, 1.0]))
    with pytest.raises(SimulationError, match=r"Motoneuron 4 of job 1 (diverged|fired)"):
        run(wild, inputs(), EngineSettings(engine=engine))


def test_a_job_too_large_for_memory_is_refused_before_it_starts():
    long = np.broadcast_to(np.ones(1), (200_000_000,))
    with pytest.raises(SimulationError, match=r"need .* GiB; the limit is 8 GiB"):
        run(muscle_pool("TA", 1000, 1), Inputs(long, long, long))


def test_settings_out_of_range_are_refused():
    with pytest.raises(SettingsError, match="step_ms"):
        EngineSettings(step_ms=1.0)
    with pytest.raises(SettingsError, match="Did you mean 'cuda'"):
        EngineSettings(engine="cudaa")
    with pytest.raises(SimulationError, match="pic and potential"):
        run_many([Job(POOL, inputs())], save=["voltage"])
    with pytest.raises(SimulationError, match="at least one thread"):
        run_many([Job(POOL, inputs())], threads=0)
    with pytest.raises(SimulationError, match="trial"):
        Job(POOL, inputs(), trial=-1)


@pytest.mark.parametrize("engine", ["cpu", "reference"])
def test_traces_come_when_asked_for_and_as_often(engine):
    settings = EngineSettings(engine=engine, save_ms=8.0)
    job = Job(POOL, inputs(steps=2002))
    none, both = (run_many([job], settings, save=s)[0] for s in ((), ("pic", "potential")))
    assert none.pic_nA.shape == none.soma_mV.shape == (5, 0)
    assert both.save_hz == pytest.approx(125.0)
    assert both.pic_nA.shape == both.soma_mV.shape == (5, 13)
    np.testing.assert_allclose(both.soma_mV[:, 0], POOL.e_pas_mV, rtol=1e-6)
    assert np.all(both.pic_nA[:, -1] > both.pic_nA[:, 0])
    assert all(np.array_equal(x, y) for x, y in zip(none.spikes_s, both.spikes_s, strict=True))
    assert run(POOL, inputs()).soma_mV.shape == (5, 0)


def test_the_engines_agree_on_traces_and_spikes():
    job = Job(POOL, inputs(steps=2500), seed=5)
    found = [
        run_many([job], EngineSettings(engine=e), save=("pic", "potential"))[0]
        for e in ("cpu", "reference")
    ]
    # The vector kernel saves slow gates half a slow step ahead.
    np.testing.assert_allclose(found[0].pic_nA, found[1].pic_nA, rtol=0.03, atol=0.25)
    for x, y in zip(found[0].spikes_s, found[1].spikes_s, strict=True):
        assert len(x) == len(y)
        np.testing.assert_allclose(x, y, atol=2e-3)


@pytest.mark.parametrize("engine", ["cpu", "reference"])
def test_gains_scale_what_each_motoneuron_takes(engine):
    settings = EngineSettings(engine=engine)
    gain = np.array([1.0, 0.0, 0.5, 1.0, 2.0])
    shared = run(POOL, inputs(steps=2000, excitation_gain=gain), settings, seed=2)
    assert len(shared.spikes_s[1]) == 0
    own = run(POOL, inputs(steps=2000, drive=40.0), settings, seed=2)
    assert np.array_equal(shared.spikes_s[4], own.spikes_s[4])
    current = np.full(2000, 10.0)
    signs = np.array([1.0, -1.0, 1.0, 1.0, 1.0])
    driven = run(
        POOL, inputs(steps=2000, drive=0.0, current_nA=current, current_gain=signs), settings
    )
    assert len(driven.spikes_s[0]) > 0
    assert len(driven.spikes_s[1]) == 0


def test_an_input_that_leaps_still_gives_one_spike_a_leap():
    # So strong a current carries the soma from rest over the threshold within some coarse steps.
    current = np.zeros(4000)
    current[2000:2016] = 300.0
    for engine in ("cpu", "reference"):
        found = run(
            POOL,
            inputs(steps=4000, drive=0.0, current_nA=current),
            EngineSettings(engine=engine, noise=0.0),
        )
        for train in found.spikes_s:
            assert len(train) == 1
            assert 0.1 <= train[0] < 0.1012


def test_spikes_lie_within_the_run_and_rise():
    steps = 1501
    response = run(POOL, inputs(steps=steps, drive=40.0))
    for train in response.spikes_s:
        assert len(train) > 1
        assert np.all(np.diff(train) > 0.002)
        assert train[0] >= 0
        assert train[-1] < steps * 1e-4


@pytest.mark.parametrize("engine", ["cpu", "reference"])
def test_progress_ends_with_everything_done(engine):
    calls = []
    jobs = [Job(muscle_pool("TA", n, 1), inputs(steps=100)) for n in (3, 40)]
    run_many(jobs, EngineSettings(engine=engine), progress=lambda *call: calls.append(call))
    done, known, what = calls[-1]
    assert done == known
    assert what.startswith("simulating")


def test_a_call_that_compiles_says_so_first(monkeypatch):
    from renshaw.engine import blocks

    calls = []
    for new in (True, False):
        monkeypatch.setattr(blocks, "must_compile", lambda kernel, new=new: new)
        run(POOL, inputs(steps=10), progress=lambda *call: calls.append(call[2]))
    assert calls[0].startswith("compiling")
    assert all(call.startswith("simulating") for call in calls[1:])


def test_no_jobs_give_no_responses():
    assert run_many([]) == []


def test_jobs_may_come_from_a_generator():
    shared = inputs(steps=200)
    found = run_many(Job(muscle_pool("TA", n, 1), shared, n) for n in (1, 17, 33))
    assert [len(r.spikes_s) for r in found] == [1, 17, 33]
