"""The smoothed rates of all units in one frame, the torque behind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from renshaw.reports.figures.order import by_recruitment
from renshaw.reports.figures.style import INK, MUTED, empty, new_figure, picture, thin
from renshaw.reports.figures.torque import torque_behind

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from renshaw.data.recording import Recording
    from renshaw.estimation.smoothing import SmoothedRate


@picture
def smoothed_overlay(recording: Recording, rates: Sequence[SmoothedRate]) -> Figure:
    """Draw the smoothed rate of every unit, colored from first recruited (dark) to last (light)."""
    import matplotlib as mpl

    figure = new_figure(3.1)
    axes = figure.subplots()
    axes.set_xlim(*recording.units.window_s)
    order = [i for i in by_recruitment(recording.units) if rates[i].ok]
    if not order:
        empty(axes, "No unit could be smoothed")
        return figure
    torque_behind(axes, recording)
    colors = mpl.colormaps["viridis"](np.linspace(0.15, 0.88, len(order)))
    for rank, i in enumerate(order):
        times, rate = thin(rates[i].times_s, rates[i].rate_pps, 300)
        axes.plot(times, rate, color=mpl.colors.to_hex(colors[rank]), linewidth=1.2)
    axes.set_ylim(bottom=0)
    axes.locator_params(axis="y", integer=True)
    axes.set_xlabel("Time (s)")
    axes.set_ylabel("Smoothed rate (pps)")
    if len(order) > 1:
        steps = mpl.colors.ListedColormap(colors)
        scale = mpl.cm.ScalarMappable(mpl.colors.Normalize(0.5, len(order) + 0.5), steps)
        bar = figure.colorbar(scale, ax=axes, pad=0.02, aspect=30, ticks=[1, len(order)])
        bar.set_ticklabels(["first", "last"])
        bar.set_label("Recruited", color=INK)
        bar.outline.set_edgecolor(MUTED)
    return figure
