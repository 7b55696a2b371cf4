"""MATLAB files of MUedit: a struct ``signal``, and ``edition`` once units were edited.

Avrillon et al. (2024), doi:10.1101/2024.01.18.576181. ``Pulsetrain{grid}`` is a matrix of units and
samples, ``Dischargetimes{grid, unit}`` holds sample indices from 1; older versions keep edited
units in ``edition.Distimeclean{grid}{unit}``. ``path`` is the performed force, ``target`` the
requested one, ``data`` the EMG (channels and samples); ``EMGmask{grid}`` is 1 for channels left
out, ``coordinates{grid}`` has row and column (from 1) of each, ``IED`` the distance in mm.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.data.grid import Grid, otb_grid
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.io.containers import matlab
from renshaw.io.probe import Probe
from renshaw.io.raw import WAITS
from renshaw.io.refusal import Refusal
from renshaw.io.trains import float32, indices_to_times, motor_units

_LEFT_OUT = "was left out in MUedit"
_FORCE_WORDS = ("force", "torque", "acquired data", "performed path", "load cell")


def recognizes(probe: Probe) -> bool:
    """Whether there is a struct ``signal`` or ``edition``."""
    kinds = probe.matlab_kinds
    return "struct" in (kinds.get("signal"), kinds.get("edition")) and "MUPulses" not in kinds


def read(probe: Probe) -> Recording:
    """Read the discharge times (the edited ones where there are any), force and EMG."""
    file = probe.matlab
    signal, edition = _struct(matlab.load(file, "signal")), _struct(matlab.load(file, "edition"))
    rate_value = matlab.field(signal, *matlab.RATE_NAMES)
    if rate_value is None:
        rate_value = matlab.field(edition, *matlab.RATE_NAMES)
    if rate_value is None:
        rate_value = matlab.rate_of_axis(matlab.field(edition, "time"))
    fs_hz = matlab.rate(rate_value, "signal.fsamp", probe.options.fs_hz)
    if _is_raw(signal, edition):
        return _raw(signal, fs_hz)
    grids, origin = _grids(signal, edition)
    notes = [matlab.FROM_ONE, f"Discharge times are those of {origin}.", *_grid_names(signal)]
    signals = _signals(signal, fs_hz, notes)
    _add_sources(signal, edition, grids, fs_hz, signals)
    trains = [train for grid in grids for train in grid]
    labels = [f"{g}.{u}" for g, grid in enumerate(grids, 1) for u in range(1, len(grid) + 1)]
    if sum(bool(grid) for grid in grids) > 1:
        notes.append("Units are labeled grid.unit.")
    else:
        labels = []
    lengths = [len(s) for s in signals.values()] + [_pulse_samples(signal, edition)]
    units, remarks = motor_units(
        [indices_to_times(train, fs_hz, 1) for train in trains],
        length_s=max(lengths) / fs_hz,
        fs_hz=fs_hz,
        labels=labels,
        quality={"silhouette": matlab.vector(signal.get("SIL"))} if not edition else None,
    )
    muscles = matlab.texts(matlab.field(signal, "muscle"))
    over = [_muscle(muscles, g) for g, grid in enumerate(grids) for _ in grid]
    seen_by = [g for g, grid in enumerate(grids, 1) for _ in grid]
    quality = {**units.quality, "grid": np.array(seen_by, dtype=float)} if labels else units.quality
    units = dataclasses.replace(units, muscles=tuple(over), quality=quality)
    return Recording(units, signals, notes=(*notes, *remarks), grids=_placed(signal, signals))


def _is_raw(signal: Mapping[str, Any], edition: Mapping[str, Any]) -> bool:
    """Whether it is what MUedit saves before it decomposes."""
    times = [
        matlab.field(s, "Dischargetimes", "Distimeclean", "Distime") for s in (edition, signal)
    ]
    return all(t is None for t in times) and matlab.field(signal, "data") is not None


def _raw(signal: Mapping[str, Any], fs_hz: float) -> Recording:
    notes = _grid_names(signal)
    signals = _signals(signal, fs_hz, notes)
    if "emg" not in signals:
        raise Refusal("It is a MUedit file without decomposed units (no Dischargetimes) or EMG")
    notes.append(WAITS)
    units, _ = motor_units([], length_s=len(signals["emg"]) / fs_hz, fs_hz=fs_hz)
    return Recording(units, signals, notes=tuple(notes), grids=_placed(signal, signals))


def _placed(signal: Mapping[str, Any], signals: Mapping[str, Signal]) -> tuple[Grid, ...]:
    """Return the grids: channels by their masks, places by rows and columns or by their codes."""
    if "emg" not in signals or signals["emg"].values.ndim != 2:
        return ()
    codes = matlab.texts(matlab.field(signal, "gridname"))
    masks = [matlab.vector(mask) for mask in matlab.cells(matlab.field(signal, "EMGmask"))]
    channels = signals["emg"].values.shape[1]
    if not codes or len(masks) != len(codes) or sum(map(len, masks)) != channels:
        if not codes or channels % len(codes):
            return ()
        masks = [np.zeros(channels // len(codes))] * len(codes)
    places = matlab.cells(matlab.field(signal, "coordinates"))
    distances = matlab.vector(matlab.field(signal, "IED"))
    muscles = matlab.texts(matlab.field(signal, "muscle"))
    grids, first = [], 0
    for g, (code, mask) in enumerate(zip(codes, masks, strict=True)):
        grid = otb_grid(code, range(first, first + len(mask)))
        if g < len(places) and g < len(distances) and not grid.placed:
            grid = _by_rows(grid, places[g], float(distances[g]))
        faults = [_LEFT_OUT if bad else "" for bad in mask > 0]
        grids.append(grid.with_faults(faults).over(_muscle(muscles, g)))
        first += len(mask)
    return tuple(grids)


def _by_rows(grid: Grid, places: Any, distance_mm: float) -> Grid:
    """Return a grid placed by its rows and columns, where they are numbers."""
    if not isinstance(places, np.ndarray) or places.dtype.kind not in "biuf":
        return grid
    if places.shape != (len(grid), 2) or not np.isfinite(places).all() or not distance_mm > 0:
        return grid
    y, x = ((places - 1) * distance_mm).T.astype(float)
    return dataclasses.replace(grid, x_mm=x, y_mm=y) if np.isfinite(distance_mm) else grid


def _muscle(muscles: list[str], grid: int) -> str:
    """Return the muscle of a grid, from 0, as the file names it."""
    return muscles[grid].strip() if grid < len(muscles) else ""


def _struct(value: Any) -> Mapping[str, Any]:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        value = value[0]
    return value if isinstance(value, dict) else {}


def _grids(
    signal: Mapping[str, Any], edition: Mapping[str, Any]
) -> tuple[list[list[FloatArray]], str]:
    """Return the trains of every grid and the name of the field they come from."""
    clean = matlab.field(edition, "Distimeclean")
    edited = matlab.field(edition, "Dischargetimes")
    if clean is not None and (edited is None or matlab.vector(clean).size):
        return [matlab.trains(grid) for grid in matlab.cells(clean)], "edition.Distimeclean"
    for name, struct in (("edition", edition), ("signal", signal)):
        for field in ("Dischargetimes", "Distime"):
            times = matlab.field(struct, field)
            if times is None or (name == "edition" and not matlab.vector(times).size):
                continue
            if _in_cells_of_grids(times):
                return [matlab.trains(grid) for grid in matlab.cells(times)], f"{name}.{field}"
            counts = _unit_counts(matlab.field(struct, "Pulsetrain"))
            return _by_grid(times, counts), f"{name}.{field}"
    raise Refusal(
        "It is a MUedit file without decomposed units (no Dischargetimes). Decompose it in MUedit "
        "and read the file that it saves"
    )


def _in_cells_of_grids(times: Any) -> bool:
    """Whether there is a cell of units a grid, rather than one cell a unit."""
    return any(isinstance(c, np.ndarray) and c.dtype == object for c in matlab.cells(times))


def _by_grid(times: Any, counts: list[int]) -> list[list[FloatArray]]:
    if not isinstance(times, np.ndarray) or times.dtype != object:
        return [matlab.trains(times)]
    if not times.size:
        return []
    rows = np.atleast_2d(times)
    if len(counts) <= 1 and min(rows.shape) == 1:
        rows = rows.reshape(1, -1)
    elif len(counts) == rows.shape[1] != rows.shape[0]:
        rows = rows.T
    grids = []
    for g, row in enumerate(rows.reshape(len(rows), -1)):
        trains = [matlab.vector(cell) for cell in row]
        # Rows are as long as the grid with most units; the rest of a row is padding.
        known = counts[g] if g < len(counts) else 0
        used = max([i + 1 for i, train in enumerate(trains) if train.size] + [known])
        grids.append(trains[:used])
    return grids


def _add_sources(
    signal: Mapping[str, Any],
    edition: Mapping[str, Any],
    grids: list[list[FloatArray]],
    fs_hz: float,
    signals: dict[str, Signal],
) -> None:
    """Add the sources (Pulsetrain), where there is one for every unit."""
    pulses = matlab.field(edition, "Pulsetrain")
    blocks = matlab.cells(matlab.field(signal, "Pulsetrain") if pulses is None else pulses)
    rows = [b for b in blocks if isinstance(b, np.ndarray) and b.ndim == 2 and b.size]
    counts = [len(grid) for grid in grids if grid]
    if not counts or [len(b) for b in rows] != counts or len({b.shape[1] for b in rows}) > 1:
        return
    values = float32(np.concatenate(rows))
    # Units that came from elsewhere have but ones at their discharges.
    if not np.isin(values, (0.0, 1.0)).all():
        signals["sources"] = Signal(values.T, fs_hz)


def _unit_counts(pulse_trains: Any) -> list[int]:
    return [
        cell.shape[0] if isinstance(cell, np.ndarray) and cell.size else 0
        for cell in matlab.cells(pulse_trains)
    ]


def _pulse_samples(*structs: Mapping[str, Any]) -> int:
    blocks = [c for s in structs for c in matlab.cells(matlab.field(s, "Pulsetrain"))]
    return max([int(c.shape[-1]) for c in blocks if isinstance(c, np.ndarray) and c.size] + [0])


def _signals(signal: Mapping[str, Any], fs_hz: float, notes: list[str]) -> dict[str, Signal]:
    signals: dict[str, Signal] = {}
    force, origin = _force(signal)
    if force.size > 1:
        signals["torque"] = Signal(force, fs_hz)
        notes.append(f"The torque is {origin}; the file does not state its unit.")
    target, _ = matlab.time_course(matlab.field(signal, "target"))
    if target.size > 1:
        signals["target"] = Signal(target, fs_hz)
    data = matlab.field(signal, "data")
    if isinstance(data, np.ndarray) and data.dtype.kind in "biuf" and data.size > data.shape[0]:
        channels = data if data.shape[0] <= data.shape[1] else data.T
        signals["emg"] = Signal(float32(channels).T, fs_hz)
    return signals


def _force(signal: Mapping[str, Any]) -> tuple[FloatArray, str]:
    path, _ = matlab.time_course(matlab.field(signal, "path"))
    if path.size > 1:
        return path, "signal.path"
    auxiliary = matlab.field(signal, "auxiliary")
    names = matlab.texts(matlab.field(signal, "auxiliaryname"))
    if isinstance(auxiliary, np.ndarray) and auxiliary.ndim == 2 and auxiliary.dtype != object:
        rows = auxiliary if auxiliary.shape[0] <= auxiliary.shape[1] else auxiliary.T
        for name, row in zip(names, rows, strict=False):
            if any(word in name.lower() for word in _FORCE_WORDS):
                return row.astype(float), f"the auxiliary channel {name.strip()!r}"
    return np.zeros(0), ""


def _grid_names(signal: Mapping[str, Any]) -> list[str]:
    grids = matlab.texts(matlab.field(signal, "gridname"))
    muscles = matlab.texts(matlab.field(signal, "muscle"))
    named = ", ".join(
        f"{grid} ({_muscle(muscles, i)})" if _muscle(muscles, i) else grid
        for i, grid in enumerate(grids)
    )
    return [f"Grids: {named}."] if named else []
