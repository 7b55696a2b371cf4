"""Soleus and gastrocnemius medialis fire as human units do.

Targets for young adults: peak discharge rate at 20 % MVC soleus 10.5 +- 1.8, tibialis anterior
14.5 +- 2.3 pps (Orssatto et al. 2021, open data); near maximal effort soleus 14.9 to 16.3 and
gastrocnemius medialis 16.0 to 22.6 pps (means of studies, Orssatto et al. 2022 meta-analysis).
Excitation is 0.18 for each % MVC, neuromodulation grows with it.
"""

from __future__ import annotations

import numpy as np
import pytest

from renshaw.core.errors import SettingsError
from renshaw.engine import EngineSettings, Inputs, Job, run, run_many
from renshaw.model.muscles import MUSCLES, muscle_pool

STEP_ms = EngineSettings().step_ms
SEEDS = 3


def triangle(pct_mvc):
    t = (np.arange(round(22_000 / STEP_ms)) + 0.5) * STEP_ms / 1000
    drive = 0.18 * np.interp(t, [0, 1, 11, 21, 22], [0, 0, pct_mvc, 0, 0])
    return Inputs(drive, np.full(len(t), 1.5), 0.97 + 0.006 * (drive - 3.6))


@pytest.fixture(scope="module")
def fired():
    found = {}
    for muscle in ("TA", "SOL", "GM"):
        for pct in (20, 100):
            inputs = triangle(pct)
            jobs = [Job(muscle_pool(muscle, 20), inputs, seed) for seed in range(SEEDS)]
            found[muscle, pct] = [x for r in run_many(jobs) for x in r.spikes_s if len(x) >= 20]
    return found


def smooth(train):
    """Return the fifth-order polynomial through the instantaneous rate."""
    return np.polynomial.Polynomial.fit(train[1:], 1 / np.diff(train), 5)


def peak_pps(trains):
    return np.mean([smooth(x)(np.linspace(x[1], x[-1], 300)).max() for x in trains])


@pytest.mark.parametrize(
    ("muscle", "pct", "low", "high"),
    [
        ("TA", 20, 13.0, 16.5),
        ("SOL", 20, 9.5, 11.8),
        ("GM", 20, 9.5, 12.8),
        ("SOL", 100, 13.9, 16.5),
        ("GM", 100, 16.0, 22.6),
    ],
)
def test_peak_discharge_rates(fired, muscle, pct, low, high):
    assert low < peak_pps(fired[muscle, pct]) < high


@pytest.mark.parametrize("muscle", ["SOL", "GM"])
def test_firing_outlasts_the_drive_that_started_it(fired, muscle):
    # Recruited so long after the start of the climb, derecruited that much closer to the end.
    outlasted_s = [x[-1] - (22.0 - x[0]) for x in fired[muscle, 20]]
    assert 1.0 < np.median(outlasted_s) < 6.0


def test_slow_muscles_contract_slowly():
    slowest = {m: muscle_pool(m).contraction_time_ms.max() for m in MUSCLES}
    assert slowest["SOL"] > slowest["GM"] == slowest["TA"]


@pytest.mark.parametrize("muscle", MUSCLES)
@pytest.mark.parametrize("n_units", [1, 2, 33, 1000])
def test_pools_of_any_size_fire(muscle, n_units):
    pool = muscle_pool(muscle, n_units)
    assert len(pool) == n_units
    one = np.ones(round(200 / STEP_ms))
    spikes = run(pool, Inputs(40 * one, 1.5 * one, one)).spikes_s
    assert all(len(train) for train in spikes)
    # The same muscle whatever the number: first and last motoneuron don't change.
    whole = muscle_pool(muscle, 20)
    for name in pool.array_names():
        np.testing.assert_array_equal(getattr(pool, name)[0], getattr(whole, name)[0])


def test_unknown_muscles_and_sizes_are_refused():
    with pytest.raises(SettingsError, match="Did you mean 'SOL'"):
        muscle_pool("SOLE")
    with pytest.raises(SettingsError, match="1 to 1000 motoneurons"):
        muscle_pool("TA", 1001)
