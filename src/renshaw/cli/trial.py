"""``renshaw trial``: analyses of trials' designs, and of two measurements of the same thing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from renshaw.cli.failures import FAILED, FINE
from renshaw.cli.findings import printed
from renshaw.cli.options import MaybeWhole, changed, given, options_of
from renshaw.core.errors import SettingsError
from renshaw.core.finding import Finding
from renshaw.statistics.planning.randomization import RandomizationSettings

if TYPE_CHECKING:
    from renshaw.statistics.trials.trial import Trial

# What several analyses ask for, said once.
_Table = Annotated[
    Path,
    Parameter(name="TABLE.csv", help="Tidy table: one row a measurement (CSV, Excel, ...)."),
]
_Value = Annotated[
    str,
    Parameter(help="Column that was measured; the only other column of numbers, if left out."),
]
_Who = Annotated[str, Parameter(help="Column that says who.")]
_Of = Annotated[str, Parameter(help="Column that says who, where there are several people.")]
_Treatment = Annotated[str, Parameter(help="Column of treatments.")]
_Reference = Annotated[
    str, Parameter(help="Treatment or group that others are compared with; placebo, control, ...")
]
_Out = Annotated[
    Path | None,
    Parameter(
        name=["--out", "-o"],
        help="Folder for trial.csv, report.html and report_text.md (items of CONSORT, filled in).",
    ),
]


def crossover(
    table: _Table,
    /,
    value: _Value = "",
    *,
    participant: _Who = "participant",
    treatment: _Treatment = "treatment",
    period: Annotated[str, Parameter(help="Column of periods.")] = "period",
    reference: _Reference = "",
    out: _Out = None,
) -> int:
    """Analyze a crossover: treatment, period and sequence.

    For example:

        renshaw trial crossover cramps.csv cramps --treatment drug --reference placebo -o results
    """
    from renshaw.statistics.trials.crossover import crossover as verb

    names = {"participant": participant, "treatment": treatment, "period": period}
    return _said(verb(table, value, **names, reference=reference), out)


def ancova(
    table: _Table,
    /,
    value: _Value = "",
    *,
    participant: _Who = "participant",
    group: Annotated[str, Parameter(help="Column of groups.")] = "group",
    time: Annotated[str, Parameter(help="Column of times, two of them.")] = "time",
    before: Annotated[str, Parameter(help="The time that is the baseline.")] = "",
    cluster: Annotated[
        str, Parameter(help="Column of clusters that were randomized as a whole.")
    ] = "",
    reference: _Reference = "",
    out: _Out = None,
) -> int:
    """Compare groups after treatment, with the values before as a covariate.

    For example:

        renshaw trial ancova strength.csv torque --time visit --before week0 -o results
    """
    from renshaw.statistics.trials.baseline import ancova as verb

    names = {"participant": participant, "group": group, "time": time, "before": before}
    return _said(verb(table, value, **names, cluster=cluster, reference=reference), out)


def n_of_1(
    table: _Table,
    /,
    value: _Value = "",
    *,
    treatment: _Treatment = "treatment",
    pair: Annotated[str, Parameter(help="Column of pairs of periods.")] = "pair",
    participant: _Of = "",
    reference: _Reference = "",
    out: _Out = None,
) -> int:
    """Analyze pairs of periods within one person, or a series of such persons.

    For example:

        renshaw trial n-of-1 diary.csv spasms --pair week

        renshaw trial n-of-1 diaries.csv spasms --pair week --participant who -o results
    """
    from renshaw.statistics.trials.n_of_1 import n_of_1 as verb

    names = {"treatment": treatment, "pair": pair, "participant": participant}
    return _said(verb(table, value, **names, reference=reference), out)


def models(
    table: _Table,
    /,
    larger: Annotated[str, Parameter(help="Formula with all that the smaller has, and more.")] = "",
    smaller: Annotated[str, Parameter(help="Formula.")] = "",
    *,
    out: _Out = None,
) -> int:
    """Test whether the larger of two nested models fits better (likelihood ratio).

    For example:

        renshaw trial models deltaf.csv "y ~ time + (1|participant)" "y ~ 1 + (1|participant)"
    """
    from renshaw.statistics.trials.nested_models import compare_models

    if not larger or not smaller:
        raise SettingsError(
            "trial models compares two formulas: give the larger, then the smaller, e.g. "
            '"y ~ time + (1|participant)" "y ~ 1 + (1|participant)".'
        )
    return _said(compare_models(table, larger, smaller), out)


def correlation(
    table: _Table,
    /,
    x: Annotated[str, Parameter(help="Column of one measure.")] = "",
    y: Annotated[str, Parameter(help="Column of the other.")] = "",
    *,
    participant: _Who = "participant",
    out: _Out = None,
) -> int:
    """Correlate two measures within people (repeated-measures correlation).

    A row of the table is a moment, with both measures.

    For example:

        renshaw trial correlation visits.csv deltaf torque --participant who
    """
    from renshaw.statistics.trials.repeated_correlation import repeated_correlation

    return _said(repeated_correlation(table, x, y, participant=participant), out)


def agreement(
    table: _Table,
    /,
    first: Annotated[str, Parameter(help="Column of one method, rater or session.")] = "",
    second: Annotated[str, Parameter(help="Column of the other.")] = "",
    *,
    participant: _Of = "",
    out: _Out = None,
) -> int:
    """Say how far two measurements of the same thing are apart (Bland and Altman).

    A row of the table is a pair of measurements.

    For example:

        renshaw trial agreement raters.csv rater1 rater2 -o results
    """
    from renshaw.statistics.trials.agreement import agreement as verb

    return _said(verb(table, first, second, participant=participant), out)


def icc(
    table: _Table,
    /,
    value: _Value = "",
    *,
    participant: _Who = "participant",
    session: Annotated[str, Parameter(help="Column of sessions or raters.")] = "session",
    unit: Annotated[str, Parameter(help="Column of units within people.")] = "",
    out: _Out = None,
) -> int:
    """Give intraclass correlations in the usual forms, and by level.

    For example:

        renshaw trial icc retest.csv deltaf --session time --unit mu
    """
    from renshaw.statistics.trials.icc import icc as verb

    return _said(verb(table, value, participant=participant, session=session, unit=unit), out)


def _said(trial: Trial, out: Path | None) -> int:
    from renshaw.cli.folder import results_folder
    from renshaw.core.files import write_csv, write_text
    from renshaw.reports.report import report
    from renshaw.statistics.planning.reporting_items import as_markdown, result_items

    written = []
    if out is not None:
        results_folder(out)
        write_csv(out / "trial.csv", trial.table, digits=10)
        write_text(out / "report_text.md", as_markdown(result_items(trial)))
        written.append(report(trial, out / "report.html"))
    printed(trial.findings(), written=written)
    return FINE


RandomOptions: Any = options_of(RandomizationSettings())


def randomize(
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"])],
    seed: MaybeWhole = None,
    options: Annotated[RandomOptions | None, Parameter(name="*")] = None,
) -> int:
    """Make a randomization list, and a seal that shows nothing of it.

    DIR/sealed holds the list and its seed, for whoever keeps them; DIR/seal.txt is for everybody:
    print it in the protocol. `renshaw trial unseal` shows later that the list is still that one.

    Examples:

        renshaw trial randomize --participants 24 --arms drug placebo --strata site=A,B -o list

        renshaw trial randomize --kind n-of-1 --participants 6 --pairs 5 --arms drug placebo -o list

    Parameters
    ----------
    out
        Folder for the list; made where it does not exist.
    seed
        Seed of the list; by default one that nobody can guess.
    """
    from renshaw.cli.folder import results_folder
    from renshaw.statistics.planning.randomization import randomization, write_sealed

    settings = changed(RandomizationSettings(), given(options))
    made = randomization(settings, seed=seed)
    results_folder(out)
    written = write_sealed(made, out)
    warned = (
        ["A seed of one's own can be guessed, and with it the list."] if seed is not None else []
    )
    found = Finding(
        sentence=f"The list is sealed: {made.seal}.",
        warnings=[*warned, *made.warnings()],
        next_steps=[
            "Print the seal in the protocol, and give the folder sealed to whoever keeps the list: "
            "nobody who enrolls may see it."
        ],
    )
    printed([found], made.method(), written=written)
    return FINE


def unseal(folder: Annotated[Path, Parameter(name="DIR")], seal: str, /) -> int:
    """Say whether a randomization list is the one that was sealed.

    Examples:

        renshaw trial unseal list 5f1c...

    Parameters
    ----------
    folder
        Folder with the list and its seed.
    seal
        As it was printed in the protocol.
    """
    from renshaw.statistics.planning.randomization import opened

    if opened(folder, seal):
        printed([Finding(sentence="It is the list that was sealed.")])
        return FINE
    printed(
        [Finding(sentence="It is another list: it was changed, or the seal is of another one.")]
    )
    return FAILED


NAMES: dict[str, Callable[..., int]] = {
    "crossover": crossover,
    "ancova": ancova,
    "n-of-1": n_of_1,
    "models": models,
    "correlation": correlation,
    "agreement": agreement,
    "icc": icc,
    "randomize": randomize,
    "unseal": unseal,
}


def trial() -> App:
    """Return the command with its analyses."""
    group = App(name="trial", help="Analyze a crossover, an N-of-1 series, agreement and the like.")
    for name, command in NAMES.items():
        group.command(command, name=name)
    return group
