"""EDF, EDF+ and BDF files with raw EMG, with the tables of BIDS-EMG beside them.

Kemp & Olivan (2003), doi:10.1016/S1388-2457(03)00123-8; BioSemi's BDF differs in its 24 bits. Of a
BIDS data set, ``*_channels.tsv`` tells which channels are EMG and which are bad,
``*_electrodes.tsv`` where they lie (Brain Imaging Data Structure 1.11.0, electromyography).
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from renshaw.core.numbers import told_number
from renshaw.data.recording import Event, Recording
from renshaw.io.bids.beside import Beside
from renshaw.io.bids.inheritance import BEYOND, in_a_folder_not_named
from renshaw.io.budget import Budget
from renshaw.io.limits import MOST_EVENTS, checked_rate, checked_scale, in_words
from renshaw.io.options import spelled
from renshaw.io.probe import Probe
from renshaw.io.raw import FORCE, Channel, is_emg, raw_recording, whole_numbers
from renshaw.io.refusal import Refusal

Array = np.ndarray[Any, Any]

_MOST_CHANNELS = 4096
# Thirty years: more is no time of a recording but a damaged number.
_LONGEST_s = 1e9
# Of a list of annotations: the onset and how long they last. What was matched is never given back,
# so that a list of nothing but beginnings is read once.
_ONSET = re.compile(rb"([+-]\d++(?:\.\d*+)?+)(?:\x15(\d++(?:\.\d*+)?+))?+\x14")
_EVENT_BYTES = 250


@dataclass(frozen=True)
class _Channel:
    """One channel as the header describes it."""

    name: str
    unit: str
    low: float
    high: float
    lowest: int
    highest: int
    samples: int
    first: int


@dataclass(frozen=True)
class _Head:
    """The header of an EDF or BDF file."""

    size: int
    records: int
    seconds: float
    nbytes: int
    channels: tuple[_Channel, ...]

    @property
    def per_record(self) -> int:
        """Samples of all channels in one record."""
        return sum(channel.samples for channel in self.channels)


def recognizes(probe: Probe) -> bool:
    """Whether it begins as EDF (``0`` and spaces) or BDF (255 and BIOSEMI) do."""
    return probe.head[:8] in (b"0       ", b"\xffBIOSEMI") and len(probe.head) >= 512


def read(probe: Probe) -> Recording:
    """Read EMG, force and annotations."""
    with probe.stream() as stream:
        head = _head(stream.read(256), stream, probe.size)
        body = head.records * head.per_record * head.nbytes
        probe.budget.spend(5 * body, "The recording")
        content = stream.read(body)
    if len(content) < body:
        raise Refusal(
            f"The file is truncated: {in_words(body)} of data are promised, "
            f"{in_words(len(content))} are there. Copy it again"
        )
    numbers = whole_numbers(content, head.nbytes, head.per_record)
    beside = Beside(probe.path)
    sheet = beside.rows("channels")
    emg: list[Channel] = []
    inside: list[Channel] = []
    others: list[Channel] = []
    for channel in head.channels:
        if "annotations" in channel.name.lower() or channel.samples == 0:
            continue
        made = beside.whole(_values(channel, numbers, head))
        if not _is_emg(made, sheet):
            others.append(made)
        else:
            (inside if beside.is_intramuscular(made) else emg).append(made)
    notes = ["EDF/BDF recording."]
    if sheet:
        notes.append("Kinds of channels are those of the BIDS table of channels.")
    if in_a_folder_not_named(probe.path):
        notes.append(BEYOND)
    notes += _contradictions(beside.contradictions([*emg, *inside, *others]))
    named = [beside.named(channel) for channel in emg]
    others = [beside.named(channel) for channel in others]
    events = [*_events(head, numbers, probe.budget, notes), *beside.events()]
    recording = raw_recording(
        named,
        others,
        budget=probe.budget,
        grids=beside.grids(emg),
        events=events,
        notes=notes,
        intramuscular=[beside.named(channel) for channel in inside],
    )
    return beside.with_units(dataclasses.replace(recording, participant=beside.participant))


def _contradictions(found: Mapping[str, tuple[str, str]]) -> list[str]:
    """Return what to say of channels whose unit in the file the table of channels corrects."""
    said = []
    for header, stated in dict.fromkeys(found.values()):
        names = [name for name, units in found.items() if units == (header, stated)]
        which = f"the channel {names[0]!r}"
        if len(names) > 1:
            which = f"{len(names)} channels, {names[0]!r} the first,"
        words = (
            f"The unit of {which} is {stated}, as the table of channels says; the header of the "
            f"file says {header}."
        )
        if any(FORCE.search(name) for name in names):
            words += f" If the file is right, say {spelled('torque_unit', header)}."
        said.append(words)
    return said


def _head(fixed: bytes, stream: Any, size: int) -> _Head:
    bdf = fixed[0] == 0xFF
    header_bytes, count = (
        _whole(fixed[184:192], "size of the header"),
        _whole(fixed[252:256], "number of channels"),
    )
    if not 1 <= count <= _MOST_CHANNELS or header_bytes != 256 * (count + 1) or header_bytes > size:
        raise Refusal(f"Its header claims {count} channels in {header_bytes} bytes; it is damaged")
    text = stream.read(256 * count)
    widths = (16, 80, 8, 8, 8, 8, 8, 80, 8, 32)
    columns, pos = [], 0
    for width in widths:
        columns.append(
            [
                text[pos + i * width : pos + (i + 1) * width].decode("latin-1").strip()
                for i in range(count)
            ]
        )
        pos += width * count
    nbytes = 3 if bdf else 2
    channels, first = [], 0
    for i in range(count):
        samples = _whole(columns[8][i].encode(), "samples in a record")
        channels.append(
            _Channel(
                name=columns[0][i],
                unit=columns[2][i],
                low=_number(columns[3][i]),
                high=_number(columns[4][i]),
                lowest=_whole(columns[5][i].encode(), "digital minimum"),
                highest=_whole(columns[6][i].encode(), "digital maximum"),
                samples=samples,
                first=first,
            )
        )
        first += samples
        if samples < 0 or first * nbytes > size:
            raise Refusal("A record of its data is larger than the file; it is damaged")
    seconds = _number(fixed[244:252].decode("latin-1"))
    records = _whole(fixed[236:244], "number of records")
    if first == 0 or seconds <= 0:
        raise Refusal("Its records hold no samples, or last no time; it is damaged")
    fitting = (size - header_bytes) // (first * nbytes)
    # -1 stands for a recording that was not closed.
    records = fitting if records < 0 else records
    if records > fitting:
        raise Refusal("The file is truncated: it has fewer records than it claims. Copy it again")
    return _Head(size, records, seconds, nbytes, tuple(channels))


def _whole(text: bytes, what: str) -> int:
    try:
        return int(text.decode("latin-1").replace("_", "?").strip())
    except ValueError:
        raise Refusal(f"The {what} in its header is no number; it is damaged") from None


def _number(text: str) -> float:
    try:
        value = told_number(text.strip())
    except ValueError:
        raise Refusal(f"{text.strip()[:20]!r} in its header is no number; it is damaged") from None
    if not np.isfinite(value):
        raise Refusal("A number in its header is not finite; it is damaged")
    return value


def _values(channel: _Channel, numbers: Array, head: _Head) -> Channel:
    steps = numbers[:, channel.first : channel.first + channel.samples].ravel()
    span = channel.highest - channel.lowest
    if span == 0:
        raise Refusal(f"The channel {channel.name!r} has no digital range; it is damaged")
    scale = checked_scale(
        (channel.high - channel.low) / span,
        f"The physical range of the channel {channel.name!r} (maximum less minimum, per step)",
    )
    # Wider first: 24 bits and their offset are more than a float32 holds.
    values = ((steps.astype(float) - channel.lowest) * scale + channel.low).astype(np.float32)
    fs_hz = checked_rate(channel.samples / head.seconds, f"The sampling rate of {channel.name}")
    return Channel(channel.name, channel.unit, values, fs_hz)


def _is_emg(channel: Channel, sheet: Mapping[str, Mapping[str, str]]) -> bool:
    if channel.name in sheet:
        return sheet[channel.name].get("type", "").upper() == "EMG"
    return is_emg(channel.name, channel.unit)


def _events(head: _Head, numbers: Array, budget: Budget, notes: list[str]) -> list[Event]:
    """Return the annotations of EDF+ and BDF+; a time that none can be is left out, with a note."""
    events: list[Event] = []
    lost = 0
    for channel in head.channels:
        if "annotations" not in channel.name.lower():
            continue
        steps = numbers[:, channel.first : channel.first + channel.samples]
        little = np.ascontiguousarray(steps.astype("<i4")).view(np.uint8)
        kept = little.reshape(len(steps), channel.samples, 4)[:, :, : head.nbytes]
        for onset_s, lasted_s, words in _annotations(kept.tobytes()):
            budget.step("Its annotations")
            budget.spend(_EVENT_BYTES + len(words), "Its annotations")
            if max(abs(onset_s), lasted_s) > _LONGEST_s:
                lost += 1
                continue
            events.append(Event(onset_s, lasted_s, words))
            if len(events) > MOST_EVENTS:
                raise Refusal(f"It holds more than {MOST_EVENTS:,} annotations")
    if lost:
        were = "annotation was" if lost == 1 else "annotations were"
        notes.append(f"{lost:,} {were} left out, at times that no recording has.")
    return events


def _annotations(content: bytes) -> Iterator[tuple[float, float, str]]:
    """Yield onset and duration (s) and words of the annotations in lists that end with 0."""
    *lists, _ = content.split(b"\0")
    for each in lists:
        found = _ONSET.search(each) if each.endswith(b"\x14") else None
        if found is None:
            continue
        onset_s, lasted_s = float(found[1]), float(found[2] or 0)
        # What follows the last sign is nothing.
        for word in filter(None, each[found.end() :].split(b"\x14")):
            yield onset_s, lasted_s, word.decode("utf-8", "replace")
