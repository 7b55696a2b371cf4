"""What R saves, written as R's own serialization lays it out: big-endian, version 2."""

from __future__ import annotations

import bz2
import gzip
import lzma
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from samples._units import FS_HZ, TORQUE, Sample, Trains

NOTHING = struct.pack(">i", 254)


def _text(word: str) -> bytes:
    return struct.pack(">2i", 9 | 0x40000, len(word)) + word.encode()


def pairs(values: dict[str, bytes]) -> bytes:
    """Return named values as R writes them, one after the other."""
    rows = [struct.pack(">2i", 2 | 0x400, 1) + _text(name) + v for name, v in values.items()]
    return b"".join(rows) + NOTHING


def strings(words: list[str]) -> bytes:
    """Return a vector of texts."""
    return struct.pack(">2i", 16, len(words)) + b"".join(map(_text, words))


def item(value: Any, attributes: dict[str, bytes] | None = None) -> bytes:
    """Return numbers, texts, a list or a mapping (a named list) as R writes them."""
    said = dict(attributes or {})
    if isinstance(value, dict):
        return item(list(value.values()), {**said, "names": strings(list(value))})
    tail = pairs(said) if said else b""
    flag = 0x200 if said else 0
    if isinstance(value, np.ndarray):
        kind, layout = (13, ">i4") if value.dtype.kind in "iu" else (14, ">f8")
        body = value.astype(layout).tobytes()
        return struct.pack(">2i", kind | flag, value.size) + body + tail
    if value and isinstance(value[0], str):
        return strings(value)
    return struct.pack(">2i", 19 | flag, len(value)) + b"".join(map(item, value)) + tail


def stream(body: bytes, named: bool = False) -> bytes:
    """Return a whole stream, of one value (.rds) or of named ones (.rda)."""
    head = b"X\n" + struct.pack(">3i", 2, 0x00040301, 0x00020300)
    return (b"RDX2\n" if named else b"") + head + body


def units_of(trains: Trains, fs_hz: float) -> dict[str, Any]:
    """Return a list with one vector a unit, the rate and the torque."""
    times = [np.asarray(train, dtype=float) / FS_HZ for train in trains]
    return {"units": times, "fs": np.array([fs_hz]), "force": TORQUE}


def _rds(pack: Callable[[bytes], bytes]) -> Callable[[Path, Trains, float], None]:
    def write(path: Path, trains: Trains, fs_hz: float) -> None:
        path.write_bytes(pack(stream(item(units_of(trains, fs_hz)))))

    return write


def _rda(path: Path, trains: Trains, fs_hz: float) -> None:
    parts = {name: item(value) for name, value in units_of(trains, fs_hz).items()}
    path.write_bytes(gzip.compress(stream(pairs(parts), named=True), mtime=0))


SAMPLES = (
    Sample("r", _rds(lambda content: gzip.compress(content, mtime=0)), faults=False),
    Sample("r-plain", _rds(bytes), faults=False),
    Sample("r-bzip2", _rds(bz2.compress), faults=False),
    Sample("r-xz", _rds(lzma.compress), faults=False),
    Sample("r-rda", _rda, faults=False),
)
