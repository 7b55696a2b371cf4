"""Antagonist nerve stimulation: which axons a pulse excites, and what reaches the motoneurons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from renshaw.figures.colors import BLUE, FAINT, INK, MUTED, VERMILION
from renshaw.figures.style import new_figure, picture
from renshaw.protocols.nerve_stimulation import (
    NerveStimulation,
    afferents_excited,
    motor_axons_excited,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_FREQUENCIES_hz = np.array([1, 2, 5, 10, 20, 30, 50, 75, 100, 150, 200.0])
_SHOWN_s = 0.6


@picture
def nerve_stimulation(train: NerveStimulation, muscle: str = "GM") -> Figure:
    """Draw recruitment curves, the first volleys, and inhibition by frequency.

    Parameters
    ----------
    train : NerveStimulation
    muscle : str
        The muscle that contracts; its antagonist is stimulated.
    """
    figure = new_figure(2.6)
    recruitment, course, frequency = figure.subplots(1, 3)
    _recruitment(recruitment, train)
    _course(course, train, muscle)
    _by_frequency(frequency, train)
    return figure


def _recruitment(axes: Axes, train: NerveStimulation) -> None:
    intensity = np.linspace(0.4, 2.4, 201)
    width = train.pulse_width_ms
    for w, line in ((width, "-"), (0.2 if width > 0.4 else 1.0, (0, (4, 2)))):
        share = [100 * afferents_excited(i, w) for i in intensity]
        axes.plot(intensity, share, color=BLUE, linestyle=line, label=f"Ia, {w:g} ms")
    motor = [100 * motor_axons_excited(i) for i in intensity]
    axes.plot(intensity, motor, color=VERMILION, label="motor axons")
    axes.axvline(train.intensity_xmt, color=FAINT, linewidth=4, zorder=0)
    axes.set_xlabel("Intensity (x motor threshold)")
    axes.set_ylabel("Axons excited (%)")
    axes.legend(loc="lower right", fontsize=7.5)


def _course(axes: Axes, train: NerveStimulation, muscle: str) -> None:
    times_s = train.start_s + np.arange(0.0, _SHOWN_s, 0.0005)
    axes.plot(times_s, train.inhibition(times_s), color=INK, linewidth=0.9)
    axes.set_xlabel("Time (s)")
    axes.set_ylabel("Inhibition (M$_i$)")
    axes.set_ylim(0, None)
    torque = train.antagonist_pct_mvc(times_s, muscle)
    if torque.any():
        behind = axes.twinx()
        behind.plot(times_s, torque, color=VERMILION, linewidth=0.9)
        behind.set_ylabel("Antagonist's torque (% MVC)", color=VERMILION)
        behind.set_ylim(0, None)


def _by_frequency(axes: Axes, train: NerveStimulation) -> None:
    means = [_mean(train.replace(frequency_hz=float(hz))) for hz in _FREQUENCIES_hz]
    undepressed = [
        _mean(train.replace(frequency_hz=float(hz), depression=0.0)) for hz in _FREQUENCIES_hz
    ]
    axes.plot(_FREQUENCIES_hz, undepressed, color=MUTED, linestyle=(0, (4, 2)))
    axes.plot(_FREQUENCIES_hz, means, "o-", color=INK, markersize=3)
    axes.text(
        _FREQUENCIES_hz[-1],
        undepressed[-1],
        "without\ndepression",
        color=MUTED,
        fontsize=7.5,
        ha="right",
        va="top",
    )
    axes.set_xlabel("Pulses per second")
    axes.set_ylabel("Mean inhibition (M$_i$)")
    axes.set_ylim(0, None)


def _mean(train: NerveStimulation) -> float:
    steady = train.replace(start_s=0.0, stop_s=None, off_s=0.0)
    times_s = np.arange(0.0, 4.0, 0.0005)
    return float(steady.inhibition(times_s)[4000:].mean())
