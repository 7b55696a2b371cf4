"""BIDS-EMG style events (``*_events.tsv``) with one row a discharge.

``onset`` (s), ``duration`` (s), ``sample`` (from 0), ``unit_id`` and a column that says
"motor-unit-spike": ``event_type`` (muniverse), ``description`` (MUedit2) or ``value``. Rows of
another kind become events. A sidecar ``*_emg.json`` beside the table, or above it in its data set,
may give the sampling rate and the duration of the recording.

Source: Brain Imaging Data Structure 1.11.0, electromyography.
"""

from __future__ import annotations

import csv
import math
import re
from array import array
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from renshaw.core.cells import plain_cell, safe_cell
from renshaw.data.recording import Event, Recording
from renshaw.io.bids import inheritance
from renshaw.io.bids.sheet import number_said
from renshaw.io.containers import table
from renshaw.io.containers.table import Table
from renshaw.io.format import FORMATS, Format
from renshaw.io.limits import LONGEST_RECORDING_S, MOST_EVENTS, MOST_UNITS, checked_rate
from renshaw.io.probe import Probe
from renshaw.io.refusal import Refusal, twice_in
from renshaw.io.tables.told import refuse_untold
from renshaw.io.trains import motor_units
from renshaw.io.writing import common_losses

# What a discharge is called as an event (muniverse).
SPIKE = "motor-unit-spike"
# How a note of the rate begins.
RATE = "The sampling rate of"
UNITS = ("unit_id", "unit", "mu_id", "motor_unit")
_KINDS = ("event_type", "description", "value", "trial_type", "event_description", "type")
_SPIKE = re.compile(r"spike|discharge|firing", re.I)
# Some tables name the unit itself as the type of trial.
_UNIT_AS_TYPE = re.compile(r"(?:mu|unit|motor[ _-]?unit)[ _-]?(\d+)", re.I)
_NEGATIVE = re.compile(r"-\d+(\.\d+)?")
# One name among two or more numbers is odd.
_MOST_NUMBERED = 3
_SIDECAR = re.compile(r"(_desc-[A-Za-z0-9]+)?_events$")


def recognizes(probe: Probe) -> bool:
    """Whether it is a table with ``onset`` and units or types of events."""
    head = table.head(probe)
    return (
        head is not None
        and "onset" in head.columns
        and head.column("duration", "sample", *UNITS, *_KINDS) is not None
    )


def read(probe: Probe) -> Recording:
    """Read discharges and events; a table of nothing but other events is no recording's units."""
    recording = read_rows(probe)
    if not len(recording.units):
        _refuse_no_discharges(probe)
    return recording


def read_rows(probe: Probe, *, alone: bool = True) -> Recording:
    """Read discharges and events, also where there are no discharges.

    Parameters
    ----------
    probe : Probe
    alone : bool
        Whether the table is the recording, so that an impossible sampling rate is refused; beside
        raw EMG, whose own rate holds, it counts as none.
    """
    sheet = table.whole(probe)
    if "onset" not in sheet.columns:
        raise Refusal("It has no column onset (s)")
    if (twice := twice_in(name for name in sheet.columns if name)) is not None:
        raise Refusal(f"It has the column {twice!r} twice. Give one of them another name")
    rows = _Rows(sheet)
    for line, cells in sheet.rows():
        rows.add(line, cells)
    labels = table.in_number_order(list(rows.onsets))
    inheritance.refuse_unfinished(probe.path, _SIDECAR.sub("", probe.path.stem))
    sidecar = _sidecar(probe.path)
    fs_hz, how = _rate(rows, sidecar, probe.options.fs_hz, alone)
    onsets = [np.array(rows.onsets[name]) for name in labels]
    if fs_hz is not None:
        onsets = [
            _exact(t, np.array(rows.samples[n]), fs_hz) for n, t in zip(labels, onsets, strict=True)
        ]
    length_s = number_said(sidecar.get("RecordingDuration"))
    units, remarks = motor_units(
        onsets,
        length_s=length_s if length_s > 0 else None,
        fs_hz=fs_hz,
        labels=labels,
    )
    return Recording(units, events=tuple(rows.events), notes=(*rows.notes(), *how, *remarks))


