"""Hands that work for a fit: this process alone, or several others."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import TypeVar

from renshaw.core.machine import cores

J = TypeVar("J")
R = TypeVar("R")


class Workers:
    """Do jobs in this process, or in several others; what waits is dropped where one breaks off.

    Parameters
    ----------
    number : int, optional
        Of processes; as many as there are cores if not given.
    """

    def __init__(self, number: int | None = None) -> None:
        number = number or cores()
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(number, mp_context=context) if number > 1 else None

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def each(self, work: Callable[[J], R], jobs: Sequence[J]) -> Iterator[tuple[J, R]]:
        """Yield each job with what was made of it, as they get done.

        Parameters
        ----------
        work : callable
            Which other processes can import.
        jobs : sequence
        """
        if self._pool is None:
            yield from ((job, work(job)) for job in jobs)
            return
        waiting = {self._pool.submit(work, job): job for job in jobs}
        for future in as_completed(waiting):
            yield waiting[future], future.result()
