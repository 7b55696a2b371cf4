"""Compiled kernels are kept between sessions, and are forgotten when any of their sources changes.

numba looks only at the file of the function that it keeps; a kernel may be made of several.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

from numba import njit


def kept(**options: Any) -> Callable[[Any], Any]:
    """Compile like ``njit`` and keep the compiled code, where there is a folder that takes it.

    Where neither the package's folder nor the user's cache can be written to, each session compiles
    anew. A kernel that calls into other files is also `kept_with` them.
    """

    def decorate(function: Any) -> Any:
        kernel = njit(**options)(function)
        with contextlib.suppress(RuntimeError):
            kernel.enable_caching()
        return kernel

    return decorate


def kept_with(kernel: Any, *sources: ModuleType) -> Any:
    """Return the kernel, whose compiled code is now kept for exactly these sources.

    Of a package, every file counts.
    """
    digest = sha256()
    for source in sources:
        for file in _files_of(source):
            digest.update(file.read_bytes())
    file = _file_of(kernel)
    if file is not None:
        file._source_stamp = (file._source_stamp, digest.hexdigest())
    return kernel


def must_compile(kernel: Any) -> bool:
    """Return whether the next call of a kernel compiles it: it was neither called nor kept."""
    file = _file_of(kernel)
    return not kernel.signatures and not (file is not None and file._load_index())


def _files_of(source: ModuleType) -> list[Path]:
    file = Path(str(source.__file__))
    return sorted(file.parent.glob("*.py")) if hasattr(source, "__path__") else [file]


def _file_of(kernel: Any) -> Any:
    return getattr(kernel._cache, "_cache_file", None)
