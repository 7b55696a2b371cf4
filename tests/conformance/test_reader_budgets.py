"""Small files that would become gigabytes, or never end: refused early, or read in linear time."""

from __future__ import annotations

import gzip
import io
import json
import struct
import sys
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from time import process_time

import h5py
import numpy as np
import pytest
from samples._containers import tar, write_mat5, write_mat73
from samples._units import FS_HZ, TRAINS
from samples.demuse import demuse
from samples.openhdemg import openhdemg

import renshaw.io as rio
from renshaw.core.errors import ReadError
from renshaw.io.budget import Budget
from renshaw.io.containers import xml
from renshaw.io.refusal import Refusal

MB = 2**20


def otb_plus(path: Path) -> None:
    """Five thousand channels that all name the same samples."""
    channels = '<Channel Index="0" ID="GR08MM1305"/>' * 5000
    device = (
        '<Device Name="QUATTROCENTO" DeviceTotalChannels="1" ad_bits="16" SampleFrequency="2048">'
        f'<Adapter ID="GR" Gain="150" ChannelStartIndex="0">{channels}</Adapter></Device>'
    )
    tar(path, {"a.xml": device.encode(), "a.sig": bytes(MB)})


def otb_4(path: Path) -> None:
    """Tracks that all name the same samples."""
    track = (
        "<TrackInfo><Title>GR</Title><SignalStreamPath>a.sig</SignalStreamPath><SampleSize>2"
        "</SampleSize><TotalChannelsInFile>8</TotalChannelsInFile><NumberOfChannels>8"
        "</NumberOfChannels><SamplingFrequency>2048</SamplingFrequency>"
        "<UnitOfMeasurement>V</UnitOfMeasurement></TrackInfo>"
    )
    tar(path, {"a.xml": f"<A>{track * 2000}</A>".encode(), "a.sig": bytes(2 * MB)})


def _mat5(*elements: bytes) -> bytes:
    packed = [zlib.compress(element, 9) for element in elements]
    parts = (struct.pack("<II", 15, len(part)) + part for part in packed)
    return b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM" + b"".join(parts)


def _element(kind: int, content: bytes) -> bytes:
    return struct.pack("<II", kind, len(content)) + content + b"\0" * (-len(content) % 8)


def _matrix(kind: int, shape: tuple[int, ...], name: bytes, content: bytes) -> bytes:
    head = _element(6, struct.pack("<II", kind, 0)) + _element(5, struct.pack("<2i", *shape))
    return _element(14, head + _element(1, name) + content)


PULSES = _matrix(6, (1, 3), b"MUPulses", _element(9, struct.pack("<3d", 100, 300, 500)))


def char_rate(path: Path) -> None:
    count = 60_000_000
    path.write_bytes(_mat5(PULSES, _matrix(4, (1, count), b"fsamp", _element(16, b"1" * count))))


def char_codes(path: Path) -> None:
    count = 25_000_000
    codes = _element(4, b"1\0" * count)
    path.write_bytes(_mat5(PULSES, _matrix(4, (1, count), b"fsamp", codes)))


def char_rows(path: Path) -> None:
    count = 30_000_000
    path.write_bytes(_mat5(PULSES, _matrix(4, (count, 1), b"fsamp", _element(16, b"1" * count))))


def char_rate_73(path: Path) -> None:
    write_mat73(demuse(TRAINS, FS_HZ), path)
    with h5py.File(path, "r+") as file:
        del file["fsamp"]
        codes = np.full((30_000_000, 1), 49, np.uint16)
        file.create_dataset("fsamp", data=codes, compression="gzip", chunks=(2**19, 1))
        file["fsamp"].attrs["MATLAB_class"] = np.bytes_("char")


def int8_torque(path: Path) -> None:
    count = 900_000_000 // 16
    rate = _matrix(6, (1, 1), b"fsamp", _element(9, struct.pack("<d", 2048.0)))
    torque = _matrix(8, (1, count), b"ref_signal", _element(1, bytes(count)))
    path.write_bytes(_mat5(PULSES, rate, torque))


