"""Tables (``.tsv``) and sidecars (``.json``) of a BIDS data set, read and written."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from renshaw.core.cells import plain_cell, safe_cell
from renshaw.core.made_of import seen
from renshaw.core.plain_json import read_json, why_no_json
from renshaw.core.received import text_of
from renshaw.core.together import Together
from renshaw.io.limits import LARGEST_SIDECAR_BYTES
from renshaw.io.refusal import Refusal, twice_in

MISSING = "n/a"
MEND = "Correct it, or take it away"


def rows_of(path: Path | None) -> list[dict[str, str]]:
    """Return the rows of a table by column; none where the table is missing.

    Raises
    ------
    Refusal
        It can't be read, or a column is there twice.
    """
    rows = [line.split("\t") for line in _text(path).splitlines() if line.strip()]
    if not rows:
        return []
    columns = [name.strip() for name in rows[0]]
    if (twice := twice_in(name.lower() for name in columns if name)) is not None:
        raise Refusal(f"{_called(path)}, beside it, has the column {twice!r} twice. {MEND}")
    return [dict(zip(columns, map(_plain, row), strict=False)) for row in rows[1:]]


def content_of(path: Path | None) -> Mapping[str, Any]:
    """Return what a sidecar says; nothing where it is missing or empty.

    Raises
    ------
    Refusal
        It is there, and can't be read, is no JSON object, or a key is there twice: what it says of
        the recording would be lost.
    """
    text = _text(path)
    if not text.strip():
        return {}
    try:
        content = read_json(text)
    except (ValueError, RecursionError) as error:
        why = f"can't be read: {why_no_json(error)}"
        raise Refusal(f"{_called(path)}, beside it, {why}. {MEND}") from None
    if not isinstance(content, dict):
        raise Refusal(f"{_called(path)}, beside it, holds no keys with values. {MEND}")
    return content


def number_said(value: Any) -> float:
    """Return a number of a sidecar; NaN where it is none, or none that a recording can have.

    Parameters
    ----------
    value
        Of JSON.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return math.nan
    try:
        return float(value) if math.isfinite(value) else math.nan
    except OverflowError:
        return math.nan


def number_cell(value: float) -> str:
    """Return a number with all its digits, or that there is none."""
    return repr(value) if np.isfinite(value) else MISSING


def text_cell(text: str) -> str:
    """Return a text in one line without tabs, or that there is none."""
    return safe_cell(re.sub(r"\s+", " ", text).strip()) or MISSING


def store_table(
    files: Together, path: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    """Write a table; its cells may hold anything."""
    lines = ["\t".join(map(text_cell, row)) for row in (columns, *rows)]
    files.write_text(path, "\n".join(lines) + "\n")


def store_content(files: Together, path: Path, content: Mapping[str, Any]) -> None:
    """Write a sidecar."""
    files.write_text(path, content_text(content))


def content_text(content: Mapping[str, Any]) -> str:
    """Return a sidecar as text."""
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _called(path: Path | None) -> str:
    return "" if path is None else path.name


def _plain(cell: str) -> str:
    return plain_cell(cell.strip())


def _text(path: Path | None) -> str:
    """Return the text of a sidecar; nothing where there is none.

    Raises
    ------
    Refusal
        Something is there that can't be read: what it says would be lost.
    """
    if path is None or not os.path.lexists(seen(path)):
        return ""
    try:
        return text_of(path, LARGEST_SIDECAR_BYTES)
    except UnicodeDecodeError:
        why = "is no text in UTF-8"
    except FileNotFoundError:
        why = "leads to a file that is not there"
    except OSError as error:
        why = f"can't be read: {error.strerror or error}"
    raise Refusal(f"{path.name}, beside it, {why}. {MEND}")
