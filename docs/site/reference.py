"""The pages of the API reference: one for the front door and one for each namespace."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from types import ModuleType

import renshaw as rs
from renshaw.core.doors import namespaces
from renshaw.core.settings import Settings, as_python


def write_reference(source: Path) -> None:
    """Write ``reference/*.md`` into the folder from which the site is built."""
    folder = source / "reference"
    folder.mkdir(exist_ok=True)
    doors = [rs, *(importlib.import_module(f"renshaw.{name}") for name in namespaces())]
    for module in doors:
        (folder / f"{module.__name__}.md").write_text(page(module), encoding="utf-8")
    names = "\n".join(module.__name__ for module in doors)
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
    if module is not rs and getattr(rs, name, None) is thing:
        return f"## {name}\n\nIs at the front door: [`rs.{name}`](renshaw.md#{name.lower()}).\n"
    if inspect.isclass(thing) and issubclass(thing, Settings):
        return f"## {name}\n\n{_settings(module, thing)}"
    directive, options = "autodata", ""
    if inspect.isclass(thing):
        directive, options = "autoclass", "   :members:\n"
    elif callable(thing):
        directive = "autofunction"
    shown = f".. {directive}:: {module.__name__}.{name}\n{options}"
    return f"## {name}\n\n```{{eval-rst}}\n{shown}```\n"


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
