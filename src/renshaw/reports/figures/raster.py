"""Torque above, every discharge of every unit below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.reports.figures import marks
from renshaw.reports.figures.order import by_recruitment
from renshaw.reports.figures.style import BLUE, MUTED, VERMILION, empty, new_figure, picture, plain
from renshaw.reports.figures.torque import torque_behind, usable_torque

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from renshaw.data.recording import Recording


@picture
def raster(recording: Recording) -> Figure:
    """Draw the discharges of all units, first recruited at the bottom, the torque behind.

    Units that a reader flagged are drawn in vermilion and marked with a star.
    """
    n = len(recording.units)
    figure = new_figure(min(1.5 + 0.13 * max(n, 10), 12.0))
    axes = figure.subplots()
    axes.set_xlim(*recording.units.window_s)
    if usable_torque(recording) is not None:
        torque_behind(axes, recording)
    _events(axes, recording)
    if n == 0:
        empty(axes, "No motor unit")
        return figure
    order = by_recruitment(recording.units)
    for row, i in enumerate(order):
        color = VERMILION if recording.units.flags[i] else BLUE
        marks.ticks(axes, recording.units[i], row, 0.72, color)
    axes.set_ylim(-0.8, n - 0.2)
    shown = range(0, n, max(1, -(-n // 60)))
    axes.set_yticks(
        list(shown),
        [plain(_label(recording, order[row]), 12) for row in shown],
        fontsize=8.5 if n <= 16 else 7 if n <= 40 else 5.5,
    )
    axes.tick_params(axis="y", length=0)
    axes.set_ylabel("Motor unit, by recruitment")
    axes.set_xlabel("Time (s)")
    return figure


def _label(recording: Recording, index: int) -> str:
    star = "*" if recording.units.flags[index] else ""
    return f"{recording.units.labels[index]}{star}"


def _events(axes: Axes, recording: Recording) -> None:
    if len(recording.events) > 200:
        return
    for event in recording.events:
        if event.duration_s > 0:
            axes.axvspan(
                event.onset_s, event.onset_s + event.duration_s, color=MUTED, alpha=0.12, lw=0
            )
        else:
            axes.axvline(event.onset_s, color=MUTED, linewidth=0.5, linestyle=":")
