"""Pieces on a Dask cluster, whose workers and scheduler may go at any moment."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterable, Iterator
from typing import Any

from renshaw.core.errors import RenshawError, SettingsError
from renshaw.study.outcome import Outcome, Progress, failed, outcome_of
from renshaw.study.pieces import Piece, code_fingerprint

_CONNECT_s = 10.0
_LOOK_AFTER_s = 0.1


class ClusterLostError(RenshawError, ConnectionError):
    """The scheduler is gone; what was finished is kept."""


def cluster(
    pieces: Iterable[Piece], address: str, told: Progress | None = None
) -> Iterator[tuple[Piece, Outcome]]:
    """Yield every piece with what it gave, in the order in which they are done.

    Parameters
    ----------
    pieces : iterable of Piece
        Taken as needed, so that there may be any number of them.
    address : str
        Of the scheduler, e.g. ``tcp://node17:8786``.
    told : callable, optional
        Told when there is nobody to work.

    Raises
    ------
    SettingsError
        Dask is not installed, or no scheduler answers at the address.
    ClusterLostError
        The scheduler has gone.
    """
    client = connected(address)
    source = iter(pieces)
    running: dict[Any, Piece] = {}
    try:
        while True:
            workers = _workers(client, address)
            # Enough for all to be busy, and no more: a piece in the queue takes memory.
            while len(running) < 2 * max(1, workers):
                piece = next(source, None)
                if piece is None:
                    break
                future = client.submit(outcome_of, piece, pure=False, retries=0)
                running[future] = piece
            if not running:
                return
            if workers == 0 and told:
                told(0, 1, f"waiting for a worker to join {address}")
            done = [future for future in running if future.status not in ("pending", "processing")]
            for future in done:
                yield running[future], _outcome(future, running[future], address)
                running.pop(future)
            if not done:
                time.sleep(_LOOK_AFTER_s)
    finally:
        with contextlib.suppress(Exception):
            client.close(timeout=2)


def connected(address: str) -> Any:
    """Return a client of the scheduler at an address.

    Raises
    ------
    SettingsError
        Dask is not installed, or no scheduler answers there.
    """
    try:
        from distributed import Client
    except ImportError:
        raise SettingsError(
            "--scheduler needs Dask; install renshaw with it: pip install 'renshaw[dask]'."
        ) from None
    # Its messages on lost connections are for its developers; ours are for people.
    for name in ("distributed", "distributed.client", "distributed.core", "distributed.comm"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        connect: Any = Client
        return connect(address, timeout=_CONNECT_s, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise SettingsError(
            f"No Dask scheduler answers at {address}: {str(error).splitlines()[0][:200]}. "
            "Start one with dask scheduler, or leave --scheduler out."
        ) from None


def _workers(client: Any, address: str) -> int:
    """Return how many pieces can be done at once."""
    try:
        if client.status != "running":
            raise ClusterLostError(_lost(address))
        return sum(client.nthreads().values())
    except ClusterLostError:
        raise
    except Exception as error:
        raise ClusterLostError(_lost(address)) from error


def _outcome(future: Any, piece: Piece, address: str) -> Outcome:
    if future.status in ("cancelled", "lost"):
        raise ClusterLostError(_lost(address))
    error = future.exception()
    if error is not None:
        if type(error).__name__ == "KilledWorker":
            return failed(piece, "Several workers died over it; do they have the memory for it?")
        if isinstance(error, OSError):
            raise ClusterLostError(_lost(address))
        reason = f"The worker could not do it: {type(error).__name__}: {error}"
        return failed(piece, reason[:500])
    outcome: Outcome = future.result()
    if outcome.code != code_fingerprint():
        raise SettingsError(
            f"A worker at {address} runs another version of renshaw than this computer; install "
            "the same on all, or numbers of two programs would be mixed."
        )
    return outcome


def _lost(address: str) -> str:
    return f"The Dask scheduler at {address} is gone."
