"""Spasms side by side: who fires, how fast, how strongly, and the current that keeps it going."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from renshaw.data.bounds import sign_of
from renshaw.data.event_labels import BURST, PROVOCATION
from renshaw.estimation import EstimateSettings
from renshaw.estimation.quantities.spasms import spasm_rows
from renshaw.figures import strokes
from renshaw.figures.colors import BLUE, GREEN, INK, PURPLE, VERMILION
from renshaw.figures.style import new_figure, picture, plain, with_unit
from renshaw.figures.thinning import thin
from renshaw.reports.figures.torque import usable_torque

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from renshaw.data.recording import Recording


@picture
def spasms(
    recordings: Sequence[Recording],
    titles: Sequence[str] = (),
    *,
    until_s: float | None = None,
    settings: EstimateSettings | None = None,
) -> Figure:
    """Draw one column a recording: discharges, rates, torque and, where it is known, the PIC.

    Parameters
    ----------
    recordings : sequence of Recording
        Of spasm tests.
    titles : sequence of str, optional
        The recordings' names if not given.
    until_s : float, optional
        Where the pictures end; with the longest recording if not given.
    settings : EstimateSettings, optional
    """
    settings = settings or EstimateSettings()
    known = all(recording.truth for recording in recordings)
    rows = 4 if known else 3
    figure = new_figure(1.35 * rows + 0.8)
    grid: Any = figure.subplots(
        rows,
        len(recordings),
        sharex=True,
        sharey="row",
        squeeze=False,
        height_ratios=[1.5, 1.2, 1.0, 1.0][:rows],
    )
    names = titles or [recording.name for recording in recordings]
    end_s = until_s or max(recording.units.window_s[1] for recording in recordings)
    for column, (recording, name) in enumerate(zip(recordings, names, strict=True)):
        panels = grid[:, column]
        panels[0].set_title(f"{plain(name, 40)}\n{_verdict(recording, settings)}")
        _raster(panels[0], recording)
        _rates(panels[1], recording)
        _torque(panels[2], recording)
        if known:
            _pic(panels[3], recording)
        for axes in panels:
            _inputs(axes, recording)
        panels[-1].set_xlabel("Time (s)")
        panels[-1].set_xlim(0.0, end_s)
    words = ("Motor unit", "Rate (pps)", "Torque (% MVC)", "PIC (nA)")
    for axes, label in zip(grid[:, 0], words, strict=False):
        axes.set_ylabel(label)
    grid[1, 0].set_ylim(0.0, 30.0)
    torque = usable_torque(recordings[0])
    if torque is not None:
        grid[2, 0].set_ylabel(with_unit("Torque", torque.unit))
    figure.align_ylabels(list(grid[:, 0]))
    return figure


def _verdict(recording: Recording, settings: EstimateSettings) -> str:
    found = {row.quantity: row for row in spasm_rows(recording, (), settings)}
    duration = found["spasm_duration"]
    words = f"{sign_of(duration.bound)}{duration.value:.1f} s"
    rate = found.get("spasm_mean_rate")
    if rate is not None and rate.ok:
        words += f" at {rate.value:.1f} pps"
    return words


def _raster(axes: Axes, recording: Recording) -> None:
    for row, times_s in enumerate(recording.units, start=1):
        strokes.ticks(axes, times_s, row, 0.72, BLUE)
    axes.set_ylim(0.2, max(len(recording.units), 1) + 0.8)


def _rates(axes: Axes, recording: Recording) -> None:
    for times_s in recording.units:
        spikes = np.asarray(times_s)
        gaps = np.diff(spikes)
        steady = gaps < 1.0
        axes.plot(spikes[1:][steady], 1.0 / gaps[steady], ".", color=BLUE, markersize=1.6)


def _torque(axes: Axes, recording: Recording) -> None:
    torque = usable_torque(recording)
    if torque is not None:
        axes.plot(*thin(torque.times_s, torque.values), color=INK, linewidth=1.0)


def _pic(axes: Axes, recording: Recording) -> None:
    pic = recording.truth.signals.get("pic_current") if recording.truth else None
    if pic is not None:
        axes.plot(*thin(pic.times_s, pic.values.mean(axis=1)), color=PURPLE, linewidth=1.0)


def _inputs(axes: Axes, recording: Recording) -> None:
    for event in recording.events:
        color = {PROVOCATION: VERMILION, BURST: GREEN}.get(event.label)
        if color:
            end_s = event.onset_s + event.duration_s
            axes.axvspan(event.onset_s, end_s, color=color, alpha=0.3, linewidth=0)
