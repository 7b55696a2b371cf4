"""`Reflex`: what a reflex test found, point by point, and the numbers that a laboratory reports."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from renshaw.core.history import History
from renshaw.core.results import Result
from renshaw.data.arrays import FloatArray
from renshaw.experiment.reflexes.settings import ReflexSettings
from renshaw.model.participant import Participant

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Outcome:
    """One number of a reflex test.

    Parameters
    ----------
    name : str
    value : float
        NaN where it could not be measured.
    unit : str
    low, high : float, optional
        Between which means of groups of healthy people lie, where that is known; a single person
        may well lie outside.
    source : str
        Of these bounds, and how sure they are.
    """

    name: str
    value: float
    unit: str
    low: float | None = None
    high: float | None = None
    source: str = ""

    @property
    def as_in_people(self) -> bool | None:
        """Whether it lies where groups of healthy people do; None where either is not known."""
        if self.low is None or self.high is None or math.isnan(self.value):
            return None
        return bool(self.low <= self.value <= self.high)


@dataclass(frozen=True, eq=False, repr=False)
class Reflex(Result):
    """What a reflex test found in one person.

    Parameters
    ----------
    settings : ReflexSettings
        Which test, and how.
    participant : Participant
    given : tuple of str
        Interventions, by name.
    table : DataFrame
        One row a point of the curve. The first column is what was varied; `mean` and `sd` are over
        repeats; M and H in % of M_max.
    outcomes : tuple of Outcome
    waves : mapping of str to array
        Examples of what the electrode sees, from the pulse on, relative to M_max; by their label.
    fs_hz : float
        Sampling rate of these.
    history : History
    """

    settings: ReflexSettings
    participant: Participant
    given: tuple[str, ...]
    table: pd.DataFrame
    outcomes: tuple[Outcome, ...]
    waves: Mapping[str, FloatArray]
    fs_hz: float
    history: History = field(default_factory=History)

    def __repr__(self) -> str:
        first = self.outcomes[0]
        return (
            f"Reflex({self.settings.title}, {self.participant.muscle}, {first.name} "
            f"{first.value:.3g} {first.unit})"
        )

    def to_table(self) -> pd.DataFrame:
        """Return one row a point of the curve."""
        return self.table.copy()

    def outcomes_table(self) -> pd.DataFrame:
        """Return one row an outcome: outcome, value, unit, low, high, as_in_people, source."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "outcome": each.name,
                    "value": each.value,
                    "unit": each.unit,
                    "low": each.low,
                    "high": each.high,
                    "as_in_people": each.as_in_people,
                    "source": each.source,
                }
                for each in self.outcomes
            ]
        )

    def outcome(self, name: str) -> float:
        """Return the value of an outcome.

        Parameters
        ----------
        name : str
            As `outcomes` call it.
        """
        return next(each.value for each in self.outcomes if each.name == name)
