"""A recording as an ``.nwb`` file that pynwb's validator passes.

``/acquisition`` holds the EMG (an `ElectricalSeries`, with its electrodes) and every other signal,
``/processing`` sources and the truth of a simulation, ``/units`` discharge times with
``obs_intervals`` and a column for each figure of quality, ``/intervals/events`` the events. What
NWB has no place for (name, notes, history, faults of channels) lies as JSON in
``/scratch/renshaw``.

Rübel et al. (2022), doi:10.7554/eLife.78362.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from renshaw.core.version import __version__
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.io.facts import facts_of
from renshaw.io.raw import to_microvolts
from renshaw.io.writing import refuse_unreadable

SCRATCH = "renshaw"
# NWB wants a date, which renshaw does not know; this one is nobody's.
_NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)
KNOWN_COLUMNS = ("id", "spike_times", "obs_intervals", "electrodes", "label", "flag")


def write(recording: Recording, path: Path) -> None:
    """Write a recording to a path that may be written to."""
    import pynwb

    refuse_unreadable(recording)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        file = pynwb.NWBFile(
            session_description=recording.name or "recording",
            identifier=recording.fingerprint(),
            session_start_time=_NO_DATE,
            source_script=recording.history.as_python(),
            source_script_file_name="history.py",
            notes="\n".join(recording.notes) or None,
            was_generated_by=[["renshaw", __version__]],
            keywords=["motor unit", "electromyography"],
            subject=_subject(recording),
        )
        places = _store_signals(file, recording)
        _store_units(file, recording)
        _store_events(file, recording)
        about = np.frombuffer(json.dumps(_about(recording, places)).encode(), dtype=np.uint8)
        words = "what renshaw knows and NWB has no place for: JSON as bytes"
        file.add_scratch(about, name=SCRATCH, description=words)
        with pynwb.NWBHDF5IO(str(path), "w") as stream:
            stream.write(file)


def _subject(recording: Recording) -> Any:
    """Return who it was, as far as is known; archives refuse files without a subject."""
    from pynwb.file import Subject

    # Of a file outside a data set only its BIDS name may say who.
    named = re.search(r"(?:^|_)sub-([A-Za-z0-9]+)", recording.name)
    return Subject(
        subject_id=recording.participant or (named[1] if named else "unknown"),
        sex="U",
        age="P0Y/",  # any: archives refuse files that say nothing of it
        description="renshaw does not know age, sex and species: fill them in",
    )


def _about(recording: Recording, places: Mapping[str, Any]) -> dict[str, Any]:
    units = recording.units
    return {
        "name": recording.name,
        "notes": list(recording.notes),
        "history": recording.history.to_list(),
        "facts": facts_of(recording),
        "version": __version__,
        "signals": places["signals"],
        "truth": None
        if recording.truth is None
        else {
            "signals": places["truth"],
            "parameters": {k: float(v) for k, v in recording.truth.parameters.items()},
        },
        "units": {
            "window_s": list(units.window_s),
            "fs_hz": units.fs_hz,
            "labels": list(units.labels),
            "flags": list(units.flags),
            "quality": list(units.quality),
        },
        "events": [event.label for event in recording.events],
        "grids": [
            {
                "name": grid.name,
                "channels": list(grid.channels),
                "x_mm": grid.x_mm.tolist(),
                "y_mm": grid.y_mm.tolist(),
                "faults": list(grid.faults),
            }
            for grid in recording.grids
        ],
    }


def _store_signals(file: Any, recording: Recording) -> dict[str, Any]:
    """Add every signal; return where each lies and what NWB can't say of it."""
    taken: set[str] = set()
    places: dict[str, Any] = {"signals": [], "truth": []}
    modules: dict[str, Any] = {}

    def home(module: str) -> Any:
        if module not in modules:
            modules[module] = file.create_processing_module(name=module, description=module)
        return modules[module]

    for name, signal in recording.signals.items():
        plain = plain_name(name, taken)
        if name == "sources":
            home("ecephys").add(_series(plain, name, signal))
            where = f"processing/ecephys/{plain}"
        else:
            file.add_acquisition(
                _emg(file, plain, recording, signal) or _series(plain, name, signal)
            )
            where = f"acquisition/{plain}"
        places["signals"].append(_place(name, signal, where))
    for name, signal in (recording.truth.signals if recording.truth else {}).items():
        plain = plain_name(name, taken)
        home("truth").add(_series(plain, f"truth: {name}", signal))
        places["truth"].append(_place(name, signal, f"processing/truth/{plain}"))
    return places


def _place(name: str, signal: Signal, where: str) -> dict[str, Any]:
    return {
        "name": name,
        "where": where,
        "unit": signal.unit,
        "channels": list(signal.channels),
        "fs_hz": signal.fs_hz,
        "start_s": signal.start_s,
    }


