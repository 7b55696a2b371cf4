"""`validate_model`: does the model do what people do? Every target, with its interval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from renshaw.core.files import given_path
from renshaw.core.history import History, Step
from renshaw.core.results import Result
from renshaw.core.seeds import checked_seed
from renshaw.core.settings import Settings, setting, settings_for
from renshaw.core.version import __version__
from renshaw.engine.settings import COARSE
from renshaw.model.editions import DEFAULT_EDITION
from renshaw.study.kept import Keeping
from renshaw.study.laboratory import measure_all, measured
from renshaw.validation.against_recordings import RecordingValidation
from renshaw.validation.target import all_series, all_targets

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int, int, str], None]

TARGET_COLUMNS = (
    "target",
    "description",
    "source",
    "role",
    "low",
    "high",
    "value",
    "ci_low",
    "ci_high",
    "pass",
)


@dataclass(frozen=True, kw_only=True)
class ModelValidationSettings(Settings):
    """How many virtual people are measured, and how often."""

    people: int = setting(12, "virtual people in each group", ge=4, le=1000)
    trials: int = setting(2, "ramps of each person in each condition", ge=1, le=20)
    edition: int = setting(DEFAULT_EDITION, "edition of the virtual people", ge=1, le=2, named=True)
    quick: bool = setting(
        False,
        "steps of the engine twice as long, as in the fit of the second edition: for a first look",
    )


@dataclass(frozen=True, eq=False, repr=False)
class ModelValidation(Result):
    """What the model does beside what people do.

    Parameters
    ----------
    table : DataFrame
        One row a target: target, description, source, role (a key of
        `renshaw.validation.target.ROLES`), low, high, value, ci_low, ci_high, pass.
    measured : DataFrame
        All estimates: series, participant, trial, unit, quantity, value, ok.
    settings : ModelValidationSettings
        How many people were measured, and how often.
    history : History
        How it came about.
    """

    table: pd.DataFrame
    measured: pd.DataFrame
    history: History = field(default_factory=History)
    settings: ModelValidationSettings = field(default_factory=ModelValidationSettings)

    def to_table(self) -> pd.DataFrame:
        """Return one row a target."""
        return self.table.copy()


def validate_model(
    settings: ModelValidationSettings | None = None,
    *,
    held: RecordingValidation | None = None,
    seed: int = 0,
    folder: Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> ModelValidation:
    """Simulate the experiments whose results are known from people, and compare.

    Parameters
    ----------
    settings : ModelValidationSettings, optional
    held : RecordingValidation, optional
        Virtual people beside recordings: each quantity that the recordings tell is a target, too.
    seed : int
        Of the virtual people: who they are, and their synaptic noise.
    folder : Path, optional
        Where what is simulated is kept until everything is, so that an interrupted run goes on.
    workers : int, optional
        Processes; as many as there are cores if not given. The numbers don't depend on it.
    progress : callable, optional
    """
    import pandas as pd

    settings = settings_for("validate_model", settings, ModelValidationSettings)
    seed = checked_seed(seed)
    series = [
        replace(each, traits=(("edition", settings.edition), *each.traits))
        for each in all_series(settings.people, settings.trials)
    ]
    engine = COARSE if settings.quick else None
    place = None if folder is None else given_path("validate_model", folder)
    keeping = None if place is None else Keeping.within(place, engine)
    work = keeping or partial(measured, engine=engine)
    found = measure_all(series, seed=seed, work=work, workers=workers, progress=progress)
    if keeping is not None:
        keeping.done()
    rows: list[tuple[object, ...]] = []
    for target in all_targets():
        value = target.measure(found)
        rows.append(
            (
                target.name,
                target.description,
                target.source,
                target.role_in(settings.edition),
                target.low,
                target.high,
                value.value,
                value.ci_low,
                value.ci_high,
                bool(target.low <= value.value <= target.high),
            )
        )
    if held is not None:
        rows += held.as_targets()
    beside = "" if held is None else "held=held, "
    code = f"validation = rs.validate_model({settings.as_python()}, {beside}seed={seed})"
    cites = ("powers2017", "mesquita2022", "orssatto2022")
    step = Step("validate", code, settings.to_mapping(), seed, "", cites, __version__)
    table = pd.DataFrame(rows, columns=list(TARGET_COLUMNS))
    before = History() if held is None else held.history
    return ModelValidation(table, found, before.then(step), settings)
