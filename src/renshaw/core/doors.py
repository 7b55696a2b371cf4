"""Doors: public modules whose names are loaded when first used, and typed all the same.

A door imports its names where only type checkers look, and says that they are loaded later::

    if TYPE_CHECKING:
        from renshaw.statistics import mixed_model
    else:
        __getattr__, __dir__ = door(__name__)

    __all__ = ["mixed_model"]

The imports are written once: those that mypy and pyright read are those that are carried out, one
at a time, when somebody asks for the name.
"""

from __future__ import annotations

import ast
import functools
import importlib
import importlib.util
import sys
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

ROOT = "renshaw"


def door(
    module: str, moved: Mapping[str, str] | None = None
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` of a door.

    Parameters
    ----------
    module : str
        The door, as its ``__name__``.
    moved : mapping of str to str, optional
        Names that were renamed and what each is called now, for the message.
    """

    def get(name: str) -> Any:
        if name.startswith("__") or name not in (homes := _homes(module)):
            raise AttributeError(_missing(module, name, moved or {}), name=name)
        home, original = homes[name]
        if home == module:
            value: Any = importlib.import_module(f"{module}.{original}")
        else:
            value = getattr(importlib.import_module(home), original)
        setattr(sys.modules[module], name, value)
        return value

    def names() -> list[str]:
        return sorted(_names(module))

    return get, names


def namespaces() -> list[str]:
    """Return the names of the public modules behind the front door, ``"emg"`` and the like."""
    return [name for name, (home, _) in _homes(ROOT).items() if home == ROOT]


def public_name(kind: type) -> str:
    """Return what a program that imports renshaw as ``rs`` calls a class: ``rs.emg.Source``."""
    name = kind.__name__
    place = None if name in _names(ROOT) else _place(name, kind.__module__)
    return f"rs.{place}.{name}" if place else f"rs.{name}"


@functools.cache
def _place(name: str, defined_in: str = "") -> str | None:
    """Return the namespace that holds a name; that of the class's own room is asked first."""
    by_nearness = sorted(
        namespaces(), key=lambda place: not f"{defined_in}.".startswith(f"{ROOT}.{place}.")
    )
    return next((place for place in by_nearness if name in _names(f"{ROOT}.{place}")), None)


def _missing(module: str, name: str, moved: Mapping[str, str]) -> str:
    text = f"{module} has no {name!r}."
    if name in moved:
        return f"{text} It is now {moved[name]}."
    place = _place(name) if module == ROOT else None
    if place:
        return f"{text} It is now rs.{place}.{name}."
    near = get_close_matches(name, _names(module), n=1)
    return f"{text} Did you mean {near[0]!r}?" if near else text


@functools.cache
def _homes(module: str) -> dict[str, tuple[str, str]]:
    """Return the home of each name of a door, and what it is called there."""
    return {
        alias.asname or alias.name: (statement.module, alias.name)
        for block in _tree(module).body
        if isinstance(block, ast.If) and getattr(block.test, "id", "") == "TYPE_CHECKING"
        for statement in block.body
        if isinstance(statement, ast.ImportFrom) and statement.module
        for alias in statement.names
    }


@functools.cache
def _names(module: str) -> list[str]:
    """Return what a public module exports, without importing it."""
    for statement in _tree(module).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__":
            names: list[str] = ast.literal_eval(statement.value)
            return names
    return []


@functools.cache
def _tree(module: str) -> ast.Module:
    spec = importlib.util.find_spec(module)
    get_source = getattr(spec and spec.loader, "get_source", None)
    source: str | None = get_source(module) if get_source else None
    if source is None:
        raise ImportError(f"{module} needs its source file, {module.replace('.', '/')}.py.")
    return ast.parse(source)
