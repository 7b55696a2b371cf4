"""Tables (``.tsv``) and sidecars (``.json``) of a BIDS data set, read and written."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from renshaw.core.cells import plain_cell, safe_cell
from renshaw.core.files import write_text
from renshaw.core.made_of import seen
from renshaw.io.limits import LARGEST_SIDECAR_BYTES

MISSING = "n/a"


def rows_of(path: Path | None) -> list[dict[str, str]]:
    """Return the rows of a table by column; none where the table is missing or can't be read."""
    rows = [line.split("\t") for line in _text(path).splitlines() if line.strip()]
    if not rows:
        return []
    columns = [name.strip() for name in rows[0]]
    return [dict(zip(columns, map(_plain, row), strict=False)) for row in rows[1:]]


def content_of(path: Path | None) -> Mapping[str, Any]:
    """Return what a sidecar says; nothing where it is missing or can't be read."""
    try:
        content = json.loads(_text(path) or "{}")
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def number_cell(value: float) -> str:
    """Return a number with all its digits, or that there is none."""
    return repr(value) if np.isfinite(value) else MISSING


def text_cell(text: str) -> str:
    """Return a text in one line without tabs, or that there is none."""
    return safe_cell(re.sub(r"\s+", " ", text).strip()) or MISSING


def store_table(path: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write a table; its cells may hold anything."""
    lines = ["\t".join(map(text_cell, row)) for row in (columns, *rows)]
    write_text(path, "\n".join(lines) + "\n")


def store_content(path: Path, content: Mapping[str, Any]) -> None:
    """Write a sidecar."""
    write_text(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def _plain(cell: str) -> str:
    return plain_cell(cell.strip())


def _text(path: Path | None) -> str:
    try:
        if path is None or not seen(path).is_file() or path.stat().st_size > LARGEST_SIDECAR_BYTES:
            return ""
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        return ""
