"""The registry of readers: each knows its files by their content and registers itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from renshaw.data.recording import Recording
from renshaw.io.probe import Probe


@dataclass(frozen=True)
class Reader:
    """One file format.

    Parameters
    ----------
    name : str
        What `renshaw.io.read` calls it in ``format=``.
    description : str
        One line for people.
    recognizes : callable
        Whether a file, of which it gets the `Probe`, is of this format. By content, never by name.
    read : callable
        Makes the recording; raises `renshaw.io.refusal.Refusal` with a reason in words.
    raw : bool
        Whether its files hold raw EMG and never motor units.
    """

    name: str
    description: str
    recognizes: Callable[[Probe], bool]
    read: Callable[[Probe], Recording]
    raw: bool = False


READERS: dict[str, Reader] = {}


def register(reader: Reader) -> Reader:
    """Add a reader; the order of registration is the order in which readers look at a file."""
    READERS[reader.name] = reader
    return reader
