"""Sources of the decomposition with their discharges: what a person judges a unit by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from renshaw.figures import Axis, Figure, Line, Mark, Panel, Points
from renshaw.figures.words import short

if TYPE_CHECKING:
    from renshaw.data.arrays import FloatArray
    from renshaw.data.recording import Recording
    from renshaw.data.signal import Signal

# Doublets make a few rates of 100 pps and more, which would press down all others.
_FASTEST_pps = 60.0
DISCHARGES, PEAKS = "discharge", "peak that is no discharge"


def sources(recording: Recording, units: Sequence[int]) -> Figure:
    """Show the squared source of each unit, its discharges marked on top.

    Parameters
    ----------
    recording : Recording
        With a signal ``"sources"``, as `decompose` gives it.
    units : sequence of int
        From 0.
    """
    signal = recording.signals.get("sources")
    title = "Source of each unit over time, discharges marked"
    if signal is None or not len(units):
        return Figure("sources", (Panel("sources", empty="No sources were kept"),), title=title)
    times_s = signal.times_s
    marks: list[Mark] = []
    upward = list(units)[::-1]
    for row, unit in enumerate(upward):
        source = np.square(np.maximum(signal.values[:, unit], 0.0).astype(float))
        at = np.rint((recording.units[unit] - signal.start_s) * signal.fs_hz).astype(int)
        at = np.clip(at, 0, len(source) - 1)
        top = float(np.percentile(source[at], 95)) if len(at) else float(source.max(initial=0.0))
        scaled = np.minimum(source / (top or 1.0), 1.4) * 0.62
        name = f"Unit {recording.units.labels[unit]}"
        marks.append(Line(x=times_s, y=row + scaled, color="muted", width=0.5, name=name))
        marks.append(
            Points(
                x=recording.units[unit], y=row + scaled[at], color="vermilion", size=1.8, name=name
            )
        )
    ticks = tuple(
        (row + 0.2, short(recording.units.labels[unit], 8)) for row, unit in enumerate(upward)
    )
    panel = Panel(
        "sources",
        tuple(marks),
        x=Axis("Time", "s", float(times_s[0]), float(times_s[-1])),
        y=Axis("Motor unit", low=-0.2, high=float(len(units)), ticks=ticks),
        height_in=max(0.9, 0.62 * len(units)),
        bare=True,
    )
    return Figure("sources", (panel,), title=title, shared_x=True)


def source_of_unit(
    recording: Recording,
    unit: int,
    source: Signal | None,
    heights: FloatArray,
    candidates: tuple[FloatArray, FloatArray] | None = None,
) -> Figure:
    """Show the source of one unit with its discharges, their rate above: what is edited.

    Parameters
    ----------
    recording : Recording
    unit : int
        Counted from 1.
    source : Signal, optional
        None where there is none: then the discharges stand in a row.
    heights : array
        Of the source at each discharge.
    candidates : tuple of two arrays, optional
        Times and heights of peaks that could be discharges.
    """
    times_s = recording.units[unit - 1]
    label = short(recording.units.labels[unit - 1])
    at_s, rate_pps = recording.units.instantaneous_rate(unit - 1)
    slow = rate_pps[rate_pps <= _FASTEST_pps]
    fastest = min(_FASTEST_pps, 1.15 * max(10.0, *slow)) if len(slow) else _FASTEST_pps
    time = Axis("Time", "s", *recording.units.window_s)
    marks: list[Mark] = []
    if source is not None:
        values = np.asarray(source.values, dtype=float)
        marks.append(Line(x=source.times_s, y=values, color="muted", width=0.8, name="source"))
    marks.append(Points(x=times_s, y=heights, color="blue", size=5.0, name=DISCHARGES))
    if candidates is not None:
        x, y = candidates
        marks.append(Points(x=x, y=y, color="vermilion", size=5.0, hollow=True, name=PEAKS))
    rates = Points(x=at_s, y=rate_pps, color="blue", size=3.2, name="rate")
    return Figure(
        "source",
        (
            Panel("rate", (rates,), x=time, y=Axis("Rate", "pps", 0.0, fastest), height_in=1.3),
            Panel(
                "source",
                tuple(marks),
                x=time,
                y=Axis("Source", "SD") if source is not None else Axis(low=0.0, high=2.0, ticks=()),
                height_in=3.0,
            ),
        ),
        title=f"Source of unit {label} with its discharges, and their rate",
        shared_x=True,
    )
