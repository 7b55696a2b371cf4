"""What a BIDS data set keeps beside a file of raw EMG: channels, electrodes, events, units.

Brain Imaging Data Structure 1.11.0, electromyography. Sidecars are looked for beside the file and
in the folders above it, up to the data set's; of several, the one that says most of what the file's
own name says is right (the inheritance principle). Motor units are looked for among the
derivatives.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from renshaw.data.grid import Grid
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Event, Recording
from renshaw.io import bids_events, table
from renshaw.io.limits import LARGEST_SIDECAR_BYTES, checked_rate
from renshaw.io.probe import Probe
from renshaw.io.raw import Channel
from renshaw.io.refusal import Refusal

DESCRIPTION = "dataset_description.json"
# sub, ses, emg: a file lies at most so deep in a data set, and its derivatives two deeper.
_DEEPEST = 5
_MM = {"m": 1000.0, "cm": 10.0, "mm": 1.0}
# Rates are rounded in a header of 8 letters; the sidecar has all digits.
_SAME_RATE = 1e-4
_MOST_PIPELINES = 50


class Beside:
    """The neighborhood of a file.

    Parameters
    ----------
    path : Path
        ``..._emg.edf`` or ``..._emg.bdf``; of a file outside a data set nothing is found.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stem = re.sub(r"_emg$", "", path.stem)
        self._named: dict[str, dict[str, Mapping[str, str]]] = {}

    def rows(self, kind: str) -> dict[str, Mapping[str, str]]:
        """Return the rows of a table beside the file, by name; empty where there is none."""
        if kind not in self._named:
            found = _table(self._found(f"_{kind}.tsv"))
            rows = [{column.lower(): cell for column, cell in row.items()} for row in found]
            self._named[kind] = {row["name"]: row for row in rows if row.get("name")}
        return self._named[kind]

    @cached_property
    def about(self) -> Mapping[str, Any]:
        """What ``*_emg.json`` says."""
        return _json(self._found("_emg.json"))

    def whole(self, channel: Channel) -> Channel:
        """Return a channel at its exact rate, without what only fills up the last record."""
        stated, lasts_s = self.about.get("SamplingFrequency"), self.about.get("RecordingDuration")
        fs_hz, values = channel.fs_hz, channel.values
        if isinstance(stated, int | float) and abs(stated - fs_hz) <= _SAME_RATE * fs_hz:
            fs_hz = float(stated)
        if isinstance(lasts_s, int | float) and 0 < lasts_s < len(values) / fs_hz:
            values = values[: max(1, round(lasts_s * fs_hz))]
        return dataclasses.replace(channel, fs_hz=fs_hz, values=values)

    def named(self, channel: Channel) -> Channel:
        """Return a channel by its full name and unit, which a header may have no room for."""
        row = self.rows("channels").get(channel.name, {})
        name = row.get("original_name", "n/a")
        unit = row.get("units", "n/a")
        return dataclasses.replace(
            channel,
            name=channel.name if _missing(name) else name,
            unit=channel.unit if _missing(unit) or len(unit) <= 8 else unit,
        )

    def grids(self, emg: Sequence[Channel]) -> tuple[Grid, ...]:
        """Return the grids that the channels belong to; none where the tables don't say."""
        places, sheet = self.rows("electrodes"), self.rows("channels")
        rows = [sheet.get(channel.name, {}) for channel in emg]
        if not places and not any(rows):
            return ()
        groups = [_group(row) for row in rows]
        grids = []
        for group in dict.fromkeys(groups):
            members = [i for i, name in enumerate(groups) if name == group]
            members.sort(key=lambda i: np.nan_to_num(_number(rows[i].get("grid_order", ""))))
            named = [_electrode(emg[i].name, rows[i], places) for i in members]
            x, y = ([self._coordinate(row, axis) for row in named] for axis in "xy")
            faults = tuple(_fault(rows[i]) for i in members)
            grids.append(Grid(group, tuple(members), np.array(x), np.array(y), faults))
        return tuple(grids)

    def events(self) -> list[Event]:
        """Return the rows of ``*_events.tsv`` beside the file that are no discharges."""
        found = self._path.with_name(f"{self._stem}_events.tsv")
        recording = _recording(found)
        return [] if recording is None else list(recording.events)

    def with_units(self, recording: Recording) -> Recording:
        """Return a recording with the motor units that the derivatives have of it."""
        for path in self._derivatives():
            found = _recording(path)
            if found is None or not (len(found.units) or _units_table(path)):
                continue
            start_s, end_s = recording.units.window_s
            units = _units(found.units, path, (start_s, end_s))
            note = f"The motor units are those of {path.name}."
            kept = tuple(n for n in recording.notes if "waits to be decomposed" not in n)
            return dataclasses.replace(recording, units=units, notes=(*kept, note))
        return recording

    def _found(self, ending: str) -> Path | None:
        mine = set(self._stem.split("_"))
        best: tuple[int, Path] | None = None
        for folder in self._folders():
            for path in _listed(folder, ending):
                entities = set(path.name.removesuffix(ending).split("_")) - {""}
                if entities <= mine and (best is None or len(entities) > best[0]):
                    best = (len(entities), path)
        return None if best is None else best[1]

    def _folders(self) -> Iterator[Path]:
        """Yield the file's folder and, within a data set, those above it."""
        yield self._path.parent
        root = self._root
        if root is not None:
            for folder in self._path.parent.parents:
                if self._path.parent == root:
                    return
                yield folder
                if folder == root:
                    return

    @cached_property
    def _root(self) -> Path | None:
        folders = [self._path.parent, *self._path.parent.parents][:_DEEPEST]
        return next((folder for folder in folders if (folder / DESCRIPTION).is_file()), None)

    def _derivatives(self) -> Iterator[Path]:
        folders = [self._path.parent]
        if self._root is not None:
            inside = self._path.parent.relative_to(self._root)
            pipelines = sorted((self._root / "derivatives").glob("*"))[:_MOST_PIPELINES]
            folders += [pipeline / inside for pipeline in pipelines]
        for folder in folders:
            yield from sorted(_listed(folder, "_events.tsv", f"{self._stem}_desc-"))

    def _coordinate(self, row: Mapping[str, str], axis: str) -> float:
        value = table.number(row.get(axis, "n/a"))
        system = self._systems.get(row.get("coordinate_system", ""), self._systems)
        unit = row.get("units") or system.get("EMGCoordinateUnits", "mm")
        return float("nan") if value is None else value * _MM.get(str(unit).lower(), 1.0)

    @cached_property
    def _systems(self) -> Mapping[str, Any]:
        found = _json(self._found("_coordsystem.json"))
        plain = {k: v for k, v in found.items() if isinstance(v, Mapping | str)}
        return plain if all(isinstance(k, str) for k in plain) else {}


