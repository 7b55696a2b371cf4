"""Addresses of the tab Explore."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from renshaw.app.explore.knobs import Scene, first_values, knobs, scene_of
from renshaw.app.explore.mission import STEPS
from renshaw.app.explore.pictures import FULL, SKETCH
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
    made = await _unless_closed(request, str(sent.get("tab"))[:40], scene, quality)
    return Response(made or b'{"superseded":true}', media_type="application/json")


async def _unless_closed(request: Request, tab: str, scene: Scene, quality: str) -> bytes | None:
    """Return a picture; work for a tab that is closed meanwhile is given up."""
    studio: Studio = request.app.state.explore
    wish = asyncio.ensure_future(studio.picture(tab, scene, quality))
    while not (await asyncio.wait({wish}, timeout=_SECONDS_BETWEEN_LOOKS))[0]:
        if await request.is_disconnected():
            studio.leave(tab)
    return wish.result()


ROUTES = (
    Route("/explore", explore),
    Route("/explore/start", start),
    Route("/explore/picture", picture, methods=["POST"]),
)
