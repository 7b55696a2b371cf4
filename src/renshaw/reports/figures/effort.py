"""How hard the brain works for the same force, with persistent inward currents and without."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from renshaw.experiment.effort import AS_IS, WITHOUT_PICS
from renshaw.figures.colors import BLUE, GREEN, INK, MUTED, ORANGE, PAPER, PURPLE, SKY, VERMILION
from renshaw.figures.style import empty, new_figure, picture, plain

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from renshaw.experiment.effort import Effort

_MARKERS = ("o", "s", "^", "D", "v", "P", "X")
_CALMED = (GREEN, ORANGE, PURPLE, SKY, INK)


@picture
def effort_curve(effort: Effort) -> Figure:
    """Draw the drive that each torque takes, and beside it how much more a calmed cord takes."""
    calmed = [name for name in effort.conditions if name not in (AS_IS, WITHOUT_PICS)]
    figure = new_figure(3.6)
    if calmed:
        left, right = figure.subplots(1, 2, width_ratios=[1.25, 1])
        _extra(right, effort, calmed)
    else:
        left = figure.subplots()
    _curves(left, effort)
    return figure


def condition_look(conditions: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return color and marker of each condition: blue with PICs, red without, others after."""
    looks = {AS_IS: (BLUE, _MARKERS[0]), WITHOUT_PICS: (VERMILION, _MARKERS[1])}
    others = [name for name in conditions if name not in looks]
    for place, name in enumerate(others):
        looks[name] = (_CALMED[place % len(_CALMED)], _MARKERS[2 + place % 5])
    return {name: looks[name] for name in conditions}


def _curves(axes: Axes, effort: Effort) -> None:
    looks = condition_look(effort.conditions)
    for name, (color, marker) in looks.items():
        rows = _rows(effort, name)
        main = name in (AS_IS, WITHOUT_PICS)
        good = rows[rows["reached"]]
        axes.plot(
            good["torque_pct_mvc"],
            good["effort_pct"],
            color=color,
            marker=marker,
            markersize=5 if main else 3.5,
            linewidth=1.8 if main else 1.0,
            zorder=3 if main else 2,
            label=plain(name, 40),
        )
        _missed(axes, rows[~rows["reached"]], color, marker)
    axes.axhline(100.0, color=MUTED, linewidth=0.8, linestyle=":")
    axes.text(0.5, 101.0, "all there is", color=MUTED, fontsize=8, va="bottom")
    axes.set_xlim(0, max(85.0, 5 + float(effort.table["torque_pct_mvc"].max())))
    axes.set_ylim(0, 110)
    axes.set_xlabel("Torque (% MVC of the untreated cord)")
    axes.set_ylabel("Effort (% of the largest drive)")
    axes.set_title("What the same force takes")
    axes.legend(loc="best")


def _missed(axes: Axes, rows: pd.DataFrame, color: str, marker: str) -> None:
    """Mark targets that were missed: how far torque came, and how far it should have."""
    for row in rows.to_dict("records"):
        came, wanted, height = row["torque_pct_mvc"], row["target_pct_mvc"], row["effort_pct"]
        axes.plot([came, wanted], [height, height], color=color, linewidth=1.0, linestyle="--")
        axes.plot([came], [height], marker=marker, color=color, markerfacecolor=PAPER, markersize=5)
        axes.plot([wanted], [height], marker="x", color=color, markersize=5)


def _extra(axes: Axes, effort: Effort, calmed: Sequence[str]) -> None:
    looks = condition_look(effort.conditions)
    reference = _rows(effort, AS_IS).set_index("target_pct_mvc")
    drawn = False
    for name in calmed:
        color, marker = looks[name]
        rows = _rows(effort, name).set_index("target_pct_mvc")
        both = rows["reached"] & reference["reached"]
        more = (rows["effort_pct"] - reference["effort_pct"])[both]
        if more.empty or not np.all(np.isfinite(more)):
            continue
        drawn = True
        axes.plot(more.index, more, color=color, marker=marker, markersize=4, linewidth=1.2)
    if not drawn:
        empty(axes, "No torque was reached in both conditions")
        return
    axes.axhline(0.0, color=MUTED, linewidth=0.8)
    axes.set_xlim(0, None)
    axes.set_xlabel("Torque (% MVC of the untreated cord)")
    axes.set_ylabel("More effort (% of the largest drive)")
    axes.set_title("What calming costs")


def _rows(effort: Effort, condition: str) -> pd.DataFrame:
    rows = effort.table[effort.table["condition"] == condition]
    return rows.sort_values("target_pct_mvc")
