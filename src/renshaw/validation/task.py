"""The task of a recording: the torque that a virtual person is asked to follow."""

from __future__ import annotations

import numpy as np

from renshaw.core.errors import DataError
from renshaw.data.arrays import FloatArray
from renshaw.data.recording import Recording
from renshaw.estimation.behavior.holds import hold_of
from renshaw.estimation.behavior.settings import FiringSettings
from renshaw.estimation.contractions.contractions import contractions
from renshaw.protocols import Profile

_EVERY_s = 0.1
# What is faster is the person's own unsteadiness, not the line on her screen.
_SMOOTH_s = 1.0
# Below that she rests.
_REST_pct_mvc = 0.5
_LONGEST_s = 300.0


def task_of(recording: Recording, settings: FiringSettings | None = None) -> Profile:
    """Return the torque profile of a recording as a task.

    A person follows a target and adds her own unsteadiness. So that the virtual person adds hers to
    the same target, not to somebody else's torque, each hold is made the straight line through it,
    and the rest is smoothed over a second.

    Parameters
    ----------
    recording : Recording
        Torque in % MVC, 0 at rest; time counts from 0.
    settings : FiringSettings, optional
        What a hold is.

    Raises
    ------
    DataError
        It lasts longer than five minutes, or its torque exceeds 100 % MVC.
    """
    torque = recording.signal("torque")
    duration_s = torque.end_s
    if duration_s > _LONGEST_s:
        raise DataError(
            f"{recording.name} lasts {duration_s:.0f} s; virtual people do up to {_LONGEST_s:g} s. "
            "Choose a part: --window 0 60."
        )
    times_s = np.arange(0, duration_s, _EVERY_s)
    known = np.isfinite(torque.values)
    raw = np.interp(torque.times_s, torque.times_s[known], torque.values[known])
    values = _means(raw, torque.fs_hz, times_s - torque.start_s)
    for part in contractions(recording).parts():
        hold = hold_of(part.signal("torque"), settings)[0]
        if hold is not None:
            inside = (times_s >= hold.start_s) & (times_s <= hold.end_s)
            line = np.polyfit(times_s[inside], values[inside], 1)
            values[inside] = np.polyval(line, times_s[inside])
    smooth = _smoothed(values)
    if smooth.max() > 100:
        raise DataError(
            f"{recording.name}: its torque reaches {smooth.max():.0f} % MVC. State its peak: "
            "--peak-pct-mvc, or the maximal one: --mvc."
        )
    levels = np.where(smooth < _REST_pct_mvc, 0.0, np.round(smooth, 3))
    return Profile(levels_pct_mvc=tuple(levels.tolist()), every_s=_EVERY_s)


def _means(values: FloatArray, fs_hz: float, at_s: FloatArray) -> FloatArray:
    """Return means around points in time, each over `_EVERY_s`; outside, the first and the last."""
    width = max(1, round(_EVERY_s * fs_hz))
    total = np.concatenate([[0.0], np.cumsum(values)])
    middle = np.round(at_s * fs_hz).astype(int)
    first = np.clip(middle - width // 2, 0, len(values) - 1)
    last = np.clip(middle + width - width // 2, first + 1, len(values))
    return np.asarray((total[last] - total[first]) / (last - first))


def _smoothed(values: FloatArray) -> FloatArray:
    n = round(_SMOOTH_s / _EVERY_s) | 1
    window = np.hanning(n + 2)[1:-1]
    return np.convolve(np.pad(values, n // 2, mode="edge"), window / window.sum(), mode="valid")
