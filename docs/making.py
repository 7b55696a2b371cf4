"""What the scripts of this folder share: where they write, and how little they do when asked."""

from __future__ import annotations

import argparse
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from renshaw.figures.description import Figure
from renshaw.model.editions import DEFAULT_EDITION

DOCS = Path(__file__).parent


def parser(about: str | None) -> argparse.ArgumentParser:
    """Return a parser that knows the options of every script of this folder.

    Parameters
    ----------
    about : str or None
        Docstring of the script.
    """
    made = argparse.ArgumentParser(description=(about or "").splitlines()[0])
    made.add_argument(
        "--quick",
        action="store_true",
        help="the smallest work that runs every step, written beside docs, not into it; "
        "its numbers mean nothing",
    )
    made.add_argument("--out", type=Path, help="folder to write into instead of docs")
    return made


def simulating(about: str | None) -> argparse.ArgumentParser:
    """Return such a parser of a script that simulates people, who are of an edition.

    Parameters
    ----------
    about : str or None
        Docstring of the script.
    """
    made = parser(about)
    made.add_argument("--edition", type=int, default=DEFAULT_EDITION, help="of the virtual people")
    return made


def told(edition: int, table: str) -> str:
    """Return a table under a line that says of whom its numbers are."""
    return f"Virtual people of edition {edition}.\n\n{table}"


def place(asked: argparse.Namespace) -> Path:
    """Return the folder to write into: docs, or another one with a copy of its pages."""
    if asked.out is None and not asked.quick:
        return DOCS
    folder: Path = asked.out or Path(tempfile.mkdtemp(prefix="renshaw-docs-"))
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    for page in DOCS.glob("*.md"):
        shutil.copy(page, folder)
    print(f"Written into {folder}, not into docs.")
    return folder


def keep(picture: Any, file: Path) -> None:
    """Write a figure, described or already drawn, the same way every time."""
    if isinstance(picture, Figure):
        picture.save(file)
    else:
        picture.savefig(file, facecolor="white", metadata={"Date": None})


def fill(page: Path, marker: str, text: str) -> None:
    """Put a text between ``<!-- marker -->`` and ``<!-- end -->``."""
    old = page.read_text(encoding="utf-8")
    between = re.compile(rf"(<!-- {marker} -->\n).*?(<!-- end -->)", flags=re.S)
    assert between.search(old), f"{page.name} has no {marker}"
    page.write_text(between.sub(lambda m: m[1] + text + "\n" + m[2], old), encoding="utf-8")
