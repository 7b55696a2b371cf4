"""The desk: the recordings that are open in the page, and what was done to each.

Everything is kept in files beside the uploads, so that any number of tabs costs no memory; a few
recordings stay loaded. Who opens too many has the one closed that was looked at least recently, of
those that were not edited.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

from renshaw.app.jobs import DONE, ENDED, Jobs
from renshaw.app.keeping import Keeping
from renshaw.app.recording.case import Case
from renshaw.app.recording.journal import cases_in, written
from renshaw.app.recording.storage import stored_recording
from renshaw.core.errors import RenshawError
from renshaw.data.recording import Recording
from renshaw.decomposition.editing import edits_of, unedited
from renshaw.io import ReadOptions

MOST_OPEN = 40
MOST_LOADED_BYTES = 1024**3
# Of files that were dropped in, to be read again; the oldest go first.
MOST_DROPPED_BYTES = 4 * 1024**3
RULES = ("renshaw", "openhdemg")


class Desk:
    """The open recordings of one page.

    Parameters
    ----------
    keeping : Keeping
        Where everything lies; what an earlier page had open in it is open again.

    Attributes
    ----------
    unreadable : list of str
        Files of open recordings that can't be read: spoiled, or of a newer version.
    """

    def __init__(self, keeping: Keeping) -> None:
        self.keeping = keeping
        self._cases: OrderedDict[str, Case] = OrderedDict()
        self._loaded: OrderedDict[Path, Recording] = OrderedDict()
        self._lock = threading.Lock()
        self._opened = 0
        self.unreadable: list[str] = []
        if keeping.there is not None:
            cases, self.unreadable = cases_in(keeping.there)
            for case in cases:
                self._cases[case.id] = case
                self._opened = case.number

    @property
    def folder(self) -> Path:
        """Where everything lies; it is made where there is none yet."""
        return self.keeping.folder

    def keep(self, case: Case) -> None:
        """Write down what was done to a case, for the next start of the page.

        Raises
        ------
        OSError
            The disk is full, ...
        """
        with case.lock:
            written(case)
            case.sweep()

    @contextlib.contextmanager
    def changing(self, case: Case) -> Iterator[None]:
        """Let a case be changed inside the block: kept at its end, or as if nothing had been done.

        Raises
        ------
        OSError
            The disk is full, ...
        """
        with case.changing:
            before = dict(vars(case))
            try:
                yield
                self.keep(case)
            except BaseException:
                vars(case).update(before)
                raise

    def put(self, name: str, place: str, source: Path) -> Case:
        """Return a new case.

        Raises
        ------
        RenshawError
            Too many are open, all of them edited.
        """
        case = Case(secrets.token_hex(8), name, place, self.folder, source)
        with self._lock:
            while len(self._cases) >= MOST_OPEN:
                untouched = (each for each in self._cases.values() if not each.touched)
                if (oldest := next(untouched, None)) is None:
                    raise RenshawError(
                        f"{MOST_OPEN} recordings are open, all of them with edits: close one first."
                    )
                self._close(oldest)
            self._opened += 1
            case.number = self._opened
            self._cases[case.id] = case
            dropped = [each for each in self._cases.values() if each.dropped_bytes]
            while len(dropped) > 1 and sum(each.dropped_bytes for each in dropped) > (
                MOST_DROPPED_BYTES
            ):
                dropped.pop(0).give_up()
        return case

    def get(self, id: str) -> Case:
        """Return a case by its id.

        Raises
        ------
        RenshawError
            It is not open (any more).
        """
        with self._lock:
            if id not in self._cases:
                raise RenshawError("This recording is not open any more; open it again.")
            self._cases.move_to_end(id)
            return self._cases[id]

    def all(self) -> tuple[Case, ...]:
        """Return the open cases, the last used first."""
        with self._lock:
            return tuple(reversed(self._cases.values()))

    def close(self, case: Case) -> None:
        """Forget a case and remove its files."""
        with self._lock:
            self._close(case)

    def decomposition(self, case: Case) -> Recording:
        """Return the recording of a case before the edits; loads it where it must."""
        with case.lock:
            path = case.file
            found = self._loaded.get(path)
            if found is None:
                found = stored_recording(path, case.name)
                if not case.begun:
                    case.edits, case.begun = edits_of(found), True
                    case.resumed = bool(case.edits)
                found = unedited(found)
            self._keep(path, found)
            return found

    def read_anew(self, case: Case, options: ReadOptions) -> None:
        """Make a case ready to be read once more, with other options."""
        with case.lock:
            case.anew(options)

    def _keep(self, path: Path, recording: Recording) -> None:
        with self._lock:
            self._loaded[path] = recording
            self._loaded.move_to_end(path)
            while len(self._loaded) > 1 and sum(map(_size, self._loaded.values())) > (
                MOST_LOADED_BYTES
            ):
                self._loaded.popitem(last=False)

    def _close(self, case: Case) -> None:
        self._cases.pop(case.id, None)
        self._forget(case)
        if case.dropped and case.source is not None:
            case.source.unlink(missing_ok=True)
        for path in case.folder.glob(f"{case.id}-*"):
            with contextlib.suppress(OSError):
                path.unlink()

    def _forget(self, case: Case) -> None:
        for path in [path for path in self._loaded if path.name.startswith(case.id)]:
            del self._loaded[path]


def settled(case: Case, jobs: Jobs) -> Case:
    """Take in what the job of a case has done, and return the case."""
    if not case.job:
        return case
    try:
        job = jobs.get(case.job)
    except RenshawError:
        case.job = ""
        return case
    if job.state in ENDED:
        before = dict(vars(case))
        decomposing, case.job, case.decomposing = case.decomposing, "", False
        case.fault = "" if job.state == DONE else job.error or "It was stopped."
        if decomposing and job.state == DONE:
            case.decomposed_anew(replaces=case.replacing)
        elif not decomposing and job.state != DONE:
            case.back()
        try:
            written(case)
        except OSError:
            # Whoever looks next tries again: what is shown as done is on disk.
            vars(case).update(before)
            raise
    return case


def _size(recording: Recording) -> int:
    signals = sum(signal.values.nbytes for signal in recording.signals.values())
    return signals + sum(times.nbytes for times in recording.units)