def plain_name(name: str, taken: set[str]) -> str:
    """Return a name that HDF5 allows and no other signal has."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", name)[:80].strip("_") or "signal"
    unique, number = plain, 2
    while unique in taken:
        unique, number = f"{plain}_{number}", number + 1
    taken.add(unique)
    return unique


def _series(name: str, words: str, signal: Signal) -> Any:
    import pynwb

    return pynwb.TimeSeries(
        name=name,
        data=np.asarray(signal.values),
        unit=signal.unit or "unknown",
        rate=signal.fs_hz,
        starting_time=signal.start_s,
        # HDF5 has no texts with NUL in them.
        description=words.replace("\0", " "),
    )


def _emg(file: Any, name: str, recording: Recording, signal: Signal) -> Any:
    """Return raw EMG with its electrodes; None for any other signal."""
    from pynwb.ecephys import ElectricalSeries

    factor = to_microvolts(signal.unit)
    if name != "emg" or signal.values.ndim != 2 or factor is None or not signal.values.size:
        return None
    _electrodes(file, recording, signal)
    rows = list(range(signal.values.shape[1]))
    return ElectricalSeries(
        name=name,
        data=np.asarray(signal.values),
        electrodes=file.create_electrode_table_region(region=rows, description="all channels"),
        conversion=1e-6 * factor,
        rate=signal.fs_hz,
        starting_time=signal.start_s,
        description="surface electromyogram",
    )


def _electrodes(file: Any, recording: Recording, emg: Signal) -> None:
    """Add an electrode for every channel of the EMG, in its order."""
    words = "amplifier of the surface EMG; its make is not known to renshaw"
    device = file.create_device(name="amplifier", description=words)
    for column, words in (
        ("x_mm", "place across the rows of its grid, mm"),
        ("y_mm", "place along the rows of its grid, mm"),
        ("fault", "what is wrong with the channel; empty for a good one"),
        ("channel", "name of the channel"),
    ):
        file.add_electrode_column(name=column, description=words)
    taken: set[str] = {"electrodes"}
    of: dict[int, tuple[Any, int, Any]] = {}
    for grid in recording.grids:
        group = file.create_electrode_group(
            name=plain_name(grid.name or "grid", taken),
            description=f"grid of electrodes {grid.name}",
            location="unknown",
            device=device,
        )
        of |= {c: (grid, k, group) for k, c in enumerate(grid.channels) if c not in of}
    rest = None
    for channel in range(emg.values.shape[1]):
        if channel not in of and rest is None:
            rest = file.create_electrode_group(
                name=plain_name("EMG", taken),
                description="channels of no grid",
                location="unknown",
                device=device,
            )
        grid, k, group = of.get(channel, (None, 0, rest))
        named = len(emg.channels) == emg.values.shape[1]
        file.add_electrode(
            group=group,
            location="unknown",
            x_mm=float("nan") if grid is None else float(grid.x_mm[k]),
            y_mm=float("nan") if grid is None else float(grid.y_mm[k]),
            fault="" if grid is None else grid.faults[k],
            channel=emg.channels[channel] if named else str(channel + 1),
        )


def _store_units(file: Any, recording: Recording) -> None:
    units = recording.units
    if not len(units):
        return
    file.add_unit_column(name="label", description="what the unit is called")
    file.add_unit_column(name="flag", description="why the unit should not be trusted; else empty")
    taken = set(KNOWN_COLUMNS)
    columns = {name: plain_name(name, taken) for name in units.quality}
    for name, column in columns.items():
        file.add_unit_column(name=column, description=f"figure of quality: {name}")
    for i, train in enumerate(units.times_s):
        file.add_unit(
            spike_times=np.asarray(train),
            obs_intervals=np.array([units.window_s]),
            label=units.labels[i],
            flag=units.flags[i],
            **{columns[name]: float(values[i]) for name, values in units.quality.items()},
        )
    if units.fs_hz:
        file.units.resolution = 1 / units.fs_hz


def _store_events(file: Any, recording: Recording) -> None:
    if not recording.events:
        return
    from pynwb.epoch import TimeIntervals

    table = TimeIntervals(name="events", description="what happened")
    table.add_column(name="label", description="what it was")
    for event in recording.events:
        end_s = event.onset_s + event.duration_s
        table.add_row(start_time=event.onset_s, stop_time=end_s, label=event.label)
    # The end of an event does not give back its duration to the last bit.
    table.add_column(
        name="duration", description="s", data=[float(e.duration_s) for e in recording.events]
    )
    file.add_time_intervals(table)
