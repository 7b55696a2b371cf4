"""``renshaw estimate``: recordings in, a table and a page out."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from renshaw.cli.failures import FAILED, FINE
from renshaw.cli.findings import printed
from renshaw.cli.formats import lists_formats
from renshaw.cli.inputs import recordings_of
from renshaw.cli.options import MaybeWhole, changed, chosen_options, given, options_of, read_options
from renshaw.cli.progress import Progress, one_line, progress_bar
from renshaw.core.errors import ReadError, RenshawError, WriteError, expected, sentence
from renshaw.core.files import not_there
from renshaw.estimation.settings import EstimateSettings
from renshaw.estimation.settings import rules as rules_named

if TYPE_CHECKING:
    from renshaw.core.finding import Finding
    from renshaw.data.estimates import Estimates
    from renshaw.data.recording import Recording
    from renshaw.estimation.multiverse import Multiverse
    from renshaw.io.options import ReadOptions
    from renshaw.study.before_after import BeforeAfter

Options: Any = options_of(rules_named("renshaw"))
Read: Any = read_options()
# Recordings that are kept to be held against each other: they can be large.
_MOST_SESSIONS = 6


@lists_formats
def estimate(
    files: Annotated[tuple[Path, ...], Parameter(name="FILE...", negative=())],
    /,
    *,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    rules: str = "renshaw",
    multiverse: bool = True,
    before_after: bool | None = None,
    match: Literal["track", "labels", "none"] = "track",
    contraction: MaybeWhole = None,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative=())] = False,
    read: Annotated[Read | None, Parameter(name="*")] = None,
    options: Annotated[Options | None, Parameter(name="*")] = None,
) -> int:
    """Estimate how strongly persistent inward currents amplify, from decomposed motor units.

    Prints a short table. With -o also writes DIR/estimates.csv (every value, with the reason where
    it fails a rule) and DIR/report.html; several files get a page each, and report.html lists them.

    A folder stands for the recordings in it and below; a quoted pattern ('data/**/*.mat') for the
    files that match. Files of one name are told apart by their folders.

    Two recordings of one person are a before and an after: report.html opens with the difference.
    They are taken for one where both name the same participant, or where their paths differ only
    in a word for the session (pre and post, ses-1 and ses-2); why is said.

    renshaw quantities lists what is measured.

    Files are recognized by their content: {units}. A file that can't be used is named, the others
    are done all the same.

    Examples:

        renshaw estimate ramp.mat -o results

        renshaw estimate *.json --rules openhdemg -o results

        renshaw estimate data/ -o results

        renshaw estimate P01/pre/ramp.mat P01/post/ramp.mat -o P01

        renshaw estimate two_ramps.mat --contraction 2

        renshaw estimate ramp.h5 --smoothing.method hann --delta-f.recruitment-gap-s 2

    Parameters
    ----------
    files
        Recordings with decomposed motor units, folders of them, or quoted patterns.
    out
        Folder for estimates.csv and report.html; made where it does not exist.
    rules
        Rule set that the settings below start from: renshaw (whose values are shown) or openhdemg.
    multiverse
        Also analyze each recording with every combination of smoother and criteria.
    before_after
        Take two recordings as a before and an after, the first as before; or as two recordings.
        Not given: told by participant and names. Of three to six recordings, each later session of
        a person is held against the first.
    match
        Which units of a before and an after are the same: track (told by their action potentials,
        where both hold raw EMG), labels (those of the same label), or none.
    contraction
        Number of the one contraction that is estimated, where a recording holds several. Not given:
        each by itself, and means over them.
    quiet
        Show no progress.
    """
    settings, reading = changed(rules_named(rules), given(options)), chosen_options(read)
    paths, refused = recordings_of(files, out)
    if out is not None:
        from renshaw.cli.folder import results_folder

        results_folder(out)
        _refuse_inputs(paths, out)
    if before_after and len(paths) != 2:
        raise RenshawError(
            "--before-after takes two recordings of one person, the earlier first, not "
            f"{len(paths)}."
        )
    asked = rules if not given(options) else settings
    work = _Work(reading, asked, out, multiverse, before_after, contraction)
    with progress_bar(quiet=quiet) as progress:
        done = _all(paths, work, match, progress)
    for words in (*refused, *done.refused):
        print(f"renshaw: {one_line(words)}", file=sys.stderr)  # noqa: T201
    if done.estimates:
        _show(done, out)
    return FAILED if refused or done.refused else FINE


@dataclass(frozen=True)
class _Work:
    """What is done with every file."""

    reading: ReadOptions
    asked: EstimateSettings | str
    out: Path | None
    multiverse: bool
    before_after: bool | None
    contraction: int | None


@dataclass
class _Done:
    """What came of all files, in the order in which they were given."""

    names: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    written: list[Path] = field(default_factory=list)
    estimates: list[Estimates] = field(default_factory=list)
    # Kept only where there may be a before and an after: recordings can be large.
    recordings: list[Recording] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    change: BeforeAfter | None = None
    # Of more recordings: each later session against the first of the same person, and its page.
    changes: list[BeforeAfter] = field(default_factory=list)
    change_pages: list[str] = field(default_factory=list)


def _all(paths: Sequence[Path], work: _Work, match: str, progress: Progress) -> _Done:
    from renshaw.cli.folder import page_names
    from renshaw.data.estimates import gathered
    from renshaw.data.estimates_file import write_estimates
    from renshaw.data.names import telling_names
    from renshaw.reports.report import report

    done = _Done()
    names = telling_names(paths)
    pages = ["report.html"] if len(paths) == 1 else page_names(list(names))
    for n, (path, name, page) in enumerate(zip(paths, names, pages, strict=True)):
        try:
            recording = _part(_read(path, work.reading, name), work)
            _one(recording, page, done, work, _Steps(progress, n, len(paths), name))
        except Exception as error:
            if not expected(error):
                raise
            done.refused.append(sentence(error))
            continue
        _say_undecomposed(recording, path)
        if 1 < len(paths) <= _MOST_SESSIONS and work.before_after is not False:
            done.recordings.append(recording)
    if len(done.recordings) == 2 and len(paths) == 2:
        _compare(done, work, match)
    elif len(done.estimates) > 1:
        done.findings = list(gathered(done.estimates).findings())
        _compare_sessions(done, work, match)
    if work.out is not None and done.estimates:
        table = write_estimates(gathered(done.estimates), work.out / "estimates.csv")
        if len(paths) > 1 and done.change is None:
            whole, index = gathered(done.estimates), work.out / "report.html"
            more = list(zip(done.changes, done.change_pages, strict=False))
            done.written.append(
                report(whole, index, links=done.pages, refused=done.refused, differences=more)
            )
        done.written.insert(0, table)
    return done


def _part(recording: Recording, work: _Work) -> Recording:
    """Return the contraction that was asked for, or the whole recording."""
    if work.contraction is None:
        return recording
    from renshaw.estimation.contractions.contractions import contractions

    settings = rules_named(work.asked) if isinstance(work.asked, str) else work.asked
    how = settings.contractions
    if how.find == "never":
        how = how.replace(find="auto")
    return contractions(recording, how).part(work.contraction)


def _one(recording: Recording, page: str, done: _Done, work: _Work, steps: _Steps) -> None:
    """Estimate one recording, and write its page where there is a folder for it."""
    from renshaw.findings.recording import measured
    from renshaw.reports.report import report

    estimates = _estimated(recording, work.asked, steps)
    done.names.append(recording.name)
    done.pages.append(page)
    done.estimates.append(estimates)
    done.findings = list(measured(recording, estimates))
    if work.out is None:
        return
    universes = _universes(recording, work.asked, steps) if work.multiverse else None
    steps(2, "report of")
    written = report(recording, work.out / page, estimates=estimates, multiverse=universes)
    if written.name == "report.html":
        done.written.append(written)
    done.findings = list(measured(recording, estimates, universes))


def _compare(done: _Done, work: _Work, match: str) -> None:
    """Hold two recordings of one person against each other, if that is what they are."""
    from renshaw.data.estimates import gathered
    from renshaw.estimation.estimate import estimated_together
    from renshaw.reports.report import report
    from renshaw.study.before_after import BeforeAfterSettings, before_after
    from renshaw.study.sessions import BeforeAndAfter, before_and_after

    said = BeforeAndAfter(0, "--before-after says so") if work.before_after else None
    order = said or before_and_after(done.recordings)
    if order is None:
        done.findings = list(gathered(done.estimates).findings())
        return
    if order.first == 1:
        for each in (done.names, done.pages, done.estimates, done.recordings):
            each.reverse()
    before, after = done.recordings
    done.change = before_after(
        before,
        after,
        BeforeAfterSettings(match=match),
        estimates=estimated_together(done.recordings, done.estimates, work.asked),
        why=order.why,
    )
    done.findings = list(done.change.findings())
    if work.out is not None:
        table, page = work.out / "difference.csv", work.out / "report.html"
        done.written.append(done.change.save(table))
        done.written.append(report(done.change, page, recordings=done.recordings, links=done.pages))


def _compare_sessions(done: _Done, work: _Work, match: str) -> None:
    """Hold each later recording of a person against the first, among three or more."""
    from renshaw.cli.folder import page_names
    from renshaw.estimation.estimate import estimated_together
    from renshaw.reports.report import report
    from renshaw.study.before_after import BeforeAfterSettings, before_after
    from renshaw.study.sessions import sessions_of_people

    for person in sessions_of_people(done.recordings):
        first, *later = person.order
        for k, why in zip(later, person.why, strict=True):
            pair = (done.recordings[first], done.recordings[k])
            estimates = [done.estimates[first], done.estimates[k]]
            change = before_after(
                pair[0],
                pair[1],
                BeforeAfterSettings(match=match),
                estimates=estimated_together(pair, estimates, work.asked),
                why=why,
            )
            done.changes.append(change)
            done.findings += change.findings()
            if work.out is None:
                continue
            (page,) = page_names([f"{change.names[0]} and {change.names[1]}"])
            links = [done.pages[first], done.pages[k]]
            report(change, work.out / page, recordings=pair, links=links)
            done.change_pages.append(page)
    if work.out is not None and done.changes:
        done.written.append(_differences(done.changes, work.out / "difference.csv"))


def _differences(changes: Sequence[BeforeAfter], path: Path) -> Path:
    """Write the differences of several recordings to one table."""
    import pandas as pd

    from renshaw.core.files import write_csv

    tables = []
    for change in changes:
        table = change.to_table()
        for place, name in enumerate(change.names):
            table.insert(place, ("recording_before", "recording_after")[place], name)
        tables.append(table)
    return write_csv(path, pd.concat(tables))


def _say_undecomposed(recording: Recording, path: Path) -> None:
    """Say what to do with a recording of nothing but raw EMG, whose table stays empty."""
    if "emg" in recording.signals and not len(recording.units):
        words = f"{recording.name} has raw EMG and no motor units yet; find them first: "
        words += f"renshaw decompose {path} -o rec.h5"
        print(f"renshaw: {one_line(words)}", file=sys.stderr)  # noqa: T201


class _Steps:
    """Progress within several files, each of which has three parts."""

    PARTS = 3

    def __init__(self, progress: Progress, file: int, files: int, name: str) -> None:
        self._progress, self._before, self._total, self._name = (
            progress,
            file * self.PARTS,
            files * self.PARTS,
            name,
        )

    def __call__(self, part: int, what: str) -> None:
        self._progress(self._before + part, self._total, f"{what} {self._name}")


def _read(path: Path, reading: ReadOptions, name: str) -> Recording:
    from renshaw.io import read

    if not path.exists():
        raise ReadError(not_there(path, "the path of a recording with motor units"))
    return replace(read(path, options=reading), name=name)


def _refuse_inputs(files: Sequence[Path], out: Path) -> None:
    """Refuse a folder in which a recording would be overwritten by what is written about it."""
    for target in (out / name for name in ("estimates.csv", "difference.csv", "report.html")):
        for path in files:
            if path.exists() and target.exists() and path.samefile(target):
                raise WriteError(
                    f"{path}: This file would be overwritten; choose another folder for -o."
                )


def _estimated(recording: Recording, asked: EstimateSettings | str, steps: _Steps) -> Estimates:
    from renshaw.estimation.estimate import estimate as estimate_verb

    steps(0, "estimating")
    return estimate_verb(recording, asked)


def _universes(
    recording: Recording, asked: EstimateSettings | str, steps: _Steps
) -> Multiverse | None:
    from renshaw.estimation.estimate import involuntary
    from renshaw.estimation.multiverse import multiverse as multiverse_of

    if involuntary(recording):
        return None
    steps(1, "multiverse of")
    return multiverse_of(recording, base=asked)


def _show(done: _Done, out: Path | None) -> None:
    from renshaw.cli.tables import differences, overview, summary
    from renshaw.data.estimates import gathered

    several = len(done.estimates) > 1
    tables = [overview(gathered(done.estimates)) if several else summary(done.estimates[0])]
    for change in [done.change] if done.change is not None else done.changes:
        heading = f"{one_line(change.names[1])} against {one_line(change.names[0])}\n"
        tables.append(("" if done.change is not None else heading) + differences(change))
    if out is None:
        printed(done.findings, *tables, hint="Use -o DIR to write every value and a report.")
    else:
        printed(done.findings, *tables, written=done.written)
