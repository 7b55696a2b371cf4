"""Addresses that open recordings: what there is, a file dropped in, raw EMG decomposed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from renshaw.app.forms import Field, form_of, settings_from
from renshaw.app.pages import errors_as_pages, page, sent_json
from renshaw.app.recording.at_hand import aside, case_of, desk_of, warm_up
from renshaw.app.recording.case import Case
from renshaw.app.recording.comparing import names_apart
from renshaw.app.recording.desk import settled
from renshaw.app.room import Room, room_of
from renshaw.app.uploads import MOST_BYTES, name_of, received, too_large
from renshaw.core.errors import RenshawError
from renshaw.decomposition.settings import DecomposeSettings
from renshaw.io import FORMATS, ReadOptions, ending_of
from renshaw.io.options import spelled

_WORK = "renshaw.app.recording.jobs:"
OPTIONS = "options"
# A file of the MVC is named by its place on the server, which a browser does not know.
SHOWN = tuple(info.name for info in ReadOptions.describe() if info.name != "mvc_file")


async def start(request: Request) -> Response:
    """Return the page that opens recordings."""
    jobs = room_of(request).jobs
    cases = [settled(case, jobs) for case in desk_of(request).all()]
    return page(
        request,
        "recording.html.j2",
        title="Recording",
        cases=[case for case in cases if not case.failed],
        failed=[case for case in cases if case.failed],
        why_not_kept=room_of(request).keeping.why_not,
        unreadable=desk_of(request).unreadable,
        names=names_apart(cases),
        most_bytes=MOST_BYTES,
        too_large=too_large(),
        formats=FORMATS.values(),
    )


@errors_as_pages
async def listed(request: Request) -> Response:
    """Return what a folder holds that may be a recording."""
    relative = request.query_params.get("path", "")
    entries = await aside(room_of(request).folder.entries, relative)
    return JSONResponse(
        [
            {"name": e.name, "path": e.path, "folder": e.is_folder, "bytes": e.size_bytes}
            for e in entries
            # The rest of a folder only stands in the way. Of what is opened, content decides.
            if e.is_folder or ending_of(e.name)
        ]
    )


@errors_as_pages
async def dropped(request: Request) -> Response:
    """Take a file in and begin to read it."""
    path = await received(request, desk_of(request).folder)
    name = name_of(request)
    return _opening(request, path, name, name)


@errors_as_pages
async def chosen(request: Request) -> Response:
    """Begin to read a file of the page's folder."""
    relative = (await sent_json(request)).get("path")
    if not isinstance(relative, str):
        raise RenshawError("Choose a file.")
    path = room_of(request).folder.inside(relative)
    if not path.is_file():
        raise RenshawError("There is no such file.")
    return _opening(request, path, path.name, str(path))


def _opening(request: Request, path: Path, name: str, place: str) -> Response:
    try:
        case = desk_of(request).put(name, place, path)
    except RenshawError:
        if path.is_relative_to(desk_of(request).folder):
            path.unlink(missing_ok=True)
        raise
    try:
        begin_reading(room_of(request), case)
        desk_of(request).keep(case)
    except (RenshawError, OSError):
        desk_of(request).close(case)
        raise
    # The first smoothed rate waits for a large library: it may as well be loaded meanwhile.
    warm_up()
    return JSONResponse({"id": case.id})


@errors_as_pages
async def read_again(request: Request) -> Response:
    """Begin to read a file once more, with what a form says of it; undo brings back what was."""
    case = case_of(request)
    if case.job:
        raise RenshawError("There is work going on with this recording already.")
    if case.source is None or not case.source.is_file():
        raise RenshawError("The page has no copy of the file any more; open it again.")
    options = settings_from(ReadOptions(), await sent_json(request), OPTIONS)
    if case.multiverse_job:
        await room_of(request).jobs.stop(case.multiverse_job)
    desk, room = desk_of(request), room_of(request)
    async with beginning(request, case):
        await aside(desk.read_anew, case, options)
        begin_reading(room, case)
    return JSONResponse({"job": case.job})


