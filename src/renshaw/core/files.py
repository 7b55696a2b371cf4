"""Files are written whole or not at all: a failure never leaves half a file or harms an old one.

What was written is on the disk (fsync of the file, then of its folder) before anybody is told, so
that it holds through a power cut as well.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import tempfile
import time
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from renshaw.core.cells import safe_table
from renshaw.core.errors import Place, RenshawError, SettingsError, WriteError, did_you_mean
from renshaw.core.processes import is_at_work, mark_of
from renshaw.core.received import bytes_of

if TYPE_CHECKING:
    import pandas as pd


_PART = re.compile(r"\A\..*?(?:-([0-9a-f]+-[0-9a-f]+-[0-9a-f]*))?-[a-z0-9_]{8}\.part")
# Of a part whose writer can't be asked for, such as one on another machine.
_OLD_s = 24 * 3600.0
# Folders that this process has swept.
_SWEPT: set[str] = set()
_LOCK = ".renshaw-lock"
_LARGEST_LOCK_BYTES = 1000
_TRY_AGAIN_s = 0.02
# To compare names takes long, and a folder may hold any number of them.
_MOST_COMPARED = 2000
# Systems that can't keep a folder, and say so, lose nothing by it.
_NO_FOLDERS = (errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES, errno.EISDIR, errno.EPERM)


class BusyError(RenshawError):
    """A folder that another program is writing into."""


@contextlib.contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Give a temporary file beside ``path`` that takes its place once the block ends well.

    Raises
    ------
    OSError
        The folder is missing or may not be written to, the disk is full, ``path`` is a folder, ...;
        whatever was at ``path`` before is still there.
    """
    path = Path(path)
    with temporary_of(path) as temporary:
        yield temporary
        put_in_place(temporary, path)


@contextlib.contextmanager
def temporary_of(path: Path, *, stays: bool = False) -> Iterator[Path]:
    """Give a temporary file beside ``path``, which is removed at the end of the block.

    Parameters
    ----------
    path : Path
    stays : bool
        Whether it stays after a block that ended well.

    Raises
    ------
    OSError
        The folder is missing or may not be written to, the disk is full, ``path`` is a folder, ...
    """
    if path.is_dir():
        raise IsADirectoryError(21, "Is a directory", str(path))
    _sweep_once(path.parent)
    begin = f".{path.name[:40]}-{mark_of()}-"
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=begin, suffix=".part")
    os.close(handle)
    temporary, ended_well = Path(name), False
    try:
        with _named(path):
            yield temporary
        ended_well = True
    finally:
        if not (stays and ended_well):
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def put_in_place(temporary: Path, path: Path) -> None:
    """Let a temporary file take the place of ``path``, on the disk.

    Parameters
    ----------
    temporary, path : Path
        In the same folder.

    Raises
    ------
    OSError
        It can't.
    """
    with _named(path):
        # mkstemp is private to its owner; what is written is as open as any new file.
        temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        keep_bytes(temporary)
        temporary.replace(path)
        keep_names(path.parent)


