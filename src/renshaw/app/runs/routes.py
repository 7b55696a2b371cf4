"""Addresses that every kind of run has: its state, tables, files and report, and going on."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from renshaw.app.folder import PlaceError
from renshaw.app.guard import REPORT_POLICY
from renshaw.app.pages import errors_as_pages, sent_json
from renshaw.app.room import room_of
from renshaw.app.runs import table as tables
from renshaw.app.runs.found import Run, run_at, run_named
from renshaw.app.runs.kind import Kind
from renshaw.app.runs.start import job_for
from renshaw.core.errors import RenshawError


def run_of(request: Request, kind: Kind) -> Run:
    """Return the run that a request is about (``?path=``)."""
    room = room_of(request)
    path = run_named(room.folder, kind, request.query_params.get("path", ""))
    return run_at(room.folder, room.jobs, kind, path)


def routes_for(kind: Kind) -> tuple[Route, ...]:
    """Return the routes of a kind of run, all below ``/name``."""
    asked = Asked(kind)
    at = f"/{kind.name}"
    return (
        Route(f"{at}/table", errors_as_pages(asked.table)),
        Route(f"{at}/download", asked.download),
        Route(f"{at}/report", asked.report),
        Route(f"{at}/again", errors_as_pages(asked.again), methods=["POST"]),
    )


class Asked:
    """What can be asked of the runs of a kind."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind

    async def table(self, request: Request) -> Response:
        """Return some rows of a table."""
        asked = request.query_params
        name = asked.get("name", "")
        if name not in self.kind.tables:
            raise PlaceError("There is no such table.")
        folder = run_named(room_of(request).folder, self.kind, asked.get("path", ""))
        offset = asked.get("offset", "0")
        return JSONResponse(
            await asyncio.to_thread(
                tables.rows,
                folder,
                name,
                asked.get("sort", ""),
                asked.get("descending") == "true",
                int(offset) if offset.isdecimal() and len(offset) < 12 else 0,
            )
        )

    async def download(self, request: Request) -> Response:
        """Return a table as CSV or Parquet, or another file that belongs to the run."""
        asked = request.query_params
        name = asked.get("file", "")
        stem, _, ending = name.rpartition(".")
        known = (stem in self.kind.tables and ending in tables.ENDINGS) or name in self.kind.files
        folder = run_named(room_of(request).folder, self.kind, asked.get("path", ""))
        if not known or not (folder / name).is_file():
            raise PlaceError("There is no such file.")
        plain = name.replace("/", "-")
        return FileResponse(
            folder / name,
            media_type="application/octet-stream",
            headers={"Content-Disposition": f'attachment; filename="{plain}"'},
        )

    async def report(self, request: Request) -> Response:
        """Return the report, which can do nothing but be read."""
        folder = run_named(room_of(request).folder, self.kind, request.query_params.get("path", ""))
        if not (folder / "report.html").is_file():
            raise PlaceError("There is no report (yet).")
        headers = {"Content-Security-Policy": REPORT_POLICY}
        return FileResponse(folder / "report.html", media_type="text/html", headers=headers)

    async def again(self, request: Request) -> Response:
        """Go on with an unfinished run."""
        room, sent = room_of(request), await sent_json(request)
        folder = run_named(room.folder, self.kind, str(sent.get("path", "")))
        if not (folder / self.kind.plan).is_file():
            raise RenshawError(
                f"{self.kind.plan} is missing: the same command that began it goes on with it."
            )
        await asyncio.to_thread(self.kind.ready, room.folder, folder)
        run = run_at(room.folder, room.jobs, self.kind, folder)
        job = job_for(room, self.kind, folder, run.title)
        return JSONResponse(job.as_json())
