"""Instantaneous rate of each unit as dots, its smoothed rate as a line, units stacked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from renshaw.figures import Axis, Figure, Line, Mark, Panel, Points, Rule, Text
from renshaw.figures.words import short
from renshaw.reports.figures.order import by_recruitment
from renshaw.reports.figures.torque import torque_panel, usable_torque

if TYPE_CHECKING:
    from renshaw.data.recording import Recording
    from renshaw.estimation.smoothing import SmoothedRate

MOST_UNITS = 96
ROW_IN = 0.42


def unit_rates(recording: Recording, rates: Sequence[SmoothedRate] = ()) -> Figure:
    """Show the rate of every unit above its own baseline, first recruited at the bottom.

    Parameters
    ----------
    recording : Recording
    rates : sequence of SmoothedRate
        One a unit, in the recording's order; without them only the dots are shown.
    """
    order = [i for i in by_recruitment(recording.units) if len(recording.units[i]) > 1]
    left_out = max(0, len(order) - MOST_UNITS)
    order = order[:MOST_UNITS]
    title = "Instantaneous and smoothed discharge rate of each motor unit, stacked"
    if not order:
        nothing = Panel("rates", height_in=1.0, empty="No unit has two discharges")
        return Figure("unit-rates", (nothing,), title=title)
    columns = 1 if len(order) <= 10 else 2
    rows = -(-len(order) // columns)
    # Doublets make a few rates of 100 pps and more; they may reach into the neighbor above.
    every = np.concatenate([recording.units.instantaneous_rate(i)[1] for i in order])
    step = max(float(np.percentile(every, 99)) * 1.15, 1.0)
    above = []
    if usable_torque(recording) is not None:
        torque = torque_panel(recording)
        above = [replace(torque, name=f"torque-{column}") for column in range(columns)]
        above[1:] = [replace(panel, y=replace(panel.y, label="", unit="")) for panel in above[1:]]
    stacks = [
        _stack(recording, rates, order[column * rows : (column + 1) * rows], column, rows, step)
        for column in range(columns)
    ]
    scale = _scale(recording.units.window_s[1], step)
    stacks[-1] = replace(stacks[-1], marks=(*stacks[-1].marks, *scale))
    caption = (
        "Each dot is one interval between discharges, the line is the smoothed rate. Each unit "
        "stands on its own zero line."
    )
    if left_out:
        caption += f" {left_out} later recruited units are not drawn."
    return Figure(
        "unit-rates",
        (*above, *stacks),
        title=title,
        caption=caption,
        columns=columns,
        shared_x=True,
    )


def _stack(
    recording: Recording,
    rates: Sequence[SmoothedRate],
    part: Sequence[int],
    column: int,
    rows: int,
    step: float,
) -> Panel:
    marks: list[Mark] = []
    for row, i in enumerate(part):
        base = row * step
        name = f"Unit {recording.units.labels[i]}"
        times_s, rate_pps = recording.units.instantaneous_rate(i)
        color = "vermilion" if recording.units.flags[i] else "blue"
        marks.append(Rule(at=base, color="faint", width=0.6))
        marks.append(
            Points(
                x=times_s,
                y=base + np.minimum(rate_pps, 1.9 * step),
                color=color,
                size=1.7,
                alpha=0.75,
                key=i + 1,
                name=name,
            )
        )
        if rates and rates[i].ok:
            smooth = rates[i]
            marks.append(
                Line(x=smooth.times_s, y=base + smooth.rate_pps, width=1.1, key=i + 1, name=name)
            )
    ticks = tuple(
        ((row + 0.3) * step, short(recording.units.labels[i], 9)) for row, i in enumerate(part)
    )
    label = "Motor unit, by recruitment" if column == 0 else ""
    return Panel(
        f"rates-{column}",
        tuple(marks),
        x=Axis("Time", "s", *recording.units.window_s),
        y=Axis(label, low=-0.15 * step, high=rows * step, ticks=ticks),
        height_in=ROW_IN * (rows + 0.7),
        bare=True,
    )


def _scale(end_s: float, step: float) -> tuple[Mark, ...]:
    """Return a stroke as high as a round rate, at the right end of the lowest unit."""
    height = next((h for h in (20, 10, 5) if h < step), 1)
    place = np.array([end_s, end_s])
    return (
        Line(x=place, y=np.array([0.0, height]), width=3.0, name="scale"),
        Text(words=f"{height} pps", x=0.985, x_in="panel", y=height / 2, across="right", size=7.5),
    )
