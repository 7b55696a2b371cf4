"""Addresses of the tab Design."""

from __future__ import annotations

import asyncio
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from renshaw.app.design import front
from renshaw.app.design.form import goal_form, toml_from
from renshaw.app.design.kind import DESIGN, refuse_outside
from renshaw.app.figures import answer
from renshaw.app.folder import Folder, PlaceError
from renshaw.app.guard import REPORT_POLICY
from renshaw.app.pages import errors_as_pages, page
from renshaw.app.room import room_of
from renshaw.app.runs.drafts import Drafts
from renshaw.app.runs.found import folders_with, plans, run_named, runs
from renshaw.app.runs.making import Making, Understood
from renshaw.app.runs.routes import routes_for, run_of
from renshaw.model.editions import ON_THE_FIRST_EDITION
from renshaw.optimization.goal import Goal
from renshaw.optimization.goal_file import example_goal, goal_from_toml, goal_to_toml
from renshaw.reports.design_folder import SHEET
from renshaw.reports.design_sections import NO_FACTORIAL


async def designs(request: Request) -> Response:
    """Return the tab: every design of the folder."""
    room = room_of(request)
    found = await asyncio.to_thread(runs, room.folder, room.jobs, DESIGN)
    drafts = Drafts(room.keeping, DESIGN.name)
    return page(
        request,
        "design.html.j2",
        title="Designs",
        runs=found,
        drafts=drafts,
        first_edition=ON_THE_FIRST_EDITION,
    )


async def new(request: Request) -> Response:
    """Return the page on which a goal is made."""
    folder = room_of(request).folder
    files = await asyncio.to_thread(plans, folder, DESIGN)
    people = await asyncio.to_thread(folders_with, folder, "posterior.toml")
    return page(
        request,
        "design_new.html.j2",
        title="New design",
        form=goal_form(),
        files=files,
        people=people,
        first_edition=ON_THE_FIRST_EDITION,
    )


async def results(request: Request) -> Response:
    """Return the page of one design."""
    run = await asyncio.to_thread(run_of, request, DESIGN)
    return page(
        request,
        "design_results.html.j2",
        title=run.title,
        run=run,
        kind=DESIGN,
        no_factorial=NO_FACTORIAL,
        first_edition=ON_THE_FIRST_EDITION,
    )


@errors_as_pages
async def found(request: Request) -> Response:
    """Return what a finished design found."""
    path = run_named(room_of(request).folder, DESIGN, request.query_params.get("path", ""))
    return JSONResponse(await asyncio.to_thread(front.front_of, path))


@errors_as_pages
async def figure(request: Request) -> Response:
    """Return a figure of the design: to show, or as a file (``?as=svg``)."""
    query, name = request.query_params, request.path_params["name"]
    path = run_named(room_of(request).folder, DESIGN, query.get("path", ""))
    return await answer(await asyncio.to_thread(front.figure_of, path, name), query, path.name)


async def sheet(request: Request) -> Response:
    """Return the protocol sheet, to print."""
    path = run_named(room_of(request).folder, DESIGN, request.query_params.get("path", ""))
    if not (path / SHEET).is_file():
        raise PlaceError("There is no protocol sheet (yet).")
    headers = {"Content-Security-Policy": REPORT_POLICY}
    return FileResponse(path / SHEET, media_type="text/html", headers=headers)


def understood(folder: Folder, toml: str, where: str, base: Path) -> Understood:
    """Return what a goal file asks for."""
    goal = goal_from_toml(toml, where, base)
    refuse_outside(folder, goal)
    # A posterior is named by its whole path, so that it is found from the folder of the results.
    return Understood(
        goal.name, goal.heading, _words(goal), goal_to_toml(goal) if goal.posterior else toml
    )


def _words(goal: Goal) -> str:
    """Return the size of a search in words."""
    return (
        f"{goal.heading}: {goal.search.therapies} therapies searched on {goal.few} people, the "
        f"{goal.search.promising} most promising on {goal.people}, what is chosen on "
        f"{goal.held_out} fresh ones."
    )


ROUTES = (
    Route("/design", designs),
    Route("/design/new", new),
    Route("/design/results", results),
    Route("/design/found", found),
    Route("/design/figure/{name}", figure),
    Route("/design/sheet", sheet),
    *Making(DESIGN, example_goal, toml_from, understood).routes,
    *routes_for(DESIGN),
)
