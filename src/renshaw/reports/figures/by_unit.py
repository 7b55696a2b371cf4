"""What was measured in each unit, against the torque (or time) at which it was recruited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from renshaw.data.averages import mean_of
from renshaw.data.estimates import Estimate
from renshaw.estimation.contractions.over_contractions import over_contractions
from renshaw.estimation.quantity import shown_in
from renshaw.figures import Axis, Figure, Mark, Panel, Points, Rule
from renshaw.figures.marks import Shape
from renshaw.figures.words import short
from renshaw.findings.words import title_of

if TYPE_CHECKING:
    from renshaw.data.estimates import Estimates


def estimates_by_unit(
    estimates: Estimates, recording: str | None = None, quantities: Sequence[str] | None = None
) -> Figure:
    """Show a dot a unit for each quantity; values that fail the rules are hollow and gray.

    Of several contractions it is the mean of each unit.

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
    rows = [row for row in over_contractions(estimates).rows if row.recording == name]
    quantities = shown_in("figure", of="unit") if quantities is None else quantities
    found = [q for q in quantities if any(r.quantity == q and np.isfinite(r.value) for r in rows)]
    against, axis = _recruitment(rows)
    panels = tuple(_dots(rows, quantity, against, axis) for quantity in found)
    return Figure(
        "by-unit",
        panels or (Panel("nothing", height_in=1.0, empty="No unit could be measured"),),
        title="Estimates of each motor unit against its recruitment",
        columns=min(max(len(found), 1), 3),
        shared_x=True,
    )


def _recruitment(rows: Sequence[Estimate]) -> tuple[dict[int, float], Axis]:
    against = {r.unit: float(r.unit) for r in rows if r.unit}
    axis = Axis("Unit")
    for quantity in ("recruitment_time", "recruitment_torque"):
        chosen = [r for r in rows if r.quantity == quantity and np.isfinite(r.value)]
        if chosen:
            against = {r.unit: r.value for r in chosen}
            axis = Axis(title_of(quantity), short(chosen[0].units or "a.u."))
    low, high = min(against.values(), default=0.0), max(against.values(), default=1.0)
    margin = 0.05 * (high - low) or 0.5
    return against, replace(axis, low=low - margin, high=high + margin)


def _dots(rows: Sequence[Estimate], quantity: str, against: dict[int, float], axis: Axis) -> Panel:
    chosen = [r for r in rows if r.quantity == quantity and r.unit in against]
    good = [r for r in chosen if r.ok]
    bad = [r for r in chosen if not r.ok and np.isfinite(r.value)]
    pairs = [
        r
        for r in rows
        if quantity == "delta_f" and r.quantity == "delta_f_pair" and r.ok and r.unit in against
    ]
    low, high = _limits([r.value for r in (*good, *pairs)] or [r.value for r in bad])
    marks: list[Mark] = []
    if quantity == "torque_hysteresis" or low < 0:
        marks.append(Rule(at=0.0, color="muted", width=0.6))
    seen = [r for r in good if r.bound == "exact"]
    cut_off = [r for r in good if r.bound != "exact"]
    shapes: tuple[tuple[Sequence[Estimate], str, float, Shape, str], ...] = (
        (pairs, "sky", 2.0, "circle", "pair"),
        (bad, "muted", 4.5, "circle", "fails the rules"),
        (cut_off, "blue", 4.5, "triangle", "cut off"),
        (seen, "blue", 4.5, "circle", "unit"),
    )
    for some, color, size, shape, name in shapes:
        if some:
            marks.append(
                Points(
                    x=np.array([against[r.unit] for r in some]),
                    y=np.array([r.value for r in some]),
                    color=color,
                    size=size,
                    shape=shape,
                    hollow=name == "fails the rules",
                    alpha=0.6 if name == "pair" else 1.0,
                    keys=tuple(r.unit for r in some),
                    name=name,
                )
            )
    mean = mean_of(good)
    if np.isfinite(mean.value):
        marks.append(Rule(at=mean.value, color="vermilion", dash="dashed", name="mean"))
    unit = chosen[0].units if chosen else ""
    return Panel(
        quantity,
        tuple(marks),
        x=axis,
        y=Axis("", short(unit), low=low, high=high),
        title=title_of(quantity),
        height_in=1.55,
    )


def _limits(values: Sequence[float]) -> tuple[float, float]:
    """Fit the axis to the values that count; an absurd one that doesn't is drawn out of sight."""
    low, high = min(0.0, *values), max(values, default=1.0)
    margin = 0.08 * (high - low) or 0.5
    return low - (margin if low < 0 else 0.02 * (high - low)), high + margin
