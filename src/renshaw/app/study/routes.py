"""Addresses of the tab Study."""

from __future__ import annotations

import asyncio
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from renshaw.app.figures import answer
from renshaw.app.folder import Folder
from renshaw.app.pages import errors_as_pages, page
from renshaw.app.room import room_of
from renshaw.app.runs.drafts import Drafts
from renshaw.app.runs.found import plans, run_named, runs
from renshaw.app.runs.making import Making, Understood
from renshaw.app.runs.routes import routes_for, run_of
from renshaw.app.study import answers
from renshaw.app.study.form import study_form, toml_from
from renshaw.app.study.kind import STUDY, files_of
from renshaw.model.editions import in_words
from renshaw.study import StudyPlan, plan_to_toml
from renshaw.study.study_file import built_in_text, plan_from_toml


async def studies(request: Request) -> Response:
    """Return the tab: every study of the folder."""
    room = room_of(request)
    found = await asyncio.to_thread(runs, room.folder, room.jobs, STUDY)
    drafts = Drafts(room.keeping, STUDY.name)
    return page(request, "study.html.j2", title="Studies", runs=found, drafts=drafts)


async def new(request: Request) -> Response:
    """Return the page on which a study is made."""
    files = await asyncio.to_thread(plans, room_of(request).folder, STUDY)
    return page(request, "study_new.html.j2", title="New study", form=study_form(), files=files)


async def results(request: Request) -> Response:
    """Return the page of one study."""
    run = await asyncio.to_thread(run_of, request, STUDY)
    return page(request, "study_results.html.j2", title=run.title, run=run, kind=STUDY)


@errors_as_pages
async def found(request: Request) -> Response:
    """Return the answers of a finished study."""
    path = run_named(room_of(request).folder, STUDY, request.query_params.get("path", ""))
    return JSONResponse(await asyncio.to_thread(answers.answers_of, path))


@errors_as_pages
async def figure(request: Request) -> Response:
    """Return one of the study's figures: to show, or as a file (``?as=svg``)."""
    query = request.query_params
    path = run_named(room_of(request).folder, STUDY, query.get("path", ""))
    number = int(request.path_params["number"])
    return await answer(await asyncio.to_thread(answers.figure_of, path, number), query, path.name)


def understood(folder: Folder, toml: str, where: str, base: Path) -> Understood:
    """Return what a study file asks for."""
    plan = plan_from_toml(toml, where, base)
    words = _words(plan, files_of(folder, plan))
    # A plan that reads files says where they are, from wherever it lies; others stay as written.
    kept = toml if all(arm.virtual for arm in plan.arms) else plan_to_toml(plan)
    return Understood(plan.name, plan.title, words, kept)


def _words(plan: StudyPlan, files: int) -> str:
    """Return the size of a study in words."""
    people = sum(arm.cohort.participants for arm in plan.arms if arm.cohort is not None)
    parts = [f"{len(plan.arms)} arms"] if len(plan.arms) > 1 else []
    if people:
        who = f"{people} virtual participants of {in_words(plan.editions)}"
        parts += [who, f"{plan.trials} simulated recordings"]
    if files:
        parts.append(f"{files} recording{'' if files == 1 else 's'} read from files")
    return ", ".join(parts) + "."


ROUTES = (
    Route("/study", studies),
    Route("/study/new", new),
    Route("/study/results", results),
    Route("/study/found", found),
    Route("/study/figure/{number:int}", figure),
    *Making(STUDY, built_in_text, toml_from, understood).routes,
    *routes_for(STUDY),
)
