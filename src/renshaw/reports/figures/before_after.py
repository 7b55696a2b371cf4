"""Two recordings of one person: units before and after, the difference, both side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from renshaw.figures import Axis, Figure, Line, Mark, Panel, Rule
from renshaw.figures.words import short
from renshaw.findings.words import title_of
from renshaw.reports.figures.observed import observed_points
from renshaw.reports.figures.raster import rates_panel
from renshaw.reports.figures.torque import torque_panel, usable_torque

if TYPE_CHECKING:
    from renshaw.data.recording import Recording
    from renshaw.estimation.smoothing import SmoothedRate
    from renshaw.study.before_after import BeforeAfter

_COLORS = ("muted", "blue")


def unit_differences(change: BeforeAfter, quantity: str = "") -> Figure:
    """Show a quantity of every unit before and after, lines where it is the same, and the change.

    Parameters
    ----------
    change : BeforeAfter
    quantity : str
        The one that answers the question if not given.
    """
    quantity = quantity or change.main or ""
    rows = change.table[change.table["quantity"] == quantity].to_dict("records")
    title = f"{title_of(quantity)} before and after" if rows else "Before and after"
    if not rows:
        nothing = Panel("units", empty="Both recordings share no estimate")
        return Figure("before-after", (nothing,), title=title)
    row = rows[0]
    units = short(row["units"], 12)
    caption = (
        "Left: each dot is a motor unit; "
        + ("lines join the same unit; " if change.matched else "")
        + ("triangles are bounds, as an end was not seen; " if row["bounds"] else "")
        + "thick: mean of those compared. Right: the difference, with its interval over units of "
        "this person."
    )
    return Figure(
        "before-after",
        (
            replace(_units(change, quantity, row), y=Axis(title_of(quantity), units)),
            replace(_difference(row, change), y=Axis("Difference", units, grid=True)),
        ),
        title=title,
        caption=caption,
        columns=2,
        widths=(1.6, 1.0),
    )


def _units(change: BeforeAfter, quantity: str, row: dict[object, object]) -> Panel:
    mine = change.units[change.units["quantity"] == quantity]
    values = [mine[side].to_numpy(dtype=float) for side in ("before", "after")]
    labels = [mine[f"label_{side}"].tolist() for side in ("before", "after")]
    bounds = [mine[f"bound_{side}"].tolist() for side in ("before", "after")]
    marks: list[Mark] = [
        Line(
            x=np.array([0.0, 1.0]),
            y=np.array([one, other]),
            color="muted",
            width=0.8,
            alpha=0.6,
            name=f"unit {label}",
        )
        for one, other, label in zip(*values, labels[0], strict=True)
        if np.isfinite([one, other]).all()
    ]
    for place, side in enumerate(("before", "after")):
        marks += observed_points(
            np.full(len(mine), float(place)),
            values[place],
            bounds[place],
            color=_COLORS[place],
            alpha=0.75,
            name=change.names[place],
            words=[str(label) for label in labels[place]],
        )
        if row[f"bound_{side}"] == "unknown":
            continue
        mean = np.repeat(float(row[side]), 2)  # type: ignore[arg-type]
        ends = np.array([place - 0.17, place + 0.17])
        marks.append(Line(x=ends, y=mean, width=2.6, name=f"mean of {change.names[place]}"))
    ticks = tuple((float(place), short(name, 24)) for place, name in enumerate(change.names))
    return Panel(
        "units",
        tuple(marks),
        x=Axis(low=-0.5, high=1.5, ticks=ticks),
        title=f"Each motor unit ({row['n_before']} and {row['n_after']})",
        height_in=2.5,
    )


def _difference(row: dict[object, object], change: BeforeAfter) -> Panel:
    difference, low, high = (
        float(row[name])  # type: ignore[arg-type]
        for name in ("difference", "ci_low", "ci_high")
    )
    confidence = f"{100 * change.settings.confidence:g} % CI"
    marks: list[Mark] = [Rule(at=0.0, color="muted", name="no difference")]
    if np.isfinite([low, high]).all():
        ends = np.array([low, high])
        marks.append(Line(x=np.zeros(2), y=ends, width=2.2, name=confidence))
    point, bound = np.array([difference]), str(row["bound"])
    marks += observed_points(np.zeros(1), point, [bound], size=7.0, hollow=True, name="difference")
    of = f"{row['n_paired']} units in both" if row["paired"] else "all units of each"
    return Panel(
        "difference",
        tuple(marks),
        x=Axis(low=-0.5, high=0.5, ticks=((0.0, of),)),
        title=f"After minus before, {confidence}",
        height_in=2.5,
        empty="" if np.isfinite(difference) else "Not known: ends were not seen",
    )


def side_by_side(
    recordings: Sequence[Recording], rates: Sequence[Sequence[SmoothedRate]]
) -> Figure:
    """Show smoothed rates and torque of both recordings, on the same scales.

    Parameters
    ----------
    recordings : sequence of Recording
        The before and the after.
    rates : sequence of sequences of SmoothedRate
        Of their units.
    """
    above = [rates_panel(each, mine) for each, mine in zip(recordings, rates, strict=True)]
    rows = [_alike(above)]
    if any(usable_torque(each) is not None for each in recordings):
        rows.append(_alike([torque_panel(each) for each in recordings]))
    panels = [
        replace(panel, name=f"{panel.name}-{column}")
        for row in rows
        for column, panel in enumerate(row)
    ]
    return Figure(
        "side-by-side",
        tuple(panels),
        title="Smoothed rates and torque of both recordings",
        caption="Smoothed rate of every unit, the first recruited dark, and torque; both "
        "recordings on the same scales.",
        columns=2,
        heads=tuple(short(each.name, 40) for each in recordings),
        shared_x=True,
    )


def _alike(panels: Sequence[Panel]) -> list[Panel]:
    """Return panels of one row on one y scale, which only the first names."""
    drawn = [panel.range_of("y") for panel in panels if panel.marks]
    if not drawn:
        return list(panels)
    low, high = min(each[0] for each in drawn), max(each[1] for each in drawn)
    return [
        replace(
            panel,
            y=replace(
                panel.y,
                low=low,
                high=high,
                label=panel.y.label if column == 0 else "",
                unit=panel.y.unit if column == 0 else "",
            ),
        )
        for column, panel in enumerate(panels)
    ]
