"""EDF+ and BDF+."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from samples._containers import integers
from samples._raw import CHANNELS, FS_HZ, RawSample, emg_uv, force
from samples._raw import SAMPLES as LENGTH


def edf(path: Path, bdf: bool = False) -> None:
    """Write EDF+ or BDF+ of 8 records with eight EMG channels, a force and annotations."""
    names = [f"EMG{i + 1}" for i in range(CHANNELS)] + ["Force"]
    names += ["BDF Annotations" if bdf else "EDF Annotations"]
    units = ["uV"] * CHANNELS + ["V", ""]
    highs = [2000.0] * CHANNELS + [5.0, 1.0]
    top = 2**23 - 1 if bdf else 2**15 - 1
    records, per = 8, LENGTH // 8
    count = len(names)

    def column(values: list[Any], width: int) -> bytes:
        return b"".join(str(v)[:width].ljust(width).encode() for v in values)

    head = (b"\xffBIOSEMI" if bdf else b"0       ") + b" " * 176
    head += column([256 * (count + 1)], 8) + column(["EDF+C"], 44)
    head += column([records, per / FS_HZ], 8) + column([count], 4)
    head += column(names, 16) + column([""] * count, 80) + column(units, 8)
    head += column([f"{-h:g}" for h in highs], 8) + column([f"{h:g}" for h in highs], 8)
    head += column([-top] * count, 8) + column([top] * count, 8) + column([""] * count, 80)
    head += column([per] * count, 8) + column([""] * count, 32)
    physical = np.column_stack([emg_uv(), force()])
    steps = np.rint(physical / np.array(highs[:-1]) * top)
    size = 3 if bdf else 2
    body = b""
    for record in range(records):
        block = slice(record * per, (record + 1) * per)
        for i in range(count - 1):
            body += integers(steps[block, i : i + 1], size)
        mark = f"+{record * per / FS_HZ:g}\x14\x14\0".encode()
        if record == 2:
            mark += b"+0.125\x150.5\x14go\x14\0"
        body += mark.ljust(per * size, b"\0")
    path.write_bytes(head + body)


SAMPLES = (
    RawSample("edf", edf, 0.1),
    RawSample("bdf", lambda path: edf(path, bdf=True), 0.01),
)
