"""``renshaw plan``: how many participants, units and ramps it takes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from renshaw.cli.failures import FINE
from renshaw.cli.findings import printed
from renshaw.cli.options import Whole, changed, given, options_of
from renshaw.cli.progress import progress_bar
from renshaw.core.errors import SettingsError
from renshaw.core.files import write_csv
from renshaw.statistics.planning.plan_settings import (
    CLUSTER,
    CROSSOVER,
    MEAN,
    N_OF_1,
    PAIRED,
    PlanSettings,
    usable,
)

if TYPE_CHECKING:
    from renshaw.statistics.planning.power import Power
    from renshaw.statistics.planning.randomization import Randomization
    from renshaw.statistics.trials.reliability import Reliability

Options: Any = options_of(PlanSettings())


def plan(
    table: Annotated[Path | None, Parameter(name="TABLE.csv")] = None,
    /,
    *,
    formula: Annotated[str | None, Parameter(name=["--formula", "-f"])] = None,
    fits: Whole = 0,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    value: str = "deltaf",
    participant: str = "participant",
    session: str = "time",
    unit: str | None = None,
    sessions: Annotated[tuple[str, ...], Parameter(consume_multiple=True, negative=())] = (),
    seed: Whole = 0,
    randomize: Annotated[bool, Parameter(negative=())] = False,
    arms: Annotated[tuple[str, ...], Parameter(consume_multiple=True, negative=())] = (),
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative=())] = False,
    options: Annotated[Options | None, Parameter(name="*")] = None,
) -> int:
    """Plan a study: its power by simulation, and the least change that it can see.

    Finds the smallest number of participants with the power that is aimed at, for the analysis that
    `renshaw compare` will do. Without a table, variances are those of published ΔF; with a
    test-retest table of your own, typical error, limits of agreement and ICC are computed, and its
    variances are used (those that you don't set yourself). Of any other outcome the change and its
    spread are asked for. With -o writes DIR/power.csv, report.html,
    protocol_text.md (items of SPIRIT and CONSORT, filled in) and reliability.csv.

    Examples:

        renshaw plan -o plan

        renshaw plan --participants 10 20 30 --units 3 8 --effects -0.4 --effect-sd 0.5

        renshaw plan pilot.csv --formula "torque ~ time + (1|participant)" --effects 4

        renshaw plan retest.csv --value deltaf --session time --sessions c1 c2 -o plan

        renshaw plan --outcome spasms --ramps 3 7 --ratios 0.7 0.5

        renshaw plan --design crossover --carry-over 0.1 --dropout 0.1 --spread-from 12

        renshaw plan --design parallel --treatments 3 --allocation 1:1:2 --effects -0.5

        renshaw plan --design n-of-1 --pairs 5 --units 5 --effects -0.5

        renshaw plan --outcome mean --outcome-name torque --outcome-unit Nm --effects 4
        --effect-sd 5 --residual-sd 3 --design ancova --participant-sd 12

    Parameters
    ----------
    table
        Tidy table: a pilot study, with a formula; or repeated measurements without an intervention
        between.
    formula
        Of a pilot: its mixed model, e.g. "torque ~ time + (1|participant)".
    fits
        Studies to simulate row by row, and to analyze by compare's own mixed model, as a check of
        the first number that was found (a few a second).
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
    randomize
        Make the randomization list of the trial, too: with -o, DIR/sealed holds the list and its
        seed, for whoever keeps them, and DIR/seal.txt the seal, for everybody.
    arms
        What participants get, the control last, e.g. --arms drug placebo.
    quiet
        Show no progress.
    """
    from renshaw.cli.folder import results_folder
    from renshaw.statistics.planning.full_fits import checked
    from renshaw.statistics.planning.pilot import pilot
    from renshaw.statistics.planning.power import plan as plan_verb
    from renshaw.statistics.trials.reliability import reliability

    chosen = given(options)
    if out is not None:
        results_folder(out)
    elif randomize:
        raise SettingsError("--randomize: the list needs a folder; give -o.")
    if arms and not randomize:
        raise SettingsError("--arms does nothing without --randomize.")
    again = None
    first = None
    if table is not None and formula is not None:
        first = pilot(table, formula)
        chosen = first.settings(chosen)
    elif table is not None:
        again = reliability(
            table, value, participant=participant, session=session, unit=unit, sessions=sessions
        )
        if not _is_delta_f(value) and "outcome" not in chosen:
            # What is assumed of ΔF does not hold for anything else.
            chosen = {"outcome": MEAN, "outcome_name": value, **chosen}
        if unit and chosen.get("outcome") == MEAN:
            # As many units as this table has of a person.
            people, units = again.table["n"]
            chosen = {"units": (max(1, round(units / people)),), **chosen}
        chosen = {**chosen, **usable(chosen, again.components)}
    settings = changed(PlanSettings(), chosen)
    with progress_bar(quiet=quiet) as progress:
        power = plan_verb(settings, seed=seed, progress=progress)
    if fits:
        power = checked(power, fits, seed=seed)
    if first is not None:
        warned = (first.warning,) if first.warning else ()
        power = replace(power, behind=(first.words(),), warnings=warned)
    if randomize:
        power = replace(power, randomized=list_of(power, arms))
    findings = [*(again.findings() if again is not None else ()), *power.findings()]
    # First the files, then the words: whoever reads the words may stop listening.
    written = [] if out is None else [_write(power, again, out)]
    printed(findings, written=written)
    return FINE


def _is_delta_f(column: str) -> bool:
    letters = "".join(c for c in column.casefold().replace("δ", "delta") if c.isalpha())
    return letters.startswith("deltaf")


def list_of(power: Power, arms: tuple[str, ...]) -> Randomization:
    """Return a randomization list, long enough for the largest number that is needed.

    Parameters
    ----------
    power : Power
    arms : tuple of str
        What participants get, the control last; treatment and control if empty.

    Raises
    ------
    SettingsError
        Nothing is allocated in a paired design, or there are other arms than in the plan.
    """
    from renshaw.statistics.planning.randomization import RandomizationSettings, randomization

    settings = power.settings
    if settings.design == PAIRED:
        raise SettingsError(
            "--randomize: in a paired design nothing is allocated. Plan a crossover, where the "
            "order is by chance (--design crossover)."
        )
    if arms and len(arms) != settings.treatments:
        raise SettingsError(
            f"--arms: {len(arms)}, and the plan is for {settings.treatments} (--treatments)."
        )
    if not arms and settings.treatments > 2:
        raise SettingsError(f"--randomize: name the {settings.treatments} arms (--arms).")
    people = max((each.participants for each in power.needed if not each.bound), default=0)
    if not people:
        raise SettingsError("--randomize: no number of participants was found.")
    many = sum(settings.sizes(people))
    if settings.design == CLUSTER:
        many //= int(settings.cluster_size or 1)
    kind = settings.design if settings.design in (CROSSOVER, N_OF_1) else "parallel"
    made = RandomizationSettings(
        kind=kind,
        participants=many,
        arms=arms or RandomizationSettings().arms,
        allocation=":".join(map(str, settings.shares)) if settings.uneven else "",
        pairs=settings.pairs if kind == N_OF_1 else RandomizationSettings().pairs,
    )
    return randomization(made)


def _write(power: Power, again: Reliability | None, out: Path) -> Path:
    from renshaw.core.files import write_text
    from renshaw.findings.power import size_words
    from renshaw.reports.report import report
    from renshaw.statistics.planning.randomization import write_sealed
    from renshaw.statistics.planning.reporting_items import as_markdown, protocol_items

    if power.randomized is not None:
        write_sealed(power.randomized, out)
    write_csv(out / "power.csv", power.table, digits=10)
    if again is not None:
        write_csv(out / "reliability.csv", again.table, digits=10)
    items = protocol_items(power.settings, size_words(power), power.randomized)
    write_text(out / "protocol_text.md", as_markdown(items))
    return report(power, out / "report.html", reliability=again)
