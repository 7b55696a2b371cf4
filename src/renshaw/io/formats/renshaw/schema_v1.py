"""Version 1 of renshaw's own file, schema "renshaw-recording": how a `Recording` lies in HDF5.

::

    /                     attributes: schema, schema_version, renshaw_version
    /about                JSON text: name, notes, history (a list of steps)
    /units                attributes: window_s (start, end), fs_hz (absent where not known)
    /units/about          JSON text: labels, flags, quality (names)
    /units/times_s        float64 (all discharges, unit after unit)
    /units/counts         int64 (units): how many of them each unit has
    /units/quality        float64 (names, units)
    /signals/0, 1, ...    attributes: fs_hz, start_s
    /signals/0/about      JSON text: name, unit, channels
    /signals/0/values     float32 or float64 (samples) or (samples, channels)
    /events               onset_s, duration_s: float64 (events); about: JSON text, labels
    /truth                absent for real data; about: JSON text, parameters
    /truth/signals/0, ... as /signals

Times are in seconds. Texts are JSON with every character above 127 escaped, so that any name can be
stored, in strings of fixed length: those of variable length lie in a heap that HDF5 reads without
end when it is damaged.

Files of this version must load for good: change nothing here, write a version 2. A version that
only adds to this one says so in the attribute ``readable_as = 1``, so that this one reads its part.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import h5py
import numpy as np

from renshaw.core.errors import DataError
from renshaw.core.history import History
from renshaw.core.plain_json import DoubledKeyError, read_json
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Event, Recording, Truth
from renshaw.data.signal import Signal
from renshaw.io.budget import Budget
from renshaw.io.containers import hdf5
from renshaw.io.limits import LONGEST_RECORDING_S, MOST_UNITS, checked_rate
from renshaw.io.refusal import Refusal
from renshaw.io.trains import motor_units

VERSION = 1


def store(file: h5py.File, recording: Recording, *, packed: bool = True) -> None:
    """Write a recording into an open, empty file."""
    about = {"name": recording.name, "notes": recording.notes}
    put_text(file, {**about, "history": recording.history.to_list()})
    _store_units(file.create_group("units"), recording.units)
    _store_signals(file.create_group("signals"), recording.signals, packed)
    events = file.create_group("events")
    put_text(events, {"labels": [event.label for event in recording.events]})
    events["onset_s"] = np.array([event.onset_s for event in recording.events], dtype=float)
    events["duration_s"] = np.array([event.duration_s for event in recording.events], dtype=float)
    if recording.truth is not None:
        truth = file.create_group("truth")
        parameters = {name: float(v) for name, v in recording.truth.parameters.items()}
        put_text(truth, {"parameters": parameters})
        _store_signals(truth.create_group("signals"), recording.truth.signals, packed)


def load(file: Any, budget: Budget, left_out: list[str] | None = None) -> Recording:
    """Read a recording from an open file.

    Parameters
    ----------
    file : h5py.File
    budget : Budget
    left_out : list of str, optional
        Of a file of a newer version: signals that this one can't read are left out and named here.
    """
    about = text_of(file, budget)
    units, remarks = _load_units(group_of(file, "units"), budget)
    truth = hdf5.member(file, "truth")
    return Recording(
        units=units,
        signals=_load_signals(group_of(file, "signals"), budget, left_out),
        events=_load_events(group_of(file, "events"), budget),
        truth=None if truth is None else _load_truth(truth, budget, left_out),
        name=str(about.get("name", "")),
        notes=(*map(str, _list(about, "notes")), *remarks),
        history=History.from_list(about.get("history")),
    )


def _store_units(group: Any, units: MotorUnits) -> None:
    group.attrs["window_s"] = np.array(units.window_s, dtype=float)
    if units.fs_hz is not None:
        group.attrs["fs_hz"] = float(units.fs_hz)
    labels = {"labels": units.labels, "flags": units.flags, "quality": list(units.quality)}
    put_text(group, labels)
    group["times_s"] = np.concatenate([np.zeros(0), *units.times_s])
    group["counts"] = np.array([len(train) for train in units.times_s], dtype=np.int64)
    quality = np.array(list(units.quality.values()), dtype=float)
    group["quality"] = quality.reshape(len(units.quality), len(units))


def _load_units(group: Any, budget: Budget) -> tuple[MotorUnits, list[str]]:
    about = text_of(group, budget)
    window = np.asarray(hdf5.attribute(group, "window_s"), dtype=float).ravel()
    sound = window.size == 2 and np.all(np.abs(window) <= LONGEST_RECORDING_S)
    if not sound or window[1] < window[0]:
        raise Refusal(f"Its window {window.tolist()[:4]} s is not a span of time; it is damaged")
    fs_hz = hdf5.attribute(group, "fs_hz")
    if fs_hz is not None:
        fs_hz = checked_rate(float(fs_hz), "The sampling rate of its units")
    times = numbers_of(group, "times_s", budget).ravel()
    counts = numbers_of(group, "counts", budget).ravel()
    if counts.size > MOST_UNITS or np.any(counts < 0) or counts.sum() != times.size:
        raise Refusal("Its discharge counts do not fit its discharge times; it is damaged")
    trains = np.split(times, np.cumsum(counts.astype(int))[:-1]) if counts.size else []
    labels, flags = _list(about, "labels"), _list(about, "flags")
    if not len(labels) == len(flags) == counts.size:
        raise Refusal("Its labels or flags do not fit its units; it is damaged")
    names = [str(name) for name in _list(about, "quality")]
    rows = numbers_of(group, "quality", budget).reshape(len(names), counts.size)
    span = (float(window[0]), float(window[1]))
    quality = dict(zip(names, rows, strict=True))
    sorted_out, remarks = motor_units(trains, window_s=span)
    # A sound file keeps its own flags; faults found now are added to them.
    if any(map(_changed, trains, sorted_out.times_s)):
        merged = zip(map(str, flags), sorted_out.flags, strict=True)
        flags = ["; ".join(dict.fromkeys(f for f in pair if f)) for pair in merged]
    else:
        remarks = []
    return MotorUnits(
        times_s=sorted_out.times_s,
        window_s=span,
        labels=tuple(map(str, labels)),
        flags=tuple(map(str, flags)),
        fs_hz=fs_hz,
        quality=quality,
    ), remarks


def _changed(train: Any, sorted_out: Any) -> bool:
    return not np.array_equal(train, sorted_out)


def _store_signals(group: Any, signals: Mapping[str, Signal], packed: bool) -> None:
    for i, (name, signal) in enumerate(signals.items()):
        entry = group.create_group(str(i))
        entry.attrs["fs_hz"], entry.attrs["start_s"] = signal.fs_hz, signal.start_s
        put_text(entry, {"name": name, "unit": signal.unit, "channels": signal.channels})
        packing = {"compression": "gzip", "compression_opts": 4, "shuffle": True}
        options = packing if packed and signal.values.size else {}
        entry.create_dataset("values", data=signal.values, track_times=False, **options)


def _load_signals(
    group: Any, budget: Budget, left_out: list[str] | None = None
) -> dict[str, Signal]:
    signals = {}
    for i in range(len(hdf5.names(group))):
        try:
            name, signal = _load_signal(group_of(group, str(i)), budget, str(i))
        except (Refusal, DataError, TypeError):
            if left_out is None:
                raise
            path = f"{group.name}/{i}"
            left_out += [path] * (str(i) in hdf5.names(group) and path not in left_out)
        else:
            signals[name] = signal
    return signals


def _load_signal(entry: Any, budget: Budget, number: str) -> tuple[str, Signal]:
    about = text_of(entry, budget)
    values = numbers_of(entry, "values", budget)
    start_s = float(hdf5.attribute(entry, "start_s"))
    if not abs(start_s) <= LONGEST_RECORDING_S:
        raise Refusal(f"A signal starts at {start_s} s; it is damaged")
    name = str(about.get("name", number))
    return name, Signal(
        values=values,
        fs_hz=checked_rate(float(hdf5.attribute(entry, "fs_hz")), f"The sampling rate of {name}"),
        unit=str(about.get("unit", "")),
        start_s=start_s,
        channels=tuple(map(str, _list(about, "channels"))),
    )


def _load_events(group: Any, budget: Budget) -> tuple[Event, ...]:
    onsets = numbers_of(group, "onset_s", budget).ravel().tolist()
    durations = numbers_of(group, "duration_s", budget).ravel().tolist()
    labels = _list(text_of(group, budget), "labels")
    if not len(onsets) == len(durations) == len(labels):
        raise Refusal("Its events do not fit their labels; it is damaged")
    if not all(map(math.isfinite, onsets + durations)):
        raise Refusal("The time of an event is not a number; it is damaged")
    return tuple(map(Event, onsets, durations, map(str, labels)))


def _load_truth(group: Any, budget: Budget, left_out: list[str] | None = None) -> Truth:
    parameters = text_of(group, budget).get("parameters")
    parameters = parameters if isinstance(parameters, dict) else {}
    numbers = {str(name): float(value) for name, value in parameters.items()}
    return Truth(_load_signals(group_of(group, "signals"), budget, left_out), numbers)


def put_text(group: Any, content: Mapping[str, Any]) -> None:
    """Write plain values as a JSON text of fixed length."""
    group["about"] = np.bytes_(json.dumps(content, default=_plain))


def _plain(value: Any) -> Any:
    """Return the plain value of a numpy number or array in a step's settings."""
    return value.tolist() if isinstance(value, np.generic | np.ndarray) else str(value)


