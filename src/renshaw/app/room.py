"""What the tabs share: the folder, the jobs and where things are kept."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from renshaw.app.folder import Folder
from renshaw.app.jobs import Jobs
from renshaw.app.keeping import Keeping


@dataclass(frozen=True)
class Room:
    """One page in use.

    Parameters
    ----------
    folder : Folder
        Where results are read and written; nothing outside it.
    jobs : Jobs
        What runs longer than a person waits.
    keeping : Keeping
        Where that which a person does is kept.
    """

    folder: Folder
    jobs: Jobs
    keeping: Keeping


def room_of(request: Request) -> Room:
    """Return the room of a request."""
    room = request.app.state.room
    assert isinstance(room, Room)
    return room
