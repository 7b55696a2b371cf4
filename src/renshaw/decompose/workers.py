"""Both cores at work: threads over fixed blocks, so that their number never changes a number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from renshaw.core.machine import cores

A = TypeVar("A")
B = TypeVar("B")

_MOST_WORKERS = 8


def in_parallel(work: Callable[[A], B], parts: Iterable[A]) -> list[B]:
    """Do the same work on every part and return the results in order."""
    items = list(parts)
    workers = min(_MOST_WORKERS, cores())
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
