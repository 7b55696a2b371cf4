"""``renshaw design``: the therapy that calms a cord at the smallest cost, and the trial of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from renshaw.cli.failures import FINE, INTERRUPTED, the_same_command
from renshaw.cli.findings import printed
from renshaw.cli.folder import folder_name, results_folder
from renshaw.cli.options import MaybeWhole
from renshaw.cli.progress import one_line, progress_bar
from renshaw.core.files import at_home
from renshaw.core.machine import cores

if TYPE_CHECKING:
    from renshaw.optimization.design import Design
    from renshaw.optimization.goal import Goal


def design(
    goal: Annotated[Path | None, Parameter(name="GOAL.toml")] = None,
    /,
    *,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    posterior: Path | None = None,
    condition: str | None = None,
    seed: MaybeWhole = None,
    workers: MaybeWhole = None,
    example: Annotated[bool, Parameter(negative=())] = False,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative=())] = False,
) -> int:
    """Find the therapy that calms at the smallest cost; without a goal file, the built-in one.

    The built-in goal is spinal cord injury, severe. Stimulation of the antagonist's nerve
    (frequency, intensity, timing), relaxation and drugs are searched, alone and together; what is
    recommended is tried again on fresh virtual people, beside doing nothing and each treatment
    alone. Every number is a prediction of a model; this is no medical device.

    Writes DIR/report.html, protocol_sheet.html, recommended.toml, study.toml (for renshaw run),
    design.toml and the tables. What is finished is kept: the same command goes on after it was
    stopped. Needs the extra design (optuna).

    Examples:

        renshaw design -o therapy

        renshaw design --example

        renshaw design goal.toml -o therapy --workers 8

        renshaw design -o for-her --posterior her-posterior --condition "stroke, severe"

    Parameters
    ----------
    goal
        Goal file (TOML); --example prints one.
    out
        Folder for the results; named after the goal by default.
    posterior
        Folder that renshaw infer wrote about one person: for her, in place of the goal's people.
        A ramp does not show her condition; it is that of the goal, or the next option's.
    condition
        Condition and severity (mild, moderate, severe, complete), in place of the goal's.
    seed
        Seed of people, noise and search, in place of the goal's.
    workers
        Processes; as many as there are cores by default. Numbers don't depend on it.
    example
        Print the built-in goal, as a file to begin with, and do nothing else.
    quiet
        Show no progress.
    """
    from renshaw.core.errors import SettingsError
    from renshaw.optimization.bench import MEASURED
    from renshaw.optimization.goal import in_words
    from renshaw.optimization.goal_file import built_in_goal, example_goal, load_goal

    if example:
        print(example_goal(), end="")  # noqa: T201
        return FINE
    if workers is not None and workers < 1:
        raise SettingsError(f"--workers {workers}: at least one is needed.")
    wanted = built_in_goal() if goal is None else load_goal(goal)
    if condition is not None:
        wanted = in_words(wanted, condition)
    if posterior is not None:
        wanted = wanted.replace(posterior=str(at_home(posterior).resolve()), title="")
    if seed is not None:
        wanted = wanted.replace(seed=seed)
    folder = results_folder(
        out if out is not None else Path(folder_name(wanted.name, "therapy")), MEASURED
    )
    _refuse_another(folder, wanted)
    return _designed(wanted, folder, workers or cores(), quiet)


def _refuse_another(folder: Path, goal: Goal) -> None:
    """Refuse a folder with the design of another goal, which would be written over."""
    from renshaw.core.errors import SettingsError, WriteError
    from renshaw.core.received import text_of
    from renshaw.optimization.goal_file import goal_from_toml, goal_to_toml

    made = folder / "design.toml"
    if not made.is_file():
        return
    try:
        other = goal_from_toml(text_of(made), str(made))
        # Through a file as well, so that both are as a file can say it.
        same = other == goal_from_toml(goal_to_toml(goal), str(made))
    except (SettingsError, OSError, UnicodeError):
        same = False
    if not same:
        raise WriteError(
            f"{folder} holds the design of another goal ({made}), which would be lost; name "
            "another folder by -o."
        )


def _designed(goal: Goal, folder: Path, workers: int, quiet: bool) -> int:
    from renshaw.optimization.optimize import optimize
    from renshaw.reports.design_folder import write_design_folder

    try:
        with progress_bar(quiet=quiet) as progress:
            found = optimize(goal, folder=folder, workers=workers, progress=progress)
            progress(1, 1, "writing the report")
            page = write_design_folder(found, folder)
    except KeyboardInterrupt:
        again = the_same_command("design")
        _say(f"Stopped. What is finished is kept in {folder}; go on with: {again}")
        return INTERRUPTED
    printed(found.findings(), _table(found), written=[page])
    return FINE


def _table(found: Design) -> str:
    from renshaw.cli.tables import aligned

    lines = [["", "burden (% MVC s)", "spasm (s)", "force (%)", "dose (%)", "what"]]
    for row in found.alternatives.to_dict("records"):
        numbers = ("fresh_burden", "fresh_duration_s", "fresh_force_pct", "dose_pct")
        cells = [f"{row[key]:.1f}" for key in numbers]
        lines.append([str(row["alternative"]), *cells, str(row["therapy"])])
    return aligned(lines, left={0, 5})


def _say(words: str) -> None:
    print(f"renshaw: {one_line(words)}", file=sys.stderr, flush=True)  # noqa: T201
