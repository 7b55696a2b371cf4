"""`Case`: one open recording, and what was done to it."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path

from renshaw.app.recording.versions import Version
from renshaw.core.errors import RenshawError
from renshaw.decomposition.edits import Edit
from renshaw.estimation.settings import EstimateSettings, rules
from renshaw.io import ReadOptions

# Decompositions and readings that can be brought back; each is a file of the recording's size.
MOST_FORMER = 10
# Reading, decomposition, edits and settings.
Choices = tuple[int, int, tuple[Edit, ...], EstimateSettings]


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
    reading, decomposed : int
        Numbers of the reading and of the decomposition that are looked at.
    made : int
        The last of these numbers that was given.
    former, later : tuple of Version
        What it was before it was read or decomposed anew, oldest first; what was taken back of
        that, last first.
    unfinished : str
        What a page that has ended was doing with it.
    replacing : bool
        Whether the decomposition at work replaces units.
    journal : str
        What was last written down of it.
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
    reading: int = 1
    made: int = 1
    former: tuple[Version, ...] = ()
    later: tuple[Version, ...] = ()
    unfinished: str = ""
    journal: str = ""
    rules: str = "renshaw"
    settings: EstimateSettings = field(default_factory=lambda: rules("renshaw"))
    contraction: int = 0
    number: int = 0
    multiverse_job: str = ""
    multiverse_of: Choices | None = None
    replacing: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)
    changing: threading.Lock = field(default_factory=threading.Lock)

    @property
    def file(self) -> Path:
        """The recording as it was read, or as it was last decomposed."""
        return self._of(f"units-{self.decomposed}.h5") if self.decomposed else self.as_read

    @property
    def as_read(self) -> Path:
        """The recording as it was read."""
        return self._of(f"read-{self.reading}.h5")

    @property
    def next_decomposition(self) -> Path:
        """Where the next decomposition is written."""
        return self._of(f"units-{self.made + 1}.h5")

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

    @property
    def failed(self) -> bool:
        """Whether its file could not be read."""
        return not self.job and not self.as_read.exists()

    @property
    def touched(self) -> bool:
        """Whether a person has done something to it."""
        return bool(self.edits or self.undone or self.former or self.later)

    @property
    def version(self) -> Version:
        """Its units and what was done to them."""
        return Version(
            self.reading,
            self.decomposed,
            self.options,
            self.edits,
            self.undone,
            self.begun,
            self.resumed,
        )

    @property
    def choices(self) -> Choices:
        """What numbers hang on: the units, the edits, the settings."""
        return self.reading, self.decomposed, self.edits, self.settings

    def take(self, version: Version) -> None:
        """Become what it was, or is to be."""
        self.reading, self.decomposed = version.reading, version.decomposed
        self.options, self.edits, self.undone = version.options, version.edits, version.undone
        self.begun, self.resumed = version.begun, version.resumed

    def anew(self, options: ReadOptions) -> None:
        """Make it ready to be read once more; what there is can be brought back by `undo`."""
        if self.as_read.exists():
            self._keep_former()
        self.made += 1
        self.take(Version(self.made, 0, options))
        self.fault, self.contraction, self.multiverse_job = "", 0, ""

    def decomposed_anew(self, *, replaces: bool) -> None:
        """Take the next decomposition; what there was can be brought back by `undo`.

        Parameters
        ----------
        replaces : bool
            Whether there were units before.
        """
        if replaces:
            self._keep_former()
        self.made += 1
        self.take(Version(self.reading, self.made, self.options, begun=True))

    def back(self) -> None:
        """Become what it was before it was read once more, which failed."""
        if self.former:
            self.take(self.former[-1])
            self.former = self.former[:-1]
            self.fault += " What was read before is kept."

    @property
    def state(self) -> str:
        """Names what it is now: what a tab of the browser has seen of it, or has not."""
        words = repr((self.version, self.former, self.later))
        return hashlib.sha256(words.encode()).hexdigest()[:16]

    def _keep_former(self) -> None:
        self.former = (*self.former, replace(self.version, undone=()))[-MOST_FORMER:]
        self.later = ()

    @property
    def asked(self) -> EstimateSettings | str:
        """The settings as `rs.estimate` takes them, by name where they are those of a rule set."""
        return self.rules if self.settings == rules(self.rules) else self.settings

    def change(self, edit: Edit) -> None:
        """Do one more edit; what was taken back before is forgotten."""
        self.edits, self.undone, self.later = (*self.edits, edit), (), ()

    def undo(self) -> None:
        """Take the last edit back, or that it was read or decomposed anew."""
        if self.edits:
            self.edits, self.undone = self.edits[:-1], (*self.undone, self.edits[-1])
        elif self.former:
            self._refuse_at_work()
            self.later = (*self.later, self.version)
            self.take(self.former[-1])
            self.former = self.former[:-1]

    def redo(self) -> None:
        """Do again what was taken back last."""
        if self.undone:
            self.edits, self.undone = (*self.edits, self.undone[-1]), self.undone[:-1]
        elif self.later:
            self._refuse_at_work()
            self.former = (*self.former, replace(self.version, undone=()))
            self.take(self.later[-1])
            self.later = self.later[:-1]

    def sweep(self) -> None:
        """Remove the units of versions that no undo or redo leads to any more."""
        kept = {
            number
            for each in (self.version, *self.former, *self.later)
            for number in (each.reading, each.decomposed)
        }
        for number in range(1, self.made + 1):
            if number not in kept:
                for what in ("read", "units"):
                    self._of(f"{what}-{number}.h5").unlink(missing_ok=True)

    def _refuse_at_work(self) -> None:
        if self.job:
            raise RenshawError("There is work going on with this recording: wait, or stop it.")

    def _of(self, what: str) -> Path:
        return self.folder / f"{self.id}-{what}"
