"""A person who follows a target: torque, the drive that it took, and what practice did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from renshaw.figures.colors import BLUE, FAINT, GREEN, INK, MUTED, VERMILION
from renshaw.figures.style import empty, new_figure, picture, with_unit
from renshaw.figures.thinning import thin
from renshaw.reports.figures.torque import target_of, usable_torque

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from renshaw.data.arrays import FloatArray
    from renshaw.data.recording import Recording
    from renshaw.data.signal import Signal


# Of the height of the panel.
_LEGEND_PART = 0.2


def tracking_error(recording: Recording) -> FloatArray | None:
    """Return torque minus target at each sample of the torque; None where one is not known."""
    torque, target = usable_torque(recording), target_of(recording)
    if torque is None or target is None:
        return None
    wanted = np.interp(torque.times_s, target.times_s, target.values)
    return np.asarray(torque.values - wanted, dtype=float)


@picture
def tracking_panel(recording: Recording) -> Figure:
    """Draw target and torque, and below them the effort that it took.

    Effort is known of simulated recordings only.
    """
    effort = None if recording.truth is None else recording.truth.signals.get("effort")
    figure = new_figure(3.9 if effort is not None else 2.6)
    torque, target = usable_torque(recording), target_of(recording)
    if torque is None or target is None:
        empty(figure.subplots(), "The recording has no target torque")
        return figure
    grid = figure.subplots(
        1 + (effort is not None),
        1,
        sharex=True,
        squeeze=False,
        height_ratios=[1.6, 1.0][: 1 + (effort is not None)],
    )[:, 0]
    _torque(grid[0], torque, target, tracking_error(recording))
    if effort is not None:
        _effort(grid[1], effort)
    grid[0].set_xlim(*recording.units.window_s)
    grid[-1].set_xlabel("Time (s)")
    figure.align_ylabels(list(grid))
    return figure


@picture
def practice_curve(attempts: Sequence[Recording]) -> Figure:
    """Draw the torque of every attempt at the same target, and its error by attempt.

    Parameters
    ----------
    attempts : sequence of Recording
        Of the same person and target, in the order of practice; each knows its target.
    """
    figure = new_figure(3.1)
    known = [(a, error) for a in attempts if (error := tracking_error(a)) is not None]
    if not known:
        empty(figure.subplots(), "No attempt has a target torque")
        return figure
    left, right = figure.subplots(1, 2, width_ratios=[1.7, 1])
    _attempts(left, [a for a, _ in known])
    rms = [float(np.sqrt(np.nanmean(error**2))) for _, error in known]
    number = np.arange(len(rms))
    right.plot(number, rms, "o-", color=BLUE, linewidth=1.2, markersize=5)
    right.set_ylim(0, 1.15 * max(rms))
    right.set_xlim(-0.4, len(rms) - 0.6)
    right.set_xticks(number)
    right.set_xlabel("Practice trials done before")
    right.set_ylabel(with_unit("Error, root mean square", known[0][0].signals["torque"].unit))
    right.set_title("Practice")
    return figure


def _torque(axes: Axes, torque: Signal, target: Signal, error: FloatArray | None) -> None:
    axes.fill_between(*thin(target.times_s, target.values), color=FAINT, linewidth=0, alpha=0.7)
    axes.plot(*thin(target.times_s, target.values), color=MUTED, linewidth=1, label="asked for")
    axes.plot(*thin(torque.times_s, torque.values), color=INK, linewidth=1.2, label="torque")
    axes.set_ylabel(with_unit("Torque", torque.unit))
    _legend_above(axes)
    if error is not None:
        rms = float(np.sqrt(np.nanmean(error**2)))
        unit = f" {torque.unit}" if torque.unit else ""
        axes.set_title(f"Torque follows its target within {rms:.2g}{unit} (root mean square)")


def _legend_above(axes: Axes) -> None:
    """Put the legend in one line above everything that is drawn, which starts from zero."""
    axes.set_ylim(0, None)
    axes.set_ylim(0, (1 + _LEGEND_PART) * axes.get_ylim()[1])
    axes.legend(loc="upper right", ncols=2)


def _effort(axes: Axes, effort: Signal) -> None:
    times_s, values = thin(effort.times_s, effort.values.astype(float))
    axes.fill_between(times_s, values, color=BLUE, linewidth=0, alpha=0.18)
    axes.plot(times_s, values, color=BLUE, linewidth=1.2)
    axes.set_ylim(0, max(1.0, 1.25 * float(np.nanmax(values))))
    axes.set_ylabel("Effort (%)")
    axes.set_title("Effort: descending drive, % of the largest", color=BLUE)


def _attempts(axes: Axes, attempts: Sequence[Recording]) -> None:
    target = target_of(attempts[0])
    if target is not None:
        axes.plot(
            *thin(target.times_s, target.values), color=MUTED, linewidth=3, alpha=0.4, zorder=1
        )
    looks = {0: (VERMILION, "first attempt"), len(attempts) - 1: (GREEN, "last attempt")}
    for number, attempt in enumerate(attempts):
        torque = attempt.signals["torque"]
        color, words = looks.get(number, (FAINT, None))
        axes.plot(
            *thin(torque.times_s, torque.values, 400),
            color=color,
            linewidth=1.3 if words else 0.8,
            label=words,
            zorder=3 if words else 2,
        )
    axes.set_xlim(*attempts[0].units.window_s)
    axes.set_xlabel("Time (s)")
    axes.set_ylabel(with_unit("Torque", attempts[0].signals["torque"].unit))
    axes.set_title("Torque, gray: asked for")
    _legend_above(axes)
