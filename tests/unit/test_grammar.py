"""One grammar for every verb: ``verb(noun, settings, *, seed)``."""

from __future__ import annotations

import inspect
import types
import typing

import pytest

import renshaw as rs
from renshaw.core import doors

PLACES = ("renshaw", "renshaw.emg", "renshaw.edit", "renshaw.stats", "renshaw.experiment",
          "renshaw.study", "renshaw.inference", "renshaw.optimization", "renshaw.validation",
          "renshaw.estimation", "renshaw.files")  # fmt: skip
# What is switched, not set: how it is done, never what comes out.
BY_NAME_ONLY = {"seed", "progress", "workers", "threads", "engine", "scheduler", "folder"}


def verbs():
    for place in PLACES:
        module = __import__(place, fromlist=["*"])
        for name in module.__all__:
            value = getattr(module, name)
            if isinstance(value, types.FunctionType):
                yield pytest.param(value, id=f"{place.removeprefix('renshaw.')}.{name}")


VERBS = list(verbs())


@pytest.mark.parametrize("verb", VERBS)
def test_seed_progress_and_the_like_are_given_by_name(verb):
    for name, parameter in inspect.signature(verb).parameters.items():
        if name in BY_NAME_ONLY and parameter.default is not inspect.Parameter.empty:
            assert parameter.kind is inspect.Parameter.KEYWORD_ONLY, name


@pytest.mark.parametrize("verb", VERBS)
def test_settings_come_after_the_nouns(verb):
    positional = [
        name
        for name, parameter in inspect.signature(verb).parameters.items()
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY
    ]
    if "settings" in positional:
        assert positional.index("settings") == len(positional) - 1 or positional[0] == "settings"


@pytest.mark.parametrize("verb", VERBS)
def test_a_seed_is_zero_unless_given(verb):
    seed = inspect.signature(verb).parameters.get("seed")
    # A list that anybody could draw anew from seed 0 conceals nothing.
    wanted = None if verb.__name__ == "randomization" else 0
    assert seed is None or seed.default == wanted


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_typed_and_told(verb):
    signature = inspect.signature(verb)
    assert signature.return_annotation is not inspect.Signature.empty
    assert all(p.annotation is not inspect.Parameter.empty for p in signature.parameters.values())
    assert verb.__doc__ or typing.get_overloads(verb)


def test_every_place_is_a_namespace():
    assert {place.removeprefix("renshaw.") for place in PLACES[1:]} <= set(doors.namespaces())
    assert rs.__doc__
