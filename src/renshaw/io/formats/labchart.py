"""MATLAB files that LabChart (ADInstruments) exports: all channels and blocks in one row.

``data`` holds one channel and block after the other, from ``datastart`` to ``dataend`` (channels x
blocks, from 1); ``titles`` and ``unittext`` name them, ``samplerate`` is theirs (Hz), ``com`` and
``comtext`` are the comments.

Source: ADInstruments, "What is the format of exported MATLAB files?".
"""

from __future__ import annotations

from typing import Any

import numpy as np

from renshaw.data.recording import Event, Recording
from renshaw.io.containers import matlab
from renshaw.io.format import FORMATS, Format
from renshaw.io.limits import MOST_EVENTS, checked_rate
from renshaw.io.options import spelled
from renshaw.io.probe import Probe
from renshaw.io.raw import Channel, is_emg, raw_recording
from renshaw.io.refusal import Refusal

Array = np.ndarray[Any, Any]

_NAMES = {"data", "datastart", "dataend", "titles", "samplerate"}


def recognizes(probe: Probe) -> bool:
    """Whether there are data with starts and ends, titles and rates."""
    return probe.matlab is not None and set(probe.matlab.kinds) >= _NAMES


def read(probe: Probe) -> Recording:
    """Read the EMG, the force and other channels, and the comments of one block."""
    file = probe.matlab
    starts, ends, rates = (
        _matrix(file.load(name), name) for name in ("datastart", "dataend", "samplerate")
    )
    if starts.shape != ends.shape or len(rates) != len(starts):
        raise Refusal("Its datastart, dataend and samplerate do not fit each other; it is damaged")
    notes = ["LabChart file."]
    block = _block(starts, ends, probe.options.variable, notes)
    data = matlab.vector(file.load("data"))
    titles = matlab.texts(file.load("titles"))
    units = matlab.texts(matlab.load(file, "unittext"))
    which = matlab.load(file, "unittextmap")
    emg: list[Channel] = []
    others: list[Channel] = []
    for i, (start, end) in enumerate(zip(starts[:, block], ends[:, block], strict=True)):
        if not 1 <= start <= end <= data.size:
            continue
        name = titles[i].strip() if i < len(titles) else f"channel {i + 1}"
        unit = _unit(units, which, i, block)
        rate = checked_rate(rates[i, min(block, rates.shape[1] - 1)], f"The rate of {name}")
        channel = Channel(name, unit, data[int(start) - 1 : int(end)], rate)
        (emg if is_emg(name, unit) else others).append(channel)
    events = _events(file, block)
    return raw_recording(emg, others, budget=probe.budget, events=events, notes=notes)


def _matrix(value: Any, name: str) -> Array:
    if not isinstance(value, np.ndarray) or value.ndim != 2 or value.dtype.kind not in "biuf":
        raise Refusal(f"Its {name} is no table of numbers; it is damaged")
    return value.astype(float)


def _block(starts: Array, ends: Array, wanted: str | None, notes: list[str]) -> int:
    """Return the block that a person asks for, from 0, or the longest."""
    blocks = starts.shape[1] if starts.size else 0
    if not blocks:
        raise Refusal("It holds no data. Export the channels too")
    if wanted is not None:
        number = int(wanted) if wanted.isdecimal() else 0
        if not 1 <= number <= blocks:
            raise Refusal(f"It has no block {wanted}, but {blocks}, counted from 1")
        return number - 1
    longest = int(np.argmax(np.max(ends - starts, axis=0)))
    if blocks > 1:
        notes.append(
            f"Block {longest + 1} of {blocks} was read, the longest. To read another: "
            f"{spelled('variable', '1')}."
        )
    return longest


def _unit(units: list[str], which: Any, channel: int, block: int) -> str:
    """Return the unit of a channel: units are listed once, and a table says which is whose."""
    at = channel
    if isinstance(which, np.ndarray) and which.ndim == 2 and channel < which.shape[0]:
        number = float(which[channel, min(block, which.shape[1] - 1)])
        at = int(number) - 1 if number >= 1 else -1
    return units[at].strip() if 0 <= at < len(units) else ""


def _events(file: matlab.MatFile, block: int) -> list[Event]:
    """Return the comments of a block: channel, block, tick, kind and text of each."""
    rows, words = matlab.load(file, "com"), matlab.texts(matlab.load(file, "comtext"))
    ticks = matlab.vector(matlab.load(file, "tickrate"))
    if not isinstance(rows, np.ndarray) or rows.ndim != 2 or rows.shape[1] < 5 or not ticks.size:
        return []
    if len(rows) > MOST_EVENTS:
        raise Refusal(f"It holds more than {MOST_EVENTS:,} comments")
    rate = float(ticks[min(block, ticks.size - 1)])
    events = []
    for row in rows[rows[:, 1] == block + 1]:
        at = int(row[4]) - 1
        if np.isfinite(row).all() and rate > 0 and 0 <= at < len(words):
            events.append(Event(float(row[2]) / rate, 0.0, words[at].strip()))
    return events


FORMATS.add(
    Format(
        name="labchart",
        title="LabChart",
        description="LabChart exported .mat with EMG and force",
        rank=26,
        endings=(".mat",),
        holds="raw EMG, force, other channels, comments",
        recognizes=recognizes,
        read=read,
        raw=True,
    )
)
