"""How loud the EMG is over time, with the stretches in which electrodes did not see the muscle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from renshaw.data.decomposition import BRIDGED, FILLED_IN, LEFT_OUT, SUBTRACTED
from renshaw.figures import Axis, Figure, Line, Mark, Panel, Span
from renshaw.figures.words import short

if TYPE_CHECKING:
    from renshaw.data.recording import Recording

_COLORS = {LEFT_OUT: "vermilion", BRIDGED: "orange", SUBTRACTED: "sky", FILLED_IN: "green"}
_BINS = 800
# Thinner than this a stretch can't be seen.
_LEAST_PART = 0.004


def stretches(recording: Recording) -> Figure:
    """Show how loud each grid is over time, and which stretches are bad.

    Parameters
    ----------
    recording : Recording
        Decomposed, with or without its EMG.
    """
    title = "EMG amplitude over time, bad stretches marked"
    emg, how = recording.signals.get("emg"), recording.decomposition
    if emg is None or how is None or not recording.grids:
        return Figure("stretches", (Panel("stretches", empty="No EMG was kept"),), title=title)
    step = max(1, len(emg) // _BINS)
    count = len(emg) // step
    middles = (np.arange(count, dtype=np.float64) + 0.5) * step
    times_s = np.asarray(emg.start_s + middles / emg.fs_hz, dtype=np.float64)
    least = _LEAST_PART * (emg.end_s - emg.start_s)
    panels = []
    for number, grid in enumerate(recording.grids, start=1):
        good = np.array(grid.channels)[grid.good]
        values = np.asarray(emg.values[: count * step][:, good], dtype=float)
        size = np.nanstd(values.reshape(count, step, -1), axis=1)
        marks: list[Mark] = []
        told: set[str] = set()
        for each in (s for s in how.stretches if s.grid == number):
            middle, half = (each.start_s + each.end_s) / 2, max(least, each.duration_s) / 2
            marks.append(
                Span(
                    low=middle - half,
                    high=middle + half,
                    color=_COLORS.get(each.done, "muted"),
                    alpha=0.35,
                    label="" if each.done in told else each.done,
                    name=f"{each.kind}, {each.done}",
                )
            )
            told.add(each.done)
        low, high = 0, 1
        if len(good):
            low = int(np.floor(np.log10(max(0.1, float(np.median(size, 1).min())))))
            high = max(low + 1, int(np.ceil(np.log10(max(0.1, float(size.max()))))))
            loud = (("loudest channel", size.max(axis=1)), ("middle channel", np.median(size, 1)))
            for (name, y), color in zip(loud, ("muted", "ink"), strict=True):
                logarithm = np.log10(np.maximum(y, 0.1))
                marks.append(
                    Line(
                        x=times_s,
                        y=logarithm,
                        color=color,
                        width=0.7,
                        label=name,
                        name=name,
                    )
                )
        unit = short(emg.unit or "a.u.", 12)
        panels.append(
            Panel(
                f"stretches-{number}",
                tuple(marks),
                x=Axis("Time", "s", emg.start_s, emg.end_s),
                y=Axis("SD", unit, low, high, _powers(low, high)),
                title=grid.name if len(recording.grids) > 1 else "",
                height_in=1.3,
            )
        )
    return Figure("stretches", tuple(panels), title=title, shared_x=True)


def _powers(low: int, high: int) -> tuple[tuple[float, str], ...]:
    return tuple((float(k), f"{10.0**k:g}") for k in range(low, high + 1))
