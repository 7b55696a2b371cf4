"""`validate_seeds`: in how many groups of virtual people, each drawn anew, is a target met?"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from renshaw.core.errors import SettingsError
from renshaw.core.files import given_path, replacing
from renshaw.core.fingerprint import fingerprint
from renshaw.core.history import History, Step
from renshaw.core.results import Result
from renshaw.core.seeds import checked_seed
from renshaw.core.settings import settings_for
from renshaw.core.version import __version__
from renshaw.study.pieces import code_fingerprint
from renshaw.validation.model_against_people import (
    TARGET_COLUMNS,
    ModelValidationSettings,
    validate_model,
)

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int, int, str], None]

# A target holds if it is met in at least this share of seeds.
ENOUGH = 0.9

SEEDS_COLUMNS = (
    "target",
    "description",
    "source",
    "role",
    "low",
    "high",
    "seeds",
    "met",
    "share",
    "mean",
    "lowest",
    "highest",
    "pass",
)


@dataclass(frozen=True, eq=False, repr=False)
class SeedsValidation(Result):
    """What the model does beside what people do, over several seeds.

    Parameters
    ----------
    table : DataFrame
        One row a target: target, description, source, role, low, high, seeds (how many), met (in
        how many it is met), share (met of seeds), mean, lowest and highest (of the values that
        seeds gave), pass (met in at least nine of ten).
    of_seeds : DataFrame
        One row a target and seed: seed and the columns of `ModelValidation`.
    settings : ModelValidationSettings
    history : History
    """

    table: pd.DataFrame
    of_seeds: pd.DataFrame
    settings: ModelValidationSettings = field(default_factory=ModelValidationSettings)
    history: History = field(default_factory=History)

    def to_table(self) -> pd.DataFrame:
        """Return one row a target."""
        return self.table.copy()


def validate_seeds(
    settings: ModelValidationSettings | None = None,
    *,
    seeds: int = 10,
    seed: int = 0,
    folder: Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> SeedsValidation:
    """Measure every target with several seeds, and count in which it is met.

    Parameters
    ----------
    settings : ModelValidationSettings, optional
    seeds : int
        How many.
    seed : int
        The first; others follow it.
    folder : Path, optional
        Where the verdicts of each seed are kept when it is done, and what was simulated of the next
        one, so that an interrupted run goes on. Those of other settings or another program are made
        again.
    workers : int, optional
        Processes; as many as there are cores if not given. The numbers don't depend on it.
    progress : callable, optional

    Raises
    ------
    SettingsError
        Fewer than two seeds.
    """
    import pandas as pd

    settings = settings_for("validate_seeds", settings, ModelValidationSettings)
    if isinstance(seeds, bool) or not isinstance(seeds, int) or not 2 <= seeds <= 1000:
        raise SettingsError(f"seeds = {seeds}: must be a whole number from 2 to 1000.")
    first = checked_seed(seed)
    folder = None if folder is None else given_path("validate_seeds", folder)
    kept = _Kept(folder, settings)
    tables = []
    for number, each in enumerate(range(first, first + seeds)):
        table = kept.get(each)
        if table is None:
            told = None if progress is None else _of_all(progress, number, seeds, each)
            pieces = None if folder is None else folder / "pieces"
            made = validate_model(
                settings, seed=each, folder=pieces, workers=workers, progress=told
            )
            table = made.to_table()
            kept.put(each, table)
        tables.append(table.assign(seed=each)[["seed", *TARGET_COLUMNS]])
    of_seeds = pd.concat(tables, ignore_index=True)
    code = (
        f"validation = rs.validation.validate_seeds({settings.as_python()}, seeds={seeds}, "
        f"seed={first})"
    )
    cites = ("powers2017", "mesquita2022", "orssatto2022")
    step = Step("validate", code, settings.to_mapping(), first, "", cites, __version__)
    return SeedsValidation(seeds_table(of_seeds), of_seeds, settings, History((step,)))


def seeds_table(of_seeds: pd.DataFrame) -> pd.DataFrame:
    """Return one row a target (`SEEDS_COLUMNS`).

    Parameters
    ----------
    of_seeds : DataFrame
        One row a target and seed.
    """
    import pandas as pd

    rows = []
    for _, part in of_seeds.groupby("target", sort=False):
        one = part.iloc[0]
        met, n = int(part["pass"].sum()), len(part)
        values = part["value"]
        rows.append(
            (
                *(one[name] for name in SEEDS_COLUMNS[:6]),
                n,
                met,
                met / n,
                values.mean(),
                values.min(),
                values.max(),
                met / n >= ENOUGH,
            )
        )
    return pd.DataFrame(rows, columns=list(SEEDS_COLUMNS))


def _of_all(progress: Progress, number: int, seeds: int, seed: int) -> Progress:
    """Return a progress of one seed that tells how far all of them are."""

    def told(done: int, total: int, what: str) -> None:
        progress(number * total + done, seeds * total, f"seed {seed}: {what}")

    return told


class _Kept:
    """The verdicts of seeds that are done, one file each."""

    def __init__(self, folder: Path | None, settings: ModelValidationSettings) -> None:
        self._folder = folder
        self._settings = settings
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def _path(self, folder: Path, seed: int) -> Path:
        key = fingerprint(self._settings, seed, code_fingerprint())
        return folder / f"seed-{seed}-{key}.json"

    def get(self, seed: int) -> pd.DataFrame | None:
        import pandas as pd

        if self._folder is None:
            return None
        try:
            columns = json.loads(self._path(self._folder, seed).read_text(encoding="utf-8"))
            table = pd.DataFrame(columns)
        except (OSError, ValueError):
            return None  # Not there, or damaged.
        return table if list(table.columns) == list(TARGET_COLUMNS) else None

    def put(self, seed: int, table: pd.DataFrame) -> None:
        if self._folder is None:
            return
        for other in self._folder.glob(f"seed-{seed}-*.json"):
            other.unlink()
        # Other than in a table of text, numbers stay what they are to the last bit.
        with replacing(self._path(self._folder, seed)) as temporary:
            temporary.write_text(json.dumps(table.to_dict("list")), encoding="utf-8")
