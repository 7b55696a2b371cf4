"""Tables that are no text: workbooks, packed files, Parquet, R, Stata and SPSS.

Each becomes either the text of a table, which is then read as any CSV file, or its columns.
"""

from __future__ import annotations

import importlib
import io
import zipfile
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import numpy as np

from renshaw.core.errors import ReadError, suggestion

if TYPE_CHECKING:
    import pandas as pd

    from renshaw.io.probe import Probe

_GZIP, _BZIP2, _XZ, _ZIP = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"PK\x03\x04"
_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARQUET, _ARROW = b"PAR1", (b"ARROW1", b"FEA1")
_R = (b"RDX", b"RDA", b"X\n\0", b"A\n", b"B\n\0")
_STATA = (b"<stata_dta>", *(bytes([release, end]) for release in (113, 114, 115) for end in (1, 2)))
_SPSS = (b"$FL2", b"$FL3")
# What a packed text may unfold to; a table of millions of rows is smaller.
_LARGEST_TEXT = 512 * 2**20
_LARGEST_FRAME = 2**30
_PIECE_BYTES = 2**20
# A text in a list, and what is made of it.
_CELL_BYTES = 100


class Sheet(NamedTuple):
    """A table of several in one file, as text (tabs between cells) or as columns."""

    text: str = ""
    columns: Mapping[str, Any] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """What its columns are called."""
        if self.columns is not None:
            return tuple(self.columns)
        first = next((line for line in self.text.splitlines() if line.strip()), "")
        return tuple(cell.strip() for cell in first.split("\t"))


class Stored(NamedTuple):
    """What a file holds: the bytes of a text (whose rows may lack empty cells), or columns."""

    raw: bytes | None = None
    frame: pd.DataFrame | None = None
    ragged: bool = False


def stored(path: Path, sheet: str, columns: Collection[str]) -> Stored | None:
    """Return the table of a file that is no plain text; None where it may be one.

    Parameters
    ----------
    path : Path
    sheet : str
        Which of several tables; empty to take the one that has the columns.
    columns : collection of str
        What the table is needed for.

    Raises
    ------
    ReadError
        It is damaged, too large, of a kind that is not read, or several tables could be meant.
    """
    with path.open("rb") as stream:
        head = stream.read(64)
    for marks, opened in _OPENED:
        if head.startswith(marks):
            return opened(path, sheet, columns)
    return None


def _packed(path: Path, sheet: str, columns: Collection[str]) -> Stored:
    from renshaw.io.containers import rdata

    raw = _asked(path, _unpacked)
    if raw.startswith(_R):
        return _pick(
            path, _asked(path, lambda probe: _r_tables(rdata.variables(probe))), sheet, columns
        )
    return Stored(raw)


def _unpacked(probe: Probe) -> bytes:
    import bz2
    import gzip
    import lzma

    openers: dict[bytes, Callable[..., Any]] = {_GZIP: gzip.open, _BZIP2: bz2.open, _XZ: lzma.open}
    opener = next(opener for mark, opener in openers.items() if probe.head.startswith(mark))
    try:
        with opener(probe.path, "rb") as stream:
            raw = _pieces(stream)
    except (OSError, EOFError, lzma.LZMAError, ValueError) as error:
        raise ReadError(
            f"{probe.path} is packed and damaged ({error}). Copy it again, or unpack it."
        ) from None
    return raw if raw.startswith(_R) else _within_bounds(raw, probe.path)


def _pieces(stream: IO[bytes]) -> bytes:
    """Return what a stream unpacks to, a little more than may be at most."""
    # All at once would take that much room first, however little there is.
    found = io.BytesIO()
    while found.tell() <= _LARGEST_TEXT and (piece := stream.read(_PIECE_BYTES)):
        found.write(piece)
    return found.getvalue()


def _within_bounds(raw: bytes, path: Path) -> bytes:
    """Return a text that was unpacked, unless its cells take more than its file can need."""
    from renshaw.io.budget import Budget
    from renshaw.io.refusal import Refusal

    if len(raw) > _LARGEST_TEXT:
        raise ReadError(
            f"{path} unfolds to more than {_LARGEST_TEXT // 2**20} MB; that is no table for a "
            "mixed model."
        )
    cells = sum(map(raw.count, (b"\n", b",", b";", b"\t", b"|")))
    try:
        Budget(path.stat().st_size).spend(2 * len(raw) + _CELL_BYTES * cells, "The table")
    except Refusal as refusal:
        raise ReadError(f"{path}: {str(refusal).partition('; if it is')[0]}.") from None
    return raw


def _zipped(path: Path, sheet: str, columns: Collection[str]) -> Stored:
    from renshaw.io.containers import workbook

    if _asked(path, workbook.is_workbook):
        return _workbook(path, sheet, columns)
    try:
        with zipfile.ZipFile(path) as box:
            inside = [
                each.filename
                for each in box.infolist()
                if not each.is_dir() and not each.filename.startswith(("__MACOSX/", "."))
            ]
            if len(inside) != 1:
                shown = ", ".join(inside[:6]) + (", …" if len(inside) > 6 else "")
                raise ReadError(
                    f"{path} is an archive of {len(inside)} files ({shown}). Unpack it, and name "
                    "the table."
                )
            with box.open(inside[0]) as stream:
                return Stored(_within_bounds(_pieces(stream), path))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise ReadError(f"{path} is an archive that can't be unpacked ({error}).") from None


