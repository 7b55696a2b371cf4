"""What can be taken along: report, table, program, recording and the list of edits."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from renshaw.app.guard import REPORT_POLICY
from renshaw.app.pages import errors_as_pages, sent_json
from renshaw.app.recording.analysis import Analysis, analysis_of, edited, multiverse_of
from renshaw.app.recording.at_hand import aside, case_of, desk_of
from renshaw.app.recording.case import Case
from renshaw.app.recording.desk import Desk
from renshaw.app.recording.looking import edits_said
from renshaw.app.recording.program import program
from renshaw.app.recording.storage import stem
from renshaw.core.cells import safe_table
from renshaw.core.errors import RenshawError
from renshaw.decomposition.editing import replay
from renshaw.decomposition.edits import Edit, edits_from_json, edits_to_json
from renshaw.io import write
from renshaw.reports.report import report as write_report


def plain_name(name: str) -> str:
    """Return a name that is fit for a header and a file system, whatever it was."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", stem(name)).strip("-.")[:80] or "recording"


@errors_as_pages
async def report(request: Request) -> Response:
    """Make the report; it waits at ``report.html``."""
    case, desk = case_of(request), desk_of(request)
    await aside(_reported, desk, case)
    return JSONResponse({})


def _reported(desk: Desk, case: Case) -> None:
    analysis = analysis_of(desk, case)
    write_report(
        analysis.recording,
        _report_of(desk, case),
        estimates=analysis.estimates,
        multiverse=multiverse_of(case, analysis.recording),
    )


def _report_of(desk: Desk, case: Case) -> Path:
    return desk.folder / f"{case.id}-report.html"


async def report_page(request: Request) -> Response:
    """Return the report that was made last."""
    case = case_of(request)
    path = _report_of(desk_of(request), case)
    if not path.exists():
        raise RenshawError("The report was not made yet.")
    headers = {"Content-Security-Policy": REPORT_POLICY, **_named(case, "-report.html")}
    return FileResponse(path, media_type="text/html", headers=headers)


async def estimates(request: Request) -> Response:
    """Return every estimate as CSV."""
    case = case_of(request)
    analysis = await aside(analysis_of, desk_of(request), case)
    text = await aside(_csv, analysis)
    return Response(text, media_type="text/csv", headers=_named(case, "-estimates.csv"))


def _csv(analysis: Analysis) -> str:
    return str(safe_table(analysis.estimates.to_table()).to_csv(index=False))


async def python(request: Request) -> Response:
    """Return the program that does the same."""
    case = case_of(request)
    analysis = await aside(analysis_of, desk_of(request), case)
    text = program(case, analysis, multiverse_of(case, analysis.recording))
    return Response(text, media_type="text/x-python", headers=_named(case, ".py"))


async def recording(request: Request) -> Response:
    """Return the recording with its edits, as renshaw's own file."""
    case, desk = case_of(request), desk_of(request)
    found = await aside(edited, desk, case)
    handle, path = tempfile.mkstemp(".h5", f"{case.id}-", desk.folder)
    os.close(handle)
    try:
        await aside(write, found, path)
    except BaseException:
        Path(path).unlink(missing_ok=True)
        raise
    name = "-edited.h5" if case.edits else ".h5"
    return FileResponse(
        path,
        media_type="application/x-hdf5",
        headers=_named(case, name),
        background=BackgroundTask(os.unlink, path),
    )


async def edits(request: Request) -> Response:
    """Return the list of edits."""
    case = case_of(request)
    await aside(desk_of(request).decomposition, case)
    text = edits_to_json(case.edits)
    return Response(text, media_type="application/json", headers=_named(case, "-edits.json"))


@errors_as_pages
async def replayed(request: Request) -> Response:
    """Do a list of edits that was saved before, after those there are."""
    case, desk = case_of(request), desk_of(request)
    text = (await sent_json(request, 8 * 1024**2)).get("edits")
    more = edits_from_json(text if isinstance(text, str) else "")
    await aside(_replayed, desk, case, more)
    return JSONResponse(await aside(edits_said, desk, case))


def _replayed(desk: Desk, case: Case, more: tuple[Edit, ...]) -> None:
    with desk.changing(case):
        decomposition = desk.decomposition(case)
        replay(decomposition, decomposition, (*case.edits, *more))
        for edit in more:
            case.change(edit)


def _named(case: Case, ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{plain_name(case.name)}{ending}"'}
