"""Reflex tests in which the ankle moves: stretch, tap, clonus and modified Ashworth scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from renshaw.experiment.reflexes.ashworth import GRADES, AshworthSettings
from renshaw.experiment.reflexes.clonus import ClonusSettings
from renshaw.experiment.reflexes.stretch import SEEN_pct, StretchSettings
from renshaw.experiment.reflexes.tap import TapSettings
from renshaw.figures.colors import BLUE, GREEN, INK, MUTED, SERIES, VERMILION
from renshaw.figures.style import new_figure, picture
from renshaw.reports.figures.reflex_panels import axis_of_intervals, means, waves

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from renshaw.experiment.reflexes.result import Reflex

DRAWN = (StretchSettings, TapSettings, ClonusSettings, AshworthSettings)


@picture
def moved_ankle(reflex: Reflex) -> Figure:
    """Draw a reflex test in which the ankle moves."""
    if isinstance(reflex.settings, ClonusSettings):
        return _clonus(reflex)
    figure = new_figure(3.4)
    if isinstance(reflex.settings, TapSettings):
        first, middle, last = figure.subplots(1, 3, width_ratios=[1, 1, 1])
        taps, pairs = (reflex.table[reflex.table["kind"] == kind] for kind in ("tap", "pair"))
        _sizes(first, taps, "tap_mm", "Size of the tap (mm)", "By the tap")
        _pairs(middle, pairs)
        waves(last, reflex, "the tap")
        return figure
    left, right = figure.subplots(1, 2, width_ratios=[1.5, 1])
    if isinstance(reflex.settings, AshworthSettings):
        _resistance(left, reflex.table)
        _grades(right, reflex)
    else:
        label = "Velocity of dorsiflexion (deg/s)"
        _sizes(left, reflex.table, "velocity_deg_per_s", label, "Stretch reflex by velocity")
        left.axhline(SEEN_pct, color=MUTED, linewidth=0.8, linestyle=":")
        waves(right, reflex, "the stretch begins", 100.0)
    return figure


def _sizes(axes: Axes, table: pd.DataFrame, x: str, label: str, title: str) -> None:
    means(axes, table, x, "reflex_pct", "reflex_sd")
    axes.set_xlim(0, None)
    axes.set_ylim(0, None)
    axes.set_xlabel(label)
    axes.set_ylabel("Reflex (% of M_max)")
    axes.set_title(title)


def _pairs(axes: Axes, table: pd.DataFrame) -> None:
    axes.plot(table["interval_s"], table["pct_of_rested"], color=BLUE, marker="s", markersize=4)
    axis_of_intervals(axes, table, "Time since another tap (s)")
    axes.set_ylabel("Second of a pair (% of the first)")
    axes.set_title("Repeated")


def _resistance(axes: Axes, table: pd.DataFrame) -> None:
    angle, tissue = table["angle_deg"], table["tissue_nm"]
    axes.fill_between(angle, 0.0, tissue, color=BLUE, alpha=0.35, linewidth=0, label="tissue")
    both = tissue + table["reflex_nm"]
    axes.fill_between(
        angle, tissue, both, color=VERMILION, alpha=0.5, linewidth=0, label="reflex (mean)"
    )
    axes.plot(angle, both, color=INK, linewidth=1.0)
    axes.set_xlim(0, None)
    axes.set_ylim(0, None)
    axes.set_xlabel("Dorsiflexion from rest (deg)")
    axes.set_ylabel("Resistance (Nm)")
    axes.set_title("What the hand feels")
    axes.legend(loc="upper left")


def _grades(axes: Axes, reflex: Reflex) -> None:
    shares = [reflex.outcome(f"raters who say {grade}") for grade in GRADES]
    axes.bar(GRADES, shares, color=GREEN, width=0.7)
    axes.set_ylim(0, 100)
    axes.set_xlabel("Modified Ashworth grade")
    axes.set_ylabel("Raters (%)")
    axes.set_title("What raters say")


def _clonus(reflex: Reflex) -> Figure:
    figure = new_figure(4.6)
    grid = figure.add_gridspec(2, 2, width_ratios=[1, 2])
    above = figure.add_subplot(grid[0, 0])
    below = figure.add_subplot(grid[1, 0], sharex=above)
    table = reflex.table
    above.errorbar(
        table["load_nm"],
        table["beats"],
        yerr=np.nan_to_num(table["beats_sd"]),
        color=VERMILION,
        marker="o",
        markersize=4,
    )
    above.set_ylim(0, None)
    above.set_ylabel("Beats")
    above.set_title("By load")
    # Of people with clonus: the two studies that the outcomes name.
    below.axhspan(3.8, 7.0, color=MUTED, alpha=0.15, linewidth=0)
    below.text(
        0.02,
        3.9,
        "people",
        color=MUTED,
        fontsize=8,
        va="bottom",
        transform=below.get_yaxis_transform(),
    )
    below.plot(table["load_nm"], table["frequency_hz"], color=BLUE, marker="s", markersize=4)
    below.set_xlim(0, None)
    below.set_ylim(0, 12)
    below.set_xlabel("Load (Nm)")
    below.set_ylabel("Frequency (Hz)")
    _courses(figure.add_subplot(grid[:, 1]), reflex)
    return figure


def _courses(axes: Axes, reflex: Reflex) -> None:
    """Draw the angle under each load, and under each what the electrode sees."""
    loads = [label[7:] for label in reflex.waves if label.startswith("angle, ")]
    angles = [reflex.waves[f"angle, {load}"] for load in loads]
    swing = max((float(np.ptp(angle)) for angle in angles), default=0.0) or 1.0
    highest = max((float(np.ptp(reflex.waves[f"EMG, {load}"])) for load in loads), default=0.0)
    for place, (load, angle) in enumerate(zip(loads, angles, strict=True)):
        base, color = -1.5 * swing * place, SERIES[place % len(SERIES)]
        emg = reflex.waves[f"EMG, {load}"]
        times_s = np.arange(len(emg)) / reflex.fs_hz
        axes.plot(times_s[: len(angle)], base + angle, color=color, linewidth=1.1)
        axes.plot(
            times_s,
            base - 0.25 * swing + 0.4 * swing * emg / (highest or 1.0),
            color=INK,
            linewidth=0.5,
        )
        axes.text(1.015 * times_s[-1], base + angle[-1], load, color=color, fontsize=8, va="center")
    axes.plot([0.0, 0.0], [0.6 * swing, 0.6 * swing + 10.0], color=MUTED, linewidth=2)
    axes.text(0.05, 0.6 * swing + 5.0, "10 deg", color=MUTED, fontsize=8, va="center")
    axes.set_yticks([])
    axes.margins(x=0.08)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("Time after the push begins (s)")
    axes.set_title("Angle of the foot, and EMG (black)")
