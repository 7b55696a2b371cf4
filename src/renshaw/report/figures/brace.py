"""Brace height: how far a unit's rate bulges above a straight rise from recruitment to peak."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from renshaw.report.figures import marks
from renshaw.report.figures.style import (
    BLUE,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    PAPER,
    SKY,
    empty,
    new_figure,
    picture,
    plain,
    thin,
    with_unit,
)
from renshaw.report.figures.torque import usable_torque

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from renshaw.data.arrays import FloatArray
    from renshaw.data.recording import Recording
    from renshaw.estimate.smoothing import SmoothedRate


@picture
def brace_construction(
    recording: Recording, rate: SmoothedRate, *, unit: int, brace_height_pct: float
) -> Figure:
    """Draw rate against torque (time where there is none) with its triangle and brace.

    Parameters
    ----------
    recording : Recording
    rate : SmoothedRate
        Of this unit.
    unit : int
        Counted from 1.
    brace_height_pct : float
        The estimate, as the table has it (% rTri).
    """
    figure = new_figure(3.2, 4.6)
    axes = figure.subplots()
    torque = usable_torque(recording)
    firing = np.flatnonzero(np.isfinite(rate.rate_pps)) if rate.ok else np.array([], dtype=int)
    if len(firing) < 3:
        empty(axes, "The unit could not be smoothed")
        return figure
    against = rate.times_s if torque is None else np.asarray(torque.at(rate.times_s))
    peak = firing[int(np.argmax(rate.rate_pps[firing]))]
    x, y = against[firing[0] : peak + 1], rate.rate_pps[firing[0] : peak + 1]
    times, dots = recording.units.instantaneous_rate(unit - 1)
    place = times if torque is None else np.asarray(torque.at(times))
    rising = times <= rate.times_s[peak]
    marks.dots(axes, place[rising], dots[rising], SKY, 2.4, alpha=0.7)
    shown_x, shown_y = thin(x, y, 300)
    axes.plot(shown_x, shown_y, color=BLUE, linewidth=2)
    if len(x) > 2 and x[-1] > x[0] and y[-1] > y[0]:
        _triangle(axes, x, y, brace_height_pct)
    axes.set_xlabel("Time (s)" if torque is None else with_unit("Torque", torque.unit))
    axes.set_ylabel("Smoothed rate (pps)")
    axes.set_ylim(0, 1.18 * float(y.max()))
    axes.set_title(f"Unit {plain(recording.units.labels[unit - 1])}, recruitment to peak rate")
    return figure


def _triangle(axes: Axes, x: FloatArray, y: FloatArray, height_pct: float) -> None:
    bulge = (y - y[0]) / (y[-1] - y[0]) - (x - x[0]) / (x[-1] - x[0])
    at = int(np.nanargmax(bulge))
    axes.plot(
        x[[0, -1]],
        y[[0, -1]],
        color=INK,
        linewidth=1.0,
        linestyle=(0, (5, 3)),
        label="straight rise",
    )
    axes.plot([x[0], x[0], x[-1]], [y[0], y[-1], y[-1]], color=MUTED, linewidth=0.8, linestyle=":")
    axes.plot(x[[0, at]], y[[0, at]], color=ORANGE, linewidth=1.8, label="acceleration slope")
    axes.plot(x[[at, -1]], y[[at, -1]], color=GREEN, linewidth=1.8, label="attenuation slope")
    chord = y[0] + (y[-1] - y[0]) * (x[at] - x[0]) / (x[-1] - x[0])
    axes.plot([x[at], x[at]], [chord, y[at]], color=INK, linewidth=1.4)
    axes.plot([x[at]], [y[at]], "o", color=INK, markerfacecolor=PAPER, markersize=5.5)
    words = f"brace height\n{height_pct:.0f} % rTri" if np.isfinite(height_pct) else "brace"
    axes.annotate(
        words, (x[at], chord), (4, -4), textcoords="offset points", va="top", fontsize=8.5
    )
    axes.legend(loc="lower right")
