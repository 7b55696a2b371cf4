"""Runs and plans that lie in the page's folder, and how far each run is."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from renshaw.app.folder import Folder, PlaceError
from renshaw.app.jobs import ENDED, FAILED, Job, Jobs
from renshaw.app.runs.kind import Kind
from renshaw.core.received import text_of
from renshaw.core.toml import read_toml

FINISHED, UNFINISHED = "finished", "unfinished"
# Deeper folders, and more of them, are not looked into: the page must not stall on a whole disk.
_DEEPEST, _MOST_FOLDERS, _MOST_FILES, _MOST_SHOWN = 3, 2000, 1000, 200
_LARGEST_PLAN_BYTES = 1_000_000
# A larger file is offered as a plan without a look into it.
_LARGEST_LISTED_BYTES = 200_000


@dataclass(frozen=True)
class Run:
    """One run: a folder, and the job that is at it, if one is.

    Parameters
    ----------
    path : str
        From the top of the page's folder; empty for that folder itself.
    title : str
    question : str
    state : str
        ``"finished"``, ``"unfinished"``, or of a job: ``"waiting"``, ``"running"``.
    kept : str
        What an unfinished run has kept, in words.
    job : dict or None
        The newest job of this folder, as the page shows it.
    error : str
        Why the last job failed.
    changed_s : float
        When something was last written.
    resumable : bool
        Whether the plan is there, so that the page can go on with it.
    """

    path: str
    title: str
    question: str
    state: str
    kept: str
    job: dict[str, Any] | None
    error: str
    changed_s: float
    resumable: bool

    @property
    def active(self) -> bool:
        """Whether a job is at it or waits for it."""
        return self.state not in (FINISHED, UNFINISHED)

    @property
    def place(self) -> str:
        """What the page calls its folder."""
        return self.path or "this folder"


def runs(folder: Folder, jobs: Jobs, kind: Kind) -> list[Run]:
    """Return the runs of a kind, those at work first, then the newest."""
    found = [run_at(folder, jobs, kind, path) for path, mine in _places(folder, kind.begun) if mine]
    found.sort(key=lambda run: (not run.active, -run.changed_s))
    return found[:_MOST_SHOWN]


def run_at(folder: Folder, jobs: Jobs, kind: Kind, path: Path) -> Run:
    """Return the run of a folder."""
    job = job_at(jobs, kind, path)
    active = job is not None and job.state not in ENDED
    done = kind.done(path)
    state = job.state if job is not None and active else FINISHED if done else UNFINISHED
    raw = toml_of(path / kind.plan) or {}
    words = [str(raw[key]) for key in ("title", "name") if raw.get(key)]
    relative = folder.relative(path)
    relative = "" if relative == "." else relative
    failed = job is not None and job.state == FAILED and not done
    return Run(
        path=relative,
        title=(words[0] if words else path.name)[:200],
        question=str(raw.get("question", ""))[:500],
        state=state,
        kept="" if done else kind.kept(path),
        job=job.as_json() if job is not None else None,
        error=job.error if job is not None and failed else "",
        changed_s=_changed_s(path),
        resumable=(path / kind.plan).is_file(),
    )


def job_at(jobs: Jobs, kind: Kind, path: Path) -> Job | None:
    """Return the newest job of a folder."""
    mine = (job for job in jobs.all(kind.name) if job.arguments.get("folder") == str(path))
    return next(mine, None)


def plans(folder: Folder, kind: Kind) -> list[str]:
    """Return the files that are, or may be, plans of a kind; those inside runs are left out."""
    from renshaw.app.tab import TABS

    kinds = [tab.runs for tab in TABS.values() if tab.runs is not None]
    found: list[str] = []
    looked_at = 0
    for path, mine in _places(folder, kind.begun):
        if mine:
            continue
        for file in sorted(islice(path.glob("*.toml"), _MOST_FILES - looked_at)):
            looked_at += 1
            raw = toml_of(file) if folder_holds(folder, file) else {}
            # What is no TOML at all is offered as well: checking it says what is wrong.
            if raw is None or kind.knows(raw, kinds):
                found.append(folder.relative(file))
    return found[:_MOST_SHOWN]


def folders_with(folder: Folder, name: str) -> list[str]:
    """Return the folders in which a file of that name lies."""
    places = _places(folder, lambda path: (path / name).is_file())
    return [folder.relative(path) for path, mine in places if mine][:_MOST_SHOWN]


def plan_named(folder: Folder, path: str) -> Path:
    """Return a plan's file.

    Raises
    ------
    PlaceError
        It is not in the page's folder, or no TOML file.
    """
    file = folder.inside(path)
    if file.suffix != ".toml" or not file.is_file() or hidden(path):
        raise PlaceError("There is no such file.")
    if file.stat().st_size > _LARGEST_PLAN_BYTES:
        raise PlaceError("The file is too large for a plan (over 1 MB).")
    return file


def run_named(folder: Folder, kind: Kind, path: str) -> Path:
    """Return the folder of a run, none of whose files leads elsewhere.

    Raises
    ------
    PlaceError
        It is not in the page's folder, no run, or holds a link that leads out.
    """
    place = folder.inside(path)
    if hidden(path) or not place.is_dir() or not kind.begun(place):
        raise PlaceError(f"There is no {kind.name} in that folder.")
    for entry in place.iterdir():
        if not folder_holds(folder, entry):
            raise PlaceError(f"{entry.name} is a link that leads out of the page's folder.")
    return place


def hidden(path: str) -> bool:
    """Whether any part of a path begins with a dot."""
    return any(part.startswith(".") for part in path.split("/"))


def folder_holds(folder: Folder, path: Path) -> bool:
    """Whether a file or folder truly lies in the page's folder, links followed."""
    try:
        return path.resolve().is_relative_to(folder.root)
    except (OSError, RuntimeError):
        return False


def toml_of(path: Path) -> dict[str, Any] | None:
    """Return the entries of a TOML file; None where it is none or too large.

    A file is read once, and again when it has changed: every page asks for all that lie there.
    """
    try:
        known = path.stat()
    except OSError:
        return None
    if known.st_size > _LARGEST_LISTED_BYTES:
        return None
    return _read(path, known.st_mtime_ns, known.st_size, known.st_ino)


@lru_cache(maxsize=_MOST_FOLDERS)
def _read(path: Path, *_: int) -> dict[str, Any] | None:
    try:
        return read_toml(text_of(path, _LARGEST_LISTED_BYTES))
    except (OSError, ValueError, RecursionError):
        return None


def _places(folder: Folder, wanted: Callable[[Path], bool]) -> Iterator[tuple[Path, bool]]:
    """Yield folders from the top, and whether each is wanted; into those it does not look."""
    waiting = [(folder.root, 0)]
    for _ in range(_MOST_FOLDERS):
        if not waiting:
            return
        path, depth = waiting.pop(0)
        mine = wanted(path)
        yield path, mine
        if depth < _DEEPEST and not mine:
            waiting += [(inner, depth + 1) for inner in _inner(path)]


def _inner(path: Path) -> list[Path]:
    """Return the folders of a folder, but for links and hidden ones."""
    try:
        with os.scandir(path) as entries:
            names = [
                entry.name
                for entry in entries
                if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".")
            ]
    except OSError:
        return []
    return [path / name for name in sorted(names)]


def _changed_s(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
