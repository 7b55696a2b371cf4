"""NumPy's ``.npy`` and ``.npz``, each array held against the bytes that are really there.

Arrays of objects are read where they hold nothing but numbers, texts, lists and arrays
(`numpy_objects`); other objects are never rebuilt, because a pickle can run code.
"""

from __future__ import annotations

import io
import math
import tokenize
import zipfile
import zlib
from types import TracebackType
from typing import Any

import numpy as np

from renshaw.io.budget import Budget
from renshaw.io.containers.numpy_objects import objects_of
from renshaw.io.limits import FREE_BYTES, LARGEST_RATIO, MOST_VARIABLES
from renshaw.io.probe import Probe
from renshaw.io.refusal import Refusal, twice_in

MAGIC = b"\x93NUMPY"
PICKLED = (
    "Its {name} are pickled Python objects ({object}), which renshaw never builds because a pickle "
    "can run code. Save an array a unit: numpy.savez('units.npz', *trains, fsamp=fsamp)"
)


def array_of(content: bytes, name: str, budget: Budget, pickled: str = PICKLED) -> Any:
    """Return the array in the bytes of a ``.npy`` file.

    Parameters
    ----------
    content : bytes
    name : str
        What it is called in a refusal.
    budget : Budget
        Of the file; objects are charged to it.
    pickled : str
        The refusal of objects that are no plain values, with places for name and object.
    """
    stream = io.BytesIO(content)
    try:
        version = np.lib.format.read_magic(stream)
        header = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }.get(version)
        if header is None:
            raise Refusal(f"Its {name} are in an unknown version {version} of .npy")
        shape, fortran, kind = header(stream)
    except (ValueError, SyntaxError, tokenize.TokenError):
        why = f"It is a NumPy file whose header makes no sense ({name}). Save it again"
        raise Refusal(why) from None
    if kind.hasobject:
        return objects_of(content[stream.tell() :], name, budget, pickled)
    count, start = math.prod(shape), stream.tell()
    if min(shape, default=0) < 0 or count * kind.itemsize > len(content) - start:
        raise Refusal(f"Its {name} claim the shape {shape}, more than is there; it is damaged")
    flat = np.frombuffer(content, kind, count, start) if count else np.zeros(0, kind)
    return flat.reshape(shape, order="F" if fortran else "C")


class NumpyArchive:
    """The arrays of a ``.npz`` file, read on demand; it is closed at the end of a ``with`` block.

    Parameters
    ----------
    probe : Probe
    pickled : str
        The refusal of pickled objects, with places for ``{name}`` and ``{object}``.
    """

    def __init__(self, probe: Probe, pickled: str = PICKLED) -> None:
        self._budget, self._pickled = probe.budget, pickled
        try:
            self._archive = zipfile.ZipFile(probe.path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise Refusal(f"The archive is truncated or damaged ({error}). Copy it again") from None
        members = self._archive.namelist()
        if len(members) > MOST_VARIABLES:
            raise Refusal(f"It holds more than {MOST_VARIABLES:,} arrays")
        self.names: tuple[str, ...] = tuple(
            name.removesuffix(".npy") for name in members if name.endswith(".npy")
        )
        self._known = frozenset(self.names)
        if (twice := twice_in(self.names)) is not None:
            raise Refusal(f"It holds {twice!r} twice. Save it again with one")

    def array(self, name: str) -> Any:
        """Return an array, or None where there is none; objects but plain values are refused."""
        if name not in self._known:
            return None
        return array_of(self._member(f"{name}.npy", name), name, self._budget, self._pickled)

    def _member(self, member: str, name: str) -> bytes:
        info = self._archive.getinfo(member)
        if info.flag_bits & 1 or info.compress_type not in (
            zipfile.ZIP_STORED,
            zipfile.ZIP_DEFLATED,
        ):
            raise Refusal(f"Its {name} are encrypted or packed in an unusual way. Save it again")
        # No more than the size it states is ever unpacked.
        if info.file_size > FREE_BYTES + LARGEST_RATIO * info.compress_size:
            raise Refusal(f"Its {name} unfold to far too much: that is a decompression bomb")
        self._budget.spend(info.file_size, f"Its {name}")
        try:
            with self._archive.open(info) as stream:
                return stream.read(info.file_size)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError) as error:
            raise Refusal(f"Its {name} are damaged ({error}). Copy or save it again") from None

    def __enter__(self) -> NumpyArchive:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._archive.close()
