"""Brace height: how far a unit's rate bulges above a straight rise from recruitment to peak."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from renshaw.figures import strokes
from renshaw.figures.colors import BLUE, GREEN, INK, MUTED, ORANGE, PAPER, SKY
from renshaw.figures.style import empty, new_figure, picture, plain, with_unit
from renshaw.reports.figures.torque import usable_torque

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from renshaw.data.arrays import FloatArray
    from renshaw.data.recording import Recording
    from renshaw.estimation.quantities.geometry import Brace
    from renshaw.estimation.smoothing import SmoothedRate


@picture
def brace_construction(
    recording: Recording, rate: SmoothedRate, brace: Brace, *, unit: int, against: str = "torque"
) -> Figure:
    """Draw rate against torque (time where there is none) with its triangle and brace.

    Parameters
    ----------
    recording : Recording
    rate : SmoothedRate
        Of this unit.
    brace : Brace
        Of this unit.
    unit : int
        Counted from 1.
    against : str
        ``"torque"`` or ``"time"``, as the brace was computed.
    """
    figure = new_figure(3.2, 4.8)
    axes = figure.subplots()
    torque = usable_torque(recording) if against == "torque" else None
    start_s, end_s = brace.recruitment[0], brace.peak[0]
    if not (rate.ok and np.isfinite(start_s) and np.isfinite(end_s)):
        empty(axes, "The unit has no brace")
        return figure

    def place(times_s: FloatArray) -> FloatArray:
        return times_s if torque is None else np.asarray(torque.at(times_s), dtype=float)

    times, dots = recording.units.instantaneous_rate(unit - 1)
    rising = (times >= start_s) & (times <= end_s)
    strokes.dots(axes, place(times[rising]), dots[rising], SKY, 2.4, alpha=0.8)
    if brace.curve is not None:
        axes.plot(*brace.curve, color=BLUE, linewidth=2)
    _triangle(axes, brace)
    axes.set_xlabel("Time (s)" if torque is None else with_unit("Torque", torque.unit or "a.u."))
    axes.set_ylabel("Discharge rate (pps)")
    axes.set_ylim(0, 1.25 * brace.peak[2])
    axes.set_title(f"Unit {plain(recording.units.labels[unit - 1])}, recruitment to peak rate")
    return figure


def _triangle(axes: Axes, brace: Brace) -> None:
    (_, x0, y0), (_, x1, y1), (_, x2, y2) = brace.recruitment, brace.brace, brace.peak
    axes.plot([x0, x0, x2], [y0, y2, y2], color=MUTED, linewidth=0.8, linestyle=":")
    axes.plot(
        [x0, x2], [y0, y2], color=INK, linewidth=1.0, linestyle=(0, (5, 3)), label="straight rise"
    )
    axes.plot([x0, x1], [y0, y1], color=ORANGE, linewidth=1.8, label="acceleration slope")
    axes.plot([x1, x2], [y1, y2], color=GREEN, linewidth=1.8, label="attenuation slope")
    chord = y0 + (y2 - y0) * (x1 - x0) / (x2 - x0)
    axes.plot([x1, x1], [chord, y1], color=INK, linewidth=1.4)
    axes.plot([x1], [y1], "o", color=INK, markerfacecolor=PAPER, markersize=5.5)
    words = f"brace height\n{brace.height_pct:.0f} % rTri"
    axes.annotate(
        words,
        (x1, chord),
        (4, -4),
        textcoords="offset points",
        va="top",
        fontsize=8.5,
        bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1, "alpha": 0.8},
    )
    axes.legend(loc="lower right")