def _workbook(path: Path, sheet: str, columns: Collection[str]) -> Stored:
    from renshaw.io.containers import workbook

    texts = _asked(path, workbook.sheets, needs="excel")
    found = {name: Sheet(text) for name, text in texts.items() if text.strip()}
    return _pick(path, found, sheet, columns)


def _r(path: Path, sheet: str, columns: Collection[str]) -> Stored:
    from renshaw.io.containers import rdata

    found = _asked(path, lambda probe: _r_tables(rdata.variables(probe)))
    return _pick(path, found, sheet, columns)


def _r_tables(objects: Mapping[str, Any]) -> dict[str, Sheet]:
    """Return the data frames among R's objects; a file of one has its columns as objects."""
    whole = _columns(objects)
    if whole:
        return {"object": Sheet(columns=whole)}
    found = {name: _columns(value) for name, value in objects.items() if isinstance(value, Mapping)}
    return {name: Sheet(columns=each) for name, each in found.items() if each}


def _columns(value: Mapping[str, Any]) -> dict[str, Any]:
    columns = {
        name: _column(each) for name, each in value.items() if isinstance(each, np.ndarray | list)
    }
    lengths = {len(each) for each in columns.values()}
    alike = len(columns) == len(value) and len(lengths) == 1 and max(lengths, default=0) > 1
    return columns if alike else {}


def _column(value: Any) -> Any:
    import pandas as pd

    from renshaw.io.containers.rdata import Factor

    if isinstance(value, Factor):
        return pd.Categorical([each or None for each in value], categories=value.levels)
    return [each or None for each in value] if isinstance(value, list) else np.ravel(value)


def _pick(path: Path, found: Mapping[str, Sheet], sheet: str, columns: Collection[str]) -> Stored:
    if not found:
        raise ReadError(f"{path} holds no table.")
    shown = ", ".join(map(repr, list(found)[:12]))
    if sheet:
        if sheet not in found:
            raise ReadError(f"{path} has no table {sheet!r}.{suggestion(sheet, list(found))}")
        return _content(found[sheet])
    fitting = [name for name, each in found.items() if set(columns) <= set(each.names)]
    if len(found) == 1 or len(fitting) == 1:
        return _content(found[fitting[0] if fitting else next(iter(found))])
    which = f"Several of them ({', '.join(map(repr, fitting))}) have" if fitting else "None has"
    raise ReadError(
        f"{path} holds several tables ({shown}). {which} all columns that are needed. Name one: "
        f"--sheet {(fitting or list(found))[0]!r} (sheet=...)."
    )


def _content(sheet: Sheet) -> Stored:
    import pandas as pd

    if sheet.columns is None:
        return Stored(sheet.text.encode(), ragged=True)
    return Stored(frame=pd.DataFrame(dict(sheet.columns)))


def _asked(path: Path, what: Callable[[Probe], Any], *, needs: str = "") -> Any:
    """Open a file as readers of recordings do, within bounds, and say a refusal with its name."""
    from renshaw.io.probe import Probe
    from renshaw.io.refusal import Refusal

    try:
        with Probe(path) as probe:
            return what(probe)
    except Refusal as refusal:
        raise ReadError(f"{path}: {str(refusal).rstrip('.')}.") from None
    except ModuleNotFoundError:
        raise _missing(path, needs) from None


def _missing(path: Path, extra: str) -> ReadError:
    return ReadError(
        f"{path} can't be read without a library that is not installed: pip install "
        f"'renshaw[{extra}]'. Or save the table as CSV."
    )


def _parquet(path: Path, sheet: str, columns: Collection[str]) -> Stored:
    from renshaw.core.received import parquet_of

    try:
        return Stored(frame=parquet_of(path))
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None


def _arrow(path: Path, sheet: str, columns: Collection[str]) -> Stored:
    return _by_library(path, "pyarrow", "read_feather")


def _stata(path: Path, sheet: str, columns: Collection[str]) -> Stored:
    return _by_library(path, "pandas", "read_stata")


def _spss(path: Path, sheet: str, columns: Collection[str]) -> Stored:
    return _by_library(path, "pyreadstat", "read_spss")


def _by_library(path: Path, library: str, reader: str) -> Stored:
    import pandas as pd

    if path.stat().st_size > _LARGEST_FRAME:
        raise ReadError(f"{path} is larger than 1 GB; that is no table for a mixed model.")
    try:
        importlib.import_module(library)
        frame = getattr(pd, reader)(
            io.BytesIO(path.read_bytes()) if reader != "read_spss" else path
        )
    except ModuleNotFoundError:
        raise _missing(path, "spss") from None
    except MemoryError:
        raise
    except Exception as error:  # what libraries raise on damaged files is not one kind
        raise _unreadable(path, error) from None
    return Stored(frame=frame)


def _unreadable(path: Path, error: Exception) -> ReadError:
    reason = " ".join(str(error).split())[:200].rstrip(".")
    return ReadError(f"{path} can't be read ({reason}). Save the table as CSV.")


_OPENED: tuple[tuple[tuple[bytes, ...], Callable[[Path, str, Collection[str]], Stored]], ...] = (
    ((_GZIP, _BZIP2, _XZ), _packed),
    ((_ZIP,), _zipped),
    ((_WORKBOOK,), _workbook),
    ((_PARQUET,), _parquet),
    (_ARROW, _arrow),
    (_R, _r),
    (_STATA, _stata),
    (_SPSS, _spss),
)
