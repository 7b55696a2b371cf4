"""Where the contractions of a recording lie: torque and discharges, each contraction shaded."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from renshaw.estimation.contractions.contractions import Contractions
from renshaw.figures import Axis, Figure, Line, Mark, Panel, Rule, Span, Text, Ticks
from renshaw.figures.words import short
from renshaw.reports.figures.order import by_recruitment
from renshaw.reports.figures.raster import unit_colors
from renshaw.reports.figures.torque import torque_panel, usable_torque

# More numbers than that would lie over each other.
_MOST_NUMBERS = 30


def contractions_figure(found: Contractions) -> Figure:
    """Show torque and discharges of a recording with its contractions.

    Parameters
    ----------
    found : Contractions
    """
    recording = found.recording
    panels = [_effort(found)]
    if len(recording.units):
        panels.append(_discharges(found))
    return Figure(
        "contractions",
        tuple(panels),
        title=f"Where the contractions of {recording.name} lie",
        caption=_caption(found),
        shared_x=True,
    )


def _caption(found: Contractions) -> str:
    if not found.several:
        return "The recording is taken as one contraction."
    words = "Blue: contractions, with their numbers; dashed: where the recording is cut."
    if any(not each.number for each in found.every):
        words += " Gray: left out."
    return words


def _effort(found: Contractions) -> Panel:
    recording, course = found.recording, found.course
    if usable_torque(recording) is not None:
        panel = torque_panel(recording, height_in=1.5)
    elif course is not None:
        panel = Panel(
            "effort",
            (Line(x=course.times_s, y=course.values, width=1.2, name="all units"),),
            x=Axis("Time", "s", *recording.units.window_s),
            y=Axis("All units", "pps", low=0.0),
            height_in=1.5,
        )
    else:
        return torque_panel(recording)
    return Panel(
        panel.name,
        (*_spans(found), *panel.marks, *_numbers(found)),
        x=panel.x,
        y=panel.y,
        height_in=panel.height_in,
    )


def _spans(found: Contractions) -> Iterator[Mark]:
    if not found.several:
        return
    for each in found.every:
        yield Span(
            low=each.begins_s,
            high=each.ends_s,
            color="blue" if each.number else "muted",
            alpha=0.16,
            name=f"Contraction {each.number}" if each.number else "Left out",
        )
    for each in found.every[1:]:
        yield Rule(at=each.window_s[0], axis="x", color="muted", dash="dashed", name="cut")


def _numbers(found: Contractions) -> Iterator[Mark]:
    if found.several and len(found) <= _MOST_NUMBERS:
        for each in found:
            middle_s = (each.begins_s + each.ends_s) / 2
            yield Text(
                words=str(each.number),
                x=middle_s,
                y=0.98,
                y_in="panel",
                across="center",
                up="top",
                color="blue",
                bold=True,
                backed=True,
            )


def _discharges(found: Contractions) -> Panel:
    recording = found.recording
    n, colors = len(recording.units), unit_colors(recording)
    order = by_recruitment(recording.units)
    rows = tuple(
        Ticks(
            x=np.asarray(recording.units[unit]),
            y=float(row),
            color=colors[unit],
            key=unit + 1,
            name=f"Unit {recording.units.labels[unit]}",
        )
        for row, unit in enumerate(order)
    )
    shown = range(0, n, max(1, -(-n // 30)))
    ticks = tuple((float(row), short(recording.units.labels[order[row]], 12)) for row in shown)
    return Panel(
        "discharges",
        (*_spans(found), *rows),
        x=Axis("Time", "s", *recording.units.window_s),
        y=Axis("Motor unit", low=-0.8, high=max(n, 1) - 0.2, ticks=ticks),
        height_in=min(0.5 + 0.1 * max(n, 6), 5.0),
        bare=True,
    )
