"""MATLAB files of version 5 to 7.2, read element by element.

Every size a file claims is held against the bytes that are really there before anything is
allocated, only the variables asked for are read, and objects and functions are never rebuilt: only
MATLAB can, so they are named by their class (`OnlyMatlab`).

Source: MathWorks, "MAT-File Level 5 File Format" (R2022).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any, BinaryIO

import numpy as np

from renshaw.io.budget import Budget
from renshaw.io.containers import matlab
from renshaw.io.containers.inflate import ZLIB, inflated, inflated_head
from renshaw.io.containers.matlab import OnlyMatlab
from renshaw.io.limits import DEEPEST_NESTING, MOST_VARIABLES, in_words
from renshaw.io.refusal import Refusal, twice_in

HEADER_BYTES = 128
_MATRIX, _COMPRESSED = 14, 15
_NUMBERS = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8"}
_NUMBERS |= {13: "u8", 16: "u1", 17: "u2", 18: "u4"}
_CELL, _STRUCT, _OBJECT, _CHAR, _SPARSE, _FUNCTION, _OPAQUE = 1, 2, 3, 4, 5, 16, 17
_CLASSES = {_CELL: "cell", _STRUCT: "struct", _CHAR: "char", _SPARSE: "number"}
_NUMERIC = {6: "f8", 7: "f4", 8: "i1", 9: "u1", 10: "i2", 11: "u2", 12: "i4", 13: "u4"}
_NUMERIC |= {14: "i8", 15: "u8"}
# Flags, dimensions and a name of 63 letters fit in the first bytes of a variable; so do, in that of
# a struct, the names of its first 60 fields.
_VARIABLE_HEAD_BYTES = 4096
# Some programs write dimensions as unsigned numbers, which SciPy takes as well.
_DIMENSIONS = (5, 6)


@dataclass(frozen=True)
class _Place:
    """Where a variable lies in the file."""

    kind: str
    start: int
    nbytes: int
    compressed: bool
    fields: tuple[str, ...]


@dataclass(frozen=True)
class _Head:
    """What stands before the content of a matrix; `of` is the class of an object."""

    kind: int
    shape: tuple[int, ...]
    name: str
    pos: int
    of: str = ""


class Mat5File:
    """The variables of one file, read on demand.

    Values are numpy arrays (two dimensions or more, as MATLAB has them), `str` (a list of `str`
    for several rows), object arrays for cells, `dict` for a struct and a list of `dict` for an
    array of structs; `OnlyMatlab` for what only MATLAB can rebuild.
    """

    def __init__(self, stream: BinaryIO, size: int, budget: Budget) -> None:
        self._stream, self._size, self._budget = stream, size, budget
        stream.seek(0)
        head = stream.read(HEADER_BYTES)
        if len(head) < HEADER_BYTES:
            raise Refusal("The MATLAB file is truncated within its header")
        self._order = ">" if head[126:128] == b"MI" else "<"
        self._places = self._scan()

    @cached_property
    def kinds(self) -> dict[str, str]:
        """The class of every variable by name."""
        return {name: place.kind for name, place in self._places.items()}

    def fields(self, name: str) -> tuple[str, ...]:
        """Return the (first) fields of a struct; none for anything else."""
        return self._places[name].fields

    def load(self, name: str) -> Any:
        """Return the value of a variable."""
        place = self._places[name]
        self._stream.seek(place.start)
        what = f"The variable {name!r}"
        if place.compressed:
            content = inflated(self._stream, place.nbytes, ZLIB, self._budget, what, closed=False)
            tag, start, nbytes, _ = self._tag(content, 0, len(content), what)
            if tag != _MATRIX:
                raise Refusal(f"{what} is damaged: it is not a matrix")
            return self._value(content[start : start + nbytes], what)
        self._budget.spend(place.nbytes, what)
        return self._value(self._stream.read(place.nbytes), what)

    def _value(self, content: bytes, what: str) -> Any:
        return self._matrix(content, 0, len(content), what, 0)[1]

    def _scan(self) -> dict[str, _Place]:
        places: dict[str, _Place] = {}
        pos = HEADER_BYTES
        elements = 0
        while pos + 8 <= self._size:
            elements += 1
            if elements > MOST_VARIABLES:
                raise Refusal(f"The MATLAB file holds more than {MOST_VARIABLES:,} variables")
            self._stream.seek(pos)
            tag, nbytes = struct.unpack(self._order + "II", self._stream.read(8))
            if tag >> 16:  # a small element: its 4 bytes of data stand in the tag
                pos += 8
                continue
            if nbytes > self._size - pos - 8:
                raise Refusal(
                    f"The MATLAB file is truncated or damaged: at byte {pos:,} it claims "
                    f"{in_words(nbytes)}, but only {in_words(self._size - pos - 8)} follow. "
                    "Copy or export it again"
                )
            if tag in (_MATRIX, _COMPRESSED):
                self._note_place(places, tag == _COMPRESSED, pos + 8, nbytes)
            pos += 8 + nbytes
            if tag != _COMPRESSED:
                pos += -nbytes % 8
        return places

    def _note_place(
        self, places: dict[str, _Place], compressed: bool, start: int, nbytes: int
    ) -> None:
        head = self._stream.read(min(nbytes, _VARIABLE_HEAD_BYTES))
        if compressed:
            head = inflated_head(head, ZLIB, _VARIABLE_HEAD_BYTES)[8:]
        try:
            found = self._head(head, 0, len(head), "A variable")
        except Refusal:  # e.g. the workspace of function handles, which has no name
            return
        if found.name in places:
            raise Refusal(f"It holds the variable {found.name!r} twice. Save it again with one")
        if found.name:
            known = "number" if found.kind in _NUMERIC else "other"
            kind = found.of or _CLASSES.get(found.kind, known)
            fields = self._fields(head, found) if found.kind == _STRUCT else ()
            places[found.name] = _Place(kind, start, nbytes, compressed, fields)

    def _fields(self, head: bytes, found: _Head) -> tuple[str, ...]:
        """Return the names of fields that stand in the beginning of a struct."""
        try:
            _, start, nbytes, pos = self._tag(head, found.pos, len(head), "A struct")
            (width,) = struct.unpack_from(self._order + "i", head, start)
        except (Refusal, struct.error):
            return ()
        # The part's own size may reach beyond what was read of it.
        small = head[pos + 2 : pos + 4] if self._order == "<" else head[pos : pos + 2]
        start = pos + (4 if any(small) else 8)
        nbytes = len(head) - start
        if pos + 8 <= len(head) and start == pos + 8:
            nbytes = min(nbytes, struct.unpack_from(self._order + "I", head, pos + 4)[0])
        return tuple(_names(head[start : start + nbytes], width)) if width > 0 else ()

    def _tag(self, buf: bytes, pos: int, end: int, what: str) -> tuple[int, int, int, int]:
        """Return type, start, size and the position after an element."""
        if end - pos < 8:
            raise Refusal(f"{what} is damaged: it ends in the middle of a part")
        first, second = struct.unpack_from(self._order + "II", buf, pos)
        if first >> 16:
            tag, nbytes, start = first & 0xFFFF, first >> 16, pos + 4
            if nbytes > 4:
                raise Refusal(f"{what} is damaged: a small part claims {nbytes} bytes")
            return tag, start, nbytes, pos + 8
        start = pos + 8
        if second > end - start:
            raise Refusal(
                f"{what} is damaged: a part claims {in_words(second)}, "
                f"but only {in_words(end - start)} follow"
            )
        return first, start, second, min(start + second + (-second % 8), end)

    def _head(self, buf: bytes, pos: int, end: int, what: str) -> _Head:
        _, start, nbytes, pos = self._tag(buf, pos, end, what)
        if nbytes < 4:
            raise Refusal(f"{what} is damaged: it has no class")
        (flags,) = struct.unpack_from(self._order + "I", buf, start)
        kind = flags & 0xFF
        if kind == _OPAQUE:  # tables, strings, dates: no dimensions, but name, system and class
            name, pos = self._word(buf, pos, end, what)
            _, pos = self._word(buf, pos, end, what)
            of, pos = self._word(buf, pos, end, what)
            return _Head(kind, (), name, pos, of or "object")
        tag, start, nbytes, pos = self._tag(buf, pos, end, what)
        if tag not in _DIMENSIONS:
            raise Refusal(f"{what} has no dimensions")
        shape = struct.unpack_from(f"{self._order}{nbytes // 4}i", buf, start)
        if min(shape, default=-1) < 0:
            raise Refusal(f"{what} is damaged: its dimensions are {shape}")
        name, pos = self._word(buf, pos, end, what)
        of = "function handle" if kind == _FUNCTION else ""
        if kind == _OBJECT:
            of, pos = self._word(buf, pos, end, what)
        return _Head(kind, shape, name, pos, of)

    def _word(self, buf: bytes, pos: int, end: int, what: str) -> tuple[str, int]:
        _, start, nbytes, pos = self._tag(buf, pos, end, what)
        return buf[start : start + nbytes].decode("latin-1").rstrip("\0"), pos

    def _matrix(self, buf: bytes, pos: int, end: int, what: str, depth: int) -> tuple[str, Any]:
        if depth > DEEPEST_NESTING:
            raise Refusal(f"{what} is nested deeper than any motor-unit file")
        if pos == end:
            return "", np.zeros((0, 0))
        head = self._head(buf, pos, end, what)
        if head.kind in _NUMERIC:
            return head.name, self._numbers(buf, head, end, what)
        if head.kind == _SPARSE:
            return head.name, self._sparse(buf, head, end, what)
        if head.kind == _CHAR:
            return head.name, self._text(buf, head, end, what)
        if head.kind == _CELL:
            cells, _ = self._cells(buf, head.pos, end, head.shape, what, depth)
            return head.name, cells
        if head.kind == _STRUCT:
            return head.name, self._structs(buf, head, end, what, depth)
        return head.name, OnlyMatlab(head.of or "object")

    def _raw(self, buf: bytes, pos: int, end: int, what: str) -> np.ndarray[Any, Any]:
        tag, start, nbytes, _ = self._tag(buf, pos, end, what)
        if tag not in _NUMBERS:
            raise Refusal(f"{what} is damaged: it holds numbers of an unknown type {tag}")
        kind = np.dtype(self._order + _NUMBERS[tag])
        return np.frombuffer(buf, kind, nbytes // kind.itemsize, start)

    def _numbers(self, buf: bytes, head: _Head, end: int, what: str) -> np.ndarray[Any, Any]:
        count = prod(head.shape)
        raw = self._raw(buf, head.pos, end, what) if count else np.zeros(0)
        if len(raw) != count:
            raise Refusal(
                f"{what} is damaged: its dimensions {head.shape} promise {count:,} numbers, "
                f"but {len(raw):,} are there"
            )
        kind = np.dtype(_NUMERIC[head.kind])
        self._budget.numbers(count, kind.itemsize, what)
        with np.errstate(all="ignore"):
            return raw.astype(kind).reshape(head.shape, order="F")

    def _sparse(self, buf: bytes, head: _Head, end: int, what: str) -> np.ndarray[Any, Any]:
        """Return a matrix of which only the numbers that are not 0 are kept."""
        parts, pos = [], head.pos
        for _ in range(3):
            parts.append(self._raw(buf, pos, end, what))
            _, _, _, pos = self._tag(buf, pos, end, what)
        rows, starts, values = parts
        return matlab.dense(rows, starts, values, head.shape, self._budget, what)

    def _text(self, buf: bytes, head: _Head, end: int, what: str) -> Any:
        count = prod(head.shape)
        if not count:
            return ""
        tag, start, nbytes, _ = self._tag(buf, head.pos, end, what)
        if tag in (1, 2, 16):
            matlab.charge_letters(nbytes, 1, self._budget, what)
            letters = buf[start : start + nbytes].decode("utf-8", "replace")
        else:
            codes = self._raw(buf, head.pos, end, what)
            letters = matlab.word_of(codes, self._budget, what)
        rows = min(head.shape[0], len(letters))
        if rows <= 1:
            return letters
        self._budget.count(rows, what)
        return [letters[row :: head.shape[0]].rstrip() for row in range(rows)]

    def _cells(
        self, buf: bytes, pos: int, end: int, shape: tuple[int, ...], what: str, depth: int
    ) -> tuple[Any, int]:
        count = prod(shape)
        if count > (end - pos) // 8:
            raise Refusal(f"{what} is damaged: it claims {count:,} cells, more than it can hold")
        self._budget.count(count, what)
        cells = np.empty(count, dtype=object)
        for i in range(count):
            tag, start, nbytes, pos = self._tag(buf, pos, end, what)
            if tag != _MATRIX:
                raise Refusal(f"{what} is damaged: a cell is not a matrix")
            cells[i] = self._matrix(buf, start, start + nbytes, what, depth + 1)[1]
        return cells.reshape(shape, order="F"), pos

    def _structs(self, buf: bytes, head: _Head, end: int, what: str, depth: int) -> Any:
        _, start, nbytes, pos = self._tag(buf, head.pos, end, what)
        width = struct.unpack_from(self._order + "i", buf, start)[0] if nbytes >= 4 else 0
        _, start, nbytes, pos = self._tag(buf, pos, end, what)
        if width < 1:
            return {} if prod(head.shape) == 1 else []
        self._budget.count(nbytes // width, what)
        names = _names(buf[start : start + nbytes], width)
        if (twice := twice_in(names)) is not None:
            raise Refusal(f"{what} has the field {twice!r} twice; it is damaged")
        count = prod(head.shape)
        values, _ = self._cells(buf, pos, end, (len(names), count), what, depth)
        structs = [dict(zip(names, values[:, i], strict=True)) for i in range(count)]
        return structs[0] if count == 1 else structs


def _names(words: bytes, width: int) -> list[str]:
    """Return the names in a row of words of one width; one that is cut off ends where it does."""
    return [
        words[at : at + width].split(b"\0")[0].decode("latin-1")
        for at in range(0, len(words), width)
    ]
