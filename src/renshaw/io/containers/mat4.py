"""MATLAB files of version 4 (``save -v4``): matrices of numbers and texts, one after the other.

Source: MathWorks, "MAT-File Format", version 4 (Level 1).
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np

from renshaw.io.budget import Budget
from renshaw.io.containers import matlab
from renshaw.io.limits import MOST_VARIABLES, in_words
from renshaw.io.refusal import Refusal

_HEAD_BYTES = 20
_NUMBERS = ("f8", "f4", "i4", "i2", "u2", "u1")
_TEXT, _SPARSE = 1, 2
_LONGEST_NAME = 64
_NAME = re.compile(rb"\A[A-Za-z][A-Za-z0-9_]*\0")


@dataclass(frozen=True)
class _Head:
    """What stands before a matrix."""

    order: str
    number: str
    kind: int
    shape: tuple[int, int]
    parts: int
    name: str
    nbytes: int

    @property
    def size(self) -> int:
        """Bytes of its numbers."""
        return self.shape[0] * self.shape[1] * self.parts * np.dtype(self.number).itemsize


def recognizes(head: bytes) -> bool:
    """Whether a file begins with the head of a matrix of this version."""
    return _head(head) is not None


def _head(head: bytes) -> _Head | None:
    if len(head) < _HEAD_BYTES + 2:
        return None
    for order, thousands in (("<", 0), (">", 1)):
        code, rows, columns, parts, length = struct.unpack_from(f"{order}5i", head)
        digits = [int(digit) for digit in f"{code:04d}"] if 0 <= code < 10_000 else [9]
        if digits[0] != thousands or digits[1] or digits[2] >= len(_NUMBERS) or digits[3] > _SPARSE:
            continue
        name = head[_HEAD_BYTES : _HEAD_BYTES + max(0, length)]
        sound = 2 <= length <= _LONGEST_NAME and _NAME.fullmatch(name) is not None
        if sound and rows >= 0 and columns >= 0 and parts in (0, 1):
            number, word = _NUMBERS[digits[2]], name[:-1].decode("ascii")
            nbytes = _HEAD_BYTES + length
            return _Head(order, number, digits[3], (rows, columns), 1 + parts, word, nbytes)
    return None


class Mat4File:
    """The variables of one file, read on demand; values as those of `Mat5File`."""

    def __init__(self, stream: BinaryIO, size: int, budget: Budget) -> None:
        self._stream, self._budget = stream, budget
        self._places: dict[str, tuple[_Head, int]] = {}
        pos = 0
        while pos < size:
            stream.seek(pos)
            head = _head(stream.read(_HEAD_BYTES + _LONGEST_NAME))
            if head is None or len(self._places) > MOST_VARIABLES:
                raise Refusal(f"The MATLAB file is damaged at byte {pos:,}. Copy it again")
            pos += head.nbytes
            if head.size > size - pos:
                raise Refusal(
                    f"The MATLAB file is truncated: {head.name} claims {in_words(head.size)}, "
                    f"but only {in_words(size - pos)} follow. Copy or export it again"
                )
            if head.name in self._places:
                raise Refusal(f"It holds the variable {head.name!r} twice. Save it again with one")
            self._places[head.name] = (head, pos)
            pos += head.size

    @property
    def kinds(self) -> dict[str, str]:
        """The class of every variable by name."""
        return {
            name: "char" if head.kind == _TEXT else "number"
            for name, (head, _) in self._places.items()
        }

    def fields(self, name: str) -> tuple[str, ...]:
        """Return nothing: this version has no structs."""
        return ()

    def load(self, name: str) -> Any:
        """Return the value of a variable; of complex numbers, the real parts."""
        head, pos = self._places[name]
        what = f"The variable {name!r}"
        self._budget.numbers(head.size // np.dtype(head.number).itemsize, 2, what)
        self._budget.spend(2 * head.size, what)
        self._stream.seek(pos)
        content = self._stream.read(head.size // head.parts)
        kind = np.dtype(head.order + head.number)
        values = np.frombuffer(content, kind).astype(kind.newbyteorder("="))
        values = values.reshape(head.shape, order="F")
        if head.kind == _TEXT:
            return matlab.letters(values, self._budget, what)
        return self._sparse(values, what) if head.kind == _SPARSE else values

    def _sparse(self, triples: Any, what: str) -> Any:
        """Return a matrix kept as rows of row, column and value; the last row has its shape."""
        if triples.shape[0] < 1 or triples.shape[1] < 3 or not np.isfinite(triples[:, :2]).all():
            raise Refusal(f"{what} is damaged: it is no sparse matrix")
        shape = (int(triples[-1, 0]), int(triples[-1, 1]))
        places = triples[:-1, :2].astype(np.int64) - 1
        if min(shape) < 0 or np.any((places < 0) | (places >= shape)):
            raise Refusal(f"{what} is damaged: its rows do not fit its dimensions")
        self._budget.spend(shape[0] * shape[1] * 8, what)
        whole = np.zeros(shape)
        whole[places[:, 0], places[:, 1]] = triples[:-1, 2]
        return whole
