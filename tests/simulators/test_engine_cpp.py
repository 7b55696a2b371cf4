"""The vector kernel beside the same equations by hand, in C++ (benchmarks/engine_cpp)."""

from __future__ import annotations

import platform
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from renshaw.engine import EngineSettings, Job, run_many
from renshaw.model.powers_heckman import powers_heckman_2017

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from engine_accuracy import ramp
from engine_cpp_kernel import CppKernel, operations

pytestmark = pytest.mark.skipif(
    shutil.which("g++") is None or platform.machine() not in ("x86_64", "AMD64"),
    reason="the kernel by hand needs g++ and an x86-64 processor with AVX2",
)


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> CppKernel:
    return CppKernel(tmp_path_factory.mktemp("cpp"))


@pytest.mark.parametrize("noise", [0.0, 1.0])
def test_both_fire_the_same_discharges(kernel: CppKernel, noise: float) -> None:
    settings = EngineSettings(noise=noise)
    inputs, pool = ramp(up_s=2.0), powers_heckman_2017(20)
    jobs = [Job(pool, inputs, seed) for seed in range(2)]
    ours = [response.spikes_s for response in run_many(jobs, settings)]
    theirs = kernel.run(jobs, settings)
    for job, by_hand in zip(ours, theirs, strict=True):
        assert sum(len(times_s) for times_s in job) > 500
        for mine_s, hand_s in zip(job, by_hand, strict=True):
            assert len(mine_s) == len(hand_s)
            # The two compilers round single precision at other places.
            np.testing.assert_allclose(hand_s, mine_s, atol=0.5e-3)


def test_the_operations_of_a_step_are_counted() -> None:
    counted = operations()
    assert counted["exponentials_per_step"] >= 5
    assert counted["flops_per_step"] > 100
