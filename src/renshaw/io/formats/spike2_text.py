"""Text that Spike2 (Cambridge Electronic Design) exports: a block a channel.

``"CHANNEL"`` and its number begin a block; its kind, comment and title follow, then times (events),
times with codes (markers, sorted spikes) or samples after ``"START"``, time and interval
(waveforms). An event channel is a unit, and so is every code of a WaveMark channel; markers of the
keyboard and of digital inputs are events.

Sources: files that Spike2 exported, quoted by FieldTrip and by the NeuroMat and meabench projects.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from renshaw.data.recording import Event, Recording
from renshaw.data.signal import Signal
from renshaw.io.format import FORMATS, Format
from renshaw.io.limits import LARGEST_MATRIX_BYTES, MOST_EVENTS, MOST_UNITS, checked_rate, in_words
from renshaw.io.probe import Probe
from renshaw.io.raw import WAITS, Channel, raw_recording
from renshaw.io.refusal import Refusal
from renshaw.io.tables.names import column_of
from renshaw.io.trains import motor_units

_MARK = re.compile(r'\A\s*+"?INFORMATION"?[ \t\r]*+$', re.M)
_CHANNEL = re.compile(r'^"?CHANNEL"?[\t ,]+"?(\d+)"?[^\n]*$', re.M)
_TIMES = re.compile(r"evt|event", re.I)
_NO_UNITS = re.compile(r"keyboard|digmark|stim|trig|sync|pulse|button", re.I)
_NUMBER = re.compile(r"[+-]?(?:\d++\.?\d*+|\.\d++)(?:[eE][+-]?\d++)?+")


def recognizes(probe: Probe) -> bool:
    """Whether it begins with INFORMATION, and a summary or a channel follows."""
    head = probe.text_head[:4096]
    found = _MARK.match(head)
    return found is not None and re.search(r'^"?(?:SUMMARY|CHANNEL)"?', head, re.M) is not None


def read(probe: Probe) -> Recording:
    """Read units, waveforms and events."""
    if len(probe.content) > LARGEST_MATRIX_BYTES:
        raise Refusal(
            f"It is a text of {in_words(len(probe.content))}; {in_words(LARGEST_MATRIX_BYTES)} are "
            "read at most. Export fewer channels, or a .mat file"
        )
    gathered = _Gathered()
    for number, lines in _blocks(probe.text):
        gathered.add(number, lines)
    return gathered.recording()


def _blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield number and lines of every channel; lines without content are left out."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    found = list(_CHANNEL.finditer(text))
    if not found:
        raise Refusal("It holds no channels. Export it from Spike2 again, with channels selected")
    for at, begin in enumerate(found):
        end = found[at + 1].start() if at + 1 < len(found) else len(text)
        lines = text[begin.end() : end].split("\n")
        yield begin[1], [line for line in lines if line.strip()]


@dataclass
class _Gathered:
    """What was found, channel by channel."""

    trains: dict[str, Any] = field(default_factory=dict)
    waves: list[tuple[Channel, float]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def add(self, number: str, lines: list[str]) -> None:
        """Take in one channel."""
        kind = _unquoted(lines[0]) if lines else ""
        begin = next((at for at, line in enumerate(lines[1:], 1) if _is_content(line)), len(lines))
        # Kind, comment, title; a waveform says its unit after them.
        heads = [_unquoted(line.split("\t")[0]) for line in lines[1:begin]]
        title = (heads[1] if len(heads) > 1 else "") or f"channel {number}"
        rows = lines[begin:]
        if kind.casefold().startswith("wavemark"):
            self._add_coded(title, rows, marked=any("WAVMK" in row for row in rows))
        elif kind.casefold().startswith("wave") or any("START" in row[:8] for row in rows[:1]):
            self._add_wave(number, title, heads[2] if len(heads) > 2 else "", rows)
        elif _TIMES.search(kind):
            times = np.array([row[0] for row in map(_numbers, rows) if row])
            if _NO_UNITS.search(title):
                self._add_events(title, times.tolist())
            else:
                self._add_train(title, times)
        elif kind.casefold().startswith("textmark") or _NO_UNITS.search(title):
            self._add_events(title, [row[0] for row in map(_numbers, rows) if row])
        else:
            self._add_coded(title, rows, marked=False)

    def _add_train(self, label: str, times: Any) -> None:
        while label in self.trains:
            label = f"{label}'"
        if len(self.trains) >= MOST_UNITS:
            raise Refusal(f"It claims more than {MOST_UNITS:,} motor units")
        self.trains[label] = times

    def _add_coded(self, title: str, rows: list[str], marked: bool) -> None:
        """Add a unit for every code; without codes the channel is one unit."""
        codes: dict[int, list[float]] = {}
        for row in rows:
            if marked and "WAVMK" not in row:
                continue  # a sample of the shape of a spike
            numbers = _numbers(row)
            if not numbers:
                continue
            time, *rest = numbers
            # The interval between samples stands before the codes of a WaveMark.
            code = next((int(value) for value in rest if value == int(value)), 0)
            codes.setdefault(code, []).append(time)
        for code, times in sorted(codes.items()):
            if code == 0 and len(codes) > 1:
                self.said.append(
                    f"{len(times):,} spikes of {title!r} that belong to no unit left out."
                )
                continue
            label = title if len(codes) == 1 and code == 0 else f"{title} {code}"
            self._add_train(label, np.array(times))

    def _add_events(self, title: str, times: list[float]) -> None:
        if len(self.events) + len(times) > MOST_EVENTS:
            raise Refusal(f"It holds more than {MOST_EVENTS:,} events")
        self.events += [Event(time, 0.0, title) for time in times]

    def _add_wave(self, number: str, title: str, unit: str, rows: list[str]) -> None:
        starts = [at for at, row in enumerate(rows) if "START" in row[:8]]
        if not starts:
            return
        ends = [*starts[1:], len(rows)]
        at, end = max(zip(starts, ends, strict=True), key=lambda part: part[1] - part[0])
        if len(starts) > 1:
            self.said.append(f"Channel {title!r} has gaps; its longest part was read.")
        numbers = _numbers(rows[at])
        if len(numbers) < 2 or not numbers[1] > 0:
            raise Refusal(f"Channel {number} ({title!r}) has no interval between its samples")
        fs_hz = _whole(checked_rate(1 / numbers[1], f"The rate of {title!r}"), unit)
        try:
            values = np.array(rows[at + 1 : end], dtype=float)
        except ValueError:
            raise Refusal(
                f"Channel {number} ({title!r}) holds samples that are no numbers"
            ) from None
        self.waves.append((Channel(title, unit.split("\t")[0].strip(), values, fs_hz), numbers[0]))

    def recording(self) -> Recording:
        """Return what was gathered."""
        kinds = [column_of(0, channel.name).kind for channel, _ in self.waves]
        waves = [channel for channel, _ in self.waves]
        if not self.trains:
            emg = [c for c, kind in zip(waves, kinds, strict=True) if kind == "emg"]
            if not emg:
                names = ", ".join(repr(c.name) for c in waves) or "none"
                raise Refusal(
                    "It holds no event or WaveMark channel with motor units, and no waveform that "
                    f"is EMG by its title (waveforms: {names}). Export those channels"
                )
            others = [c for c, kind in zip(waves, kinds, strict=True) if kind != "emg"]
            return raw_recording(emg, others, events=self.events, notes=self.said)
        signals: dict[str, Signal] = {}
        for (channel, start_s), kind in zip(self.waves, kinds, strict=True):
            name = "torque" if kind == "force" and "torque" not in signals else channel.name
            signals.setdefault(name, Signal(channel.values, channel.fs_hz, channel.unit, start_s))
        length_s = max((signal.end_s for signal in signals.values()), default=None)
        units, remarks = motor_units(
            list(self.trains.values()), length_s=length_s, labels=list(self.trains)
        )
        notes = tuple(note for note in (*self.said, *remarks) if note != WAITS)
        return Recording(units, signals, tuple(self.events), notes=notes)


def _is_content(line: str) -> bool:
    return line.lstrip()[:1] in "0123456789+-." or line.lstrip('" ').startswith(("START", "WAVMK"))


def _unquoted(line: str) -> str:
    return line.strip().strip('"').strip()


def _numbers(row: str) -> list[float]:
    """Return the numbers of a row, without what stands in quotes."""
    return [float(number) for number in _NUMBER.findall(re.sub(r'"[^"]*"', " ", row))]


def _whole(rate: float, unit: str) -> float:
    """Return a whole rate where the interval, which has few digits, means one."""
    return float(round(rate)) if abs(rate - round(rate)) < 2e-3 * rate else rate


def _sample(path: Path) -> None:
    lines = ['"INFORMATION"', '"trial.smrx"', '""', '"SUMMARY"']
    lines += ['"1"\t"Waveform"\t"Force"\t" N"\t100\t100\t1\t0', '"2"\t"Evt+"\t"MU 1"', ""]
    lines += ['"CHANNEL"\t"1"', '"Waveform"', '"No comment"', '"Force"', "", '" N"\t100']
    lines += ['"START"\t0.00000\t0.01000', *(f"{n / 10:.5f}" for n in range(300)), ""]
    lines += ['"CHANNEL"\t"2"', '"Evt+"', '"No comment"', '"MU 1"', ""]
    lines += [f"{0.5 + n / 10:.5f}" for n in range(20)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


FORMATS.add(
    Format(
        name="spike2_text",
        title="Spike2",
        description="Spike2 text export (.txt) of event, WaveMark and waveform channels",
        rank=32,
        endings=(".txt",),
        holds="units, force, raw EMG, events",
        recognizes=recognizes,
        read=read,
        sample=_sample,
    )
)
