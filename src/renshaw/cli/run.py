"""``renshaw run``: a whole study, from participants, real or virtual, to the answer."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from renshaw.cli.failures import FAILED, FINE, INTERRUPTED, the_same_command
from renshaw.cli.findings import printed
from renshaw.cli.folder import folder_name, results_folder
from renshaw.cli.options import MaybeWhole
from renshaw.cli.progress import progress_bar
from renshaw.core.machine import cores

if TYPE_CHECKING:
    from renshaw.study import StudyPlan, StudyResult


def run(
    study: Annotated[Path | None, Parameter(name="STUDY.toml")] = None,
    /,
    *,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    people: MaybeWhole = None,
    workers: MaybeWhole = None,
    scheduler: str | None = None,
    machines: Literal["one", "any"] = "one",
    baseline: Annotated[bool, Parameter(name="--baseline", negative=())] = False,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative=())] = False,
) -> int:
    """Run a study and write its report; without a study file, the built-in one.

    The built-in study, calm-the-cord, does Mesquita et al. 2022 again with virtual participants:
    do nerve stimulation (reciprocal inhibition) and relaxation calm the spinal cord? They ramp up
    and down to 20 % MVC, and are vibrated and stimulated (VibStim), in each condition.

    Writes report.html, the tables (CSV and Parquet, explained in data_dictionary.csv), study.toml
    and provenance.json. What is finished is kept: the same command goes on after it was stopped.

    Examples:

        renshaw run

        renshaw run --people 5

        renshaw run study.toml -o results --workers 8

        renshaw run study.toml -o results --scheduler tcp://node17:8786

    Parameters
    ----------
    study
        Study file (TOML), or the folder of a BIDS data set, whose sessions are compared.
    out
        Folder for the results; named after the study by default.
    people
        At most so many virtual participants in each group, for a quick look. Run without it, the
        same folder goes on to all of them.
    workers
        Processes of this computer; as many as it has cores by default. Numbers don't depend on it.
    scheduler
        Address of a Dask scheduler whose workers do it instead.
    machines
        Whether all numbers must come from machines that round alike; with any, a mix is said.
    baseline
        Use only instructions that all PCs of the last fifteen years have, so that their numbers are
        the same; slower. Workers of a Dask cluster are started with the variables of docs/study.md.
    quiet
        Show no progress.
    """
    from renshaw.core.errors import RenshawError, SettingsError
    from renshaw.core.machine import keep_to_baseline

    if baseline:
        # Before anything loads NumPy.
        keep_to_baseline()
    from renshaw.reports.study_folder import write_study_folder
    from renshaw.study import built_in_plan, run_study

    if workers is not None and workers < 1:
        raise SettingsError(f"--workers {workers}: at least one is needed.")
    if workers is not None and scheduler is not None:
        raise SettingsError("--workers and --scheduler exclude each other.")
    plan = built_in_plan() if study is None else _plan_of(study)
    if people is not None:
        plan = plan.of_at_most(people)
    folder = results_folder(out if out is not None else Path(folder_name(plan.name, "study")))
    number = None if scheduler is not None else workers or cores()
    try:
        with progress_bar(quiet=quiet) as progress:
            result = run_study(
                plan,
                folder,
                workers=number,
                scheduler=scheduler,
                machines=machines,
                progress=progress,
            )
            progress(1, 1, "writing the report")
            write_study_folder(result, folder)
    except KeyboardInterrupt:
        _say(f"Stopped. {_how_to_resume(plan, folder)}")
        return INTERRUPTED
    except ConnectionError as error:
        raise RenshawError(f"{error} {_how_to_resume(plan, folder)}") from error
    return _told(result, folder)


def report(
    folder: Annotated[Path, Parameter(name="DIR")],
    /,
    *,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative=())] = False,
) -> int:
    """Write the report of a study again, from its tables, without computing recordings anew.

    Examples:

        renshaw report calm-the-cord

    Parameters
    ----------
    folder
        Folder of a study that renshaw run has finished.
    quiet
        Show no progress.
    """
    from renshaw.reports.study_folder import write_study_folder
    from renshaw.study.result import plan_of_finished, result_in

    plan, said = plan_of_finished(folder)
    with progress_bar(quiet=quiet) as progress:
        progress(0, 2, "comparing")
        result = result_in(folder, plan, notes=(said,) if said else ())
        progress(1, 2, "writing the report")
        write_study_folder(result, folder)
    return _told(result, folder)


def _told(result: StudyResult, folder: Path) -> int:
    """Print what was found; return the exit code."""
    printed(result.findings(), written=[folder / "report.html"])
    for row in result.failures.to_dict("records"):
        _say(f"{row['recording']}: {row['reason']}")
    if len(result.failures):
        n = len(result.design)
        _say(f"{len(result.failures)} failed and {n} did not; see {folder / 'failures.csv'}.")
        return FAILED
    return FINE


def _plan_of(study: Path) -> StudyPlan:
    """Return the plan of a study file, or of a BIDS data set as it lies."""
    from renshaw.study import data_set_plan, load_plan

    described = study.is_dir() and (study / "dataset_description.json").is_file()
    return data_set_plan(study) if described else load_plan(study)


def _say(words: str) -> None:
    from renshaw.cli.progress import one_line

    print(f"renshaw: {one_line(words)}", file=sys.stderr, flush=True)  # noqa: T201


def _how_to_resume(plan: StudyPlan, folder: Path) -> str:
    kept = len(list((folder / "pieces").glob("*.piece"))) if folder.is_dir() else 0
    again = the_same_command("run")
    return f"{kept} finished pieces are kept in {folder}; the same command goes on: {again}"
