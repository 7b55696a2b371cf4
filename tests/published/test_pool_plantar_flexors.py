"""Soleus and gastrocnemius medialis fire as human units do.

Targets for young adults: peak discharge rate at 20 % MVC soleus 10.5 +- 1.8, tibialis anterior
14.5 +- 2.3 pps (Orssatto et al. 2021, open data), gastrocnemius medialis 9.3 to 11.5 pps between 15
and 55 % MVC, near maximal effort 16.0 to 22.6 pps (means of studies, open data of Orssatto et al.).
"""

from __future__ import annotations

import numpy as np
import pytest

import renshaw as rs
from renshaw.core.errors import SettingsError
from renshaw.engine import EngineSettings, Inputs, run
from renshaw.experiment.maximal import maximal_discharges
from renshaw.model.muscles import MUSCLES, muscle_pool

STEP_ms = EngineSettings().step_ms
SEEDS = 2


@pytest.fixture(scope="module")
def ramps():
    trials = [
        rs.experiment.Trial(rs.Participant(muscle=muscle), rs.Ramp(), seed=seed)
        for muscle in ("TA", "SOL", "GM")
        for seed in range(SEEDS)
    ]
    found = {}
    for trial, recording in zip(trials, rs.experiment.simulate_many(trials), strict=True):
        found.setdefault(trial.participant.muscle, []).append(recording)
    return found


@pytest.mark.parametrize(
    ("muscle", "low", "high"),
    [
        ("TA", 13.0, 16.0),
        ("SOL", 9.5, 11.8),
        pytest.param(
            "GM",
            8.5,
            11.8,
            marks=pytest.mark.xfail(
                reason="the second edition's gastrocnemius fires at 12 pps: docs/person.md"
            ),
        ),
    ],
)
def test_peak_discharge_rates_at_20_percent(ramps, muscle, low, high):
    peaks = rs.estimate(ramps[muscle]).select("peak_rate").to_table()
    assert low < peaks.value[peaks.ok].mean() < high


def test_discharge_rates_of_the_gastrocnemius_in_a_maximal_effort():
    discharges = maximal_discharges(rs.Participant(muscle="GM"))
    rates = [np.sum(times > 1.0) for times in discharges]
    assert 16.0 < np.mean(rates) < 22.6


@pytest.mark.parametrize("muscle", ["SOL", "GM"])
def test_persistent_inward_currents_outlast_recruitment(ramps, muscle):
    # Derecruited at less drive than recruited: delta F of a unit is positive in nearly all.
    found = rs.estimate(ramps[muscle]).select("delta_f").to_table()
    values = found.value[found.ok]
    assert values.mean() > 1.5
    assert (values < 0).mean() < 0.15


def test_slow_muscles_contract_slowly():
    slowest = {m: muscle_pool(m).contraction_time_ms.max() for m in MUSCLES}
    assert slowest["SOL"] > slowest["GM"] == slowest["TA"]


@pytest.mark.parametrize("muscle", MUSCLES)
@pytest.mark.parametrize("n_units", [1, 2, 33, 1000])
def test_pools_of_any_size_fire(muscle, n_units):
    pool = muscle_pool(muscle, n_units)
    assert len(pool) == n_units
    # Far more than any voluntary drive: no motoneuron of any pool is out of reach.
    one = np.ones(round(500 / STEP_ms))
    spikes = run(pool, Inputs(100 * one, 1.5 * one, one)).spikes_s
    assert all(len(train) for train in spikes)
    # The same muscle whatever the number: first and last motoneuron don't change.
    whole = muscle_pool(muscle, 20)
    # How fast motoneurons run down is spread over the pool, in no order of theirs.
    for name in set(pool.array_names()) - {"run_down_per_s"}:
        np.testing.assert_array_equal(getattr(pool, name)[0], getattr(whole, name)[0])


def test_unknown_muscles_and_sizes_are_refused():
    with pytest.raises(SettingsError, match="Did you mean 'SOL'"):
        muscle_pool("SOLE")
    with pytest.raises(SettingsError, match="1 to 1000 motoneurons"):
        muscle_pool("TA", 1001)
