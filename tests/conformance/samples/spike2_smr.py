"""Files of the SON filing system (Spike2, 32 bits), written block by block.

A head of 512 bytes, 140 bytes a channel, then chains of blocks of 20 bytes and their items.
"""

from __future__ import annotations

import importlib.util
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from samples._units import FS_HZ, TORQUE, Sample, Trains

# Microseconds a tick.
TICK_US = 10
WAVE, EVENT, MARKER, SPIKES, TEXT, REAL_WAVE = 1, 3, 5, 6, 8, 9


@dataclass(frozen=True)
class Channel:
    """One channel: what it is and its blocks, as (first tick, last tick, items, content)."""

    kind: int
    title: str
    blocks: Sequence[tuple[int, int, int, bytes]]
    divide: int = 1
    extra: int = 0
    scale: float = 1.0
    offset: float = 0.0
    unit: str = ""


def _pascal(text: str, size: int) -> bytes:
    letters = text.encode("latin-1")[: size - 1]
    return (bytes([len(letters)]) + letters).ljust(size, b"\0")


def son(path: Path, channels: Sequence[Channel]) -> None:
    """Write a file of version 6."""
    starts: list[list[int]] = []
    at = -(-(512 + 140 * len(channels)) // 512) * 512
    for channel in channels:
        starts.append([])
        for *_, content in channel.blocks:
            starts[-1].append(at)
            at += 20 + len(content)
    head = struct.pack("<h", 6) + b"(C) CED 87" + b"renshaw\0"
    head += struct.pack("<3hi5h", TICK_US, 1, 0, 0, len(channels), 140, 0, 0, 0)
    head += struct.pack("<id", 2**30, 1e-6)
    content = bytearray(head.ljust(512, b"\0"))
    for channel, places in zip(channels, starts, strict=True):
        first, last = (places[0], places[-1]) if places else (-1, -1)
        about = struct.pack(
            "<hiiihhhhhh", 0, 0, first, last, len(places), channel.extra, 0, 0, 0, 0
        )
        about += _pascal("", 72) + struct.pack("<iih", 2**30, channel.divide, 0)
        about += _pascal(channel.title, 10) + struct.pack("<fBb", 0.0, channel.kind, 0)
        if channel.kind in (WAVE, SPIKES, REAL_WAVE):
            about += struct.pack("<ff", channel.scale, channel.offset) + _pascal(channel.unit, 6)
            about += struct.pack("<h", 1)
        content += about.ljust(140, b"\0")
    content = content.ljust(starts[0][0] if starts and starts[0] else len(content), b"\0")
    for number, (channel, places) in enumerate(zip(channels, starts, strict=True), 1):
        for at, (begin, end, items, data) in enumerate(channel.blocks):
            before = places[at - 1] if at else -1
            after = places[at + 1] if at + 1 < len(places) else -1
            content += struct.pack("<4i2h", before, after, begin, end, number, items) + data
    path.write_bytes(content)


def wave(title: str, values: np.ndarray, unit: str, fs_hz: float, first: int = 0) -> Channel:
    """Return a waveform of 16 bits, in blocks of 4,000 samples."""
    divide = round(1e6 / TICK_US / fs_hz)
    scale = float(np.float32(2 * np.abs(values).max() / 5.0))
    steps = np.rint(values * 6553.6 / scale).astype("<i2")
    blocks = [
        (
            first + at * divide,
            first + (min(at + 4000, len(steps)) - 1) * divide,
            len(steps[at : at + 4000]),
            steps[at : at + 4000].tobytes(),
        )
        for at in range(0, len(steps), 4000)
    ]
    return Channel(WAVE, title, blocks, divide, scale=scale, unit=unit)


def ticks(times_s: Sequence[float]) -> np.ndarray:
    """Return times in ticks."""
    return np.rint(np.asarray(times_s, dtype=float) * 1e6 / TICK_US).astype("<i4")


def timed(kind: int, title: str, times_s: Sequence[float], codes: Sequence[int] = ()) -> Channel:
    """Return events, or markers with a code each."""
    order = np.argsort(times_s, kind="stable")
    at = ticks(times_s)[order]
    parts = [("tick", "<i4"), ("marker", "<i4"), ("shape", "<i2", (4,))]
    items = np.zeros(len(at), parts[: {EVENT: 1, MARKER: 2, SPIKES: 3}[kind]])
    items["tick"] = at
    if kind != EVENT:
        items["marker"] = np.asarray(codes)[order]
    half = -(-len(at) // 2)
    blocks = [
        (int(part["tick"][0]), int(part["tick"][-1]), len(part), part.tobytes())
        for part in (items[:half], items[half:])
        if len(part)
    ]
    return Channel(kind, title, blocks, extra=8 if kind == SPIKES else 0, unit="mV")


def force() -> Channel:
    """Return the torque that every sample holds, as numbers with fractions."""
    coarse = wave("Force", TORQUE, "N", FS_HZ)
    values = TORQUE.astype("<f4")
    blocks = [
        (begin, end, items, values[4000 * at : 4000 * at + items].tobytes())
        for at, (begin, end, items, _) in enumerate(coarse.blocks)
    ]
    return replace(coarse, kind=REAL_WAVE, blocks=blocks)


def _spikes(path: Path, trains: Trains, fs_hz: float) -> None:
    times = [at / FS_HZ for train in trains for at in train]
    codes = [unit for unit, train in enumerate(trains, 1) for _ in train]
    son(path, [force(), timed(SPIKES, "nw-3", times, codes)])


def _events(path: Path, trains: Trains, fs_hz: float) -> None:
    units = [
        timed(EVENT, f"MU {unit}", [at / FS_HZ for at in train])
        for unit, train in enumerate(trains, 1)
    ]
    son(path, [force(), *units, timed(MARKER, "Keyboard", [0.5], [65])])


HAVE = importlib.util.find_spec("neo") is not None
HELD = {"rate": False, "faults": False}
SAMPLES = (
    Sample("smr", _spikes, silent=False, **HELD),
    Sample("smr-events", _events, **HELD),
)[: 2 * HAVE]
