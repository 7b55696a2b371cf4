"""Who is treated: people of a condition, or the persons that one person may be; and fresh ones."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from renshaw.core.errors import DataError
from renshaw.core.seeds import derived_seed
from renshaw.model.participant import Participant
from renshaw.optimize.goal import Goal
from renshaw.study.cohort import draw_cohort
from renshaw.study.persons import persons_from_samples

# Motoneurons of a person who comes from a posterior.
_UNITS = 24


@dataclass(frozen=True)
class People:
    """People on whom therapies are sought, and fresh ones on whom what was found is tried.

    Parameters
    ----------
    search, held_out : tuple of Participant
    """

    search: tuple[Participant, ...]
    held_out: tuple[Participant, ...]


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
            raise DataError(f"{len(persons)} persons are too few: half are held out; give 8.")
        return People(tuple(persons[::2][: goal.people]), tuple(persons[1::2][: goal.held_out]))
    if goal.cohort is None:
        both = _of_posterior(goal)
        return People(both[: goal.people], both[goal.people :])
    search = goal.cohort.replace(participants=goal.people, prefix=goal.cohort.prefix or "P")
    fresh = goal.cohort.replace(participants=goal.held_out, prefix="H")
    return People(
        draw_cohort(search, goal.seed), draw_cohort(fresh, derived_seed(goal.seed, "held out"))
    )


def _of_posterior(goal: Goal) -> tuple[Participant, ...]:
    import pandas as pd

    folder = Path(goal.posterior)
    try:
        table = pd.read_parquet(folder / "samples.parquet")
        facts = tomllib.loads((folder / "posterior.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(
            f"{folder} is not a folder that renshaw infer has written: {error}."
        ) from None
    who = facts.get("participant", facts)
    known = {info.name for info in Participant.describe()} - {"treatment"}
    traits = {name: value for name, value in who.items() if name in known}
    typical = Participant(**traits).replace(n_units=_UNITS)
    return persons_from_samples(table, typical, goal.people + goal.held_out, goal.seed)
