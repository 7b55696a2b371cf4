"""Intan ``.rhd`` files of version 1 to 3, one file a recording ("traditional" format).

Source: Intan Technologies, "RHD2000 Application note: data file formats".
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from renshaw.data.recording import Recording
from renshaw.io.format import FORMATS, Format
from renshaw.io.limits import checked_rate
from renshaw.io.probe import Probe
from renshaw.io.raw import Channel, raw_recording
from renshaw.io.refusal import Refusal

Array = np.ndarray[Any, Any]

_MAGIC = b"\x02\x27\x91\xc6"
_UV_A_STEP = 0.195
# Volts a step, and the step that is zero, of the analog inputs by mode of the board.
_ANALOG = {0: (0.000050354, 0), 1: (0.00015259, 32768), 13: (0.0003125, 32768)}
_AMPLIFIER, _AUX, _SUPPLY, _ADC, _DIGITAL_IN, _DIGITAL_OUT = range(6)
_MOST_CHANNELS = 4096
_LONGEST_TEXT = 1 << 16


def recognizes(probe: Probe) -> bool:
    """Whether it begins with Intan's magic number."""
    return probe.head[:4] == _MAGIC


def read(probe: Probe) -> Recording:
    """Read the amplifier channels as EMG, a grid a port, and the analog inputs."""
    with probe.stream() as stream:
        probe.budget.spend(probe.size, "The file")
        content = stream.read()
    header = _Header(content)
    layout, samples = _layout(header)
    blocks = (len(content) - header.pos) // layout.itemsize
    if blocks < 1:
        raise Refusal("It holds a header but no data. Copy it again")
    data = np.frombuffer(content, layout, blocks, header.pos)
    probe.budget.spend(blocks * samples * len(header.of(_AMPLIFIER)) * 4, "The EMG")
    emg = []
    for i, (port, name) in enumerate(header.of(_AMPLIFIER)):
        steps = data["amplifier"][:, i, :].ravel()
        values = (steps.astype(np.float32) - 32768) * np.float32(_UV_A_STEP)
        emg.append(Channel(name, "uV", values, header.fs_hz, port))
    volts, zero = _ANALOG.get(header.board_mode, _ANALOG[0])
    others = [
        Channel(
            name, "V", (data["adc"][:, i, :].ravel().astype(float) - zero) * volts, header.fs_hz
        )
        for i, (_, name) in enumerate(header.of(_ADC))
    ]
    notes = [f"Intan RHD file, version {header.version[0]}.{header.version[1]}."]
    if others and not any("force" in c.name.lower() or "torque" in c.name.lower() for c in others):
        notes.append("No analog input is named force or torque, so there is no torque.")
    return raw_recording(emg, others, notes=notes)


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
    channels: dict[int, list[tuple[str, str]]] = field(default_factory=dict)

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

    def of(self, kind: int) -> list[tuple[str, str]]:
        """Return group and name of every channel of a kind."""
        return self.channels.get(kind, [])

    def _group(self) -> None:
        name, _ = self._text(), self._text()
        enabled, count, _ = self._take("<3h")
        for _ in range(count if enabled and count > 0 else 0):
            native, custom = self._text(), self._text()
            _, _, kind, used, _, _ = self._take("<6h")
            self._take("<4h2f")
            if used:
                self.channels.setdefault(kind, []).append((name, custom or native))
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
        description="Intan .rhd with raw EMG, version 1 to 3",
        rank=60,
        endings=(".rhd",),
        holds="raw EMG, a grid a port, analog inputs",
        recognizes=recognizes,
        read=read,
        raw=True,
    )
)
