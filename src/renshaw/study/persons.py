"""Persons from samples of their state: how a posterior becomes virtual people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from renshaw.core.errors import DataError
from renshaw.core.seeds import stream
from renshaw.model.cord import USUAL_PCT_MVC
from renshaw.model.participant import Participant

if TYPE_CHECKING:
    import pandas as pd

_NOT_DRAWN = ("name", "muscle", "treatment", "n_units")
# The most neuromodulation that a person can have.
_MOST = 3.0


def persons_from_samples(
    table: pd.DataFrame, typical: Participant, n: int, seed: int = 0
) -> tuple[Participant, ...]:
    """Return persons drawn from samples, each like a typical one but for what was sampled.

    Parameters
    ----------
    table : DataFrame
        One row a sample; columns that are named like a setting of `Participant` are taken over,
        others, and rows with a missing value, are left out.
    typical : Participant
        Whatever the samples don't say.
    n : int
        Persons; each is one sample, and none comes twice before all have come.
    seed : int

    Raises
    ------
    DataError
        No column says anything of a person, no row is whole, or fewer than one is asked for.
    SettingsError
        A sample that no person can have.
    """
    if n < 1:
        raise DataError(f"{n} persons were asked for; it takes one at least.")
    kinds = {info.name: info.kind for info in Participant.describe()}
    told = [name for name in table.columns if name in kinds and name not in _NOT_DRAWN]
    if not told:
        raise DataError(
            "The samples have no column that says anything of a person, such as neuromodulation; "
            f"they have: {', '.join(map(str, table.columns)) or 'none'}."
        )
    whole = table[told].dropna()
    if whole.empty:
        raise DataError("Every sample has a missing value: no person can be made of them.")
    rows = _drawn(len(whole), n, seed)
    return tuple(
        typical.replace(name=f"{typical.name} {k + 1}", **_plain(whole.iloc[row].to_dict(), kinds))
        for k, row in enumerate(rows)
    )


def in_condition(who: Participant, condition: str, severity: float) -> Participant:
    """Return a person amplified in an effort as she was inferred to be, and else of a condition.

    What a voluntary ramp tells is what neuromodulation *amounted to*, in whatever condition. So all
    of it stays, and the condition says what it is made of: how much needs no serotonin. What a ramp
    does not tell (the level of inhibition, weak reciprocal inhibition, risen chloride, lasting
    excitation by skin and stretch) comes with the condition.

    Parameters
    ----------
    who : Participant
        As inferred: of no condition.
    condition : str
    severity : float
        From 0 to 1. Where the condition by itself makes more neuromodulation than was inferred, it
        stays at what the condition makes.
    """
    ill = who.replace(condition=condition, severity=severity)
    # Neuromodulation in a task is a straight line in what the person has.
    none, one = (_in_effort(ill.replace(neuromodulation=value)) for value in (0.0, 1.0))
    if one > none:
        needed = (_in_effort(who) - none) / (one - none)
        ill = ill.replace(neuromodulation=min(_MOST, max(0.0, needed)))
    return ill


def _in_effort(who: Participant) -> float:
    """Return neuromodulation, all of it, in an effort of 20 % MVC."""
    return who.cord.neuromodulation_at(USUAL_PCT_MVC)


def _drawn(there: int, n: int, seed: int) -> list[int]:
    chance = stream(seed, "persons", "samples")
    rows: list[int] = []
    while len(rows) < n:
        rows += chance.permutation(there).tolist()
    return rows[:n]


def _plain(values: dict[Any, Any], kinds: dict[str, Any]) -> dict[str, Any]:
    return {name: float(v) if kinds[name] is float else v for name, v in values.items()}
