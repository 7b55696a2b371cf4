"""The specification curve: the mean ΔF under every defensible choice, and the choices below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from renshaw.reports.figures import marks
from renshaw.reports.figures.style import (
    BLUE,
    FAINT,
    INK,
    VERMILION,
    empty,
    new_figure,
    picture,
    plain,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from renshaw.estimation.multiverse import Multiverse

RESULTS = ("delta_f_mean", "n_pairs", "n_units", "chosen")
LEVELS_MOST = 8


@picture
def specification_curve(multiverse: Multiverse, chosen_pps: float | None = None) -> Figure:
    """Draw the mean ΔF of every universe, sorted, and below it what each universe chose.

    Parameters
    ----------
    multiverse : Multiverse
    chosen_pps : float, optional
        The mean ΔF of the rules in use, drawn as a line.
    """
    table = multiverse.to_table()
    table = table[np.isfinite(table["delta_f_mean"])].sort_values("delta_f_mean", kind="stable")
    choices = choices_of(table)
    rows = sum(len(levels) for levels in choices.values())
    figure = new_figure(2.1 + 0.17 * rows + 0.12 * len(choices))
    if table.empty:
        empty(figure.subplots(), "No universe has an accepted pair")
        return figure
    top, below = figure.subplots(
        2, 1, sharex=True, height_ratios=[1.9, max(0.17 * rows + 0.12 * len(choices), 0.3)]
    )
    values = table["delta_f_mean"].to_numpy(dtype=float)
    marks.dots(
        top, np.arange(len(values), dtype=float), values, BLUE, 4.0 if len(values) < 200 else 1.8
    )
    margin = 0.08 * float(np.ptp(values)) + 0.1
    top.set_ylim(min(0.0, values.min() - margin), values.max() + margin)
    if chosen_pps is not None and np.isfinite(chosen_pps):
        top.axhline(chosen_pps, color=VERMILION, linewidth=1.1, linestyle=(0, (5, 3)))
        top.annotate(
            "rules in use",
            (0.995, chosen_pps),
            (0, -3),
            color=VERMILION,
            va="top",
            ha="right",
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            fontsize=8,
        )
    top.set_ylabel("Mean ΔF (pps)")
    top.set_xlim(-0.02 * len(values) - 0.5, 1.02 * len(values) - 0.5)
    top.tick_params(axis="x", length=0)
    _choices(below, table, choices)
    below.set_xlabel(f"{len(values)} universes, from the smallest to the largest mean ΔF")
    return figure


def choices_of(table: pd.DataFrame) -> dict[str, list[Any]]:
    """Return the columns that differ between universes and the levels of each."""
    choices = {}
    for column in table.columns:
        if column in RESULTS:
            continue
        levels = sorted(table[column].dropna().unique(), key=lambda v: (isinstance(v, str), v))
        if 1 < len(levels) <= LEVELS_MOST:
            choices[str(column)] = levels
    return choices


def level_words(column: str, level: Any) -> str:
    """Return a choice in words: ``recruitment gap 1 s``."""
    words, unit = column, ""
    for ending, name in (("_s", "s"), ("_pps", "pps"), ("_pct", "%")):
        if column.endswith(ending):
            words, unit = column.removesuffix(ending), f" {name}"
    if isinstance(level, bool | np.bool_):
        level = "yes" if level else "no"
    elif isinstance(level, float | np.floating):
        level = f"{level:g}"
    return f"{words.replace('_', ' ')}: {level}{unit}"


def _choices(axes: Axes, table: pd.DataFrame, choices: dict[str, list[Any]]) -> None:
    position, places, words = 0.0, [], []
    width = min(1.0, max(0.2, 200 / len(table)))
    for column, levels in choices.items():
        for level in levels:
            at = np.flatnonzero((table[column] == level).to_numpy())
            axes.axhline(position, color=FAINT, linewidth=0.5, zorder=0)
            marks.ticks(axes, at.astype(float), position, 0.62, INK, width)
            places.append(position)
            words.append(plain(level_words(column, level), 40))
            position -= 1.0
        position -= 0.6
    axes.set_yticks(places, words, fontsize=7.5)
    axes.set_ylim(position + 0.9, 0.8)
    axes.tick_params(length=0, labelbottom=False)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
