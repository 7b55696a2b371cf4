"""The variables of a MATLAB file, those in structs included, whatever their depth."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np

from renshaw.io.containers.matlab import MatFile, OnlyMatlab, spelled


class Workspace(Mapping[str, Any]):
    """Values by their paths: ``MUPulses``, ``data.fsamp``, ``units.times`` (one a unit, as a cell).

    Parameters
    ----------
    file : MatFile
    structs : collection of str, optional
        Those that are looked into; by default every one is.
    """

    def __init__(self, file: MatFile, structs: Collection[str] | None = None) -> None:
        self._file = file
        self._loaded: dict[str, Any] = {}
        self._paths: dict[str, tuple[str, ...]] = {}
        for name, kind in file.kinds.items():
            if kind in ("struct", "cell") and (structs is None or name in structs):
                self._unfold(name, (name,), self._value(name))
            else:
                self._paths[name] = (name,)

    def _unfold(self, path: str, at: tuple[str, ...], value: Any) -> None:
        fields = _fields(value)
        if not fields:
            self._paths[path] = at
        for name in fields:
            self._unfold(f"{path}.{name}", (*at, name), _column(value, name))

    def _value(self, name: str) -> Any:
        if name not in self._loaded:
            self._loaded[name] = self._file.load(name)
        return self._loaded[name]

    def __getitem__(self, path: str) -> Any:
        top, *inner = self._paths[path]
        value = self._value(top)
        for name in inner:
            value = _column(value, name)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)

    def path(self, *wanted: str, beside: str = "") -> str | None:
        """Return the path of the first wanted name, beside another path before anywhere else."""
        home = beside.rpartition(".")[0]
        for name in wanted:
            here = spelled(self, f"{home}.{name}" if home else name) or spelled(self, name)
            if here is not None:
                return here
        ends = {path: path.rpartition(".")[2] for path in self}
        for name in wanted:
            found = [path for path, end in ends.items() if end.lower() == name.lower()]
            if len(found) == 1:
                return found[0]
        return None

    def find(self, *wanted: str, beside: str = "") -> Any:
        """Return the value of the first wanted name, or None."""
        path = self.path(*wanted, beside=beside)
        return None if path is None else self[path]

    @property
    def only_matlab(self) -> dict[str, str]:
        """Class of each value that only MATLAB can open, by path."""
        return {path: value.kind for path, value in self.items() if isinstance(value, OnlyMatlab)}


def _structs(value: Any) -> list[Mapping[str, Any]]:
    """Return the structs of a struct array, or of a cell that holds nothing else."""
    if isinstance(value, np.ndarray) and value.dtype == object:
        value = list(value.ravel(order="F"))
    if isinstance(value, dict):
        return [value]
    whole = isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)
    return value if whole else []


def _fields(value: Any) -> list[str]:
    return list(dict.fromkeys(name for struct in _structs(value) for name in struct))


def _column(value: Any, name: str) -> Any:
    """Return a field of a struct; of several structs a cell with one of each."""
    structs = _structs(value)
    if len(structs) == 1:
        return structs[0].get(name)
    column = np.empty((1, len(structs)), dtype=object)
    for i, struct in enumerate(structs):
        column[0, i] = struct.get(name)
    return column
