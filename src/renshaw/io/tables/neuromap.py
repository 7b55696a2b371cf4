"""What Delsys Neuromap writes beside the times of units: accuracies, and the raw recording.

``NAME_Firings.txt`` holds a column of times (s) a unit, ``NAME_Stats.txt`` a row a unit with its
accuracy, ``NAME.mat`` the raw EMG and force; ``NAME`` may end in the sensor: ``trial1_(Sensor 1)``.
Facts of the layout: openhdemg 0.1, Delsys' NeuroMap user's guide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from renshaw.core.errors import RenshawError
from renshaw.core.made_of import seen
from renshaw.data.recording import Recording
from renshaw.io.containers import table
from renshaw.io.containers.table import Table
from renshaw.io.formats import delsys
from renshaw.io.formats.delsys import FIRINGS
from renshaw.io.probe import Probe
from renshaw.io.raw import WAITS
from renshaw.io.refusal import Refusal
from renshaw.io.trains import motor_units

_SENSOR = re.compile(r"(?<![_ ])[_ ]*+\(?sensor ?\d++\)?$", re.I)


def with_beside(recording: Recording, path: Path) -> Recording:
    """Return the units of a ``_Firings`` file with what lies beside it; others as they are."""
    stem = path.name.split(".")[0]
    if not stem.casefold().endswith(FIRINGS.casefold()) or not len(recording.units):
        return recording
    name = stem[: -len(FIRINGS)]
    stats = path.with_name(path.name.replace(stem[-len(FIRINGS) :], "_Stats"))
    recording = _with_accuracy(recording, stats)
    for raw in raw_names(name):
        beside = path.with_name(f"{raw}.mat")
        if seen(beside).is_file():
            return _with_raw(recording, beside)
    return recording


def raw_names(name: str) -> tuple[str, ...]:
    """Return what the raw recording of a ``_Firings`` file may be called, without its ending.

    Parameters
    ----------
    name : str
        Of the file, up to ``_Firings``.
    """
    return tuple(raw for raw in dict.fromkeys((name, _SENSOR.sub("", name))) if raw)


def _with_accuracy(recording: Recording, path: Path) -> Recording:
    accuracy = _accuracies(path) if seen(path).is_file() else []
    units = recording.units
    if len(accuracy) != len(units):
        return recording
    quality = {**units.quality, "accuracy": np.array(accuracy, dtype=float)}
    note = f"The accuracy of each unit is that in {path.name}."
    return replace(recording, units=replace(units, quality=quality), notes=(*recording.notes, note))


def _accuracies(path: Path) -> list[float]:
    try:
        with Probe(path) as probe:
            sheet = table.whole(probe)
            return list(_column(sheet, "accuracy"))
    except Refusal:
        return []


def _column(sheet: Table, word: str) -> Iterator[float]:
    at = next((i for i, name in enumerate(sheet.names) if word in name.casefold()), None)
    for _, cells in sheet.rows():
        cell = cells[at] if at is not None and at < len(cells) else ""
        value = table.number(cell, decimal_comma=sheet.decimal_comma)
        yield np.nan if value is None else value


def _with_raw(recording: Recording, path: Path) -> Recording:
    """Return units with the signals that they were found in."""
    try:
        with Probe(path) as probe:
            raw: Any = delsys.read(probe) if delsys.recognizes(probe) else None
    except (Refusal, RenshawError, ValueError, OSError) as error:
        note = f"{path.name} beside it could not be read ({str(error).rstrip('.')})."
        return replace(recording, notes=(*recording.notes, note))
    if raw is None:
        return recording
    old = recording.units
    units, remarks = motor_units(
        old.times_s,
        length_s=max(signal.end_s for signal in raw.signals.values()),
        fs_hz=raw.units.fs_hz,
        labels=old.labels,
        quality=old.quality,
    )
    kept = tuple(n for n in (*recording.notes, *raw.notes) if n != WAITS and "No signal" not in n)
    notes = (*kept, f"The signals are those of {path.name}.", *remarks)
    return replace(recording, units=units, signals=raw.signals, grids=raw.grids, notes=notes)
