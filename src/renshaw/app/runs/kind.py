"""`Kind`: what tells the folder of a study from that of a design, and what is in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from renshaw.app.folder import Folder
from renshaw.study import commit


@dataclass(frozen=True)
class Kind:
    """One kind of run.

    Parameters
    ----------
    name : str
        Of the tab and of its jobs.
    plan : str
        File that says what is asked for: ``"study.toml"``.
    marks : tuple of str
        Any of these beside: something has been run here.
    finished : tuple of tuple of str
        One of each must be there once the run is finished.
    tables : mapping of str to str
        Tables by name, with their titles; the first is the one that is shown.
    target : str
        What a job calls with the folder.
    words : frozenset of str
        Entries by which such a plan is known.
    shared : frozenset of str
        Entries that it may have although other kinds are known by them.
    kept : callable
        Returns what an unfinished run has kept, in words.
    ready : callable
        Raises an error where the plan in a folder can't be run, or asks for what lies outside the
        page's folder.
    files : mapping of str to str
        Other files that can be downloaded, with what they are.
    """

    name: str
    plan: str
    marks: tuple[str, ...]
    finished: tuple[tuple[str, ...], ...]
    tables: Mapping[str, str]
    target: str
    words: frozenset[str]
    shared: frozenset[str]
    kept: Callable[[Path], str]
    ready: Callable[[Folder, Path], None]
    files: Mapping[str, str] = field(default_factory=dict)

    def begun(self, folder: Path) -> bool:
        """Whether a folder is that of a run."""
        return any((folder / name).exists() for name in self.marks)

    def done(self, folder: Path) -> bool:
        """Whether the run of a folder is finished."""
        there = all(any((folder / name).is_file() for name in names) for names in self.finished)
        return there and not commit.is_open(folder)

    def knows(self, raw: Mapping[str, Any], others: Iterable[Kind]) -> bool:
        """Whether the entries of a TOML file are those of such a plan, not of one of the others."""
        foreign = {word for kind in others for word in kind.words} - self.words - self.shared
        return bool(self.words & raw.keys()) and not foreign & raw.keys()
