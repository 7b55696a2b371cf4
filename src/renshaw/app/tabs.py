"""The tabs of the page; each is a package with a module `tab`, and its `TAB`.

The packages themselves load nothing, so that a job in one of them begins at once.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.routing import BaseRoute

# In the order of the page. A tab that is not there yet is left out.
_HOMES = (
    "renshaw.app.explore.tab",
    "renshaw.app.recording.tab",
    "renshaw.app.study.tab",
    "renshaw.app.design.tab",
)


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
    during : async context manager, optional
        Given the application; entered when the page starts, left when it ends. What the tab needs
        all that time goes into ``app.state``.
    """

    name: str
    title: str
    routes: Sequence[BaseRoute]
    during: Callable[[Starlette], AbstractAsyncContextManager[None]] | None = None


def all_tabs() -> tuple[Tab, ...]:
    """Return the tabs there are."""
    found = []
    for home in _HOMES:
        if importlib.util.find_spec(home) is not None:
            tab = importlib.import_module(home).TAB
            assert isinstance(tab, Tab)
            found.append(tab)
    return tuple(found)
