"""``renshaw plan``: how many participants, units and ramps it takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from renshaw.cli.failures import FINE
from renshaw.cli.findings import printed
from renshaw.cli.options import changed, given, options_of
from renshaw.cli.progress import progress_bar
from renshaw.core.files import write_csv
from renshaw.statistics.plan_settings import MEAN, PlanSettings, usable

if TYPE_CHECKING:
    from renshaw.statistics.power import Power
    from renshaw.statistics.reliability import Reliability

Options: Any = options_of(PlanSettings())


def plan(
    retest: Annotated[Path | None, Parameter(name="RETEST.csv")] = None,
    /,
    *,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    value: str = "deltaf",
    participant: str = "participant",
    session: str = "time",
    unit: str | None = None,
    sessions: Annotated[tuple[str, ...], Parameter(consume_multiple=True, negative=())] = (),
    seed: int = 0,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative=())] = False,
    options: Annotated[Options | None, Parameter(name="*")] = None,
) -> int:
    """Plan a study: its power by simulation, and the least change that it can see.

    Finds the smallest number of participants with the power that is aimed at, for the analysis that
    `renshaw compare` will do. Without a table, variances are those of published ΔF; with a
    test-retest table of your own, typical error, limits of agreement and ICC are computed, and its
    variances are used (those that you don't set yourself). Of any other outcome the change and its
    spread are asked for. With -o writes DIR/power.csv, report.html and reliability.csv.

    Examples:

        renshaw plan -o plan

        renshaw plan --participants 10 20 30 --units 3 8 --effects -0.4 --effect-sd 0.5

        renshaw plan retest.csv --value deltaf --session time --sessions c1 c2 -o plan

        renshaw plan --outcome spasms --ramps 3 7 --ratios 0.7 0.5

        renshaw plan --design crossover --carry-over 0.1 --dropout 0.1 --spread-from 12

        renshaw plan --outcome mean --outcome-name torque --outcome-unit Nm --effects 4
        --effect-sd 5 --residual-sd 3 --design ancova --participant-sd 12

    Parameters
    ----------
    retest
        Tidy table of repeated measurements without an intervention between.
    out
        Folder for the results; made where it does not exist.
    value
        Column of the table that was measured.
    participant
        Column that says who.
    session
        Column that says when.
    unit
        Column that names tracked units; left out where units are not tracked.
    sessions
        Sessions to compare, in order; all of them by default.
    seed
        Seed of the simulated studies.
    quiet
        Show no progress.
    """
    from renshaw.cli.folder import results_folder
    from renshaw.statistics.power import plan as plan_verb

    chosen = given(options)
    if out is not None:
        results_folder(out)
    again = None
    if retest is not None:
        from renshaw.statistics.reliability import reliability

        again = reliability(
            retest, value, participant=participant, session=session, unit=unit, sessions=sessions
        )
        if not _is_delta_f(value) and "outcome" not in chosen:
            # What is assumed of ΔF does not hold for anything else.
            chosen = {"outcome": MEAN, "outcome_name": value, **chosen}
        chosen = {**chosen, **usable(chosen, again.components)}
    settings = changed(PlanSettings(), chosen)
    with progress_bar(quiet=quiet) as progress:
        power = plan_verb(settings, seed=seed, progress=progress)
    findings = [*(again.findings() if again is not None else ()), *power.findings()]
    # First the files, then the words: whoever reads the words may stop listening.
    written = [] if out is None else [_write(power, again, out)]
    printed(findings, written=written)
    return FINE


def _is_delta_f(column: str) -> bool:
    letters = "".join(c for c in column.casefold().replace("δ", "delta") if c.isalpha())
    return letters.startswith("deltaf")


def _write(power: Power, again: Reliability | None, out: Path) -> Path:
    from renshaw.reports.report import report

    write_csv(out / "power.csv", power.table, digits=10)
    if again is not None:
        write_csv(out / "reliability.csv", again.table, digits=10)
    return report(power, out / "report.html", reliability=again)
