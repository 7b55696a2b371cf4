"""MUedit's ``.mat``: what MUedit opens to edit units that were found elsewhere.

A struct ``signal`` with ``data`` (channels and samples), ``fsamp``, ``nChan``, ``ngrid``; of every
grid ``gridname``, ``muscle``, ``emgtype`` (1: surface), ``EMGmask`` (1: left out), ``coordinates``
(row and column, from 1) and ``IED`` (mm); ``path`` (the force), ``target``, ``Pulsetrain{grid}``
(units and samples), ``Dischargetimes{grid, unit}`` (from 1) and ``SIL``. Without ``ngrid`` and
``EMGmask`` MUedit does not open a file. Layout: Avrillon et al. (2024),
doi:10.1101/2024.01.18.576181.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from renshaw.core.errors import WriteError
from renshaw.data.grid import Grid, unplaced
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.io.limits import HIGHEST_RATE_HZ, LOWEST_RATE_HZ
from renshaw.io.writing import common_losses

Array = np.ndarray[Any, Any]

_DEFAULT_RATE_HZ = 2048.0
_MOST_SAMPLES = 400_000_000


def write(recording: Recording, path: Path) -> None:
    """Write the recording as MUedit saves a decomposed file (MATLAB v5)."""
    from scipy.io import savemat

    rate = _rate(recording)
    units = recording.units
    start_s = units.window_s[0]
    samples = max(1, round(units.duration_s * rate))
    grids = _grids(recording)
    of_grid = _units_by_grid(recording, len(grids))
    trains = [np.unique(np.rint((t - start_s) * rate) + 1) for t in units]
    if samples * (len(units) + sum(map(len, grids))) > _MOST_SAMPLES:
        raise WriteError(f"{recording.name} is too long for a MATLAB file. Cut it.")
    widest = max([1, *(len(members) for members in of_grid)])
    times = _cells((len(grids), widest))
    pulses = _cells((1, len(grids)))
    for g, members in enumerate(of_grid):
        pulses[0, g] = np.zeros((len(members), samples), dtype=np.float32)
        for row, unit in enumerate(members):
            times[g, row] = trains[unit][None, :]
            pulses[0, g][row] = _source(recording, unit, trains[unit], samples, rate)
    signal: dict[str, Any] = {
        "fsamp": rate,
        **_about_grids(grids),
        "Pulsetrain": pulses,
        "Dischargetimes": times,
        "SIL": _silhouette(recording, of_grid),
    }
    emg = recording.signals.get("emg")
    if emg is not None and emg.values.ndim == 2:
        signal["data"] = emg.values[:, _order(grids)].T.astype(np.float32)
    at_s = start_s + np.arange(samples) / rate
    signal["path"] = _at(recording.torque, at_s)
    signal["target"] = _at(recording.signals.get("target"), at_s)
    content = {
        "signal": signal,
        "parameters": {"pathname": "", "filename": f"{recording.name}.mat"},
    }
    savemat(str(path), content, appendmat=False, do_compression=True)


def _at(signal: Signal | None, times_s: Array) -> Array:
    """Return a signal of one channel at these times; empty where there is none."""
    if signal is None or signal.values.ndim != 1 or not len(signal):
        return np.zeros((1, 0))
    return np.interp(times_s, signal.times_s, signal.values)[None, :]


def _order(grids: Sequence[Grid]) -> list[int]:
    return [channel for grid in grids for channel in grid.channels]


def _about_grids(grids: Sequence[Grid]) -> dict[str, Any]:
    masks, coordinates = _cells((1, len(grids))), _cells((1, len(grids)))
    for g, grid in enumerate(grids):
        masks[0, g] = (~grid.good).astype(float)[:, None]
        coordinates[0, g] = rows_and_columns(grid)
    return {
        "nChan": float(sum(map(len, grids))),
        "ngrid": float(len(grids)),
        "gridname": _texts([grid.name for grid in grids]),
        "muscle": _texts([grid.muscle for grid in grids]),
        "emgtype": np.ones((1, len(grids))),
        "EMGmask": masks,
        "coordinates": coordinates,
        "IED": np.array([[grid.distance_mm for grid in grids]]),
    }


def rows_and_columns(grid: Grid) -> Array:
    """Return row and column of each electrode, from 1; nothing where they are not known."""
    if not np.isfinite(grid.distance_mm) or not grid.distance_mm > 0:
        return np.zeros((0, 2))
    steps = [(axis - axis.min()) / grid.distance_mm for axis in (grid.y_mm, grid.x_mm)]
    places: Array = np.rint(np.stack(steps, axis=1)) + 1
    return places


def losses(recording: Recording) -> tuple[str, ...]:
    """Return what MUedit's file can't hold of a recording."""
    sources = recording.signals.get("sources")
    kept = ["emg", "torque", "target", *(["sources"] if sources is not None else [])]
    lost = common_losses(recording, signals=tuple(kept), grids=True, muscles=True)
    lost += _lost_of_grids(recording)
    units, rate = recording.units, _rate(recording)
    if any(np.any(np.abs(t * rate - np.rint(t * rate)) > 1e-6) for t in units):
        lost.append(f"Discharge times are rounded to samples of 1/{rate:g} s.")
    left = [name for name in units.quality if name != "silhouette"]
    if left:
        lost.append(f"Quality figures are left out: {', '.join(left)}.")
    torque = recording.torque
    if torque is not None:
        lost.append("The unit of the torque is left out.")
    if units.window_s[0] != 0:
        lost.append("Times are counted from the start of the window.")
    return tuple(lost)


def _lost_of_grids(recording: Recording) -> list[str]:
    lost = []
    if any(grid.placed and not _regular(grid) for grid in recording.grids):
        lost.append("Places of electrodes are rounded to rows and columns.")
    if any(fault for grid in recording.grids for fault in grid.faults):
        lost.append("Bad channels stay bad, but not why.")
    emg = recording.signals.get("emg")
    if emg is not None and emg.values.ndim == 2:
        order, width = _order(_grids(recording)), emg.values.shape[1]
        if len(order) < width:
            lost.append(f"Channels of no grid are left out ({width - len(order)}).")
        elif order != list(range(width)):
            lost.append("Channels are put in the order of their grids.")
    return lost


def _regular(grid: Grid) -> bool:
    """Whether rows and columns give back every place."""
    places = rows_and_columns(grid)
    if len(places) != len(grid):
        return False
    y, x = ((places - 1) * grid.distance_mm).T
    return bool(np.allclose(x, grid.x_mm) and np.allclose(y, grid.y_mm))


def _rate(recording: Recording) -> float:
    emg = recording.signals.get("emg")
    rate = emg.fs_hz if emg is not None else recording.units.fs_hz or _DEFAULT_RATE_HZ
    if not LOWEST_RATE_HZ <= rate <= HIGHEST_RATE_HZ:
        raise WriteError(f"{recording.name}: A sampling rate of {rate:g} Hz can't be written.")
    return rate


def _grids(recording: Recording) -> tuple[Grid, ...]:
    if recording.grids:
        return recording.grids
    emg = recording.signals.get("emg")
    width = emg.values.shape[1] if emg is not None and emg.values.ndim == 2 else 0
    return (unplaced("EMG", range(width)),)


def _units_by_grid(recording: Recording, grids: int) -> list[list[int]]:
    units = recording.units
    stated = units.quality.get("grid", np.ones(len(units)))
    number = np.clip(np.nan_to_num(stated, nan=1.0), 1, grids).astype(int) - 1
    return [[u for u in range(len(units)) if number[u] == g] for g in range(grids)]


def _source(recording: Recording, unit: int, train: Array, samples: int, rate: float) -> Array:
    sources = recording.signals.get("sources")
    times_s = recording.units.window_s[0] + np.arange(samples) / rate
    if sources is not None and sources.values.shape[1:] == (len(recording.units),):
        values = np.interp(times_s, sources.times_s, sources.values[:, unit], left=0, right=0)
        return np.asarray(values, dtype=np.float32)
    pulses = np.zeros(samples, dtype=np.float32)
    pulses[np.clip(train.astype(int) - 1, 0, samples - 1)] = 1
    return pulses


def _silhouette(recording: Recording, of_grid: list[list[int]]) -> Array:
    values = recording.units.quality.get("silhouette", np.full(len(recording.units), np.nan))
    return np.array([values[unit] for members in of_grid for unit in members])[None, :]


def _texts(names: list[str]) -> Array:
    cells = _cells((1, len(names)))
    cells[0] = names
    return cells


def _cells(shape: tuple[int, int]) -> Array:
    cells = np.empty(shape, dtype=object)
    for place in np.ndindex(shape):
        cells[place] = np.zeros((0, 0))
    return cells
