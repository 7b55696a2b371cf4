"""What R saves (``.rds``, ``.rda``, ``.RData``): its serialization, read without running anything.

Vectors, lists and data frames become arrays, cells and structs as of a MATLAB file; functions and
environments are passed over. Packed with gzip, bzip2, xz or not at all.

Source: R Core Team, "R Internals", section 1.8, "Serialization Formats".
"""

from __future__ import annotations

import bz2
import io
import lzma
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from renshaw.io.budget import Budget
from renshaw.io.containers.inflate import GZIP, inflated, inflated_head
from renshaw.io.limits import FREE_BYTES, LARGEST_RATIO
from renshaw.io.probe import Probe
from renshaw.io.refusal import Refusal, twice_in

_BZIP2, _XZ = b"BZh", b"\xfd7zXZ\0"
_MARKS = (b"RDX2\nX\n", b"RDX3\nX\n", b"X\n\0\0\0")
_STEP_BYTES = 1 << 20
_XZ_MEMORY_BYTES = 256 * 2**20
_DEEPEST = 64

_SYMBOL, _PAIRS, _CLOSURE, _ENVIRONMENT, _PROMISE, _CALL = 1, 2, 3, 4, 5, 6
_CHARACTERS, _LOGICAL, _INTEGER, _REAL, _COMPLEX, _STRINGS = 9, 10, 13, 14, 15, 16
_DOTS, _LIST, _EXPRESSION, _RAW, _S4 = 17, 19, 20, 24, 25
_ALTERNATIVE, _PACKAGE, _NAMESPACE, _REFERENCE = 238, 248, 249, 255
_EMPTY = (241, 242, 250, 251, 252, 253, 254)
_NO_INTEGER = -(2**31)
_TWICE = "It holds {!r} twice. Save it again with one"


def recognizes(probe: Probe) -> bool:
    """Whether a file begins as R's do, packed or not."""
    return _head(probe.head).startswith(_MARKS)


def _head(head: bytes) -> bytes:
    try:
        if head.startswith(b"\x1f\x8b"):
            return inflated_head(head, GZIP, 64)
        if head.startswith(_BZIP2):
            return bz2.BZ2Decompressor().decompress(head, 64)
        if head.startswith(_XZ):
            return lzma.LZMADecompressor(memlimit=_XZ_MEMORY_BYTES).decompress(head, 64)
    except (OSError, lzma.LZMAError, EOFError):
        return b""
    return head[:64]


def variables(probe: Probe) -> dict[str, Any]:
    """Return the objects of a file by name; those of a saved list or data frame by its columns."""
    content = _content(probe)
    named = content.startswith(b"RDX")
    reader = _Reader(content, 5 if named else 0, probe.budget)
    value = reader.whole()
    if not named:
        value = value if isinstance(value, dict) else {"object": value}
    return {str(name): part for name, part in value.items()} if isinstance(value, dict) else {}


def _content(probe: Probe) -> bytes:
    with probe.stream() as stream:
        if probe.head.startswith(b"\x1f\x8b"):
            return inflated(stream, probe.size, GZIP, probe.budget, "The file")
        probe.budget.spend(probe.size, "The file")
        packed = stream.read(probe.size)
    if packed.startswith(_BZIP2):
        return _grown(bz2.BZ2Decompressor(), packed, probe.budget)
    if packed.startswith(_XZ):
        return _grown(lzma.LZMADecompressor(memlimit=_XZ_MEMORY_BYTES), packed, probe.budget)
    return packed


def _grown(engine: Any, packed: bytes, budget: Budget) -> bytes:
    """Return what a stream unpacks to, refused as soon as it becomes too much."""
    out = io.BytesIO()
    room = FREE_BYTES + LARGEST_RATIO * len(packed)
    try:
        while not engine.eof:
            piece = engine.decompress(packed, _STEP_BYTES)
            packed = b""
            room -= len(piece)
            budget.spend(len(piece), "The file")
            out.write(piece)
            if room < 0:
                raise Refusal("It unfolds to far too much: that is a decompression bomb")
            if not piece and engine.needs_input:
                raise Refusal("It is truncated: its packed data end too early. Copy it again")
    except (OSError, lzma.LZMAError, EOFError) as error:
        raise Refusal(f"Its packed data are damaged ({error}). Copy it again") from None
    return out.getvalue()


