"""`Probe`: a first look at a file, by which readers recognize what is theirs."""

from __future__ import annotations

import codecs
import os
import stat
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from renshaw.core.files import near
from renshaw.core.made_of import seen
from renshaw.io.budget import Budget
from renshaw.io.containers import mat4
from renshaw.io.containers.inflate import GZIP, inflated, inflated_head
from renshaw.io.limits import LARGEST_JSON_BYTES, in_words
from renshaw.io.options import ReadOptions, Watched
from renshaw.io.refusal import Refusal

if TYPE_CHECKING:
    from renshaw.io.containers.table import Table

HEAD_BYTES = 1 << 16
_PIECE_BYTES = 1 << 20
_SPACES = frozenset(b"\t\n\r\f\v\x1a")
# A file by which a folder is known to be one recording, and the file that leads to the others.
_FOLDERS = {".openhdemg_module": "manifest.json", "info.rhd": "info.rhd"}
_HDF5 = b"\x89HDF\r\n\x1a\n"


class Probe:
    """A file that was looked at, and is opened further only as far as a reader asks.

    Parameters
    ----------
    path : Path
        Of a file, or of a folder that is one recording (an openhdemg module, one of Intan's).
    options : ReadOptions, optional
        What whoever reads the file says of it. An option that a reader looks at counts as heard;
        one that no reader looks at is an error, and not passed over.

    Raises
    ------
    Refusal
        Nothing there, a folder, a device or pipe, no permission, or an empty file.
    """

    def __init__(self, path: Path, options: ReadOptions | None = None) -> None:
        self.path: Path = seen(_main_file(path))
        self.watched: Watched = Watched(options or ReadOptions())
        self._left_open: list[Any] = []
        with self._opened() as stream:
            self.size: int = os.fstat(stream.fileno()).st_size
            self.head: bytes = stream.read(HEAD_BYTES)
        if not self.head:
            raise Refusal("The file is empty. Export it again")
        self.budget: Budget = Budget(self.size, self.watched.glance("memory_gb"))

    def of_part(self, content: bytes) -> Probe:
        """Return a look at a part of the file, unpacked, as if it were a file of its own.

        Parameters
        ----------
        content : bytes
        """
        part = Probe.__new__(Probe)
        part.path, part.watched, part.budget = self.path, self.watched, self.budget
        part._left_open = []
        part.size, part.head = len(content), content[:HEAD_BYTES]
        # In place of what would be read of the file.
        part.__dict__["content"] = content
        return part

    @property
    def options(self) -> ReadOptions:
        """What whoever reads the file says of it."""
        return cast("ReadOptions", self.watched)

    def stream(self) -> BinaryIO:
        """Open the file for reading; whoever asks closes it."""
        return self._opened()

    def _opened(self) -> BinaryIO:
        # Non-blocking, or a named pipe without a writer would be waited for forever.
        flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
        try:
            handle = os.open(self.path, flags)
        except FileNotFoundError:
            raise Refusal(f"There is no such file. {_what_to_do(self.path)}") from None
        except PermissionError:
            raise Refusal("There is no permission to read it. Ask its owner") from None
        except (OSError, ValueError) as error:
            raise Refusal(f"It can't be opened: {error}") from None
        mode = os.fstat(handle).st_mode
        if not stat.S_ISREG(mode):
            os.close(handle)
            if stat.S_ISDIR(mode):
                raise Refusal(f"It is a folder, not a file. {_inside(self.path)}")
            raise Refusal("It is a device or a pipe, not a file. Save its content to a file first")
        return os.fdopen(handle, "rb")

    @cached_property
    def kind(self) -> str:
        """What kind of container it is: mat4, mat5, mat73, hdf5, gzip, zip, text or binary."""
        if self._hdf5_at is not None:
            return "mat73" if self.head.startswith(b"MATLAB 7.3") else "hdf5"
        if self.head[:6] == b"MATLAB" or self._has_mat5_mark:
            return "mat5"
        if self.head[:2] == b"\x1f\x8b":
            return "gzip"
        if self.head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
            return "zip"
        if _begins_binary(self.head):
            return "binary"
        if self._text_head(self.head) is not None:
            return "text"
        return "mat4" if mat4.recognizes(self.head) else "binary"

    @property
    def _hdf5_at(self) -> int | None:
        return next(
            (at for at in (0, 512, 1024, 2048, 4096) if self.head[at : at + 8] == _HDF5), None
        )

    @property
    def _has_mat5_mark(self) -> bool:
        return self.head[124:128] in (b"\x00\x01IM", b"\x01\x00MI")

    @cached_property
    def text_head(self) -> str:
        """The beginning of a text, unpacked where it is gzip; empty for anything else."""
        if self.kind == "gzip":
            return self._text_head(inflated_head(self.head, GZIP, HEAD_BYTES)) or ""
        return (self._text_head(self.head) or "") if self.kind == "text" else ""

    @cached_property
    def matlab(self) -> Any:
        """The MATLAB variables, or None if this is no MATLAB (or HDF5) file."""
        if self.kind in ("mat4", "mat5"):
            from renshaw.io.containers.mat4 import Mat4File
            from renshaw.io.containers.mat5 import Mat5File

            stream = self._opened()
            self._left_open.append(stream)
            opened = Mat4File if self.kind == "mat4" else Mat5File
            return opened(stream, self.size, self.budget)
        if self.kind in ("mat73", "hdf5"):
            from renshaw.io.containers.mat73 import Mat73File

            return Mat73File(self.hdf5, self.budget)
        return None

    @cached_property
    def matlab_kinds(self) -> dict[str, str]:
        """The class of every MATLAB variable by name; empty if this is no MATLAB file.

        Empty as well where the person names the variable to read (`ReadOptions.variable`): then no
        layout counts, and the reader of any MATLAB file takes it.
        """
        file = self.matlab
        return {} if file is None or self.options.variable is not None else file.kinds

    @cached_property
    def hdf5(self) -> Any:
        """The open HDF5 file, or None."""
        if self.kind not in ("mat73", "hdf5"):
            return None
        from renshaw.io.containers import hdf5

        file = hdf5.open_hdf5(self.path)
        self._left_open.append(file)
        return file

    @cached_property
    def content(self) -> bytes:
        """The whole file, unpacked where it is gzip."""
        with self._opened() as stream:
            if self.kind == "gzip":
                content = inflated(stream, self.size, GZIP, self.budget, "The file")
                _refuse_large(len(content))
                return content
            _refuse_large(self.size)
            self.budget.spend(self.size, "The file")
            return stream.read(self.size)

    @cached_property
    def text(self) -> str:
        """The whole file as text."""
        content, encoding = self.content, self.encoding
        # One letter beyond the common ones makes each letter of a text take four bytes.
        width = 1 if content.isascii() else 4
        self.budget.spend(width * len(content), "Its text")
        return content.decode(encoding)

    @cached_property
    def encoding(self) -> str:
        """The encoding of a text, by the whole of it."""
        encoding = _encoding_of(self.content)
        if encoding is None:
            raise Refusal("It begins as text but goes on as binary data; it is damaged")
        return encoding

    @cached_property
    def table(self) -> Table | None:
        """The head and the first rows of a table, or None if this is no text."""
        from renshaw.io.containers.table import of_text

        text = self.text_head
        # Whether a packed text goes on is not known before it is unpacked.
        cut = self.size > HEAD_BYTES or (self.kind == "gzip" and len(text) >= HEAD_BYTES // 4)
        return of_text(text, cut) if text.strip() else None

    def close(self) -> None:
        """Close whatever was opened; so does the end of a ``with`` block."""
        while self._left_open:
            self._left_open.pop().close()

    def __enter__(self) -> Probe:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _text_head(self, head: bytes) -> str | None:
        # A head may end within a letter of several bytes.
        for cut in range(4):
            begin = head[: len(head) - cut]
            if (encoding := _encoding_of(begin)) is not None:
                return begin.decode(encoding)
        return None


def _begins_binary(head: bytes) -> bool:
    """Whether it begins as EDF, BDF or NumPy do, whose heads are letters alone.

    The head of 256 channels is all that is looked at of a file, and the samples of an amplifier
    that is saturated may be letters as well.
    """
    if head.startswith((b"\xffBIOSEMI", b"\x93NUMPY")):
        return True
    # Of EDF, the first letters may begin a table, too.
    return head.startswith(b"0       ") and head[184:192].strip().isdigit()


def _refuse_large(nbytes: int) -> None:
    if nbytes > LARGEST_JSON_BYTES:
        limit = in_words(LARGEST_JSON_BYTES)
        raise Refusal(f"It is a text of {in_words(nbytes)}; {limit} are read at most")


def _encoding_of(content: bytes) -> str | None:
    """Return the encoding of bytes that are a text, or None if they are not one."""
    for encoding in _encodings(content):
        begin = _begin_of(content, encoding)
        if begin is None:
            continue
        odd = sum(begin.count(chr(code)) for code in range(32) if code not in _SPACES)
        return None if odd > len(begin) // 1000 else encoding
    return None


def _begin_of(content: bytes, encoding: str) -> str | None:
    """Return the beginning of a text, or None where some of it is not in that encoding.

    It is decoded piece by piece: the whole may be large, and is not needed yet.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    begin = ""
    view = memoryview(content)
    try:
        for at in range(0, len(view), _PIECE_BYTES):
            piece = decoder.decode(view[at : at + _PIECE_BYTES])
            begin = begin or piece[:HEAD_BYTES]
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    return begin


def _encodings(content: bytes) -> tuple[str, ...]:
    """Return those that bytes may be in."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return ("utf-16",)
    if b"\0" not in content:
        return ("utf-8-sig", "cp1252")
    # Some programs leave out the mark of UTF-16: then every second byte of plain letters is 0.
    low, high = content[0:400:2], content[1:400:2]
    if low.count(0) == 0 and high.count(0) > 0.8 * len(high):
        return ("utf-16-le",)
    if high.count(0) == 0 and low.count(0) > 0.8 * len(low):
        return ("utf-16-be",)
    return ()


def _what_to_do(path: Path) -> str:
    if not path.parent.is_dir():
        return "Its folder does not exist either."
    return near(path) or "Give the path of one that is there."


def _main_file(path: Path) -> Path:
    """Return the file that is read of a folder that is one recording; any other path as it is."""
    for mark, main in _FOLDERS.items():
        if (path / mark).is_file() and (path / main).is_file():
            return path / main
    return path


def _inside(path: Path) -> str:
    if (path / ".openhdemg_module").exists():
        return "It is an openhdemg module without its manifest.json: copy the whole folder"
    if (path / "dataset_description.json").exists():
        first = next(path.glob("sub-*/**/*_emg.[be]df"), None)
        example = f", e.g. {first.relative_to(path)}" if first is not None else ""
        return f"It is a BIDS data set: name a recording in it{example}"
    files = sorted(p.name for p in path.iterdir() if p.is_file() and not p.name.startswith("."))
    shown = ", ".join(map(repr, files[:3])) + (", ..." if len(files) > 3 else "")
    return f"Name the file in it ({shown})" if files else "It holds no file"
