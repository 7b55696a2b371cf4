"""Every discharge of every unit, their smoothed rates and the torque, over one time axis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from renshaw.decomposition.rejudged import set_aside
from renshaw.figures import Axis, Figure, Line, Mark, Panel, Points, Rule, Span, Ticks, sequence
from renshaw.figures.words import short
from renshaw.reports.figures.order import by_recruitment
from renshaw.reports.figures.torque import torque_panel, usable_torque

if TYPE_CHECKING:
    from renshaw.data.recording import Recording
    from renshaw.estimation.smoothing import SmoothedRate

_MOST_EVENTS = 500
# Doublets are faster than that: they are no measure of how fast a unit fires.
_FASTEST_pps = 60.0
_PALE = 0.35
# Room for a ribbon: a part of the panel, as it is drawn, and rows where there are few.
_RIBBON, _LEAST_ROOM = 0.03, 0.4


def raster(recording: Recording, rates: Sequence[SmoothedRate] = ()) -> Figure:
    """Show the discharges of all units, first recruited at the bottom, rates and torque below.

    Units that a reader flagged are marked with a star; those that were set aside are pale and have
    no rate.

    Parameters
    ----------
    recording : Recording
    rates : sequence of SmoothedRate
        One a unit, in the recording's order; without them no rates are shown.
    """
    panels = [_discharges(recording)]
    if any(rate.ok for rate in rates):
        panels.append(rates_panel(recording, rates))
    if usable_torque(recording) is not None:
        panels.append(torque_panel(recording))
    return Figure(
        "raster",
        tuple(panels),
        title=f"Discharges of {len(recording.units)} motor units over time",
        caption=_caption(recording, rates),
        shared_x=True,
    )


def _caption(recording: Recording, rates: Sequence[SmoothedRate]) -> str:
    discharges = sum(len(times) for times in recording.units)
    words = [
        f"{discharges} discharges of {len(recording.units)} motor units, the first recruited at "
        "the bottom."
    ]
    if rates:
        smoothed = sum(rate.ok for rate in rates)
        words.append(f"Smoothed rates of {smoothed} of {len(rates)} units in the same colors.")
    if usable_torque(recording) is None:
        words.append("Torque was not recorded.")
    if recording.events:
        words.append("Shaded or marked: events of the file, such as stimulation.")
    if any(recording.units.flags):
        words.append("Units marked * were flagged by the reader.")
    return " ".join(words)


def unit_colors(recording: Recording) -> list[str]:
    """Return the color of each unit: from the first recruited (dark) to the last (light)."""
    order = by_recruitment(recording.units)
    last = max(1, len(order) - 1)
    rank = {unit: place / last for place, unit in enumerate(order)}
    return [
        "muted" if set_aside(flag) else sequence(rank[unit])
        for unit, flag in enumerate(recording.units.flags)
    ]


def _discharges(recording: Recording) -> Panel:
    colors = unit_colors(recording)
    n = len(recording.units)
    order = by_recruitment(recording.units)
    shown = range(0, n, max(1, -(-n // 60)))
    names = [_label(recording, unit) for unit in range(n)]
    rows = tuple(
        Ticks(
            x=recording.units[unit],
            y=float(row),
            color=colors[unit],
            key=unit + 1,
            name=f"Unit {recording.units.labels[unit]}",
            alpha=_PALE if set_aside(recording.units.flags[unit]) else 1.0,
        )
        for row, unit in enumerate(order)
    )
    ticks = tuple((float(row), short(names[order[row]], 12)) for row in shown)
    events = tuple(_events(recording))
    top = max(n, 1) - 0.2
    if any(isinstance(mark, Span) and mark.ribbon for mark in events):
        # The ribbon lies above the first row, not on it.
        top += max(_LEAST_ROOM, _RIBBON * (top + 0.8))
    return Panel(
        "discharges",
        (*events, *rows),
        x=Axis("Time", "s", *recording.units.window_s),
        y=Axis("Motor unit", low=-0.8, high=top, ticks=ticks),
        height_in=min(0.5 + 0.13 * max(n, 8), 10.0),
        bare=True,
        empty="" if n else "No motor unit",
    )


def _label(recording: Recording, unit: int) -> str:
    return f"{recording.units.labels[unit]}{'*' if recording.units.flags[unit] else ''}"


def _events(recording: Recording) -> Iterator[Mark]:
    """Yield what the file says of moments and bouts; more of them than can be seen are left out."""
    start_s, stop_s = recording.units.window_s
    for event in recording.events[:_MOST_EVENTS]:
        end_s = event.onset_s + event.duration_s
        if event.duration_s > 0:
            # What lasts nearly throughout is a ribbon above: a wash would say nothing of when.
            ribbon = event.duration_s > 0.6 * (stop_s - start_s)
            yield Span(
                low=event.onset_s,
                high=end_s,
                color="orange",
                alpha=0.55 if ribbon else 0.16,
                name=short(event.label),
                ribbon=ribbon,
            )
        else:
            yield Rule(
                at=event.onset_s, axis="x", color="orange", dash="dotted", name=short(event.label)
            )


def rates_panel(recording: Recording, rates: Sequence[SmoothedRate]) -> Panel:
    """Return the smoothed rates of all units over time."""
    colors = unit_colors(recording)
    marks: list[Mark] = list(_events(recording))
    for unit in by_recruitment(recording.units):
        name = f"Unit {recording.units.labels[unit]}"
        smooth = rates[unit]
        if smooth.ok and not set_aside(recording.units.flags[unit]):
            marks.append(
                Line(
                    x=smooth.times_s,
                    y=smooth.rate_pps,
                    color=colors[unit],
                    key=unit + 1,
                    name=name,
                )
            )
        times_s, rate_pps = recording.units.instantaneous_rate(unit)
        steady = rate_pps <= _FASTEST_pps
        marks.append(
            Points(
                x=times_s[steady],
                y=np.asarray(rate_pps[steady]),
                color=colors[unit],
                size=2.6,
                alpha=0.55,
                key=unit + 1,
                name=name,
                detail=True,
            )
        )
    return Panel(
        "rates",
        tuple(marks),
        x=Axis("Time", "s", *recording.units.window_s),
        y=Axis("Rate", "pps", low=0.0),
        height_in=1.8,
    )
