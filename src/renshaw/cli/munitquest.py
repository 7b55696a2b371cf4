"""``renshaw decompose DATASET --munitquest ENTRY.zip``: an entry for the field's competition."""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from renshaw.cli.failures import FAILED, FINE
from renshaw.cli.findings import printed
from renshaw.cli.progress import Progress, one_line, progress_bar
from renshaw.core.errors import RenshawError, SettingsError
from renshaw.core.files import alone, is_there, make_folder, refuse_place, write_text
from renshaw.core.fingerprint import fingerprint
from renshaw.core.version import __version__
from renshaw.decomposition.munitquest.entry import (
    EVENTS,
    LOG,
    TRUTH,
    munitquest_entry,
    munitquest_zip,
)

if TYPE_CHECKING:
    from renshaw.data.recording import Recording
    from renshaw.decomposition.munitquest.entry import MunitquestEntry
    from renshaw.io import ReadOptions

_MADE_OF = "MadeOf"
_ESTIMATE = "Estimate"


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
    """

    path: Path
    found: Callable[[Recording, Progress], Recording]
    options: ReadOptions | None
    made_of: Mapping[str, Any]


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
    named = _named(source)
    folder = make_folder(entry.path.with_suffix(""))
    failed, rows = 0, []
    with alone(folder), progress_bar(quiet=quiet) as progress:
        for number, (name, file) in enumerate(named.items(), start=1):
            told = _telling(progress, f"{number} of {len(named)}, {name}")
            try:
                rows.append(_row(name, _answer(file, name, source, folder, entry, told)))
            except RenshawError as error:
                failed += 1
                print(f"renshaw: {name}: {one_line(str(error))}", file=sys.stderr)  # noqa: T201
        texts = {
            path.name: path.read_text(encoding="utf-8")
            for row in rows
            for path in (folder / f"{row[0]}{EVENTS}", folder / f"{row[0]}{LOG}")
        }
        if texts:
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


def _named(source: Path) -> dict[str, Path]:
    """Return the recordings by the names that the competition knows them by."""
    from renshaw.study.recordings import recording_files

    files = recording_files(source) if source.is_dir() else [source]
    if not files:
        raise RenshawError(f"{source}: there are no recordings in this folder.")
    named: dict[str, Path] = {}
    for file in files:
        name = file.stem.removesuffix("_emg")
        if name in named:
            raise RenshawError(
                f"{named[name]} and {file} are both called {name}, and the archive has no folders. "
                "Decompose one data set at a time."
            )
        named[name] = file
    return named


def _answer(
    file: Path, name: str, source: Path, folder: Path, entry: Entry, progress: Progress
) -> dict[str, Any]:
    """Return the log of a recording's answer; what is there of the same making stays."""
    from renshaw.io import read

    log = folder / f"{name}{LOG}"
    recording = read(file, options=entry.options)
    made_of = {**entry.made_of, "Recording": recording.fingerprint(), "Version": __version__}
    kept = _kept(log, folder / f"{name}{EVENTS}")
    if kept.get(_MADE_OF) == made_of:
        return kept
    started = time.perf_counter()
    found = entry.found(recording, progress)
    runtime_s = time.perf_counter() - started
    answer = munitquest_entry(found, name)
    estimate = _estimate(answer, found, _truth(source, name))
    events = answer.events()
    write_text(folder / f"{name}{EVENTS}", events)
    # The log is written last: an answer without one is not finished.
    more = {_ESTIMATE: estimate, _MADE_OF: made_of, "Events": fingerprint(events)}
    write_text(log, answer.log(runtime_s, **more))
    return _kept(log, folder / f"{name}{EVENTS}")


def _kept(log: Path, events: Path) -> dict[str, Any]:
    """Return the log of a finished answer; nothing where it is not finished or not whole."""
    try:
        said = json.loads(log.read_text(encoding="utf-8"))
        whole = said["Events"] == fingerprint(events.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return said if whole else {}


def _truth(source: Path, name: str) -> Path | None:
    """Return the file of a recording's true discharges, where the data set has one."""
    if not source.is_dir():
        beside = source.with_name(f"{name}{TRUTH}")
        return beside if is_there(beside) else None
    return next(iter(sorted(source.rglob(f"{name}{TRUTH}"))), None)


def _estimate(answer: MunitquestEntry, found: Recording, truth: Path | None) -> dict[str, Any]:
    """Return the score that this answer would have, and by what it was judged."""
    from renshaw.decomposition.munitquest.score import munitquest_score
    from renshaw.io import read

    emg = dataclasses.replace(found.signal("emg"), start_s=0.0)
    if truth is not None:
        score, judged = munitquest_score(answer.units, read(truth).units), "true discharges"
    else:
        score, judged = munitquest_score(answer.units, emg=emg), "refitted sources"
    counted = sum(unit.points > 0 for unit in score.units)
    return {
        "Score": score.score,
        "JudgedBy": judged,
        "Units": len(answer.units),
        "Counted": counted,
        "TwinsLeftOut": answer.twins,
    }


def _row(name: str, log: Mapping[str, Any]) -> list[str]:
    said = log[_ESTIMATE]
    runtime_s = log["Execution"]["Runtime"]
    return [
        name,
        str(said["Units"]),
        str(said["Counted"]),
        f"{said['Score']:.2f}",
        said["JudgedBy"],
        f"{runtime_s:.0f}",
    ]


def _table(rows: list[list[str]], recordings: int) -> str:
    from renshaw.cli.tables import aligned

    if not rows:
        return ""
    head = ["recording", "units", "that count", "score, our estimate", "judged by", "time (s)"]
    mean = sum(float(row[3]) for row in rows) / recordings
    last = [f"mean of {recordings}", "", "", f"{mean:.2f}", "", ""]
    return aligned([head, *rows, last], left={0, 4})
