"""What is running: a bar for a terminal, a line now and then for a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

Progress = Callable[[int, int, str], None]

_SECONDS_BETWEEN_LINES = 5.0


@contextmanager
def shown(*, quiet: bool = False, stream: TextIO | None = None) -> Iterator[Progress]:
    """Give a progress callback ``(done, total, what)`` that shows itself on standard error."""
    stream = stream or sys.stderr
    if quiet:
        yield _silent
    elif stream.isatty():
        with _bar(stream) as progress:
            yield progress
    else:
        yield _lines(stream)


def _silent(done: int, total: int, what: str) -> None:
    pass


@contextmanager
def _bar(stream: TextIO) -> Iterator[Progress]:
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as RichProgress

    columns = (
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with RichProgress(*columns, console=Console(file=stream), transient=True) as bar:
        task = bar.add_task("", total=None)

        def progress(done: int, total: int, what: str) -> None:
            bar.update(task, completed=done, total=total, description=escape(one_line(what)))

        yield progress


def _lines(stream: TextIO) -> Progress:
    last = [-_SECONDS_BETWEEN_LINES]

    def progress(done: int, total: int, what: str) -> None:
        now = time.monotonic()
        if now - last[0] >= _SECONDS_BETWEEN_LINES:
            last[0] = now
            print(f"{done}/{total} {one_line(what)}", file=stream, flush=True)

    return progress


def one_line(text: str) -> str:
    """Return text from a file without what could move the cursor or color a terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
