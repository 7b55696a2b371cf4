"""The torque trace, as a panel below other things or as a silhouette behind them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from renshaw.figures import Area, Axis, Line, Mark, Panel
from renshaw.figures.words import short

if TYPE_CHECKING:
    from renshaw.data.arrays import FloatArray
    from renshaw.data.recording import Recording
    from renshaw.data.signal import Signal

# A rest above zero by more than this part of the whole rise is an offset, not the beginning of a
# rise.
_NEAR_ZERO = 0.5


def usable_torque(recording: Recording) -> Signal | None:
    """Return the torque, or None when it is missing, empty, many-channeled or not a number."""
    torque = recording.torque
    if torque is None or torque.values.ndim != 1 or not np.any(np.isfinite(torque.values)):
        return None
    return torque


def target_of(recording: Recording) -> Signal | None:
    """Return the torque that was asked for, where the recording knows it."""
    target = recording.signals.get("target")
    return target if target is not None and target.values.ndim == 1 and len(target) else None


def torque_axis(torque: Signal | None) -> Axis:
    """Return the axis of a torque."""
    return Axis("Torque", short(torque.unit or "a.u.", 12)) if torque else Axis("Torque")


def _ground(values: FloatArray) -> float:
    """Return what a silhouette stands on: zero, or its lowest where it never comes near zero."""
    finite = values[np.isfinite(values)]
    low, high = float(finite.min()), float(finite.max())
    return low if low > _NEAR_ZERO * (high - low) else min(0.0, low)


def torque_panel(recording: Recording, height_in: float = 1.0) -> Panel:
    """Return the torque over time with the target that it was to follow, or that there is none."""
    torque = usable_torque(recording)
    time = Axis("Time", "s", *recording.units.window_s)
    if torque is None:
        return Panel("torque", x=time, height_in=0.4, empty="Torque was not recorded")
    values = np.asarray(torque.values, dtype=float)
    lowest = np.full(len(values), _ground(values))
    marks: list[Mark] = [
        Area(x=torque.times_s, low=lowest, high=values, color="faint", alpha=0.6, name="torque"),
        Line(x=torque.times_s, y=values, width=1.2, name="torque"),
    ]
    target = target_of(recording)
    if target is not None:
        marks[1] = replace(marks[1], label="torque")
        marks.append(
            Line(
                x=target.times_s,
                y=np.asarray(target.values, dtype=float),
                color="vermilion",
                dash="dotted",
                label="target",
                name="target",
            )
        )
    return Panel("torque", tuple(marks), x=time, y=torque_axis(torque), height_in=height_in)
