"""What was chosen, of each kind, beside each other: as the search saw it, and on fresh people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.optimization.axes import AXES, axes_of
from renshaw.optimization.design import RECOMMENDED
from renshaw.optimization.goal import Goal
from renshaw.optimization.rule import broken_limits
from renshaw.optimization.therapy import Therapy
from renshaw.statistics.intervals import mean_interval, resampled_interval, worst_mean

if TYPE_CHECKING:
    import pandas as pd

_SEEN = (*AXES, "force_pct", "burden_mean", "duration_s", "force_pct_mean")


def alternatives_of(
    chosen: Mapping[str, Therapy], trials: pd.DataFrame, fresh: pd.DataFrame, goal: Goal
) -> pd.DataFrame:
    """Return one row an alternative; see `Design`."""
    import pandas as pd

    rows = []
    for name, therapy in chosen.items():
        seen = trials.loc[trials["therapy"] == therapy.words()].iloc[0]
        mine = fresh[fresh["alternative"] == name]
        again = axes_of(therapy, mine, goal)
        rows.append(
            {
                "alternative": name,
                "kind": therapy.kind,
                "therapy": therapy.words(),
                **{key: float(seen[key]) for key in _SEEN},
                **{f"fresh_{key}": value for key, value in again.items()},
                **_intervals(mine, goal),
                "fresh_allowed": max(broken_limits(again, goal.rule)) <= 0,
            }
        )
    return pd.DataFrame(rows)


def _intervals(mine: pd.DataFrame, goal: Goal) -> dict[str, float]:
    means = mine.groupby("person", sort=False)[["burden", "duration_s", "force_pct"]].mean()
    share = goal.rule.worse_share
    found: dict[str, float] = {}
    for key, sign in (("burden", 1.0), ("duration_s", 1.0), ("force_pct", -1.0)):
        values = means[key].to_numpy(float)
        _, low, high = resampled_interval(values, _of_worst(share, sign))
        found |= {f"fresh_{key}_low": low, f"fresh_{key}_high": high}
        _, low, high = mean_interval(values)
        found |= {f"fresh_{key}_mean_low": low, f"fresh_{key}_mean_high": high}
    return found


def _of_worst(share: float, sign: float) -> Callable[[FloatArray], FloatArray]:
    return lambda draws: sign * worst_mean(sign * draws, share)


def contrasts_of(fresh: pd.DataFrame, goal: Goal) -> pd.DataFrame:
    """Return the recommended therapy against each alternative, within fresh people."""
    import pandas as pd

    means = fresh.pivot_table(
        index="person", columns="alternative", values=["burden", "force_pct"], sort=False
    )
    burden, force = means["burden"], means["force_pct"]
    rows = []
    for name in burden.columns:
        if name == RECOMMENDED:
            continue
        both = burden[[RECOMMENDED, name]].to_numpy(float)
        mean, low, high = mean_interval(both[:, 0] - both[:, 1])
        worse, worse_low, worse_high = resampled_interval(
            both, _worse_difference(goal.rule.worse_share)
        )
        kept, kept_low, kept_high = mean_interval((force[RECOMMENDED] - force[name]).to_numpy())
        rows.append(
            {
                "against": name,
                "difference": mean,
                "difference_low": low,
                "difference_high": high,
                "worse_difference": worse,
                "worse_difference_low": worse_low,
                "worse_difference_high": worse_high,
                "better_pct": 100.0 * float(np.mean(both[:, 0] < both[:, 1])),
                "force_difference": kept,
                "force_difference_low": kept_low,
                "force_difference_high": kept_high,
                "people": len(both),
            }
        )
    return pd.DataFrame(rows)


def _worse_difference(share: float) -> Callable[[FloatArray], FloatArray]:
    def measure(draws: FloatArray) -> FloatArray:
        return worst_mean(draws[..., 0], share) - worst_mean(draws[..., 1], share)

    return measure
