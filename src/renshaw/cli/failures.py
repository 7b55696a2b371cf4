"""How a command ends: its exit code, and where the details of a fault are kept."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from renshaw.core.errors import SettingsError, expected

FINE = 0
FAILED = 1
MISUSED = 2
BROKEN = 3
INTERRUPTED = 130

EXIT_CODES = (
    (FINE, "everything was done"),
    (FAILED, "a file could not be read or written; what could be done was done"),
    (MISUSED, "the command line could not be understood, or a setting is impossible"),
    (BROKEN, "a fault in renshaw itself"),
    (INTERRUPTED, "stopped by Ctrl-C"),
)


def code_of(error: BaseException) -> int:
    """Return the exit code for an error."""
    if isinstance(error, SettingsError):
        return MISUSED
    return FAILED if expected(error) else BROKEN


def the_same_command(command: str) -> str:
    """Return the command line that goes on where this one was stopped.

    Parameters
    ----------
    command : str
        ``"run"``, ``"infer train"``, ...: what is said where Python was started in another way.
    """
    import shlex

    words = sys.argv[1:]
    begins = words[: len(command.split())] == command.split()
    return f"renshaw {shlex.join(words) if begins else command}"


def keep_traceback(error: BaseException) -> Path | None:
    """Write the traceback of a fault to a file for a bug report; None where even that fails."""
    import tempfile
    import traceback

    try:
        handle, name = tempfile.mkstemp(prefix="renshaw-fault-", suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
            file.write("".join(traceback.format_exception(error)))
    except OSError:
        return None
    return Path(name)