@asynccontextmanager
async def beginning(request: Request, case: Case) -> AsyncIterator[None]:
    """Let a job of a case begin inside the block; where that can't be kept, there is none."""
    before = dict(vars(case))
    try:
        yield
        await aside(desk_of(request).keep, case)
    except (RenshawError, OSError):
        if case.job:
            await room_of(request).jobs.stop(case.job)
        vars(case).update(before)
        raise


def begin_reading(room: Room, case: Case) -> None:
    """Let a job read the file of a case."""
    arguments = {
        "path": str(case.source),
        "name": case.name,
        "place": case.place,
        "within": str(case.folder if case.dropped else room.folder.root),
        "to": str(case.as_read),
        "options": case.options.to_mapping(),
    }
    case.job = room.jobs.start("reading", case.name, f"{_WORK}read_file", arguments).id


@errors_as_pages
async def closed(request: Request) -> Response:
    """Close a recording and remove what the page kept of it."""
    case = case_of(request)
    if case.job:
        await room_of(request).jobs.stop(case.job)
    desk_of(request).close(case)
    return JSONResponse({})


async def shown(request: Request) -> Response:
    """Return the page of a recording."""
    case = case_of(request)
    settings = form_of(case.settings)
    decomposition = form_of(DecomposeSettings(), name="decompose")
    return page(
        request,
        "recording_view.html.j2",
        title=case.name,
        case=case,
        settings=settings,
        decomposition=decomposition,
        options=form_of(case.options, name=OPTIONS, only=SHOWN),
    )


@errors_as_pages
async def stage(request: Request) -> Response:
    """Return how far a recording is: being read, failed, raw, being decomposed or ready."""
    return JSONResponse(await aside(_stage, request, case_of(request)))


def _stage(request: Request, case: Case) -> dict[str, Any]:
    given = [f"{f.label} {f.value} {f.unit}".rstrip() for f in _given(case.options)]
    told_of = {
        "name": case.name,
        "job": case.job,
        "error": case.fault,
        "given": given,
        "asks": _asked_for(case.fault),
    }
    if case.job:
        return {**told_of, "stage": "decomposing" if case.decomposing else "opening"}
    if not case.as_read.exists():
        return {**told_of, "stage": "failed"}
    recording = desk_of(request).decomposition(case)
    emg = recording.signals.get("emg")
    many = emg is not None and emg.values.ndim == 2 and emg.values.shape[1] > 1
    facts = {
        "units": len(recording.units),
        "channels": emg.values.shape[1] if emg is not None and many else 0,
        "seconds": round(recording.units.duration_s or (emg.end_s - emg.start_s if emg else 0), 1),
    }
    raw = not case.decomposed and many and not len(recording.units)
    return {**told_of, **facts, "stage": "raw" if raw else "ready"}


def _asked_for(fault: str) -> list[str]:
    """Return the fields of the form that a refusal asks for, in the order in which it does."""
    words = fault.split()
    places = {name: spelled(name).split()[0] for name in SHOWN}
    asked = [name for name, option in places.items() if option in words]
    return [f"{OPTIONS}.{name}" for name in sorted(asked, key=lambda n: words.index(places[n]))]


def _given(options: ReadOptions) -> tuple[Field, ...]:
    """Return what was said of a file, as fields with their values."""
    return form_of(options, only=options.given).fields


@errors_as_pages
async def decompose(request: Request) -> Response:
    """Begin to find the motor units of raw EMG; undo brings back what they replace."""
    case = case_of(request)
    if case.job:
        raise RenshawError("There is work going on with this recording already.")
    settings = settings_from(DecomposeSettings(), await sent_json(request), "decompose")
    replacing = len((await aside(desk_of(request).decomposition, case)).units) > 0
    arguments = {
        "path": str(case.as_read),
        "name": case.name,
        "to": str(case.next_decomposition),
        "settings": settings.to_mapping(),
    }
    async with beginning(request, case):
        job = room_of(request).jobs.start("decomposing", case.name, f"{_WORK}decomposed", arguments)
        case.job, case.decomposing, case.replacing, case.fault = job.id, True, replacing, ""
    return JSONResponse({"job": job.id})
