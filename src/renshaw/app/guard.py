"""Who may ask: only the person who was given the address, from the page itself.

The token is part of every address (``http://127.0.0.1:PORT/TOKEN/explore``) rather than a cookie,
because a browser sends cookies of 127.0.0.1 to whatever listens on any other port of this computer,
someone else's server included. An address is only known to whom it was given.
"""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Style attributes stand in figures; scripts only ever come as files.
PAGE_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
# A report is a finished page of its own, that needs neither scripts nor the network.
REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; sandbox"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_SAFE_METHODS = ("GET", "HEAD")
_NAMES = ("127.0.0.1", "localhost")
WRONG_ADDRESS = (
    "This is renshaw, but not the whole address: take the one that `renshaw app` printed. It "
    "changes each time the page is started."
)


def new_token() -> str:
    """Return a token that can't be guessed."""
    return secrets.token_urlsafe(24)


class Guard:
    """Refuses whatever does not come from the page, and adds the headers that keep it safe.

    Parameters
    ----------
    app : ASGI application
    token : str
        First part of every path.
    port : int
        Port that the page is served on; requests that name another one are refused.
    """

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self.app = app
        self.token = token
        self.hosts: set[str] = {f"{name}:{port}" for name in _NAMES}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            status, words = refusal
            answer = PlainTextResponse(words + "\n", status)
            await answer(scope, receive, _with_headers(send))
            return
        inner = {**scope, "root_path": f"/{self.token}"}
        await self.app(inner, receive, _with_headers(send))

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        if headers.get("host", "") not in self.hosts:
            # A name that someone else's DNS points here (DNS rebinding).
            return 421, "renshaw answers only to 127.0.0.1 and localhost."
        if not self._knows_token(scope["path"]):
            return 404, WRONG_ADDRESS
        if scope["method"] in _SAFE_METHODS:
            foreign = headers.get("sec-fetch-site") in ("cross-site", "same-site")
            if foreign and headers.get("sec-fetch-mode") != "navigate":
                return 403, "Another site asked for this."
            return None
        if not self._same_origin(headers):
            return 403, "This request did not come from the page."
        return None

    def _knows_token(self, path: str) -> bool:
        first = path.removeprefix("/").partition("/")[0]
        return secrets.compare_digest(first.encode("utf-8", "replace"), self.token.encode())

    def _same_origin(self, headers: Headers) -> bool:
        if headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return False
        origin = urlsplit(headers.get("origin", ""))
        return origin.scheme == "http" and origin.netloc == headers["host"]


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Content-Security-Policy", PAGE_POLICY)
        await send(message)

    return sending
