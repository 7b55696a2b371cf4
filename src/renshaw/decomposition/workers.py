"""Both cores at work: threads over fixed blocks, so that their number never changes a number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from renshaw.core.machine import cores

A = TypeVar("A")
B = TypeVar("B")

_MOST_WORKERS = 8
_ALLOWED: ContextVar[int] = ContextVar("allowed", default=_MOST_WORKERS)


@contextmanager
def at_most(count: int | None) -> Iterator[None]:
    """Use no more than so many cores within; as many as there are if None."""
    token = _ALLOWED.set(min(_MOST_WORKERS, count or _MOST_WORKERS))
    try:
        yield
    finally:
        _ALLOWED.reset(token)


def in_parallel(work: Callable[[A], B], parts: Iterable[A]) -> list[B]:
    """Do the same work on every part and return the results in order."""
    items = list(parts)
    workers = max(1, min(_ALLOWED.get(), cores()))
    if workers == 1 or len(items) < 2:
        return [work(item) for item in items]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(work, items))


@contextmanager
def one_thread_a_product() -> Iterator[None]:
    """Let each matrix product use one thread; ours are spread over the cores already.

    The threads of a BLAS wait for each other by spinning, which burns the time of whoever else
    uses the machine.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, "blas"):
        yield
