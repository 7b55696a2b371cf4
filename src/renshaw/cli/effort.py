"""``renshaw effort``: how hard the brain works for the same force, with inward currents or not."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from renshaw.cli.failures import FINE
from renshaw.cli.findings import printed
from renshaw.cli.given import given_option
from renshaw.cli.options import Whole, changed, given, options_of
from renshaw.cli.progress import progress_bar
from renshaw.core.files import write_csv
from renshaw.experiment.effort import EffortSettings
from renshaw.model.participant import Participant

if TYPE_CHECKING:
    from renshaw.experiment.effort import Effort

_Effort: Any = options_of(EffortSettings(), "Effort")
_GIVEN = given_option(
    "Interventions, each a condition of its own (by default relaxation and reciprocal-inhibition)"
)
_Participant: Any = options_of(Participant(), "Participant", 30)


def effort(
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"])],
    given_: Annotated[tuple[str, ...], _GIVEN] = (),
    seed: Whole = 0,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative=())] = False,
    settings: Annotated[_Effort | None, Parameter(name="*")] = None,
    participant: Annotated[_Participant | None, Parameter(name="*")] = None,
) -> int:
    """Find the drive that force takes: as the cord is, without PICs, and calmed.

    A virtual person holds torque at several levels, each after practice. Writes DIR/report.html,
    effort.svg and effort.png, and effort.csv (one row a condition and torque).

    Examples:

        renshaw effort -o effort

        renshaw effort -o effort --muscle SOL --given relaxation:depth=1 --given baclofen

    Parameters
    ----------
    out
        Folder for the results; made where it does not exist.
    seed
        Seed of the synaptic noise.
    quiet
        Show no progress.
    """
    who = changed(Participant(), given(participant))
    what = changed(EffortSettings(), given(settings))
    from renshaw.cli.folder import results_folder, write_pictures
    from renshaw.experiment.effort import effort as effort_verb
    from renshaw.interventions import intervention
    from renshaw.reports.figures.effort import effort_curve
    from renshaw.reports.report import report

    names = given_ or ("relaxation", "reciprocal-inhibition")
    calming = tuple(intervention(name) for name in names)
    results_folder(out)
    with progress_bar(quiet=quiet) as progress:
        found = effort_verb(who, calming, what, seed=seed, progress=progress)
    page = report(found, out / "report.html")
    write_csv(out / "effort.csv", found.to_table(), digits=6)
    write_pictures({"effort": effort_curve(found)}, out)
    printed(found.findings(), _table(found), written=[page])
    return FINE


def _table(found: "Effort") -> str:
    from renshaw.cli.tables import aligned

    lines = [["condition", "target (% MVC)", "torque (% MVC)", "effort (%)", ""]]
    for row in found.to_table().to_dict("records"):
        numbers = (row["target_pct_mvc"], row["torque_pct_mvc"], row["effort_pct"])
        lines.append([str(row["condition"]), *(f"{x:.1f}" for x in numbers), str(row["reason"])])
    return aligned(lines, left={0, 4})