def uint8_h5(path: Path) -> None:
    rio.write(rio.read(_good(path.parent)), path, format="renshaw")
    with h5py.File(path, "r+") as file:
        signal = file["signals"].create_group("0")
        signal.attrs["fs_hz"], signal.attrs["start_s"] = 2048.0, 0.0
        signal["about"] = np.bytes_(json.dumps({"name": "torque", "unit": "N"}))
        count = 200_000_000
        options = {"compression": "gzip", "chunks": (2**20,)}
        values = signal.create_dataset("values", (count,), np.uint8, **options)
        packed = zlib.compress(bytes(2**20))
        for at in range(0, count, 2**20):
            values.id.write_direct_chunk((at,), packed)


def _good(folder: Path) -> Path:
    path = folder / "good.csv"
    path.write_text("unit,time_s\n" + "".join(f"1,{i / 10}\n" for i in range(20)))
    return path


def nwb_scratch(path: Path) -> None:
    text = b'{"a": [' + b"[]," * 10_000_000 + b"[]]}"
    with h5py.File(path, "w") as file:
        file.attrs["nwb_version"] = np.bytes_("2.7.0")
        file.create_group("acquisition")
        kept = np.frombuffer(text, np.uint8)
        file.create_dataset("scratch/renshaw", data=kept, compression="gzip", chunks=(2**20,))


def h5_about(path: Path) -> None:
    rio.write(rio.read(_good(path.parent)), path, format="renshaw")
    text = b'{"labels": [' + b"[]," * 8_000_000 + b"[]]}"
    with h5py.File(path, "r+") as file:
        del file["events/about"]
        file["events"].create_dataset("about", data=np.bytes_(text))


def gz_openhdemg(path: Path) -> None:
    rows = "[0]," * 40_000_000
    members = {**openhdemg(TRAINS, FS_HZ), "RAW_SIGNAL": '{"data":[' + rows[:-1] + "]}"}
    path.write_bytes(gzip.compress(json.dumps(members).encode(), 9, mtime=0))


def gz_openhdemg_lists(path: Path) -> None:
    members = {**openhdemg(TRAINS, FS_HZ), "MUPULSES": "[" + "[]," * 4_900_000 + "[]]"}
    path.write_bytes(gzip.compress(json.dumps(members).encode(), 9, mtime=0))


def gz_wide_letters(path: Path) -> None:
    text = '{"SOURCE": "\N{GRINNING FACE}' + "0" * 60_000_000 + '", "FSAMP": "2048"}'
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def csv_units(path: Path) -> None:
    path.write_text("unit,time_s\n" + "".join(f"{i},1\n" for i in range(4_000_000)))


def tsv_units(path: Path) -> None:
    rows = "".join(f"1\t0\t{i}\tmotor-unit-spike\n" for i in range(2_000_000))
    path.write_text("onset\tduration\tunit_id\tevent_type\n" + rows)


GIGABYTES = {
    each.__name__: each
    for each in (
        *(otb_plus, otb_4, char_rate, char_codes, char_rows, char_rate_73, int8_torque, uint8_h5),
        *(nwb_scratch, h5_about, gz_openhdemg, gz_openhdemg_lists, gz_wide_letters),
        *(csv_units, tsv_units),
    )
}


@pytest.mark.parametrize("case", GIGABYTES)
def test_a_small_file_never_becomes_gigabytes(case, tmp_path):
    path = tmp_path / "hostile.dat"
    GIGABYTES[case](path)
    size = path.stat().st_size
    most = Budget(size).total + 64 * MB
    tracemalloc.start()
    begun = process_time()
    with pytest.raises(ReadError, match="honestly|units|claims|more than") as caught:
        rio.read(path)
    seconds = process_time() - begun
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert str(path) in str(caught.value)
    assert peak < min(most, 700 * MB), f"{peak / MB:.0f} MB of {size / MB:.2f} MB"
    assert seconds < 5
