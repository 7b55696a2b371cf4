"""Damaged files of every format: a recording in words or a refusal in words, nothing else."""

from __future__ import annotations

import struct
import sys
import zlib
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import renshaw.io as rio
from renshaw.core.errors import ReadError

# The samples live with the conformance battery, which is a folder and no package.
sys.path.insert(0, str(Path(__file__).parents[1] / "conformance"))

from samples import RAW_SAMPLES, SAMPLES_OF
from samples._units import FS_HZ, TRAINS

# Every sample there is: with units, of raw EMG, and of formats that bring one of their own.
EVERY = [*SAMPLES_OF, *RAW_SAMPLES, *(n for n, f in rio.FORMATS.items() if f.sample is not None)]
# Of the processor, for a machine may be busy; the first reading of a format loads its libraries.
SLOWEST_S = 5.0
WORDS = [0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 2**31 - 8, 2**31, 2**32 - 1]
TOKENS = [b"null", b"NaN", b"-1", b"1e999", b"[]", b"{}", b'"', b",", b"\t", b"\n", b"\xff", b"n/a"]


@cache
def content_of(name: str) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "good.dat"
        if name in SAMPLES_OF:
            SAMPLES_OF[name].write(path, TRAINS, FS_HZ)
        elif name in RAW_SAMPLES:
            RAW_SAMPLES[name].write(path)
        else:
            rio.FORMATS[name].sample(path)
        return path.read_bytes()


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """Draw a damaged copy: bits flipped, parts cut, doubled or inserted, sizes replaced."""
    mutable = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        # Headers stand at the beginning, so half of the damage goes there.
        reach = draw(st.sampled_from([min(len(mutable), 2048), len(mutable)]))
        at = draw(st.integers(0, max(0, reach - 1)))
        kind = draw(
            st.sampled_from(["flip", "size", "cut", "insert", "double", "truncate", "token"])
        )
        if kind == "flip" and mutable:
            mutable[at] ^= 1 << draw(st.integers(0, 7))
        elif kind == "size":
            at -= at % 4
            mutable[at : at + 4] = struct.pack("<I", draw(st.sampled_from(WORDS)))
        elif kind == "cut":
            del mutable[at : at + draw(st.sampled_from([1, 4, 8, 64, 512]))]
        elif kind == "insert":
            mutable[at:at] = draw(st.binary(min_size=1, max_size=16))
        elif kind == "double":
            mutable[at:at] = mutable[at : at + draw(st.sampled_from([8, 64, 512]))]
        elif kind == "token":
            mutable[at : at + draw(st.integers(0, 3))] = draw(st.sampled_from(TOKENS))
        else:
            del mutable[at:]
    return bytes(mutable)


def assert_read_or_refused(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "damaged.dat"
        path.write_bytes(content)
        begun = process_time()
        try:
            recording = rio.read(path)
        except ReadError as error:
            assert process_time() - begun < SLOWEST_S
            assert str(path) in str(error)
            assert len(str(error)) > len(str(path)) + 20
            return
        assert process_time() - begun < SLOWEST_S
        start, end = recording.units.window_s
        for times_s in recording.units:
            assert np.all(np.isfinite(times_s))
            assert np.all(np.diff(times_s) > 0)
            assert np.all((times_s >= start) & (times_s <= end))
        assert str(recording)


@pytest.mark.parametrize("name", EVERY)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_damaged_files(name, data):
    assert_read_or_refused(data.draw(damaged(content_of(name))))


def unpacked(content: bytes) -> list[bytes]:
    """Return the packed elements of a MATLAB file, unpacked."""
    elements, at = [], 128
    while at + 8 <= len(content):
        _, size = struct.unpack_from("<II", content, at)
        elements.append(zlib.decompress(content[at + 8 : at + 8 + size]))
        at += 8 + size
    return elements


@pytest.mark.parametrize("name", ["demuse", "otb", "muedit", "edited", "matlab-struct", "spike2"])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_damage_within_packed_matlab_variables(name, data):
    content = content_of(name)
    elements = unpacked(content)
    which = data.draw(st.integers(0, len(elements) - 1))
    elements[which] = data.draw(damaged(elements[which]))
    packed = [zlib.compress(element, 1) for element in elements]
    parts = [struct.pack("<II", 15, len(part)) + part for part in packed]
    assert_read_or_refused(content[:128] + b"".join(parts))


odd_times = st.one_of(
    st.integers(-5, 3500), st.floats(), st.sampled_from([0, -1, 2**53, 1e300, -1e300])
)


@pytest.mark.parametrize("name", ["demuse", "demuse73", "edited", "muedit", "muedit2", "csv"])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trains=st.lists(st.lists(odd_times, max_size=8), max_size=5))
def test_whatever_discharge_times(name, trains):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "odd.dat"
        SAMPLES_OF[name].write(path, trains, FS_HZ)
        content = path.read_bytes()
    assert_read_or_refused(content)
