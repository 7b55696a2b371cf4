"""How the page asks for jobs: all of them, one of them, stop."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from renshaw.app.pages import errors_as_pages
from renshaw.app.room import room_of


@errors_as_pages
async def jobs(request: Request) -> Response:
    """Return the jobs, newest first; of one kind where ``?kind=`` says so."""
    kind = request.query_params.get("kind")
    return JSONResponse([job.as_json() for job in room_of(request).jobs.all(kind)])


@errors_as_pages
async def job(request: Request) -> Response:
    """Return one job."""
    return JSONResponse(room_of(request).jobs.get(request.path_params["id"]).as_json())


@errors_as_pages
async def stop(request: Request) -> Response:
    """Interrupt a job and return it."""
    stopped = await room_of(request).jobs.stop(request.path_params["id"])
    return JSONResponse(stopped.as_json())


ROUTES = (
    Route("/jobs", jobs),
    Route("/jobs/{id}", job),
    Route("/jobs/{id}/stop", stop, methods=["POST"]),
)