@dataclass
class _Reader:
    """One stream of R's, item by item.

    Parameters
    ----------
    content : bytes
    pos : int
        Where the stream begins.
    budget : Budget
    """

    content: bytes
    pos: int
    budget: Budget

    def __post_init__(self) -> None:
        self._known: list[Any] = []

    def whole(self) -> Any:
        """Return the value that the stream holds."""
        if self._bytes(2) != b"X\n":
            raise Refusal("It was saved as text (ascii=TRUE). Save it again without that")
        version, _, _ = self._integers(3)
        if version not in (2, 3):
            raise Refusal(f"It is of version {version} of R's serialization; 2 and 3 are read")
        if version == 3:
            self._bytes(self._integer())
        return self._item(0)

    def _bytes(self, count: int) -> bytes:
        if not 0 <= count <= len(self.content) - self.pos:
            raise Refusal("The R file is truncated or damaged: a part claims more than is there")
        self.pos += count
        return self.content[self.pos - count : self.pos]

    def _integers(self, count: int) -> tuple[int, ...]:
        return struct.unpack(f">{count}i", self._bytes(4 * count))

    def _integer(self) -> int:
        return self._integers(1)[0]

    def _length(self, size: int) -> int:
        """Return the number of elements of a vector, each of so many bytes at least."""
        count = self._integer()
        if count == -1:
            high, low = self._integers(2)
            count = (high << 32) + (low & 0xFFFFFFFF)
        if not 0 <= count <= (len(self.content) - self.pos) // max(size, 1):
            raise Refusal("The R file is damaged: a vector claims more than is there")
        return count

    def _item(self, depth: int) -> Any:
        if depth > _DEEPEST:
            raise Refusal("It is nested deeper than any recording")
        flags = self._integer()
        kind = flags & 0xFF
        if kind in _EMPTY:
            return None
        if kind == _REFERENCE:
            at = (flags >> 8) or self._integer()
            return self._known[at - 1] if 1 <= at <= len(self._known) else None
        if kind == _SYMBOL:
            self._known.append(self._item(depth + 1))
            return self._known[-1]
        if kind in (_PACKAGE, _NAMESPACE):
            self._integer()
            self._known.append(None)
            for _ in range(self._length(4)):
                self._item(depth + 1)
            return None
        if kind == _ENVIRONMENT:
            self._integer()
            self._known.append(None)
            for _ in range(4):
                self._item(depth + 1)
            return None
        if kind in (_PAIRS, _CALL, _CLOSURE, _PROMISE, _DOTS):
            pairs = self._pairs(flags, depth)
            return pairs if kind == _PAIRS else None
        if kind == _ALTERNATIVE:
            return self._alternative(depth)
        value = self._vector(kind, depth)
        attributes = self._item(depth + 1) if flags & 0x200 else None
        return _shaped(value, attributes if isinstance(attributes, dict) else {})

    def _pairs(self, flags: int, depth: int) -> dict[str, Any]:
        """Return a list of tagged values; those without a tag are numbered."""
        pairs: dict[str, Any] = {}
        while True:
            if flags & 0x200:
                self._item(depth + 1)
            tag = self._item(depth + 1) if flags & 0x400 else None
            self.budget.count(1, "The file")
            name = tag if isinstance(tag, str) else str(len(pairs))
            if name in pairs:
                raise Refusal(_TWICE.format(name[:60]))
            pairs[name] = self._item(depth + 1)
            start = self.pos
            flags = self._integer()
            if flags & 0xFF != _PAIRS:
                self.pos = start
                self._item(depth + 1)
                return pairs

    def _vector(self, kind: int, depth: int) -> Any:
        if kind == _CHARACTERS:
            count = self._integer()
            return "" if count == -1 else self._bytes(count).decode("utf-8", "replace")
        if kind in (_LOGICAL, _INTEGER):
            values = self._numbers(">i4").astype(float)
            values[values == _NO_INTEGER] = np.nan
            return values
        if kind in (_REAL, _COMPLEX):
            return self._numbers(">f8" if kind == _REAL else ">c16").real.astype(float)
        if kind == _RAW:
            return self._numbers("u1").astype(float)
        if kind in (_STRINGS, _LIST, _EXPRESSION):
            count = self._length(4)
            self.budget.count(count, "The file")
            items = [self._item(depth + 1) for _ in range(count)]
            return _Texts(map(str, items)) if kind == _STRINGS else items
        if kind == _S4:
            return None
        raise Refusal(f"It holds something of R's (kind {kind}) that only R can open")

    def _numbers(self, name: str) -> np.ndarray[Any, Any]:
        kind = np.dtype(name)
        count = self._length(kind.itemsize)
        # As it is cut out of the stream, and as what is made of it.
        self.budget.numbers(count, 2 * kind.itemsize, "A vector")
        return np.frombuffer(self._bytes(count * kind.itemsize), kind)

    def _alternative(self, depth: int) -> Any:
        """Return a vector that R keeps in another way: a range, or a wrapped one."""
        about, state, attributes = (self._item(depth + 1) for _ in range(3))
        words = list(about.values()) if isinstance(about, dict) else []
        name = str(words[0]) if words else ""
        value: Any = None
        if name.startswith("compact_") and isinstance(state, np.ndarray) and state.size == 3:
            count, first, step = state.ravel()
            if not 0 <= count <= FREE_BYTES / 8:
                raise Refusal("The R file is damaged: a range claims more than it can")
            self.budget.numbers(2 * int(count), 0, "A range")
            value = first + step * np.arange(int(count))
        elif isinstance(state, dict) and state:
            value = next(iter(state.values()))
        elif isinstance(state, np.ndarray) and state.dtype == object and state.size:
            value = state.ravel()[0]
        return _shaped(value, attributes if isinstance(attributes, dict) else {})


