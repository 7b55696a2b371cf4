"""A disk that fails, a program that dies, and a power cut, at the k-th call that writes.

As SQLite's tests do: what changes files goes through few calls (a new file, fsync, rename, unlink).
Each is counted; the k-th fails with a full disk, or is the last thing that the program does.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


class Death(BaseException):
    """The program ends here: nothing that it would clean up is cleaned up."""


class Disk:
    """Counts the calls that change files below a folder, and breaks at one of them.

    It also knows what is left after a power cut: the bytes of a file as they were when it was last
    synced, under the names of its folder as they were when that was last synced.

    Parameters
    ----------
    folder : Path
        What is there at the beginning is on the disk.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls = 0
        self.breaks_at = 0
        self.dies = False
        self._bytes: dict[int, bytes] = {}
        self._names: dict[Path, dict[str, int]] = {}
        for place, _, files in os.walk(folder):
            for name in files:
                self._sync_file(Path(place) / name)
            self._sync_names(Path(place))

    def call(self) -> None:
        """Count a call; the k-th breaks, and after a death every other one."""
        self.calls += 1
        if self.dies and self.breaks_at and self.calls >= self.breaks_at:
            raise Death
        if self.calls == self.breaks_at:
            raise OSError(28, "No space left on device")

    def synced(self, handle: int) -> None:
        """Take note of what a call of fsync has kept."""
        path = path_of(handle)
        if path.is_dir():
            self._sync_names(path)
        else:
            self._sync_file(path)

    def after_power_cut(self, to: Path) -> Path:
        """Make a folder of what is left once the power was cut."""
        for place, names in self._names.items():
            inside = to / place.relative_to(self.folder)
            inside.mkdir(parents=True, exist_ok=True)
            for name, number in names.items():
                (inside / name).write_bytes(self._bytes.get(number, b""))
        return to

    def _sync_file(self, path: Path) -> None:
        self._bytes[path.stat().st_ino] = path.read_bytes()

    def _sync_names(self, folder: Path) -> None:
        files = [path for path in folder.iterdir() if path.is_file()]
        self._names[folder] = {path.name: path.stat().st_ino for path in files}


def path_of(handle: int) -> Path:
    """Return the path of an open file."""
    return Path(f"/proc/self/fd/{handle}").readlink()


@contextlib.contextmanager
def broken(disk: Disk, at: int, *, dies: bool) -> Iterator[None]:
    """Break the disk at its call of this number inside the block; 0 breaks nothing."""
    disk.calls, disk.breaks_at, disk.dies = 0, at, dies
    with pytest.MonkeyPatch.context() as patched:

        def counting(owner: Any, name: str, path_at: int | None, then: Callable[..., None]) -> None:
            was = getattr(owner, name)

            def called(*arguments: Any, **options: Any) -> Any:
                path = options.get("dir") if path_at is None else arguments[path_at]
                path = path_of(path) if isinstance(path, int) else path
                mine = str(path).startswith(str(disk.folder))
                if mine:
                    disk.call()
                made = was(*arguments, **options)
                if mine:
                    then(*arguments)
                return made

            patched.setattr(owner, name, called)

        def nothing(*_: Any) -> None:
            pass

        counting(os, "fsync", 0, disk.synced)
        counting(os, "replace", 0, nothing)
        counting(os, "unlink", 0, nothing)
        counting(tempfile, "mkstemp", None, nothing)
        yield


def calls_of(work: Callable[[], object], folder: Path) -> int:
    """Return how many calls some work makes."""
    disk = Disk(folder)
    with broken(disk, 0, dies=False):
        work()
    return disk.calls


def copied(folder: Path, to: Path) -> Path:
    """Return a fresh copy of a folder."""
    shutil.rmtree(to, ignore_errors=True)
    return Path(shutil.copytree(folder, to))
