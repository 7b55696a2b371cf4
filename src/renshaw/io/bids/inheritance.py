"""Which sidecars hold for a file of a BIDS data set: those of its folder and of every one above.

The inheritance principle of BIDS 1.11.0: a sidecar holds for every file below it whose name says at
least as much as its own. Of tables the one that says most holds; sidecars of several levels add up,
the nearer one going before the farther.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from renshaw.io.bids.sheet import content_of

DESCRIPTION = "dataset_description.json"
# sub, ses, emg: a file lies at most so deep in a data set, and its derivatives two deeper.
_DEEPEST = 5


def root_of(path: Path) -> Path | None:
    """Return the folder of the data set that a file lies in, or None."""
    folders = [path.parent, *path.parent.parents][:_DEEPEST]
    return next((folder for folder in folders if (folder / DESCRIPTION).is_file()), None)


def held(path: Path, stem: str, ending: str, also: Collection[str] = ()) -> list[Path]:
    """Return the sidecars that hold for a file, the one that says most first.

    Parameters
    ----------
    path : Path
        The file.
    stem : str
        Its name without suffix and ending, such as ``sub-01_task-ramp``.
    ending : str
        Of the sidecars: ``_channels.tsv``; one at the root may be called ``channels.tsv``.
    also : collection of str
        What their names must say besides.
    """
    mine = {*stem.split("_"), *also}
    found: list[tuple[int, int, Path]] = []
    for depth, folder in enumerate(_folders(path)):
        for sidecar in listed(folder, ending):
            entities = set(f"_{sidecar.name}".removesuffix(ending).split("_")) - {""}
            if set(also) <= entities <= mine:
                found.append((-len(entities), depth, sidecar))
    return [sidecar for _, _, sidecar in sorted(found)]


def said(path: Path, stem: str, ending: str) -> Mapping[str, Any]:
    """Return what all sidecars that hold for a file say together.

    Parameters
    ----------
    path, stem, ending
        As of `held`.
    """
    together: dict[str, Any] = {}
    for sidecar in reversed(held(path, stem, ending)):
        together |= content_of(sidecar)
    return together


def listed(folder: Path, ending: str, beginning: str = "") -> list[Path]:
    """Return the files of a folder by ending and beginning; none where it can't be read."""
    try:
        names = [p for p in folder.iterdir() if f"_{p.name}".endswith(ending)]
    except OSError:
        return []
    return sorted(p for p in names if p.name.startswith(beginning))


def _folders(path: Path) -> Iterator[Path]:
    """Yield the file's folder and, within a data set, those above it."""
    yield path.parent
    root = root_of(path)
    if root is None or root == path.parent:
        return
    for folder in path.parent.parents:
        yield folder
        if folder == root:
            return
