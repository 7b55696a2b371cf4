"""Files of AcqKnowledge (.acq) of version 2 and 4, by Biopac's published layout."""

from __future__ import annotations

import importlib.util
import struct
from pathlib import Path

import numpy as np

from samples._raw import CHANNELS, FS_HZ, RawSample, emg_uv, force

DOUBLES, INTEGERS = (8, 1), (2, 2)
CHANNEL_HEAD, MARKER_HEAD = 112, 8


def _graph(version: int, channels: int, length: int) -> bytes:
    head = struct.pack("<hiihhhd", 0, version, length, channels, 0, 0, 1000 / FS_HZ)
    return head.ljust(length, b"\0")


def _channel(number: int, name: str, unit: str, points: int, scale: float, length: int) -> bytes:
    head = struct.pack("<ih40s4shdd", length, number, name.encode(), b"", 0, 0.0, 1.0)
    head += struct.pack("<20siddhh", unit.encode(), points, scale, 0.0, number, 0)
    return head.ljust(length, b"\0")


def _columns() -> list[tuple[str, str, np.ndarray]]:
    emg = emg_uv() / 1000
    columns = [(f"EMG {at + 1}", "mV", emg[:, at]) for at in range(CHANNELS)]
    return [*columns, ("Torque", "Nm", force())]


def acq2(path: Path) -> None:
    """Write version 2: doubles, sample by sample; two markers."""
    columns = _columns()
    content = _graph(30, len(columns), 1000)
    for number, (name, unit, values) in enumerate(columns):
        content += _channel(number, name, unit, len(values), 1.0, CHANNEL_HEAD)
    content += struct.pack("<hh", 4, 0) + struct.pack("<hh", *DOUBLES) * len(columns)
    content += np.column_stack([values for *_, values in columns]).astype("<f8").tobytes()
    texts = [(200, b"go\0"), (900, b"stop\0")]
    content += struct.pack("<ii", 0, len(texts))
    for sample, text in texts:
        content += struct.pack("<ihhh", sample, 0, 0, len(text)) + text
    path.write_bytes(content)


def acq4(path: Path) -> None:
    """Write version 4.1: integers with a scale, sample by sample."""
    columns = _columns()
    length = 4000
    content = _graph(84, len(columns), length)
    steps = []
    for number, (name, unit, values) in enumerate(columns):
        scale = float(np.abs(values).max() / 32000)
        steps.append(np.rint(values / scale).astype("<i2"))
        content += _channel(number, name, unit, len(values), scale, CHANNEL_HEAD + 42)
    content += struct.pack("<i", 4) + struct.pack("<hh", *INTEGERS) * len(columns)
    content += np.column_stack(steps).tobytes()
    content += struct.pack("<iii6s5sh", 25, 1, 0, b"", b"", 0) + struct.pack("<i", 4)
    path.write_bytes(content)


HAVE = importlib.util.find_spec("bioread") is not None
SAMPLES = (
    RawSample("acq", acq2, 0.01),
    RawSample("acq-integers", acq4, 0.05),
)[: 2 * HAVE]
