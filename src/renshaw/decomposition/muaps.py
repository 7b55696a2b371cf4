"""Action potentials of motor units: the mean of the EMG around their discharges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import DataError
from renshaw.data.decomposition import FILLED_IN, SUBTRACTED
from renshaw.data.recording import Recording
from renshaw.decomposition.artifacts import without_artifacts
from renshaw.decomposition.bridging import lines_across
from renshaw.decomposition.channels import bridged
from renshaw.decomposition.filtering import filtered
from renshaw.decomposition.stretches import Bad

Array = NDArray[Any]


def action_potentials(
    recording: Recording,
    grid: int = 0,
    *,
    window_ms: tuple[float, float] = (-20.0, 20.0),
    highpass_hz: float = 20.0,
    lowpass_hz: float = 500.0,
    joint: bool = False,
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
    joint : bool
        Whether all units are estimated together by least squares, so that what others add by
        chance does not stay in the mean; takes longer.

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
    channels = np.arange(values.shape[1])
    if recording.grids:
        if not 0 <= grid < len(recording.grids):
            raise DataError(f"{recording.name} has {len(recording.grids)} grids, none is {grid}.")
        channels = np.array(recording.grids[grid].channels)
    values = np.nan_to_num(bridged(values[:, channels]))
    values = without_stimuli(recording, values)
    bad = bad_of(recording, grid + 1, channels)
    if bad:
        values = lines_across(values, bad, emg.fs_hz)
    high = min(lowpass_hz, 0.49 * emg.fs_hz)
    band = filtered(values, emg.fs_hz, highpass_hz, high, line_noise=False)
    trains = [
        np.rint((times - emg.start_s) * emg.fs_hz).astype(np.int64) for times in recording.units
    ]
    first, last = (round(edge * emg.fs_hz / 1000) for edge in window_ms)
    return (joint_around if joint else mean_around)(band, trains, first, last)


def without_stimuli(recording: Recording, values: Array) -> Array:
    """Return EMG without the artifacts that it was decomposed without."""
    how, emg = recording.decomposition, recording.signal("emg")
    told = () if how is None else how.settings.get("stimuli_s", ())
    at = (np.array(told, dtype=float) - emg.start_s) * emg.fs_hz
    at = at[(at >= 0) & (at < len(emg))]
    shows = np.ptp(values, axis=0) > 0
    if not len(at) or not shows.any():
        return values
    values = np.array(values, dtype=float)
    values[:, shows] = without_artifacts(values[:, shows], at, emg.fs_hz)[0]
    return values


def bad_of(recording: Recording, grid: int, channels: Array) -> list[Bad]:
    """Return the stretches of a grid that would spoil a mean, in samples."""
    how, emg = recording.decomposition, recording.signal("emg")
    bad = []
    for each in () if how is None else how.stretches:
        edges = (round((at - emg.start_s) * emg.fs_hz) for at in (each.start_s, each.end_s))
        first, end = (min(max(0, at), len(emg)) for at in edges)
        if each.grid == grid and each.done not in (SUBTRACTED, FILLED_IN) and first < end:
            bad.append(Bad(first, end, each.kind, np.isin(channels, each.channels)))
    return bad


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


def joint_around(band: Array, trains: Sequence[Array], first: int, last: int) -> Array:
    """Return the shapes that, put at all discharges of all trains, explain the signal best.

    Parameters and result as in `mean_around`; a slight ridge holds where trains nearly coincide.
    """
    length, units = last - first, len(trains)
    gram = np.zeros((units, length, units, length))
    lags = np.arange(length)
    apart = lags[:, None] - lags[None, :] + length - 1
    for i, train in enumerate(trains):
        for j in range(i, units):
            # Lag k of one unit meets lag l of the other where they fire k - l samples apart.
            block = _coincidences(train, trains[j], length)[apart]
            gram[i, :, j, :] = block
            gram[j, :, i, :] = block.T
    means = mean_around(band, trains, first, last).astype(float)
    counts = np.array([len(train) for train in trains], dtype=float)
    right = (means * counts[:, None, None]).transpose(0, 2, 1).reshape(units * length, -1)
    flat = gram.reshape(units * length, units * length)
    flat[np.diag_indices_from(flat)] += 1.0
    shapes = np.linalg.solve(flat, right).reshape(units, length, -1)
    return np.asarray(shapes.transpose(0, 2, 1), dtype=np.float32)


def _coincidences(first: Array, second: Array, length: int) -> Array:
    """Return how often the second fires d samples after the first, for |d| < length."""
    low = np.searchsorted(second, first - length + 1, "left")
    high = np.searchsorted(second, first + length - 1, "right")
    count = high - low
    owner = np.repeat(np.arange(len(first)), count)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    differences = second[low[owner] + within] - first[owner]
    return np.bincount(differences + length - 1, minlength=2 * length - 1)
