"""A figure in a file: SVG, PDF or PNG as paper shows it, CSV as numbers."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

from renshaw.core.cells import safe_table
from renshaw.core.errors import WriteError
from renshaw.core.files import replacing
from renshaw.figures.colors import PAPER
from renshaw.figures.description import Figure
from renshaw.figures.style import look

MEDIA_TYPES: Final = {
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "png": "image/png",
    "csv": "text/csv; charset=utf-8",
}
_DPI: Final = 300


def save(figure: Figure, path: Path) -> Path:
    """Write a figure, or its numbers, whole or not at all.

    Raises
    ------
    WriteError
        The ending is none of SVG, PDF, PNG and CSV.
    """
    content = as_bytes(figure, path.suffix.removeprefix(".").lower())
    with replacing(path) as temporary:
        temporary.write_bytes(content)
    return path


def as_bytes(figure: Figure, ending: str) -> bytes:
    """Return a figure as a file of this ending holds it."""
    if ending not in MEDIA_TYPES:
        endings = ", ".join(f".{each}" for each in MEDIA_TYPES)
        raise WriteError(f"A figure can't be written as .{ending}; it can as {endings}.")
    if ending == "csv":
        return str(safe_table(figure.to_table()).to_csv(index=False)).encode()
    import matplotlib as mpl

    file = io.BytesIO()
    # The same figure is the same file, whenever it was drawn.
    undated = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(ending)
    with look(), mpl.rc_context({"svg.hashsalt": figure.name}):
        drawn = figure.draw()
        drawn.savefig(file, format=ending, dpi=_DPI, facecolor=PAPER, metadata=undated)
    return file.getvalue()
