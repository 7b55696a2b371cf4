"""The mark of a scalar equation: plain Python when called, compiled when a kernel uses it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from numba.extending import register_jitable

P = ParamSpec("P")
R = TypeVar("R")


def equation(function: Callable[P, R]) -> Callable[P, R]:
    """Let compiled kernels call this function; from Python it stays the plain function it is."""
    return cast(Callable[P, R], register_jitable(function))
