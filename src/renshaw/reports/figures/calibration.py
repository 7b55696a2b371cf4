"""Whether posteriors mean what they say: ranks, coverage and recovery on unseen simulations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from renshaw.figures.colors import BLUE, FAINT, INK, MUTED
from renshaw.figures.style import new_figure, picture
from renshaw.inference.calibration import LEVELS, RANK_BINS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from renshaw.inference.calibration import Calibration


@picture
def calibration_picture(calibration: Calibration) -> Figure:
    """Draw a row a parameter: truth and posterior mean, ranks, coverage."""
    n = len(calibration.names)
    figure = new_figure(1.45 * n, 6.6)
    for k, row in enumerate(figure.subplots(n, 3, squeeze=False)):
        _recovery(row[0], calibration, k)
        _ranks(row[1], calibration, k)
        _coverage(row[2], calibration, k)
        if k == 0:
            titles = ("Truth and posterior mean", "Rank of the truth", "Coverage")
            for axes, title in zip(row, titles, strict=True):
                axes.set_title(title)
    return figure


def _recovery(axes: Axes, made: Calibration, k: int) -> None:
    truth, mean = made.truth[:, k], made.mean[:, k]
    low, high = np.quantile(truth, [0.005, 0.995])
    axes.plot([low, high], [low, high], color=MUTED, linewidth=0.8)
    axes.scatter(truth, mean, s=5, color=BLUE, alpha=0.4, linewidths=0)
    axes.set_xlim(low, high)
    axes.set_ylim(low, high)
    axes.set_ylabel(made.names[k].replace("_", " "), fontsize=7.5)
    explained = f"{100 * made.explained[k, 0]:.0f} %".replace("-", "−")
    axes.text(0.04, 0.94, explained, transform=axes.transAxes, va="top", fontsize=8.5, color=INK)
    axes.tick_params(labelsize=7)


def _ranks(axes: Axes, made: Calibration, k: int) -> None:
    counts = made.ranks[k] / made.ranks[k].mean()
    expected = made.recordings / RANK_BINS
    margin = 1.96 * np.sqrt((1 - 1 / RANK_BINS) / expected)
    axes.axhspan(1 - margin, 1 + margin, color=FAINT)
    axes.bar((np.arange(RANK_BINS) + 0.5) / RANK_BINS, counts, 0.9 / RANK_BINS, color=BLUE)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, max(2.0, float(counts.max()) * 1.05))
    axes.tick_params(labelsize=7)


def _coverage(axes: Axes, made: Calibration, k: int) -> None:
    axes.plot([40, 100], [40, 100], color=MUTED, linewidth=0.8)
    axes.plot(100 * np.array(LEVELS), 100 * made.coverage[k], "o-", color=BLUE, markersize=4)
    axes.set_xlim(40, 100)
    axes.set_ylim(40, 100)
    axes.set_xlabel("Said (%)" if k == len(made.names) - 1 else "", fontsize=8)
    axes.set_ylabel("Held (%)", fontsize=7.5)
    axes.tick_params(labelsize=7)
