"""The machine that renshaw runs on."""

from __future__ import annotations

import os
import platform
import sys
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from typing import Any

from renshaw.core.errors import SettingsError


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


# What any processor of the last fifteen years can do. Whoever starts each process with these
# variables has the same numbers from all of them: compiled kernels, NumPy and OpenBLAS choose no
# way of their own then.
BASELINE = {
    "NUMBA_CPU_NAME": "x86-64-v2",
    "NUMBA_CPU_FEATURES": "+sse3,+ssse3,+sse4.1,+sse4.2,+popcnt,+cx16",
    # NumPy of different versions calls them by different names.
    "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX F16C FMA3 AVX2 AVX512F AVX512CD AVX512_KNL "
    "AVX512_KNM AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR",
    "OPENBLAS_CORETYPE": "Nehalem",
}


def keep_to_baseline() -> None:
    """Let this process and those that it starts do numbers as every PC can.

    Raises
    ------
    SettingsError
        It is too late, as libraries have looked at the processor already, or this is no PC.
    """
    if platform.machine().lower() not in ("x86_64", "amd64"):
        raise SettingsError("--baseline is for the processors of PCs; this is another one.")
    if any(os.environ.get(name) != value for name, value in BASELINE.items()):
        if "numpy" in sys.modules:
            raise SettingsError(
                "NumPy is loaded already, so it is too late for a baseline.",
                hint="Set the variables of renshaw.core.machine.BASELINE before Python starts.",
            )
        os.environ.update(BASELINE)


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
    import scipy.linalg  # noqa: F401 (loads its own library, which is asked below)
    import threadpoolctl
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
    # The library chooses its way by the processor as well, whatever numba is told.
    ways = {
        str(each["architecture"])
        for each in threadpoolctl.threadpool_info()
        if each["user_api"] == "blas" and "architecture" in each
    }
    version_of = (blas.get("name", "BLAS"), blas.get("version", ""), *sorted(ways))
    words += [" ".join(filter(None, version_of))]
    return ", ".join([*words, " ".join(platform.libc_ver()).strip() or platform.system()])
