"""The f-I experiment: rate against current, rates over time, and what the electrode saw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from renshaw.figures.colors import INK, MUTED, PAPER
from renshaw.figures.style import empty, new_figure, picture
from renshaw.figures.thinning import thin
from renshaw.reports.figures.levels import level_colors

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from renshaw.experiment.current_clamp import CurrentRamp


@picture
def current_ramp_loops(ramps: Sequence[CurrentRamp]) -> Figure:
    """Draw rate against current on the left, rate and current over time on the right.

    Parameters
    ----------
    ramps : sequence of CurrentRamp
        Of one motoneuron, usually at several levels of neuromodulation.
    """
    figure = new_figure(4.3)
    halves: Any = figure.subfigures(1, 2, width_ratios=[1.0, 1.15])
    left, right = halves
    loop = left.subplots()
    rates, current = right.subplots(2, 1, sharex=True, height_ratios=[3.2, 1.0])
    if not any(len(ramp.rate_pps) for ramp in ramps):
        empty(loop, "The motoneuron did not fire; raise the peak of the current")
    colors = level_colors([ramp.neuromodulation for ramp in ramps])
    for ramp, color in zip(ramps, colors, strict=True):
        _loop(loop, ramp, color)
        rates.plot(ramp.interval_s, ramp.rate_pps, ".", markersize=3, color=color)
    loop.set_xlabel("Injected current (nA)")
    loop.set_ylabel("Discharge rate (pps)")
    loop.set_title("● up   ○ down")
    loop.set_ylim(bottom=0)
    loop.legend(title="Neuromodulation", loc="upper left", handlelength=1.0)
    rates.set_ylabel("Rate (pps)")
    rates.set_ylim(bottom=0)
    rates.set_title("Rate of each interval")
    if ramps:
        times, values = ramps[0].times_s, ramps[0].current_nA
        current.plot(*thin(times, values, 200), color=INK)
        current.set_xlim(times[0], times[-1])
        peak = ramps[0].settings.hold_s + ramps[0].settings.up_s
        for axes in (rates, current):
            axes.axvline(peak, color=MUTED, linewidth=0.8, linestyle=(0, (4, 3)), zorder=0)
    current.set_ylabel("Current (nA)")
    current.set_xlabel("Time (s)")
    right.align_ylabels([rates, current])
    return figure


def _loop(axes: Axes, ramp: CurrentRamp, color: str) -> None:
    up = ramp.ascending
    label = f"{ramp.neuromodulation:.3g}"
    look: dict[str, Any] = {"markersize": 3.6, "color": color, "linewidth": 0.7}
    axes.plot(ramp.interval_nA[up], ramp.rate_pps[up], "-o", label=label, **look)
    axes.plot(ramp.interval_nA[~up], ramp.rate_pps[~up], "-o", markerfacecolor=PAPER, **look)


@picture
def current_ramp_potentials(ramps: Sequence[CurrentRamp]) -> Figure:
    """Draw the potential of the soma at each level, with the PIC below, and the current.

    Parameters
    ----------
    ramps : sequence of CurrentRamp
    """
    n = len(ramps)
    figure = new_figure(1.15 * n + 2.4)
    panels = figure.subplots(n + 2, 1, sharex=True, height_ratios=[1.0] * n + [1.1, 0.6])
    colors = level_colors([ramp.neuromodulation for ramp in ramps])
    for axes, ramp, color in zip(panels, ramps, colors, strict=False):
        times, values = thin(ramp.times_s, ramp.potential_mV, 2400)
        axes.plot(times, values, color=color, linewidth=0.5)
        axes.set_ylim(-95, 45)
        axes.set_yticks([-80, -40, 0, 40])
        axes.set_ylabel("mV")
        axes.set_title(_title(ramp), color=color)
        panels[n].plot(*thin(ramp.times_s, _without_spikes(ramp), 600), color=color)
    panels[n].set_ylabel("PIC (nA)")
    panels[n].set_title("Persistent inward current, mean over 0.1 s")
    panels[n].set_ylim(bottom=0)
    for ramp in ramps[:1]:
        panels[n + 1].plot(*thin(ramp.times_s, ramp.current_nA, 200), color=INK)
        panels[n + 1].set_xlim(ramp.times_s[0], ramp.times_s[-1])
    panels[n + 1].set_ylabel("Current\n(nA)")
    panels[n + 1].set_xlabel("Time (s)")
    figure.align_ylabels(list(panels))
    return figure


def _title(ramp: CurrentRamp) -> str:
    words = f"Neuromodulation {ramp.neuromodulation:.3g}"
    if len(ramp.spikes_s) == 0:
        return f"{words}: silent"
    return (
        f"{words}: on at {ramp.recruitment_nA:.1f}, off at {ramp.derecruitment_nA:.1f} nA "
        f"(ΔI {ramp.sustained_nA:.1f} nA)"
    ).replace("-", "−")


def _without_spikes(ramp: CurrentRamp) -> np.ndarray:
    # Sodium that flows in spikes is not what persists; means over a tenth of a second tell.
    width = max(1, round(0.1 / (ramp.times_s[1] - ramp.times_s[0])))
    padded = np.pad(ramp.pic_nA, (width // 2, width - width // 2 - 1), mode="edge")
    return np.convolve(padded, np.full(width, 1 / width), mode="valid")
