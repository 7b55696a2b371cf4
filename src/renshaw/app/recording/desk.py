"""The desk: the recordings that are open in the page, and what was done to each.

Everything is kept in files beside the uploads, so that any number of tabs costs no memory; a few
recordings stay loaded. Who opens too many has the one closed that was looked at least recently.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

from renshaw.app.jobs import DONE, ENDED, Jobs
from renshaw.app.recording.storage import stored_recording
from renshaw.core.errors import RenshawError
from renshaw.data.recording import Recording
from renshaw.decomposition.editing import edits_of, unedited
from renshaw.decomposition.edits import Edit
from renshaw.estimation.settings import EstimateSettings, rules
from renshaw.io import ReadOptions

MOST_OPEN = 40
MOST_LOADED_BYTES = 1024**3
# Of files that were dropped in, to be read again; the oldest go first.
MOST_DROPPED_BYTES = 4 * 1024**3
RULES = ("renshaw", "openhdemg")


@dataclass(eq=False)
class Case:
    """One open recording.

    Parameters
    ----------
    id : str
        Part of its address; never a path.
    name : str
        Name of its file, shown as text only.
    place : str
        How a program finds the file.
    folder : Path
        Where the page keeps its own files of it.
    source : Path, optional
        The file itself, which can be read again; one that was dropped in goes with its case.
    options : ReadOptions
        What was said of the file when it was last read, or tried to be.
    job : str
        The job that is at work on it (reading, decomposing); empty when none is.
    fault : str
        Why that job failed, in a sentence.
    edits, undone : tuple of Edit
        What was changed, oldest first; what was taken back, last first.
    resumed : bool
        Whether the file came with edits.
    rules : str
        Rule set that the settings started from.
    contraction : int
        The contraction whose pairs are shown; 0 for the one with most usable pairs.
    number : int
        Counts the recordings that were opened.
    """

    id: str
    name: str
    place: str
    folder: Path
    source: Path | None = None
    options: ReadOptions = field(default_factory=ReadOptions)
    job: str = ""
    fault: str = ""
    decomposing: bool = False
    decomposed: int = 0
    begun: bool = False
    edits: tuple[Edit, ...] = ()
    undone: tuple[Edit, ...] = ()
    resumed: bool = False
    rules: str = "renshaw"
    settings: EstimateSettings = field(default_factory=lambda: rules("renshaw"))
    contraction: int = 0
    number: int = 0
    multiverse_job: str = ""
    multiverse_of: tuple[tuple[Edit, ...], EstimateSettings] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def file(self) -> Path:
        """The recording as it was read, or as it was last decomposed."""
        return self._of(f"units-{self.decomposed}.h5") if self.decomposed else self.as_read

    @property
    def as_read(self) -> Path:
        """The recording as it was read."""
        return self._of("read.h5")

    @property
    def next_decomposition(self) -> Path:
        """Where the next decomposition is written."""
        return self._of(f"units-{self.decomposed + 1}.h5")

    @property
    def multiverse_file(self) -> Path:
        """The last multiverse."""
        return self._of("multiverse.json")

    @property
    def dropped(self) -> bool:
        """Whether its file was dropped in, so that the page's copy goes with the case."""
        return self.source is not None and self.source.is_relative_to(self.folder)

    @property
    def dropped_bytes(self) -> int:
        """Size of the page's copy of a file that was dropped in; 0 where there is none."""
        kept = self.dropped and self.source is not None and self.source.is_file()
        return self.source.stat().st_size if kept and self.source is not None else 0

    def give_up(self) -> None:
        """Remove the page's copy of a file that was dropped in, unless it is being read."""
        if self.dropped and self.source is not None and (self.decomposing or not self.job):
            self.source.unlink(missing_ok=True)

    def anew(self, options: ReadOptions) -> None:
        """Forget what was done to it, as it is read once more with other options."""
        for path in self.folder.glob(f"{self.id}-*"):
            path.unlink(missing_ok=True)
        self.options, self.fault, self.contraction = options, "", 0
        self.edits, self.undone, self.begun, self.resumed = (), (), False, False
        self.decomposed, self.multiverse_job, self.multiverse_of = 0, "", None

    @property
    def asked(self) -> EstimateSettings | str:
        """The settings as `rs.estimate` takes them, by name where they are those of a rule set."""
        return self.rules if self.settings == rules(self.rules) else self.settings

    def change(self, edit: Edit) -> None:
        """Do one more edit; what was taken back before is forgotten."""
        self.edits, self.undone = (*self.edits, edit), ()

    def undo(self) -> None:
        """Take the last edit back."""
        if self.edits:
            self.edits, self.undone = self.edits[:-1], (*self.undone, self.edits[-1])

    def redo(self) -> None:
        """Do again what was taken back last."""
        if self.undone:
            self.edits, self.undone = (*self.edits, self.undone[-1]), self.undone[:-1]

    def _of(self, what: str) -> Path:
        return self.folder / f"{self.id}-{what}"


class Desk:
    """The open recordings of one page.

    Parameters
    ----------
    folder : Path
        Removed when the page ends.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._cases: OrderedDict[str, Case] = OrderedDict()
        self._loaded: OrderedDict[Path, Recording] = OrderedDict()
        self._lock = threading.Lock()
        self._opened = 0

    def put(self, name: str, place: str, source: Path) -> Case:
        """Return a new case."""
        case = Case(secrets.token_hex(8), name, place, self.folder, source)
        with self._lock:
            self._opened += 1
            case.number = self._opened
            self._cases[case.id] = case
            while len(self._cases) > MOST_OPEN:
                self._close(next(iter(self._cases.values())))
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
        """Forget all that was read of a case, which is about to be read with other options."""
        with case.lock, self._lock:
            self._forget(case)
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
        for path in self.folder.glob(f"{case.id}-*"):
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
        decomposing, case.job, case.decomposing = case.decomposing, "", False
        case.fault = "" if job.state == DONE else job.error or "It was stopped."
        if decomposing and job.state == DONE:
            case.decomposed += 1
            case.edits, case.undone, case.begun, case.resumed = (), (), True, False
    return case


def _size(recording: Recording) -> int:
    signals = sum(signal.values.nbytes for signal in recording.signals.values())
    return signals + sum(times.nbytes for times in recording.units)
