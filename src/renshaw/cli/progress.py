"""What is running: a bar for a terminal, a line now and then for a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

Progress = Callable[[int, int, str], None]

# What a study says of the pieces that it finds.
FOUND_FINISHED = "found finished"

_SECONDS_BETWEEN_LINES = 5.0
_SECONDS_BEFORE_GUESS = 3.0


@contextmanager
def progress_bar(*, quiet: bool = False, stream: TextIO | None = None) -> Iterator[Progress]:
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
        TextColumn("{task.fields[left]}"),
        TextColumn("{task.description}"),
    )
    clock = _Clock()
    with RichProgress(*columns, console=Console(file=stream), transient=True) as bar:
        task = bar.add_task("", total=None, left="")

        def progress(done: int, total: int, what: str) -> None:
            left = clock.left(time.monotonic(), done, total, what)
            words = escape(one_line(what))
            bar.update(task, completed=done, total=total, left=left, description=words)

        yield progress


def _lines(stream: TextIO) -> Progress:
    last = [-_SECONDS_BETWEEN_LINES]
    clock = _Clock()

    def progress(done: int, total: int, what: str) -> None:
        now = time.monotonic()
        left = clock.left(now, done, total, what)
        if now - last[0] >= _SECONDS_BETWEEN_LINES:
            last[0] = now
            words = " ".join(filter(None, (f"{done}/{total}", left, one_line(what))))
            print(words, file=stream, flush=True)

    return progress


class _Clock:
    """Guesses how long it still takes, from how long it took so far."""

    def __init__(self) -> None:
        self._since: tuple[float, int] | None = None

    def left(self, now: float, done: int, total: int, what: str) -> str:
        """Return the time left in words; nothing as long as it can't be guessed."""
        # What was found finished took no time, and says nothing about the rest.
        if self._since is None or what == FOUND_FINISHED or done < self._since[1]:
            self._since = (now, done)
        began, at_first = self._since
        if now - began < _SECONDS_BEFORE_GUESS or done <= at_first or done >= total:
            return ""
        left_s = (now - began) / (done - at_first) * (total - done)
        if left_s < 90:
            return f"about {max(5, 5 * round(left_s / 5))} s left"
        if left_s < 5400:
            return f"about {round(left_s / 60)} min left"
        return f"about {left_s / 3600:.1f} h left"


def one_line(text: str) -> str:
    """Return text from a file without what could move the cursor or color a terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
