"""HDF5 files opened so that they can't reach outside themselves or claim what isn't there."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from renshaw.io.limits import MOST_VARIABLES, Budget
from renshaw.io.refusal import Refusal


def opened(path: Path) -> h5py.File:
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


def member(group: Any, name: str) -> Any:
    """Return a member of a group, or None; links to elsewhere are never followed.

    A soft or external link, as well as a data set whose bytes lie in another file, could make a
    reader open a device or another person's file.
    """
    if name not in names(group):
        return None
    if not isinstance(group.get(name, getlink=True), h5py.HardLink):
        raise Refusal(f"{name!r} is a link to elsewhere, which is not followed")
    found = group[name]
    if isinstance(found, h5py.Dataset):
        _refuse_foreign(found)
    return found


def array(dataset: Any, budget: Budget) -> np.ndarray[Any, Any]:
    """Return the content of a data set after checking what it claims."""
    _refuse_foreign(dataset)
    shape = dataset.shape
    if shape is None:
        return np.zeros(0)
    budget.spend(
        math.prod(map(int, shape)) * max(1, int(dataset.dtype.itemsize)),
        f"The data set {dataset.name}",
    )
    return np.asarray(dataset[()])


def _refuse_foreign(dataset: Any) -> None:
    if dataset.is_virtual or dataset.external:
        raise Refusal(f"{dataset.name} keeps its data in another file, which is not opened")
