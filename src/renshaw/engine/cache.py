"""Compiled kernels are kept between sessions, and are forgotten when any of their sources changes.

numba looks only at the file of the function that it keeps; a kernel here is made of several.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

import renshaw.model.mechanisms


def kept_with(kernel: Any, *sources: ModuleType) -> Any:
    """Return the kernel, whose compiled code is now kept for exactly these sources."""
    digest = sha256()
    mechanisms = Path(str(renshaw.model.mechanisms.__file__)).parent
    files = [Path(str(source.__file__)) for source in sources] + sorted(mechanisms.glob("*.py"))
    for file in files:
        digest.update(file.read_bytes())
    kept = kernel._cache._cache_file
    kept._source_stamp = (kept._source_stamp, digest.hexdigest())
    return kernel


def must_compile(kernel: Any) -> bool:
    """Return whether the next call of a kernel compiles it: it was neither called nor kept."""
    return not kernel.signatures and not kernel._cache._cache_file._load_index()
