"""Files beside each other in a folder that may come from elsewhere, such as results of a study.

What is read of them is a file, not a pipe or a device on which a reader would wait for ever, and no
larger than what renshaw writes can be, packed or not.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    import pandas as pd

# Findings of a large study; everything else is a page or two.
LARGEST_TEXT_BYTES = 32 * 2**20
# What a table may take in memory: some million rows of estimates.
_LARGEST_TABLE_BYTES = 2 * 2**30
# The same as text, and a log of tests.
LARGEST_CSV_BYTES = 2**30
_CELL_BYTES = 16


class NoFileError(OSError):
    """No file but a pipe, a device or a folder; or one larger than it can honestly be."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.strerror = why


def text_of(path: Path, most_bytes: int = LARGEST_TEXT_BYTES) -> str:
    """Return a text in UTF-8; see `bytes_of`.

    Parameters
    ----------
    path : Path
    most_bytes : int

    Raises
    ------
    OSError
        There is none, it is no file (`NoFileError`), or too large.
    UnicodeDecodeError
        It is no text.
    """
    return bytes_of(path, most_bytes).decode("utf-8-sig")


def bytes_of(path: Path, most_bytes: int) -> bytes:
    """Return what is in a file, without waiting for what is none.

    Parameters
    ----------
    path : Path
    most_bytes : int

    Raises
    ------
    OSError
        There is none, it is no file (`NoFileError`), or too large.
    """
    with stream_of(path) as stream:
        size = os.fstat(stream.fileno()).st_size
        if size > most_bytes:
            raise NoFileError(f"it is larger than {most_bytes // 2**20} MB")
        # No more than there was: it may grow meanwhile, and room is made for what is asked for.
        return stream.read(size)


def stream_of(path: Path) -> BinaryIO:
    """Open a file to be read, without waiting for what is none.

    Parameters
    ----------
    path : Path

    Raises
    ------
    OSError
        There is none, or it is no file (`NoFileError`).
    """
    # Non-blocking, or a pipe without a writer would be waited for.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        # Of a folder no stream can be made, which would close it.
        os.close(handle)
        raise NoFileError("it is no file")
    return os.fdopen(handle, "rb")


def refuse_no_file(path: Path, most_bytes: int | None = None) -> None:
    """Refuse what is there and no file.

    Parameters
    ----------
    path : Path
    most_bytes : int, optional
        Refuse a larger one as well; a file of holes is of any size, and takes no room.

    Raises
    ------
    NoFileError
        It is a pipe, a device or a folder; or too large.
    """
    if path.exists() and not path.is_file():
        raise NoFileError("it is no file")
    if most_bytes is not None and path.exists() and path.stat().st_size > most_bytes:
        raise NoFileError(f"it is larger than {most_bytes // 2**20} MB")


def parquet_of(path: Path) -> pd.DataFrame:
    """Return a table that is kept as Parquet, which packs a row that is repeated into nothing.

    Parameters
    ----------
    path : Path

    Raises
    ------
    OSError
        There is none, it is no file, or it unfolds to too much (`NoFileError`).
    ValueError
        It is damaged.
    """
    import pandas as pd
    import pyarrow.parquet as pq

    refuse_no_file(path)
    about = pq.read_metadata(path)
    columns = [about.schema.column(at) for at in range(about.num_columns)]
    if any(column.max_repetition_level for column in columns):
        raise NoFileError("its columns hold tables")
    packed = [about.row_group(at).total_byte_size for at in range(about.num_row_groups)]
    _refuse_more(sum(packed) + about.num_rows * max(1, len(columns)) * _CELL_BYTES)
    texts = [column.path for column in columns if column.physical_type == "BYTE_ARRAY"]
    if texts:
        _refuse_more(_bytes_of(pq.read_table(path, columns=texts, read_dictionary=texts)))
    return pd.read_parquet(path)


def _bytes_of(texts: Any) -> int:
    """Return what texts take once each stands in its own row."""
    import pyarrow.compute as pc

    taken = 0
    for column in texts.columns:
        for chunk in column.chunks:
            lengths = pc.take(pc.binary_length(chunk.dictionary), chunk.indices)
            taken += pc.sum(pc.cast(lengths, "int64")).as_py() or 0
    return taken


def _refuse_more(nbytes: int) -> None:
    if nbytes > _LARGEST_TABLE_BYTES:
        raise NoFileError(
            f"it would take {nbytes / 1e9:,.1f} GB of memory, more than such a table can need"
        )
