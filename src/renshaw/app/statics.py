"""The page's own files: compressed once, under addresses that change when any of them does.

A browser may keep such a file for good: another version of it has another address. Modules name
each other by relative paths, so the sum of all files stands before the path, not in each name.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePosixPath

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FOLDER = Path(__file__).parent / "static"
_FOR_GOOD = "private, max-age=31536000, immutable"
_IMPORT = re.compile(r"^(?:import|export)\b[^;]*?[\"'](\.[^\"']+)[\"'];", re.MULTILINE)
# Smaller answers fit into one packet either way.
_LEAST_BYTES = 1024
_TEXT = ("text/", "application/json", "image/svg+xml")


@dataclass(frozen=True)
class StaticFile:
    """One file as it is sent.

    Parameters
    ----------
    body, packed : bytes
        As it is, and compressed by gzip.
    media_type : str
    """

    body: bytes
    packed: bytes
    media_type: str


class Statics:
    """All static files of a folder, read once.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        self._files = {path.relative_to(folder).as_posix(): _read(path) for path in paths}

    @cached_property
    def stamp(self) -> str:
        """What stands for all files together in their addresses."""
        found = hashlib.sha256()
        for name, file in self._files.items():
            found.update(f"{name}\0{len(file.body)}\0".encode() + file.body)
        return found.hexdigest()[:16]

    def imported_by(self, script: str) -> tuple[str, ...]:
        """Return the modules that a script imports, and those that they import.

        The page names them at once, lest the browser find them one after the other.

        Parameters
        ----------
        script : str
            Path from the folder, such as ``"recording/view.js"``.
        """
        found: list[str] = []
        waiting = [script]
        while waiting:
            path = waiting.pop(0)
            for name in _IMPORT.findall(self._files[path].body.decode()):
                inner = _joined(path, name)
                if inner not in found and inner != script:
                    found.append(inner)
                    waiting.append(inner)
        return tuple(found)

    async def answer(self, request: Request) -> Response:
        """Return a file, compressed for whoever takes that."""
        stamp, file = request.path_params["stamp"], self._files.get(request.path_params["path"])
        if file is None or stamp != self.stamp:
            raise HTTPException(404)
        headers = {"Cache-Control": _FOR_GOOD, "Vary": "Accept-Encoding"}
        body = file.body
        if takes_gzip(request.headers.get("accept-encoding", "")):
            headers["Content-Encoding"], body = "gzip", file.packed
        return Response(body, headers=headers, media_type=file.media_type)

    @property
    def route(self) -> Route:
        """The route of the files."""
        return Route("/static/{stamp}/{path:path}", self.answer)


@cache
def statics() -> Statics:
    """Return the static files of the page."""
    return Statics()


def takes_gzip(accepted: str) -> bool:
    """Return whether a header ``Accept-Encoding`` allows gzip."""
    for part in accepted.lower().split(","):
        name, _, more = part.partition(";")
        if name.strip() in ("gzip", "*"):
            return more.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


class Packed:
    """Compresses answers of text that are made at once; files and streams pass as they are.

    Parameters
    ----------
    app : ASGI application
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        accepted = dict(scope["headers"]).get(b"accept-encoding", b"").decode("latin-1")
        if not takes_gzip(accepted):
            await self.app(scope, receive, send)
            return
        held: list[Message] = []

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_text(message):
                held.append(message)
                return
            if held:
                start = held.pop()
                body = message.get("body", b"")
                if not message.get("more_body") and len(body) >= _LEAST_BYTES:
                    body = gzip.compress(body, 5, mtime=0)
                    headers = MutableHeaders(scope=start)
                    headers["Content-Encoding"] = "gzip"
                    headers["Content-Length"] = str(len(body))
                    headers.add_vary_header("Accept-Encoding")
                    message = {**message, "body": body}
                await send(start)
            await send(message)

        await self.app(scope, receive, sending)


def _is_text(start: Message) -> bool:
    headers = MutableHeaders(scope=start)
    return "content-encoding" not in headers and headers.get("content-type", "").startswith(_TEXT)


def _read(path: Path) -> StaticFile:
    body = path.read_bytes()
    # Systems disagree on what a module is, and browsers run none that is said to be plain text.
    kind = "text/javascript" if path.suffix == ".js" else mimetypes.guess_type(path.name)[0]
    return StaticFile(body, gzip.compress(body, 9, mtime=0), kind or "application/octet-stream")


def _joined(path: str, relative: str) -> str:
    parts: list[str] = []
    for part in (PurePosixPath(path).parent / relative).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)
