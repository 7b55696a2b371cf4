"""The one folder that the page may look into, and no path outside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from renshaw.core.errors import RenshawError

# More entries than that are not listed: no one reads them, and a page of them stalls the browser.
MOST_ENTRIES = 500


class PlaceError(RenshawError, ValueError):
    """A path that is not in the folder the page was started on."""


@dataclass(frozen=True)
class Entry:
    """A file or folder, by its path from the top of the page's folder."""

    name: str
    path: str
    is_folder: bool
    size_bytes: int


@dataclass(frozen=True)
class Folder:
    """The folder that the page was started on.

    Parameters
    ----------
    root : Path
        Resolved: no link leads to it any more.
    """

    root: Path

    def inside(self, relative: str) -> Path:
        """Return the file or folder of that path, with links followed.

        Raises
        ------
        PlaceError
            It lies outside, by ``..``, an absolute path or a link, or can't be a path at all.
        """
        if "\0" in relative or "\\" in relative:
            raise PlaceError("That can't be the name of a file.")
        try:
            path = (self.root / relative).resolve()
            path.exists()  # refuses what is too long for a name
        except (OSError, RuntimeError, ValueError):
            raise PlaceError("That can't be the name of a file.") from None
        if not path.is_relative_to(self.root):
            raise PlaceError("That lies outside the folder that the page was started on.")
        return path

    def relative(self, path: Path) -> str:
        """Return the path of a place from the top, as `inside` takes it."""
        return path.relative_to(self.root).as_posix()

    def entries(self, relative: str = "") -> tuple[Entry, ...]:
        """Return what a folder holds, folders first; hidden files and links that lead out are left.

        Raises
        ------
        PlaceError
            It is no folder, or not one of ours.
        """
        place = self.inside(relative)
        if not place.is_dir():
            raise PlaceError("There is no such folder.")
        found = [entry for path in place.iterdir() if (entry := self._entry(path)) is not None]
        found.sort(key=lambda entry: (not entry.is_folder, entry.name.lower()))
        return tuple(found[:MOST_ENTRIES])

    def _entry(self, path: Path) -> Entry | None:
        try:
            if path.name.startswith(".") or not path.resolve().is_relative_to(self.root):
                return None
            known = path.stat()
            return Entry(path.name, self.relative(path), path.is_dir(), known.st_size)
        except (OSError, RuntimeError):
            return None
