"""The server of the page: one person, one folder, 127.0.0.1."""

from __future__ import annotations

import contextlib
import os
import shlex
import socket
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from renshaw.app.connections import Bounded
from renshaw.app.folder import Folder
from renshaw.app.guard import Guard, new_token
from renshaw.app.job_routes import ROUTES
from renshaw.app.jobs import Jobs
from renshaw.app.keeping import keeping
from renshaw.app.pages import error_page
from renshaw.app.room import Room
from renshaw.app.statics import Packed, statics
from renshaw.app.tab import TABS
from renshaw.core.errors import RenshawError

HOST = "127.0.0.1"
# A page that is started anew may find the one before still ending.
SECONDS_TO_END = 5.0


def application(folder: Path, token: str, port: int) -> Guard:
    """Return the page as an ASGI application that answers only to its own address.

    Parameters
    ----------
    folder : Path
        The one folder that may be looked into.
    token : str
        First part of every path.
    port : int
        Port that the address names.
    """
    tabs = tuple(TABS.values())

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        jobs = Jobs()
        root = folder.resolve()
        with (
            tempfile.TemporaryDirectory(prefix="renshaw-page-") as temporary,
            keeping(root, Path(temporary), SECONDS_TO_END) as kept,
        ):
            app.state.room = Room(Folder(root), jobs, kept)
            async with contextlib.AsyncExitStack() as ending:
                ending.push_async_callback(jobs.close)
                for tab in tabs:
                    if tab.during is not None:
                        await ending.enter_async_context(tab.during(app))

                async def let_go() -> None:
                    # What a tab does at its end may take long; the next page need not wait for it.
                    await jobs.close()
                    kept.close()

                ending.push_async_callback(let_go)
                yield

    app = Starlette(
        routes=[
            Route("/", _first_tab),
            statics().route,
            *ROUTES,
            *(route for tab in tabs for route in tab.routes),
        ],
        middleware=[Middleware(Packed)],
        lifespan=lifespan,
        exception_handlers={
            HTTPException: error_page,
            RenshawError: error_page,
            Exception: error_page,
        },
    )
    app.state.tabs = tabs
    return Guard(app, token, port)


async def _first_tab(request: Request) -> Response:
    return RedirectResponse(f"{request.scope['root_path']}/{request.app.state.tabs[0].name}")


@dataclass(frozen=True)
class Served:
    """A page that is being served: its address, with the token."""

    address: str
    server: uvicorn.Server
    listening: socket.socket

    def run(self) -> None:
        """Answer until told to stop (Ctrl-C in the main thread, or `server.should_exit`)."""
        try:
            self.server.run(sockets=[self.listening])
        finally:
            self.listening.close()


def page_server(folder: Path, port: int = 0) -> Served:
    """Return the page of a folder, ready to be served.

    Parameters
    ----------
    folder : Path
    port : int
        Any free one if 0.

    Raises
    ------
    RenshawError
        The port is taken, or the folder is none.
    """
    _refuse_no_folder(folder)
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        # From here on a browser waits; it would be refused until the server is ready.
        listening.listen()
    except (OSError, OverflowError) as error:
        listening.close()
        why = getattr(error, "strerror", None) or "ports go from 0 to 65535"
        raise RenshawError(
            f"Port {port} can't be used: {why}; --port 0 takes any free one."
        ) from None
    port, token = listening.getsockname()[1], new_token()
    config = uvicorn.Config(
        application(folder, token, port),
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        http=Bounded,
        timeout_graceful_shutdown=3,
        ws="none",
    )
    return Served(f"http://{HOST}:{port}/{token}/", uvicorn.Server(config), listening)


def _refuse_no_folder(folder: Path) -> None:
    if folder.is_file():
        raise RenshawError(
            f"{folder} is a file; the page looks into a folder: renshaw app {folder.parent}"
        )
    if not folder.is_dir():
        raise RenshawError(
            f"There is no folder {folder}. Make it first (mkdir -p {shlex.quote(str(folder))}), "
            "name one that is there, or none for the current one: renshaw app"
        )
    if not os.access(folder, os.R_OK | os.X_OK):
        raise RenshawError(f"There is no permission to look into {folder}; ask its owner.")


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve the page of a folder from a thread inside this block; gives its address."""
    served = page_server(folder)
    thread = threading.Thread(target=served.run, daemon=True)
    thread.start()
    try:
        while not served.server.started and thread.is_alive():
            thread.join(0.02)
        if not served.server.started:
            raise RenshawError("The page did not start.")
        yield served.address
    finally:
        served.server.should_exit = True
        thread.join(30)
