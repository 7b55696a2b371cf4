"""The grid: how loud each channel is, and the action potentials of units on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from renshaw.figures.colors import BLUE, FAINT, INK, MUTED, VERMILION
from renshaw.figures.style import empty, new_figure, picture, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from renshaw.data.grid import Grid
    from renshaw.data.recording import Recording

_MOST_GRIDS = 4
_MOST_UNITS = 24


@picture
def channel_quality(recording: Recording) -> Figure:
    """Draw how loud every channel is, one square a channel; bad ones are crossed out."""
    grids = recording.grids[:_MOST_GRIDS]
    figure = new_figure(3.4, 2.2 + 1.3 * max(1, len(grids)))
    if not grids or "emg" not in recording.signals:
        empty(figure.subplots(), "No grid of electrodes")
        return figure
    panels = np.atleast_1d(figure.subplots(1, len(grids)))
    for axes, grid in zip(panels, grids, strict=True):
        values = recording.signals["emg"].values[:, list(grid.channels)]
        with np.errstate(all="ignore"):
            loud = np.nanstd(values, axis=0)
        drawn = _map(axes, grid, loud)
        label = f"SD ({recording.signals['emg'].unit})"
        bar = figure.colorbar(drawn, ax=axes, shrink=0.7, label=label)
        if bar.solids is not None:
            bar.solids.set_rasterized(False)
        _cross_out(axes, grid)
        axes.set_title(plain(grid.name, 22))
    return figure


@picture
def amplitude_maps(recording: Recording, potentials: Sequence[Any], grid: Grid) -> Figure:
    """Draw the peak-to-peak amplitude of each unit's action potential over the grid.

    Parameters
    ----------
    recording : Recording
    potentials : sequence of (int, array)
        Units (from 0) and their action potentials, shape (channels, samples).
    grid : Grid
    """
    shown = list(potentials)[:_MOST_UNITS]
    if not shown:
        figure = new_figure(1.5)
        empty(figure.subplots(), "No good motor unit")
        return figure
    columns = min(8, len(shown))
    rows = -(-len(shown) // columns)
    tall = 2.0 if grid.placed and np.ptp(grid.y_mm) > 1.5 * np.ptp(grid.x_mm) else 1.2
    figure = new_figure(tall * rows + 0.2)
    panels = np.atleast_1d(figure.subplots(rows, columns)).ravel()
    for axes, (unit, potential) in zip(panels, shown, strict=False):
        size = np.where(grid.good, np.ptp(potential, axis=1), np.nan)
        _map(axes, grid, size)
        axes.set_title(f"{plain(recording.units.labels[unit], 8)}: {np.nanmax(size):.0f}")
        axes.set_axis_off()
    for axes in panels[len(shown) :]:
        axes.set_axis_off()
    return figure


@picture
def action_potential(recording: Recording, unit: int, potential: Any, grid: Grid) -> Figure:
    """Draw the action potential of one unit on every channel, where its electrode lies."""
    figure = new_figure(3.6, 3.6)
    axes = figure.subplots()
    axes.set_axis_off()
    if not grid.placed:
        empty(axes, "Places of the electrodes are not known")
        return figure
    step = grid.distance_mm if np.isfinite(grid.distance_mm) else 1.0
    size = float(np.abs(potential[grid.good]).max(initial=0.0)) or 1.0
    across = np.linspace(-0.42, 0.42, potential.shape[1]) * step
    for channel in range(len(grid)):
        x, y = grid.x_mm[channel], -grid.y_mm[channel]
        if not grid.good[channel]:
            axes.plot([x], [y], marker="x", color=VERMILION, markersize=4)
            continue
        axes.plot(x + across, y + 0.75 * step * potential[channel] / size, color=BLUE, lw=0.7)
    axes.set_title(f"Unit {plain(recording.units.labels[unit], 8)}, up to {size:.0f} uV")
    return figure


def _map(axes: Axes, grid: Grid, values: Any) -> Any:
    from matplotlib import colormaps

    table = np.ma.masked_invalid(grid.table(values))
    axes.set_facecolor(FAINT)
    # Squares, not an image: images inside an SVG inside a page do not survive.
    drawn = axes.pcolormesh(table, cmap=colormaps["viridis"].resampled(12))
    axes.invert_yaxis()
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])
    return drawn


def _cross_out(axes: Axes, grid: Grid) -> None:
    bad = np.argwhere(grid.table(np.where(grid.good, 0.0, 1.0)) == 1.0)
    if len(bad):
        axes.plot(
            bad[:, 1] + 0.5,
            bad[:, 0] + 0.5,
            "x",
            color=VERMILION,
            markersize=6,
            markeredgewidth=1.6,
        )
    for side in axes.spines.values():
        side.set_color(MUTED)
    axes.tick_params(colors=INK)