def keep_bytes(path: Path) -> None:
    """Wait until the bytes of a file are on the disk.

    Raises
    ------
    OSError
        The disk is full or broken.
    """
    # Windows keeps only what was opened to be written.
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def keep_names(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where the system can be asked for it.

    Raises
    ------
    OSError
        The disk is full or broken.
    """
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NO_FOLDERS:
            raise
    finally:
        os.close(handle)


def _sweep_once(folder: Path) -> None:
    """Sweep a folder that this process writes into for the first time.

    Any folder may be written into, such as somebody's home: only what surely is a part of a renshaw
    that died on this machine is removed.
    """
    place = os.path.abspath(folder)  # noqa: PTH100
    if place not in _SWEPT:
        _SWEPT.add(place)
        with contextlib.suppress(OSError):
            swept(folder, unknown=False)


def swept(folder: Path, *, unknown: bool = True) -> int:
    """Remove what writers that have died left half written in a folder; return how many files.

    Parameters
    ----------
    folder : Path
        Parts of those who are still at work stay; of a writer that can't be asked for, such as one
        on another machine, those of the last day.
    unknown : bool
        Whether older parts of writers that can't be asked for are removed.
    """
    removed = 0
    for path in sorted(folder.glob(".*.part")):
        found = _PART.fullmatch(path.name)
        if found is None or not path.is_file() or path.is_symlink():
            continue
        working = is_at_work(found[1]) if found[1] else None
        with contextlib.suppress(OSError):
            if working is False or (unknown and working is None and _age_s(path) > _OLD_s):
                path.unlink()
                removed += 1
    return removed


def _age_s(path: Path) -> float:
    return time.time() - path.stat().st_mtime


@contextlib.contextmanager
def writing(path: str | Path) -> Iterator[None]:
    """Say in a sentence why the file that was asked for can't be written.

    Raises
    ------
    WriteError
        A folder, a device, no folder to write into, no permission, a full disk, ...
    """
    path = Path(path)
    refuse_place(path)
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise unwritable(path, f"It can't be written: {reason}.") from None


def refuse_place(path: Path) -> None:
    """Refuse a place where no file can be, so that no work is done for it.

    Raises
    ------
    WriteError
        A folder, a device, a name that can't be one, or a folder that is not there.
    """
    if "\0" in str(path):
        raise unwritable(path, "A name can't hold the character NUL.", "Write to another name.")
    try:
        odd = path.exists() and not stat.S_ISREG(path.stat().st_mode)
        lost = not path.parent.is_dir()
    except OSError as error:
        raise unwritable(path, f"It can't be written: {error.strerror}.") from None
    if odd:
        raise unwritable(path, "It is a folder or a device.", "Name a file.")
    if lost:
        raise unwritable(
            path,
            f"It can't be written: there is no folder {path.parent}.",
            "Make the folder first, or write to one that is there.",
        )


def unwritable(path: Path, why: str, hint: str = "") -> WriteError:
    """Return the error of a file that can't be written, to be raised."""
    return WriteError(why, place=Place(file=str(path)), hint=hint)


def make_folder(path: str | Path) -> Path:
    """Make the folder that was asked for, where it is not there yet.

    Raises
    ------
    WriteError
        A file is there, or no folder may be made.
    """
    path = Path(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise unwritable(path, "It is a file.", "Name a folder.") from None
    except OSError as error:
        raise unwritable(path, f"The folder can't be made: {error.strerror}.") from None
    return path


@contextlib.contextmanager
def alone(folder: Path, wait_s: float = 0.0) -> Iterator[None]:
    """Keep a folder to this program inside the block; who dies lets go of it.

    Parameters
    ----------
    folder : Path
    wait_s : float
        How long to wait for another program that has it.

    What died writers left half written in it is swept first. The system's own lock is used, which
    ends with the process; where it can't lock folders (Windows, some network drives), a file says
    who is at work.

    Raises
    ------
    BusyError
        Another program has it.
    """
    until = time.monotonic() + wait_s
    with contextlib.ExitStack() as stack:
        while True:
            try:
                if not _locked(folder, stack):
                    _signed(folder, stack)
            except BusyError:
                if time.monotonic() >= until:
                    raise
                time.sleep(_TRY_AGAIN_s)
            else:
                break
        swept(folder)
        yield


def _locked(folder: Path, stack: contextlib.ExitStack) -> bool:
    """Lock a folder by the system until the stack ends; return whether it can."""
    try:
        import fcntl

        handle = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        if isinstance(error, BlockingIOError):
            raise _busy(folder) from None
        return False
    stack.callback(os.close, handle)
    return True


def _signed(folder: Path, stack: contextlib.ExitStack) -> None:
    """Keep a folder by a file that says who is at work, until the stack ends."""
    path = folder / _LOCK
    for _ in range(2):
        try:
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
        except FileExistsError:
            working = is_at_work(_text_of(path))
            if working is not False:
                hint = "" if working else f"If nobody is, delete {path}."
                raise _busy(folder, hint) from None
            # Who signed has died; whoever removes the file first tries again.
            path.unlink(missing_ok=True)
        except OSError:
            return
        else:
            os.write(handle, mark_of().encode())
            os.close(handle)
            stack.callback(path.unlink, missing_ok=True)
            return
    raise _busy(folder)


def _text_of(path: Path) -> str:
    try:
        return bytes_of(path, _LARGEST_LOCK_BYTES).decode("ascii", "replace").strip()
    except OSError:
        return ""


def _busy(folder: Path, hint: str = "") -> BusyError:
    words = f"Another renshaw is at work in {folder.name}: let it end, or stop it there. {hint}"
    return BusyError(words.strip())


@contextlib.contextmanager
def _named(path: Path) -> Iterator[None]:
    """Let a failure that names no file, such as a full disk, name the one to be written."""
    try:
        yield
    except OSError as error:
        if error.filename is None and error.errno is not None:
            error.filename = str(path)
        raise


def given_path(verb: str, path: str | os.PathLike[str]) -> Path:
    """Return what a verb was given as a path; every public function that takes one asks here.

    Parameters
    ----------
    verb : str
        As a person calls it.
    path : path

    Raises
    ------
    SettingsError
        It is None, a number, bytes, ...: no path.
    """
    if isinstance(path, str | os.PathLike) and isinstance(os.fspath(path), str):
        return Path(path)
    kind = type(path).__name__
    given = "None" if path is None else f"{path!r}" if isinstance(path, int | float) else kind
    raise SettingsError(
        f"{verb} needs the path of a file or folder, not {given}.",
        code="call.kind",
        owner=verb,
        value=path,
        hint="Give its name in quotes, or a pathlib.Path.",
    )


def at_home(path: str | Path) -> Path:
    """Return a path with the folder of a person in place of ``~``; as it is where nobody is known.

    Parameters
    ----------
    path : path
    """
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def is_folder(path: Path) -> bool:
    """Return whether there is a folder; a name that no system takes is none.

    Parameters
    ----------
    path : Path
    """
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def is_there(path: Path) -> bool:
    """Return whether there is anything; under a name that no system takes there is nothing.

    Parameters
    ----------
    path : Path
    """
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def nearest(path: Path) -> str | None:
    """Return the name of a file beside ``path`` that is called nearly the same, or None."""
    try:
        there = [entry.name for entry in islice(path.parent.iterdir(), _MOST_COMPARED)]
        there = [name for name in there if name != path.name]
    except (OSError, ValueError):
        return None
    # By stems: two names of nothing in common but .h5 are not near.
    stems = {Path(name).stem: name for name in there}
    close = get_close_matches(path.stem, stems, n=3, cutoff=0.75)
    return did_you_mean(path.name, [stems[stem] for stem in close])


def near(path: Path) -> str:
    """Return ``"Did you mean 'x'?"`` for a file beside ``path`` of nearly its name, or nothing."""
    name = nearest(path)
    return "" if name is None else f"Did you mean {name!r}?"


def not_there(path: Path, wanted: str) -> str:
    """Return that there is no such file, and what to do about it.

    Parameters
    ----------
    path : Path
    wanted : str
        What to give instead, e.g. ``"a recording with motor units"``.
    """
    if not is_folder(path.parent):
        return f"{path}: there is no such file, and no folder {path.parent} either. Give {wanted}."
    return f"{path}: there is no such file. {near(path) or f'Give {wanted}.'}"


def write_text(path: str | Path, text: str) -> Path:
    """Write a UTF-8 text file, whole or not at all; what UTF-8 can't hold becomes ``?``."""
    path = Path(path)
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", errors="replace", newline="\n")
    return path


def write_csv(
    path: str | Path, table: pd.DataFrame, *, digits: int | None = None, index: bool = False
) -> Path:
    """Write a table as CSV, whole or not at all.

    Parameters
    ----------
    path : path
    table : DataFrame
    digits : int, optional
        Significant digits of its numbers; all of them if not given.
    index : bool
        Whether the index is a column of it.
    """
    path = Path(path)
    with replacing(path) as temporary:
        safe_table(table).to_csv(
            temporary,
            index=index,
            encoding="utf-8",
            errors="replace",
            lineterminator="\n",
            float_format=None if digits is None else f"%.{digits}g",
        )
    return path


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
