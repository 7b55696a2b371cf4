"""What is read of an ``.nwb`` file.

Files of `renshaw.io.formats.nwb.writing` give back everything. Of other files the units table is
read (``spike_times``, ``obs_intervals``, columns of numbers), the widest series with electrodes as
EMG (in uV), and other series of one channel. Texts of variable length are not read: HDF5 reads
damaged ones without end (`renshaw.io.containers.hdf5.attribute`). pynwb is not needed to read.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import h5py
import numpy as np

from renshaw.core.history import History
from renshaw.core.numbers import counted
from renshaw.core.plain_json import read_json, why_no_json
from renshaw.core.version import newer
from renshaw.data.grid import Grid, unplaced
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Event, Recording, Truth
from renshaw.data.signal import Signal
from renshaw.io.budget import Budget
from renshaw.io.containers import hdf5
from renshaw.io.facts import with_facts
from renshaw.io.limits import (
    LONGEST_RECORDING_S,
    MOST_EVENTS,
    MOST_UNITS,
    checked_rate,
    checked_scale,
    checked_shift,
)
from renshaw.io.options import ReadOptions
from renshaw.io.probe import Probe
from renshaw.io.raw import FORCE
from renshaw.io.refusal import Refusal
from renshaw.io.tables.times import seconds
from renshaw.io.trains import motor_units

Array = np.ndarray[Any, Any]

# What this version keeps in /scratch/renshaw.
_KEPT = (
    "name",
    "notes",
    "history",
    "facts",
    "version",
    "signals",
    "truth",
    "units",
    "events",
    "grids",
)
_NO_QUALITY = ("id", "spike_times", "obs_intervals", "electrodes", "waveform_mean")


def read(probe: Probe) -> Recording:
    """Read units, EMG, other signals and events."""
    file, budget = probe.hdf5, probe.budget
    about = _about(file, budget)
    if about is not None:
        return _own(file, about, budget)
    return _other(file, budget, probe.options)


def _own(file: Any, about: Mapping[str, Any], budget: Budget) -> Recording:
    """Return a recording of a file that renshaw wrote."""
    try:
        truth = about["truth"]
        recording = Recording(
            units=_own_units(file, about["units"], budget),
            signals=_own_signals(file, about["signals"], budget),
            events=_events(file, budget, about["events"]),
            truth=None
            if truth is None
            else Truth(
                _own_signals(file, truth["signals"], budget),
                {str(k): float(v) for k, v in truth["parameters"].items()},
            ),
            name=str(about["name"]),
            notes=tuple(map(str, about["notes"])),
            history=History.from_list(about["history"]),
            grids=tuple(_own_grid(each) for each in about["grids"]),
        )
        written_by = str(about.get("version", ""))
        unknown = [f"/scratch/renshaw:{key}" for key in about if key not in _KEPT]
        left_out = unknown if newer(written_by) else []
        return with_facts(recording, about.get("facts"), written_by, left_out)
    except (KeyError, TypeError, AttributeError):
        raise Refusal("What renshaw kept in /scratch/renshaw is damaged") from None


def _own_units(file: Any, said: Mapping[str, Any], budget: Budget) -> MotorUnits:
    start_s, end_s = (float(edge) for edge in said["window_s"])
    trains, columns, _ = _units_table(file, budget)
    fs_hz = said["fs_hz"]
    return MotorUnits(
        times_s=tuple(trains),
        window_s=(start_s, end_s),
        labels=tuple(map(str, said["labels"])),
        flags=tuple(map(str, said["flags"])),
        fs_hz=None if fs_hz is None else checked_rate(float(fs_hz)),
        # NWB keeps the order of columns in a text; the groups of HDF5 are in that of the alphabet.
        quality=dict(zip(map(str, said["quality"]), _in_order(columns, said), strict=True)),
    )


def _in_order(columns: Mapping[str, Array], said: Mapping[str, Any]) -> list[Array]:
    from renshaw.io.formats.nwb.writing import KNOWN_COLUMNS, plain_name

    taken = set(KNOWN_COLUMNS)
    return [columns[plain_name(str(name), taken)] for name in said["quality"]]


def _own_signals(file: Any, said: Sequence[Mapping[str, Any]], budget: Budget) -> dict[str, Signal]:
    signals = {}
    for each in said:
        data = _at(file, f"{each['where']}/data")
        if data is None:
            raise Refusal(f"The signal {each['where']!r} is missing; the file is damaged")
        signals[str(each["name"])] = Signal(
            _numbers(data, budget),
            checked_rate(float(each["fs_hz"])),
            str(each["unit"]),
            float(each["start_s"]),
            tuple(map(str, each["channels"])),
        )
    return signals


def _own_grid(said: Mapping[str, Any]) -> Grid:
    x_mm, y_mm = (np.array(said[axis], dtype=float) for axis in ("x_mm", "y_mm"))
    return Grid(str(said["name"]), tuple(said["channels"]), x_mm, y_mm, tuple(said["faults"]))


def _other(file: Any, budget: Budget, options: ReadOptions) -> Recording:
    """Return what is understood of a file of another program."""
    trains, columns, window_s = _units_table(file, budget)
    # NWB counts seconds; who says otherwise is asked to by what those would mean.
    trains, said = seconds(trains, "s", options, "spike_times")
    if window_s is not None:
        ((start, end),), _ = seconds([window_s], "s", options, "obs_intervals")
        window_s = (float(start), float(end))
    emg, signals, notes = _series_of(file, budget)
    notes += said
    if emg is None and not trains:
        raise Refusal("It is an NWB file without units and without series that have electrodes")
    # The longest: EMG may be a part of what was recorded, as torque may.
    every = [*signals.values(), *([] if emg is None else [emg])]
    spans = [(signal.start_s, signal.end_s) for signal in every]
    if window_s is None and spans:
        window_s = (min(s for s, _ in spans), max(e for _, e in spans))
    fs_hz = _resolved(file)
    units, remarks = motor_units(trains, window_s=window_s, quality=columns, fs_hz=fs_hz)
    grids: tuple[Grid, ...] = ()
    if emg is not None:
        signals = {"emg": emg, **signals}
        grids = (_electrodes(file, emg.values.shape[1], budget),)
    return Recording(
        units, signals, _events(file, budget, ()), notes=(*notes, *remarks), grids=grids
    )


def _series_of(file: Any, budget: Budget) -> tuple[Signal | None, dict[str, Signal], list[str]]:
    """Return the EMG, the other signals, and what there is to say."""
    group, notes = _at(file, "acquisition"), ["Units of signals are not read from NWB files."]
    found: dict[str, tuple[Any, Any]] = {}
    for name in hdf5.names(group) if isinstance(group, h5py.Group) else []:
        series = hdf5.member(group, name)
        data = _at(series, "data") if isinstance(series, h5py.Group) else None
        if isinstance(data, h5py.Dataset) and data.dtype.kind in "iuf" and data.ndim in (1, 2):
            # Each look into HDF5 takes a tenth of a millisecond, and there may be thousands.
            found[name] = series, data
    wide = [n for n, (s, data) in found.items() if data.ndim == 2 and "electrodes" in s]
    chosen = max(wide, key=lambda n: found[n][1].shape[1], default=None)
    emg = None if chosen is None else _signal(chosen, *found[chosen], budget, "uV")
    others = {n: each for n, each in found.items() if each[1].ndim == 1}
    force = next((n for n in others if FORCE.search(n)), None)
    signals = {}
    for name, (series, data) in others.items():
        signal = _signal(name, series, data, budget, "")
        if signal is None:
            notes.append(f"The series {name!r} is not sampled regularly, and was left out.")
        else:
            signals["torque" if name == force else name] = signal
    return emg, signals, notes


def _signal(name: str, series: Any, data: Any, budget: Budget, unit: str) -> Signal | None:
    start = _at(series, "starting_time")
    stamps = _at(series, "timestamps") if start is None else None
    if start is not None:
        rate = checked_rate(float(hdf5.attribute(start, "rate") or math.nan))
        start_s = float(hdf5.array(start, budget).ravel()[0])
    elif stamps is not None and stamps.size > 1:
        times = _numbers(stamps, budget).ravel()
        steps = np.diff(times)
        if not np.all(np.abs(steps - np.median(steps)) < 0.01 * np.median(steps)):
            return None
        rate, start_s = checked_rate(1 / float(np.median(steps))), float(times[0])
    else:
        return None
    values = _numbers(data, budget)
    factor, offset = (hdf5.attribute(data, name) for name in ("conversion", "offset"))
    volts = 1e6 if unit == "uV" else 1.0
    # Microvolts are kept as they are: 1e-6 times 1e6 is not quite 1 for every number.
    factor = checked_scale(1.0 if factor is None else factor, f"The conversion of {name!r}")
    shift = checked_shift(0.0 if offset is None else offset, f"The offset of {name!r}")
    scale = round(volts * factor, 12) or volts * factor
    own = _at(series, "channel_conversion")
    if own is not None:
        values = values * _of_channels(_numbers(own, budget).ravel(), values, name)
    values = (values if scale == 1 else values * scale) + volts * shift
    if abs(start_s) > LONGEST_RECORDING_S:
        start_s = 0.0
    return Signal(np.asarray(values, np.float32 if unit == "uV" else float), rate, unit, start_s)


def _of_channels(factors: Any, values: Any, name: str) -> Any:
    """Return the factor of each channel, by which its numbers are multiplied besides."""
    channels = values.shape[1] if values.ndim > 1 else 1
    what = f"The channel_conversion of {name!r}"
    if len(factors) != channels:
        raise Refusal(f"{what} has {counted(len(factors), 'number')} for {channels} channels")
    return np.array([checked_scale(factor, what) for factor in factors])


def _units_table(
    file: Any, budget: Budget
) -> tuple[list[Array], dict[str, Array], tuple[float, float] | None]:
    """Return discharge times, columns of numbers, and the window that all units share."""
    table = _at(file, "units")
    times, index = _at(table, "spike_times"), _at(table, "spike_times_index")
    if times is None or index is None:
        return [], {}, None
    ends = _numbers(index, budget).ravel()
    flat = _numbers(times, budget).ravel()
    if (
        ends.size > MOST_UNITS
        or np.any(np.diff(ends, prepend=0) < 0)
        or ends.max(initial=0) > flat.size
    ):
        raise Refusal("Its index of spike times does not fit them; it is damaged")
    trains = np.split(flat, ends.astype(int))[:-1] if ends.size else []
    columns = {}
    there = set(hdf5.names(table))
    for name in sorted(there):
        if name in _NO_QUALITY or name.endswith("_index") or f"{name}_index" in there:
            continue
        column = hdf5.member(table, name)
        fits = isinstance(column, h5py.Dataset) and column.shape == (len(trains),)
        if fits and column.dtype.kind in "iufb":
            columns[name] = np.asarray(hdf5.array(column, budget), dtype=float)
    observed = _at(table, "obs_intervals")
    window = None
    if observed is not None and observed.size:
        edges = _numbers(observed, budget)
        if np.isfinite(edges).all() and np.abs(edges).max() <= LONGEST_RECORDING_S:
            window = (float(edges.min()), float(edges.max()))
    return list(trains), columns, window


def _resolved(file: Any) -> float | None:
    """Return the sampling rate that the smallest difference of two spike times stands for."""
    times = _at(file, "units/spike_times")
    smallest = None if times is None else hdf5.attribute(times, "resolution")
    if smallest is None or not float(smallest) > 0:
        return None
    return checked_rate(round(1 / float(smallest), 6))


def _electrodes(file: Any, channels: int, budget: Budget) -> Grid:
    """Return the grid of another program's electrodes, placed where rows and series fit."""
    table = _at(file, "general/extracellular_ephys/electrodes")
    places = []
    for names in (("x_mm", 1.0), ("rel_x", 1e-3)), (("y_mm", 1.0), ("rel_y", 1e-3)):
        found = next(((c, f) for n, f in names if (c := _at(table, n)) is not None), None)
        if found is None or found[0].shape != (channels,):
            return unplaced("EMG", range(channels))
        places.append(_numbers(found[0], budget).astype(float) * found[1])
    return Grid("EMG", tuple(range(channels)), places[0], places[1])


