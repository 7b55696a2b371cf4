"""Sources of the decomposition with their discharges: what a person judges a unit by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from renshaw.reports.figures import marks
from renshaw.reports.figures.style import MUTED, VERMILION, empty, new_figure, picture, plain, thin

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from renshaw.data.recording import Recording


@picture
def sources(recording: Recording, units: Sequence[int]) -> Figure:
    """Draw the squared source of each unit, its discharges marked on top.

    Parameters
    ----------
    recording : Recording
        With a signal ``"sources"``, as `decompose` gives it.
    units : sequence of int
        From 0.
    """
    figure = new_figure(max(1.5, 0.62 * len(units) + 0.6))
    axes = figure.subplots()
    signal = recording.signals.get("sources")
    if signal is None or not len(units):
        empty(axes, "No sources were kept")
        return figure
    times_s = signal.times_s
    for row, unit in enumerate(reversed(list(units))):
        source = np.square(np.maximum(signal.values[:, unit], 0.0).astype(float))
        at = np.rint((recording.units[unit] - signal.start_s) * signal.fs_hz).astype(int)
        at = np.clip(at, 0, len(source) - 1)
        top = float(np.percentile(source[at], 95)) if len(at) else float(source.max(initial=0.0))
        scaled = np.minimum(source / (top or 1.0), 1.4) * 0.62
        x, y = thin(times_s, scaled, 1600)
        axes.plot(x, row + y, color=MUTED, linewidth=0.5)
        marks.dots(axes, recording.units[unit], row + scaled[at], VERMILION, 1.8)
    axes.set_xlim(times_s[0], times_s[-1])
    axes.set_ylim(-0.2, len(units))
    axes.set_yticks(
        np.arange(len(units)) + 0.2,
        [plain(recording.units.labels[u], 8) for u in reversed(list(units))],
    )
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_ylabel("Motor unit")
    axes.set_xlabel("Time (s)")
    return figure
