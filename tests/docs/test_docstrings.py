"""Docstrings of public names: every parameter is described, and every example runs."""

from __future__ import annotations

import doctest
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import renshaw as rs
from renshaw.core.doors import namespaces
from renshaw.core.settings import Settings

DOORS: list[ModuleType] = [rs, *(importlib.import_module(f"renshaw.{n}") for n in namespaces())]


def _public() -> dict[str, object]:
    """Return every function, class and method that the doors lead to, by name."""
    found: dict[str, object] = {}
    for door in DOORS:
        for name in door.__all__:
            thing = getattr(door, name)
            if inspect.isclass(thing) or inspect.isfunction(thing):
                found.setdefault(f"{thing.__module__}.{thing.__qualname__}", thing)
    for path, thing in list(found.items()):
        if inspect.isclass(thing):
            found |= {f"{path}.{name}": method for name, method in _methods(thing)}
    return {path: thing for path, thing in found.items() if path.startswith("renshaw.")}


def _methods(kind: type) -> Iterator[tuple[str, object]]:
    for name, member in vars(kind).items():
        member = getattr(member, "__func__", member)
        # What a class does in its own way is described where it is promised.
        promised = any(hasattr(base, name) for base in kind.__mro__[1:])
        if inspect.isfunction(member) and not name.startswith("_") and not promised:
            yield name, member


PUBLIC = _public()


@pytest.mark.parametrize("path", PUBLIC)
def test_every_parameter_says_what_it_is(path: str) -> None:
    thing = PUBLIC[path]
    # Settings describe themselves: a field has its unit, range and sentence.
    if inspect.isclass(thing) and (issubclass(thing, Settings) or issubclass(thing, Exception)):
        return
    text = inspect.getdoc(thing) or ""
    assert text, "has no docstring"
    described = _described(text)
    wanted = _parameters(thing)
    # What `**options` may hold is described option by option, as a function with overloads does.
    options = described - set(wanted)
    rest = _rest(thing)
    if rest in wanted and options:
        wanted.remove(rest)
        described -= options
    # A short sentence may name all that it takes: "Return the recording without `units`."
    missing = [name for name in wanted if name not in described and f"`{name}`" not in text]
    assert not missing, f"does not say what {', '.join(missing)} is"
    unknown = {name for name in described - set(wanted) if not _has(thing, name)}
    assert not unknown, f"describes {', '.join(sorted(unknown))}, which it does not take"


def _rest(thing: object) -> str:
    """Return the name of what takes all other keywords; empty without."""
    if inspect.isclass(thing):
        return ""
    parameters = inspect.signature(thing).parameters.values()  # type: ignore[arg-type]
    return next((each.name for each in parameters if each.kind is each.VAR_KEYWORD), "")


def _has(thing: object, name: str) -> bool:
    """Whether a class has something else of that name, which it may describe."""
    return inspect.isclass(thing) and (hasattr(thing, name) or name in thing.__annotations__)


def _parameters(thing: object) -> list[str]:
    if inspect.isclass(thing) and not _made_here(thing):
        return []
    signature = inspect.signature(thing)  # type: ignore[arg-type]
    return [
        name
        for name, parameter in signature.parameters.items()
        if name not in ("self", "cls") and not name.startswith("_")
    ]


def _made_here(kind: type) -> bool:
    """Whether what a class takes is written in renshaw, and so has to be described here."""
    makers = (base for base in kind.__mro__ if {"__init__", "__new__"} & vars(base).keys())
    return next(makers).__module__.startswith("renshaw.") and not getattr(
        kind, "_is_protocol", False
    )


def _described(text: str) -> set[str]:
    """Return the names in the section Parameters (and Other Parameters, Attributes)."""
    found: set[str] = set()
    sections = re.findall(
        r"^(?:Parameters|Other Parameters|Attributes)\n-+\n(.*?)(?=^\w[^\n]*\n-{3,}$|\Z)",
        text,
        flags=re.S | re.M,
    )
    for section in sections:
        for line in re.findall(r"^(\S[^\n]*?)(?: : [^\n]*)?$", section, flags=re.M):
            found |= {name.strip().lstrip("*") for name in line.split(",")}
    return {name for name in found if name.isidentifier()}


def _with_examples() -> list[str]:
    package = Path(rs.__file__).parent
    return [
        ".".join(file.relative_to(package.parent).with_suffix("").parts)
        for file in sorted(package.rglob("*.py"))
        if ">>> " in file.read_text(encoding="utf-8")
    ]


WITH_EXAMPLES = _with_examples()


@pytest.mark.parametrize("module", WITH_EXAMPLES)
def test_every_example_runs(module: str) -> None:
    said: list[str] = []
    runner = doctest.DocTestRunner(
        optionflags=doctest.ELLIPSIS
        | doctest.NORMALIZE_WHITESPACE
        | doctest.IGNORE_EXCEPTION_DETAIL
    )
    for test in doctest.DocTestFinder(exclude_empty=True).find(importlib.import_module(module)):
        runner.run(test, out=said.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(said)


def test_verbs_and_nouns_of_every_day_have_an_example() -> None:
    for thing in (
        rs.simulate,
        rs.write,
        rs.estimate,
        rs.plan,
        rs.stats.mixed_model,
        rs.Participant,
        rs.Ramp,
        rs.MotorUnits,
        rs.EstimateSettings,
        rs.Recording.signal,
    ):
        assert ">>> " in (inspect.getdoc(thing) or ""), thing
