"""Which files of a BIDS data set are recordings: a list of what is taken, not of what is left.

::

    sub-01/[ses-pre/]emg/sub-01_..._emg.edf               raw EMG
    sub-01/[ses-pre/]emg/sub-01_..._events.tsv            discharges, where there is no raw EMG
    derivatives/PIPELINE/sub-01/[ses-pre/]emg/..._events.tsv         likewise
    [derivatives/muedit/]sub-01/[ses-pre/]decomp/..._edited.npz      likewise, of MUedit2

All else that the standard has (sidecars, other data types, code, source data, questionnaires,
stimuli, logs) is passed over. What it does not have where it lies, such as a ``.mat`` among the
EMG, counts as a recording, so that whoever reads it says what is wrong with it by name.

Brain Imaging Data Structure 1.11.0, electromyography; docs/saved-files.md of MUedit2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from renshaw.io.bids.inheritance import DATATYPES, DESCRIPTION

_EMG, _DECOMPOSED = "emg", "decomp"
# What the standard has in a folder of EMG beside the recordings.
_BESIDE = frozenset(
    (
        "channels",
        "electrodes",
        "coordsystem",
        "physio",
        "physioevents",
        "stim",
        "photo",
        "headshape",
    )
)
_OF_PERSON = ("scans", "sessions")
# Folders above those of the participants.
_ABOVE = re.compile(r"(rawdata/)?(derivatives/([^/]+/)?)?")
_RAW = (".edf", ".bdf")
# Archives of MUedit2, the one that goes first.
MUEDIT2 = _EDITED, _UNEDITED = ("_edited.npz", "_decomp.npz")


@dataclass(frozen=True)
class _Place:
    """Where a file lies in a data set.

    Parameters
    ----------
    path : Path
    derived : bool
        Whether it lies among the derivatives.
    kind : str
        Folder of the data type; ``""`` for a file of the participant or the session itself.
    stem : str
        Its name up to what kind of file it is, without ``desc-``.
    suffix : str
        Which kind of file it is, by its name: ``emg``, ``events``, ...
    """

    path: Path
    derived: bool
    kind: str
    stem: str
    suffix: str


def data_set_of(path: Path, within: Path) -> Path | None:
    """Return the outermost data set within a folder that a file lies in, or None.

    Parameters
    ----------
    path : Path
        Below `within`.
    within : Path
        A folder, which may be the data set itself.
    """
    above = [folder for folder in path.parents if folder.is_relative_to(within)]
    return next((each for each in reversed(above) if (each / DESCRIPTION).is_file()), None)


def recordings_in(
    root: Path, files: Sequence[Path], is_readable: Callable[[str], object]
) -> list[Path]:
    """Return the files of a data set that are recordings, in order.

    Parameters
    ----------
    root : Path
        Folder of the data set.
    files : sequence of Path
        All files in it.
    is_readable : callable
        Whether a file's name has the ending of a format.
    """
    placed = [each for each in (_place(root, file) for file in files) if each is not None]
    raw = {each.stem for each in placed if _is_raw(each)}
    saved = {each.stem for each in placed if each.path.name.endswith(MUEDIT2)}
    edited = {each.stem for each in placed if each.path.name.endswith(_EDITED)}

    def taken(each: _Place) -> bool:
        name = each.path.name.lower()
        if not is_readable(name) or name.endswith(".json"):
            return False
        if each.kind == _DECOMPOSED:
            last = name.endswith(_EDITED) or (name.endswith(_UNEDITED) and each.stem not in edited)
            return last and each.stem not in raw
        if each.suffix == "events":
            return name.endswith(".tsv") and each.stem not in raw | saved
        if each.derived:
            return each.suffix == _EMG and each.stem not in raw
        return each.suffix not in _BESIDE and not (not each.kind and each.suffix in _OF_PERSON)

    return [each.path for each in placed if taken(each)]


def _place(root: Path, file: Path) -> _Place | None:
    """Return the place of a file of EMG, or of one that is where the standard has none."""
    inside = PurePosixPath(file.relative_to(root).as_posix())
    folders = list(inside.parts[:-1])
    person = next((i for i, name in enumerate(folders) if name.startswith("sub-")), None)
    stem, suffix = _named(inside.name)
    if person is None:
        # At the top only what is called a recording is one, in the wrong place.
        misplaced = not folders and inside.name.startswith("sub-") and suffix == _EMG
        return _Place(file, False, _EMG, stem, suffix) if misplaced else None
    above = "".join(f"{name}/" for name in folders[:person])
    if not _ABOVE.fullmatch(above):
        return None
    rest = folders[person + 1 :]
    rest = rest[1:] if rest and rest[0].startswith("ses-") else rest
    kind, derived = "/".join(rest), "derivatives/" in above
    known = kind in (_EMG, _DECOMPOSED)
    if not known and (derived or (rest and rest[0] in DATATYPES)):
        return None
    return _Place(file, derived, kind, stem, suffix)


def _is_raw(each: _Place) -> bool:
    name = each.path.name.lower()
    return not each.derived and each.suffix == _EMG and name.endswith(_RAW)


def _named(name: str) -> tuple[str, str]:
    """Return what a name says of the recording, and of which kind the file is."""
    words = name.split(".", 1)[0].split("_")
    return "_".join(w for w in words[:-1] if not w.startswith("desc-")), words[-1].lower()
