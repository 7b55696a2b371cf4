"""HDF5 files opened so that they can't reach outside themselves or claim what isn't there."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from renshaw.io.budget import Budget
from renshaw.io.containers.inflate import ZLIB, inflated_head
from renshaw.io.limits import FREE_BYTES, MOST_VARIABLES
from renshaw.io.refusal import Refusal

# What MATLAB, h5py and renshaw pack with; each of these gives back what went in.
_FILTERS = {h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_FLETCHER32}
_FILTERS |= {h5py.h5z.FILTER_LZF}
# Deflate unfolds 1032 times at most, so a packed chunk of this size can't become very large.
_SAFE_BYTES = FREE_BYTES // 1032

# MATLAB's classes and our own windows and rates are single texts and numbers.
_MOST_ATTRIBUTE_VALUES = 16
_LARGEST_ATTRIBUTE_BYTES = 4096


def open_hdf5(path: Path) -> h5py.File:
    """Open a file for reading, without locking it."""
    try:
        return h5py.File(path, "r", locking=False)
    except (OSError, RuntimeError, ValueError, KeyError) as error:
        reason = str(error).split("(")[-1].rstrip(")")
        raise Refusal(
            f"The HDF5 file is truncated or damaged ({reason}). Copy or export it again"
        ) from None


def names(group: Any) -> list[str]:
    """Return the names in a group."""
    if len(group) > MOST_VARIABLES:
        raise Refusal(f"{group.name} holds more than {MOST_VARIABLES:,} entries")
    return [str(name) for name in group]


def member(group: Any, name: str, link: Any = None) -> Any:
    """Return a member of a group, or None; links to elsewhere are never followed.

    A soft or external link, as well as a data set whose bytes lie in another file, could make a
    reader open a device or another person's file.
    """
    # The link alone is looked up: to list a group for each of its members has no end.
    link = group.get(name, getlink=True) if link is None else link
    if link is None:
        return None
    if not isinstance(link, h5py.HardLink):
        raise Refusal(f"{name!r} is a link to elsewhere, which is not followed")
    found = group[name]
    if isinstance(found, h5py.Dataset):
        _refuse_foreign(found)
    return found


def array(dataset: Any, budget: Budget, name: str = "") -> np.ndarray[Any, Any]:
    """Return the content of a data set after checking what it claims.

    One that was found by a reference is given its name: HDF5 looks through the whole file for it.
    """
    _refuse_foreign(dataset)
    shape = dataset.shape
    if shape is None:
        return np.zeros(0)
    what = f"The data set {name or dataset.name}"
    size = max(1, int(dataset.dtype.itemsize))
    chunk_bytes = math.prod(map(int, dataset.chunks or ())) * size if dataset.chunks else 0
    if chunk_bytes:
        # HDF5 unpacks whole chunks, which may be larger than what is asked for.
        budget.spend(max(0, chunk_bytes - math.prod(map(int, shape)) * size), what)
        _refuse_bombs(dataset, chunk_bytes, what)
    count = math.prod(map(int, shape))
    if dataset.dtype.kind == "S":
        budget.spend(2 * count * size, what)
    else:
        budget.numbers(count, size, what)
    return np.asarray(dataset[()])


def attribute(node: Any, name: str) -> Any:
    """Return an attribute (a text or a few numbers), or None where there is none.

    A damaged attribute can claim any number of values, and h5py would make room for all of them.
    Texts of variable length count as absent: they lie in HDF5's global heap, whose reader loops
    forever on some damaged files (seen with HDF5 2.0.0).
    """
    if name not in node.attrs:
        return None
    handle = h5py.h5a.open(node.id, name.encode())
    kind = handle.get_type()
    if isinstance(kind, h5py.h5t.TypeStringID):
        if kind.is_variable_str():
            return None
    elif not isinstance(kind, h5py.h5t.TypeIntegerID | h5py.h5t.TypeFloatID):
        return None
    count = handle.get_space().get_simple_extent_npoints()
    if count > _MOST_ATTRIBUTE_VALUES or kind.get_size() > _LARGEST_ATTRIBUTE_BYTES:
        raise Refusal(f"The attribute {name!r} of {node.name} claims too much; it is damaged")
    value = node.attrs[name]
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _refuse_bombs(dataset: Any, chunk_bytes: int, what: str) -> None:
    """Refuse chunks that unpack to more than a chunk, which HDF5 itself would go along with."""
    properties = dataset.id.get_create_plist()
    filters = [properties.get_filter(i)[0] for i in range(properties.get_nfilters())]
    if not set(filters) <= _FILTERS or filters.count(h5py.h5z.FILTER_DEFLATE) > 1:
        raise Refusal(f"{what} is packed in an unusual way (filters {filters}). Save it again")
    if h5py.h5z.FILTER_DEFLATE not in filters:
        return
    large: list[Any] = []
    dataset.id.chunk_iter(lambda info: large.append(info) if info.size > _SAFE_BYTES else None)
    for info in large:
        _, packed = dataset.id.read_direct_chunk(info.chunk_offset)
        if len(inflated_head(packed, ZLIB, chunk_bytes + 1)) > chunk_bytes:
            raise Refusal(f"{what} unfolds to more than it states; that is a decompression bomb")


def _refuse_foreign(dataset: Any) -> None:
    if dataset.is_virtual or dataset.external:
        raise Refusal(f"{dataset.name} keeps its data in another file, which is not opened")
