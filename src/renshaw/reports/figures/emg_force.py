"""The interference EMG over a contraction, and its amplitude against torque."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from renshaw.figures.colors import BLUE, INK, MUTED, SERIES, VERMILION
from renshaw.figures.style import new_figure, picture, plain, with_unit
from renshaw.figures.thinning import thin

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from renshaw.data.signal import Signal

_LEAST_PCT = 2.0
_BINS = 25


@picture
def emg_over_time(raw: Signal, amplitude: Signal, torque: Signal) -> Figure:
    """Draw the raw EMG with its amplitude, and the torque below.

    Parameters
    ----------
    raw, amplitude, torque : Signal
        Of one contraction; see `renshaw.experiment.electromyogram`.
    """
    figure = new_figure(4.4)
    top, middle, low = figure.subplots(3, 1, sharex=True, height_ratios=[1.4, 1.0, 1.0])
    top.plot(*thin(raw.times_s, raw.values, 2400), color=INK, linewidth=0.4)
    top.set_ylabel(with_unit("EMG", raw.unit))
    middle.plot(*thin(amplitude.times_s, amplitude.values), color=VERMILION)
    middle.set_ylabel(with_unit("RMS", amplitude.unit))
    low.plot(*thin(torque.times_s, torque.values), color=BLUE)
    low.set_ylabel(with_unit("Torque", torque.unit))
    low.set_xlabel("Time (s)")
    low.set_xlim(raw.start_s, raw.end_s)
    figure.align_ylabels([top, middle, low])
    return figure


@picture
def emg_against_force(amplitudes: Sequence[Signal], torque: Signal, names: Sequence[str]) -> Figure:
    """Draw the EMG amplitude against torque while torque rises, a line each.

    Parameters
    ----------
    amplitudes : sequence of Signal
        EMG amplitude (% MVC), e.g. of one contraction seen by several electrodes.
    torque : Signal
        In % MVC.
    names : sequence of str
    """
    figure = new_figure(3.6, 4.2)
    axes = figure.subplots()
    highest = 0.0
    for i, (amplitude, name) in enumerate(zip(amplitudes, names, strict=True)):
        force, emg = rising_relation(amplitude, torque)
        axes.plot(force, emg, "o-", color=SERIES[i % len(SERIES)], markersize=3, label=plain(name))
        highest = max([highest, *force, *emg])
    _identity(axes, highest)
    axes.set_xlabel("Torque (% MVC)")
    axes.set_ylabel("EMG amplitude (% MVC)")
    axes.legend(loc="upper left")
    return figure


def rising_relation(amplitude: Signal, torque: Signal) -> tuple[Any, Any]:
    """Return mean torque and mean EMG amplitude in bins of torque, up to the peak of the torque."""
    peak_s = torque.times_s[int(np.nanargmax(torque.values))]
    times = amplitude.times_s
    force = torque.at(times)
    kept = (times <= peak_s) & (force >= _LEAST_PCT)
    if not kept.any():
        return np.empty(0), np.empty(0)
    force, emg = force[kept], amplitude.values[kept]
    edges = np.linspace(force.min(), force.max() + 1e-9, _BINS + 1)
    place = np.digitize(force, edges) - 1
    filled = [i for i in range(_BINS) if np.any(place == i)]
    return (
        np.array([force[place == i].mean() for i in filled]),
        np.array([emg[place == i].mean() for i in filled]),
    )


def _identity(axes: Axes, highest: float) -> None:
    axes.plot([0, highest], [0, highest], color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)))
    axes.set_xlim(0, highest * 1.05 + 1)
    axes.set_ylim(0, highest * 1.05 + 1)
