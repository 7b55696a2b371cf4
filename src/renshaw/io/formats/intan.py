"""Intan ``.rhd`` files of version 1 to 3, in each of the layouts that Intan's programs save.

"Traditional" files hold header and data; the program may begin a new one every minute or so, and
time stamps tell which follow each other. In the layouts "one file per signal type" and "one file
per channel" ``info.rhd`` is the header alone, and the data lie beside it: ``amplifier.dat`` and
``analogin.dat``, or ``amp-A-000.dat`` and ``board-ANALOG-IN-1.dat``.

Source: Intan Technologies, "RHD2000 Application note: data file formats".
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from renshaw.core.made_of import names_in
from renshaw.data.recording import Recording
from renshaw.io.budget import Budget
from renshaw.io.format import FORMATS, Format
from renshaw.io.limits import checked_rate
from renshaw.io.probe import Probe
from renshaw.io.raw import FORCE, Channel, raw_recording
from renshaw.io.refusal import Refusal

Array = np.ndarray[Any, Any]

_MAGIC = b"\x02\x27\x91\xc6"
_UV_A_STEP = 0.195
# Volts a step, and the step that is zero, of the analog inputs by mode of the board.
_ANALOG = {0: (0.000050354, 0), 1: (0.00015259, 32768), 13: (0.0003125, 32768)}
_AMPLIFIER, _AUX, _SUPPLY, _ADC, _DIGITAL_IN, _DIGITAL_OUT = range(6)
# Files of one recording end in the date and time at which each begins.
_STAMPED = re.compile(r"\A(.*_)?\d{6}_\d{6}\.rhd", re.I)
_MOST_CHANNELS = 4096
_LONGEST_TEXT = 1 << 16
# Of 4,096 channels, with their names.
_LONGEST_HEADER = 1 << 20


def recognizes(probe: Probe) -> bool:
    """Whether it begins with Intan's magic number."""
    return probe.head[:4] == _MAGIC


def read(probe: Probe) -> Recording:
    """Read the amplifier channels as EMG, a grid a port, and the analog inputs."""
    header, content = _opened(probe)
    notes = [f"Intan RHD file, version {header.version[0]}.{header.version[1]}."]
    if len(content) > header.pos:
        emg, analog = _joined(probe, header, content, notes)
    else:
        emg, analog = _beside(_Folder(probe), header, notes)
    channels = header.of(_AMPLIFIER)
    made = [
        Channel(channel.name, "uV", steps, header.fs_hz, channel.port)
        for channel, steps in zip(channels, emg, strict=True)
    ]
    volts, zero = _ANALOG.get(header.board_mode, _ANALOG[0])
    others = [
        Channel(channel.name, "V", (steps.astype(float) - zero) * volts, header.fs_hz)
        for channel, steps in zip(header.of(_ADC), analog, strict=False)
    ]
    if others and not any(FORCE.search(c.name) for c in others):
        notes.append("No analog input is named force or torque, so there is no torque.")
    return raw_recording(made, others, budget=probe.budget, notes=notes)


def _opened(probe: Probe) -> tuple[_Header, bytes]:
    with probe.stream() as stream:
        probe.budget.spend(probe.size, "The file")
        content = stream.read()
    return _Header(content), content


def _microvolts(steps: Array, zero: int) -> Array:
    return (steps.astype(np.float32) - zero) * np.float32(_UV_A_STEP)


def _joined(
    probe: Probe, header: _Header, content: bytes, notes: list[str]
) -> tuple[list[Array], list[Array]]:
    """Return amplifier (uV) and analog inputs of a file and of those in which it goes on."""
    parts = [_data(header, content, probe.budget)]
    parts += _following(probe.path, header, parts[0], notes)
    emg = [
        np.concatenate([_microvolts(part["amplifier"][:, i, :].ravel(), 32768) for part in parts])
        for i in range(len(header.of(_AMPLIFIER)))
    ]
    analog = [
        np.concatenate([part["adc"][:, i, :].ravel() for part in parts])
        for i in range(len(header.of(_ADC)))
    ]
    return emg, analog


def _data(header: _Header, content: bytes, budget: Budget) -> Array:
    layout, samples = _layout(header)
    blocks = (len(content) - header.pos) // layout.itemsize
    if blocks < 1:
        raise Refusal("It holds a header but less than one block of data. Copy it again")
    budget.spend(blocks * samples * len(header.of(_AMPLIFIER)) * 4, "The EMG")
    return np.frombuffer(content, layout, blocks, header.pos)


