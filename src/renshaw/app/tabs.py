"""The tabs of the page; each is a package with a `TAB`."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from starlette.routing import BaseRoute

# In the order of the page. A tab that is not there yet is left out.
_HOMES = (
    "renshaw.app.explore",
    "renshaw.app.recording",
    "renshaw.app.study",
    "renshaw.app.design",
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
    start, stop : async callables, optional
        Called when the page starts and when it ends.
    """

    name: str
    title: str
    routes: Sequence[BaseRoute]
    start: Callable[[], Awaitable[None]] | None = None
    stop: Callable[[], Awaitable[None]] | None = None


def all_tabs() -> tuple[Tab, ...]:
    """Return the tabs there are."""
    found = []
    for home in _HOMES:
        if importlib.util.find_spec(home) is not None:
            tab = importlib.import_module(home).TAB
            assert isinstance(tab, Tab)
            found.append(tab)
    return tuple(found)
