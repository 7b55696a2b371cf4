"""The mark of a scalar equation: plain Python when called, compiled when a kernel uses it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

# Marked before numba was loaded, which takes longer than most of what needs the equations only as
# plain functions; numba gets to know them when the first kernel is made.
_WAITING: list[Callable[..., Any]] = []


def equation(function: F) -> F:
    """Let compiled kernels call this function; from Python it stays the plain function it is."""
    _WAITING.append(function)
    if "numba.extending" in sys.modules:
        let_kernels_call()
    return function


def let_kernels_call() -> None:
    """Let numba know every equation that was marked so far."""
    from numba.extending import register_jitable

    while _WAITING:
        register_jitable(_WAITING.pop())
