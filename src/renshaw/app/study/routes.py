"""Addresses of the tab Study."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from renshaw.app.pages import page, sent_json, told
from renshaw.app.room import Room, room_of
from renshaw.app.runs.found import plan_named, plans, run_named, runs
from renshaw.app.runs.routes import routes_for, run_of
from renshaw.app.runs.start import begun
from renshaw.app.study import answers
from renshaw.app.study.form import study_form, toml_from
from renshaw.app.study.kind import STUDY, files_of
from renshaw.core.errors import RenshawError
from renshaw.study import StudyPlan, built_in_plan, plan_to_toml
from renshaw.study.study_file import built_in_text, plan_from_toml

BUILT_IN = "built-in"
_LINE = re.compile(r"\bline (\d+)")


async def studies(request: Request) -> Response:
    """Return the tab: every study of the folder."""
    room = room_of(request)
    found = await asyncio.to_thread(runs, room.folder, room.jobs, STUDY)
    return page(request, "study.html.j2", title="Studies", runs=found)


async def new(request: Request) -> Response:
    """Return the page on which a study is made."""
    files = await asyncio.to_thread(plans, room_of(request).folder, STUDY)
    return page(request, "study_new.html.j2", title="New study", form=study_form(), files=files)


async def results(request: Request) -> Response:
    """Return the page of one study."""
    run = await asyncio.to_thread(run_of, request, STUDY)
    return page(request, "study_results.html.j2", title=run.title, run=run, kind=STUDY)


@told
async def found(request: Request) -> Response:
    """Return the answers of a finished study."""
    path = run_named(room_of(request).folder, STUDY, request.query_params.get("path", ""))
    return JSONResponse(await asyncio.to_thread(answers.told, path))


@told
async def text(request: Request) -> Response:
    """Return the text of a study file: the built-in one, or one of the folder."""
    path = request.query_params.get("file", BUILT_IN)
    if path == BUILT_IN:
        return JSONResponse({"toml": built_in_text(), "name": built_in_plan().name})
    file = plan_named(room_of(request).folder, path)
    words = file.read_text(encoding="utf-8-sig", errors="replace")
    return JSONResponse({"toml": words, "name": file.stem})


@told
async def written(request: Request) -> Response:
    """Return the study file that the form writes, or what can't be."""
    values = await sent_json(request)
    try:
        return JSONResponse({"toml": toml_from(values)})
    except RenshawError as error:
        return JSONResponse({"error": str(error)})


@told
async def check(request: Request) -> Response:
    """Return what a study file asks for, or what is wrong with it and in which line."""
    room, sent = room_of(request), await sent_json(request)
    try:
        plan, number = await asyncio.to_thread(_understood, room, sent)
    except RenshawError as error:
        line = _LINE.search(str(error))
        return JSONResponse({"error": str(error), "line": int(line[1]) if line else None})
    return JSONResponse({"name": plan.name, "title": plan.title, "words": _words(plan, number)})


@told
async def start(request: Request) -> Response:
    """Begin a study in a folder of its own."""
    room, sent = room_of(request), await sent_json(request)
    plan, _ = await asyncio.to_thread(_understood, room, sent)
    # A plan that reads files says where they are, from wherever it lies; others stay as written.
    virtual = all(arm.virtual for arm in plan.arms)
    toml = str(sent["toml"]) if virtual else plan_to_toml(plan)
    name = str(sent.get("name") or plan.name)
    job = begun(room, STUDY, name, plan.title or plan.name, toml)
    path = room.folder.relative(Path(str(job.arguments["folder"])))
    return JSONResponse({"path": path, "job": job.as_json()})


def _understood(room: Room, sent: dict[str, Any]) -> tuple[StudyPlan, int]:
    """Return the plan of a text and how many files it reads."""
    base, where = room.folder.root, "the study file"
    if file := str(sent.get("file") or ""):
        base, where = plan_named(room.folder, file).parent, file
    toml = str(sent.get("toml", ""))
    if not toml.strip():
        raise RenshawError("The study file is empty; it says who does what.")
    plan = plan_from_toml(toml, where, base)
    return plan, files_of(room.folder, plan)


def _words(plan: StudyPlan, files: int) -> str:
    """Return the size of a study in words."""
    people = sum(arm.cohort.participants for arm in plan.arms if arm.cohort is not None)
    parts = [f"{len(plan.arms)} arms"] if len(plan.arms) > 1 else []
    if people:
        parts += [f"{people} virtual participants", f"{plan.trials} simulated recordings"]
    if files:
        parts.append(f"{files} recording{'' if files == 1 else 's'} read from files")
    return ", ".join(parts) + "."


ROUTES = (
    Route("/study", studies),
    Route("/study/new", new),
    Route("/study/results", results),
    Route("/study/found", found),
    Route("/study/text", text),
    Route("/study/written", written, methods=["POST"]),
    Route("/study/check", check, methods=["POST"]),
    Route("/study/start", start, methods=["POST"]),
    *routes_for(STUDY),
)
