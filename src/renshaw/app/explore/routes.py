"""Addresses of the tab Explore."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from renshaw.app.explore.knobs import first_values, knobs, scene_of
from renshaw.app.explore.mission import STEPS
from renshaw.app.explore.pictures import FULL, SKETCH, Picture, figure_of
from renshaw.app.explore.studio import Studio
from renshaw.app.pages import page, sent_json, told
from renshaw.core.errors import RenshawError

_SECONDS_BETWEEN_LOOKS = 0.5


@asynccontextmanager
async def during(app: Starlette) -> AsyncIterator[None]:
    """Keep a studio at work as long as the page is open."""
    app.state.explore = Studio()
    async with app.state.explore.open():
        yield


async def explore(request: Request) -> Response:
    """Return the tab."""
    return page(request, "explore.html.j2", title="Explore", knobs=knobs(), steps=STEPS)


async def start(request: Request) -> Response:
    """Return the knobs as they stand at first, and what the steps of the mission set."""
    return JSONResponse({"values": first_values(), "steps": [asdict(step) for step in STEPS]})


@told
async def picture(request: Request) -> Response:
    """Return the picture for some values of the knobs, or that a newer one was asked for."""
    sent = await sent_json(request)
    values, quality = sent.get("values"), sent.get("quality")
    if not isinstance(values, dict) or quality not in (SKETCH, FULL):
        raise RenshawError("The page sent something that is not a picture's wish.")
    scene = scene_of(values)
    tab, number = str(sent.get("tab"))[:40], sent.get("number")
    number = number if isinstance(number, int) else 0
    made = await _unless_closed(
        request, tab, request.app.state.explore.picture(tab, scene, quality, number)
    )
    return Response(made.sent if made else b'{"superseded":true}', media_type="application/json")


@told
async def figure(request: Request) -> Response:
    """Return what is seen, before and now, as one SVG to keep."""
    sent = await sent_json(request)
    wanted = [(title, sent[title]) for title in ("before", "now") if sent.get(title)]
    if not wanted or not all(isinstance(values, dict) for _, values in wanted):
        raise RenshawError("The page sent something that is not a picture's wish.")
    made = []
    for title, values in wanted:
        wish = request.app.state.explore.picture(f"figure {title}", scene_of(values), FULL)
        made.append(await _unless_closed(request, f"figure {title}", wish))
    found = [picture for picture in made if picture is not None]
    if len(found) < len(wanted):
        raise RenshawError("Another tab saves its picture just now; try again.")
    drawing = await asyncio.to_thread(figure_of, found, [title for title, _ in wanted])
    return Response(drawing, media_type="image/svg+xml")


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
    Route("/explore/picture", picture, methods=["POST"]),
    Route("/explore/figure", figure, methods=["POST"]),
)
