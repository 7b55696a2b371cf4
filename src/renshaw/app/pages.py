"""Pages and answers: templates, JSON, and errors that are sentences."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache, wraps
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from renshaw.app.statics import statics
from renshaw.core.errors import RenshawError, sentence
from renshaw.core.plain_json import read_json
from renshaw.core.version import __version__
from renshaw.figures.words import printable

# A form is never longer; files go through `renshaw.app.uploads`.
MOST_JSON_BYTES = 256 * 1024

_HTTP = {404: "There is no such page.", 405: "That can't be done here."}

Answer = Callable[[Request], Awaitable[Response]]


def page(request: Request, template: str, status: int = 200, **content: Any) -> HTMLResponse:
    """Return a whole page, made of a template in ``templates/`` that extends ``base.html.j2``.

    The template also knows ``base`` (the address of the page, to begin every link with), ``static``
    (that of its own files), ``tabs`` and ``here`` (the path without the token).
    """
    return HTMLResponse(rendered(request, template, **content), status)


def rendered(request: Request, template: str, **content: Any) -> str:
    """Return the text of a template, a whole page or a part of one."""
    base = request.scope["root_path"]
    known = {
        "base": base,
        "static": f"{base}/static/{statics().stamp}",
        "imported_by": statics().imported_by,
        "tabs": request.app.state.tabs,
        "here": request.url.path.removeprefix(base),
        "version": __version__,
    }
    return _environment().get_template(template).render(**known, **content)


async def sent_json(request: Request, most_bytes: int = MOST_JSON_BYTES) -> dict[str, Any]:
    """Return the JSON object that a request carries.

    Raises
    ------
    RenshawError
        Too much of it, or no JSON object.
    """
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most_bytes:
            raise RenshawError("The form is too large.")
    try:
        sent = read_json(body)
    except (ValueError, RecursionError):
        sent = None
    if not isinstance(sent, dict):
        raise RenshawError("The page sent something that is not a form.")
    return sent


def errors_as_pages(answer: Answer) -> Answer:
    """Let errors of a JSON route become ``{"error": sentence}`` with status 400."""

    @wraps(answer)
    async def answered(request: Request) -> Response:
        try:
            return await answer(request)
        except ClientDisconnect:
            # Whoever closes a tab while it sends something is not there to be answered.
            return Response(status_code=400)
        except (RenshawError, OSError, MemoryError) as error:
            return JSONResponse({"error": sentence(error, paths=False)}, 400)

    return answered


async def error_page(request: Request, error: Exception) -> Response:
    """Return what went wrong: a page for a person, JSON for the page's own requests."""
    status = getattr(error, "status_code", 400 if isinstance(error, RenshawError) else 500)
    if isinstance(error, HTTPException):
        words = _HTTP.get(status, str(error.detail))
    else:
        words = sentence(error, paths=False)
    if request.headers.get("accept", "").startswith("application/json"):
        return JSONResponse({"error": words}, status)
    return page(request, "error.html.j2", status, words=words)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("renshaw.app"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters["exact"] = escape
    return environment


def _shown(value: Any) -> Any:
    """Return what people see of a value: nothing that turns the words around it.

    What the page sends back, as the path of a folder, goes through the filter ``exact``.
    """
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value
