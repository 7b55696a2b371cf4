"""Drafts: studies and goals that a person began to write, kept as they are written.

Each is a file of a few kilobytes where the page keeps things (`renshaw.app.keeping`), replaced as a
whole; it is on disk before the page says so. A draft goes when it is removed; of those that were
started, whose text lies with the results, only the last few are kept, for whoever goes back.
"""

from __future__ import annotations

import contextlib
import json
import re
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from renshaw.app.keeping import Keeping, kept_text
from renshaw.core.errors import RenshawError
from renshaw.core.files import write_text
from renshaw.core.plain_json import read_json

FOLDER = "drafts"
MOST = 50
MOST_STARTED = 10
# Of the form and all texts of one draft.
MOST_BYTES = 2 * 1024**2
_VERSION = 1
_ID = re.compile(r"[0-9a-f]{12}")
# Two tabs may write the same one.
_WRITING = threading.Lock()


@dataclass(frozen=True)
class Draft:
    """A study or goal that is being written.

    Parameters
    ----------
    id : str
        Part of its address; never a path.
    kind : str
        ``"study"``, ``"design"``.
    content : mapping
        What the page shows: what the form holds, texts written by hand, ...; fit for JSON.
    title : str
        What the list of drafts calls it.
    revision : int
        Counts how often it was written.
    changed_s : float
        When it was last written.
    started : str
        The folder of the run that was made of it.
    """

    id: str
    kind: str
    content: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""
    revision: int = 0
    changed_s: float = 0.0
    started: str = ""

    @property
    def changed(self) -> str:
        """When it was last written, for a person."""
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(self.changed_s))


class Drafts:
    """The drafts of one kind.

    Parameters
    ----------
    keeping : Keeping
    kind : str
    """

    def __init__(self, keeping: Keeping, kind: str) -> None:
        self.keeping = keeping
        self.kind = kind

    @property
    def unreadable(self) -> list[str]:
        """Files of drafts that can't be read: spoiled, or of a newer version. They are left."""
        return [path.name for path in self._paths() if self._read(path) is None]

    def begun(self) -> list[Draft]:
        """Return the drafts that were not started, the last written first."""
        return [draft for draft in self._all() if not draft.started]

    def get(self, id: str) -> Draft:
        """Return a draft.

        Raises
        ------
        RenshawError
            It was removed, or can't be read.
        """
        found = None if self.keeping.there is None else self._read(self._path(id))
        if found is None:
            raise RenshawError("This draft was removed, or can't be read. Here is a new one.")
        return found

    def keep(self, id: str, revision: int, content: Mapping[str, Any], title: str) -> Draft:
        """Write what a tab of the browser shows; it is on disk when this returns.

        Parameters
        ----------
        id : str
            Empty for a new one.
        revision : int
            What the tab has seen of it. Where another tab has written since, what this one shows
            becomes a draft of its own: neither is lost.
        content, title
            As of `Draft`.

        Raises
        ------
        RenshawError
            There are too many.
        OSError
            The disk is full, ...; what was written before is still there.
        """
        with _WRITING:
            found = self._read(self._path(id)) if id else None
            if found is None or found.revision != revision:
                if len(self.begun()) >= MOST:
                    raise RenshawError(f"There are {MOST} drafts; remove one that you don't need.")
                found = Draft(secrets.token_hex(6), self.kind)
            kept = replace(
                found,
                content=dict(content),
                title=title[:200],
                revision=found.revision + 1,
                changed_s=time.time(),
                started="",
            )
            self._write(kept)
            return kept

    def start(self, id: str, folder: str) -> None:
        """Take note of the folder of the run that was made of a draft, if there is such a draft."""
        with _WRITING:
            found = self._read(self._path(id)) if id else None
            if found is None:
                return
            self._write(replace(found, started=folder))
        for old in [draft for draft in self._all() if draft.started][MOST_STARTED:]:
            self.remove(old.id)

    def remove(self, id: str) -> None:
        """Remove a draft."""
        path = self._path(id)
        path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            # One that is empty is not in the way of forgetting the page's whole place.
            path.parent.rmdir()

    def _paths(self) -> list[Path]:
        # Where nothing was kept yet, nothing is made to find that out.
        place = self.keeping.there
        return [] if place is None else sorted((place / FOLDER).glob(f"{self.kind}-*.json"))

    def _all(self) -> list[Draft]:
        found = [draft for path in self._paths() if (draft := self._read(path)) is not None]
        return sorted(found, key=lambda draft: -draft.changed_s)

    def _path(self, id: str) -> Path:
        if not _ID.fullmatch(id):
            raise RenshawError("There is no such draft.")
        return self.keeping.folder / FOLDER / f"{self.kind}-{id}.json"

    def _read(self, path: Path) -> Draft | None:
        try:
            return _draft(path, read_json(kept_text(path, 2 * MOST_BYTES)))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
            # It is left as it is; the page says so.
            return None

    def _write(self, draft: Draft) -> None:
        path = self._path(draft.id)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        if path.parent.is_symlink():
            raise RenshawError("The folder of the drafts is a link; they are not written there.")
        write_text(path, json.dumps({"version": _VERSION, **asdict(draft)}))


def _draft(path: Path, plain: Mapping[str, Any]) -> Draft:
    if plain["version"] != _VERSION or path.stem != f"{plain['kind']}-{plain['id']}":
        raise ValueError(path)
    return Draft(
        str(plain["id"]),
        str(plain["kind"]),
        dict(plain["content"]),
        str(plain["title"]),
        int(plain["revision"]),
        float(plain["changed_s"]),
        str(plain["started"]),
    )
