"""``renshaw night``: eight hours in bed, and the spasms that touches and stretches provoke."""

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from renshaw.cli.failures import FINE
from renshaw.cli.findings import printed
from renshaw.cli.given import given_option
from renshaw.cli.options import Whole, changed, given, options_of
from renshaw.cli.progress import progress_bar
from renshaw.experiment.night import NightSettings
from renshaw.experiment.night import night as night_verb
from renshaw.model.participant import Participant

_Night: Any = options_of(NightSettings(), "Night")
_GIVEN = given_option("What is done to calm")
_Participant: Any = options_of(Participant(), "Participant", 20)


def night(
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"])],
    given_: Annotated[tuple[str, ...], _GIVEN] = (),
    seed: Whole = 0,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative=())] = False,
    settings: Annotated[_Night | None, Parameter(name="*")] = None,
    participant: Annotated[_Participant | None, Parameter(name="*")] = None,
) -> int:
    """Let a virtual person sleep, and count the spasms that touches and stretches provoke.

    Writes DIR/report.html, night.svg and night.png, spasms.csv (one row a spasm) and measures.csv.

    Examples:

        renshaw night -o night --condition spinal-cord-injury

        renshaw night -o night --condition spinal-cord-injury --severity 1 --given baclofen

    Parameters
    ----------
    out
        Folder for the results; made where it does not exist.
    seed
        Seed of touches and synaptic noise: the same seed, the same touches.
    quiet
        Show no progress.
    """
    import pandas as pd

    from renshaw.cli.folder import results_folder, write_pictures
    from renshaw.core.files import write_csv
    from renshaw.reports.figures.night import nights
    from renshaw.reports.report import report

    who = changed(Participant(), given(participant))
    what = changed(NightSettings(), given(settings))
    results_folder(out)
    with progress_bar(quiet=quiet) as progress:
        slept = night_verb(who, given_, what, seed=seed, progress=progress)
    tables = {"spasms": slept.to_table(), "measures": pd.DataFrame([slept.measures()])}
    for name, table in tables.items():
        write_csv(out / f"{name}.csv", table, digits=6)
    page = report(slept, out / "report.html")
    write_pictures({"night": nights([slept])}, out)
    printed(slept.findings(), written=[page])
    return FINE
