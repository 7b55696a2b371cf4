"""``renshaw reflex``: the tests of clinical neurophysiology, in a virtual person."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from renshaw.cli.failures import FINE
from renshaw.cli.findings import printed
from renshaw.cli.given import given_option
from renshaw.cli.options import Whole, changed, given, options_of
from renshaw.cli.progress import progress_bar
from renshaw.core.files import write_csv
from renshaw.experiment.reflexes import REFLEXES, ReflexSettings
from renshaw.model.participant import Participant

if TYPE_CHECKING:
    from renshaw.experiment.reflexes import Reflex

_GIVEN = given_option("What the person is under")
# Reflexes are those of the soleus, unless someone asks for another muscle; curves of a hundred
# motoneurons are smooth.
_WHO = Participant(muscle="SOL", n_units=100)
_Participant: Any = options_of(_WHO, "Participant", 20)


def _command(name: str, test: type[ReflexSettings]) -> Any:
    options: Any = options_of(test(), f"Reflex test: {name}")

    def command(
        *,
        out: Annotated[Path, Parameter(name=["--out", "-o"])],
        given_: Annotated[tuple[str, ...], _GIVEN] = (),
        seed: Whole = 0,
        quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative=())] = False,
        settings: Annotated[options | None, Parameter(name="*")] = None,
        participant: Annotated[_Participant | None, Parameter(name="*")] = None,
    ) -> int:
        who = changed(_WHO, given(participant))
        return _tested(who, changed(test(), given(settings)), given_, seed, out, quiet)

    command.__doc__ = f"""{(test.__doc__ or "").strip().splitlines()[0]}

    Writes DIR/report.html, reflex.svg and reflex.png, reflex.csv (one row a point of the curve) and
    outcomes.csv (one row an outcome, with what is known of healthy groups).

    Examples:

        renshaw reflex {name} -o {name}

        renshaw reflex {name} -o {name} --condition spinal-cord-injury --given baclofen

    Parameters
    ----------
    out
        Folder for the results; made where it does not exist.
    seed
        Seed of the synaptic noise.
    quiet
        Show no progress.
    """
    return command


def _tested(
    who: Participant,
    test: ReflexSettings,
    names: tuple[str, ...],
    seed: int,
    out: Path,
    quiet: bool,
) -> int:
    from renshaw.cli.folder import results_folder, write_pictures
    from renshaw.experiment.reflexes import reflex
    from renshaw.interventions import intervention
    from renshaw.reports.figures.reflex import reflex_curve
    from renshaw.reports.report import report

    interventions = tuple(intervention(name) for name in names)
    results_folder(out)
    with progress_bar(quiet=quiet) as progress:
        found = reflex(who, test, interventions, seed=seed, progress=progress)
    page = report(found, out / "report.html")
    write_csv(out / "reflex.csv", found.to_table(), digits=6)
    write_csv(out / "outcomes.csv", found.outcomes_table(), digits=6)
    write_pictures({"reflex": reflex_curve(found)}, out)
    printed(found.findings(), _table(found), written=[page])
    return FINE


def _table(found: "Reflex") -> str:
    from renshaw.cli.tables import aligned
    from renshaw.core.numbers import number

    lines = [["outcome", "value", "unit", "healthy groups"]]
    for each in found.outcomes:
        known = each.low is not None and each.high is not None
        healthy = f"{each.low:g} to {each.high:g}" if known else ""
        lines.append([each.name, number(each.value), each.unit, healthy])
    return aligned(lines, left={0, 2, 3})


def reflex() -> App:
    """Return the command, with one of its own for each test."""
    group = App(
        name="reflex",
        help="Test reflexes of a virtual person, as clinical neurophysiology does.",
    )
    for name, test in REFLEXES.items():
        group.command(_command(name, test), name=name)
    return group