class _Texts(list[str]):
    """Texts of a vector."""


class Factor(_Texts):
    """The labels of a factor, a missing one empty, with its levels in their order."""

    def __init__(self, codes: np.ndarray[Any, Any], levels: Sequence[str]) -> None:
        whole = np.nan_to_num(codes.ravel(), nan=0).astype(int)
        known = {n: str(name) for n, name in enumerate(levels, start=1)}
        super().__init__(known.get(int(n), "") for n in whole)
        self.levels: tuple[str, ...] = tuple(map(str, levels))


def _shaped(value: Any, attributes: dict[str, Any]) -> Any:
    """Return a vector as a row or matrix, a named list as a struct, any other list as a cell."""
    levels = attributes.get("levels")
    if isinstance(value, np.ndarray) and isinstance(levels, _Texts):
        return Factor(value, levels)
    if isinstance(value, np.ndarray) and value.dtype != object:
        flat, shape = value.ravel(order="F"), attributes.get("dim")
        if isinstance(shape, np.ndarray) and shape.size >= 2 and np.prod(shape) == flat.size:
            return flat.reshape(tuple(shape.ravel().astype(int)), order="F")
        return flat[None]
    if isinstance(value, _Texts):
        return value
    if isinstance(value, list):
        names = attributes.get("names")
        if isinstance(names, list) and len(names) == len(value):
            if (twice := twice_in(name for name in names if name)) is not None:
                raise Refusal(_TWICE.format(str(twice)[:60]))
            return {
                name or str(i): part
                for i, (name, part) in enumerate(zip(names, value, strict=True))
            }
        cells = np.empty((1, len(value)), dtype=object)
        for i, part in enumerate(value):
            cells[0, i] = part
        return cells
    return value
