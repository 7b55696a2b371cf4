"""Make the table of brace height in docs/validation.md: ``uv run docs/make_brace.py``.

People whom nothing was chosen on do ramps at four conductances, several times each. The truth of a
unit is the bow of its mean rate over all of a person's trials at a level, free of noise but for a
few percent; what `estimate` finds in each single trial is held against it.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
from making import fill, parser, place

import renshaw as rs
from renshaw.estimation import GeometrySettings, rules
from renshaw.study.cohort import CohortSettings, draw_cohort

LEVELS = (0.0, 0.5, 0.935, 1.0)
# The people of seed 1 were those on whom the construction was chosen.
SEED, PEOPLE, TRIALS = 2, 8, 12
STEP_S, SMOOTH = 0.05, 9
WAYS = {"fitted": "fitted (default)", "smoothed": "smoothed, as published"}


def recorded(people: int, trials: int) -> dict[tuple[int, float], list[rs.Recording]]:
    """Return the ramps of every person at every level."""
    # Declared before anything was measured in them: people of the first edition, in whom 1 is the
    # published conductance and .935 health.
    cohort = draw_cohort(CohortSettings(participants=people, edition=1), SEED)
    found = {}
    for number, who in enumerate(cohort):
        for level in LEVELS:
            print(f"person {number + 1}, conductance {level:g}", file=sys.stderr)
            person = who.replace(neuromodulation=level)
            found[number, level] = [
                rs.simulate(person, rs.Ramp(), seed=10_000 * SEED + 100 * number + trial)
                for trial in range(trials)
            ]
    return found


def true_heights(trials: list[rs.Recording]) -> dict[int, float]:
    """Return the bow of each unit's mean rate against mean torque, in % rTri, by unit from 1."""
    peak_s = rs.Ramp().rest_s + rs.Ramp().rise_s
    at_s = np.arange(0, peak_s, STEP_S)
    torque = np.mean([trial.signals["torque"].at(at_s) for trial in trials], axis=0)
    found = {}
    for unit in range(len(trials[0].units)):
        rates = np.array([_rate(trial.units[unit], at_s) for trial in trials])
        fires = np.isfinite(rates).sum(axis=0) >= 0.8 * len(trials)
        where = np.flatnonzero(fires)
        if len(where) < 4 * SMOOTH or np.diff(where).max() > 1:
            continue
        mean = np.convolve(np.nanmean(rates[:, where], axis=0), np.ones(SMOOTH) / SMOOTH, "valid")
        x = torque[where][SMOOTH // 2 : -(SMOOTH // 2)]
        if mean[-1] > mean[0]:
            above = (mean - mean[0]) / (mean[-1] - mean[0]) - (x - x[0]) / (x[-1] - x[0])
            found[unit + 1] = 100 * float(above.max())
    return found


def _rate(discharges_s: np.ndarray, at_s: np.ndarray) -> np.ndarray:
    """Return one over the interval that each instant lies in."""
    rate = np.full(len(at_s), np.nan)
    if len(discharges_s) > 1:
        interval = np.searchsorted(discharges_s, at_s, side="right") - 1
        inside = (interval >= 0) & (interval < len(discharges_s) - 1)
        rate[inside] = 1 / np.diff(discharges_s)[interval[inside]]
    return rate


def measured(recordings: dict[tuple[int, float], list[rs.Recording]]) -> pd.DataFrame:
    """Return a row a unit, trial and way of measuring: value, ok, truth."""
    rows = []
    for (person, level), trials in recordings.items():
        truth = true_heights(trials)
        for way in WAYS:
            settings = rules("renshaw").replace(geometry=GeometrySettings(way_up=way))
            for number, trial in enumerate(trials):
                for row in rs.estimate(trial, settings).rows:
                    if row.quantity == "brace_height" and row.unit in truth and row.ok:
                        key = (way, person, level, number)
                        rows.append((*key, row.unit, row.value, truth[row.unit]))
    names = ["way", "person", "level", "trial", "unit", "value", "truth"]
    return pd.DataFrame(rows, columns=names)


def table(found: pd.DataFrame) -> str:
    """Return the table of the docs."""
    heads = " | ".join(f"g = {level:g}" for level in LEVELS)
    lines = [
        f"| | {heads} | rises .5 to .935 to 1 | rises 0 to .935 | error of a unit | rank r |",
        "| --- |" + " --- |" * (len(LEVELS) + 4),
    ]
    for way, title in WAYS.items():
        mine = found[found["way"] == way]
        means = mine.groupby(["person", "level", "trial"])[["value", "truth"]].mean()
        shown = means.groupby("level").agg(["mean", "std"])
        cells = " | ".join(
            f"{shown.loc[level, ('value', 'mean')]:.1f} ± {shown.loc[level, ('value', 'std')]:.1f}"
            for level in LEVELS
        )
        truth = " | ".join(f"{shown.loc[level, ('truth', 'mean')]:.1f}" for level in LEVELS)
        by = means.reset_index().pivot_table("value", ["person", "trial"], "level")
        rises = (by[0.5] < by[0.935]) & (by[0.935] < by[1.0])
        error = np.sqrt(np.mean((mine["value"] - mine["truth"]) ** 2))
        r = mine[["value", "truth"]].corr("spearman").iloc[0, 1]
        lines.append(
            f"| {title} | {cells} | {100 * rises.mean():.0f} % | "
            f"{100 * (by[0.0] < by[0.935]).mean():.0f} % | {error:.1f} | {r:.2f} |"
        )
        lines.append(f"| truth of the same units | {truth} | | | | |")
    return "\n".join(lines)


def main() -> None:
    """Simulate, measure, fill the page."""
    asked = parser(__doc__).parse_args()
    folder = place(asked)
    people, trials = (2, 2) if asked.quick else (PEOPLE, TRIALS)
    fill(folder / "validation.md", "brace", table(measured(recorded(people, trials))))


if __name__ == "__main__":
    main()
