"""The trial that would test the recommended therapy: how many participants, by `rs.plan`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from renshaw.optimization.design import RECOMMENDED
from renshaw.optimization.goal import Goal
from renshaw.optimization.therapy import NOTHING, Therapy
from renshaw.statistics.planning.plan_settings import CROSSOVER, MEAN, PlanSettings
from renshaw.statistics.planning.power import Power, plan

if TYPE_CHECKING:
    import pandas as pd

_TESTS = (1, 3)


def plans_of(
    fresh: pd.DataFrame, contrasts: pd.DataFrame, chosen: Mapping[str, Therapy], goal: Goal
) -> dict[str, Power]:
    """Return the power of a trial against no therapy, and against the best single one.

    The planned outcome is a participant's burden in spasm tests, in % MVC s, in a crossover: each
    participant under both, in random order. The true effect is the predicted one, and half of it;
    its spread between participants is that of fresh people, and a test's error what the model's
    noise makes and `Goal.retest_cv` of the untreated burden besides, whichever is more.

    Returns
    -------
    dict of str to Power
        By the name of the alternative; none of one from which no difference is predicted.
    """
    others = [name for name, each in chosen.items() if each != chosen[RECOMMENDED]]
    against = [name for name in (NOTHING,) if name in others]
    alone = [name.endswith(" alone") and name in others for name in contrasts["against"]]
    singles = contrasts[alone]
    if len(singles):
        # The hardest to beat is the one from which the recommended differs least.
        against.append(
            str(
                singles["against"].iloc[
                    int(np.argmin(np.abs(singles["difference"].to_numpy(float))))
                ]
            )
        )
    plans = {name: _plan(fresh, name, goal) for name in against}
    return {name: power for name, power in plans.items() if power is not None}


def _plan(fresh: pd.DataFrame, name: str, goal: Goal) -> Power | None:
    wide = fresh.pivot_table(
        index=["person", "repeat"], columns="alternative", values="burden", sort=False
    )
    change = wide[RECOMMENDED] - wide[name]
    by_person = change.groupby("person", sort=False)
    within = float(by_person.var(ddof=1).mean()) if goal.repeats > 1 else 0.0
    between = max(0.0, float(by_person.mean().var(ddof=1)) - within / goal.repeats)
    usual = float(fresh.loc[fresh["alternative"] == NOTHING, "burden"].mean())
    # A change is the difference of two tests.
    residual = max((within / 2) ** 0.5, goal.retest_cv * usual)
    effect = round(float(change.mean()), 3)
    if not round(effect / 2, 3):
        return None
    settings = PlanSettings(
        outcome=MEAN,
        design=CROSSOVER,
        outcome_name="burden of spasms",
        outcome_unit="% MVC s",
        ramps=_TESTS,
        effects=(effect, round(effect / 2, 3)),
        effect_sd=round(between**0.5, 3),
        residual_sd=round(residual, 3),
        simulations=4000,
    )
    return plan(settings, seed=goal.seed)