def _following(path: Path, header: _Header, first: Array, notes: list[str]) -> list[Array]:
    """Return the data of the files that follow, of a recording saved in one file a minute."""
    if _prefix(path.name) is None:
        return []
    stamped = names_in(path.parent, r"(?i)(.*_)?\d{6}_\d{6}\.rhd")
    others = [p for p in stamped if _prefix(p.name) == _prefix(path.name)]
    at = others.index(path) if path in others else 0
    begins = int(first["time"].flat[0])
    before = others[at - 1] if at else None
    if begins > 0 and before is not None and _next_stamp(before, header) == begins:
        notes.append(
            f"It is a part of a longer recording, which begins before it ({before.name}); read the "
            "first of its files to have all of it."
        )
        return []
    parts: list[Array] = []
    stamp = int(first["time"].flat[-1]) + 1
    for other in others[at + 1 :]:
        span = _span(other)
        part = _part(other, header) if span is not None and span[0] == stamp else None
        if part is None:
            break
        stamp = int(part["time"].flat[-1]) + 1
        parts.append(part)
    if parts:
        files = "1 further file" if len(parts) == 1 else f"{len(parts)} further files"
        notes.append(f"The recording goes on in {files}, joined here.")
    return parts


def goes_on(files: Sequence[Path]) -> set[Path]:
    """Return those of some files in which a recording goes on that began in one before.

    Parameters
    ----------
    files : sequence of Path
        Any others stand for themselves.
    """
    groups: dict[tuple[Path, str], list[Path]] = {}
    for path in sorted(files):
        if (prefix := _prefix(path.name)) is not None:
            groups.setdefault((path.parent, prefix), []).append(path)
    later: set[Path] = set()
    for group in groups.values():
        for before, path in pairwise(group):
            spans = _span(before), _span(path)
            if spans[0] and spans[1] and spans[0][1] + 1 == spans[1][0] > 0:
                later.add(path)
    return later


def _span(path: Path) -> tuple[int, int] | None:
    """Return the first and last time stamp of a file; None where it has no data of its own."""
    found = _stamps(path)
    return None if found is None else found[1]


def _stamps(path: Path) -> tuple[_Header, tuple[int, int]] | None:
    """Return the header of a file, and its first and last time stamp, without reading the rest."""
    try:
        with Probe(path) as probe:
            if not recognizes(probe):
                return None
            with probe.stream() as stream:
                header = _Header(stream.read(_LONGEST_HEADER))
                layout, samples = _layout(header)
                blocks = (probe.size - header.pos) // layout.itemsize
                if blocks < 1:
                    return None
                # Each block begins with its time stamps.
                stream.seek(header.pos)
                first = np.frombuffer(stream.read(4), "<i4")
                stream.seek(header.pos + (blocks - 1) * layout.itemsize + 4 * (samples - 1))
                last = np.frombuffer(stream.read(4), "<i4")
                return header, (int(first[0]), int(last[0]))
    except (Refusal, OSError):
        return None


def _prefix(name: str) -> str | None:
    """Return what a name says before date and time; None where it has none."""
    stamped = _STAMPED.fullmatch(name)
    return None if stamped is None else stamped[1] or ""


def _next_stamp(path: Path, header: _Header) -> int | None:
    found = _stamps(path)
    return found[1][1] + 1 if found is not None and found[0].is_like(header) else None


def _part(path: Path, header: _Header) -> Array | None:
    """Return the data of a file that has the same channels; None for any other."""
    try:
        with Probe(path) as probe:
            own, content = _opened(probe)
            return _data(own, content, probe.budget) if own.is_like(header) else None
    except Refusal:
        return None


def _beside(folder: _Folder, header: _Header, notes: list[str]) -> tuple[list[Array], list[Array]]:
    """Return amplifier (uV) and analog inputs that lie in files beside the header."""
    emg = _interleaved(folder.numbers("amplifier.dat", "<i2"), len(header.of(_AMPLIFIER)))
    if emg is not None:
        notes.append("The data lie in one file a kind of signal (amplifier.dat).")
        analog = _interleaved(folder.numbers("analogin.dat", "<u2"), len(header.of(_ADC))) or []
    else:
        emg = [_needed(folder, f"amp-{c.native}.dat") for c in header.of(_AMPLIFIER)]
        notes.append("The data lie in one file a channel (amp-*.dat).")
        found = [folder.numbers(f"board-{c.native}.dat", "<u2") for c in header.of(_ADC)]
        analog = [values for values in found if values is not None]
    if not emg:
        raise Refusal("It has no amplifier channel that was switched on")
    length = min(map(len, [*emg, *analog]))
    if length < 1:
        raise Refusal("The files beside it hold no data. Copy the whole folder again")
    folder.charge(length * len(emg))
    return [_microvolts(steps[:length], 0) for steps in emg], [steps[:length] for steps in analog]


def _needed(folder: _Folder, name: str) -> Array:
    values = folder.numbers(name, "<i2")
    if values is None:
        raise Refusal(
            f"It holds a header but no data, and beside it lies neither amplifier.dat nor {name}. "
            "Copy the whole folder that Intan's program saved"
        )
    return values


def _interleaved(flat: Array | None, channels: int) -> list[Array] | None:
    if flat is None or not channels:
        return None
    samples = len(flat) // channels
    return list(flat[: samples * channels].reshape(samples, channels).T)


