"""`Design`: a therapy that was found, beside its alternatives, and what is known of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from renshaw.core.history import History
from renshaw.core.results import Result
from renshaw.interventions import Intervention
from renshaw.model.participant import Participant
from renshaw.optimization.goal import Goal
from renshaw.optimization.measuring import SILENCE_s
from renshaw.optimization.therapy import FORESEEN, NOTHING, Therapy

if TYPE_CHECKING:
    import pandas as pd

    from renshaw.statistics.planning.power import Power

RECOMMENDED = "recommended"


@dataclass(frozen=True, eq=False)
class Design(Result):
    """A therapy that was found, beside its alternatives.

    Parameters
    ----------
    goal : Goal
    chosen : mapping of str to Therapy
        The best of each kind by the rule, ``"do nothing"`` first and ``"recommended"`` last. A kind
        of which nothing keeps the limits is left out, but for ``"all"``: then the mildest is shown.
    trials : DataFrame
        Every therapy tried, one row each: number, kind, words, what it is made of, people (on whom
        it was judged last), the axes (`renshaw.optimization.axes`), allowed (keeps the limits),
        front.
    alternatives : DataFrame
        One row each of `chosen`, in the same order: the axes as the search saw them and
        (``fresh_...``) on fresh people with fresh noise, with 95 % intervals over people.
    contrasts : DataFrame
        The recommended therapy against each alternative, within fresh people: difference of
        burden (mean, and of the worst quarter) with intervals, share of people who are better off.
    fresh : DataFrame
        One row a fresh person, repeat and alternative: burden, duration_s, force_pct.
    nights : DataFrame
        One row an alternative and sleeper, from `rs.night`; empty where nobody slept.
    cells, interactions : DataFrame
        The factorial of stimulation, relaxation and drug, and what it says.
    plans : mapping of str to Power
        Against which alternative, and how many participants would show it.
    people, held_out : tuple of Participant
    persons_given : bool
        Whether they were given, in place of the goal's cohort.
    warnings : tuple of str
        What speaks against taking the people for those they stand for.
    history : History
    """

    goal: Goal
    chosen: Mapping[str, Therapy]
    trials: pd.DataFrame
    alternatives: pd.DataFrame
    contrasts: pd.DataFrame
    fresh: pd.DataFrame
    nights: pd.DataFrame
    cells: pd.DataFrame
    interactions: pd.DataFrame
    plans: Mapping[str, Power]
    people: tuple[Participant, ...]
    held_out: tuple[Participant, ...]
    persons_given: bool = False
    warnings: tuple[str, ...] = ()
    history: History = field(default_factory=History)

    @property
    def recommended(self) -> Therapy:
        """The therapy that the rule chooses."""
        return self.chosen[RECOMMENDED]

    @property
    def spastic(self) -> bool:
        """Whether there are spasms to calm: firing goes on for a second in those who fare worst."""
        usual = self.alternatives["alternative"] == NOTHING
        return bool(self.alternatives.loc[usual, "fresh_duration_s"].iloc[0] >= SILENCE_s)

    @property
    def given(self) -> tuple[Intervention, ...]:
        """The recommended therapy as interventions, as given in a spasm test."""
        return self.recommended.given(FORESEEN, self.goal.test, self.goal.price)

    @property
    def front(self) -> pd.DataFrame:
        """The therapies that no other beats on every axis, least burden first."""
        return self.trials[self.trials["front"]].sort_values("burden", ignore_index=True)

    def to_table(self) -> pd.DataFrame:
        """Return one row an alternative."""
        return self.alternatives.copy()

    def __repr__(self) -> str:
        return f"Design({self.goal.name!r}: {self.recommended.words()})"
