"""The ΔF construction: how one number comes out of a pair of units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from renshaw.reports.figures import marks
from renshaw.reports.figures.style import (
    BLUE,
    INK,
    MUTED,
    PAPER,
    VERMILION,
    new_figure,
    picture,
    plain,
    thin,
)
from renshaw.reports.figures.torque import torque_panel, usable_torque

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from renshaw.data.arrays import FloatArray
    from renshaw.data.recording import Recording
    from renshaw.estimation.smoothing import SmoothedRate


@picture
def delta_f_construction(
    recording: Recording,
    rates: Sequence[SmoothedRate],
    *,
    test: int,
    control: int,
    recruitment_s: float,
    derecruitment_s: float,
    delta_f_pps: float,
) -> Figure:
    """Draw the control unit above, the test unit below, and the ΔF between two levels.

    Parameters
    ----------
    recording : Recording
    rates : sequence of SmoothedRate
        One a unit, in the recording's order.
    test, control : int
        Units, counted from 1.
    recruitment_s, derecruitment_s : float
        When the test unit starts and stops.
    delta_f_pps : float
        The estimate, as the table has it.
    """
    with_torque = usable_torque(recording) is not None
    figure = new_figure(5.6 if with_torque else 4.4)
    rows = 3 if with_torque else 2
    panels = figure.subplots(rows, 1, sharex=True, height_ratios=[2.2, 1.6, 1.1][:rows])
    _unit(panels[0], recording, rates, control - 1, BLUE, "Control unit")
    _unit(panels[1], recording, rates, test - 1, VERMILION, "Test unit")
    if with_torque:
        torque_panel(panels[2], recording)
    for axes in panels:
        for time in (recruitment_s, derecruitment_s):
            axes.axvline(time, color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
    _levels(panels[0], rates[control - 1], recruitment_s, derecruitment_s, delta_f_pps)
    _name_times(panels[1], recruitment_s, derecruitment_s)
    panels[0].set_xlim(*_span(recording, test - 1, control - 1))
    panels[-1].set_xlabel("Time (s)")
    figure.align_ylabels(list(panels))
    return figure


def _span(recording: Recording, *units: int) -> tuple[float, float]:
    start, end = recording.units.window_s
    fired = np.concatenate([recording.units[i] for i in units])
    if len(fired) == 0:
        return start, end
    margin = 0.06 * float(np.ptp(fired)) + 0.2
    # The arrow and its number stand to the right of the last discharge.
    return max(start, float(fired.min()) - margin), float(fired.max()) + 3.5 * margin


def _unit(
    axes: Axes,
    recording: Recording,
    rates: Sequence[SmoothedRate],
    index: int,
    color: str,
    role: str,
) -> None:
    times, rate = recording.units.instantaneous_rate(index)
    smooth: FloatArray = np.array([])
    if rates[index].ok:
        t, smooth = thin(rates[index].times_s, rates[index].rate_pps, 500)
        axes.plot(t, smooth, color=color, linewidth=1.8, zorder=3)
    marks.dots(axes, times, rate, color, 2.6, alpha=0.65)
    typical = [*rate[rate < 60], *smooth[np.isfinite(smooth)]]
    axes.set_ylim(0, 1.15 * max(typical, default=10.0))
    axes.set_ylabel("Rate (pps)")
    axes.locator_params(axis="y", nbins=5, integer=True)
    label = plain(recording.units.labels[index])
    axes.set_title(f"{role} {label}", color=color)


def _levels(
    axes: Axes, rate: SmoothedRate, recruitment_s: float, derecruitment_s: float, delta_f: float
) -> None:
    high = _level(rate, recruitment_s)
    if not (np.isfinite(high) and np.isfinite(delta_f)):
        return
    low, stop = high - delta_f, derecruitment_s
    if not np.isfinite(_level(rate, derecruitment_s)):
        stop = min(derecruitment_s, float(rate.times_s[np.isfinite(rate.rate_pps)][-1]))
    for time, level in ((recruitment_s, high), (stop, low)):
        axes.plot([time], [level], "o", color=INK, markerfacecolor=PAPER, markersize=6, zorder=6)
    span = derecruitment_s - recruitment_s
    at = derecruitment_s + 0.06 * span
    axes.plot([recruitment_s, at], [high, high], color=INK, linewidth=1.0, linestyle=":", zorder=5)
    axes.plot([stop, at], [low, low], color=INK, linewidth=1.0, linestyle=":", zorder=5)
    axes.annotate(
        "",
        xy=(at, low),
        xytext=(at, high),
        arrowprops={
            "arrowstyle": "<->",
            "color": INK,
            "linewidth": 1.3,
            "shrinkA": 0,
            "shrinkB": 0,
        },
        zorder=6,
    )
    axes.text(
        at + 0.02 * span,
        (high + low) / 2,
        f"ΔF = {delta_f:.2f} pps",
        va="center",
        ha="left",
        fontweight="bold",
        zorder=7,
        bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.5, "alpha": 0.8},
    )


def _level(rate: SmoothedRate, time_s: float) -> float:
    return float(np.atleast_1d(rate.at(np.array([time_s])))[0])


def _name_times(axes: Axes, recruitment_s: float, derecruitment_s: float) -> None:
    for time, words, side in (
        (recruitment_s, "recruited", "right"),
        (derecruitment_s, "derecruited", "left"),
    ):
        gap = -4 if side == "right" else 4
        axes.annotate(
            words,
            xy=(time, 0.94),
            xycoords=axes.get_xaxis_transform(),
            xytext=(gap, 0),
            textcoords="offset points",
            ha=side,
            va="top",
            fontsize=8.5,
            color=MUTED,
        )
