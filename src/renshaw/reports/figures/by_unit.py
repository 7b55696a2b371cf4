"""What was measured in each unit, against the torque (or time) at which it was recruited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from renshaw.data.estimates import Estimate
from renshaw.estimation.quantity import shown_in
from renshaw.findings.words import title_of
from renshaw.reports.figures.style import (
    BLUE,
    MUTED,
    PAPER,
    SKY,
    VERMILION,
    empty,
    new_figure,
    picture,
    with_unit,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from renshaw.data.estimates import Estimates


@picture
def estimates_by_unit(
    estimates: Estimates, recording: str | None = None, quantities: Sequence[str] | None = None
) -> Figure:
    """Draw a dot a unit for each quantity; values that fail the rules are hollow and gray.

    Parameters
    ----------
    estimates : Estimates
    recording : str, optional
        Which one; the first by default.
    quantities : sequence of str, optional
        Those that say that they are shown in this figure by default; those that were not estimated
        are left out.
    """
    name = recording or next(iter(estimates.recordings), "")
    rows = [row for row in estimates.rows if row.recording == name]
    quantities = shown_in("figure", of="unit") if quantities is None else quantities
    found = [q for q in quantities if any(r.quantity == q and np.isfinite(r.value) for r in rows)]
    height = 2.15 * -(-len(found) // 3) + 0.2
    figure = new_figure(max(height, 1.6))
    if not found:
        empty(figure.subplots(), "No unit could be measured")
        return figure
    against, label = _recruitment(rows)
    columns = min(len(found), 3)
    grid = figure.subplots(-(-len(found) // columns), columns, squeeze=False, sharex=True)
    for axes, quantity in zip(grid.flat, found, strict=False):
        _dots(axes, rows, quantity, against)
    for axes in grid.flat[len(found) :]:
        axes.set_axis_off()
    for column in range(columns):
        shown = [axes for axes in grid[:, column] if axes.axison]
        shown[-1].set_xlabel(label)
        shown[-1].tick_params(labelbottom=True)
    return figure


def _recruitment(rows: Sequence[Estimate]) -> tuple[dict[int, float], str]:
    for quantity in ("recruitment_torque", "recruitment_time"):
        chosen = [r for r in rows if r.quantity == quantity and np.isfinite(r.value)]
        if chosen:
            label = with_unit(title_of(quantity), chosen[0].units or "a.u.")
            return {r.unit: r.value for r in chosen}, label
    return {r.unit: float(r.unit) for r in rows if r.unit}, "Unit"


def _dots(axes: Axes, rows: Sequence[Estimate], quantity: str, against: dict[int, float]) -> None:
    chosen = [r for r in rows if r.quantity == quantity and r.unit in against]
    pairs: list[Estimate] = []
    if quantity == "delta_f":
        pairs = [r for r in rows if r.quantity == "delta_f_pair" and r.ok and r.unit in against]
        axes.plot(
            [against[r.unit] for r in pairs],
            [r.value for r in pairs],
            "o",
            color=SKY,
            markersize=2.0,
            alpha=0.6,
            markeredgewidth=0,
        )
    good = [r for r in chosen if r.ok]
    bad = [r for r in chosen if not r.ok and np.isfinite(r.value)]
    axes.plot(
        [against[r.unit] for r in bad],
        [r.value for r in bad],
        "o",
        color=MUTED,
        markerfacecolor=PAPER,
        markersize=4.5,
        markeredgewidth=0.9,
    )
    axes.plot(
        [against[r.unit] for r in good],
        [r.value for r in good],
        "o",
        color=BLUE,
        markersize=4.5,
        markeredgecolor=PAPER,
        markeredgewidth=0.4,
    )
    if good:
        mean = float(np.mean([r.value for r in good]))
        axes.axhline(mean, color=VERMILION, linewidth=0.9, linestyle=(0, (5, 3)))
    _limits(axes, quantity, [r.value for r in (*good, *pairs)] or [r.value for r in bad])
    axes.set_title(title_of(quantity))
    axes.set_ylabel(with_unit("", chosen[0].units).strip("() ") if chosen else "")


def _limits(axes: Axes, quantity: str, values: Sequence[float]) -> None:
    """Fit the axes to the values that count; an absurd one that doesn't is drawn out of sight."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    if quantity == "torque_hysteresis" or low < 0:
        axes.axhline(0, color=MUTED, linewidth=0.6)
    low = min(low, 0.0)
    margin = 0.08 * (high - low) or 0.5
    axes.set_ylim(low - (margin if low < 0 else 0.02 * (high - low)), high + margin)
