"""Begin a run in a folder of its own, and go on with one."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from renshaw.app.jobs import ENDED, Job
from renshaw.app.room import Room
from renshaw.app.runs.found import job_at
from renshaw.app.runs.kind import Kind
from renshaw.core.errors import RenshawError
from renshaw.core.files import write_text

_MOST_OF_ONE_NAME = 1000


def begun(room: Room, kind: Kind, name: str, title: str, plan: str) -> Job:
    """Make a new folder with a plan in it, and let a job begin there.

    Parameters
    ----------
    room : Room
    kind : Kind
    name : str
        What the folder shall be called; made harmless, and numbered where it is taken.
    title : str
        What the job is called.
    plan : str
        Text of the plan.
    """
    folder = _new_folder(room.folder.root, plain(name, kind.name))
    try:
        write_text(folder / kind.plan, plan)
        for mark in kind.marks[:1]:
            # So that it is found again, even if the page ends before the job has begun.
            (folder / mark).mkdir() if "." not in mark else (folder / mark).touch()
        return job_for(room, kind, folder, title)
    except (RenshawError, OSError):
        shutil.rmtree(folder, ignore_errors=True)
        raise


def job_for(room: Room, kind: Kind, folder: Path, title: str) -> Job:
    """Return the job that is at a folder; begins one where none is."""
    job = job_at(room.jobs, kind, folder)
    if job is not None and job.state not in ENDED:
        return job
    return room.jobs.start(kind.name, title, kind.target, {"folder": str(folder)})


def plain(name: str, otherwise: str) -> str:
    """Return a folder's name that is harmless anywhere."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")[:60].rstrip("-.") or otherwise


def _new_folder(root: Path, name: str) -> Path:
    for number in range(1, _MOST_OF_ONE_NAME):
        folder = root / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder
    raise RenshawError(f"There are {_MOST_OF_ONE_NAME} folders called {name!r}; take another name.")
