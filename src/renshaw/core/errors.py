"""Errors that say what happened and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class RenshawError(Exception):
    """Base of every error that renshaw raises on purpose; its text is meant for a person."""


class SettingsError(RenshawError, ValueError):
    """A setting has an impossible value or an unknown name."""


class ReadError(RenshawError, ValueError):
    """A file can't be read as a recording; the message names the file and the reason."""


class WriteError(RenshawError, ValueError):
    """A recording can't be written to a file; the message names the file and the reason."""


class FormatError(WriteError, SettingsError):
    """There is no format of that name or ending to write; the message lists those there are."""


class DataError(RenshawError, ValueError):
    """Values that can't be a recording: unsorted times, a window that excludes its spikes, ..."""


class SimulationError(RenshawError, RuntimeError):
    """A simulation was refused, or stopped because its state diverged."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``" Did you mean 'x'?"`` for the closest known word, else the list of known words."""
    known = list(known)
    close = get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f" Did you mean {close[0]!r}?"
    return f" Known: {', '.join(sorted(known))}." if known else ""
