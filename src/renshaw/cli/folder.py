"""The folder that results are written to."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from renshaw.core.errors import WriteError
from renshaw.core.files import replacing

if TYPE_CHECKING:
    from matplotlib.figure import Figure


PAGE = "report.html"


def results_folder(folder: Path, beside: str = "") -> Path:
    """Make the folder, before any work is done for it.

    Parameters
    ----------
    folder : Path
    beside : str
        The file that lies beside a page of the same kind: a page without it is one of other
        results, and is not written over.

    Raises
    ------
    WriteError
        There is a file of that name, the place is not ours to write to, or it holds other results.
    """
    if beside and (folder / PAGE).exists() and not (folder / beside).exists():
        raise WriteError(
            f"{folder} holds other results, whose {PAGE} would be lost; name another folder by -o."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise WriteError(f"{folder} is a file; -o needs a folder.") from None
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise WriteError(f"The folder {folder} can't be made: {why}.") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise WriteError(f"The folder {folder} may not be written to; name another by -o.")
    return folder


def folder_name(name: str, otherwise: str) -> str:
    """Return a harmless folder name made of a title."""
    plain = "".join(c if c.isalnum() or c in "-_." else "-" for c in name).strip("-.")
    return plain[:60].rstrip("-.") or otherwise


def write_pictures(pictures: Mapping[str, Figure], folder: Path) -> None:
    """Write pictures as SVG and PNG, each under its name."""
    from renshaw.figures.style import look

    for name, figure in pictures.items():
        for ending in ("svg", "png"):
            with look(), replacing(folder / f"{name}.{ending}") as temporary:
                figure.savefig(temporary, format=ending, dpi=200)


def page_names(recordings: list[str]) -> list[str]:
    """Return a file name for each recording's page: harmless, and each its own."""
    names: list[str] = []
    for recording in recordings:
        stem = re.sub(r"[^A-Za-z0-9._-]+", "-", recording).strip("-.")[:80] or "recording"
        name, n = f"report-{stem}.html", 1
        while name.lower() in (taken.lower() for taken in names):
            n += 1
            name = f"report-{stem}-{n}.html"
        names.append(name)
    return names
