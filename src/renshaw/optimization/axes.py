"""What a therapy is judged by: burden and force of the worst quarter, dose, discomfort, charge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from renshaw.core.seeds import derived_seed
from renshaw.experiment.maximal import MaximalEffort
from renshaw.interventions import Intervention
from renshaw.model.participant import Participant
from renshaw.optimization.bench import Bench, Test
from renshaw.optimization.goal import Goal
from renshaw.optimization.therapy import BEFORE, FORESEEN, MOVING, UNFORESEEN, Therapy
from renshaw.statistics.intervals import worst_mean

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]

# The axes of the Pareto front: less is better on each.
AXES = ("burden", "force_lost_pct", "dose_pct", "discomfort", "charge_mC_per_h")
_OF_A_SPASM = ("burden", "duration_s", "stimulated_s")
BY_PERSON = (*_OF_A_SPASM, "force_pct")


def by_person(
    therapies: Sequence[Therapy],
    people: Sequence[Participant],
    goal: Goal,
    bench: Bench,
    what: str,
    *,
    noise: str = "search",
    repeats: int = 1,
    force: bool = True,
) -> pd.DataFrame:
    """Return one row a therapy, person and repeat: burden, duration, force, stimulated time.

    A provocation that the person foresees and one that she doesn't count by their shares
    (`Price.foreseen`). The noise of a person is the same under each therapy.

    Parameters
    ----------
    therapies : sequence of Therapy
    people : sequence of Participant
    goal : Goal
    bench : Bench
    what : str
        What is being done, for the progress.
    noise : str
        Names the stream of noise: fresh tests have another name.
    repeats : int
        Spasm tests of each person.
    force : bool
        Whether maximal force is measured as well; NaN otherwise.
    """
    import pandas as pd

    tests: list[Test] = []
    rows = []
    for number, therapy in enumerate(therapies):
        for who in people:
            strong = len(tests) if force else None
            if force:
                moving = therapy.given(MOVING, goal.test, goal.price)
                tests.append(Test(MaximalEffort(), moving, who, 0))
            for repeat in range(repeats):
                seed = derived_seed(goal.seed, noise, who.name, repeat)
                spasms = []
                for weight, given in _provocations(therapy, goal):
                    spasms.append((weight, len(tests)))
                    tests.append(Test(goal.test, given, who, seed))
                rows.append((number, who.name, repeat, strong, spasms))
    found = bench.results(tests, what)
    return pd.DataFrame(
        [
            {
                "therapy": number,
                "person": name,
                "repeat": repeat,
                **{
                    quantity: sum(weight * found[k][quantity] for weight, k in spasms)
                    for quantity in _OF_A_SPASM
                },
                "force_pct": float("nan") if strong is None else found[strong]["force_pct"],
            }
            for number, name, repeat, strong, spasms in rows
        ]
    )


def _provocations(therapy: Therapy, goal: Goal) -> list[tuple[float, tuple[Intervention, ...]]]:
    """Return what is given at provocations that are foreseen and not, each with its share."""
    foreseen = therapy.given(FORESEEN, goal.test, goal.price)
    if therapy.timing != BEFORE or goal.price.foreseen == 1.0:
        return [(1.0, foreseen)]
    unforeseen = therapy.given(UNFORESEEN, goal.test, goal.price)
    return [(goal.price.foreseen, foreseen), (1.0 - goal.price.foreseen, unforeseen)]


def axes_of(therapy: Therapy, table: pd.DataFrame, goal: Goal) -> dict[str, float]:
    """Return a therapy's axes from its rows of `by_person`.

    ``burden``, ``duration_s`` and ``force_pct`` are means of those who fare worst
    (`Rule.worse_share`: a quarter), ``burden_mean`` and the like of everybody.
    """
    means = table.groupby("person", sort=False)[list(BY_PERSON)].mean()
    worst = {
        # Force counts where most of it is lost.
        name: sign * float(worst_mean(sign * means[name].to_numpy(float), goal.rule.worse_share))
        for name, sign in (("burden", 1.0), ("duration_s", 1.0), ("force_pct", -1.0))
    }
    stimulated_s = float(means["stimulated_s"].mean())
    return {
        "burden": worst["burden"],
        "force_lost_pct": max(0.0, 100.0 - worst["force_pct"]),
        "dose_pct": therapy.dose_pct if "drug" in therapy.parts else 0.0,
        "discomfort": therapy.discomfort,
        "charge_mC_per_h": therapy.charge_mC_per_h(stimulated_s, goal.price),
        "force_pct": worst["force_pct"],
        "burden_mean": float(means["burden"].mean()),
        "duration_s": worst["duration_s"],
        "duration_s_mean": float(means["duration_s"].mean()),
        "force_pct_mean": float(means["force_pct"].mean()),
        "people": float(len(means)),
    }