def _events(file: Any, budget: Budget, labels: Sequence[Any]) -> tuple[Event, ...]:
    tables = _at(file, "intervals")
    events: list[Event] = []
    for name, table in _groups(tables):
        start, stop = _at(table, "start_time"), _at(table, "stop_time")
        if start is None or stop is None or start.shape != stop.shape:
            continue
        if start.size > MOST_EVENTS:
            raise Refusal(f"It holds more than {MOST_EVENTS:,} events")
        starts, stops = _numbers(start, budget).ravel(), _numbers(stop, budget).ravel()
        exact = _at(table, "duration")
        lasts = stops - starts if exact is None else _numbers(exact, budget).ravel()
        words = labels if len(labels) == len(starts) else [name] * len(starts)
        events += [
            # Of an interval that is still open the end is not known.
            Event(float(s), float(d) if np.isfinite(d) else 0.0, str(w))
            for s, d, w in zip(starts, lasts, words, strict=True)
            if np.isfinite(s)
        ]
    return tuple(events)


def _groups(group: Any) -> Iterator[tuple[str, Any]]:
    for name in hdf5.names(group) if isinstance(group, h5py.Group) else []:
        found = hdf5.member(group, name)
        if isinstance(found, h5py.Group):
            yield name, found


def _about(file: Any, budget: Budget) -> Mapping[str, Any] | None:
    kept = _at(file, "scratch/renshaw")
    if not isinstance(kept, h5py.Dataset) or kept.dtype != np.uint8:
        return None
    try:
        content = hdf5.array(kept, budget).tobytes()
        budget.json(content, "What renshaw kept in /scratch/renshaw")
        about = read_json(content)
    except (ValueError, RecursionError) as error:
        why = why_no_json(error)
        raise Refusal(f"What renshaw kept in /scratch/renshaw is damaged: {why}") from None
    return about if isinstance(about, dict) else None


def _at(group: Any, path: str) -> Any:
    """Return what lies at a path below a group; None where nothing does, or a link."""
    for name in path.split("/"):
        if not isinstance(group, h5py.Group):
            return None
        link = group.get(name, getlink=True)
        if not isinstance(link, h5py.HardLink):
            return None
        group = hdf5.member(group, name, link)
    return group


def _numbers(dataset: Any, budget: Budget) -> Array:
    if not isinstance(dataset, h5py.Dataset) or dataset.dtype.kind not in "iuf":
        raise Refusal("A table of numbers holds something else; it is damaged")
    return hdf5.array(dataset, budget)
