"""``renshaw fit-effects``: drugs, age, sex, training and chance, in % of the PIC."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from renshaw.calibration.arms import EffectsFitSettings
from renshaw.cli.failures import FINE
from renshaw.cli.folder import results_folder
from renshaw.cli.options import MaybeWhole, Whole, changed, given, options_of
from renshaw.cli.progress import progress_bar
from renshaw.core.files import write_csv

_Settings: Any = options_of(EffectsFitSettings(), "Fit")


def fit_effects(
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"])] = Path("fit-effects"),
    seed: Whole = 0,
    workers: MaybeWhole = None,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative=())] = False,
    settings: Annotated[_Settings | None, Parameter(name="*")] = None,
) -> int:
    """Fit what drugs, age, sex, training, injury and chance do to the second edition's people.

    Takes some minutes; give it after `renshaw fit` has changed the pools. Every person simulated is
    kept in DIR/arms.jsonl: stop when you like, and give the same command again to go on.
    Writes effects.csv (all data, held out ones too, beside what is simulated with fresh seeds),
    spasms.csv and vibstim.csv (spasms after injury, and VibStim, beside what is simulated),
    constants.csv (each constant with its range and how it was told; shares are of the healthy
    persistent inward current, 1 is 100 %) and effects.toml, the table with the values found, to
    take the place of the package's.

    Examples:

        renshaw fit-effects -o effects

    Parameters
    ----------
    out
        Folder for simulated people and results.
    seed
        Seed of the synaptic noise.
    workers
        Processes; as many as there are cores by default. The numbers don't depend on it.
    quiet
        Show no progress.
    """
    from renshaw.calibration import effects
    from renshaw.core.errors import SettingsError

    if workers is not None and workers < 1:
        raise SettingsError(f"workers = {workers}: at least one process is needed.")
    chosen = changed(EffectsFitSettings(), given(settings))
    folder = results_folder(out)
    with progress_bar(quiet=quiet) as progress:
        found = effects.fit_effects(folder, chosen, seed=seed, workers=workers, progress=progress)
    write_csv(folder / "effects.csv", effects.held_table(found.held))
    write_csv(folder / "spasms.csv", effects.spasms_table(found.spasms))
    write_csv(folder / "vibstim.csv", effects.vibstim_table(found.vibstim))
    write_csv(folder / "constants.csv", effects.constants_table(found.text))
    (folder / "effects.toml").write_text(found.text, "utf-8")
    print("\n".join([*effects.summary(found), f"Written: {folder}"]))  # noqa: T201
    return FINE
