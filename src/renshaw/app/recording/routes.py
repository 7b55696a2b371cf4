"""Addresses of the tab Recording."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Route

from renshaw.app.recording import comparing, downloads, looking, opening, showing, sources
from renshaw.app.recording.desk import Desk
from renshaw.app.recording.journal import READING


@asynccontextmanager
async def during(app: Starlette) -> AsyncIterator[None]:
    """Open again what was open when the page last ended, and go on reading what was being read."""
    room = app.state.room
    app.state.desk = Desk(room.keeping)
    for case in app.state.desk.all():
        if case.unfinished == READING:
            opening.begin_reading(room, case)
        case.unfinished = ""
    yield


ROUTES = (
    Route("/recording", opening.start),
    Route("/recording/files", opening.listed),
    Route("/recording/drop", opening.dropped, methods=["POST"]),
    Route("/recording/open", opening.chosen, methods=["POST"]),
    Route("/recording/compared", comparing.compared),
    Route("/recording/{id}", opening.shown),
    Route("/recording/{id}/stage", opening.stage),
    Route("/recording/{id}/read", opening.read_again, methods=["POST"]),
    Route("/recording/{id}/close", opening.closed, methods=["POST"]),
    Route("/recording/{id}/decompose", opening.decompose, methods=["POST"]),
    Route("/recording/{id}/data", looking.data),
    Route("/recording/{id}/change", looking.change, methods=["POST"]),
    Route("/recording/{id}/settings", looking.settings, methods=["POST"]),
    Route("/recording/{id}/pair/{test}/{control}", showing.pair),
    Route("/recording/{id}/figure/{name}", showing.figure),
    Route("/recording/{id}/multiverse", looking.multiverse),
    Route("/recording/{id}/multiverse", looking.begin_multiverse, methods=["POST"]),
    Route("/recording/{id}/edit", sources.editor),
    Route("/recording/{id}/source/{unit:int}", sources.source),
    Route("/recording/{id}/report", downloads.report, methods=["POST"]),
    Route("/recording/{id}/report.html", downloads.report_page),
    Route("/recording/{id}/estimates.csv", downloads.estimates),
    Route("/recording/{id}/program.py", downloads.python),
    Route("/recording/{id}/recording.h5", downloads.recording),
    Route("/recording/{id}/edits.json", downloads.edits),
    Route("/recording/{id}/replay", downloads.replayed, methods=["POST"]),
)
