"""MATLAB files of version 7.3, which are HDF5 files with MATLAB's habits.

Dimensions are reversed, cells are arrays of references, and texts are arrays of 16-bit codes.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import h5py
import numpy as np

from renshaw.io.budget import Budget
from renshaw.io.containers import hdf5, matlab
from renshaw.io.limits import DEEPEST_NESTING
from renshaw.io.refusal import Refusal

# Of anything else only the class is told: MATLAB alone can rebuild its objects.
_REBUILT = ("number", "cell", "char", "struct")


class Mat73File:
    """The variables of one file, read on demand; values as those of `Mat5File`."""

    def __init__(self, file: Any, budget: Budget) -> None:
        self._file, self._budget = file, budget

    @cached_property
    def kinds(self) -> dict[str, str]:
        """The class of every variable by name."""
        kinds = {}
        for name in hdf5.names(self._file):
            if not name.startswith("#"):
                kinds[name] = _kind(hdf5.member(self._file, name))
        return kinds

    def fields(self, name: str) -> tuple[str, ...]:
        """Return the fields of a struct; none for anything else."""
        node = hdf5.member(self._file, name)
        return tuple(hdf5.names(node)) if _kind(node) == "struct" else ()

    def load(self, name: str) -> Any:
        """Return the value of a variable."""
        return self._value(hdf5.member(self._file, name), name, 0)

    def _value(self, node: Any, name: str, depth: int) -> Any:
        if depth > DEEPEST_NESTING:
            raise Refusal(f"{name} is nested deeper than any motor-unit file")
        kind = _kind(node)
        if kind not in _REBUILT:
            return matlab.OnlyMatlab(kind)
        if isinstance(node, h5py.Group):
            fields = hdf5.names(node)
            if _is_sparse(node):
                return self._sparse(node, name)
            self._budget.count(len(fields), name)
            return {
                field: self._value(hdf5.member(node, field), f"{name}.{field}", depth + 1)
                for field in fields
            }
        if hdf5.attribute(node, "MATLAB_empty"):
            empty = np.zeros((0, 0), dtype=object if kind == "cell" else float)
            return "" if kind == "char" else empty
        if node.dtype == h5py.ref_dtype:
            return self._cells(node, name, depth)
        values = hdf5.array(node, self._budget, name).T
        if kind == "char":
            return matlab.letters(values, self._budget, name)
        return values.real if values.dtype.kind == "c" else values

    def _sparse(self, node: Any, name: str) -> Any:
        """Return a matrix of which only the numbers that are not 0 are kept."""
        starts = hdf5.array(hdf5.member(node, "jc"), self._budget, name).ravel()
        empty = np.zeros(0)
        rows, values = (
            empty
            if (part := hdf5.member(node, kept)) is None
            else hdf5.array(part, self._budget, name)
            for kept in ("ir", "data")
        )
        shape = (int(hdf5.attribute(node, "MATLAB_sparse")), len(starts) - 1)
        return matlab.dense(rows.ravel(), starts, values.ravel(), shape, self._budget, name)

    def _cells(self, node: Any, name: str, depth: int) -> Any:
        self._budget.count(int(node.size), name)
        references = hdf5.array(node, self._budget, name)
        cells = np.empty(references.shape, dtype=object)
        for index in np.ndindex(references.shape):
            reference = references[index]
            cells[index] = np.zeros((0, 0))
            if reference:
                cells[index] = self._value(self._file[reference], name, depth + 1)
        return cells.T


def _kind(node: Any) -> str:
    """Return the class that MATLAB wrote, or that of other programs' files by their content."""
    if isinstance(node, h5py.Group):
        return "number" if _is_sparse(node) else "struct"
    if not isinstance(node, h5py.Dataset):
        return "other"
    label = str(hdf5.attribute(node, "MATLAB_class"))
    if label in ("cell", "char", "struct"):
        return label
    if hdf5.attribute(node, "MATLAB_object_decode") is not None or label == "function_handle":
        return label.replace("_", " ")
    if node.dtype == h5py.ref_dtype:
        return "cell"
    return "number" if node.dtype.kind in "biufc" else "other"


def _is_sparse(node: Any) -> bool:
    return "MATLAB_sparse" in node.attrs and isinstance(hdf5.member(node, "jc"), h5py.Dataset)
