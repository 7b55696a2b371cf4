"""``renshaw estimate``: recordings in, a table and a page out."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from renshaw.cli.failures import FAILED, FINE
from renshaw.cli.findings import printed
from renshaw.cli.formats import lists_formats
from renshaw.cli.options import changed, chosen_options, given, options_of, read_options
from renshaw.cli.progress import Progress, one_line, progress_bar
from renshaw.core.errors import ReadError, WriteError, expected, sentence
from renshaw.core.files import not_there
from renshaw.estimation.settings import EstimateSettings
from renshaw.estimation.settings import rules as rules_named

if TYPE_CHECKING:
    from renshaw.core.finding import Finding
    from renshaw.data.estimates import Estimates
    from renshaw.data.recording import Recording
    from renshaw.estimation.multiverse import Multiverse
    from renshaw.io.options import ReadOptions

Options: Any = options_of(rules_named("renshaw"))
Read: Any = read_options()


@lists_formats
def estimate(
    files: Annotated[tuple[Path, ...], Parameter(name="FILE...", negative=())],
    /,
    *,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    rules: str = "renshaw",
    multiverse: bool = True,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative=())] = False,
    read: Annotated[Read | None, Parameter(name="*")] = None,
    options: Annotated[Options | None, Parameter(name="*")] = None,
) -> int:
    """Estimate how strongly persistent inward currents amplify, from decomposed motor units.

    Prints a short table. With -o also writes DIR/estimates.csv (every value, with the reason where
    it fails a rule) and DIR/report.html; several files get a page each, and report.html lists them.

    renshaw quantities lists what is measured.

    Files are recognized by their content: {units}. A file that can't be used is named, the others
    are done all the same.

    Examples:

        renshaw estimate ramp.mat -o results

        renshaw estimate *.json --rules openhdemg -o results

        renshaw estimate ramp.h5 --smoothing.method hann --delta-f.recruitment-gap-s 2

    Parameters
    ----------
    files
        Recordings with decomposed motor units.
    out
        Folder for estimates.csv and report.html; made where it does not exist.
    rules
        Rule set that the settings below start from: renshaw (whose values are shown) or openhdemg.
    multiverse
        Also analyze each recording with every combination of smoother and criteria.
    quiet
        Show no progress.
    """
    settings, reading = changed(rules_named(rules), given(options)), chosen_options(read)
    if out is not None:
        from renshaw.cli.folder import results_folder

        results_folder(out)
        _refuse_inputs(files, out)
    asked = rules if not given(options) else settings
    with progress_bar(quiet=quiet) as progress:
        done, findings, refused, written = _all(files, reading, asked, out, multiverse, progress)
    for words in refused:
        print(f"renshaw: {one_line(words)}", file=sys.stderr)  # noqa: T201
    if done:
        _show(done, findings, out, pages=written)
    return FAILED if refused else FINE


def _all(
    files: Sequence[Path],
    reading: ReadOptions,
    asked: EstimateSettings | str,
    out: Path | None,
    multiverse: bool,
    progress: Progress,
) -> tuple[list[Estimates], list[Finding], list[str], bool]:
    from renshaw.cli.folder import page_names
    from renshaw.data.estimates import gathered
    from renshaw.data.estimates_file import write_estimates
    from renshaw.findings.recording import measured
    from renshaw.reports.report import report

    names: list[str] = []
    done: list[Estimates] = []
    findings: list[Finding] = []
    refused: list[str] = []
    written = False
    for n, path in enumerate(files):
        try:
            recording = _read(path, reading, names)
            steps = _Steps(progress, n, len(files), recording.name)
            estimates = _estimated(recording, asked, steps)
            names.append(recording.name)
            done.append(estimates)
            _say_undecomposed(recording, path)
            universes = None
            if out is not None:
                universes = _universes(recording, asked, steps) if multiverse else None
                page = out / ("report.html" if len(files) == 1 else page_names(names)[-1])
                steps(2, "report of")
                report(recording, page, estimates=estimates, multiverse=universes)
                written = True
            findings = list(measured(recording, estimates, universes))
        except Exception as error:
            if not expected(error):
                raise
            refused.append(sentence(error))
    if out is not None and done:
        write_estimates(gathered(done), out / "estimates.csv")
        if len(files) > 1:
            pages = page_names(names)
            report(gathered(done), out / "report.html", links=pages, refused=refused)
            written = True
    if len(done) > 1:
        findings = list(gathered(done).findings())
    return done, findings, refused, written


def _say_undecomposed(recording: Recording, path: Path) -> None:
    """Say what to do with a recording of nothing but raw EMG, whose table stays empty."""
    if "emg" in recording.signals and not len(recording.units):
        words = f"{one_line(recording.name)} has raw EMG and no motor units yet; find them first: "
        print(f"renshaw: {words}renshaw decompose {path} -o rec.h5", file=sys.stderr)  # noqa: T201


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


def _read(path: Path, reading: ReadOptions, taken: Sequence[str]) -> Recording:
    from renshaw.io import read

    if not path.exists():
        raise ReadError(not_there(path, "the path of a recording with motor units"))
    recording = read(path, options=reading)
    name, n = recording.name, 1
    while name in taken:
        n += 1
        name = f"{recording.name} ({n})"
    return recording if n == 1 else replace(recording, name=name)


def _refuse_inputs(files: Sequence[Path], out: Path) -> None:
    """Refuse a folder in which a recording would be overwritten by what is written about it."""
    for target in (out / "estimates.csv", out / "report.html"):
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


def _show(
    done: Sequence[Estimates], findings: Sequence[Finding], out: Path | None, *, pages: bool
) -> None:
    from renshaw.cli.tables import overview, summary
    from renshaw.data.estimates import gathered

    table = summary(done[0]) if len(done) == 1 else overview(gathered(done))
    if out is None:
        hint = "Use -o DIR to write every value and a report."
        printed(findings, table, hint=hint)
    else:
        written = [out / "estimates.csv", *([out / "report.html"] if pages else [])]
        printed(findings, table, written=written)
