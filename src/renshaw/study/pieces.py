"""A study cut into pieces: what one worker does at once, and what is kept once it is done."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from renshaw.core.files import at_home
from renshaw.core.fingerprint import fingerprint
from renshaw.core.made_of import sum_of
from renshaw.core.seeds import derived_seed
from renshaw.core.version import __version__
from renshaw.decomposition.settings import DecomposeSettings
from renshaw.estimation import EstimateSettings
from renshaw.estimation.quantity import QUANTITIES, Quantity
from renshaw.experiment.observation import ObservationSettings
from renshaw.interventions import INTERVENTIONS, Intervention
from renshaw.io import FORMATS, ReadOptions
from renshaw.model.conditions import CONDITIONS
from renshaw.model.participant import Participant
from renshaw.protocols import PROTOCOLS, Protocol
from renshaw.study.cohort import in_session, person
from renshaw.study.plan import Arm, Condition, StudyPlan, Task
from renshaw.study.recordings import Entry, Found, found_recordings


@dataclass(frozen=True)
class Row:
    """One recording of a study: who, when, under what, and where its numbers come from."""

    recording: str
    arm: str
    participant: str
    condition: str
    protocol: str
    trial: int
    visit: str = ""
    analyzed: bool = True
    simulated: bool = True
    seed: int = 0
    source: str = ""
    others: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class VirtualTrial:
    """One recording to be made."""

    row: Row
    participant: Participant
    protocol: Protocol
    given: tuple[Intervention, ...]
    kept: bool


@dataclass(frozen=True)
class VirtualPiece:
    """All trials of one virtual participant in one protocol, done side by side."""

    trials: tuple[VirtualTrial, ...]
    settings: EstimateSettings
    observed: ObservationSettings | None
    seed: int
    pairs: bool = True

    @property
    def name(self) -> str:
        """What is being done, for people."""
        first = self.trials[0].row
        return f"{first.participant} {first.protocol}"

    @property
    def rows(self) -> tuple[Row, ...]:
        """The recordings, in order."""
        return tuple(trial.row for trial in self.trials)

    def key(self) -> str:
        """Return what changes whenever the numbers could."""
        cords = [fingerprint(trial.participant.cord) for trial in self.trials]
        return fingerprint(self, cords, code_fingerprint())


@dataclass(frozen=True)
class RealPiece:
    """One file of a real participant.

    Its key knows the file itself; what is read beside it is known once it was read, and kept with
    what it gave (`renshaw.study.store`).
    """

    row: Row
    path: str
    content: str
    within: str
    settings: EstimateSettings
    pairs: bool = True
    decompose: str = "raw"
    decomposition: DecomposeSettings = field(default_factory=DecomposeSettings)
    seed: int = 0
    keep: str = "examples"
    contraction: str = ""
    options: ReadOptions = field(default_factory=ReadOptions)

    @property
    def name(self) -> str:
        """What is being done, for people."""
        return Path(self.path).name

    @property
    def rows(self) -> tuple[Row, ...]:
        """The recording."""
        return (self.row,)

    def key(self) -> str:
        """Return what changes whenever the numbers could."""
        how = (
            self.decompose,
            self.decomposition,
            self.seed,
            self.keep,
            self.contraction,
            self.options,
        )
        what = (self.row, self.content, self.within, self.settings, self.pairs)
        return fingerprint(*what, *how, code_fingerprint())


Piece = VirtualPiece | RealPiece


@cache
def code_fingerprint() -> str:
    """Return a hash of the program itself: numbers of different programs are never mixed."""
    digest = hashlib.sha256(__version__.encode())
    for part in program_in(Path(__file__).parents[1]):
        digest.update(part)
    for register in (QUANTITIES, INTERVENTIONS, PROTOCOLS, CONDITIONS, FORMATS):
        for kind in register.values():
            digest.update(_written(kind))
    return digest.hexdigest()[:16]


def program_in(root: Path) -> Iterator[bytes]:
    """Yield name and content of every file of a package that decides numbers.

    Tables (TOML) count as much as code: a virtual person's parameters stand in one.
    """
    for path in sorted(each for each in root.rglob("*") if each.suffix in (".py", ".toml")):
        # Pages and commands change no number.
        if path.relative_to(root).parts[0] not in ("reports", "cli"):
            yield path.relative_to(root).as_posix().encode()
            yield path.read_bytes()


def _written(kind: Any) -> bytes:
    """Return the files of another package that a kind is made of; nothing of a built-in one."""
    parts = [kind] if isinstance(kind, type) else [p for p in vars(kind).values() if callable(p)]
    others = [part for part in parts if not _of_renshaw(part)]
    if not others:
        return b""
    said = str(kind.name)
    if isinstance(kind, Quantity):
        said = repr((kind.name, kind.unit, kind.of, kind.during))
    return b"".join([said.encode(), *map(_source, others)])


def _of_renshaw(part: Any) -> bool:
    return f"{getattr(part, '__module__', '')}.".startswith("renshaw.")


def _source(part: Any) -> bytes:
    try:
        return Path(inspect.getsourcefile(part) or "").read_bytes()
    except (OSError, TypeError):
        return b""


def real_files(plan: StudyPlan) -> dict[str, Found]:
    """Return the files of every arm of real participants, by name of the arm."""
    found = {}
    for arm in plan.arms:
        if arm.recordings is not None:
            known = [condition.name for condition in arm.conditions]
            found[arm.name] = found_recordings(arm.recordings, Path(), known)
    return found


def pieces_of(plan: StudyPlan, files: dict[str, Found]) -> Iterator[Piece]:
    """Yield every piece of the plan, in the order of arms, participants and protocols."""
    for arm in plan.arms:
        if arm.cohort is not None:
            for k in range(arm.cohort.participants):
                for task in arm.protocols:
                    yield _virtual(plan, arm, task, k)
        else:
            yield from _real(plan, arm, files[arm.name])


def _virtual(plan: StudyPlan, arm: Arm, task: Task, k: int) -> VirtualPiece:
    assert arm.cohort is not None
    who = person(arm.cohort, plan.seed, k)
    trials = []
    for condition in arm.conditions:
        today = in_session(who, arm.cohort, plan.seed, condition.session)
        for number in range(1, (condition.repeats or arm.repeats) + 1):
            row = Row(
                recording=_name(plan, arm, task, who.name, condition, number),
                arm=arm.name,
                participant=who.name,
                condition=condition.name,
                protocol=task.title,
                trial=number,
                analyzed=condition.analyzed,
                seed=_seed(plan, who.name, condition, number),
            )
            example = k == 0 and number == 1
            kept = plan.keep == "all" or (plan.keep == "examples" and example)
            trials.append(VirtualTrial(row, today, task.protocol, condition.given, kept))
    return VirtualPiece(tuple(trials), plan.settings, arm.observed, plan.seed, plan.pairs)


def _name(
    plan: StudyPlan, arm: Arm, task: Task, who: str, condition: Condition, number: int
) -> str:
    # Where the same people are in several arms, or do several things, the name says so.
    shared = [
        a for a in plan.arms if a.cohort and arm.cohort and a.cohort.prefix == arm.cohort.prefix
    ]
    words = [who]
    words += [arm.name] if len(shared) > 1 else []
    words += [task.title] if len(arm.protocols) > 1 else []
    return " ".join([*words, condition.name, str(number)])


def _seed(plan: StudyPlan, who: str, condition: Condition, number: int) -> int:
    own = (condition.name,) if condition.noise == "own" else ()
    return derived_seed(plan.seed, "noise", who, condition.session, *own, number)


def _real(plan: StudyPlan, arm: Arm, found: Found) -> Iterator[RealPiece]:
    assert arm.recordings is not None
    conditions = {condition.name: condition for condition in arm.conditions}
    names: dict[str, int] = {}
    for entry in found.entries:
        name = entry.path.stem
        names[name] = names.get(name, 0) + 1
        if names[name] > 1:
            name = f"{name} ({names[name]})"
        known = conditions.get(entry.condition)
        yield RealPiece(
            row=_real_row(arm, entry, name, known is None or known.analyzed),
            path=str(entry.path),
            content=sum_of(entry.path),
            within=str(at_home(arm.recordings.folder)),
            settings=plan.settings,
            pairs=plan.pairs,
            decompose=arm.recordings.decompose,
            decomposition=plan.decomposition,
            seed=plan.seed,
            keep=plan.keep,
            options=arm.recordings.options,
            contraction=entry.others.get("contraction", "")
            or str(arm.recordings.contraction or ""),
        )


def _real_row(arm: Arm, entry: Entry, name: str, analyzed: bool) -> Row:
    return Row(
        recording=name,
        arm=arm.name,
        participant=entry.participant,
        condition=entry.condition,
        protocol=entry.protocol,
        trial=entry.trial,
        visit=entry.visit,
        analyzed=analyzed,
        simulated=False,
        source=str(entry.path),
        others=dict(entry.others),
    )
