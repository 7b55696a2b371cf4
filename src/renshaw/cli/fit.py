"""``renshaw fit``: the virtual person, fitted to what people do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from renshaw.calibration.fit import FitSettings
from renshaw.cli.failures import FINE
from renshaw.cli.folder import results_folder
from renshaw.cli.options import MaybeWhole, Whole, changed, given, options_of
from renshaw.cli.progress import progress_bar
from renshaw.core.files import write_csv
from renshaw.core.received import text_of

_Settings: Any = options_of(FitSettings(), "Search")


def fit(
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"])] = Path("fit"),
    targets: Path | None = None,
    table: Path | None = None,
    seed: Whole = 0,
    workers: MaybeWhole = None,
    adopt: Annotated[bool, Parameter(negative=())] = False,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative=())] = False,
    settings: Annotated[_Settings | None, Parameter(name="*")] = None,
) -> int:
    """Fit the second edition of the virtual person to what people do.

    Takes hours. Every evaluation is kept in DIR/evaluations.jsonl as soon as it is made: stop when
    you like, and give the same command again to go on. When the search is over, the best persons
    and the first edition's are held against all targets, held out ones too, with fresh seeds.
    Writes targets.csv, quantities.csv (all that was measured), parameters.csv (value, range,
    whether the data pin it and by what), persons.csv (an ensemble of persons that explain the data)
    and parameters.toml, the table with the values found, to take the place of the package's.

    Examples:

        renshaw fit -o fit-TA --evaluations 400

        renshaw fit -o fit-SOL --muscle SOL --workers 2

    Parameters
    ----------
    out
        Folder for evaluations and results.
    targets
        File that declares the targets, in place of the package's.
    table
        Table of parameters with their bounds, in place of the package's.
    seed
        Seed of the search and of the synaptic noise.
    workers
        Processes; as many as there are cores by default. The numbers don't depend on it.
    adopt
        Use evaluations in DIR that another version made, after some of them, made again, were the
        same.
    quiet
        Show no progress.
    """
    from renshaw.calibration.ensemble import ensemble
    from renshaw.calibration.fit import check, fit_person
    from renshaw.calibration.results import (
        parameters_table,
        persons_table,
        quantities_table,
        summary,
        table_with,
        targets_table,
    )
    from renshaw.core.errors import SettingsError
    from renshaw.model.second_edition.table import table_text

    if workers is not None and workers < 1:
        raise SettingsError(f"workers = {workers}: at least one process is needed.")
    chosen = changed(FitSettings(), given(settings))
    folder = results_folder(out)
    with progress_bar(quiet=quiet) as progress:
        hands: dict[str, Any] = {"seed": seed, "workers": workers, "progress": progress}
        found = fit_person(folder, chosen, table=table, targets=targets, adopt=adopt, **hands)
        told = ensemble(found, seed)
        best, first = check(folder, found, [found.best.values, ()], targets=targets, **hands)
    held = targets_table(best, first)
    write_csv(folder / "targets.csv", held)
    write_csv(folder / "quantities.csv", quantities_table(best, first))
    write_csv(folder / "parameters.csv", parameters_table(found, told))
    write_csv(folder / "persons.csv", persons_table(found, told))
    before = table_text() if table is None else text_of(table)
    words = f"fit of {len(found.candidates)} candidates, seed {seed}"
    (folder / "parameters.toml").write_text(table_with(before, found, told, words), "utf-8")
    print("\n".join([*summary(found, told, held), f"Written: {folder}"]))  # noqa: T201
    return FINE
