"""All pieces in this process, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from renshaw.study.outcome import Outcome, Progress, outcome_of
from renshaw.study.pieces import Piece


def in_process(
    pieces: Iterable[Piece], threads: int | None = None, told: Progress | None = None
) -> Iterator[tuple[Piece, Outcome]]:
    """Yield every piece with what it gave.

    Parameters
    ----------
    pieces : iterable of Piece
    threads : int, optional
        For each simulation; as many as there are cores if None.
    told : callable, optional
        Told what is being done.
    """
    for piece in pieces:
        yield piece, outcome_of(piece, threads, told)
