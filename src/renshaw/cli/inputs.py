"""Which recordings a command was given: files, folders, and patterns that no shell expanded."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from pathlib import Path

from renshaw.core.errors import ReadError, sentence
from renshaw.core.files import not_there

_PATTERN = "*?["
# What renshaw writes beside recordings; none of them is one.
_OURS = ("estimates.csv", "difference.csv", "findings.json", "posterior.csv", "change.csv")


def recordings_of(
    given: Sequence[Path], beside: Path | None = None
) -> tuple[list[Path], list[str]]:
    """Return the files that are meant, each once and in order, and what was meant in vain.

    Parameters
    ----------
    given : sequence of Path
        Files; folders, which stand for the recordings in them and below; patterns with ``*``,
        ``?`` or ``[...]``, where ``**`` stands for any folders.
    beside : Path, optional
        A folder for results, in which no recordings are looked for.

    Returns
    -------
    files : list of Path
        Those that don't exist among them: whoever reads them says so.
    refused : list of str
        Folders without recordings, patterns that nothing matches, and why.
    """
    found: list[Path] = []
    refused: list[str] = []
    for path in given:
        try:
            found += _of_one(path, beside)
        except ReadError as error:
            refused.append(sentence(error))
    once = {path.resolve(): path for path in reversed(found)}
    return [path for path in dict.fromkeys(found) if once[path.resolve()] == path], refused


def _of_one(path: Path, beside: Path | None) -> list[Path]:
    if path.is_dir():
        return _in_folder(path, beside)
    if path.exists() or not any(sign in str(path) for sign in _PATTERN):
        return [path]
    # Path.glob takes no absolute patterns.
    matched = [Path(each) for each in sorted(glob.glob(str(path), recursive=True))]  # noqa: PTH207
    files = [each for each in matched if each.is_file() and not _ours(each, beside)]
    folders = [each for each in matched if each.is_dir()]
    if not files and not folders:
        raise ReadError(f"{path}: no file matches this pattern. {_where(path)}")
    # With ** a pattern names folders beside their files.
    return files or [file for folder in folders for file in _in_folder(folder, beside)]


def _in_folder(folder: Path, beside: Path | None) -> list[Path]:
    from renshaw.study.recordings import recording_files

    files = [file for file in recording_files(folder) if not _ours(file, beside)]
    if not files:
        others = sum(each.is_file() for each in folder.rglob("*"))
        what = f"none of its {others} files has a known ending" if others else "it is empty"
        raise ReadError(
            f"{folder}: there are no recordings in this folder ({what}). Name the files, or see "
            "renshaw convert --help for the formats that are read."
        )
    return files


def _ours(file: Path, beside: Path | None) -> bool:
    inside = beside is not None and file.resolve().is_relative_to(beside.resolve())
    return inside or file.name in _OURS


def _where(pattern: Path) -> str:
    """Return up to where the folders of a pattern exist."""
    fixed = Path(*_before_pattern(pattern))
    if not fixed.exists():
        return not_there(fixed, "a folder that exists")
    return f"The folder {fixed.absolute()} exists; check what follows."


def _before_pattern(pattern: Path) -> list[str]:
    parts: list[str] = []
    for part in pattern.parts:
        if any(sign in part for sign in _PATTERN):
            break
        parts.append(part)
    return parts or ["."]
