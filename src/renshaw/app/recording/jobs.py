"""What takes longer than a person waits: each function is run by a job in its own process."""

from __future__ import annotations

import contextlib
import json
import resource
import signal
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import renshaw as rs
from renshaw.app.recording.storage import store_recording, stored_recording, synced
from renshaw.core.errors import ReadError
from renshaw.core.files import write_text

Progress = Callable[[int, int, str], None]

# A gigabyte of text takes about a minute to read.
SECONDS_TO_READ = 300


def read_file(
    path: str,
    name: str,
    place: str,
    to: str,
    options: Mapping[str, Any],
    within: str,
    progress: Progress,
) -> dict[str, Any]:
    """Read a file of any known format and keep it.

    Parameters
    ----------
    path : str
        The file.
    name, place : str
        As in `renshaw.app.recording.storage.kept`.
    to : str
        Where it is kept.
    options : mapping
        Plain values of `renshaw.ReadOptions`.
    within : str
        Folder beyond which nothing belongs to the file: the one that the page was opened on, or
        that of files dropped in.
    """
    progress(0, 1, "reading")
    chosen = rs.ReadOptions.from_mapping(options)
    try:
        with _within(SECONDS_TO_READ, name):
            how = chosen if chosen.given else None
            recording = rs.read(path, options=how, within=within)
    except ReadError as error:
        raise error.at(file=name) from None
    store_recording(recording, name, place, Path(to))
    synced(Path(to))
    return {"units": len(recording.units), "emg": "emg" in recording.signals}


def decomposed(
    path: str, name: str, to: str, settings: Mapping[str, Any], progress: Progress
) -> dict[str, Any]:
    """Find the motor units of a kept recording with raw EMG."""
    chosen = rs.DecomposeSettings.from_mapping(settings)
    found = rs.decompose(stored_recording(Path(path), name), chosen, progress=progress)
    found.save(Path(to))
    synced(Path(to))
    return {"units": len(found.units)}


def multiversed(
    path: str,
    name: str,
    edits: str,
    rules: str,
    settings: Mapping[str, Any],
    to: str,
    progress: Progress,
) -> int:
    """Analyze a kept recording with every combination of choices and keep what comes out."""
    decomposition = rs.edit.unedited(stored_recording(Path(path), name))
    recording = rs.edit.replay(decomposition, decomposition, rs.edit.edits_from_json(edits))
    base = rs.EstimateSettings.from_mapping(settings)
    found = rs.multiverse(
        recording, base=rules if base == rs.estimation.rules(rules) else base, progress=progress
    )
    plain = {
        "universes": [list(universe) for universe in found.universes],
        "step": found.history.steps[-1].to_mapping(),
    }
    write_text(to, json.dumps(plain))
    return len(found)


@contextlib.contextmanager
def _within(seconds: int, name: str) -> Iterator[None]:
    """Let a file that keeps its reader busy for too long be refused."""

    def refuse(*_: Any) -> None:
        raise ReadError(
            f"{name}: It takes longer than {seconds} s to read; use `renshaw convert` first."
        )

    # A parser that never comes back to Python is ended by the system, a little later.
    limits = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (2 * seconds, limits[1]))
    before = signal.signal(signal.SIGALRM, refuse)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
        resource.setrlimit(resource.RLIMIT_CPU, limits)
