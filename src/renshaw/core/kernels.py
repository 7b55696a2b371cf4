"""Compiled kernels are kept between sessions, and are forgotten when any of their sources changes.

numba looks only at the file of the function that it keeps; a kernel may be made of several. Nor
does it look at how it was told to compile (``NUMBA_OPT=0``), which changes last digits of numbers.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

from renshaw.core.equations import let_kernels_call
from renshaw.core.machine import compiled_otherwise


def compiled(**options: Any) -> Callable[[Any], Any]:
    """Compile like ``njit``, of which type checkers know nothing."""
    from numba import njit

    decorate: Callable[[Any], Any] = njit(**options)
    return decorate


class Kernel:
    """A function that numba compiles when it is first called, and not before numba is needed.

    Parameters
    ----------
    function : callable
    options : mapping
        Those of ``njit``.
    """

    def __init__(self, function: Callable[..., Any], options: dict[str, Any]) -> None:
        self.__doc__ = function.__doc__
        self.py_func = function
        self._options = options
        self._sources: tuple[ModuleType, ...] = ()
        self._lock = threading.Lock()
        self._made: Any = None

    @property
    def dispatcher(self) -> Any:
        """What numba makes of the function."""
        with self._lock:
            if self._made is None:
                self._made = self._dispatcher()
        return self._made

    def _dispatcher(self) -> Any:
        from numba import njit

        let_kernels_call()
        kernel = njit(**self._options)(self.py_func)
        if kernel is self.py_func:
            # NUMBA_DISABLE_JIT: Python does it itself, and there is nothing to keep.
            return kernel
        with contextlib.suppress(RuntimeError):
            kernel.enable_caching()
        return kept_with(kernel, *self._sources)

    def __call__(self, *arguments: Any) -> Any:
        made = self._made
        return (self.dispatcher if made is None else made)(*arguments)

    def kept_with(self, *sources: ModuleType) -> None:
        """Keep the compiled code for exactly these sources."""
        self._sources = sources


def kept(**options: Any) -> Callable[[Any], Kernel]:
    """Compile like ``njit`` and keep the compiled code, where there is a folder that takes it.

    Where neither the package's folder nor the user's cache can be written to, each session compiles
    anew. A kernel that calls into other files is also `kept_with` them.
    """

    def decorate(function: Any) -> Kernel:
        return Kernel(function, options)

    return decorate


def kept_with(kernel: Any, *sources: ModuleType) -> Any:
    """Return the kernel, whose compiled code is now kept for exactly these sources.

    Of a package, every file counts.
    """
    if isinstance(kernel, Kernel):
        kernel.kept_with(*sources)
        return kernel
    digest = sha256()
    for source in sources:
        for file in _files_of(source):
            digest.update(file.read_bytes())
    told = compiled_otherwise()
    file = _file_of(kernel)
    if file is not None and (sources or told):
        file._source_stamp = (file._source_stamp, digest.hexdigest(), *told)
    return kernel


def must_compile(kernel: Any) -> bool:
    """Return whether the next call of a kernel compiles it: it was neither called nor kept."""
    kernel = kernel.dispatcher if isinstance(kernel, Kernel) else kernel
    file = _file_of(kernel)
    if not hasattr(kernel, "signatures"):
        return False
    return not kernel.signatures and not (file is not None and file._load_index())


def _files_of(source: ModuleType) -> list[Path]:
    file = Path(str(source.__file__))
    return sorted(file.parent.glob("*.py")) if hasattr(source, "__path__") else [file]


def _file_of(kernel: Any) -> Any:
    return getattr(getattr(kernel, "_cache", None), "_cache_file", None)
