"""Which sidecars hold for a file of a BIDS data set: those of its folder and of every one above.

The inheritance principle of BIDS 1.11.0: a sidecar holds for every file below it whose name says at
least as much as its own. Of tables the one that says most holds; sidecars of several levels add up,
the nearer one going before the farther.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from renshaw.core.made_of import absolute, is_inside, names_in, seen
from renshaw.io.bids.sheet import content_of
from renshaw.io.refusal import Refusal

DESCRIPTION = "dataset_description.json"
_LABEL = re.compile(r"(sub|ses)-[A-Za-z0-9+]+")
DATATYPES = (
    *("anat", "beh", "dwi", "eeg", "emg", "fmap", "func", "ieeg", "meg", "micr", "motion"),
    *("mrs", "nirs", "perf", "pet"),
)


BEYOND = (
    "Its folders are those of a BIDS data set that reaches beyond the folder that was named, so "
    "nothing was read from there. Name the folder of the data set to have all of it."
)


# What a mark says that lies beside a recording while its files are exchanged.
UNFINISHED = (
    "Files of this recording were being exchanged for new ones. Where this file stays, the program "
    "has died before the last of them: write the recording again.\n"
)


def unfinished(folder: Path, stem: str) -> Path:
    """Return the mark that lies in a folder while files of a recording are exchanged there.

    Parameters
    ----------
    folder : Path
    stem : str
        What the names of the recording's files begin with.
    """
    return folder / f".{stem}.unfinished"


def refuse_unfinished(path: Path, stem: str) -> None:
    """Refuse a recording whose files may be older and newer ones.

    Parameters
    ----------
    path : Path
        One of its files.
    stem : str
        As of `unfinished`.

    Raises
    ------
    Refusal
        The mark lies there.
    """
    mark = unfinished(absolute(path).parent, stem)
    if os.path.lexists(seen(mark)):
        raise Refusal(
            "What lies beside it may be of an earlier recording: its files are being exchanged, or "
            "the program that did it has died. Write it again (renshaw convert --bids, "
            f"rs.files.write_bids); if you know that all of them are right, delete {mark.name}"
        )


def root_of(path: Path) -> Path | None:
    """Return the folder of the data set that a file lies in, or None.

    It lies in one where BIDS would have it, in ``sub-*/[ses-*/]DATATYPE`` below the description of
    the data set, and is named after these folders. A description anywhere else says nothing of it,
    and nor does one outside the folder that the person named.
    """
    root = layout_of(path)
    if root is None or not is_inside(root):
        return None
    return root if seen(root / DESCRIPTION).is_file() else None


def layout_of(path: Path) -> Path | None:
    """Return the folder that would be the data set of a file, by its name and folders, or None."""
    datatype = absolute(path).parent
    folders = datatype.parents
    if datatype.name not in DATATYPES:
        return None
    session = folders[0].name if folders[0].name.startswith("ses-") else ""
    person = folders[1] if session and len(folders) > 1 else folders[0]
    labels = [person.name, *([session] if session else [])]
    if not person.name.startswith("sub-") or not all(map(_LABEL.fullmatch, labels)):
        return None
    named = f"{path.name}_".startswith("_".join(labels) + "_")
    # Without a folder of the session, its name has no session either.
    return person.parent if named and bool(session) == ("_ses-" in path.name) else None


def in_a_folder_not_named(path: Path) -> bool:
    """Whether a file seems to lie in a data set that reaches beyond the folder that was named."""
    root = layout_of(path)
    return root is not None and not is_inside(root)


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
    in_set = root_of(path) is not None
    found: list[tuple[int, int, Path]] = []
    for depth, folder in enumerate(_folders(path)):
        for sidecar in listed(folder, ending):
            # MUedit2 calls them after the file: ..._emg_channels.tsv.
            entities = set(f"_{sidecar.name}".removesuffix(ending).split("_")) - {"", "emg"}
            if set(also) <= entities <= mine and (depth or _is_of(entities, stem, in_set)):
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
    ending = ending.removeprefix("_")
    whole = f"{re.escape(beginning)}(.*_)?{re.escape(ending)}"
    return names_in(folder, whole)


def _is_of(entities: Collection[str], stem: str, in_set: bool) -> bool:
    """Whether a sidecar in the folder of a file is of it, and not of whatever lies there as well.

    In a data set the principle says it. Elsewhere, it says of whom it is, or has the file's name.
    """
    words = stem.split("_")
    if in_set:
        return True
    return words[0] in entities if words[0].startswith("sub-") else set(words) == set(entities)


def _folders(path: Path) -> Iterator[Path]:
    """Yield the file's folder and, within a data set, those above it."""
    path = absolute(path)
    yield path.parent
    root = root_of(path)
    if root is None:
        return
    for folder in path.parent.parents:
        yield folder
        if folder == root:
            return
