"""Who is treated: people of a condition, or the persons that one person may be; and fresh ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from renshaw.core.checked_table import Column, Shape, read_checked
from renshaw.core.errors import DataError, SettingsError
from renshaw.core.files import near
from renshaw.core.received import text_of
from renshaw.core.seeds import derived_seed
from renshaw.core.toml import read_toml
from renshaw.model.editions import TRAINED_EDITION
from renshaw.model.participant import Participant
from renshaw.optimization.goal import Goal
from renshaw.study.cohort import draw_cohort
from renshaw.study.persons import in_condition, persons_from_samples

if TYPE_CHECKING:
    import pandas as pd

_SAMPLES, _FACTS = "samples.parquet", "posterior.toml"


@dataclass(frozen=True)
class People:
    """People on whom therapies are sought, and fresh ones on whom what was found is tried.

    Parameters
    ----------
    search, held_out : tuple of Participant
    warnings : tuple of str
        What speaks against taking them for those they stand for.
    """

    search: tuple[Participant, ...]
    held_out: tuple[Participant, ...]
    warnings: tuple[str, ...] = ()


def people_of(goal: Goal, persons: tuple[Participant, ...] = ()) -> People:
    """Return the people of a goal.

    Parameters
    ----------
    goal : Goal
    persons : tuple of Participant
        Used in place of the goal's cohort or posterior: every second one is held out.

    Raises
    ------
    DataError
        The folder of the posterior can't be read, or there are too few persons.
    """
    if persons:
        if len(persons) < 2 * 4:
            raise DataError(
                f"{len(persons)} persons are too few: half are held out; give 8 or more."
            )
        if any(who.edition != TRAINED_EDITION for who in persons):
            raise DataError(
                "Therapies are sought on another edition of the virtual person: give persons of "
                f"edition {TRAINED_EDITION}."
            )
        return People(tuple(persons[::2][: goal.people]), tuple(persons[1::2][: goal.held_out]))
    if goal.posterior:
        return _of_posterior(goal)
    search = goal.cohort.replace(participants=goal.people, prefix=goal.cohort.prefix or "P")
    fresh = goal.cohort.replace(participants=goal.held_out, prefix="H")
    return People(
        draw_cohort(search, goal.seed), draw_cohort(fresh, derived_seed(goal.seed, "held out"))
    )


def _of_posterior(goal: Goal) -> People:
    """Return persons that one person may be; what no ramp shows is drawn as in the cohort."""
    folder, n = Path(goal.posterior), goal.people + goal.held_out
    table, facts = _read(folder)
    known = {info.name for info in Participant.describe()} - {"treatment"}
    traits = {name: value for name, value in facts.items() if name in known}
    try:
        # What is inferred is of the first edition, on which the networks were trained.
        typical = Participant(**{"edition": TRAINED_EDITION, **traits}).replace(
            n_units=goal.cohort.n_units
        )
        persons = persons_from_samples(table, typical, n, goal.seed)
    except (DataError, SettingsError) as error:
        raise DataError(_damaged(folder, error)) from None
    like = draw_cohort(goal.cohort.replace(participants=n, prefix="P"), goal.seed)
    both = tuple(
        in_condition(who, other.condition, other.severity).replace(afferents=other.afferents)
        for who, other in zip(persons, like, strict=True)
    )
    inferred = facts.get("warnings")
    said = [str(words) for words in inferred] if isinstance(inferred, list) else []
    return People(
        both[: goal.people],
        both[goal.people :],
        (
            f"That this person's condition is “{goal.condition}” was said by the goal, not read "
            "from the recording.",
            *(f"Of the recording from which she was inferred: {words}" for words in said),
        ),
    )


def _read(folder: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the samples of a posterior, and what else is known of the person."""
    for name in (_SAMPLES, _FACTS):
        if not (folder / name).is_file():
            raise DataError(_no_posterior(folder, name))
    numbers = [info.name for info in Participant.describe() if info.kind in (int, float)]
    shape = Shape(tuple(Column(name, "number", needed=False) for name in numbers), unlike=True)
    table = read_checked(folder / _SAMPLES, shape, "Write it again with renshaw infer.")
    try:
        return table, read_toml(text_of(folder / _FACTS))
    except (OSError, ValueError) as error:
        raise DataError(_damaged(folder / _FACTS, error)) from None


def _no_posterior(folder: Path, missing: str) -> str:
    what = f"The posterior {folder}"
    if not folder.exists():
        return f"{what} is not there. {near(folder) or 'renshaw infer REC -o DIR writes one.'}"
    if not folder.is_dir():
        return f"{what} is a file; name the folder that renshaw infer wrote."
    if (folder / "change.csv").is_file():
        return (
            f"{what} is of a change between two recordings; name the posterior of one of them, "
            f"{folder / 'before'} or {folder / 'after'}."
        )
    return f"{what} holds no {missing}; renshaw infer REC -o DIR writes it."


def _damaged(place: Path, error: Exception) -> str:
    why = str(error).rstrip(".")
    return f"{place} can't be read as a posterior ({why}); write it again with renshaw infer."
