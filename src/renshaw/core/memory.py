"""A limit on the memory of a process while it reads, for what no budget foresaw.

Readers count what they make of a file against a budget; a library underneath may make more. The
command line and the page's jobs, whose processes are theirs alone, ask for the limit once; a
program that uses renshaw as a library keeps its process as it is.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

# Libraries that are loaded meanwhile, and the looks at what was read.
_FREE_BYTES = 2**30
_TIMES = 3
_asked = False


def limit_reads() -> None:
    """Bound the memory of every reading of this process from now on, where the system can."""
    global _asked
    _asked = True


@contextlib.contextmanager
def bounded(made_bytes: int) -> Iterator[None]:
    """Let memory run out inside the block where far more is taken than a file may honestly need.

    Parameters
    ----------
    made_bytes : int
        What the budget of the file allows.

    Raises
    ------
    MemoryError
        By whoever asks for more.
    """
    held = _held_bytes() if _asked else None
    if held is None:
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = held + _FREE_BYTES + _TIMES * made_bytes
    known = [limit for limit in (most, soft, hard) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_DATA, (min(known), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _held_bytes() -> int | None:
    """Return the bytes of data that this process has already, or None where that isn't known."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData"))
    except (OSError, ValueError, StopIteration):
        return None
