"""Addresses of the tab Explore."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from renshaw.app.explore.kept import keep, kept
from renshaw.app.explore.knobs import Scene, edition_named, first_values, knobs, scene_of
from renshaw.app.explore.mission import steps_of
from renshaw.app.explore.pictures import FULL, SKETCH, Picture, sent
from renshaw.app.explore.studio import Studio
from renshaw.app.figures import file_answer
from renshaw.app.pages import errors_as_pages, page, sent_json
from renshaw.app.room import room_of
from renshaw.core.errors import RenshawError
from renshaw.model.editions import DEFAULT_EDITION
from renshaw.reports.figures.explored import beside

_SECONDS_BETWEEN_LOOKS = 0.5


@asynccontextmanager
async def during(app: Starlette) -> AsyncIterator[None]:
    """Keep a studio at work as long as the page is open."""
    app.state.explore = Studio()
    async with app.state.explore.open():
        yield


async def explore(request: Request) -> Response:
    """Return the tab: with the person whom the address names, or as it was left."""
    asked = request.query_params
    turned = "knobs" in asked or "before" in asked
    if "edition" in asked or turned:
        edition = edition_named(asked.get("edition"), turned)
    else:
        edition = (await asyncio.to_thread(kept, room_of(request).keeping))["edition"]
    content: dict[str, Any] = {
        "knobs": knobs(edition),
        "steps": steps_of(edition),
        "usual": DEFAULT_EDITION,
    }
    return page(request, "explore.html.j2", title="Explore", **content)


@errors_as_pages
async def start(request: Request) -> Response:
    """Return the knobs at first and as they were left, and what the steps of the mission set."""
    edition = edition_named(request.query_params.get("edition"), turned=False)
    left = await asyncio.to_thread(kept, room_of(request).keeping)
    if left["edition"] != edition:
        # Another person's knobs; the page asks for hers where none were asked for.
        left = {"edition": edition, "knobs": {}, "before": {}}
    steps = [asdict(step) for step in steps_of(edition)]
    return JSONResponse({"values": first_values(edition), "left": left, "steps": steps})


@errors_as_pages
async def leave(request: Request) -> Response:
    """Keep the knobs as they are now."""
    sent = await sent_json(request)
    knobs, before = sent.get("knobs"), sent.get("before")
    if not (isinstance(knobs, dict) and isinstance(before, dict)):
        raise RenshawError("The page sent something that is not a set of knobs.")
    edition = edition_named(str(sent.get("edition", DEFAULT_EDITION)), turned=False)
    await asyncio.to_thread(keep, room_of(request).keeping, knobs, before, edition)
    return JSONResponse({})


@errors_as_pages
async def picture(request: Request) -> Response:
    """Return the picture for some values of the knobs, or that a newer one was asked for."""
    asked = await sent_json(request)
    scene, before = _scenes(asked)
    quality, number = asked.get("quality"), asked.get("number")
    if quality not in (SKETCH, FULL):
        raise RenshawError("The page sent something that is not a picture's wish.")
    tab, number = str(asked.get("tab"))[:40], number if isinstance(number, int) else 0
    studio = request.app.state.explore
    made = await _unless_closed(request, tab, studio.picture(tab, scene, quality, number))
    if made is None:
        return JSONResponse({"superseded": True})
    # A sketch doesn't wait for the picture before: the whole one brings it back.
    was = None if before is None else studio.known(before)
    if was is None and before is not None and quality == FULL:
        was = await _before(request, tab, before)
    return Response(sent(made, was), media_type="application/json")


@errors_as_pages
async def figure(request: Request) -> Response:
    """Return what is seen, before and now, as a file to keep."""
    asked = await sent_json(request)
    scene, before = _scenes(asked)
    wish = request.app.state.explore.picture("figure now", scene, FULL)
    now = await _unless_closed(request, "figure now", wish)
    was = None if before is None else await _before(request, "figure", before)
    if now is None or (before is not None and was is None):
        raise RenshawError("Another tab saves its picture just now; try again.")
    drawing = beside(now.figure, None if was is None else was.figure)
    return await file_answer(drawing, str(asked.get("as", "svg")), "renshaw")


def _scenes(asked: Mapping[str, Any]) -> tuple[Scene, Scene | None]:
    """Return the trial that is asked for, and the one that is to stand beside it."""
    values, before = asked.get("values"), asked.get("before")
    if not isinstance(values, dict) or not isinstance(before, dict | None):
        raise RenshawError("The page sent something that is not a picture's wish.")
    return scene_of(values), None if before is None else scene_of(before)


async def _before(request: Request, tab: str, scene: Scene) -> Picture | None:
    wish = request.app.state.explore.picture(f"{tab} before", scene, FULL)
    return await _unless_closed(request, f"{tab} before", wish)


async def _unless_closed(
    request: Request, tab: str, wish: Coroutine[Any, Any, Picture | None]
) -> Picture | None:
    """Return a picture; work for a tab that is closed meanwhile is given up."""
    made = asyncio.ensure_future(wish)
    while not (await asyncio.wait({made}, timeout=_SECONDS_BETWEEN_LOOKS))[0]:
        if await request.is_disconnected():
            request.app.state.explore.leave(tab)
    return made.result()


ROUTES = (
    Route("/explore", explore),
    Route("/explore/start", start),
    Route("/explore/left", leave, methods=["POST"]),
    Route("/explore/picture", picture, methods=["POST"]),
    Route("/explore/figure", figure, methods=["POST"]),
)
