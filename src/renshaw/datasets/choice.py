"""Which files of a data set are wanted: the first recordings, and all that belongs to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from renshaw.core.errors import SettingsError
from renshaw.datasets.dataset import DataSet
from renshaw.datasets.remote import RemoteFile

_SUBJECT = re.compile(r"sub-[^_/]+")


def chosen(
    dataset: DataSet,
    files: Sequence[RemoteFile],
    recordings: int | None = None,
    names: Sequence[str] = (),
) -> list[RemoteFile]:
    """Return the files that are wanted.

    Parameters
    ----------
    dataset : DataSet
    files : sequence of RemoteFile
        All of them.
    recordings : int, optional
        As many recordings, with the files that belong to them.
    names : sequence of str
        Patterns with ``*`` that a file's path or name has to fit; all files if empty.

    Raises
    ------
    SettingsError
        Nothing fits, or nobody knows which of the files are recordings.
    """
    if names:
        files = [file for file in files if _fits(file, names)]
        if not files:
            why = f"No file of {dataset.name} fits {' or '.join(names)}."
            hint = f"List them: renshaw data get {dataset.name} --list"
            raise SettingsError(why, name="files", value=tuple(names), hint=hint)
    if recordings is None:
        return list(files)
    if recordings < 1:
        raise SettingsError("It has to be 1 or more.", name="recordings", value=recordings)
    mains = [file for file in files if dataset.pattern and _fits(file, dataset.pattern)]
    if not mains:
        raise SettingsError(
            f"It is not known which files of {dataset.name} are recordings.",
            name="recordings",
            value=recordings,
            hint=f"Choose by name: renshaw data get {dataset.name} --list, then --files PATTERN.",
        )
    return _with_theirs(mains, mains[:recordings], files)


def _fits(file: RemoteFile, patterns: Iterable[str]) -> bool:
    return any(
        fnmatchcase(file.path, pattern) or fnmatchcase(file.name, pattern) for pattern in patterns
    )


def _with_theirs(
    mains: Sequence[RemoteFile], wanted: Sequence[RemoteFile], files: Sequence[RemoteFile]
) -> list[RemoteFile]:
    """Return recordings with their own files, and with those that several recordings share."""
    stems = {_stem(main.name) for main in mains}
    wanted_stems = {_stem(main.name) for main in wanted}
    # A file belongs to the recording whose name it continues the farthest.
    owner = {
        file: max((stem for stem in stems if _continues(file.name, stem)), key=len, default=None)
        for file in files
    }
    folders = {above for main in wanted for above in _folders(main.path)}
    subjects = {found[0] for main in wanted if (found := _SUBJECT.search(main.path))}

    def is_wanted(file: RemoteFile) -> bool:
        if file in mains:
            return file in wanted
        if owner[file] is not None:
            return owner[file] in wanted_stems
        subject = _SUBJECT.search(file.name)
        return file.folder in folders and (subject is None or subject[0] in subjects)

    return [file for file in files if is_wanted(file)]


def _stem(name: str) -> str:
    """Return the name without ending, and in BIDS without the word for what it holds."""
    stem = name.partition(".")[0]
    return stem.rpartition("_")[0] if stem.startswith("sub-") and "_" in stem else stem


def _continues(name: str, stem: str) -> bool:
    return name.startswith((f"{stem}_", f"{stem}."))


def _folders(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return [".", *("/".join(parts[: n + 1]) for n in range(len(parts)))]
