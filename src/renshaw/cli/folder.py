"""The folder that results are written to."""

from __future__ import annotations

import re
from pathlib import Path

from renshaw.core.errors import WriteError
from renshaw.core.files import replacing
from renshaw.data.estimates import Estimates


def prepared(folder: Path) -> Path:
    """Make the folder, before any work is done for it.

    Raises
    ------
    WriteError
        There is a file of that name, or the place is not ours to write to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise WriteError(f"{folder} is a file; -o needs a folder.") from None
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise WriteError(f"The folder {folder} can't be made: {why}.") from None
    return folder


def write_estimates(estimates: Estimates, path: Path) -> Path:
    """Write the table of estimates as CSV, whole or not at all."""
    with replacing(path) as temporary:
        estimates.to_table().to_csv(
            temporary, index=False, encoding="utf-8", errors="replace", lineterminator="\n"
        )
    return path


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
