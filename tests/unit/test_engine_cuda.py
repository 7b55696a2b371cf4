"""The scalar equations compiled for a graphics card do what they do on the processor.

There is no card in continuous integration: numba's CUDA simulator runs the kernel in plain Python,
thread by thread, in a process of its own because numba chooses when it is imported.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from renshaw.core.errors import SimulationError
from renshaw.engine import EngineSettings, Inputs, run
from renshaw.model.powers_heckman import powers_heckman_2017

STEPS = 250
SETTINGS = {"step_ms": 0.1, "inner_steps": 4, "slow_steps": 4, "save_ms": 4.0}
GROWN = {"closing_L_ms": 300.0, "somatic_share": 0.3, "somatic_noise": 0.2, "common_fast": 0.3}
SCRIPT = f"""
import json, numpy as np
from dataclasses import replace
from renshaw.engine import EngineSettings, Inputs, run
from renshaw.model.powers_heckman import powers_heckman_2017
inputs = Inputs(np.full({STEPS}, 30.0), np.full({STEPS}, 1.5), np.ones({STEPS}))
pool = powers_heckman_2017(20).select([0, 10, 19])
pool = replace(pool, **{GROWN!r})
found = run(pool, inputs, EngineSettings(engine="cuda", **{SETTINGS!r}), seed=4)
print(json.dumps([[list(x) for x in found.spikes_s], found.pic_nA.tolist()]))
"""


def test_the_simulated_card_agrees_with_the_processor():
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT],
        env={**os.environ, "NUMBA_ENABLE_CUDASIM": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    spikes, pic = json.loads(done.stdout)
    one = np.ones(STEPS)
    pool = replace(powers_heckman_2017(20).select([0, 10, 19]), **GROWN)
    inputs = Inputs(30 * one, 1.5 * one, one)
    here = run(pool, inputs, EngineSettings(engine="reference", **SETTINGS), seed=4)
    assert sum(len(x) for x in spikes) >= 4
    for x, y in zip(spikes, here.spikes_s, strict=True):
        np.testing.assert_allclose(x, y, atol=1e-9)
    np.testing.assert_allclose(pic, here.pic_nA, rtol=1e-9)
    # Against the single-precision kernel: the tolerance that docs/engine.md states.
    single = run(pool, inputs, EngineSettings(**SETTINGS), seed=4)
    for x, y in zip(spikes, single.spikes_s, strict=True):
        assert len(x) == len(y)
        np.testing.assert_allclose(x, y, atol=5e-4)


def test_without_a_card_the_error_says_what_to_do():
    from numba import cuda

    if cuda.is_available():
        pytest.skip("there is a graphics card here")
    one = np.ones(10)
    with pytest.raises(SimulationError, match='Use engine="cpu"'):
        run(powers_heckman_2017(1), Inputs(one, one, one), EngineSettings(engine="cuda"))
