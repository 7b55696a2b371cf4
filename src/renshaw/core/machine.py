"""The machine that renshaw runs on."""

from __future__ import annotations

import os
import platform
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from typing import Any


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@cache
def arithmetic() -> str:
    """Return what last digits of numbers depend on, beside the program: processor and libraries.

    Kernels are compiled for the processor that they run on, and libraries choose their own way
    for it: fused multiplication and addition (FMA) rounds once where others round twice. The same
    words mean the same numbers, byte by byte. ``NUMBA_CPU_NAME`` and ``NUMBA_CPU_FEATURES`` count.

    Returns
    -------
    str
        Such as ``"rocketlake (1f00aa2b), numba 0.61.0, llvmlite 0.44.0, numpy 2.1.3, ..."``.
    """
    import numpy as np
    from llvmlite import binding  # type: ignore[import-untyped]
    from numba import config

    features = config.CPU_FEATURES
    if features is None:
        features = "" if config.CPU_NAME else binding.get_host_cpu_features().flatten()
    built: Any = np.show_config(mode="dicts")
    simd = sorted(built.get("SIMD Extensions", {}).get("found", []))
    blas = built.get("Build Dependencies", {}).get("blas", {})
    name = config.CPU_NAME or binding.get_host_cpu_name()
    enabled = sorted(each for each in features.split(",") if each.startswith("+"))
    digest = sha256(repr((enabled, simd, os.environ.get("NPY_DISABLE_CPU_FEATURES"))).encode())
    packages = [f"{each} {version(each)}" for each in ("numba", "llvmlite", "numpy", "scipy")]
    words = [f"{name} ({digest.hexdigest()[:8]})", *packages]
    words += [f"{blas.get('name', 'BLAS')} {blas.get('version', '')}".strip()]
    return ", ".join([*words, " ".join(platform.libc_ver()).strip() or platform.system()])
