"""What a recording is made of: its file and whatever was opened, or looked for, beside it.

There is one answer, and it is written down while a file is read: every reader that looks at another
file says so by `seen`, every one that looks through a folder by `names_in`. What was looked for and
is not there counts too, because the answer changes once it is. Fingerprints, the pieces of a study,
its provenance and the notes of a recording read this list; `MadeOf.changed` says whether it still
holds.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from renshaw.core.fingerprint import fingerprint

_CHUNK_BYTES = 1 << 20
_SUM_LETTERS = 16
# The sum of nothing that there is.
_UNKNOWN = "?"
_LONGEST_NAMES, _MOST_REPEATS = 1000, 3


@dataclass(frozen=True)
class Part:
    """One file, or the names in one folder, that a recording depends on.

    Parameters
    ----------
    path : str
        Of the file, or of the folder.
    sum : str
        Of its bytes (SHA-256, the first 16 digits), or of the names; ``""`` for a file that was
        looked for and is not there.
    names : str
        Regular expression of the names that count in a folder; ``""`` for a file.
    """

    path: str
    sum: str
    names: str = ""

    @property
    def is_used(self) -> bool:
        """Whether it is a file that was there."""
        return not self.names and bool(self.sum)

    def now(self) -> str:
        """Return its sum as it is now."""
        if self.names and not _is_calm(self.names):
            return _UNKNOWN
        if self.names:
            return _sum_of_names(_listed(Path(self.path), self.names))
        return sum_of(Path(self.path))


@dataclass(frozen=True)
class MadeOf:
    """What a recording is made of.

    Parameters
    ----------
    parts : tuple of Part
        The file itself first.
    """

    parts: tuple[Part, ...] = ()

    @cached_property
    def files(self) -> dict[str, str]:
        """Sums of the files that were used, by path."""
        return {part.path: part.sum for part in self.parts if part.is_used}

    def fingerprint(self) -> str:
        """Return a sum of all files that were used: of a file alone, that of its bytes."""
        sums = list(self.files.values())
        if len(sums) < 2:
            return next(iter(sums), "")
        # By names within the neighborhood: a folder that is moved holds the same recording.
        return fingerprint(sorted(sums_inside(self).items()))

    def changed(self) -> tuple[str, ...]:
        """Return the paths of what is no longer as it was: other bytes, lost, or new."""
        return tuple(part.path for part in self.parts if part.now() != part.sum)

    def to_plain(self) -> list[list[str]]:
        """Return plain values, fit for JSON."""
        return [[part.path, part.sum, part.names] for part in self.parts]

    @classmethod
    def from_plain(cls, plain: Sequence[Sequence[str]]) -> MadeOf:
        """Return what `to_plain` was made from."""
        return cls(tuple(Part(*map(str, each)) for each in plain))


class Ledger:
    """The list while a file is read; of each part, what it looked like when first looked at."""

    def __init__(self, within: Path | None) -> None:
        self.within: Path | None = within
        self._files: dict[str, Any] = {}
        self._names: dict[tuple[str, str], str] = {}

    def add(self, path: Path) -> None:
        """Write down a file, there or not."""
        self._files.setdefault(str(path), _look_of(path))

    def add_names(self, folder: Path, names: str, found: Sequence[Path]) -> None:
        """Write down what was found in a folder."""
        self._names.setdefault((str(folder), names), _sum_of_names(found))

    def take(self, other: Ledger) -> None:
        """Write down what another list holds."""
        for path, look in other._files.items():
            self._files.setdefault(path, look)
        for key, names in other._names.items():
            self._names.setdefault(key, names)

    @property
    def moved(self) -> str:
        """The path of a file that is no longer as it was when it was looked at; ``""`` if none."""
        return next((p for p, look in self._files.items() if _look_of(Path(p)) != look), "")

    def closed(self) -> MadeOf:
        """Return what was written down, with its sums."""
        files = [Part(path, sum_of(Path(path))) for path in self._files]
        names = [Part(folder, sum, names) for (folder, names), sum in self._names.items()]
        return MadeOf((*files, *names))


_LEDGER: ContextVar[Ledger | None] = ContextVar("ledger", default=None)


@contextlib.contextmanager
def gathering(within: str | os.PathLike[str] | None = None) -> Iterator[Ledger]:
    """Write down, inside the block, what is looked at; a list around it is told as well.

    Parameters
    ----------
    within : path, optional
        Folder that the person named: what lies outside it does not belong to a recording.
    """
    ledger = Ledger(None if within is None else absolute(within))
    outer = _LEDGER.get()
    token = _LEDGER.set(ledger)
    try:
        yield ledger
    finally:
        _LEDGER.reset(token)
        if outer is not None:
            outer.take(ledger)


def seen(path: Path) -> Path:
    """Say that what is read depends on a file, whether it is there or not; return its path."""
    if (ledger := _LEDGER.get()) is not None:
        ledger.add(path)
    return path


def names_in(folder: Path, names: str) -> list[Path]:
    """Return the files of a folder whose names match, in order; none where it can't be read.

    Parameters
    ----------
    folder : Path
    names : str
        Regular expression of whole names.
    """
    found = _listed(folder, names)
    if (ledger := _LEDGER.get()) is not None:
        ledger.add_names(folder, names, found)
    return found


def is_inside(folder: Path) -> bool:
    """Whether a folder lies in the one that the person named, where one was named."""
    ledger = _LEDGER.get()
    return ledger is None or ledger.within is None or folder.is_relative_to(ledger.within)


def absolute(path: str | os.PathLike[str]) -> Path:
    """Return a path from the root, without ``..``; links stay, for data sets are made of them."""
    return Path(os.path.abspath(path))  # noqa: PTH100


def sum_of(path: Path) -> str:
    """Return the sum of a file's bytes; ``""`` where there is no such file or it can't be read."""
    digest = hashlib.sha256()
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                digest.update(chunk)
    except (OSError, ValueError):
        return ""
    return digest.hexdigest()[:_SUM_LETTERS]


def in_words(made_of: MadeOf) -> str:
    """Return which files were read with a file, as a note; ``""`` if there were none."""
    beside = list(sums_inside(made_of))[1:]
    # A mark that a program leaves in a folder says nothing to people.
    names = [name for name in beside if not Path(name).name.startswith(".")]
    return f"Read with it: {', '.join(names)}." if names else ""


def sums_inside(made_of: MadeOf) -> Mapping[str, str]:
    """Return the sums of all files that were used, by their path from the folder of the first."""
    folder = absolute(next(iter(made_of.files), ".")).parent
    return {
        Path(os.path.relpath(absolute(path), folder)).as_posix(): sum
        for path, sum in made_of.files.items()
    }


def _listed(folder: Path, names: str) -> list[Path]:
    pattern = re.compile(names)
    try:
        return sorted(path for path in folder.iterdir() if pattern.fullmatch(path.name))
    except OSError:
        return []


def _is_calm(names: str) -> bool:
    """Whether an expression is of the kind that readers use, and takes no long time to match.

    What a piece of a study says that it is made of may come from elsewhere.
    """
    plain = re.sub(r"\\.", "", names)
    repeats = sum(plain.count(sign) for sign in "*+{")
    if len(names) > _LONGEST_NAMES or repeats > _MOST_REPEATS or re.search(r"\)[*+{]", plain):
        return False
    try:
        re.compile(names)
    except (re.error, RecursionError, OverflowError):
        return False
    return True


def _sum_of_names(found: Sequence[Path]) -> str:
    return fingerprint([path.name for path in found])


def _look_of(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
