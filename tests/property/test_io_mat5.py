"""Our reader of MATLAB 5 files gives what SciPy's gives, and never more than is there."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
import scipy.io
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from renshaw.io.budget import Budget
from renshaw.io.containers.mat5 import Mat5File
from renshaw.io.probe import Probe
from renshaw.io.refusal import Refusal

KINDS = ["f8", "f4", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"]
NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,20}", fullmatch=True)
numbers = st.sampled_from(KINDS).flatmap(
    lambda kind: hnp.arrays(kind, hnp.array_shapes(min_dims=2, max_dims=3, min_side=0, max_side=5))
)
texts = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF), min_size=1, max_size=20)


def cells(items: list) -> np.ndarray:
    array = np.empty((1, len(items)), dtype=object)
    for i, item in enumerate(items):
        array[0, i] = item
    return array


values = st.recursive(
    numbers | texts,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=4).map(cells)
        | st.dictionaries(NAMES, inner, min_size=1, max_size=3)
    ),
    max_leaves=6,
)
workspaces = st.dictionaries(NAMES, values, min_size=1, max_size=4)


def saved(workspace: dict, packed: bool) -> bytes:
    stream = io.BytesIO()
    scipy.io.savemat(stream, workspace, do_compression=packed)
    return stream.getvalue()


def opened(content: bytes) -> Mat5File:
    return Mat5File(io.BytesIO(content), len(content), Budget(len(content)))


def assert_same(ours, theirs) -> None:
    if isinstance(theirs, np.ndarray) and theirs.dtype.names:
        (record,) = theirs.ravel()
        assert set(ours) == set(theirs.dtype.names)
        for name in theirs.dtype.names:
            assert_same(ours[name], record[name])
    elif isinstance(theirs, np.ndarray) and theirs.dtype == object:
        assert ours.shape == theirs.shape
        for mine, other in zip(ours.ravel(), theirs.ravel(), strict=True):
            assert_same(mine, other)
    elif isinstance(theirs, np.ndarray) and theirs.dtype.kind == "U":
        assert ours == "".join(theirs.ravel())
    else:
        assert ours.shape == theirs.shape
        np.testing.assert_array_equal(ours, theirs)
        assert ours.dtype == theirs.dtype.newbyteorder("=")


@given(workspaces, st.booleans())
def test_same_as_scipy(workspace, packed):
    content = saved(workspace, packed)
    theirs = scipy.io.loadmat(io.BytesIO(content), chars_as_strings=True)
    file = opened(content)
    names = {name for name in theirs if not name.startswith("__")}
    assert set(file.kinds) == names
    for name in names:
        assert_same(file.load(name), theirs[name])


@given(workspaces, st.booleans(), st.data())
def test_damage_is_refused_or_harmless(workspace, packed, data):
    content = bytearray(saved(workspace, packed))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(128, len(content) - 1))
        content[at : at + 4] = data.draw(
            st.sampled_from([b"\xff\xff\xff\x7f", b"\0\0\0\x80", b"\0\0\0\0", b"\x0e\0\0\0"])
            | st.binary(min_size=1, max_size=4)
        )
    try:
        file = opened(bytes(content))
        for name in file.kinds:
            file.load(name)
    except Refusal as refusal:
        assert str(refusal)


def repacked(content: bytes, pack) -> bytes:
    """Return a file of which every variable is packed anew, by a function of its bytes."""
    parts, at = [content[:128]], 128
    while at < len(content):
        size = 8 + struct.unpack_from("<I", content, at + 4)[0]
        packed = pack(content[at : at + size])
        parts += [struct.pack("<II", 15, len(packed)), packed]
        at += size + -size % 8
    return b"".join(parts)


def flushed(element: bytes, mode: int) -> bytes:
    engine = zlib.compressobj(9)
    return engine.compress(element) + engine.flush(mode)


# What programs leave at the end of a packed variable.
PACKED = {
    "whole": zlib.compress,
    "sync flush": lambda element: flushed(element, zlib.Z_SYNC_FLUSH),
    "full flush": lambda element: flushed(element, zlib.Z_FULL_FLUSH),
    "no checksum": lambda element: zlib.compress(element)[:-4],
    "half a checksum": lambda element: zlib.compress(element)[:-2],
    "padding inside": lambda element: zlib.compress(element + bytes(16)),
    "stored": lambda element: zlib.compress(element, 0),
    "cut in the data": lambda element: zlib.compress(element)[: -len(element) // 8 - 8],
}


def loaded(content: bytes) -> dict | None:
    """Return what SciPy reads, or None where it refuses."""
    try:
        found = scipy.io.loadmat(io.BytesIO(content), chars_as_strings=True)
    except Exception:
        return None
    return {name: value for name, value in found.items() if not name.startswith("__")}


@pytest.mark.parametrize("how", PACKED)
@given(workspace=workspaces)
def test_no_stricter_than_scipy_however_it_is_packed(how, workspace):
    content = repacked(saved(workspace, packed=False), PACKED[how])
    theirs = loaded(content)
    if theirs is None:
        assert how in ("padding inside", "cut in the data")
        return
    file = opened(content)
    assert set(file.kinds) == set(theirs)
    for name, value in theirs.items():
        assert_same(file.load(name), value)


matrices = {
    "sparse": scipy.sparse.csc_matrix(np.diag([1.0, 0, 3])),
    "sparse, of no number": scipy.sparse.csc_matrix((3, 4)),
    "logical": np.array([[True, False]]),
    "bytes": np.arange(6, dtype=np.uint8).reshape(2, 3),
    "text": "MUPulses",
    "number": 2048.0,
    "vector": np.arange(5.0),
}


@pytest.mark.parametrize("variant", ["4", "5"])
@pytest.mark.parametrize("name", matrices)
def test_every_kind_of_matrix_in_both_versions(name, variant, tmp_path):
    path = tmp_path / "a.mat"
    scipy.io.savemat(path, {"a": matrices[name], "after": 1.0}, format=variant)
    theirs = loaded(path.read_bytes())
    with Probe(path) as probe:
        assert set(probe.matlab_kinds) == set(theirs) == {"a", "after"}
        ours = probe.matlab.load("a")
    if isinstance(ours, str):
        assert [ours] == theirs["a"].tolist()
    else:
        value = theirs["a"]
        np.testing.assert_array_equal(ours, value.toarray() if name[:6] == "sparse" else value)


def test_big_endian_files(tmp_path):
    # SciPy writes the order of its machine; the same bytes turned round are the other order.
    body = struct.pack(">II", 6, 8) + struct.pack(">II", 6, 0)
    body += struct.pack(">II", 5, 8) + struct.pack(">ii", 1, 3)
    body += struct.pack(">HH", 1, 1) + b"a\0\0\0"
    body += struct.pack(">II", 9, 24) + struct.pack(">3d", 1, 2, 3)
    head = b"MATLAB 5.0 MAT-file".ljust(124) + b"\x01\x00MI"
    content = head + struct.pack(">II", 14, len(body)) + body
    assert_same(opened(content).load("a"), loaded(content)["a"])


def test_dimensions_without_a_sign_are_taken_as_scipy_takes_them():
    content = bytearray(saved({"a": np.arange(3.0)[None]}, packed=False))
    at = content.index(struct.pack("<IIii", 5, 8, 1, 3))
    content[at] = 6
    theirs = loaded(bytes(content))
    if theirs is not None:
        assert_same(opened(bytes(content)).load("a"), theirs["a"])
