"""The voltage clamp: current against potential, up and down, and the PIC without the leak."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from renshaw.figures.colors import MUTED, PAPER
from renshaw.figures.style import new_figure, picture
from renshaw.figures.thinning import thin
from renshaw.reports.figures.levels import level_colors

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from renshaw.experiment.voltage_clamp import VoltageRamp


@picture
def voltage_ramp_loops(ramps: Sequence[VoltageRamp]) -> Figure:
    """Draw the recorded current on the left and the leak-subtracted current on the right.

    Parameters
    ----------
    ramps : sequence of VoltageRamp
        Of one motoneuron, usually at several levels of neuromodulation.
    """
    figure = new_figure(4.2)
    total, pic = figure.subplots(1, 2)
    colors = level_colors([ramp.neuromodulation for ramp in ramps])
    for ramp, color in zip(ramps, colors, strict=True):
        _both_ways(total, ramp, ramp.current_nA, color)
        _both_ways(pic, ramp, ramp.subtracted_nA, color)
        _marks(pic, ramp, color)
    for ramp in ramps[-1:]:
        across = np.array([ramp.settings.low_mV, ramp.settings.peak_below_mV])
        leak = ramp.leak_uS * (across - ramp.leak_reversal_mV)
        total.plot(across, leak, color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
        total.annotate(
            "leak",
            (across[1], leak[1]),
            (-3, -3),
            textcoords="offset points",
            color=MUTED,
            ha="right",
            va="top",
        )
    _frame(total, [ramp.current_nA for ramp in ramps], ramps)
    _frame(pic, [ramp.subtracted_nA for ramp in ramps], ramps)
    total.set_title("Current at the clamp")
    pic.set_title("Leak subtracted: ● onset  ○ offset  ▼ peak")
    total.set_ylabel("Current (nA), inward down")
    total.legend(title="Neuromodulation", loc="upper left", handlelength=1.2)
    return figure


def _both_ways(axes: Axes, ramp: VoltageRamp, values: np.ndarray, color: str) -> None:
    up = ramp.ascending
    label = f"{ramp.neuromodulation:.3g}"
    axes.plot(*thin(ramp.command_mV[up], values[up], 500), color=color, label=label)
    axes.plot(*thin(ramp.command_mV[~up], values[~up], 500), color=color, linestyle=(0, (2, 1.2)))


def _marks(axes: Axes, ramp: VoltageRamp, color: str) -> None:
    if not np.isfinite(ramp.onset_mV):
        return
    part = ramp.settings.onset_part
    axes.plot(ramp.peak_mV, -ramp.amplitude_nA, "v", color=color, markersize=6)
    axes.plot(ramp.onset_mV, -part * ramp.amplitude_nA, "o", color=color, markersize=5)
    axes.plot(
        ramp.offset_mV,
        -part * ramp.amplitude_down_nA,
        "o",
        color=color,
        markerfacecolor=PAPER,
        markersize=5,
    )


def _frame(axes: Axes, courses: Sequence[np.ndarray], ramps: Sequence[VoltageRamp]) -> None:
    seen = [
        values[ramp.command_mV <= ramp.settings.peak_below_mV]
        for values, ramp in zip(courses, ramps, strict=True)
    ]
    axes.axhline(0, color=MUTED, linewidth=0.7, zorder=0)
    axes.set_xlabel("Potential of the soma (mV)")
    if seen:
        # Outward currents at the top of the command would press everything else flat.
        low = min(float(values.min()) for values in seen)
        high = max(float(values.max()) for values in seen)
        axes.set_ylim(low * 1.12 - 1, min(high, max(8.0, -low)) * 1.12)
        axes.set_xlim(ramps[0].settings.low_mV, ramps[0].settings.high_mV)