def _listed(folder: Path, ending: str, beginning: str = "") -> list[Path]:
    try:
        names = [p for p in folder.iterdir() if p.name.endswith(ending)]
    except OSError:
        return []
    return sorted(p for p in names if p.name.startswith(beginning))


def _text(path: Path | None) -> str:
    try:
        if path is None or not path.is_file() or path.stat().st_size > LARGEST_SIDECAR_BYTES:
            return ""
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        return ""


def _table(path: Path | None) -> list[dict[str, str]]:
    rows = [line.split("\t") for line in _text(path).splitlines() if line.strip()]
    if not rows:
        return []
    columns = [name.strip() for name in rows[0]]
    return [dict(zip(columns, map(str.strip, row), strict=False)) for row in rows[1:]]


def _json(path: Path | None) -> Mapping[str, Any]:
    try:
        content = json.loads(_text(path) or "{}")
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _missing(cell: str) -> bool:
    return not cell or cell.lower() in table.MISSING


def _group(row: Mapping[str, str]) -> str:
    name = row.get("group") or row.get("signal_electrode_group") or ""
    return "EMG" if _missing(name) else name


def _electrode(
    name: str, row: Mapping[str, str], places: Mapping[str, Mapping[str, str]]
) -> Mapping[str, str]:
    electrode = row.get("signal_electrode") or name
    return places.get(electrode) or places.get(name) or {}


def _fault(row: Mapping[str, str]) -> str:
    if row.get("status", "").lower() != "bad":
        return ""
    why = row.get("status_description", "")
    return why if not _missing(why) else "is bad, says the table of channels"


def _recording(path: Path) -> Recording | None:
    """Return the discharges and events of a table; None where there is none that can be read."""
    if not path.is_file():
        return None
    try:
        probe = Probe(path)
        try:
            return bids_events.read(probe) if bids_events.recognizes(probe) else None
        finally:
            probe.close()
    except Refusal:
        return None


def _units_table(events: Path) -> list[dict[str, str]]:
    return _table(events.with_name(events.name.removesuffix("_events.tsv") + "_units.tsv"))


def _units(units: MotorUnits, events: Path, window_s: tuple[float, float]) -> MotorUnits:
    """Return units within the window of the EMG, with what the table of units says of them."""
    trains = dict(zip(units.labels, units.times_s, strict=True))
    flags = dict(zip(units.labels, units.flags, strict=True))
    rows = [row for row in _units_table(events) if row.get("unit_id")]
    labels = [row["unit_id"] for row in rows] or list(trains)
    rows = rows or [{} for _ in labels]
    inside = []
    for label in labels:
        times = trains.get(label, np.zeros(0))
        inside.append(times[(times >= window_s[0]) & (times <= window_s[1])])
    known = ("unit_id", "label", "flag")
    names = [name for name in (rows[0] if rows else {}) if name not in known]
    said = [
        row["flag"] if "flag" in row else flags.get(label, "")
        for label, row in zip(labels, rows, strict=True)
    ]
    return MotorUnits(
        times_s=tuple(inside),
        window_s=window_s,
        labels=tuple(row.get("label") or label for label, row in zip(labels, rows, strict=True)),
        flags=tuple("" if _missing(flag) else flag for flag in said),
        fs_hz=_rate(events) or units.fs_hz,
        quality={n: np.array([_number(row.get(n, "")) for row in rows]) for n in names},
    )


def _rate(events: Path) -> float | None:
    stated = _json(events.with_suffix(".json")).get("SamplingFrequency")
    if not isinstance(stated, int | float) or stated <= 0:
        return None
    return checked_rate(float(stated))


def _number(cell: str) -> float:
    value = table.number(cell)
    return float("nan") if value is None else value
