"""Participants before and after, and the mean difference with its confidence interval beside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from renshaw.findings.words import title_of
from renshaw.reports.figures.style import (
    FAINT,
    INK,
    MUTED,
    PAPER,
    SERIES,
    empty,
    new_figure,
    picture,
    plain,
    with_unit,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from renshaw.data.arrays import FloatArray
    from renshaw.study.compare import Comparison


@picture
def paired_difference(comparison: Comparison, quantity: str) -> Figure:
    """Draw one line a participant through the conditions, and the paired differences beside.

    Parameters
    ----------
    comparison : Comparison
    quantity : str
    """
    rows = comparison.table[comparison.table["quantity"] == quantity]
    people = comparison.participants[comparison.participants["quantity"] == quantity]
    figure = new_figure(3.3)
    if rows.empty or people.empty:
        empty(figure.subplots(), f"{title_of(quantity)} was not compared")
        return figure
    reference = str(rows["reference"].iloc[0])
    conditions = [str(c) for c in rows["condition"]]
    units = str(rows["units"].iloc[0])
    wide = people.pivot_table(index="participant", columns="condition", values="value")
    left, right = figure.subplots(1, 2, width_ratios=[1.25, 1])
    _lines(left, wide, [c for c in (reference, *conditions) if c in wide], reference)
    left.set_ylabel(with_unit(title_of(quantity), units))
    pairs = comparison.pairs[comparison.pairs["quantity"] == quantity]
    _differences(right, pairs, rows, reference)
    right.set_ylabel(with_unit("Difference", units))
    return figure


def _lines(axes: Axes, wide: pd.DataFrame, conditions: Sequence[str], reference: str) -> None:
    x = np.arange(len(conditions))
    values = wide[list(conditions)].to_numpy(dtype=float)
    for person in values:
        axes.plot(x, person, color=MUTED, linewidth=0.8, alpha=0.55, zorder=1)
    for place in range(len(conditions)):
        color = _color(place)
        axes.plot(
            np.full(len(values), place),
            values[:, place],
            "o",
            color=color,
            markersize=4,
            alpha=0.75,
            markeredgewidth=0,
            zorder=2,
        )
        axes.plot(
            [place - 0.17, place + 0.17],
            [np.nanmean(values[:, place])] * 2,
            color=INK,
            linewidth=2.6,
            zorder=3,
            solid_capstyle="round",
        )
    axes.set_xticks(x, [_wrapped(c) for c in conditions])
    axes.set_xlim(-0.45, len(conditions) - 0.55)
    axes.set_title(f"Each participant (n = {len(values)})")


def _differences(axes: Axes, pairs: pd.DataFrame, rows: pd.DataFrame, reference: str) -> None:
    axes.axhline(0, color=MUTED, linewidth=0.9)
    for place, row in enumerate(rows.to_dict("records"), start=1):
        condition = str(row["condition"])
        each = _each(pairs, condition)
        if len(each):
            spread = np.linspace(-0.2, -0.08, len(each)) if len(each) > 1 else np.array([-0.14])
            axes.plot(
                place + spread,
                each,
                "o",
                color=_color(place),
                markersize=3.5,
                alpha=0.6,
                markeredgewidth=0,
            )
        low, high = float(row["ci_low"]), float(row["ci_high"])
        if np.isfinite(low) and np.isfinite(high):
            axes.plot(
                [place + 0.12] * 2, [low, high], color=INK, linewidth=2.2, solid_capstyle="butt"
            )
        axes.plot(
            [place + 0.12],
            [float(row["difference"])],
            "o",
            color=INK,
            markerfacecolor=PAPER,
            markersize=7,
            markeredgewidth=1.6,
        )
    axes.set_xticks(range(1, len(rows) + 1), [_wrapped(str(c)) for c in rows["condition"]])
    axes.set_xlim(0.5, len(rows) + 0.5)
    axes.grid(axis="y", color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.set_title(f"Minus {plain(reference)}: mean, 95 % CI")


def _each(pairs: pd.DataFrame, condition: str) -> FloatArray:
    mine = pairs[pairs["condition"] == condition]
    each = mine["mean_condition"] - mine["mean_reference"]
    return np.asarray(each.dropna(), dtype=float)


def _color(place: int) -> str:
    return MUTED if place == 0 else SERIES[(place - 1) % len(SERIES)]


def _wrapped(condition: str) -> str:
    words = condition.replace("-", " ").replace("_", " ")
    return plain(words, 40).replace(" ", "\n", 1)
