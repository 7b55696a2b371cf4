"""Several files that are one thing, such as samples and what is said of them, change together.

No system renames several files at once. So all are written beside first, and only the renames are
left to do; while they are done, a mark lies in each of the folders. A death before the first rename
leaves the old files, one after the last the new ones, and one between them the mark, by which
whoever reads the files knows that they may not belong together.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from renshaw.core.files import keep_bytes, keep_names, put_in_place, temporary_of, write_text


class Together:
    """Files to be written, and others to be removed, in one step.

    Parameters
    ----------
    marks : sequence of Path
        A file for each folder that has some of them; who reads there looks for it.
    """

    def __init__(self, *marks: Path) -> None:
        self._marks = marks
        self._written: dict[Path, Path] = {}
        self._removed: list[Path] = []

    @contextlib.contextmanager
    def replacing(self, path: Path) -> Iterator[Path]:
        """Give a temporary file that takes the place of ``path`` once all are written.

        Parameters
        ----------
        path : Path

        Raises
        ------
        OSError
            The folder is missing or may not be written to, the disk is full, ...
        """
        with temporary_of(path, stays=True) as temporary:
            yield temporary
            keep_bytes(temporary)
        self._written[path] = temporary

    def write_text(self, path: Path, text: str) -> None:
        """Write a UTF-8 text file; what UTF-8 can't hold becomes ``?``.

        Parameters
        ----------
        path : Path
        text : str
        """
        with self.replacing(path) as temporary:
            temporary.write_text(text, encoding="utf-8", errors="replace", newline="\n")

    def remove(self, path: Path) -> None:
        """Remove a file, if it is there, once all are written.

        Parameters
        ----------
        path : Path
        """
        self._removed.append(path)

    def put_in_place(self, words: str) -> None:
        """Let everything that was written take its place; the first file is the last to do so.

        Parameters
        ----------
        words : str
            What the marks say to somebody who finds one.

        Raises
        ------
        OSError
            A file can't be put in its place; the marks stay.
        """
        try:
            for mark in self._marks:
                write_text(mark, words)
        except OSError:
            # Nothing has changed yet.
            for mark in self._marks:
                with contextlib.suppress(OSError):
                    mark.unlink(missing_ok=True)
            raise
        folders = dict.fromkeys(path.parent for path in (*self._written, *self._removed))
        for path in self._removed:
            path.unlink(missing_ok=True)
        for path, temporary in reversed(self._written.items()):
            put_in_place(temporary, path)
        for folder in folders:
            if folder.is_dir():
                keep_names(folder)
        for mark in reversed(self._marks):
            mark.unlink(missing_ok=True)
            keep_names(mark.parent)

    def forget(self) -> None:
        """Remove what was written and is in no place."""
        for temporary in self._written.values():
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        self._written.clear()


@contextlib.contextmanager
def together(*marks: Path, words: str) -> Iterator[Together]:
    """Give a list of files, which take their places once the block ends well.

    Parameters
    ----------
    marks : Path
        A file for each folder that has some of them; who reads there looks for it.
    words : str
        What the marks say to somebody who finds one.

    Raises
    ------
    OSError
        A file can't be written. Nothing has changed, or the marks lie there.
    """
    files = Together(*marks)
    try:
        yield files
        files.put_in_place(words)
    finally:
        files.forget()


def make_folders(path: Path) -> None:
    """Make a folder and those above it that are missing, each on the disk before the next.

    Parameters
    ----------
    path : Path

    Raises
    ------
    OSError
        One of them can't be made.
    """
    missing = []
    while not path.is_dir():
        missing.append(path)
        path = path.parent
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        keep_names(each.parent)
