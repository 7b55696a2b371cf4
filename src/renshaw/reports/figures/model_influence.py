"""Who decides the answer: it without each person in turn, and over resamples of people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from renshaw.figures.colors import BLUE, FAINT, INK, MUTED, PAPER, VERMILION
from renshaw.figures.style import empty, new_figure, picture, plain
from renshaw.findings.model_words import back, who_of
from renshaw.statistics.answers.joint import main_answer

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from renshaw.statistics.mixed import MixedModel

_MOST_NAMES = 40


@picture
def model_influence(model: MixedModel) -> Figure:
    """Draw the main answer without each person in turn, and the bootstrap of people."""
    people = len(model.influence.without)
    figure = new_figure(max(2.6, min(5.5, 0.16 * min(people, _MOST_NAMES) + 1.2)))
    left, right = figure.subplots(1, 2, width_ratios=[1.5, 1])
    _without(left, model)
    _resampled(right, model)
    return figure


def _without(axes: Axes, model: MixedModel) -> None:
    found, answer = model.influence, main_answer(model.answers)
    alpha = 1 - model.settings.confidence
    ordered = sorted(found.without, key=lambda each: each.estimate)
    turning = set(found.turning(alpha))
    y = np.arange(len(ordered))
    axes.axvline(answer.null, color=MUTED, linewidth=0.9)
    axes.axvline(answer.estimate, color=INK, linewidth=1.2, linestyle="--")
    for place, each in zip(y, ordered, strict=True):
        color = VERMILION if each in turning else BLUE
        low, mid, high = (back(model, v) for v in (each.low, each.estimate, each.high))
        axes.plot([low, high], [place, place], color=color, linewidth=1.4)
        axes.plot([mid], [place], "o", color=color, markerfacecolor=PAPER, markersize=4.5, mew=1.3)
    if len(ordered) <= _MOST_NAMES:
        axes.set_yticks(y, [plain(each.person, 14) for each in ordered], fontsize=7)
    else:
        axes.set_yticks([])
    axes.set_ylim(-0.8, len(ordered) - 0.2)
    axes.grid(axis="x", color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.set_xlabel(plain(answer.name, 50))
    axes.set_title(plain(f"Without each {who_of(model).one} in turn", 40))


def _resampled(axes: Axes, model: MixedModel) -> None:
    found, answer = model.influence, main_answer(model.answers)
    if found.draws is None:
        empty(axes, f"No resampling of {who_of(model).many}")
        return
    values = np.array([back(model, float(v)) for v in found.draws])
    axes.hist(values, bins=40, color=BLUE, alpha=0.55)
    axes.axvline(answer.null, color=MUTED, linewidth=0.9)
    axes.axvline(answer.estimate, color=INK, linewidth=1.2, linestyle="--")
    top = axes.get_ylim()[1]
    ends = [back(model, found.boot_low), back(model, found.boot_high)]
    axes.plot(ends, [0.04 * top, 0.04 * top], color=INK, linewidth=3, solid_capstyle="butt")
    axes.set_yticks([])
    axes.set_xlabel(plain(answer.name, 40))
    axes.set_title(plain(f"{len(values)} resamples of {who_of(model).many}", 40))
