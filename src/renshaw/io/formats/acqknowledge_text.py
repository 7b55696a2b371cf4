"""Text that AcqKnowledge (BIOPAC) exports: name, interval, channels, then the samples.

The lines are the name of the file, perhaps when it was recorded, ``0.5 msec/sample``, ``2
channels``, name and unit of every channel, a head (``CH1``, ``CH2``, perhaps a time before them),
perhaps the number of samples of each, and the samples, between tabs or commas.

Source: exported files as users of AcqKnowledge show them.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from renshaw.data.recording import Recording
from renshaw.io.containers import table
from renshaw.io.format import FORMATS, Format
from renshaw.io.limits import checked_rate
from renshaw.io.probe import Probe
from renshaw.io.refusal import Refusal
from renshaw.io.tables import exported

_INTERVAL = re.compile(r"^\s*([\d.,]+)\s*(m|u|µ|micro|milli)?sec/sample", re.I)
_CHANNELS = re.compile(r"^\s*(\d+)\s+channels?\b", re.I)
_HEAD = re.compile(r"^(?:\"?[^\t,;\"]*\"?[\t,;])?\"?CH\d+", re.I)
_FACTORS = {"": 1.0, "m": 1e-3, "milli": 1e-3, "u": 1e-6, "µ": 1e-6, "micro": 1e-6}
# Name and date may stand above the interval.
_LATEST = 6


def recognizes(probe: Probe) -> bool:
    """Whether one of its first lines gives an interval per sample, and the next counts channels."""
    lines = probe.text_head[:8192].splitlines()
    return _found(lines) is not None


def read(probe: Probe) -> Recording:
    """Read the channels."""
    lines = probe.text_head.splitlines()
    found = _found(lines)
    if found is None:
        raise Refusal("It has no line like '0.5 msec/sample' before one like '2 channels'")
    at, interval_s, channels = found
    rest = lines[at + 2 :]
    names = [line.strip() for line in rest[: 2 * channels : 2]]
    units = [line.strip() for line in rest[1 : 2 * channels : 2]]
    head = next((n for n, line in enumerate(lines) if n > at + 1 and _HEAD.match(line)), None)
    if len(units) < channels or head is None:
        raise Refusal(
            f"Its head of {channels} channels is not complete; it is truncated. Export it again"
        )
    # The number of samples may stand as "300" or as "300 samples".
    worded = any("samples" in line for line in lines[head + 1 : head + 2])
    sheet = exported.sheet(probe, head + 1 + worded)
    values, odd = sheet.numbers()
    first = re.split(r"[\t,;]", lines[head])[0].strip(' "').casefold()
    values = values[:, int(not first.startswith("ch")) :][:, :channels]
    if len(values) and _counts_samples(values):
        values = values[1:]
    fs_hz = checked_rate(1 / interval_s, "The rate (of the interval per sample)")
    return exported.recording(values, names, units, fs_hz, probe.options, odd)


def _found(lines: list[str]) -> tuple[int, float, int] | None:
    """Return line, interval (s) and number of channels."""
    for at, line in enumerate(lines[:_LATEST]):
        interval = _INTERVAL.match(line)
        counted = _CHANNELS.match(lines[at + 1]) if interval and at + 1 < len(lines) else None
        if interval and counted:
            seconds = table.number(interval[1], decimal_comma=True) or 0.0
            factor = _FACTORS[(interval[2] or "").casefold()]
            return (at, seconds * factor, int(counted[1])) if seconds > 0 else None
    return None


def _counts_samples(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> bool:
    """Whether the first row is the number of samples of each channel."""
    first = values[0]
    return bool(np.isfinite(first).all() and (np.abs(first - len(values) + 1) <= 1).all())


def _sample(path: Path) -> None:
    lines = ["trial.acq", "0.5 msec/sample", "2 channels", "EMG TA - EMG100C", "mV", "Force", "N"]
    lines += ["milliSec\tCH1\tCH2", "\t2000\t2000"]
    for at in range(2000):
        lines.append(f"{at / 2:g}\t{(at * 37 % 101 - 50) / 100:.3f}\t{at / 100:.3f}")
    path.write_text("\r\n".join(lines) + "\r\n", encoding="cp1252")


FORMATS.add(
    Format(
        name="acqknowledge_text",
        title="AcqKnowledge",
        description="AcqKnowledge text export (.txt, .csv)",
        rank=38,
        endings=(".txt", ".csv"),
        holds="raw EMG, force; units, where a channel holds them as zeros and ones",
        recognizes=recognizes,
        read=read,
        sample=_sample,
    )
)
