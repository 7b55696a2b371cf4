"""Instantaneous rate of each unit as dots, its smoothed rate as a line, units stacked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from renshaw.reports.figures import marks
from renshaw.reports.figures.order import by_recruitment
from renshaw.reports.figures.style import (
    BLUE,
    FAINT,
    INK,
    MUTED,
    VERMILION,
    empty,
    new_figure,
    picture,
    plain,
    thin,
)
from renshaw.reports.figures.torque import torque_panel, usable_torque

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from renshaw.data.recording import Recording
    from renshaw.estimation.smoothing import SmoothedRate

MOST_UNITS = 96
ROW_IN = 0.42


@picture
def unit_rates(recording: Recording, rates: Sequence[SmoothedRate] = ()) -> Figure:
    """Draw the rate of every unit above its own baseline, first recruited at the bottom.

    Parameters
    ----------
    recording : Recording
    rates : sequence of SmoothedRate
        One a unit, in the recording's order; without them only the dots are drawn.
    """
    order = [i for i in by_recruitment(recording.units) if len(recording.units[i]) > 1]
    left_out = max(0, len(order) - MOST_UNITS)
    order = order[:MOST_UNITS]
    columns = 1 if len(order) <= 10 else 2
    rows = max(-(-len(order) // columns), 1)
    figure = new_figure(ROW_IN * (rows + 1) + 2.0)
    if not order:
        empty(figure.subplots(), "No unit has two discharges")
        return figure
    torque = usable_torque(recording) is not None
    heights = [1.1, ROW_IN * (rows + 0.7)] if torque else [1.0]
    grid = figure.subplots(
        len(heights), columns, sharex=True, sharey="row", squeeze=False, height_ratios=heights
    )
    # Doublets make a few rates of 100 pps and more; they may reach into the neighbor above.
    every = np.concatenate([recording.units.instantaneous_rate(i)[1] for i in order])
    step = max(float(np.percentile(every, 99)) * 1.15, 1.0)
    for column in range(columns):
        part = order[column * rows : (column + 1) * rows]
        axes = grid[-1, column]
        _stack(axes, recording, rates, part, step)
        axes.set_ylim(-0.15 * step, rows * step)
        axes.set_xlabel("Time (s)")
        if torque:
            torque_panel(grid[0, column], recording)
            grid[0, column].label_outer()
    grid[-1, 0].set_xlim(*recording.units.window_s)
    grid[-1, 0].set_ylabel("Motor unit, by recruitment")
    _scale(grid[-1, columns - 1], step)
    if left_out:
        figure.supxlabel(f"{left_out} later recruited units are not drawn", fontsize=8, color=MUTED)
    return figure


def _stack(
    axes: Axes,
    recording: Recording,
    rates: Sequence[SmoothedRate],
    part: Sequence[int],
    step: float,
) -> None:
    for row, i in enumerate(part):
        base = row * step
        axes.axhline(base, color=FAINT, linewidth=0.6, zorder=0)
        times, rate = recording.units.instantaneous_rate(i)
        color = VERMILION if recording.units.flags[i] else BLUE
        marks.dots(axes, times, base + np.minimum(rate, 1.9 * step), color, 1.7, alpha=0.75)
        if rates and rates[i].ok:
            t, smooth = thin(rates[i].times_s, rates[i].rate_pps, 160)
            axes.plot(t, base + smooth, color=INK, linewidth=1.1)
    axes.set_yticks([])
    for row, i in enumerate(part):
        axes.text(
            -0.008,
            row * step + 0.3 * step,
            plain(recording.units.labels[i], 9),
            transform=axes.get_yaxis_transform(),
            ha="right",
            va="center",
            fontsize=7.5,
        )
    axes.yaxis.labelpad = 24
    axes.spines["left"].set_visible(False)


def _scale(axes: Axes, step: float) -> None:
    height = next((h for h in (20, 10, 5) if h < step), 1)
    axes.plot(
        [1.012, 1.012],
        [0, height],
        transform=axes.get_yaxis_transform(),
        color=INK,
        linewidth=1.5,
        clip_on=False,
    )
    axes.text(
        1.022,
        height / 2,
        f"{height} pps",
        transform=axes.get_yaxis_transform(),
        rotation=90,
        va="center",
        ha="left",
        fontsize=7.5,
    )
