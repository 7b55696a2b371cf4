"""What the tabs share: the folder, the jobs and a place for temporary files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request

from renshaw.app.folder import Folder
from renshaw.app.jobs import Jobs


@dataclass(frozen=True)
class Room:
    """One page in use.

    Parameters
    ----------
    folder : Folder
        Where results are read and written; nothing outside it.
    jobs : Jobs
        What runs longer than a person waits.
    temporary : Path
        A folder that is removed when the page ends: uploads and what is made of them.
    """

    folder: Folder
    jobs: Jobs
    temporary: Path


def room_of(request: Request) -> Room:
    """Return the room of a request."""
    room = request.app.state.room
    assert isinstance(room, Room)
    return room
