"""What a BIDS data set keeps beside a file of raw EMG: channels, electrodes, events, units.

Brain Imaging Data Structure 1.11.0, electromyography. Sidecars are looked for beside the file and
in the folders above it, up to the data set's; of several, the one that says most of what the file's
own name says is right (the inheritance principle). Motor units are looked for among the
derivatives.
"""

from __future__ import annotations

import dataclasses
import math
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from renshaw.core.made_of import absolute, names_in, seen
from renshaw.data.grid import Grid
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Event, Recording
from renshaw.io.bids import inheritance
from renshaw.io.bids.inheritance import listed
from renshaw.io.bids.layout import MUEDIT2
from renshaw.io.bids.sheet import MEND, content_of, number_said, rows_of
from renshaw.io.containers import table
from renshaw.io.formats import bids as bids_events
from renshaw.io.formats import muedit2
from renshaw.io.limits import checked_rate
from renshaw.io.probe import Probe
from renshaw.io.raw import INTRAMUSCULAR, WAITS, Channel, to_microvolts
from renshaw.io.refusal import Refusal
from renshaw.io.trains import NO_LENGTH, NO_UNITS, holding

BIDS_VERSION = "1.11.0"
# The key of a sidecar of events under which the units are described, one by one.
UNITS = "MotorUnits"
# Columns that may say of which kind an electrode is.
_SAYING = (
    *("type", "group", "signal_electrode_group", "grid_name", "description", "material"),
    *("electrode_type", "electrodetype", "signal_electrode", "electrode_material"),
    *("electrodematerial", "placement", "placement_scheme", "placement_description"),
)
_SURFACE = re.compile(r"surface|\bs-?emg|skin|adhesive|ring|grid|array|HD-?s", re.I)
_MM = {"m": 1000.0, "cm": 10.0, "mm": 1.0}
# Rates are rounded in a header of 8 letters; the sidecar has all digits.
_SAME_RATE = 1e-4
_MOST_PIPELINES = 200


