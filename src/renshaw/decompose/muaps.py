"""Action potentials of motor units: the mean of the EMG around their discharges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import DataError
from renshaw.data.recording import Recording
from renshaw.decompose.filtering import filtered

Array = NDArray[Any]


def action_potentials(
    recording: Recording,
    grid: int = 0,
    *,
    window_ms: tuple[float, float] = (-20.0, 20.0),
    highpass_hz: float = 20.0,
    lowpass_hz: float = 500.0,
) -> Array:
    """Return the action potential of every unit on every channel of a grid.

    Parameters
    ----------
    recording : Recording
        With units and the EMG they were found in.
    grid : int
        Which grid, from 0.
    window_ms : (float, float)
        From when to when, around a discharge.
    highpass_hz, lowpass_hz : float
        Band of the EMG that is averaged.

    Returns
    -------
    array of float32, shape (units, channels, samples)
        In the unit of the EMG; zeros for a unit without discharges.

    Raises
    ------
    DataError
        The recording has no EMG, or no such grid.
    """
    emg = recording.signal("emg")
    values = emg.values.reshape(len(emg), -1)
    if recording.grids:
        if not 0 <= grid < len(recording.grids):
            raise DataError(f"{recording.name} has {len(recording.grids)} grids, none is {grid}.")
        values = values[:, list(recording.grids[grid].channels)]
    high = min(lowpass_hz, 0.49 * emg.fs_hz)
    band = filtered(np.nan_to_num(values), emg.fs_hz, highpass_hz, high, line_noise=False)
    trains = [
        np.rint((times - emg.start_s) * emg.fs_hz).astype(np.int64) for times in recording.units
    ]
    first, last = (round(edge * emg.fs_hz / 1000) for edge in window_ms)
    return mean_around(band, trains, first, last)


def mean_around(band: Array, trains: Sequence[Array], first: int, last: int) -> Array:
    """Return the mean of a signal around trains of samples.

    Parameters
    ----------
    band : array, shape (samples, channels)
    trains : sequence of arrays of int
    first, last : int
        Window in samples, from `first` to before `last`.

    Returns
    -------
    array of float32, shape (trains, channels, last - first)
    """
    shapes = np.zeros((len(trains), band.shape[1], last - first), dtype=np.float32)
    for unit, train in enumerate(trains):
        inside = train[(train + first >= 0) & (train + last <= len(band))]
        if len(inside):
            for lag in range(first, last):
                shapes[unit, :, lag - first] = band[inside + lag].mean(axis=0)
    return shapes
