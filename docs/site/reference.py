"""The pages of the API reference: one for the front door and one for each namespace."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from types import ModuleType

import renshaw as rs
from renshaw.core.doors import namespaces
from renshaw.core.settings import Settings, as_python

DOORS = [rs, *(importlib.import_module(f"renshaw.{name}") for name in namespaces())]


def write_reference(source: Path) -> None:
    """Write ``reference/*.md`` into the folder from which the site is built."""
    folder = source / "reference"
    folder.mkdir(exist_ok=True)
    for module in DOORS:
        (folder / f"{module.__name__}.md").write_text(page(module), encoding="utf-8")
    names = "\n".join(module.__name__ for module in DOORS)
    (folder / "index.md").write_text(
        "# Reference\n\nThe names of every day are in `renshaw` itself; what is needed less often "
        f"is in a namespace.\n\n```{{toctree}}\n:maxdepth: 1\n\n{names}\n```\n",
        encoding="utf-8",
    )


def page(module: ModuleType) -> str:
    """Return the page of a public module: its docstring, then every name that it exports."""
    shown = "rs" + module.__name__.removeprefix("renshaw")
    about = (inspect.getdoc(module) or "").splitlines()[0]
    parts = [f"# `{shown}`\n\n{about}\n"]
    parts += [_entry(module, name) for name in module.__all__ if not name.startswith("__")]
    return "\n".join(parts)


def _entry(module: ModuleType, name: str) -> str:
    thing = getattr(module, name)
    if inspect.ismodule(thing):
        return ""
    home = _home(name, thing)
    if module is not home:
        where = "rs" + home.__name__.removeprefix("renshaw")
        link = f"[`{where}.{name}`]({home.__name__}.md#{name.lower()})"
        return f"## {name}\n\nThe same as {link}.\n"
    if inspect.isclass(thing) and issubclass(thing, Settings):
        return f"## {name}\n\n{_settings(module, thing)}"
    directive, options = "autodata", ""
    if inspect.isclass(thing):
        directive, options = "autoclass", "   :members:\n"
    elif callable(thing):
        directive = "autofunction"
    shown = f".. {directive}:: {module.__name__}.{name}\n{options}"
    return f"## {name}\n\n```{{eval-rst}}\n{shown}```\n"


def _home(name: str, thing: object) -> ModuleType:
    """Return the first door that leads to a thing, whose page is about it."""
    return next(door for door in DOORS if getattr(door, name, None) is thing)


def _settings(module: ModuleType, settings: type[Settings]) -> str:
    """Return the docstring of some settings, and each of them with its default and range."""
    lines = [
        "| setting | default | unit | meaning |",
        "| --- | --- | --- | --- |",
    ]
    for info in settings.describe():
        allowed = f" ({info.allowed})" if info.allowed else ""
        cells = (f"`{info.name}`", f"`{as_python(info.default)}`", info.unit, info.help + allowed)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    directive = f"```{{eval-rst}}\n.. autoclass:: {module.__name__}.{settings.__name__}\n```"
    return f"{directive}\n\n" + "\n".join(lines) + "\n"