class Beside:
    """The neighborhood of a file.

    Parameters
    ----------
    path : Path
        ``..._emg.edf`` or ``..._emg.bdf``; of a file outside a data set nothing is found.

    Raises
    ------
    Refusal
        Its files are being exchanged for new ones.
    """

    def __init__(self, path: Path) -> None:
        self._path = absolute(path)
        self._stem = re.sub(r"_emg$", "", path.stem)
        inheritance.refuse_unfinished(self._path, self._stem)
        self._named: dict[str, dict[str, Mapping[str, str]]] = {}
        self._units: dict[str, str] = {}
        # What is to be said of rows of events that were left out.
        self._remarks: list[str] = []

    def rows(self, kind: str) -> dict[str, Mapping[str, str]]:
        """Return the rows of a table beside the file, by name; empty where there is none."""
        if kind not in self._named:
            found = rows_of(self._found(f"_{kind}.tsv"))
            rows = [{column.lower(): cell for column, cell in row.items()} for row in found]
            named: dict[str, Mapping[str, str]] = {}
            for row in rows:
                if named.setdefault(row.get("name", ""), row) != row and row.get("name"):
                    raise Refusal(
                        f"Its table of {kind} has {row['name']!r} twice, with different cells. "
                        "Correct it, or take it away"
                    )
            named.pop("", None)
            self._named[kind] = named
        return self._named[kind]

    @cached_property
    def about(self) -> Mapping[str, Any]:
        """What ``*_emg.json`` says."""
        return inheritance.said(self._path, self._stem, "_emg.json")

    def whole(self, channel: Channel) -> Channel:
        """Return a channel at its exact rate, without what only fills up the last record."""
        stated, lasts_s = map(self._stated, ("SamplingFrequency", "RecordingDuration"))
        fs_hz, values = channel.fs_hz, channel.values
        if abs(stated - fs_hz) <= _SAME_RATE * fs_hz:
            fs_hz = stated
        if 0 < lasts_s < len(values) / fs_hz:
            values = values[: max(1, round(lasts_s * fs_hz))]
        return dataclasses.replace(channel, fs_hz=fs_hz, values=values)

    def _stated(self, key: str) -> float:
        """Return a number of the sidecar; NaN where it says none that can be one."""
        return number_said(self.about.get(key))

    def named(self, channel: Channel) -> Channel:
        """Return a channel by its full name, unit and description, for which a header has no room.

        Where header and table contradict each other, the unit is the table's.
        """
        row = self.rows("channels").get(channel.name, {})
        name = row.get("original_name", "n/a")
        unit = row.get("units", "n/a")
        return dataclasses.replace(
            channel,
            name=channel.name if _missing(name) else name,
            unit=_unit(channel.unit.strip(), unit),
            group=channel.group or _said(row.get("description", "")),
        )

    def contradictions(self, channels: Sequence[Channel]) -> dict[str, tuple[str, str]]:
        """Return the channels whose unit header and table say differently: both, by name.

        Parameters
        ----------
        channels : sequence of Channel
            As the header has them.
        """
        found = {}
        for each in channels:
            header, named = each.unit.strip(), self.named(each)
            if header and _plain(header) != _plain(named.unit[: len(header)]):
                found[named.name] = (header, named.unit)
        return found

    @property
    def participant(self) -> str:
        """Who, as the names of a data set say; ``""`` for a file outside one."""
        who = re.match(r"sub-([A-Za-z0-9]+)(_|$)", self._stem)
        return who[1] if who is not None and self._root is not None else ""

    def is_intramuscular(self, channel: Channel) -> bool:
        """Whether the tables of channels and electrodes say that it is no surface EMG.

        Where they say nothing of it, the type of the electrodes in the sidecar does.
        """
        row = self.rows("channels").get(channel.name, {})
        place = self._place(channel.name, row)
        said = [
            *(row.get(name, "") for name in _SAYING),
            *(place.get(name, "") for name in _SAYING),
        ]
        if any(INTRAMUSCULAR.search(words) for words in (channel.name, *said)):
            return True
        if any(_SURFACE.search(words) for words in said):
            return False
        return INTRAMUSCULAR.search(str(self.about.get("ElectrodeType", ""))) is not None

    def grids(self, emg: Sequence[Channel]) -> tuple[Grid, ...]:
        """Return the grids that the channels belong to; none where the tables don't say."""
        sheet = self.rows("channels")
        rows = [sheet.get(channel.name, {}) for channel in emg]
        if not self._places and not any(rows):
            return ()
        groups = [_group(row) for row in rows]
        grids = []
        for group in dict.fromkeys(groups):
            members = [i for i, name in enumerate(groups) if name == group]
            members.sort(key=lambda i: np.nan_to_num(_number(rows[i].get("grid_order", ""))))
            places = [self._place(emg[i].name, rows[i]) for i in members]
            x, y = ([self._coordinate(row, axis) for row in places] for axis in "xy")
            faults = tuple(_fault(rows[i]) for i in members)
            named = rows[members[0]].get("grid_name", "")
            name = group if _missing(named) else named
            over = dict.fromkeys(_said(rows[i].get("target_muscle", "")) for i in members)
            muscle = next(iter(over)) if len(over) == 1 else ""
            grids.append(Grid(name, tuple(members), np.array(x), np.array(y), faults, muscle))
        return tuple(grids)

    def events(self) -> list[Event]:
        """Return the rows of ``*_events.tsv`` beside the file that are no discharges."""
        found = _found_in(self._path.with_name(f"{self._stem}_events.tsv"))
        if found is None:
            return []
        self._left_out(self._path.with_name(f"{self._stem}_events.tsv"), found[1])
        return list(found[0].events)

    def _left_out(self, path: Path, lost: Sequence[str]) -> None:
        if path == self._path.with_name(f"{self._stem}_events.tsv"):
            # Cues, or not one row: raw EMG has no units yet, and nobody expects them there.
            lost = [each for each in lost if each != NO_UNITS]
        words = [f"{path.name}: {each}" for each in lost]
        self._remarks += [each for each in words if each not in self._remarks]

    def with_units(self, recording: Recording) -> Recording:
        """Return a recording with the motor units that the derivatives, or its events, have."""
        for path in self._discharges():
            read = _found_in(path)
            if read is None:
                continue
            found, remarks = read
            self._left_out(path, remarks)
            if not (len(found.units) or _said_of_units(path)):
                continue
            notes = [f"The motor units are those of {path.name}.", *self._remarks]
            window_s = holding(recording.units.window_s, found.units.times_s, notes)
            units = _units(found.units, path, window_s)
            lost = sum(map(len, found.units.times_s)) - sum(map(len, units.times_s))
            if lost:
                were = "discharge was" if lost == 1 else "discharges were"
                notes.append(f"{lost:,} {were} left out, outside the recording.")
            kept = tuple(n for n in recording.notes if n != WAITS)
            return dataclasses.replace(
                recording,
                units=units,
                notes=(*kept, *notes),
                decomposition=found.decomposition or recording.decomposition,
            )
        return dataclasses.replace(recording, notes=(*recording.notes, *self._remarks))

    def _found(self, ending: str, *also: str) -> Path | None:
        """Return the sidecar that says most of what the file's name says, `also` included."""
        return next(iter(inheritance.held(self._path, self._stem, ending, also)), None)

    @cached_property
    def _root(self) -> Path | None:
        return inheritance.root_of(self._path)

    def _discharges(self) -> Iterator[Path]:
        """Yield what may hold the discharges: derived tables, the events, archives of MUedit2."""
        folders = [self._path.parent]
        if self._root is not None:
            inside = self._path.parent.relative_to(self._root)
            pipelines = names_in(self._root / "derivatives", r"[^.].*")
            if len(pipelines) > _MOST_PIPELINES:
                raise Refusal(
                    f"Its data set has {len(pipelines):,} folders of derivatives; among "
                    f"{_MOST_PIPELINES} motor units are looked for. Move the others away"
                )
            folders += [pipeline / inside for pipeline in pipelines]
        for folder in folders:
            yield from sorted(listed(folder, "_events.tsv", f"{self._stem}_desc-"))
        for folder in (*folders[1:], folders[0]):
            yield folder / f"{self._stem}_events.tsv"
        for folder in folders:
            for ending in MUEDIT2:
                yield folder.parent / "decomp" / f"{self._stem}{ending}"

    @cached_property
    def _places(self) -> dict[str, list[Mapping[str, str]]]:
        """Rows of the table of electrodes by name; two grids may both have an E1."""
        places: dict[str, list[Mapping[str, str]]] = {}
        for row in rows_of(self._found("_electrodes.tsv")):
            lower = {column.lower(): cell for column, cell in row.items()}
            places.setdefault(lower.get("name", ""), []).append(lower)
        return places

    def _place(self, name: str, row: Mapping[str, str]) -> Mapping[str, str]:
        """Return the row of the electrode of a channel; none where it can't be told which."""
        electrode = row.get("signal_electrode") or name
        named = self._places.get(electrode) or self._places.get(name) or []
        own = [place for place in named if _group(place) == _group(row)]
        return own[-1] if own else named[0] if len(named) == 1 else {}

    def _coordinate(self, row: Mapping[str, str], axis: str) -> float:
        value = table.number(row.get(axis, "n/a"))
        unit = row.get("units") or self._system(row.get("coordinate_system", ""))
        # Percents of a distance on the body are no places in mm.
        scale = _MM.get(str(unit).lower(), math.nan)
        return math.nan if value is None else value * scale

    def _system(self, name: str) -> str:
        """Return the unit of a coordinate system."""
        if name not in self._units:
            spaced = self._found("_coordsystem.json", f"space-{name}") if name else None
            found = content_of(spaced or self._found("_coordsystem.json"))
            # Several in one file, by name, as drafts of the standard had it.
            inner = found.get(name)
            system = inner if isinstance(inner, Mapping) else found
            self._units[name] = str(system.get("EMGCoordinateUnits", "mm"))
        return self._units[name]