def text_of(group: Any, budget: Budget) -> dict[str, Any]:
    """Return the plain values in the JSON text of a group."""
    stored = hdf5.member(group, "about")
    if not isinstance(stored, h5py.Dataset) or stored.shape != () or stored.dtype.kind != "S":
        raise Refusal(f"{group.name} has no description; it is damaged")
    text = hdf5.array(stored, budget).item()
    budget.json(text, f"The description of {group.name}")
    try:
        content = read_json(text)
    except DoubledKeyError as error:
        raise Refusal(f"The description of {group.name} is damaged: {error}") from None
    return content if isinstance(content, dict) else {}


def _list(content: Mapping[str, Any], key: str) -> list[Any]:
    value = content.get(key)
    return value if isinstance(value, list) else []


def group_of(parent: Any, name: str) -> Any:
    """Return a group by name, or refuse the file."""
    found = hdf5.member(parent, name)
    if not isinstance(found, h5py.Group):
        raise Refusal(f"It has no {name}; it is damaged")
    return found


def numbers_of(group: Any, name: str, budget: Budget) -> np.ndarray[Any, Any]:
    """Return the numbers of a data set, or refuse the file."""
    dataset = hdf5.member(group, name)
    if not isinstance(dataset, h5py.Dataset) or dataset.dtype.kind not in "biuf":
        raise Refusal(f"{group.name} has no numbers {name!r}; it is damaged")
    return hdf5.array(dataset, budget)
