"""The hot loop is vectorized: losing that is silent, and costs a factor of ten."""

from __future__ import annotations

import platform
import re

import numpy as np
import pytest
from numba import njit, typeof

from renshaw.engine import block, blocks, inputs
from renshaw.engine.block import integrate_block
from renshaw.engine.settings import EngineSettings
from renshaw.model.muscles import muscle_pool


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="counts x86 instructions")
def test_the_kernel_computes_with_packed_single_precision(monkeypatch):
    # Compiled without the cache, because code from the cache can't be inspected.
    fresh = njit(nogil=True, error_model="numpy")(integrate_block.py_func)
    fresh.compile(_signature(monkeypatch))
    assembly = fresh.inspect_asm(fresh.signatures[0])
    packed = re.findall(r"^\s+v?(?:fn?m\w+|mul|add|sub|div)\w*ps\s.*%[xyz]mm", assembly, re.M)
    divisions = re.findall(r"^\s+v?div(ps|ss)\s", assembly, re.M)
    # A coarse and a fine step divide 10 times each, their eliminations 4 times each, the slow gates
    # 13 times: were one of these loops lost, fewer packed divisions would be left than this.
    assert len(packed) > 500
    assert divisions.count("ps") >= 40


def _signature(monkeypatch):
    seen = []

    def record(*arguments):
        seen.append(tuple(typeof(a) for a in arguments))
        return block.FINISHED

    one = np.ones(8)
    job = inputs.Job(muscle_pool("TA", 2, 1), inputs.Inputs(one, one, one))
    monkeypatch.setattr(block, "integrate_block", record)
    blocks.run_jobs([job], EngineSettings(), frozenset(), 1, None)
    return seen[0]