def _said(cell: str) -> str:
    return "" if _missing(cell) else cell


def _unit(header: str, stated: str) -> str:
    """Return the unit of a channel, for which the header has room for 8 letters."""
    if _missing(stated) or _plain(stated) == _plain(header):
        return header
    if stated.startswith(header):
        return stated
    # The header scales the samples, whatever part of a volt the table likes to show.
    volts = to_microvolts(stated) is not None and to_microvolts(header) is not None
    return header if volts else stated


def _plain(unit: str) -> str:
    """Return a unit without what people spell differently: N.m, N*m, Nm; µV, uV."""
    return re.sub(r"[^\w%]", "", unit).replace("µ", "u").replace("μ", "u").lower()


def _missing(cell: str) -> bool:
    return not cell or cell.lower() in table.MISSING


def _group(row: Mapping[str, str]) -> str:
    name = row.get("group") or row.get("signal_electrode_group") or ""
    return "EMG" if _missing(name) else name


def _fault(row: Mapping[str, str]) -> str:
    if row.get("status", "").lower() != "bad":
        return ""
    why = row.get("status_description", "")
    return why if not _missing(why) else "is bad, says the table of channels"


def _found_in(path: Path) -> tuple[Recording, list[str]] | None:
    """Return the discharges and events of a table, and what was left out; None without a table.

    Raises
    ------
    Refusal
        It is there and can't be read: discharges and events would be lost.
    """
    if not os.path.lexists(seen(path)):
        return None
    if not path.exists():
        raise Refusal(f"{path.name}, beside it, leads to a file that is not there. {MEND}")
    try:
        with Probe(path) as probe:
            if path.name.endswith(MUEDIT2):
                if not muedit2.recognizes(probe):
                    raise Refusal("It is no archive of MUedit2")
                found = muedit2.read(probe)
            elif bids_events.recognizes(probe):
                found = bids_events.read_rows(probe, alone=False)
            else:
                raise Refusal("It is no table with the column onset and one of what begins then")
    except Refusal as error:
        raise Refusal(f"{path.name}, beside it, can't be read: {error}. {MEND}") from None
    return found, _of_rows(found)


