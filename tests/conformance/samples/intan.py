"""Files of Intan's RHD amplifiers."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from samples._raw import CHANNELS, FS_HZ, RawSample, emg_uv, force
from samples._raw import SAMPLES as LENGTH


def _qstring(text: str) -> bytes:
    raw = text.encode("utf-16-le")
    return struct.pack("<I", len(raw)) + raw


def intan(path: Path) -> None:
    """Write an Intan file of version 2 with one port and one analog input."""
    head = b"\x02\x27\x91\xc6" + struct.pack("<hhf", 2, 0, FS_HZ)
    head += struct.pack("<h6fh2f", 0, *[0.0] * 6, 0, 0.0, 0.0)
    head += _qstring("") * 3 + struct.pack("<hh", 0, 0) + _qstring("n/a")

    def channel(name: str, kind: int) -> bytes:
        order = struct.pack("<6h", 0, 0, kind, 1, 0, 0)
        return _qstring(name) * 2 + order + struct.pack("<4h2f", 0, 0, 0, 0, 0.0, 0.0)

    port = b"".join(channel(f"A-{i:03d}", 0) for i in range(CHANNELS))
    head += struct.pack("<h", 2)
    head += _qstring("Port A") + _qstring("A") + struct.pack("<3h", 1, CHANNELS, CHANNELS) + port
    head += _qstring("Board ADC") + _qstring("ADC") + struct.pack("<3h", 1, 1, 0)
    head += channel("force", 3)
    emg = np.rint(emg_uv() / 0.195 + 32768).astype("<u2")
    analog = np.rint(force() / 0.000050354).astype("<u2")
    blocks = b""
    for first in range(0, LENGTH, 128):
        block = slice(first, first + 128)
        blocks += np.arange(first, first + 128, dtype="<i4").tobytes()
        blocks += np.ascontiguousarray(emg[block].T).tobytes() + analog[block].tobytes()
    path.write_bytes(head + blocks)


SAMPLES = (RawSample("intan", intan, 0.1),)
