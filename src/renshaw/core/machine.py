"""The machine that renshaw runs on."""

from __future__ import annotations

import math
import os
import platform
import struct
import sys
from collections.abc import Callable
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
# variables has the same numbers from all of them: compiled kernels, NumPy, OpenBLAS and the C
# library choose no way of their own then.
BASELINE = {
    "NUMBA_CPU_NAME": "x86-64-v2",
    "NUMBA_CPU_FEATURES": "+sse3,+ssse3,+sse4.1,+sse4.2,+popcnt,+cx16",
    # NumPy of different versions calls them by different names.
    "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX F16C FMA3 AVX2 AVX512F AVX512CD AVX512_KNL "
    "AVX512_KNM AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR",
    "OPENBLAS_CORETYPE": "Nehalem",
    # Its exp, log, sin and others have ways of their own for processors with FMA. It looks at this
    # once, when a process begins; older ones know the longer names.
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2,-FMA_Usable,-FMA4_Usable,-AVX2_Usable",
}


# How numba compiles by itself.
_COMPILES = {
    "OPT": 3,
    "LOOP_VECTORIZE": 1,
    "SLP_VECTORIZE": 0,
    "ENABLE_AVX": 1,
    # Intel's library of functions, where it is installed and not switched off.
    "USING_SVML": 0,
    "DISABLE_JIT": 0,
}


def keeps_to_baseline() -> bool:
    """Whether this process does numbers as every PC can, as its variables say."""
    return all(os.environ.get(name) == value for name, value in BASELINE.items())


def keep_to_baseline() -> None:
    """Let this process and those that it starts do numbers as every PC can.

    The C library (that of Linux) is told when a process begins: the same command then begins anew,
    and this does not return.

    Raises
    ------
    SettingsError
        It is too late, as libraries have looked at the processor already, or this is no PC.
    """
    if platform.machine().lower() not in ("x86_64", "amd64"):
        raise SettingsError("--baseline is for the processors of PCs; this is another one.")
    if keeps_to_baseline():
        return
    if "numpy" in sys.modules:
        raise SettingsError(
            "NumPy is loaded already, so it is too late for a baseline.",
            hint="Set the variables of renshaw.core.machine.BASELINE before Python starts.",
        )
    told = os.environ.get("GLIBC_TUNABLES") == BASELINE["GLIBC_TUNABLES"]
    os.environ.update(BASELINE)
    if platform.libc_ver()[0] == "glibc" and not told:
        sys.stdout.flush()
        sys.stderr.flush()
        os.execv(sys.executable, sys.orig_argv)


@cache
def arithmetic() -> str:
    """Return what last digits of numbers depend on, beside the program: processor and libraries.

    Kernels are compiled for the processor that they run on, and libraries choose their own way
    for it: fused multiplication and addition (FMA) rounds once where others round twice. The same
    words mean the same numbers, byte by byte. ``NUMBA_CPU_NAME`` and ``NUMBA_CPU_FEATURES`` count.

    Returns
    -------
    str
        Such as ``"rocketlake (1f00aa2b), numba 0.61.0, llvmlite 0.44.0, numpy 2.1.3, ..., glibc
        2.36 (ab12cd34)"``, at the end what the C library rounds to.
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
    words += [" ".join(filter(None, version_of)), *compiled_otherwise()]
    library = " ".join(platform.libc_ver()).strip() or platform.system()
    return ", ".join([*words, f"{library} ({_rounded()})"])


def compiled_otherwise() -> tuple[str, ...]:
    """Return how numba was told to compile, where that is not as it does by itself.

    The same kernel has other last digits then, on the same processor: ``NUMBA_OPT``,
    ``NUMBA_SLP_VECTORIZE`` and others, or the same in a file ``.numba_config.yaml``.
    """
    from numba import config

    told = {name: str(int(getattr(config, name, usual))) for name, usual in _COMPILES.items()}
    if getattr(config.OPT, "is_opt_max", False):
        # Equal to 3 as a number, but it does more.
        told["OPT"] = "max"
    return tuple(f"NUMBA_{n}={told[n]}" for n, usual in _COMPILES.items() if told[n] != str(usual))


def _rounded() -> str:
    """Return a sum of what the C library answers: it chooses its ways by the processor as well."""
    fractions = [math.fmod(k * 0.6180339887498949, 1.0) for k in range(1, 1000)]
    asked: list[tuple[Callable[[float], float], float]] = [
        *((each, 20.0) for each in (math.exp, math.expm1, math.sin, math.cos, math.tan)),
        *((each, 20.0) for each in (math.atan, math.tanh, math.log1p, math.sinh, math.erf)),
        *((each, 1.0) for each in (math.log, math.log2, math.log10, math.asin, math.gamma)),
        (lambda x: x**1.37, 20.0),
    ]
    digest = sha256()
    for function, scale in asked:
        for x in fractions:
            digest.update(struct.pack("<d", function(scale * x)))
    return digest.hexdigest()[:8]
