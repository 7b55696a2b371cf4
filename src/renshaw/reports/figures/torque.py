"""The torque trace: a panel of its own, or a silhouette behind other things."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from renshaw.reports.figures.style import FAINT, INK, MUTED, empty, thin, with_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from renshaw.data.recording import Recording
    from renshaw.data.signal import Signal


def usable_torque(recording: Recording) -> Signal | None:
    """Return the torque, or None when it is missing, empty, many-channeled or not a number."""
    torque = recording.torque
    if torque is None or torque.values.ndim != 1 or not np.any(np.isfinite(torque.values)):
        return None
    return torque


def torque_panel(axes: Axes, recording: Recording) -> None:
    """Draw the torque in its own axes, or say that there is none."""
    torque = usable_torque(recording)
    if torque is None:
        empty(axes, "Torque was not recorded")
        return
    times, values = thin(torque.times_s, torque.values)
    axes.plot(times, values, color=INK, linewidth=1.2)
    axes.set_ylabel(with_unit("Torque", torque.unit or "a.u."))


def torque_behind(axes: Axes, recording: Recording) -> None:
    """Draw the torque as a pale silhouette with its own scale on the right."""
    torque = usable_torque(recording)
    if torque is None:
        return
    times, values = thin(torque.times_s, torque.values, 400)
    behind = axes.twinx()
    behind.set_zorder(axes.get_zorder() - 1)
    axes.patch.set_visible(False)
    finite = values[np.isfinite(values)]
    low, high = float(min(finite.min(), 0.0)), float(finite.max())
    behind.fill_between(times, low, values, color=FAINT, linewidth=0, alpha=0.6)
    behind.set_ylim(low, high + 0.05 * (high - low or 1.0))
    behind.set_ylabel(with_unit("Torque", torque.unit or "a.u."), color=MUTED)
    behind.tick_params(axis="y", labelcolor=MUTED)
    behind.spines["right"].set_visible(True)
