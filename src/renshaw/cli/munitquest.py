"""``renshaw decompose DATASET --munitquest ENTRY.zip``: an entry for the field's competition."""

from __future__ import annotations

import dataclasses
import json
import math
import sys
import time
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from renshaw.cli.failures import FAILED, FINE
from renshaw.cli.findings import printed
from renshaw.cli.progress import Progress, one_line, progress_bar
from renshaw.core.errors import DataError, RenshawError, SettingsError
from renshaw.core.files import (
    alone,
    is_there,
    make_folder,
    not_there,
    refuse_place,
    write_text,
    writing,
)
from renshaw.core.fingerprint import fingerprint
from renshaw.core.received import LARGEST_CSV_BYTES, bytes_of, text_of
from renshaw.core.version import __version__
from renshaw.decomposition.munitquest.entry import (
    EVENTS,
    LOG,
    NO_ADDRESS,
    TRUTH,
    munitquest_entry,
    munitquest_zip,
)

if TYPE_CHECKING:
    from renshaw.data.motor_units import MotorUnits
    from renshaw.data.recording import Recording
    from renshaw.data.signal import Signal
    from renshaw.decomposition.munitquest.entry import MunitquestEntry
    from renshaw.io import ReadOptions

_MADE_OF = "MadeOf"
_ESTIMATE = "Estimate"
_WHY = "Why"
_LOG = "Log"
_NO_SIGNS = ("Cc", "Cs")
# True discharges after the end of the EMG by more than this are of another recording.
_LATER_S = 1.0


@dataclass(frozen=True)
class Entry:
    """How an entry is made.

    Parameters
    ----------
    path : Path
        Of the archive.
    found : callable
        Decomposes a recording, and tells its progress.
    options : ReadOptions
        How files are read.
    made_of : mapping
        What a result depends on besides the recording: settings and seed.
    code_url : str
        Where the code of the entry can be had, for the logs.
    """

    path: Path
    found: Callable[[Recording, Progress], Recording]
    options: ReadOptions | None
    made_of: Mapping[str, Any]
    code_url: str = NO_ADDRESS


def enter(source: Path, entry: Entry, *, quiet: bool = False) -> int:
    """Decompose a recording or a data set, and write the archive; finished ones are not redone.

    Parameters
    ----------
    source : Path
        A recording, or a folder of them.
    entry : Entry
    quiet : bool
        Show no progress.
    """
    if entry.path.suffix.lower() != ".zip":
        raise SettingsError(
            f"--munitquest {entry.path}: the competition takes a file that ends in .zip."
        )
    refuse_place(entry.path)
    if not is_there(source):
        raise RenshawError(not_there(source, "a recording, or a folder of them"))
    folder = entry.path.with_suffix("")
    if source.is_dir() and folder.resolve() == source.resolve():
        raise SettingsError(
            f"--munitquest {entry.path}: answers are kept in a folder of the same name, and that "
            "is the data set. Give the archive another name."
        )
    named = _named(source, folder)
    make_folder(folder)
    failed, done, rows = 0, [], []
    with alone(folder), progress_bar(quiet=quiet) as progress:
        for number, (name, file) in enumerate(named.items(), start=1):
            told = _telling(progress, f"{number} of {len(named)}, {name}")
            try:
                log = _answer(file, name, source, folder, entry, told)
                done.append(name)
                rows.append(_row(name, log))
                if why := log[_ESTIMATE][_WHY]:
                    print(f"renshaw: {name}: {one_line(why)}", file=sys.stderr)  # noqa: T201
            except RenshawError as error:
                failed += 1
                print(f"renshaw: {name}: {one_line(str(error))}", file=sys.stderr)  # noqa: T201
        texts = {
            path.name: path.read_text(encoding="utf-8")
            for name in done
            for path in (folder / f"{name}{EVENTS}", folder / f"{name}{LOG}")
        }
        if texts:
            with writing(entry.path):
                munitquest_zip(texts, entry.path)
    printed((), _table(rows, len(named)), written=[entry.path] if texts else [])
    if failed:
        print(  # noqa: T201
            f"renshaw: {failed} of {len(named)} recordings failed and count 0.", file=sys.stderr
        )
    return FAILED if failed else FINE


