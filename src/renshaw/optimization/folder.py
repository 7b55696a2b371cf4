"""A design as files: tables, the goal, the recommended therapy, and a study that would test it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from renshaw.core.cells import safe_table
from renshaw.core.files import replacing, write_text
from renshaw.core.version import __version__
from renshaw.model.conditions import CONDITIONS
from renshaw.model.participant import Participant
from renshaw.optimization.design import RECOMMENDED, Design
from renshaw.optimization.goal_file import goal_to_toml
from renshaw.optimization.therapy import FORESEEN, MOVING, NOTHING, UNFORESEEN
from renshaw.study import commit
from renshaw.study.cohort import CohortSettings
from renshaw.study.pieces import code_fingerprint
from renshaw.study.plan import Arm, Condition, StudyPlan, Task
from renshaw.study.plan_as_toml import plan_to_toml
from renshaw.study.toml_settings import toml_block

if TYPE_CHECKING:
    import pandas as pd


_TABLES = ("trials", "alternatives", "contrasts", "fresh", "nights", "cells", "interactions")


def write_design(design: Design, folder: str | Path) -> Path:
    """Write everything but the pages.

    ``design.toml`` (the goal, every default written out), ``trials``, ``front``, ``alternatives``,
    ``contrasts``, ``fresh``, ``nights``, ``cells`` and ``interactions`` as CSV (``trials`` as
    Parquet as well), ``recommended.toml``, ``study.toml`` and, last, ``provenance.json`` with the
    sums of all tables.

    Raises
    ------
    OSError
        A file can't be written.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    commit.begin(folder)
    goal = f'renshaw = "{__version__}"\n{goal_to_toml(design.goal)}'
    write_text(folder / "design.toml", goal)
    for name in _TABLES:
        _write(getattr(design, name), folder / f"{name}.csv")
    _write(design.front, folder / "front.csv")
    with replacing(folder / "trials.parquet") as temporary:
        design.trials.to_parquet(temporary, index=False)
    write_text(folder / "recommended.toml", recommended_toml(design))
    write_text(folder / "study.toml", plan_to_toml(study_of(design)))
    finished = datetime.now(UTC).isoformat(timespec="seconds")
    made = {"renshaw": __version__, "program": code_fingerprint(), "finished": finished}
    commit.commit(folder, made, (*_TABLES, "front"))
    return folder


def _write(table: pd.DataFrame, path: Path) -> None:
    with replacing(path) as temporary:
        safe_table(table).to_csv(temporary, index=False, lineterminator="\n", float_format="%.6g")


def recommended_toml(design: Design) -> str:
    """Return the recommended therapy, in the words of ``--given`` and of study files."""
    therapy, goal = design.recommended, design.goal
    given = {
        when: [each.as_text() for each in therapy.given(when, goal.test, goal.price)]
        for when in (FORESEEN, UNFORESEEN, MOVING)
    }
    comments = (
        "# The recommended therapy: a prediction of a model, by research software that is no "
        "medical device.\n"
        f"# {therapy.words()}\n"
        "# given: in a spasm test, as `renshaw simulate spasm --given ...` or a study file take it;"
        "\n# at_night and moving: what of it is given then.\n"
    )
    table = {
        "given": given[FORESEEN],
        "at_night": given[UNFORESEEN],
        "moving": given[MOVING],
        **{key: value for key, value in therapy.to_mapping().items() if value not in (0.0, "none")},
    }
    return comments + toml_block("", table) + "\n"


def study_of(design: Design) -> StudyPlan:
    """Return a study of the recommended therapy and its alternatives in spasm tests."""
    goal = design.goal
    # "All" is often what is recommended; the same is not done twice.
    others = [n for n, each in design.chosen.items() if each != design.recommended]
    # Doing nothing, by whatever name, is the reference.
    names = [*others, RECOMMENDED] if NOTHING in others else [RECOMMENDED, *others]
    conditions = tuple(
        Condition(name=name, given=design.chosen[name].given(FORESEEN, goal.test, goal.price))
        for name in names
    )
    arm = Arm(
        name="spasm tests",
        cohort=_cohort(design),
        protocols=(Task(protocol=goal.test),),
        conditions=conditions,
        repeats=goal.repeats,
    )
    return StudyPlan(
        name=f"{goal.name}-study",
        title=f"{goal.heading}: the recommended therapy and its alternatives",
        question="Does the recommended therapy lessen spasms more than each treatment alone?",
        seed=goal.seed,
        mixed_models=False,
        keep="none",
        pairs=False,
        arms=(arm,),
    )


def _cohort(design: Design) -> CohortSettings:
    """Return others like those for whom the therapy was sought."""
    cohort = design.goal.cohort
    if design.goal.posterior or design.persons_given:
        return cohort_like(design.held_out)
    return cohort.replace(participants=max(2, design.goal.held_out), prefix="S")


def cohort_like(people: Sequence[Participant]) -> CohortSettings:
    """Return a cohort that differs as these people do, in what a cohort has words for."""
    first = people[0]
    condition = first.condition if first.condition in CONDITIONS else "healthy"

    def of(name: str) -> tuple[float, float]:
        values = np.array([getattr(who, name) for who in people], dtype=float)
        return float(values.mean()), float(values.std(ddof=1)) if len(values) > 1 else 0.0

    logs = np.log([max(who.afferents, 1e-6) for who in people])
    (level, level_sd), (inhibition, inhibition_sd) = of("neuromodulation"), of("inhibition")
    (severity, severity_sd), (age, age_sd) = of("severity"), of("age_years")
    return CohortSettings(
        participants=max(2, len(people)),
        prefix="S",
        muscle=first.muscle,
        edition=first.edition,
        n_units=first.n_units,
        age_years=age,
        age_sd=min(50.0, age_sd),
        condition=condition,
        severity=severity,
        severity_sd=min(1.0, severity_sd),
        neuromodulation=level,
        neuromodulation_sd=min(1.0, level_sd),
        inhibition=inhibition,
        inhibition_sd=min(100.0, inhibition_sd),
        afferents=float(np.exp(logs.mean())),
        afferents_sd=float(min(2.0, logs.std())),
    )
