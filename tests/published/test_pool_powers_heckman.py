"""The published pool does what it is known to do.

Spike counts and first spikes of four of the 20 motoneurons under a smooth triangle of excitation
(peak M_e 12, M_i 1.5) are those of NEURON 9.0.2 running the authors' own files (ModelDB 239582) at
0.025 ms: counts within 0.7 %, first spikes within 0.5 ms.
"""

from __future__ import annotations

import numpy as np
import pytest

from renshaw.engine import EngineSettings, Inputs, run
from renshaw.model.powers_heckman import powers_heckman_2017

QUIET = EngineSettings(noise=0.0)
PUBLISHED = {
    0: (338, 2778.4, 18.50),
    5: (316, 3224.2, 17.98),
    10: (244, 4682.6, 16.75),
    15: (137, 7323.7, 14.28),
}


def triangle(peak, gamma=1.0, step_ms=QUIET.step_ms):
    t = (np.arange(round(22_000 / step_ms)) + 0.5) * step_ms / 1000
    excitation = np.interp(t, [0, 1, 11, 21, 22], [0, 0, peak, 0, 0])
    return Inputs(excitation, np.full(len(t), 1.5), np.full(len(t), gamma))


@pytest.fixture(scope="module")
def trains():
    return run(powers_heckman_2017(20), triangle(12.0), QUIET).spikes_s


@pytest.mark.parametrize("i", PUBLISHED)
def test_spikes_of_the_authors_own_files(trains, i):
    count, first_ms, rate_pps = PUBLISHED[i]
    assert abs(len(trains[i]) / count - 1) < 0.01
    assert 1000 * trains[i][0] == pytest.approx(first_ms, abs=0.5)
    # Their derecruitment at 0.025 ms is up to 0.3 s early, which their mean rate shows.
    assert np.mean(1 / np.diff(trains[i])) == pytest.approx(rate_pps, rel=0.03)


def test_motoneurons_are_recruited_in_order_and_leave_in_reverse(trains):
    active = [train for train in trains if len(train)]
    assert len(active) >= 18
    first = [train[0] for train in active]
    assert first == sorted(first)
    assert active[0][-1] > active[-1][-1]


def test_persistent_inward_current_outlasts_the_input(trains):
    # Recruitment at 2.8 s is 1.8 s after the start of the climb; without hysteresis the first
    # motoneuron would leave 1.8 s before the end of the descent.
    assert trains[0][-1] - (22.0 - trains[0][0]) > 1.5


def test_less_neuromodulation_lowers_rates_and_hysteresis(trains):
    less = run(powers_heckman_2017(20), triangle(12.0, gamma=0.7), QUIET).spikes_s
    assert len(less[0]) < 0.8 * len(trains[0])
    assert less[0][-1] < trains[0][-1]