def _telling(progress: Progress, where: str) -> Progress:
    """Return a callback that also says which recording is at work."""
    return lambda done, total, what: progress(done, total, f"{where}: {what}")


def _named(source: Path, folder: Path) -> dict[str, Path]:
    """Return the recordings by the names that the competition knows them by.

    Answers, our own in `folder` too, and true discharges are none.
    """
    from renshaw.study.recordings import recording_files

    files = recording_files(source) if source.is_dir() else [source]
    if source.is_dir():
        own = folder.resolve()
        files = [
            file
            for file in files
            if not file.name.endswith((EVENTS, LOG, TRUTH)) and own not in file.resolve().parents
        ]
    if not files:
        raise RenshawError(f"{source}: there are no recordings in this folder.")
    named: dict[str, Path] = {}
    for file in files:
        name = _bare(file.name.removesuffix(".gz")).removesuffix("_emg")
        if name in named:
            raise RenshawError(
                f"{named[name]} and {file} are both called {name}, and the archive has no folders. "
                "Decompose one data set at a time."
            )
        named[name] = file
    return named


def _bare(name: str) -> str:
    """Return a file's name without its ending; dots within belong to the name."""
    from renshaw.io import ending_of

    return name[: len(name) - len(ending_of(name) or Path(name).suffix)]


def _answer(
    file: Path, name: str, source: Path, folder: Path, entry: Entry, progress: Progress
) -> dict[str, Any]:
    """Return the log of a recording's answer; what is there of the same making stays."""
    from renshaw.io import read

    if any(unicodedata.category(sign) in _NO_SIGNS for sign in name):
        raise DataError(
            "Its name has control characters, or bytes that are no text, and the archive can't "
            "hold it: rename the file."
        )
    log = folder / f"{name}{LOG}"
    recording, truth = read(file, options=entry.options), _truth(source, name)
    made_of = {
        **entry.made_of,
        "Recording": recording.fingerprint(),
        "Truth": _content(truth),
        "CodeURL": entry.code_url,
        "Version": __version__,
    }
    # As it is read back: tuples are lists there.
    made_of = json.loads(json.dumps(made_of))
    kept = _kept(log, folder / f"{name}{EVENTS}")
    if kept.get(_MADE_OF) == made_of:
        return kept
    started = time.perf_counter()
    found = entry.found(recording, progress)
    runtime_s = time.perf_counter() - started
    answer = munitquest_entry(found, name)
    estimate = _estimate(answer, found, truth)
    events = answer.events()
    table = folder / f"{name}{EVENTS}"
    with writing(table):
        write_text(table, events)
    # The log is written last: an answer without one is not finished.
    more = {_ESTIMATE: estimate, _MADE_OF: made_of, "Events": fingerprint(events)}
    whole = {_LOG: fingerprint(answer.log(runtime_s, entry.code_url, **more))}
    with writing(log):
        write_text(log, answer.log(runtime_s, entry.code_url, **more, **whole))
    return _kept(log, table)


