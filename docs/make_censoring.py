"""Make the table of censored means in docs/estimators.md: ``uv run docs/make_censoring.py``.

People do a ramp that is recorded until everybody is silent: the mean of each quantity over units is
the truth. The recording is then cut off on the way down, at three places, and the mean over the
same units is estimated from what is left, by estimators for censored data and by the bound that
renshaw gives.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from making import fill, place, simulating, told

import renshaw as rs
from renshaw.study.cohort import CohortSettings, draw_cohort

SEED, PEOPLE = 14, 10
# Of the time in which the torque falls.
CUTS = (0.25, 0.5, 0.75)
QUANTITIES = {"delta_f": "ΔF (pps)", "torque_hysteresis": "torque hysteresis (% MVC)"}
FEWEST = 3


def kaplan_meier(values: np.ndarray, cut_off: np.ndarray) -> float:
    """Return the mean of the Kaplan-Meier curve; its last value counts as seen (Efron 1967)."""
    order = np.lexsort((cut_off, values))
    values, seen = values[order], ~cut_off[order]
    seen[-1] = True
    at_risk = np.arange(len(values), 0, -1)
    left = np.cumprod(1 - seen / at_risk)
    weights = -np.diff(np.concatenate([[1.0], left]))
    return float(np.sum(weights * values))


def censored_normal(values: np.ndarray, cut_off: np.ndarray) -> float:
    """Return the mean of a normal distribution, fitted to values some of which are bounds."""
    from scipy.optimize import minimize
    from scipy.stats import norm

    if cut_off.all():
        return float("nan")

    def against(asked: np.ndarray) -> float:
        mean, sd = asked[0], np.exp(asked[1])
        each = np.where(cut_off, norm.logsf(values, mean, sd), norm.logpdf(values, mean, sd))
        return -float(each.sum())

    spread = np.log(max(float(np.std(values)), 0.1))
    return float(minimize(against, [values.mean(), spread], method="Nelder-Mead").x[0])


ESTIMATORS: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {
    "bounds left out": lambda values, cut: (
        float(np.mean(values[~cut])) if not cut.all() else np.nan
    ),
    "Kaplan–Meier": kaplan_meier,
    "censored normal": censored_normal,
    "bounds as values": lambda values, cut: float(np.mean(values)),
}


def found(people: int, cuts: tuple[float, ...], edition: int) -> Iterator[dict[str, object]]:
    """Yield the error of every estimator in every recording that was cut off."""
    ramp = rs.Ramp()
    top_s = ramp.rest_s + ramp.rise_s
    cohort = draw_cohort(CohortSettings(participants=people, edition=edition), SEED)
    for number, who in enumerate(cohort):
        print(f"person {number + 1}", file=sys.stderr)
        whole = rs.simulate(who, ramp, seed=SEED + number)
        truth = rs.estimate(whole)
        for cut in cuts:
            part = rs.estimate(rs.cut(whole, 0.0, top_s + cut * ramp.fall_s))
            for quantity in QUANTITIES:
                real = {
                    row.unit: row.value
                    for row in truth.select(quantity, ok=True).rows
                    if row.bound == "exact"
                }
                rows = [row for row in part.select(quantity, ok=True).rows if row.unit in real]
                cut_off = np.array([row.bound == "at least" for row in rows], dtype=bool)
                if len(rows) < FEWEST or not cut_off.any():
                    continue
                values = np.array([row.value for row in rows])
                mean = float(np.mean([real[row.unit] for row in rows]))
                yield {
                    "quantity": quantity,
                    "cut": cut,
                    "cut_off": 100 * cut_off.mean(),
                    **{name: each(values, cut_off) - mean for name, each in ESTIMATORS.items()},
                }


def words(errors: pd.DataFrame) -> str:
    """Return the mean error of every estimator as a table."""
    lines = [
        "| mean of | recordings | units cut off | "
        + " | ".join(f"{name}: error" for name in list(ESTIMATORS)[:-1])
        + " | the bound: how far below | the bound holds in |",
        "| --- | --- | --- |" + " --- |" * (len(ESTIMATORS) + 1),
    ]
    for (quantity, cut), mine in errors.groupby(["quantity", "cut"], sort=False):
        bound = mine["bounds as values"]
        cells = [f"{mine[name].mean():+.2f}" for name in list(ESTIMATORS)[:-1]]
        lines.append(
            f"| {QUANTITIES[str(quantity)]}, cut off after {100 * float(str(cut)):.0f} % of the "
            f"way down | {len(mine)} | {mine['cut_off'].mean():.0f} % | "
            + " | ".join(cells).replace("-", "−").replace("+nan", "–")
            + f" | {-bound.mean():.2f} | {np.sum(bound <= 0.05)} of {len(mine)} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Fill the page."""
    asked = simulating(__doc__).parse_args()
    quick = asked.quick
    some = (2, CUTS[1:2]) if quick else (PEOPLE, CUTS)
    errors = pd.DataFrame(list(found(*some, asked.edition)))
    errors = errors.sort_values(["quantity", "cut"], kind="stable")
    fill(place(asked) / "estimators.md", "censoring", told(asked.edition, words(errors)))
    print(words(errors), file=sys.stderr)


if __name__ == "__main__":
    main()
