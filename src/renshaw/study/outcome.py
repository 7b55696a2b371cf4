"""One piece of a study, done: simulate or read, then estimate. This is what a worker runs."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from renshaw.core.errors import DataError, RenshawError, sentence
from renshaw.core.machine import arithmetic
from renshaw.core.made_of import MadeOf
from renshaw.data.estimates import Estimate
from renshaw.data.recording import Recording, without_emg
from renshaw.data.suspicion import suspicions
from renshaw.decomposition.decompose import decompose
from renshaw.decomposition.workers import at_most
from renshaw.estimation.contractions.contractions import contractions
from renshaw.estimation.estimate import rows_of
from renshaw.experiment.observation import observe
from renshaw.experiment.simulate import Trial, simulate_many
from renshaw.io import read, write
from renshaw.study.pieces import (
    Piece,
    RealPiece,
    Row,
    VirtualPiece,
    VirtualTrial,
    code_fingerprint,
)

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Failure:
    """A recording that gave no numbers, and why."""

    recording: str
    arm: str
    reason: str


@dataclass(frozen=True)
class Outcome:
    """What a piece gave.

    Parameters
    ----------
    rows : tuple of dict
        One a recording: that of the design, and its fingerprint and notes.
    estimates : tuple of Estimate
    files : dict of str to bytes
        Recordings that are kept, by name, as renshaw .h5.
    failures : tuple of Failure
    code : str
        Fingerprint of the program that did it.
    machine : str
        What the last digits depend on beside the program (`renshaw.core.machine.arithmetic`).
    made_of : MadeOf
        The file that was read, and everything read or looked for beside it.
    """

    rows: tuple[dict[str, Any], ...] = ()
    estimates: tuple[Estimate, ...] = ()
    files: dict[str, bytes] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()
    code: str = ""
    machine: str = ""
    made_of: MadeOf = field(default_factory=MadeOf)


def outcome_of(piece: Piece, threads: int | None = 1, progress: Progress | None = None) -> Outcome:
    """Do a piece; what goes wrong with a recording becomes a `Failure`.

    Parameters
    ----------
    piece : Piece
    threads : int, optional
        For the simulation or decomposition; as many as there are cores if None. The numbers don't
        depend on it.
    progress : callable, optional
        Called with (done, total, what) while simulating or decomposing.
    """
    try:
        if isinstance(piece, RealPiece):
            outcome = _real(piece, threads, progress)
        else:
            outcome = _virtual(piece, threads, progress)
    except Exception as error:
        # One bad recording must not stop the others; its name and reason are in the report.
        outcome = failed(piece, sentence(error))
    return replace(outcome, code=code_fingerprint(), machine=arithmetic())


def failed(piece: Piece, reason: str) -> Outcome:
    """Return that every recording of a piece gave nothing, and why."""
    return Outcome(failures=tuple(Failure(r.recording, r.arm, reason) for r in piece.rows))


def _real(piece: RealPiece, threads: int | None, progress: Progress | None) -> Outcome:
    found = read(piece.path, options=piece.options, within=piece.within)
    if piece.content and piece.content not in found.made_of.files.values():
        raise DataError(f"{piece.name} changed meanwhile.", hint="Run the study again.")
    recording = replace(
        found,
        name=piece.row.recording,
        participant=piece.row.participant,
    )
    if not to_decompose(recording, piece.decompose):
        estimates = _estimates(recording, piece)
        return Outcome((_row(piece.row, recording),), estimates, made_of=recording.made_of)
    with at_most(threads):
        found = decompose(recording, piece.decomposition, seed=piece.seed, progress=progress)
    files = {}
    if piece.keep != "none":
        kept = found if piece.keep == "all" else without_emg(found)
        files[piece.row.recording] = _as_bytes(kept)
    row = {**_row(piece.row, found), "fingerprint": recording.fingerprint(), "decomposed": True}
    return Outcome((row,), _estimates(found, piece), files, made_of=recording.made_of)


def to_decompose(recording: Recording, which: str) -> bool:
    """Whether a recording is decomposed before it is measured.

    Parameters
    ----------
    recording : Recording
    which : str
        ``"raw"``: with the EMG of a grid and no units; ``"all"``: with the EMG of a grid;
        ``"none"``.
    """
    emg = recording.signals.get("emg")
    if which == "none" or emg is None or emg.values.ndim != 2:
        return False
    return which == "all" or not len(recording.units)


def _virtual(piece: VirtualPiece, threads: int | None, progress: Progress | None) -> Outcome:
    rows: list[dict[str, Any]] = []
    estimates: list[Estimate] = []
    files: dict[str, bytes] = {}
    failures: list[Failure] = []
    trials: list[Trial] = []
    planned: list[VirtualTrial] = []
    for each in piece.trials:
        row = each.row
        trial = Trial(each.participant, each.protocol, each.given, row.seed, row.recording)
        try:
            # What is given acts here, once: one that fails takes no other condition with it.
            _ = trial.edited
        except RenshawError as error:
            failures.append(Failure(row.recording, row.arm, str(error)))
            continue
        trials.append(trial)
        planned.append(each)
    recordings = simulate_many(trials, threads=threads, progress=progress) if trials else []
    for each, recording in zip(planned, recordings, strict=True):
        try:
            if piece.observed is not None:
                recording = observe(recording, piece.observed, seed=piece.seed)
            estimates += _estimates(recording, piece)
        except RenshawError as error:
            failures.append(Failure(each.row.recording, each.row.arm, str(error)))
            continue
        rows.append(_row(each.row, recording))
        if each.kept:
            files[each.row.recording] = _as_bytes(recording)
    return Outcome(tuple(rows), tuple(estimates), files, tuple(failures))


def _estimates(recording: Recording, piece: Piece) -> tuple[Estimate, ...]:
    if isinstance(piece, RealPiece) and piece.contraction:
        recording = _contraction(recording, piece)
    rows = rows_of(recording, piece.settings)
    return tuple(row for row in rows if piece.pairs or row.control == 0)


def _contraction(recording: Recording, piece: RealPiece) -> Recording:
    """Return the one contraction that the study asks for."""
    if not piece.contraction.isdecimal() or not int(piece.contraction):
        raise DataError(
            f"{piece.name}: its contraction is {piece.contraction!r}, no number from 1.",
            hint="Leave the column contraction empty for all of them.",
        )
    how = piece.settings.contractions
    how = how.replace(find="auto") if how.find == "never" else how
    return contractions(recording, how).part(int(piece.contraction))


def _row(row: Row, recording: Recording) -> dict[str, Any]:
    plain = {name: value for name, value in vars(row).items() if name != "others"}
    found = {
        "fingerprint": recording.fingerprint(),
        "notes": " ".join(recording.notes),
        "suspected": " ".join(map(str, suspicions(recording))),
        "decomposed": False,
        "motor_units": len(recording.units),
        "motor_units_doubtful": sum(map(bool, recording.units.flags)),
        "channels_bad": sum(int((~grid.good).sum()) for grid in recording.grids),
    }
    return {**row.others, **plain, **found}


def _as_bytes(recording: Recording) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return write(recording, Path(folder) / "recording.h5").read_bytes()
