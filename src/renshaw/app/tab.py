"""`Tab`: a part of the page with addresses of its own; each adds itself to the register.

The packages of the tabs load nothing by themselves, so that a job in one of them begins at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from renshaw.app.runs.kind import Kind
from renshaw.core.kinds import Register


@dataclass(frozen=True)
class Tab:
    """One tab.

    Parameters
    ----------
    name : str
        First part of its path, ``/explore``.
    title : str
    routes : sequence of routes
        Their paths begin with ``/name``.
    rank : float
        Its place in the row of tabs; the first one is what the page opens with.
    during : async context manager, optional
        Given the application; entered when the page starts, left when it ends. What the tab needs
        all that time goes into ``app.state``.
    runs : Kind, optional
        The kind of runs that it makes, each in a folder of its own.
    """

    name: str
    title: str
    routes: Sequence[BaseRoute]
    rank: float
    during: Callable[[Starlette], AbstractAsyncContextManager[None]] | None = None
    runs: Kind | None = None


TABS: Register[Tab] = Register(
    "tab", home="renshaw.app.tabs", entry_points="renshaw.tabs", made_of=Tab
)
