"""``renshaw validate``: does the model do what people do? Every target, with its interval."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from renshaw.cli.failures import FINE
from renshaw.cli.findings import printed
from renshaw.cli.folder import results_folder
from renshaw.cli.options import MaybeWhole, Whole, changed, given, options_of
from renshaw.cli.progress import progress_bar
from renshaw.core.files import write_csv
from renshaw.validation.model_against_people import ModelValidationSettings

_Settings: Any = options_of(ModelValidationSettings(), "People")


def validate(
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"])] = Path("validation"),
    seed: Whole = 0,
    workers: MaybeWhole = None,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative=())] = False,
    settings: Annotated[_Settings | None, Parameter(name="*")] = None,
) -> int:
    """Hold the model against what was measured in people, target by target.

    Writes report.html and targets.csv (target, description, source, role, low, high, value, ci_low,
    ci_high, pass). A target is fitted when constants of the model were chosen to meet it, predicted
    when they were not; one that is missed stays visible as a miss.

    Examples:

        renshaw validate -o validation

        renshaw validate -o another-cohort --seed 7

    Parameters
    ----------
    out
        Folder for the results.
    seed
        Seed of the virtual people and of their synaptic noise.
    workers
        Processes; as many as there are cores by default. The numbers don't depend on it.
    quiet
        Show no progress.
    """
    from renshaw.core.errors import SettingsError
    from renshaw.validation.model_against_people import validate_model

    if workers is not None and workers < 1:
        raise SettingsError(f"workers = {workers}: at least one process is needed.")
    folder = results_folder(out)
    with progress_bar(quiet=quiet) as progress:
        found = validate_model(
            changed(ModelValidationSettings(), given(settings)),
            seed=seed,
            workers=workers,
            progress=progress,
        )
    write_csv(folder / "targets.csv", found.to_table())
    from renshaw.reports.report import report

    printed(found.findings(), written=[report(found, folder / "report.html")])
    return FINE
