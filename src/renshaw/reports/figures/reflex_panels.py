"""What pictures of reflex tests share: waves at the electrode, means, and an axis of intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from renshaw.figures.colors import INK, MUTED, SERIES, VERMILION
from renshaw.figures.style import plain

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from renshaw.experiment.reflexes.result import Reflex

# What of a wave is shown (ms).
_SHOWN_ms = 75.0


def means(
    axes: Axes,
    table: pd.DataFrame,
    x: str,
    mean: str,
    sd: str,
    *,
    color: str = VERMILION,
    marker: str = "o",
    label: str | None = None,
) -> None:
    """Draw means with their standard deviations.

    Parameters
    ----------
    axes : Axes
    table : DataFrame
    x, mean, sd : str
        Its columns.
    color, marker : str
    label : str, optional
        For a legend.
    """
    axes.errorbar(
        table[x],
        table[mean],
        yerr=np.nan_to_num(table[sd]),
        color=color,
        marker=marker,
        markersize=4,
        elinewidth=0.8,
        label=label,
    )


def axis_of_intervals(axes: Axes, table: pd.DataFrame, words: str) -> None:
    """Let the axis be one of intervals (s), each with its tick, and mark 100 %.

    Parameters
    ----------
    axes : Axes
    table : DataFrame
        With the column ``interval_s``.
    words : str
        What the axis is called.
    """
    axes.axhline(100.0, color=MUTED, linewidth=0.8, linestyle=":")
    axes.set_xscale("log")
    ticks = sorted(set(table["interval_s"].round(6)))
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.set_ylim(0, None)
    axes.set_xlabel(words)


def waves(
    axes: Axes, reflex: Reflex, after: str = "the pulse", shown_ms: float = _SHOWN_ms
) -> None:
    """Draw the waves of a reflex test, in the same scale.

    Parameters
    ----------
    axes : Axes
    reflex : Reflex
    after : str
        What time 0 is.
    shown_ms : float
    """
    highest = max((float(np.ptp(wave)) for wave in reflex.waves.values()), default=0.0) or 1.0
    for place, (label, wave) in enumerate(reflex.waves.items()):
        times_ms = 1000.0 * np.arange(len(wave)) / reflex.fs_hz
        shown = times_ms <= shown_ms
        base = -1.1 * highest * place
        color = SERIES[place % len(SERIES)]
        axes.plot(times_ms[shown], base + wave[shown], color=color, linewidth=1.0)
        axes.text(
            shown_ms, base + 0.12 * highest, plain(label, 30), color=color, fontsize=8, ha="right"
        )
    axes.axvline(0.0, color=INK, linewidth=0.8, linestyle=":")
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(f"Time after {after} (ms)")
    axes.set_title("At the electrode")
