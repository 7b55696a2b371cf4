"""What each motor unit of an answer to the competition MUnitQuest counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from renshaw.core.results import plot
from renshaw.decomposition.munitquest.score import MunitquestScore
from renshaw.figures import Axis, Figure, Mark, Panel, Points
from renshaw.figures.words import short

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawn

_MOST_LABELS = 40


@plot.register(MunitquestScore)
def plot_score(noun: MunitquestScore, /, **options: Any) -> Drawn:
    """Draw what each unit counts."""
    return points_of_units(noun, **options).draw()


def points_of_units(score: MunitquestScore) -> Figure:
    """Show the points of every unit, those of matches and those of refitted sources apart.

    Parameters
    ----------
    score : MunitquestScore
    """
    title = "Points of each motor unit"
    if not score.units:
        return Figure("munitquest", (Panel("points", empty="There is no motor unit"),), title=title)
    at = np.arange(len(score.units), dtype=float)
    points = np.array([unit.points for unit in score.units])
    matched = np.array([bool(unit.match) for unit in score.units])
    marks: list[Mark] = [
        Points(x=at[own], y=points[own], size=5.0, hollow=hollow, color="ink", label=label)
        for own, hollow, label in (
            (matched, False, "F1 of a true unit"),
            (~matched, True, "without a true unit"),
        )
        if own.any()
    ]
    every = max(1, -(-len(at) // _MOST_LABELS))
    ticks = tuple((float(i), short(score.units[i].unit, 9)) for i in range(0, len(at), every))
    panel = Panel(
        "points",
        tuple(marks),
        x=Axis("Motor unit", "", -0.6, len(at) - 0.4, ticks=ticks),
        y=Axis("Points", "", -0.03, 1.05),
        height_in=2.6,
    )
    return Figure("munitquest", (panel,), title=title, width_in=6.4)
