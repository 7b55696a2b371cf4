"""Our reader of MATLAB 5 files gives what SciPy's gives, and never more than is there."""

from __future__ import annotations

import io

import numpy as np
import scipy.io
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from renshaw.io.containers.mat5 import Mat5File
from renshaw.io.limits import Budget
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
