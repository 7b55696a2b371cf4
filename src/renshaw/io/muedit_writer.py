"""MUedit's ``.mat``: what MUedit opens to edit units that were found elsewhere.

A struct ``signal`` with ``data`` (channels and samples), ``fsamp``, ``gridname``, ``muscle``,
``path`` (the force), ``Pulsetrain{grid}`` (units and samples), ``Dischargetimes{grid, unit}`` (from
1) and ``SIL``. Layout: Avrillon et al. (2024), doi:10.1101/2024.01.18.576181.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from renshaw.core.errors import WriteError
from renshaw.data.grid import Grid, unplaced
from renshaw.data.recording import Recording
from renshaw.io.limits import HIGHEST_RATE_HZ, LOWEST_RATE_HZ
from renshaw.io.writing import Writer, common_losses, register_writer

Array = np.ndarray[Any, Any]

_DEFAULT_RATE_HZ = 2048.0
_MOST_SAMPLES = 400_000_000


def store(recording: Recording, path: Path) -> None:
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
        "gridname": _texts([grid.name for grid in grids]),
        "muscle": _texts([""] * len(grids)),
        "Pulsetrain": pulses,
        "Dischargetimes": times,
        "SIL": _silhouette(recording, of_grid),
    }
    emg, torque = recording.signals.get("emg"), recording.torque
    if emg is not None and emg.values.ndim == 2:
        order = [c for grid in grids for c in grid.channels]
        signal["data"] = emg.values[:, order].T.astype(np.float32)
    if torque is not None and torque.values.ndim == 1 and len(torque):
        grid_s = start_s + np.arange(samples) / rate
        signal["path"] = np.interp(grid_s, torque.times_s, torque.values)[None, :]
    savemat(str(path), {"signal": signal}, appendmat=False, do_compression=True)


def losses(recording: Recording) -> tuple[str, ...]:
    """Return what MUedit's file can't hold of a recording."""
    sources = recording.signals.get("sources")
    kept = ["emg", "torque", *(["sources"] if sources is not None else [])]
    lost = common_losses(recording, signals=tuple(kept), events=False)
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


register_writer(Writer("muedit", ".mat", store, losses))
