"""Making a run: a form or a file becomes a plan, which is checked as it changes, and begun."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from renshaw.app.folder import Folder
from renshaw.app.pages import errors_as_pages, sent_json
from renshaw.app.room import Room, room_of
from renshaw.app.runs.drafts import MOST_BYTES, Drafts
from renshaw.app.runs.found import plan_named
from renshaw.app.runs.kind import Kind
from renshaw.app.runs.start import begun
from renshaw.core.errors import RenshawError

BUILT_IN = "built-in"


@dataclass(frozen=True)
class Understood:
    """A plan that can be run.

    Parameters
    ----------
    name, title : str
    words : str
        How large it is.
    toml : str
        Text that makes it again from wherever it lies.
    """

    name: str
    title: str
    words: str
    toml: str


@dataclass(frozen=True)
class Making:
    """How plans of a kind are made.

    Parameters
    ----------
    kind : Kind
    built_in : callable
        Returns the text of the built-in plan.
    written : callable
        Returns the text that a filled-in form writes.
    understood : callable
        Takes the page's folder, a text, what errors call it, and the folder that its own paths
        start from; raises what is wrong with it, by line and entry.
    """

    kind: Kind
    built_in: Callable[[], str]
    written: Callable[[Mapping[str, Any]], str]
    understood: Callable[[Folder, str, str, Path], Understood]

    @property
    def routes(self) -> tuple[Route, ...]:
        """The routes of making a plan."""
        at = f"/{self.kind.name}"
        return (
            Route(f"{at}/text", errors_as_pages(self.text)),
            Route(f"{at}/written", errors_as_pages(self.write), methods=["POST"]),
            Route(f"{at}/check", errors_as_pages(self.check), methods=["POST"]),
            Route(f"{at}/start", errors_as_pages(self.start), methods=["POST"]),
            Route(f"{at}/draft", errors_as_pages(self.draft)),
            Route(f"{at}/draft", errors_as_pages(self.keep), methods=["POST"]),
            Route(f"{at}/draft/remove", errors_as_pages(self.remove), methods=["POST"]),
        )

    async def text(self, request: Request) -> Response:
        """Return the text of a plan: the built-in one, or one of the folder."""
        path = request.query_params.get("file", BUILT_IN)
        if path == BUILT_IN:
            return JSONResponse({"toml": self.built_in()})
        file = plan_named(room_of(request).folder, path)
        return JSONResponse({"toml": file.read_text(encoding="utf-8-sig", errors="replace")})

    async def write(self, request: Request) -> Response:
        """Return the text that the form writes, or why it can't."""
        values = await sent_json(request)
        try:
            return JSONResponse({"toml": self.written(values)})
        except RenshawError as error:
            return JSONResponse({"error": str(error)})

    async def check(self, request: Request) -> Response:
        """Return what a plan asks for, or what is wrong with it and in which line."""
        room, sent = room_of(request), await sent_json(request)
        try:
            plan = await asyncio.to_thread(self._plan, room, sent)
        except RenshawError as error:
            line = None if error.place is None else error.place.line
            return JSONResponse({"error": str(error), "line": line})
        return JSONResponse({"name": plan.name, "title": plan.title, "words": plan.words})

    async def start(self, request: Request) -> Response:
        """Begin a run in a folder of its own."""
        room, sent = room_of(request), await sent_json(request)
        plan = await asyncio.to_thread(self._plan, room, sent)
        name = str(sent.get("name") or plan.name)
        job = begun(room, self.kind, name, plan.title or plan.name, plan.toml)
        path = room.folder.relative(Path(str(job.arguments["folder"])))
        with contextlib.suppress(RenshawError, OSError):
            # What was started lies with its results, whatever becomes of the draft.
            await asyncio.to_thread(self._drafts(room).start, str(sent.get("draft") or ""), path)
        return JSONResponse({"path": path, "job": job.as_json()})

    async def draft(self, request: Request) -> Response:
        """Return a draft."""
        room, id = room_of(request), request.query_params.get("id", "")
        found = await asyncio.to_thread(self._drafts(room).get, id)
        return JSONResponse({**asdict(found), "why_not": room.keeping.why_not})

    async def keep(self, request: Request) -> Response:
        """Write down what a person is writing; it is on disk when this answers."""
        room, sent = room_of(request), await sent_json(request, MOST_BYTES)
        id, revision, content = (sent.get(name) for name in ("id", "revision", "content"))
        if not (isinstance(id, str) and isinstance(revision, int) and isinstance(content, dict)):
            raise RenshawError("The page sent something that is not a draft.")
        drafts, title = self._drafts(room), str(sent.get("title") or "")
        kept = await asyncio.to_thread(drafts.keep, id, revision, content, title)
        return JSONResponse(
            {"id": kept.id, "revision": kept.revision, "why_not": room.keeping.why_not}
        )

    async def remove(self, request: Request) -> Response:
        """Remove a draft."""
        sent = await sent_json(request)
        await asyncio.to_thread(self._drafts(room_of(request)).remove, str(sent.get("id") or ""))
        return JSONResponse({})

    def _drafts(self, room: Room) -> Drafts:
        return Drafts(room.keeping, self.kind.name)

    def _plan(self, room: Room, sent: dict[str, Any]) -> Understood:
        base, where = room.folder.root, self.kind.plan
        if file := str(sent.get("file") or ""):
            base, where = plan_named(room.folder, file).parent, file
        toml = str(sent.get("toml", ""))
        if not toml.strip():
            raise RenshawError(f"{where} is empty; it says what to do.")
        return self.understood(room.folder, toml, where, base)
