"""Virtual persons drawn from samples of a posterior over the state of a cord."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.core.errors import DataError
from renshaw.core.seeds import stream
from renshaw.model.participant import Participant

if TYPE_CHECKING:
    import pandas as pd


def persons_from_samples(
    table: pd.DataFrame, typical: Participant, n: int, seed: int = 0
) -> tuple[Participant, ...]:
    """Return persons, each one sample of a posterior.

    Parameters
    ----------
    table : DataFrame
        One row a sample. Columns named like a number among the fields of `Participant` replace it;
        others are passed over.
    typical : Participant
        What the samples don't say: muscle, age, number of motoneurons.
    n : int
        Persons; drawn without replacement as far as there are samples.
    seed : int

    Raises
    ------
    DataError
        There are no samples, or no column is a field of `Participant`.
    """
    fields = [
        info.name
        for info in Participant.describe()
        if info.kind is float and info.name in table.columns
    ]
    if table.empty or not fields:
        raise DataError("The samples of the posterior say nothing about a person.")
    rows = stream(seed, "persons of a posterior").choice(len(table), n, replace=n > len(table))
    limits = {info.name: info for info in Participant.describe()}
    found = []
    for k, row in enumerate(rows):
        values = {name: round(float(table[name].iloc[row]), 6) for name in fields}
        for name in fields:
            low, high = limits[name].ge, limits[name].le
            values[name] = max(values[name], low) if low is not None else values[name]
            values[name] = min(values[name], high) if high is not None else values[name]
        found.append(typical.replace(name=f"{typical.name} {k + 1}", **values))
    return tuple(found)
