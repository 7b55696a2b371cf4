"""Ageing, muscle by muscle: motor units left, strength left, and delta F, by age."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from renshaw.figures.colors import BLUE, GREEN, MUTED, VERMILION
from renshaw.figures.style import new_figure, picture
from renshaw.model.ageing import STRENGTH_LEFT, UNITS_LEFT, share_left
from renshaw.model.muscles import MUSCLE_NAMES

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

AGES_years: Final = np.arange(20.0, 91.0)
_COLORS: Final = {"TA": BLUE, "SOL": VERMILION, "GM": GREEN}
# Motor units counted: McNeil et al. 2005 (TA).
_COUNTED: Final = {"TA": ((25, 100.0), (65, 61.0), (82, 39.0))}
# Muscle size at 75 years, % of that at 25 (PMC10069966).
_QUADRICEPS_AT_75_PCT: Final = 73.0
# Delta F of young and older adults: age, mean, and half of its 95 % interval (open data of Orssatto
# et al. 2021).
_MEASURED: Final = {
    "TA": ((29.2, 4.40, 0.47), (69.6, 2.83, 0.43)),
    "SOL": ((29.2, 2.84, 0.44), (69.6, 1.62, 0.29)),
}


@picture
def ageing(delta_f: pd.DataFrame | None = None) -> Figure:
    """Draw what is left of units and strength, and delta F, by age in three muscles.

    Parameters
    ----------
    delta_f : DataFrame, optional
        Simulated delta F: columns muscle, age_years and delta_f (pps), one row a muscle and age.
        Only what was measured is drawn if not given.
    """
    figure = new_figure(2.9)
    units, strength, pic = figure.subplots(1, 3)
    _shares(units, UNITS_LEFT, "Motor units left (%)")
    for muscle, points in _COUNTED.items():
        units.plot(*zip(*points, strict=True), "o", color=_COLORS[muscle], markersize=4.5)
    _shares(strength, STRENGTH_LEFT, "Strength or muscle left (%)")
    strength.axhline(70, color=MUTED, linewidth=0.9, linestyle=(0, (1, 2)))
    strength.text(20, 66, "“30 % by 70”", color=MUTED, fontsize=8, va="top")
    strength.plot(75, _QUADRICEPS_AT_75_PCT, "D", color=MUTED, markersize=5)
    strength.text(
        73.5, _QUADRICEPS_AT_75_PCT + 1, "quadriceps", color=MUTED, fontsize=8, ha="right"
    )
    _delta_f(pic, delta_f)
    for axes in (units, strength, pic):
        axes.set_xlabel("Age (years)")
        axes.set_xlim(18, 92)
    handles, labels = units.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=3)
    return figure


def _shares(axes: Axes, table: dict[str, tuple[tuple[float, float], ...]], words: str) -> None:
    for muscle, color in _COLORS.items():
        left = [100.0 * share_left(table, muscle, age) for age in AGES_years]
        axes.plot(AGES_years, left, color=color, label=MUSCLE_NAMES[muscle])
    axes.set_ylim(0, 108)
    axes.set_ylabel(words)


def _delta_f(axes: Axes, simulated: pd.DataFrame | None) -> None:
    for muscle, rows in _MEASURED.items():
        ages, means, halves = zip(*rows, strict=True)
        axes.errorbar(ages, means, halves, fmt="o", color=_COLORS[muscle], markersize=4.5)
    if simulated is not None:
        for name, color in _COLORS.items():
            mine = simulated[simulated["muscle"] == name].sort_values("age_years")
            axes.plot(mine["age_years"], mine["delta_f"], color=color)
    axes.set_ylim(0, None)
    axes.set_ylabel("ΔF at 20 % MVC (pps)")
