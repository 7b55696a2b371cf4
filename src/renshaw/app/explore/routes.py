"""Addresses of the tab Explore."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from renshaw.app.forms import form_of
from renshaw.app.pages import page
from renshaw.model.participant import Participant


async def explore(request: Request) -> Response:
    """Return the tab."""
    return page(request, "explore.html.j2", title="Explore", form=form_of(Participant(), "Person"))


ROUTES = (Route("/explore", explore),)
