"""Pieces in several processes of this machine, which may be killed at any moment."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from renshaw.study.outcome import Outcome, failed, outcome_of
from renshaw.study.pieces import Piece

# A piece whose worker dies as often as this while it alone is being done is to blame itself.
_MOST_DEATHS = 3
_LOOK_AFTER_s = 1.0


def processes(pieces: Iterable[Piece], number: int) -> Iterator[tuple[Piece, Outcome]]:
    """Yield every piece with what it gave, in the order in which they are done.

    A worker that dies takes nothing with it: its piece is done again. Only a piece that kills its
    worker again and again, when nothing else is being done, is given up.

    Parameters
    ----------
    pieces : iterable of Piece
        Taken as needed, so that there may be any number of them.
    number : int
        Processes.
    """
    source = iter(pieces)
    again: deque[Piece] = deque()
    deaths: dict[str, int] = {}
    others = set(multiprocessing.active_children())
    pool = worker_pool(number)
    running: dict[Future[Outcome], Piece] = {}
    try:
        while True:
            lost = _filled(running, pool, again, source, 2 * number, deaths)
            if not running and not lost:
                return
            alone = len(running) == 1 and not lost
            done, _ = wait(running, timeout=_LOOK_AFTER_s, return_when=FIRST_COMPLETED)
            for future in done:
                piece = running.pop(future)
                if isinstance(future.exception(), BrokenProcessPool):
                    lost.append(piece)
                else:
                    deaths.pop(_name(piece), None)
                    yield piece, future.result()
            if lost:
                lost += running.values()
                running.clear()
                pool.shutdown(wait=False, cancel_futures=True)
                pool = worker_pool(number)
                for piece in lost:
                    deaths[_name(piece)] = deaths.get(_name(piece), 0) + alone
                    if deaths[_name(piece)] >= _MOST_DEATHS:
                        yield piece, failed(piece, _DIED)
                    else:
                        again.append(piece)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in set(multiprocessing.active_children()) - others:
            child.terminate()


def _filled(
    running: dict[Future[Outcome], Piece],
    pool: ProcessPoolExecutor,
    again: deque[Piece],
    source: Iterator[Piece],
    most: int,
    deaths: dict[str, int],
) -> list[Piece]:
    """Give the pool enough to do; return a piece that it would not take, for it has died."""
    while len(running) < most:
        # After a death, the pieces that were being done go one by one, to find the one to blame.
        if running and (again or any(_name(piece) in deaths for piece in running.values())):
            break
        piece = again.popleft() if again else next(source, None)
        if piece is None:
            break
        try:
            running[pool.submit(outcome_of, piece)] = piece
        except BrokenProcessPool:
            return [piece]
    return []


def _name(piece: Piece) -> str:
    return piece.rows[0].recording


_DIED = (
    f"The process that did it died {_MOST_DEATHS} times: it may need more memory than there is; "
    "try fewer units."
)


def worker_pool(number: int) -> ProcessPoolExecutor:
    """Return processes that leave Ctrl-C to their parent, and end with it."""
    # Forks of a process that has threads can hang.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(number, context, _prepare, (os.getpid(),))


def _prepare(parent: int) -> None:
    # Ctrl-C is for the process that was asked; it stops the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """End when the parent is killed, which tells nobody."""
    while os.getppid() == parent:
        time.sleep(_LOOK_AFTER_s)
    os._exit(1)
