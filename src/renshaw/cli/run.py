"""``renshaw run``: a whole study, from virtual participants to the answer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from renshaw.cli.failures import FINE
from renshaw.cli.folder import prepared, write_estimates
from renshaw.cli.progress import shown
from renshaw.core.files import write_text


def run(
    study: Annotated[Path | None, Parameter(name="STUDY.toml")] = None,
    /,
    *,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative=())] = False,
) -> int:
    """Run a study and write its report; without a study file, the built-in one.

    The built-in study, calm-the-cord, asks whether nerve stimulation (reciprocal inhibition) and
    relaxation calm the spinal cord: virtual participants ramp up and down to 20 % MVC in each
    condition, and the strength of persistent inward currents is estimated as in the laboratory.

    Writes report.html, estimates.csv, study.toml (the study file that makes it all again) and the
    recordings. A run that was stopped goes on from the recordings that it finds.

    Examples:

        renshaw run

        renshaw run calm-the-cord/study.toml -o again

    Parameters
    ----------
    study
        Study file (TOML).
    out
        Folder for the results; named after the study by default.
    quiet
        Show no progress.
    """
    from renshaw.study import built_in_plan, load_plan, run_study

    plan = built_in_plan() if study is None else load_plan(study)
    folder = prepared(out if out is not None else Path(_folder_name(plan.name)))
    with shown(quiet=quiet) as progress:
        result = run_study(plan, folder, progress=progress)
        progress(1, 1, "writing the report")
        from renshaw.report.study_report import answers, caveat, write_study_report

        write_study_report(result, folder / "report.html")
    write_estimates(result.estimates, folder / "estimates.csv")
    kept = folder / "study.toml"
    # A study file that lies in its own folder stays as its author wrote it.
    if study is None or not (kept.exists() and kept.samefile(study)):
        write_text(kept, plan.to_toml())
    lines = [f"{answer.verdict} {answer.words}" for answer in answers(result.comparison)]
    lines += [words] if (words := caveat(result)) else []
    print("\n".join([*lines, "", f"Written: {folder / 'report.html'}"]))  # noqa: T201
    return FINE


def _folder_name(name: str) -> str:
    plain = "".join(c if c.isalnum() or c in "-_." else "-" for c in name).strip("-.")
    return plain[:60].rstrip("-.") or "study"
