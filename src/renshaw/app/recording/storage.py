"""Recordings in the page's own files: `.h5` beside the uploads, with the history of the original.

A file that was dropped in is parsed once, in a process of its own; the page itself only ever opens
what that process wrote.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from renshaw.data.recording import Recording
from renshaw.io import read, write


def store_recording(recording: Recording, name: str, place: str, path: Path) -> None:
    """Write a recording that was just read, under the name and place that its person knows.

    Parameters
    ----------
    recording : Recording
    name : str
        Name of the file, whatever it holds.
    place : str
        How a program finds the file: its path, or its name for one that was dropped in.
    path : Path
        Where it is kept.
    """
    history = recording.history.read_from(place)
    sources = (*recording.sources[:-1], place)
    write(replace(recording, name=stem(name), history=history, sources=sources), path)


def stored_recording(path: Path, name: str) -> Recording:
    """Return a recording that `kept` wrote, as if it had never been in that file."""
    recording = read(path)
    history, sources = recording.history.without("read"), recording.sources[:-1]
    return replace(recording, name=stem(name), history=history, sources=sources)


def stem(name: str) -> str:
    """Return what a recording is called: the name of its file without the ending."""
    return Path(name).stem or name


def synced(path: Path) -> None:
    """Let a file, or the names in a folder, reach the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
