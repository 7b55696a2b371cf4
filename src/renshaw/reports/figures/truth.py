"""What really happened inside a simulated recording."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from renshaw.core.errors import DataError
from renshaw.figures.colors import BLUE, GREEN, INK, SKY, VERMILION
from renshaw.figures.style import empty, new_figure, picture, with_unit
from renshaw.figures.thinning import thin
from renshaw.reports.figures.order import by_recruitment

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from renshaw.data.recording import Recording
    from renshaw.data.signal import Signal

INPUTS = {
    "drive": ("Descending drive", BLUE),
    "excitation": ("All excitation, with that from afferents", SKY),
    "inhibition": ("Inhibition", VERMILION),
    "neuromodulation": ("Neuromodulation", GREEN),
}


@picture
def truth_panel(recording: Recording) -> Figure:
    """Draw drive, inhibition, neuromodulation and every unit's PIC current.

    Raises
    ------
    DataError
        The recording is not simulated.
    """
    if recording.truth is None:
        raise DataError(f"{recording.name} is a real recording: its truth is not known.")
    signals = recording.truth.signals
    panels: list[Callable[[Axes], None]] = [
        _line(signals[name], *look)
        for name, look in INPUTS.items()
        if name in signals and signals[name].values.ndim == 1 and len(signals[name])
        if name != "excitation" or _is_more(signals)
    ]
    pic = signals.get("pic_current")
    if pic is not None and pic.values.ndim == 2 and pic.values.size:
        panels.append(lambda axes: _currents(axes, recording, pic))
    figure = new_figure(0.9 * max(len(panels), 1) + 1.6)
    if not panels:
        empty(figure.subplots(), "The simulation kept no truth signal")
        return figure
    ratios = [1.0] * len(panels)
    if pic is not None:
        ratios[-1] = 2.2
    grid = figure.subplots(len(panels), 1, sharex=True, squeeze=False, height_ratios=ratios)[:, 0]
    for axes, draw in zip(grid, panels, strict=True):
        draw(axes)
    grid[0].set_xlim(*recording.units.window_s)
    grid[-1].set_xlabel("Time (s)")
    figure.align_ylabels(list(grid))
    return figure


def _is_more(signals: Mapping[str, Signal]) -> bool:
    """Return whether motoneurons are excited by more than descending drive."""
    drive, all_of_it = signals.get("drive"), signals["excitation"].values
    if drive is None or drive.values.shape != all_of_it.shape:
        return True
    return not np.allclose(drive.values, all_of_it, atol=1e-3)


def _line(signal: Signal, words: str, color: str) -> Callable[[Axes], None]:
    def draw(axes: Axes) -> None:
        times, values = thin(signal.times_s, signal.values)
        axes.plot(times, values, color=color, linewidth=1.2)
        axes.set_title(words, color=color)
        axes.set_ylabel(signal.unit)
        high = float(np.nanmax(values)) if np.any(np.isfinite(values)) else 1.0
        low = float(np.nanmin(values)) if np.any(np.isfinite(values)) else 0.0
        axes.set_ylim(min(0.0, low * 1.08), high * 1.15 if high > 1e-9 else 1.0)

    return draw


def _currents(axes: Axes, recording: Recording, pic: Signal) -> None:
    import matplotlib as mpl

    n = pic.values.shape[1]
    order = [i for i in by_recruitment(recording.units) if i < n] or list(range(n))
    colors = mpl.colormaps["viridis"](np.linspace(0.15, 0.88, len(order)))
    for rank, i in enumerate(order):
        times, values = thin(pic.times_s, pic.values[:, i].astype(float), 240)
        axes.plot(times, values, color=mpl.colors.to_hex(colors[rank]), linewidth=0.7, alpha=0.8)
    times, values = thin(pic.times_s, np.nanmean(pic.values, axis=1).astype(float), 400)
    axes.plot(times, values, color=INK, linewidth=2, label="mean of all units")
    axes.set_title("Persistent inward current of each motoneuron, first recruited dark; mean bold")
    axes.set_ylabel(with_unit("Inward", pic.unit))
