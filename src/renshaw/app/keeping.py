"""Where the page keeps what a person does, so that it is there again after a restart.

That is ``.renshaw-page`` in the page's folder, made when there is something to keep: who only looks
leaves nothing behind.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from renshaw.core.received import text_of

FOLDER = ".renshaw-page"
_SECONDS_BETWEEN_LOOKS = 0.1
_LOCK, _IGNORED = "lock", ".gitignore"
OTHER = "another renshaw app has this folder open"
CLOSED = "this folder may not be written to"
FULL = "the disk is full"
ENDED = "the page has ended"


class Keeping:
    """The place of one page: in its folder, or, where that can't be had, only until it ends.

    Parameters
    ----------
    root : Path
        The folder that the page was started on.
    temporary : Path
        What is used where another page has the folder, or where it may not be written to.
    patience_s : float
        How long to wait for a page that has the folder, which may be about to end.
    """

    def __init__(self, root: Path, temporary: Path, patience_s: float = 0.0) -> None:
        self._place = root / FOLDER
        self._temporary = temporary
        self._lock: int | None = None
        self._making = threading.Lock()
        self._why = ""
        if self._place.exists():
            self._take(patience_s)
        elif not os.access(root, os.W_OK | os.X_OK):
            self._why = CLOSED

    @property
    def why_not(self) -> str:
        """Why nothing that is kept outlives the page; empty where it does."""
        if self._place.exists():
            # Another page may have made it since this one looked.
            self._taken()
        return self._why

    @property
    def there(self) -> Path | None:
        """The place, if there is one: nothing is made to look for what was kept."""
        if self._why:
            return self._temporary
        return None if self._lock is None else self._place

    @property
    def folder(self) -> Path:
        """The place; it is made where there is none yet."""
        self._taken()
        return self._temporary if self._why else self._place

    def close(self) -> None:
        """Let the place go; one that holds nothing is removed."""
        if self._lock is None:
            return
        if {path.name for path in self._place.iterdir()} <= {_LOCK, _IGNORED}:
            shutil.rmtree(self._place, ignore_errors=True)
        os.close(self._lock)
        self._lock, self._why = None, ENDED

    def _taken(self) -> None:
        with self._making:
            if self._lock is None and not self._why:
                self._take()

    def _take(self, patience_s: float = 0.0) -> None:
        end_s = time.monotonic() + patience_s
        try:
            while self._lock is None:
                self._place.mkdir(mode=0o700, exist_ok=True)
                if self._place.is_symlink():
                    raise NotADirectoryError(self._place)
                try:
                    self._lock = _locked(self._place / _LOCK)
                except BlockingIOError:
                    if time.monotonic() >= end_s:
                        raise
                    time.sleep(_SECONDS_BETWEEN_LOOKS)
            self._ignore()
        except BlockingIOError:
            self._why = OTHER
        except OSError as error:
            self._why = FULL if error.errno in (errno.ENOSPC, errno.EDQUOT) else CLOSED
            if self._lock is not None:
                os.close(self._lock)
                self._lock = None

    def _ignore(self) -> None:
        """Keep the place out of version control."""
        with contextlib.suppress(FileExistsError), (self._place / _IGNORED).open("x") as file:
            file.write("*\n")


def _locked(path: Path) -> int | None:
    """Return a lock that is held; None where the page that had it removed it meanwhile."""
    # A folder may come from someone else: a link in it must not lead to what is written.
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        # The system lets go of it however the page ends.
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(lock), path.stat()):
                return lock
    except BaseException:
        os.close(lock)
        raise
    os.close(lock)
    return None


def kept_text(path: Path, most_bytes: int) -> str:
    """Return a text that was kept.

    Parameters
    ----------
    path : Path
    most_bytes : int

    Raises
    ------
    OSError
        There is none, it is a link or no file, or too large.
    UnicodeDecodeError
        It is no text.
    """
    if path.is_symlink() or path.parent.is_symlink():
        # A folder may come from someone else: no link in it leads to what is read.
        raise OSError(errno.ELOOP, "it is a link")
    return text_of(path, most_bytes)


@contextlib.contextmanager
def keeping(root: Path, temporary: Path, patience_s: float = 0.0) -> Iterator[Keeping]:
    """Give the place of a page as long as it runs.

    Parameters
    ----------
    root, temporary, patience_s
        As of `Keeping`.
    """
    place = Keeping(root, temporary, patience_s)
    try:
        yield place
    finally:
        place.close()
