"""What stimuli do to single units: histogram, frequencygram and cumulative sum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from renshaw.figures.colors import BLUE, INK, MUTED, VERMILION
from renshaw.figures.style import empty, new_figure, picture, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from renshaw.estimation.peristimulus import Peristimulus

# So many rows of the picture: all units together, and those with the surest responses.
_MOST_ROWS = 4


@picture
def peristimulus_curves(found: Peristimulus) -> Figure:
    """Draw counts (PSTH) and rates (PSF) around the stimuli of the units that respond most."""
    rows = _shown(found)
    figure = new_figure(1.2 + 1.5 * max(1, len(rows)))
    if not rows:
        empty(figure.subplots(), "No unit was recorded.")
        return figure
    axes = figure.subplots(len(rows), 2, sharex=True, squeeze=False)
    for (left, right), row in zip(axes, rows, strict=True):
        _counts(left, found, row)
        _rates(right, found, row)
    axes[0, 0].set_title("Discharges (PSTH), with their cumulative sum")
    axes[0, 1].set_title("Rate at each discharge (PSF)")
    for panel in axes[-1]:
        panel.set_xlabel("Time after the stimulus (ms)")
    return figure


def _shown(found: Peristimulus) -> list[int]:
    best = found.responses.groupby("unit").p.min().sort_values(na_position="last")
    units = [unit for unit in best.index if unit > 0]
    wanted = [0, *units] if 0 in found.units else units
    return [found.units.index(unit) for unit in wanted[:_MOST_ROWS]]


def _counts(axes: Axes, found: Peristimulus, row: int) -> None:
    times_ms, counts = found.times_ms, found.counts[row]
    usual = counts[times_ms < 0].mean()
    axes.bar(times_ms, counts, width=found.settings.bin_ms, color=MUTED, alpha=0.6, linewidth=0)
    axes.axhline(usual, color=INK, linewidth=0.8, linestyle=":")
    axes.axvline(0.0, color=INK, linewidth=0.8)
    unit = found.units[row]
    responses = found.responses[(found.responses.unit == unit) & found.responses.ok]
    for each in responses.to_dict("records"):
        color = VERMILION if each["direction"] == "excitation" else BLUE
        end_ms = each["onset_ms"] + each["duration_ms"]
        axes.axvspan(each["onset_ms"], end_ms, color=color, alpha=0.25, linewidth=0)
    label = found.responses[found.responses.unit == unit].label.iloc[0]
    axes.set_ylabel(plain("all (pps)" if unit == 0 else f"unit {label} (pps)", 24))
    axes.set_ylim(0, None)
    other = axes.twinx()
    cusum = np.cumsum(counts - usual) * found.settings.bin_ms / 1000
    other.plot(times_ms, cusum, color=INK, linewidth=1.0)
    other.set_yticks([])
    other.spines["left"].set_visible(False)


def _rates(axes: Axes, found: Peristimulus, row: int) -> None:
    times_ms, rates = found.times_ms, found.rates_pps[row]
    before = rates[(times_ms < 0) & np.isfinite(rates)]
    axes.plot(times_ms, rates, ".", color=VERMILION, markersize=3)
    if len(before):
        axes.axhline(before.mean(), color=INK, linewidth=0.8, linestyle=":")
    axes.axvline(0.0, color=INK, linewidth=0.8)
    axes.ticklabel_format(useOffset=False)
    known = rates[np.isfinite(rates)]
    if len(known) and np.ptp(known) < 0.1:
        axes.set_ylim(known.min() - 1.0, known.max() + 1.0)
    axes.set_ylabel("pps")
