"""Spike2's own files of 32 bits (``.smr``), opened by the library neo.

Files of 64 bits (``.smrx``) are opened by no library that runs everywhere: they are exported.

Source: Cambridge Electronic Design, "The SON filing system" (its beginning); neo, ``Spike2RawIO``.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import BinaryIO

import numpy as np

from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.io.containers import labs
from renshaw.io.containers.labs import Part
from renshaw.io.format import FORMATS, Format
from renshaw.io.formats.spike2 import TimedChannel, rate_of, recording_of
from renshaw.io.options import spelled
from renshaw.io.probe import Probe
from renshaw.io.refusal import Refusal

# Every file of the SON filing system says so after the number of its version.
_MARK = b"(C) CED 87"
_EXPORT = (
    'Export it instead. In Spike2: File, Export As, file type "MATLAB data (*.mat)", all channels'
)
_COPY = "Copy it again; or, where Spike2 opens it, export it: File, Export As, MATLAB data (*.mat)"
_HEAD = 512
# Of a channel: where its chain of blocks begins and ends, their number, bytes of each shape, kind.
_ABOUT = struct.Struct("<hiiihh104sB17s")
# Of a block: the one before and the one after, first and last time, channel, items.
_BLOCK = struct.Struct("<4i2h")
_END = -1
_MOST_CHANNELS = 2000
# Files of this version count in blocks of the disk, and may be larger.
_IN_DISK_BLOCKS, _DISK_BLOCK = 9, 512
# Bytes of an item by the kind of its channel; marks with a shape or a text have more.
_ITEM = {1: 2, 2: 4, 3: 4, 4: 4, 5: 8, 9: 4}
_MARK_BYTES = 8


def recognizes(probe: Probe) -> bool:
    """Whether it says that it is of the SON filing system."""
    return probe.head[2:12] == _MARK


def read(probe: Probe) -> Recording:
    """Read spikes, a unit a code, or events, a unit a channel; and the waveforms."""
    _check(probe)
    parts = labs.parts(probe, "smr", _EXPORT)
    waves = [part for part in parts if part.about["kind"] == "wave"]
    part = _stretch(waves, probe.options.window_s)
    timed = [_timed(part) for part in parts if part.about["kind"] == "times"]
    kept = [
        (wave.about["title"] or wave.about["name"], _signal(wave))
        for wave in waves
        if wave.about["part"] == part and len(wave.arrays["values"]) > 1
    ]
    return recording_of(timed, kept, probe.options.variable)


def _check(probe: Probe) -> None:
    """Refuse a file whose chains of blocks lead nowhere, or farther than the library follows.

    It would fill what is missing with zeros, and leave out what goes on, without a word.
    """
    with probe.stream() as stream:
        (version,) = struct.unpack_from("<h", probe.head)
        (channels,) = struct.unpack_from("<h", probe.head.ljust(32, b"\0"), 30)
        if not 0 < channels <= _MOST_CHANNELS or _HEAD + channels * _ABOUT.size > probe.size:
            raise Refusal(f"Its list of channels is damaged. {_COPY}")
        for number in range(1, channels + 1):
            stream.seek(_HEAD + (number - 1) * _ABOUT.size)
            _, _, first, last, blocks, extra, _, kind, _ = _ABOUT.unpack(stream.read(_ABOUT.size))
            if kind and blocks:
                unit = _DISK_BLOCK if version == _IN_DISK_BLOCKS else 1
                item = _ITEM.get(kind, _MARK_BYTES + max(0, extra))
                _follow(
                    stream, probe.size, f"Its channel {number}", (first, last, blocks), unit, item
                )


def _follow(
    stream: BinaryIO, size: int, where: str, chain: tuple[int, int, int], unit: int, item: int
) -> None:
    """Follow the blocks of a channel to the last."""
    at, last, blocks = chain
    if blocks < 0:
        raise Refusal(f"{where} has more blocks than the library neo can count. {_EXPORT}")
    begin = at
    for _ in range(blocks):
        begin = at
        stream.seek(max(0, begin * unit))
        head = stream.read(_BLOCK.size)
        if begin <= 0 or len(head) < _BLOCK.size:
            raise Refusal(f"{where} ends within its data. {_COPY}")
        _, at, _, _, _, items = _BLOCK.unpack(head)
        if not items > 0 or stream.tell() + items * item > size:
            raise Refusal(f"{where} ends within its data. {_COPY}")
    if begin != last and at != _END:
        raise Refusal(f"{where} has more blocks than the library neo follows. {_EXPORT}")


def _timed(part: Part) -> TimedChannel:
    about, arrays = part.about, part.arrays
    return TimedChannel(
        name=about["name"],
        title=about["title"],
        times_s=arrays["times"].astype(float),
        codes=arrays.get("codes", np.zeros(0)).astype(float),
        spikes=about["spikes"],
        labels=tuple(about.get("labels", ())),
    )


def _signal(wave: Part) -> Signal:
    rate = rate_of(1 / wave.about["fs_hz"] if wave.about["fs_hz"] > 0 else 0.0)
    return Signal(wave.scaled, rate, wave.about["unit"].strip(), wave.about["start_s"])


def _stretch(waves: Sequence[Part], window_s: Sequence[float]) -> int:
    """Return the stretch between two pauses of the sampling that holds the window asked for."""
    spans: dict[int, tuple[float, float]] = {}
    for wave in waves:
        start = float(wave.about["start_s"])
        end = start + len(wave.arrays["values"]) / wave.about["fs_hz"]
        low, high = spans.get(wave.about["part"], (start, end))
        spans[wave.about["part"]] = (min(low, start), max(high, end))
    if len(spans) < 2:
        return 0
    if window_s:
        for part, (start, end) in spans.items():
            if start <= window_s[0] and window_s[1] <= end:
                return part
    shown = ", ".join(f"{start:.6g} to {end:.6g} s" for start, end in spans.values())
    first = "{:.6g} {:.6g}".format(*spans[0])
    raise Refusal(
        f"Its sampling was paused: it holds {len(spans)} stretches ({shown}). Name a window within "
        f"one of them: --window {first} ({spelled('window_s').partition('(')[2]}"
    )


FORMATS.add(
    Format(
        name="spike2_smr",
        title="Spike2",
        description="Spike2's own .smr with spikes (WaveMark), events and waveforms",
        rank=24,
        endings=(".smr",),
        holds="units, force, EMG, events",
        recognizes=recognizes,
        read=read,
        install="pip install 'renshaw[labs]'",
    )
)