class _Folder:
    """The files beside a header, each of which is read once, however many channels name it.

    Parameters
    ----------
    probe : Probe
        Of the header; its budget grows by each file.
    """

    def __init__(self, probe: Probe) -> None:
        self._folder, self._budget = probe.path.parent, probe.budget
        self._kept: dict[str, Array | None] = {}

    def numbers(self, name: str, kind: str) -> Array | None:
        """Return the integers of a file; None where there is none."""
        if "/" in name or "\\" in name:
            raise Refusal(f"Its channel {name!r} lies in another folder, which is not opened")
        if name not in self._kept:
            self._kept[name] = self._read(self._folder / name, kind)
        return self._kept[name]

    def charge(self, samples: int) -> None:
        """Take the room of samples as microvolts, before they are made."""
        self._budget.spend(4 * samples, "Its channels")

    def _read(self, path: Path, kind: str) -> Array | None:
        try:
            with Probe(path) as probe, probe.stream() as stream:
                self._budget.grow(probe.size)
                self._budget.spend(probe.size, path.name)
                content = stream.read(probe.size)
        except Refusal:
            if path.is_file() and path.stat().st_size:
                raise
            return None
        return np.frombuffer(content, kind, len(content) // 2)


@dataclass(frozen=True)
class _Input:
    """One input as the header names it."""

    port: str
    name: str
    native: str


@dataclass
class _Header:
    """What stands before the data blocks.

    Parameters
    ----------
    content : bytes
    """

    content: bytes
    pos: int = 4
    fs_hz: float = 0.0
    version: tuple[int, int] = (0, 0)
    board_mode: int = 0
    temperature: int = 0
    channels: dict[int, list[_Input]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.version = self._take("<hh")
        if not 1 <= self.version[0] <= 3:
            raise Refusal(f"It is an Intan file of version {self.version[0]}; 1 to 3 are read")
        (fs_hz,) = self._take("<f")
        self.fs_hz = checked_rate(fs_hz)
        self._take("<h6fh2f")
        for _ in range(3):
            self._text()
        if self.version >= (1, 1):
            (self.temperature,) = self._take("<h")
        if self.version >= (1, 3):
            (self.board_mode,) = self._take("<h")
        if self.version >= (2, 0):
            self._text()
        (groups,) = self._take("<h")
        for _ in range(groups):
            self._group()
        if not 0 <= self.temperature <= _MOST_CHANNELS:
            raise Refusal("Its number of temperature sensors is impossible; it is damaged")

    def is_like(self, other: _Header) -> bool:
        """Whether another file has the same channels at the same rate."""
        return self.channels == other.channels and self.fs_hz == other.fs_hz

    def of(self, kind: int) -> list[_Input]:
        """Return every channel of a kind."""
        return self.channels.get(kind, [])

    def _group(self) -> None:
        name, _ = self._text(), self._text()
        enabled, count, _ = self._take("<3h")
        for _ in range(count if enabled and count > 0 else 0):
            native, custom = self._text(), self._text()
            _, _, kind, used, _, _ = self._take("<6h")
            self._take("<4h2f")
            if used:
                self.channels.setdefault(kind, []).append(_Input(name, custom or native, native))
                if len(self.channels[kind]) > _MOST_CHANNELS:
                    raise Refusal("It claims more channels than Intan makes; it is damaged")

    def _take(self, layout: str) -> Any:
        size = struct.calcsize(layout)
        if self.pos + size > len(self.content):
            raise Refusal("The Intan file is truncated within its header. Copy it again")
        values = struct.unpack_from(layout, self.content, self.pos)
        self.pos += size
        return values

    def _text(self) -> str:
        (nbytes,) = self._take("<I")
        if nbytes == 0xFFFFFFFF:
            return ""
        if nbytes > _LONGEST_TEXT or self.pos + nbytes > len(self.content):
            raise Refusal("The Intan file is damaged: a text in its header has no end")
        text = self.content[self.pos : self.pos + nbytes].decode("utf-16-le", "replace")
        self.pos += nbytes
        return text


def _layout(header: _Header) -> tuple[np.dtype[Any], int]:
    """Return how one block of data lies in the file, and its samples."""
    samples = 60 if header.version[0] == 1 else 128
    fields: list[tuple[str, str, tuple[int, ...]]] = [("time", "<i4", (samples,))]
    for name, kind, length in (
        ("amplifier", _AMPLIFIER, samples),
        ("aux", _AUX, samples // 4),
        ("supply", _SUPPLY, 1),
    ):
        if header.of(kind):
            fields.append((name, "<u2", (len(header.of(kind)), length)))
    if header.temperature:
        fields.append(("temperature", "<i2", (header.temperature, 1)))
    if header.of(_ADC):
        fields.append(("adc", "<u2", (len(header.of(_ADC)), samples)))
    for name, kind in (("digital_in", _DIGITAL_IN), ("digital_out", _DIGITAL_OUT)):
        if header.of(kind):
            fields.append((name, "<u2", (samples,)))
    return np.dtype(fields), samples


FORMATS.add(
    Format(
        name="intan",
        title="Intan",
        description="Intan .rhd with raw EMG, version 1 to 3, in one file or split",
        rank=60,
        endings=(".rhd",),
        holds="raw EMG, a grid a port, analog inputs",
        recognizes=recognizes,
        read=read,
        raw=True,
    )
)
