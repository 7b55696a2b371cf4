"""What samples are packed in, made without renshaw."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import scipy.io


def cell(items: Sequence[Any]) -> Any:
    """Return a MATLAB cell row."""
    row = np.empty((1, len(items)), dtype=object)
    for i, item in enumerate(items):
        row[0, i] = item
    return row


def from_one(train: Sequence[float]) -> Any:
    """Return MATLAB indices as a row."""
    return np.asarray(train, dtype=float).reshape(1, -1) + 1


def write_mat5(variables: dict[str, Any], path: Path, packed: bool = True) -> None:
    """Write a MATLAB file of version 5."""
    with path.open("wb") as stream:
        scipy.io.savemat(stream, variables, do_compression=packed)


def write_mat73(variables: dict[str, Any], path: Path) -> None:
    """Write a MATLAB file of version 7.3 as MATLAB lays it out."""
    with h5py.File(path, "w", userblock_size=512) as file:
        for name, value in variables.items():
            _put73(file, file, name, value)
    head = b"MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: Sun Nov 22 2026 HDF5 schema 1.00 ."
    with path.open("r+b") as stream:
        stream.write(head.ljust(124) + b"\x00\x02IM")


def _put73(file: h5py.File, group: h5py.Group, name: str, value: Any) -> None:
    if isinstance(value, dict):
        struct = group.create_group(name)
        struct.attrs["MATLAB_class"] = np.bytes_("struct")
        for key, item in value.items():
            _put73(file, struct, key, item)
        return
    if isinstance(value, str):
        codes = np.array([[ord(letter)] for letter in value], dtype=np.uint16)
        group[name] = codes
        group[name].attrs["MATLAB_class"] = np.bytes_("char")
        return
    value = np.atleast_2d(value)
    if value.dtype == object:
        references = np.empty(value.T.shape, dtype=h5py.ref_dtype)
        store = file.require_group("#refs#")
        for index in np.ndindex(references.shape):
            key = f"{name}_{'_'.join(map(str, index))}"
            _put73(file, store, key, value.T[index])
            references[index] = store[key].ref
        kind = "cell"
        group[name] = references
    else:
        kind = "double" if value.dtype == float else "single"
        group[name] = value.T if value.size else np.array(value.shape, dtype=np.uint64)
    group[name].attrs["MATLAB_class"] = np.bytes_(kind)
    if not value.size:
        group[name].attrs["MATLAB_empty"] = np.uint8(1)


def tar(path: Path, members: dict[str, bytes]) -> None:
    """Write a plain tar archive."""
    with tarfile.open(path, "w:") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))


def integers(counts: Any, size: int) -> bytes:
    """Return little-endian integers of 2, 3 or 4 bytes."""
    steps = np.rint(counts).astype("<i4")
    if size == 3:
        return _three(steps)
    return steps.astype(f"<i{size}").tobytes()


def _three(steps: Any) -> bytes:
    return np.ascontiguousarray(
        np.ascontiguousarray(steps).view(np.uint8).reshape(*steps.shape, 4)[..., :3]
    ).tobytes()