def _refuse_no_discharges(probe: Probe) -> None:
    """Refuse a table that names units but no discharges, as a mistaken word or head makes it."""
    sheet = table.whole(probe)
    for name in sheet.names:
        if name not in (*UNITS, *_KINDS) and set(name.lower().split()) & {*UNITS, *_KINDS}:
            raise Refusal(
                f"Its head has {name!r} as one column; put a tab between the names of two columns"
            )
    unit = sheet.column(*UNITS)
    if unit is None:
        return
    for line, cells in sheet.rows():
        if not _is_missing(_cell(cells, unit)):
            said = [_cell(cells, sheet.columns.index(k)) for k in _KINDS if k in sheet.columns]
            raise Refusal(
                f"Its rows name units, but none is a discharge: line {line} says "
                f"{' '.join(filter(None, said)) or 'nothing'!r}. Write {SPIKE!r} in the rows of "
                "discharges"
            )


class _Rows:
    """Discharges and events, sorted out row by row."""

    def __init__(self, sheet: Table) -> None:
        self._onset = sheet.columns.index("onset")
        self._duration, self._sample = sheet.column("duration"), sheet.column("sample")
        self._unit = sheet.column(*UNITS)
        self._kinds = [sheet.columns.index(name) for name in _KINDS if name in sheet.columns]
        self._curation = sheet.column("curation_status")
        self._comma = sheet.separator == ";"
        self.onsets: dict[str, array[float]] = {}
        self.samples: dict[str, array[float]] = {}
        self.events: list[Event] = []
        self._odd, self._no_samples = table.Oddities(), table.Oddities()
        self._rejected = 0

    def add(self, line: int, cells: list[str]) -> None:
        """Take in one row."""
        onset = table.number(_cell(cells, self._onset), decimal_comma=self._comma)
        kinds = [plain_cell(k) for at in self._kinds if not _is_missing(k := _cell(cells, at))]
        unit = self._unit_of(cells, kinds)
        if unit and self._is_discharge(kinds):
            if "reject" in _cell(cells, self._curation).lower():
                self._rejected += 1
            elif onset is None:
                self._odd.add(f"Line {line}: {_cell(cells, self._onset)[:40]!r} is not a time")
            elif _NEGATIVE.fullmatch(unit):
                self._odd.add(f"Line {line}: the unit {unit} has a negative number")
            else:
                sample = self._sample_of(line, cells)
                self.onsets.setdefault(unit, array("d")).append(onset)
                if len(self.onsets) > MOST_UNITS:
                    raise Refusal(f"It names more than {MOST_UNITS:,} motor units")
                exact = math.nan if sample is None else sample
                self.samples.setdefault(unit, array("d")).append(exact)
        else:
            self._add_event(line, cells, onset, unit, kinds)

    def _sample_of(self, line: int, cells: list[str]) -> float | None:
        """Return the sample of a discharge; None for what can be none, whose onset counts alone."""
        cell = _cell(cells, self._sample)
        sample = table.number(cell)
        if sample is None or sample < 0 or sample % 1 > 0:
            self._no_samples.add(f"Line {line}: {cell[:40]!r} is not a sample")
            return None
        return sample

    def _unit_of(self, cells: list[str], kinds: list[str]) -> str:
        if self._unit is None:
            named = next((m for k in kinds if (m := _UNIT_AS_TYPE.fullmatch(k))), None)
            return named[1] if named else ""
        unit = table.label(_cell(cells, self._unit))
        return "" if _is_missing(unit) else unit

    def _is_discharge(self, kinds: list[str]) -> bool:
        return not kinds or any(_SPIKE.search(k) or _UNIT_AS_TYPE.fullmatch(k) for k in kinds)

    def _add_event(
        self, line: int, cells: list[str], onset: float | None, unit: str, kinds: list[str]
    ) -> None:
        if onset is None or not abs(onset) <= LONGEST_RECORDING_S:
            self._odd.add(f"Line {line}: {_cell(cells, self._onset)[:40]!r} is not a time")
            return
        if len(self.events) >= MOST_EVENTS:
            raise Refusal(f"It holds more than {MOST_EVENTS:,} events")
        duration = table.number(_cell(cells, self._duration), decimal_comma=self._comma)
        lasted = duration if duration is not None and 0 <= duration <= LONGEST_RECORDING_S else 0.0
        label = " ".join(dict.fromkeys(kinds)) or "event"
        self.events.append(Event(onset, lasted, f"{label} (unit {unit})" if unit else label))

    def notes(self) -> list[str]:
        """Say what was left out."""
        notes = []
        notes += self._odd.words()
        if self._no_samples:
            notes.append(f"{self._no_samples.first}; the onsets were taken.")
        notes += _odd_units(list(self.onsets))
        if self._rejected:
            notes.append(f"{self._rejected} discharges marked as rejected were left out.")
        return notes


