"""Addresses of one recording: what is drawn, edits, settings, the multiverse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from renshaw.app.forms import Group, form_of, settings_from
from renshaw.app.pages import errors_as_pages, sent_json
from renshaw.app.recording.analysis import (
    Analysis,
    analysis_of,
    edited,
    multiverse_of,
)
from renshaw.app.recording.at_hand import aside, case_of, desk_of
from renshaw.app.recording.case import Case
from renshaw.app.recording.changes import changes_of, spoken
from renshaw.app.recording.desk import RULES, Desk
from renshaw.app.recording.figures import specification
from renshaw.app.recording.program import program
from renshaw.app.recording.versions import Version
from renshaw.app.recording.view import view
from renshaw.app.room import room_of
from renshaw.core.errors import RenshawError
from renshaw.decomposition.edits import edits_to_json
from renshaw.estimation.settings import rules as named


@errors_as_pages
async def data(request: Request) -> Response:
    """Return everything that the page draws."""
    return await _answered(request, case_of(request))


@errors_as_pages
async def change(request: Request) -> Response:
    """Do an edit, take one back (``undo``) or do it again (``redo``); returns the edits."""
    case, desk = case_of(request), desk_of(request)
    sent = await sent_json(request)
    return JSONResponse(await aside(_changed, desk, case, sent))


def _changed(desk: Desk, case: Case, sent: Mapping[str, Any]) -> dict[str, Any]:
    with desk.changing(case):
        if sent.get("state", case.state) != case.state:
            raise RenshawError(
                "Another tab changed this recording. Here it is as it is now; what you did just "
                "now was not done."
            )
        if sent.get("kind") == "undo":
            case.undo()
        elif sent.get("kind") == "redo":
            case.redo()
        else:
            now = datetime.now().isoformat(timespec="seconds")
            for edit in changes_of(desk, case, sent, now):
                case.change(edit)
        edited(desk, case)
    return edits_said(desk, case)


def edits_said(desk: Desk, case: Case) -> dict[str, Any]:
    """Return the list of edits in words."""
    labels = desk.decomposition(case).units.labels
    return {
        "state": case.state,
        "edits": [spoken(edit, labels) for edit in case.edits],
        "undoable": spoken(case.edits[-1], labels) if case.edits else _origin(case.former, case),
        "redoable": spoken(case.undone[-1], labels) if case.undone else _origin(case.later),
    }


def _origin(others: Sequence[Version], case: Case | None = None) -> str:
    """Return how a case came about, or the last of its later versions; nothing without others."""
    if not others:
        return ""
    return others[-1].origin if case is None else case.version.origin


@errors_as_pages
async def settings(request: Request) -> Response:
    """Take other settings, or another set of rules, and return everything that is drawn."""
    case, sent = case_of(request), await sent_json(request)
    await aside(_set, desk_of(request), case, sent)
    return await _answered(request, case)


def _set(desk: Desk, case: Case, sent: Mapping[str, Any]) -> None:
    rules, values = sent.get("rules", case.rules), sent.get("values")
    if rules not in RULES:
        raise RenshawError("There is no such set of rules.")
    with desk.changing(case):
        if rules != case.rules or values is None:
            case.rules, case.settings = rules, named(rules)
        elif isinstance(values, dict):
            case.settings = settings_from(case.settings, values)
        contraction = sent.get("contraction")
        if isinstance(contraction, int) and contraction >= 0:
            case.contraction = contraction


@errors_as_pages
async def begin_multiverse(request: Request) -> Response:
    """Begin to analyze the recording with every combination of choices."""
    case, desk, jobs = case_of(request), desk_of(request), room_of(request).jobs
    await aside(desk.decomposition, case)
    if case.multiverse_job:
        await jobs.stop(case.multiverse_job)
    arguments = {
        "path": str(case.file),
        "name": case.name,
        "edits": edits_to_json(case.edits),
        "rules": case.rules,
        "settings": case.settings.to_mapping(),
        "to": str(case.multiverse_file),
    }
    job = jobs.start("multiverse", case.name, "renshaw.app.recording.jobs:multiversed", arguments)
    case.multiverse_job, case.multiverse_of = job.id, case.choices
    await aside(desk.keep, case)
    return JSONResponse({"job": job.id})


@errors_as_pages
async def multiverse(request: Request) -> Response:
    """Return the picture of the multiverse; nothing where the last is of other choices."""
    case, desk = case_of(request), desk_of(request)
    analysis = await aside(analysis_of, desk, case)
    found = multiverse_of(case, analysis.recording)
    drawn = None if found is None else await aside(specification, analysis, found)
    return JSONResponse({"drawn": drawn, "program": program(case, analysis, found)})


async def _answered(request: Request, case: Case) -> Response:
    desk = desk_of(request)
    if case.job and not case.decomposing:
        raise RenshawError("The recording is still being read.")
    analysis = await aside(analysis_of, desk, case)
    return JSONResponse(await aside(_drawn, desk, case, analysis))


def _drawn(desk: Desk, case: Case, analysis: Analysis) -> dict[str, Any]:
    found = multiverse_of(case, analysis.recording)
    return {
        **view(analysis),
        **edits_said(desk, case),
        "rules": case.rules,
        "settings": _values(form_of(case.settings)),
        "multiverse": found is not None,
        "program": program(case, analysis, found),
    }


def _values(group: Group) -> dict[str, str | bool]:
    values = {field.name: field.value for field in group.fields}
    for inner in group.groups:
        values |= _values(inner)
    return values
