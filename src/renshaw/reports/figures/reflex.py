"""What a reflex test found: the curve, and what the electrode sees at some points of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from renshaw.experiment.reflexes.depression import DepressionSettings
from renshaw.experiment.reflexes.h_reflex import HReflexSettings
from renshaw.experiment.reflexes.recurrent import RecurrentSettings
from renshaw.figures.colors import BLUE, GREEN, MUTED, VERMILION
from renshaw.figures.style import new_figure, picture
from renshaw.reports.figures.reflex_limb import DRAWN, moved_ankle
from renshaw.reports.figures.reflex_panels import axis_of_intervals, means, waves

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from renshaw.experiment.reflexes.result import Reflex


@picture
def reflex_curve(reflex: Reflex) -> Figure:
    """Draw the curve of a reflex test, and beside it waves at the electrode."""
    if isinstance(reflex.settings, DRAWN):
        return moved_ankle(reflex)
    figure = new_figure(3.4)
    left, right = figure.subplots(1, 2, width_ratios=[1.5, 1])
    if isinstance(reflex.settings, HReflexSettings):
        _recruitment(left, reflex)
    elif isinstance(reflex.settings, DepressionSettings):
        _depression(left, reflex)
    else:
        _conditioned(left, reflex)
    waves(right, reflex)
    return figure


def _recruitment(axes: Axes, reflex: Reflex) -> None:
    table = reflex.table
    x = table["intensity_xmt"].to_numpy()
    mean, sd = table["h_pct"].to_numpy(), np.nan_to_num(table["h_sd"].to_numpy())
    axes.fill_between(x, mean - sd, mean + sd, color=VERMILION, alpha=0.2, linewidth=0)
    axes.plot(x, mean, color=VERMILION, marker="o", markersize=3.5, label="H-reflex (mean, SD)")
    axes.plot(x, table["m_pct"], color=BLUE, marker="s", markersize=3.5, label="M-wave")
    axes.set_xlabel("Intensity (× motor threshold)")
    axes.set_ylabel("Amplitude (% of M_max)")
    axes.set_title("Recruitment of H-reflex and M-wave")
    axes.set_ylim(0, None)
    axes.legend(loc="best")


def _depression(axes: Axes, reflex: Reflex) -> None:
    table = reflex.table
    for kind, color, marker, label in (
        ("train", VERMILION, "o", "trains, in % of the slowest"),
        ("pair", BLUE, "s", "second of a pair, in % of the first"),
        ("stretch", GREEN, "^", "after a slow stretch, in % of the slowest train"),
    ):
        rows = table[table["kind"] == kind].sort_values("interval_s")
        if rows.empty:
            continue
        columns = ("interval_s", "h_pct_control", "h_sd")
        means(axes, rows, *columns, color=color, marker=marker, label=label)
    axis_of_intervals(axes, table, "Interval between pulses, or from the stretch to the pulse (s)")
    axes.set_ylabel("H-reflex (% of control)")
    axes.set_title("Post-activation depression")
    axes.legend(loc="best")


def _conditioned(axes: Axes, reflex: Reflex) -> None:
    table = reflex.table
    means(axes, table, "interval_ms", "h_pct_control", "h_sd")
    axes.axhline(100.0, color=MUTED, linewidth=0.8, linestyle=":")
    axes.set_xscale("symlog", linthresh=10)
    ticks = [t for t in (-10, 0, 2, 5, 10, 20, 50, 100, 200, 500) if _within(t, table)]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    first_ms, last_ms = table["interval_ms"].min(), table["interval_ms"].max()
    axes.set_xlim(first_ms - 1.0, max(last_ms + 1.0, 1.2 * last_ms))
    axes.set_ylim(0, None)
    axes.set_xlabel("Interval from conditioning to test pulse (ms)")
    axes.set_ylabel("H-reflex (% of control)")
    recurrent = isinstance(reflex.settings, RecurrentSettings)
    by = "a synergist's motor axons" if recurrent else "the antagonist's nerve"
    axes.set_title(f"The reflex after a volley in {by}")


def _within(tick: float, table: pd.DataFrame) -> bool:
    return bool(table["interval_ms"].min() <= tick <= table["interval_ms"].max())