def _of_rows(found: Recording) -> list[str]:
    """Return what is to be said of single discharges; the EMG tells rate and length."""
    return [n for n in found.notes if n != NO_LENGTH and not n.startswith(bids_events.RATE)]


def _said_of_units(events: Path) -> list[dict[str, str]]:
    """Return what is known of each unit, from the sidecar or from a table of units."""
    said = content_of(events.with_suffix(".json")).get(UNITS)
    if isinstance(said, list):
        units = [unit for unit in said if isinstance(unit, Mapping)]
        return [{k: "n/a" if v is None else str(v) for k, v in unit.items()} for unit in units]
    return rows_of(events.with_name(events.name.removesuffix("_events.tsv") + "_units.tsv"))


def _units(units: MotorUnits, events: Path, window_s: tuple[float, float]) -> MotorUnits:
    """Return units within the window of the EMG, with what the table of units says of them."""
    trains = dict(zip(units.labels, units.times_s, strict=True))
    flags = dict(zip(units.labels, units.flags, strict=True))
    rows = [row for row in _said_of_units(events) if row.get("unit_id")]
    if not rows:
        # An archive says itself what there is to say of its units.
        kept = tuple(t[(t >= window_s[0]) & (t <= window_s[1])] for t in units.times_s)
        fs_hz = _rate(events) or units.fs_hz
        return dataclasses.replace(units, times_s=kept, window_s=window_s, fs_hz=fs_hz)
    labels = [row["unit_id"] for row in rows]
    inside = []
    for label in labels:
        times = trains.get(label, np.zeros(0))
        inside.append(times[(times >= window_s[0]) & (times <= window_s[1])])
    known = ("unit_id", "label", "flag", "muscle")
    names = [name for name in rows[0] if name not in known]
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
        muscles=tuple(_said(row.get("muscle", "")) for row in rows),
    )


def _rate(events: Path) -> float | None:
    stated = number_said(content_of(events.with_suffix(".json")).get("SamplingFrequency"))
    return checked_rate(stated) if stated > 0 else None


def _number(cell: str) -> float:
    value = table.number(cell)
    return float("nan") if value is None else value
