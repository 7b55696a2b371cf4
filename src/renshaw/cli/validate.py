"""``renshaw validate``: does the model do what people do? Every target, with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from renshaw.cli.failures import FINE
from renshaw.cli.findings import printed
from renshaw.cli.folder import results_folder
from renshaw.cli.formats import lists_formats
from renshaw.cli.options import (
    MaybeWhole,
    Whole,
    changed,
    chosen_options,
    given,
    options_of,
    read_options,
)
from renshaw.cli.progress import Progress, progress_bar
from renshaw.core.errors import ReadError, SettingsError, WriteError
from renshaw.core.files import not_there, write_csv
from renshaw.validation.against_recordings import RecordingValidationSettings
from renshaw.validation.model_against_people import ModelValidationSettings

if TYPE_CHECKING:
    from renshaw.core.finding import Finding
    from renshaw.data.recording import Recording
    from renshaw.io.options import ReadOptions
    from renshaw.validation.against_recordings import RecordingValidation


def _several(name: str) -> Parameter:
    """Return an option that several values may follow."""
    return Parameter(name=name, negative=(), consume_multiple=True)


_Settings: Any = options_of(ModelValidationSettings(), "People")
_Held: Any = options_of(
    RecordingValidationSettings(), "With --recording", 20, without=("people", "trials", "edition")
)
_Read: Any = read_options("muscle")


@lists_formats
def validate(
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"])] = Path("validation"),
    recording: Annotated[tuple[Path, ...], _several("--recording")] = (),
    muscle: Annotated[tuple[str, ...], _several("--muscle")] = (),
    peak_pct_mvc: Annotated[tuple[float, ...], _several("--peak-pct-mvc")] = (),
    targets: bool | None = None,
    seed: Whole = 0,
    seeds: Whole = 1,
    workers: MaybeWhole = None,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative=())] = False,
    settings: Annotated[_Settings | None, Parameter(name="*")] = None,
    held: Annotated[_Held | None, Parameter(name="*")] = None,
    read: Annotated[_Read | None, Parameter(name="*")] = None,
) -> int:
    """Hold the model against what was measured in people, target by target.

    Writes report.html and targets.csv (target, description, source, role, low, high, value, ci_low,
    ci_high, pass). A target's role is fitted when constants of the model were chosen to meet it,
    predicted when they were not and it could be missed, assumed in when the model can hardly fail
    it, and check when it tests estimators rather than the model; only the first two are counted.
    One that is missed stays visible as a miss.

    With --recording, virtual people follow the torque of that recording, and are measured as it is:
    report.html shows both over each other, and people.csv (target, quantity, units, people,
    simulated, ci_low, ci_high, low, high, pass) every quantity. With --targets the other targets
    are measured, too, and the recordings are part of targets.csv.

    With --seeds 10 every target is measured with ten groups of virtual people: seeds.csv (target,
    description, source, role, low, high, seeds, met, share, mean, lowest, highest, pass) and
    report.html tell in which share of seeds it is met, targets.csv has a row a seed and target.

    What is simulated is kept in the folder until all of it is: the same command goes on after an
    interruption.

    Examples:

        renshaw validate -o validation

        renshaw validate -o another-cohort --seed 7

        renshaw validate -o ten-cohorts --seeds 10

        renshaw validate --recording ta.mat --muscle TA --peak-pct-mvc 35 -o held

        renshaw validate --recording a.mat b.mat --muscle TA --peak-pct-mvc 35 30 -o held

    Parameters
    ----------
    out
        Folder for the results.
    recording
        Recordings of people, of any laboratory: decomposed motor units and torque. Eight virtual
        people do each, once (--people, --trials).
    muscle
        Of the recordings, TA, SOL or GM: one for all, or one each.
    peak_pct_mvc
        How strong their contractions were, in % MVC: one for all, or one each. Their torque is
        scaled so that its hold, or its peak where it has none, is that strong; needed where the
        file's torque is not in % MVC.
    targets
        Measure the targets that need no recording. Not given: only without --recording.
    seed
        Seed of the virtual people and of their synaptic noise.
    seeds
        Measure the targets with so many seeds, from --seed on.
    workers
        Processes; as many as there are cores by default. The numbers don't depend on it.
    quiet
        Show no progress.
    """
    from renshaw.reports.report import report
    from renshaw.validation.model_against_people import validate_model
    from renshaw.validation.over_seeds import validate_seeds

    if workers is not None and workers < 1:
        raise SettingsError(f"workers = {workers}: at least one process is needed.")
    if not recording:
        _refuse_stray(
            {"--muscle": muscle, "--peak-pct-mvc": peak_pct_mvc, **_words(held), **_words(read)}
        )
    if seeds < 1:
        raise SettingsError(f"--seeds {seeds}: at least one seed is needed.")
    if recording and seeds > 1:
        raise SettingsError("--seeds is about targets without recordings. Leave one of them out.")
    people = given(settings)
    folder = results_folder(out)
    _refuse_inputs(recording, folder)
    findings: list[Finding] = []
    written: list[Path] = []
    beside = None
    with progress_bar(quiet=quiet) as progress:
        if recording:
            recordings = _recordings(recording, chosen_options(read))
            asked = changed(RecordingValidationSettings(), given(held) | people)
            peaks = peak_pct_mvc or None
            beside = _held_against(recordings, muscle, peaks, asked, seed, workers, progress)
            findings += beside.findings()
            written.append(report(beside, folder / "report.html"))
            written.append(write_csv(folder / "people.csv", beside.to_table()))
        if seeds > 1 and targets in (None, True):
            several = validate_seeds(
                changed(ModelValidationSettings(), people),
                seeds=seeds,
                seed=seed,
                folder=folder / "seeds",
                workers=workers,
                progress=progress,
            )
            findings += several.findings()
            written.append(report(several, folder / "report.html"))
            written.append(write_csv(folder / "seeds.csv", several.to_table()))
            write_csv(folder / "targets.csv", several.of_seeds)
        elif targets or (targets is None and not recording):
            found = validate_model(
                changed(ModelValidationSettings(), people),
                held=beside,
                seed=seed,
                folder=folder / "pieces",
                workers=workers,
                progress=progress,
            )
            findings += found.findings()
            page = "targets.html" if recording else "report.html"
            written.append(report(found, folder / page))
            write_csv(folder / "targets.csv", found.to_table())
    if not findings:
        raise SettingsError("--no-targets leaves nothing to do; give a --recording.")
    printed(findings, written=written)
    return FINE


def _held_against(
    recordings: Sequence[Recording],
    muscle: Sequence[str],
    peaks: Sequence[float] | None,
    settings: RecordingValidationSettings,
    seed: int,
    workers: int | None,
    progress: Progress,
) -> RecordingValidation:
    from renshaw.validation.against_recordings import validate_recordings

    return validate_recordings(
        recordings, muscle, peaks, settings, seed=seed, workers=workers, progress=progress
    )


def _recordings(paths: Sequence[Path], reading: ReadOptions) -> list[Recording]:
    from renshaw.data.names import telling_names
    from renshaw.io import read

    found = []
    for path, name in zip(paths, telling_names(paths), strict=True):
        if not path.exists():
            raise ReadError(not_there(path, "the path of a recording with motor units"))
        found.append(replace(read(path, options=reading), name=name))
    return found


def _words(options: Any) -> dict[str, object]:
    """Return options by what they are called, for a message."""
    return {f"--{name.replace('_', '-')}": value for name, value in given(options).items()}


def _refuse_stray(asked: dict[str, object]) -> None:
    for name, value in asked.items():
        if value not in (None, ()):
            raise SettingsError(
                f"{name} is about recordings. Give one, --recording FILE, or leave {name} out."
            )


def _refuse_inputs(paths: Sequence[Path], folder: Path) -> None:
    """Refuse a folder in which a recording would be overwritten."""
    for target in (folder / name for name in ("people.csv", "targets.csv", "report.html")):
        for path in paths:
            if path.exists() and target.exists() and path.samefile(target):
                raise WriteError(
                    f"{path}: This file would be overwritten; choose another folder for -o."
                )
