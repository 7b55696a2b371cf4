"""`get`: a data set, or a part of it, onto this computer; what is there already is kept.

pooch holds every file against its checksum and lets it take its place only if they agree. What
broke off waits in a folder beside, and goes on where it stopped.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from renshaw.core.files import alone, given_path, make_folder
from renshaw.core.numbers import counted
from renshaw.datasets.catalog import find, listing
from renshaw.datasets.choice import chosen
from renshaw.datasets.dataset import DataSet
from renshaw.datasets.http import BrokenError, asked, refuse, unreachable
from renshaw.datasets.remote import FetchError, RemoteFile

if TYPE_CHECKING:
    import requests

Progress = Callable[[int, int, str], None]

PARTS = ".renshaw-parts"
_PIECE = 1 << 18
# Tries in a row that bring nothing; whoever gets a piece begins to count anew.
_TRIES = 5
_WAIT_S = 1.0
_OK, _PARTIAL, _NO_SUCH_RANGE = 200, 206, 416


@dataclass(frozen=True)
class Fetched:
    """What `get` has done.

    Parameters
    ----------
    dataset : DataSet
    folder : Path
    paths : tuple of Path
        All files that were asked for, in order.
    kept : int
        How many of them were there already.
    unchecked : int
        How many could only be held against their size, or against nothing: the archive gives no
        checksum.
    size : int
        Bytes of all of them.
    """

    dataset: DataSet
    folder: Path
    paths: tuple[Path, ...]
    kept: int
    unchecked: int
    size: int

    def __str__(self) -> str:
        words = f"{counted(len(self.paths), 'file')} of {self.dataset.name} in {self.folder}"
        words += f", {in_words(self.size)}"
        if self.kept:
            words += f"; {self.kept} of them were there already"
        if self.unchecked:
            words += f"; {self.unchecked} without a checksum to hold them against"
        return f"{words}."


def in_words(size: float) -> str:
    """Return a number of bytes for a person.

    Examples
    --------
    >>> in_words(448e6)
    '448 MB'
    """
    for unit, limit in (("kB", 1e6), ("MB", 1e9), ("GB", float("inf"))):
        if size < limit:
            value = size / (limit / 1e3 if limit < float("inf") else 1e9)
            return f"{value:.0f} {unit}" if value >= 10 else f"{value:.2g} {unit}"
    raise AssertionError


def get(
    dataset: DataSet | str,
    folder: str | Path | None = None,
    *,
    recordings: int | None = None,
    files: Sequence[str] = (),
    progress: Progress | None = None,
) -> Fetched:
    """Fetch a data set, or a part of it; stopped or broken off, the next call goes on.

    Parameters
    ----------
    dataset : DataSet or str
        The set, or its name in renshaw's registry.
    folder : path, optional
        Where to put it; a folder of its name here if left out.
    recordings : int, optional
        Only so many recordings, with all files that belong to them.
    files : sequence of str
        Only files whose path or name fits one of these patterns, as ``"sub-01_*"``.
    progress : callable, optional
        Called with megabytes done, megabytes in all, and what is fetched; files where an archive
        does not say how large they are.

    Returns
    -------
    Fetched

    Raises
    ------
    FetchError
        It can't be fetched, or what came is not what the archive says it is; no such file is left.
    SettingsError
        There is no such data set, or nothing in it fits.
    WriteError
        The folder can't be made.

    Examples
    --------
    >>> import renshaw as rs, tempfile
    >>> fetched = rs.datasets.get("example", tempfile.mkdtemp())
    >>> [path.name for path in fetched.paths]
    ['README.txt', 'after.h5', 'before.h5']
    """
    found = find(dataset) if isinstance(dataset, str) else dataset
    wanted = chosen(found, listing(found), recordings, files)
    place = make_folder(found.name if folder is None else given_path("datasets.get", folder))
    with alone(place):
        return _Fetching(found, place, wanted, progress).all()


class _Fetching:
    """One call of `get`: where it puts files, and how far it is."""

    def __init__(
        self,
        dataset: DataSet,
        place: Path,
        files: Sequence[RemoteFile],
        progress: Progress | None,
    ) -> None:
        self.dataset, self.place, self.files = dataset, place, files
        self.local = dataset.archive == "package"
        self.parts = place / PARTS
        self.progress = progress or _silent
        sizes = [file.size for file in files]
        self.total: int | None = None if None in sizes else sum(size or 0 for size in sizes)
        self.done_bytes = self.done_files = 0
        self.went_on = False

    def all(self) -> Fetched:
        lacking = [file for file in self.files if not self._is_here(file)]
        self._refuse_full_disk(lacking)
        self.done_files = len(self.files) - len(lacking)
        self.done_bytes = sum(file.size or 0 for file in self.files if file not in lacking)
        for file in lacking:
            self._say(file, 0)
            with self._sentences(file):
                self._fetch(file)
            self.done_files += 1
            self.done_bytes += file.size or 0
        shutil.rmtree(self.parts, ignore_errors=True)
        paths = tuple(self.place / file.path for file in self.files)
        return Fetched(
            dataset=self.dataset,
            folder=self.place,
            paths=paths,
            kept=len(self.files) - len(lacking),
            unchecked=0 if self.local else sum(not file.hash for file in self.files),
            size=sum(path.stat().st_size for path in paths),
        )

    def _is_here(self, file: RemoteFile) -> bool:
        path = self.place / file.path
        if not path.exists():
            return False
        self._say(file, 0)
        same = path.is_file() and file.size in (None, path.stat().st_size)
        if same and self.local:
            same = path.read_bytes() == _ours(file).read_bytes()
        elif same and file.hash:
            same = _hash_of(path, file.hash) == file.hash
        if not same:
            raise FetchError(
                f"{path} is there already and is not the file of that name of {self.dataset.name}.",
                hint="Nothing was changed. Move it away, or choose another folder (-o).",
            )
        return True

    def _refuse_full_disk(self, lacking: Sequence[RemoteFile]) -> None:
        begun = sum(part.stat().st_size for file in lacking if (part := self._part(file)).exists())
        needed = sum(file.size or 0 for file in lacking) - begun
        free = shutil.disk_usage(self.place).free
        if needed > free:
            raise FetchError(
                f"{self.dataset.name} needs {in_words(needed)} more; {self.place} has "
                f"{in_words(free)} free.",
                hint="Take fewer recordings (--recordings N), or another folder (-o).",
            )

    def _fetch(self, file: RemoteFile) -> None:
        target = self.place / file.path
        make_folder(target.parent)
        make_folder(self.parts)
        if self.local:
            came = shutil.copy(_ours(file), self.parts / file.name)
        else:
            came = self._checked(file)
        Path(came).replace(target)

    def _checked(self, file: RemoteFile, *, again: bool = True) -> str:
        """Fetch a file and hold it against its checksum; what went on wrongly begins once anew."""
        import pooch

        self.went_on = False

        def downloader(url: str, output: str, _: object) -> None:
            self._download(file)
            self._part(file).replace(output)

        try:
            with _quiet_pooch():
                came: str = pooch.retrieve(
                    file.url,
                    known_hash=file.hash or None,
                    fname=f"{self._part(file).stem}.whole",
                    path=self.parts.resolve(),
                    downloader=downloader,
                )
        except ValueError:
            if self.went_on and again:
                # What it went on from was of another version, or damaged; nothing is left of it.
                return self._checked(file, again=False)
            raise FetchError(
                f"{file.path}: what came has another checksum than the archive gives.",
                hint=f"Try again later, or fetch it by hand: {self.dataset.address}",
            ) from None
        return came

    def _download(self, file: RemoteFile) -> None:
        part, idle = self._part(file), 0
        while True:
            before = _size(part)
            try:
                self._go_on(file, part)
                return
            except BrokenError as error:
                idle = 0 if _size(part) > before else idle + 1
                if idle >= _TRIES:
                    raise unreachable(file.url, error) from None
                time.sleep(_WAIT_S * idle)

    def _go_on(self, file: RemoteFile, part: Path) -> None:
        """Fetch what is lacking of a file, from where it broke off."""
        have = _size(part)
        self.went_on = self.went_on or have > 0
        if have == file.size:
            part.touch()
            return
        with asked(file.url, {"Range": f"bytes={have}-"} if have else None) as answer:
            if answer.status_code == _NO_SUCH_RANGE:
                if _length(answer) == have:
                    return
                part.unlink()
                raise BrokenError("the server has a shorter file than what came before")
            refuse(answer)
            goes_on = answer.status_code == _PARTIAL and _begins_at(answer) == have
            if answer.status_code == _PARTIAL and not goes_on:
                part.unlink()
                raise BrokenError("the server sends another part than was asked for")
            with part.open("ab" if goes_on else "wb") as out:
                for piece in answer.iter_content(_PIECE):
                    out.write(piece)
                    if file.size is not None and out.tell() > file.size:
                        raise FetchError(
                            f"{file.path}: more comes than the archive says.",
                            hint=f"Try again later, or fetch it by hand: {self.dataset.address}",
                        )
                    self._say(file, out.tell())
            told = answer.headers.get("Content-Length", "")
            whole = file.size or (int(told) + (have if goes_on else 0) if told.isdigit() else 0)
        if _size(part) < whole:
            raise BrokenError("the connection broke")

    def _part(self, file: RemoteFile) -> Path:
        import hashlib

        # One file here may come from two places, or in two versions.
        key = f"{file.path}\n{file.url}\n{file.hash}\n{file.size}"
        return self.parts / f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.part"

    def _say(self, file: RemoteFile, come: int) -> None:
        if self.total is None:
            size = f", {in_words(come)}" if come else ""
            self.progress(self.done_files, len(self.files), f"files; {file.path}{size}")
        else:
            unit, bytes_each = ("MB", 1e6) if self.total > 1e7 else ("kB", 1e3)
            done, total = ((n + bytes_each - 1) // bytes_each for n in (come, self.total))
            done += self.done_bytes // bytes_each
            self.progress(int(min(done, total)), int(total), f"{unit}; {file.path}")

    @contextlib.contextmanager
    def _sentences(self, file: RemoteFile) -> Iterator[None]:
        try:
            yield
        except FetchError:
            raise
        except OSError as error:
            raise FetchError(
                f"{self.place / file.path} can't be written: {error.strerror or error}.",
                hint="What was fetched is kept; the same command goes on.",
            ) from None


def _begins_at(answer: requests.Response) -> int | None:
    said = answer.headers.get("Content-Range", "")
    begin = said.removeprefix("bytes ").partition("-")[0]
    return int(begin) if begin.isdigit() else None


def _length(answer: requests.Response) -> int | None:
    """Return the length of the file that a server can't send the asked part of."""
    said = answer.headers.get("Content-Range", "").rpartition("/")[2]
    return int(said) if said.isdigit() else None


def _hash_of(path: Path, like: str) -> str:
    import pooch

    kind = like.partition(":")[0]
    return f"{kind}:{pooch.file_hash(str(path), alg=kind)}"


def _ours(file: RemoteFile) -> Path:
    from urllib.request import url2pathname

    return Path(url2pathname(file.url.removeprefix("file://")))


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


@contextlib.contextmanager
def _quiet_pooch() -> Iterator[None]:
    """Keep pooch from printing; what it would say, we say."""
    import pooch

    logger = pooch.get_logger()
    usual = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(usual)


def _silent(done: int, total: int, what: str) -> None:
    pass