def _kept(log: Path, events: Path) -> dict[str, Any]:
    """Return the log of a finished answer; nothing where it is not finished or not whole.

    The folder may have been anywhere meanwhile: whatever is in it, it is made anew or ours.
    """
    try:
        said = json.loads(text_of(log))
        table = bytes_of(events, LARGEST_CSV_BYTES).decode("utf-8")
        rest = {key: value for key, value in said.items() if key != _LOG}
        whole = (
            said["Events"] == fingerprint(table)
            and said[_LOG] == fingerprint(json.dumps(rest, indent=2) + "\n")
            and _is_told(said)
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return {}
    return said if whole else {}


def _is_told(said: Mapping[str, Any]) -> bool:
    """Whether a log says all that the table shows, of the right kinds."""
    estimate, runtime_s = said[_ESTIMATE], said["Execution"]["Runtime"]
    score = estimate["Score"]
    return (
        all(type(estimate[key]) is int for key in ("Units", "Counted"))
        and all(isinstance(estimate[key], str) for key in ("JudgedBy", _WHY))
        and (score is None or (isinstance(score, float) and math.isfinite(score)))
        and isinstance(runtime_s, float)
        and math.isfinite(runtime_s)
    )


def _truth(source: Path, name: str) -> Path | None:
    """Return the file of a recording's true discharges, where the data set has one."""
    wanted = f"{name}{TRUTH}"
    if not source.is_dir():
        beside = source.with_name(wanted)
        return beside if is_there(beside) else None
    # By comparison: a name may hold signs that a pattern takes for others.
    return min((path for path in source.rglob(f"*{TRUTH}") if path.name == wanted), default=None)


def _content(truth: Path | None) -> str:
    """Return what tells whether the true discharges are others than before."""
    if truth is None:
        return ""
    try:
        return fingerprint(bytes_of(truth, LARGEST_CSV_BYTES).hex())
    except (OSError, RenshawError):
        # What can't be read is no truth, and is said so.
        return "unread"


def _true_units(truth: Path, emg: Signal) -> MotorUnits:
    """Return the true units of an EMG, or say why these can't be its own."""
    from renshaw.io import read

    units = read(truth).units
    last_s = max((float(times[-1]) for times in units.times_s if len(times)), default=None)
    if last_s is None:
        raise DataError(f"{truth.name}: it has no true discharges.")
    lasts_s = len(emg.values) / emg.fs_hz
    if last_s > lasts_s + _LATER_S:
        raise DataError(
            f"{truth.name}: it is of another recording, as its last discharge is at {last_s:.1f} s "
            f"and the EMG ends at {lasts_s:.1f} s."
        )
    return units


def _estimate(answer: MunitquestEntry, found: Recording, truth: Path | None) -> dict[str, Any]:
    """Return the score that this answer would have, by what it was judged, and why not otherwise.

    What can't be judged is handed in all the same.
    """
    from renshaw.decomposition.munitquest.score import munitquest_score

    emg = dataclasses.replace(found.signal("emg"), start_s=0.0)
    score, judged, why = None, "nothing", []
    if truth is not None:
        try:
            score = munitquest_score(answer.units, _true_units(truth, emg))
            judged = "true discharges"
        except RenshawError as error:
            why.append(f"{str(error).rstrip('.')}. The answer is not judged by it.")
    if score is None:
        try:
            score = munitquest_score(answer.units, emg=emg)
            judged = "refitted sources"
        except RenshawError as error:
            why.append(f"What the answer scores can't be told. {error}")
    return {
        "Score": None if score is None else score.score,
        "JudgedBy": judged,
        "Units": len(answer.units),
        "Counted": 0 if score is None else sum(unit.points > 0 for unit in score.units),
        "TwinsLeftOut": answer.twins,
        _WHY: " ".join(why),
    }


def _row(name: str, log: Mapping[str, Any]) -> list[str]:
    said = log[_ESTIMATE]
    runtime_s, score = log["Execution"]["Runtime"], said["Score"]
    return [
        one_line(name),
        str(said["Units"]),
        "" if score is None else str(said["Counted"]),
        "" if score is None else f"{score:.2f}",
        said["JudgedBy"],
        f"{runtime_s:.0f}",
    ]


def _table(rows: list[list[str]], recordings: int) -> str:
    from renshaw.cli.tables import aligned

    if not rows:
        return ""
    head = ["recording", "units", "that count", "score, our estimate", "judged by", "time (s)"]
    # Those that failed count 0; what those that can't be judged count nobody knows.
    scores = [float(row[3]) for row in rows if row[3]]
    judged = recordings - len(rows) + len(scores)
    mean = f"{sum(scores) / judged:.2f}" if scores else ""
    last = [f"mean of {judged}", "", "", mean, "", ""]
    return aligned([head, *rows, last], left={0, 4})
