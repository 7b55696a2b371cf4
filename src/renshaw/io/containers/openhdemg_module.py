"""openhdemg modules (since 0.2): a folder of binary files that ``manifest.json`` describes.

``files/RAW_SIGNAL.bin`` and the like are tables row by row, packed with gzip or not, whose shape
and type of number the manifest states; ``MUPULSES`` are the discharges of one unit after the other.

Source: openhdemg 0.2, documentation, "Save and load binary modules".
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from renshaw.core.made_of import seen
from renshaw.io.budget import Budget
from renshaw.io.containers.inflate import GZIP, inflated
from renshaw.io.limits import MOST_UNITS
from renshaw.io.probe import Probe
from renshaw.io.refusal import Refusal

MARK = ".openhdemg_module"
_TABLE, _TRAINS = "pd.DataFrame", "list_of_1D_np.ndarray"
# Ones at the discharges say what MUPULSES say, and may be hundreds of MB.
_LEFT = ("REFERENCE_MUPULSES",)

# A number in a list of Python's.
_NUMBER_BYTES = 32


def is_one(path: Path) -> bool:
    """Whether a file is the manifest of a module."""
    return path.name == "manifest.json" and seen(path.parent / MARK).is_file()


def content(manifest: Mapping[str, Any], folder: Path, budget: Budget) -> dict[str, Any]:
    """Return what a module holds, by the keys of openhdemg's files.

    Parameters
    ----------
    manifest : mapping
        Content of ``manifest.json``.
    folder : Path
        Of the module.
    budget : Budget
        Of the manifest; it grows by each file.
    """
    if not any(isinstance(entry, Mapping) for entry in manifest.values()):
        raise Refusal("It is an openhdemg module whose manifest names nothing. Save it again")
    members: dict[str, Any] = {}
    files = _Files(folder, budget)
    for key, entry in manifest.items():
        if key.startswith("_") or key in _LEFT or not isinstance(entry, Mapping):
            continue
        if key == "BINARY_MUS_FIRING" and "MUPULSES" in manifest:
            continue
        kind = entry.get("data_type")
        if kind == _TABLE:
            members[key] = _table(key, entry, files)
        elif kind == _TRAINS:
            members[key] = _trains(key, entry, files)
        elif "value" in entry or "text" in entry:
            members[key] = entry.get("value", entry.get("text"))
    return members


def _table(key: str, entry: Mapping[str, Any], files: _Files) -> Any:
    raw = files.content(key, entry)
    kind, shape = _kind(key, entry.get("endian_dtype")), entry.get("shape")
    sound = isinstance(shape, list) and all(isinstance(n, int) and n >= 0 for n in shape)
    if not sound or not isinstance(shape, list) or math.prod(shape) * kind.itemsize != len(raw):
        raise Refusal(f"Its {key} do not fit the shape that the manifest states; it is damaged")
    flat = np.frombuffer(raw, kind)
    return flat.reshape(shape, order="F") if entry.get("order") == "F" else flat.reshape(shape)


def _trains(key: str, entry: Mapping[str, Any], files: _Files) -> list[list[float]]:
    raw = files.content(key, entry)
    columns = [entry.get(name) for name in ("offsets", "lengths", "endian_dtypes")]
    if not all(isinstance(column, list) for column in columns):
        raise Refusal(f"Its manifest does not say where the {key} begin; it is damaged")
    rows = list(zip(*columns, strict=False))
    if len(rows) > MOST_UNITS:
        raise Refusal(f"It claims more than {MOST_UNITS:,} motor units")
    trains = []
    for offset, length, name in rows:
        kind = _kind(key, name)
        whole = isinstance(offset, int) and isinstance(length, int) and min(offset, length) >= 0
        if not whole or offset + length * kind.itemsize > len(raw):
            raise Refusal(f"Its {key} are shorter than the manifest states; it is damaged")
        # Trains may overlap; each becomes numbers of Python's.
        files.budget.numbers(length, _NUMBER_BYTES, f"Its {key}")
        trains.append(np.frombuffer(raw, kind, length, offset).astype(float).tolist())
    return trains


def _kind(key: str, name: Any) -> np.dtype[Any]:
    try:
        kind = np.dtype(str(name))
    except TypeError:
        kind = np.dtype(object)
    if kind.kind not in "biuf":
        raise Refusal(f"Its {key} hold no numbers ({name}). Save the module again")
    return kind


class _Files:
    """The files of a module, which lie nowhere else; each is unpacked once.

    Parameters
    ----------
    folder : Path
    budget : Budget
    """

    def __init__(self, folder: Path, budget: Budget) -> None:
        self.budget = budget
        self._folder = folder
        self._kept: dict[tuple[Path, bool], bytes] = {}

    def content(self, key: str, entry: Mapping[str, Any]) -> bytes:
        """Return the content of the file that an entry names."""
        # Windows writes its own separator.
        parts = str(entry.get("data_file_path", "")).replace("\\", "/").split("/")
        if not all(part and part not in (".", "..") and ":" not in part for part in parts):
            raise Refusal(f"The file of its {key} lies outside the module, and is not opened")
        path, packed = self._folder.joinpath(*parts), entry.get("compression") == "gzip"
        if (path, packed) not in self._kept:
            try:
                self._kept[path, packed] = self._read(path, packed, f"Its {key}")
            except Refusal as refusal:
                where = "/".join(parts)
                raise Refusal(f"The file of its {key}, {where}: {refusal}") from None
        return self._kept[path, packed]

    def _read(self, path: Path, packed: bool, what: str) -> bytes:
        with Probe(path) as probe, probe.stream() as stream:
            self.budget.grow(probe.size)
            if packed:
                return inflated(stream, probe.size, GZIP, self.budget, what)
            self.budget.spend(probe.size, what)
            return stream.read(probe.size)