def _odd_units(labels: list[str]) -> list[str]:
    """Say which units have no number, where nearly all have one."""
    odd = [label for label in labels if not label.isdigit()]
    if not odd or len(odd) * _MOST_NUMBERED > len(labels):
        return []
    named = ", ".join(repr(label[:40]) for label in odd[:3])
    return [f"The other units have numbers; is {named} one of them?"]


def _cell(cells: list[str], at: int | None) -> str:
    return cells[at].strip() if at is not None and at < len(cells) else ""


def _is_missing(cell: str) -> bool:
    return cell.lower() in table.MISSING


def _sidecar(path: Path) -> Mapping[str, Any]:
    """Return what every ``*_emg.json`` says that holds for the table; empty where there is none."""
    return inheritance.said(path, _SIDECAR.sub("", path.stem), "_emg.json")


def _rate(
    rows: _Rows, sidecar: Mapping[str, Any], given_hz: float | None, alone: bool
) -> tuple[float | None, list[str]]:
    if given_hz is not None:
        return given_hz, [f"{RATE} {given_hz:g} Hz is the one given."]
    said = sidecar.get("SamplingFrequency", sidecar.get("EMGSamplingFrequency"))
    stated = number_said(said)
    if stated > 0 or (alone and isinstance(said, int | float)):
        return checked_rate(stated, "SamplingFrequency in the sidecar"), [
            f"{RATE} {stated:g} Hz is that of the sidecar."
        ]
    onsets = np.array([t for train in rows.onsets.values() for t in train])
    samples = np.array([s for train in rows.samples.values() for s in train])
    with np.errstate(all="ignore"):
        rates = samples / onsets
    sound = np.isfinite(rates) & (onsets > 0) & (samples > 0)
    if not sound.any():
        return None, []
    # Onsets are rounded to microseconds or even milliseconds; late ones tell the rate best.
    late = sound & (onsets >= np.median(onsets[sound]))
    rate = checked_rate(float(np.median(rates[late])), "The sampling rate (sample / onset)")
    rate = float(round(rate)) if abs(rate - round(rate)) < 1e-4 * rate else rate
    return rate, [f"{RATE} {rate:g} Hz follows from samples and onsets."]


def _exact(onsets: Any, samples: Any, fs_hz: float) -> Any:
    """Return sample / rate, which is exact, where all that are known agree with rounded onsets."""
    with np.errstate(all="ignore"):
        exact = samples / fs_hz
        agree = ~np.isfinite(exact) | (np.abs(exact - onsets) <= 0.5 / fs_hz)
    return np.where(np.isfinite(exact), exact, onsets) if agree.all() else onsets


def write(recording: Recording, path: Path) -> None:
    """Write a row a discharge or event, in order of time."""
    units = recording.units
    refuse_untold(units, "unit_id")
    rate = units.fs_hz
    rows: list[tuple[float, list[Any]]] = []
    for label, train in zip(units.labels, units.times_s, strict=True):
        for time in train.tolist():
            sample = "n/a" if rate is None else round(time * rate)
            rows.append((time, [repr(time), 0, sample, safe_cell(label), SPIKE]))
    for event in recording.events:
        sample = "n/a" if rate is None else round(event.onset_s * rate)
        cells = [
            repr(float(event.onset_s)),
            event.duration_s,
            sample,
            "n/a",
            safe_cell(event.label),
        ]
        rows.append((event.onset_s, cells))
    with path.open("w", encoding="utf-8", newline="") as stream:
        sheet = csv.writer(stream, delimiter="\t", lineterminator="\n")
        sheet.writerow(["onset", "duration", "sample", "unit_id", "event_type"])
        sheet.writerows(cells for _, cells in sorted(rows, key=lambda row: row[0]))


def losses(recording: Recording) -> tuple[str, ...]:
    """Return what the table can't hold of a recording."""
    lost = common_losses(recording, events=True)
    silent = [
        label
        for label, train in zip(recording.units.labels, recording.units.times_s, strict=True)
        if not len(train)
    ]
    if silent:
        lost.append(f"Units without discharges are left out: {', '.join(silent)}.")
    if recording.units.quality:
        lost.append(f"Quality figures are left out: {', '.join(recording.units.quality)}.")
    lost.append("The window of observation is left out; it will end at the last discharge.")
    return tuple(lost)


FORMATS.add(
    Format(
        name="bids",
        title="BIDS-EMG events",
        description="BIDS-EMG style events .tsv with onset, sample, unit_id and event_type",
        rank=10,  # before csv, which has columns of units and times as well
        endings=(".tsv",),
        holds="units, events",
        recognizes=recognizes,
        read=read,
        write=write,
        losses=losses,
    )
)
