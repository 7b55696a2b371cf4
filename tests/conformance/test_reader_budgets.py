"""Small files that would become gigabytes, or never end: refused early, or read in linear time."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import re
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
from samples._containers import cell, tar, write_mat5, write_mat73
from samples._units import FS_HZ, TRAINS
from samples.demuse import demuse
from samples.openhdemg import openhdemg

import renshaw.io as rio
from renshaw.core.errors import ReadError
from renshaw.io.budget import Budget
from renshaw.io.containers import xml
from renshaw.io.refusal import Refusal

MB = 2**20
# Of the processor, which other work may slow; each takes under a second alone.
SLOWEST_S = 4.0


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


def as_nwb(file: h5py.File) -> None:
    """Put in what every NWB file has."""
    file.attrs["nwb_version"] = np.bytes_("2.7.0")
    for name in ("acquisition", "general"):
        file.create_group(name)
    file["identifier"] = file["session_start_time"] = np.bytes_("2026-11-29")


def nwb_scratch(path: Path) -> None:
    text = b'{"a": [' + b"[]," * 10_000_000 + b"[]]}"
    with h5py.File(path, "w") as file:
        as_nwb(file)
        kept = np.frombuffer(text, np.uint8)
        file.create_dataset("scratch/renshaw", data=kept, compression="gzip", chunks=(2**20,))


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


def labchart_channels(path: Path) -> None:
    """Five thousand channels that all begin and end at the same samples."""
    n = 5000
    content = {
        "data": np.zeros((1, 100_000)),
        "datastart": np.ones((n, 1)),
        "dataend": np.full((n, 1), 100_000.0),
        "titles": np.array(["EMG"] * n),
        "samplerate": np.full((n, 1), 2000.0),
        "unittext": np.array(["mV"]),
        "unittextmap": np.ones((n, 1)),
        "tickrate": np.array([[2000.0]]),
    }
    write_mat5(content, path)


def _big_endian(*numbers: int) -> bytes:
    return struct.pack(f">{len(numbers)}i", *numbers)


_R_HEAD = b"X\n" + _big_endian(3, 0x40000, 0x30500, 5) + b"UTF-8"


def r_ranges(path: Path) -> None:
    """A list of ranges, each of which R keeps in three numbers."""
    name = b"compact_realseq"
    about = _big_endian(2, 1, 9 | 1 << 12, len(name)) + name + _big_endian(254)
    state = _big_endian(14, 3) + struct.pack(">3d", 8_000_000, 1, 1)
    one = _big_endian(238) + about + state + _big_endian(254)
    path.write_bytes(gzip.compress(_R_HEAD + _big_endian(19, 1000) + 1000 * one, mtime=0))


GIGABYTES = {
    each.__name__: each
    for each in (
        *(otb_plus, otb_4, char_rate, char_codes, char_rows, char_rate_73, int8_torque, uint8_h5),
        *(nwb_scratch, gz_openhdemg, gz_openhdemg_lists, gz_wide_letters),
        *(csv_units, tsv_units, labchart_channels, r_ranges),
    )
}


@pytest.mark.parametrize("case", GIGABYTES)
def test_a_small_file_never_becomes_gigabytes(case, tmp_path):
    path = tmp_path / "hostile.dat"
    GIGABYTES[case](path)
    size = path.stat().st_size
    most = Budget(size).total + 64 * MB
    begun = process_time()
    with pytest.raises(ReadError, match="honestly|more than .* units|bomb|claims") as caught:
        rio.read(path)
    seconds = process_time() - begun
    assert str(path) in str(caught.value)
    tracemalloc.start()
    try:
        with pytest.raises(ReadError):
            rio.read(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < min(most, 700 * MB), f"{peak / MB:.0f} MB of {size / MB:.2f} MB"
    assert seconds < SLOWEST_S


def module_trains(folder: Path) -> Path:
    """Nine thousand trains that are all the same part of a file."""
    (folder / ".openhdemg_module").touch()
    (folder / "x.bin").write_bytes(np.arange(200_000, dtype="<f8").tobytes())
    n = 9000
    trains = {
        "data_type": "list_of_1D_np.ndarray",
        "data_file_path": "x.bin",
        "offsets": [0] * n,
        "lengths": [200_000] * n,
        "endian_dtypes": ["<f8"] * n,
    }
    (folder / "manifest.json").write_text(json.dumps({"_metadata": {}, "MUPULSES": trains}))
    return folder


def module_tables(folder: Path) -> Path:
    """Many tables that are all the same packed file."""
    (folder / ".openhdemg_module").touch()
    (folder / "x.bin").write_bytes(gzip.compress(bytes(60 * MB), 9, mtime=0))
    table = {
        "data_type": "pd.DataFrame",
        "data_file_path": "x.bin",
        "compression": "gzip",
        "shape": [60 * MB // 8, 1],
        "endian_dtype": "<f8",
    }
    entries = {f"K{i}": table for i in range(2000)}
    (folder / "manifest.json").write_text(json.dumps({"_metadata": {}, **entries}))
    return folder


def intan_header(natives: list[str]) -> bytes:
    """Return the header of a folder of Intan's, whose channels lie in files of these names."""

    def text(words: str) -> bytes:
        return struct.pack("<I", 2 * len(words)) + words.encode("utf-16-le")

    head = b"\x02\x27\x91\xc6" + struct.pack("<hhf", 2, 0, 20_000) + bytes(36) + text("") * 3
    head += bytes(4) + text("") + struct.pack("<h", 1) + text("A") * 2
    head += struct.pack("<3h", 1, len(natives), len(natives))
    after = struct.pack("<6h", 0, 0, 0, 1, 0, 0) + bytes(16)
    return head + b"".join(2 * text(name) + after for name in natives)


def intan_channels(folder: Path) -> Path:
    """Four thousand channels of one name."""
    (folder / "info.rhd").write_bytes(intan_header(["A"] * 4000))
    (folder / "amp-A.dat").write_bytes(bytes(2_000_000))
    return folder


def test_trains_that_overlap_are_charged_each(tmp_path):
    folder = module_trains(tmp_path)
    begun = process_time()
    with pytest.raises(ReadError, match="honestly"):
        rio.read(folder)
    assert process_time() - begun < SLOWEST_S


@pytest.mark.parametrize("made", [module_tables, intan_channels])
def test_a_folder_never_becomes_gigabytes(made, tmp_path):
    folder = made(tmp_path)
    begun = process_time()
    read_or_refused(folder)
    assert process_time() - begun < SLOWEST_S
    tracemalloc.start()
    try:
        read_or_refused(folder)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 450 * MB


def test_no_channel_leads_to_another_folder(tmp_path):
    folder = tmp_path / "one"
    (folder / "amp-x").mkdir(parents=True)
    (tmp_path / "secret.dat").write_bytes(bytes(20_000))
    (folder / "info.rhd").write_bytes(intan_header(["x/../../secret"]))
    with pytest.raises(ReadError, match="another folder"):
        rio.read(folder)


def test_channels_of_a_folder_are_read(tmp_path):
    (tmp_path / "info.rhd").write_bytes(intan_header(["A", "B"]))
    for name in "AB":
        (tmp_path / f"amp-{name}.dat").write_bytes(np.arange(2000, dtype="<i2").tobytes())
    assert rio.read(tmp_path).signals["emg"].values.shape == (2000, 2)


def test_a_budget_grows_by_each_file():
    budget = Budget(1000)
    usual = budget.total
    budget.grow(5000)
    assert budget.total == Budget(6000).total > usual
    given = Budget(1000, memory_gb=0.1)
    given.grow(10**9)
    assert given.total == 1e8


def xml_of(encoding: str) -> bytes:
    text = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "' + "x" * 99 + '">]><a>&b;</a>'
    return text.encode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_a_dtd_is_refused_whatever_the_encoding(encoding):
    with pytest.raises(Refusal, match="declares entities"):
        xml.parsed(xml_of(encoding), "a.xml", Budget(1000))


def test_xml_of_nothing_but_elements_is_refused():
    content = ("<a>" + "<b/>" * 1_700_000 + "</a>").encode("utf-16")
    with pytest.raises(Refusal, match="honestly"):
        xml.parsed(content, "a.xml", Budget(50_000))


def test_the_person_can_allow_more(tmp_path):
    path = tmp_path / "a.mat"
    write_mat5(demuse(TRAINS, FS_HZ), path)
    with pytest.raises(ReadError, match=r"--memory 8 \(memory_gb=8\)"):
        rio.read(path, options=rio.ReadOptions(memory_gb=1e-5))
    assert len(rio.read(path, options=rio.ReadOptions(memory_gb=1)).units) == 3
    assert Budget(1000, memory_gb=8).total == 8e9 > Budget(1000).total


def test_a_large_file_may_take_as_much_as_it_honestly_needs():
    gigabytes = 6 * 2**30
    budget = Budget(gigabytes)
    budget.numbers(gigabytes // 2, 2, "The EMG")  # samples of two bytes


def edf(annotations: bytes) -> bytes:
    """Return an EDF+ file of one record: a channel of EMG and one of annotations."""
    annotations += b"\0" * (-len(annotations) % 2)
    samples = [2048, len(annotations) // 2]
    columns = (
        (["EMG 1", "EDF Annotations"], 16),
        (["", ""], 80),
        (["uV", ""], 8),
        (["-100", "-1"], 8),
        (["100", "1"], 8),
        (["-32768", "-32768"], 8),
        (["32767", "32767"], 8),
        (["", ""], 80),
        ([str(n) for n in samples], 8),
        (["", ""], 32),
    )
    head = [("0", 8), ("", 80), ("", 80), ("", 8), ("", 8), ("768", 8), ("EDF+C", 44), ("1", 8)]
    head += [("1", 8), ("2", 4)]
    text = "".join(word.ljust(width) for word, width in head)
    text += "".join(word.ljust(width) for words, width in columns for word in words)
    rest = np.arange(2048, dtype="<i2").tobytes() + annotations
    return text.encode() + rest


def test_annotations_are_read(tmp_path):
    path = tmp_path / "a.edf"
    lists = b"+0\x14\x14\0" + b"+0.25\x150.5\x14ramp\x14hold\x14\0" + b"+0.75\x14end\x14\0"
    path.write_bytes(edf(lists + b"+1" + b"0" * 400 + b"\x14never\x14\0"))
    found = [(e.onset_s, e.duration_s, e.label) for e in rio.read(path).events]
    assert found == [(0.25, 0.5, "ramp"), (0.25, 0.5, "hold"), (0.75, 0.0, "end")]


ENDLESS = {
    "beginnings": b"+1\x14",
    "beginnings that end": b"+1\x14\0",
    "empty words": b"\x14",
    "digits": b"+1.11111111",
    "how long": b"+1\x151",
    "signs": b"+",
}


@pytest.mark.parametrize("case", ENDLESS)
def test_annotations_without_end(case, tmp_path):
    path = tmp_path / "a.edf"
    path.write_bytes(edf(ENDLESS[case] * (240_000 // len(ENDLESS[case]))))
    begun = process_time()
    rio.read(path)
    assert process_time() - begun < SLOWEST_S


def steps_of(work: Callable[[], object]) -> int:
    """Return how many calls of functions, Python's and others, some work takes."""
    count = 0

    def each(*_: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(each)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def read_or_refused(path: Path) -> None:
    with contextlib.suppress(ReadError):
        rio.read(path)


def many_groups(path: Path, n: int) -> None:
    with h5py.File(path, "w") as file:
        for i in range(n):
            file.create_group(f"g{i}")


def many_variables_73(path: Path, n: int) -> None:
    write_mat73({**demuse(TRAINS, FS_HZ), **{f"v{i}": np.ones((1, 2)) for i in range(n)}}, path)


def many_cells_73(path: Path, n: int) -> None:
    write_mat73({"fsamp": 2048.0, "MUPulses": cell([np.arange(20.0)[None]] * n)}, path)


def many_variables(path: Path, n: int) -> None:
    write_mat5({**demuse(TRAINS, FS_HZ), **{f"v{i}": np.ones((1, 2)) for i in range(n)}}, path)


def many_cells(path: Path, n: int) -> None:
    write_mat5({"fsamp": 2048.0, "MUPulses": cell([np.arange(20.0)[None]] * n)}, path)


def many_fields(path: Path, n: int) -> None:
    write_mat5({"signal": {f"f{i}": 1.0 for i in range(n)}, **demuse(TRAINS, FS_HZ)}, path)


def many_series(path: Path, n: int) -> None:
    with h5py.File(path, "w") as file:
        as_nwb(file)
        for i in range(n):
            series = file.create_group(f"acquisition/s{i}")
            series["data"] = np.arange(10.0)
            series["starting_time"] = 0.0
            series["starting_time"].attrs["rate"] = 10.0
        file["units/spike_times"] = np.arange(1.0, 20.0)
        file["units/spike_times_index"] = np.array([19])


def many_columns(path: Path, n: int) -> None:
    with h5py.File(path, "w") as file:
        as_nwb(file)
        file["units/spike_times"] = np.arange(1.0, 20.0)
        file["units/spike_times_index"] = np.array([19])
        for i in range(n):
            file[f"units/c{i}"] = np.ones(1)


def many_intervals(path: Path, n: int) -> None:
    many_columns(path, 1)
    with h5py.File(path, "r+") as file:
        for i in range(n):
            file[f"intervals/i{i}/start_time"] = np.ones(1)
            file[f"intervals/i{i}/stop_time"] = np.ones(1)


def many_signals(path: Path, n: int) -> None:
    rio.write(rio.read(_good(path.parent)), path, format="renshaw")
    with h5py.File(path, "r+") as file:
        for i in range(n):
            signal = file["signals"].create_group(str(i))
            signal.attrs["fs_hz"], signal.attrs["start_s"] = 100.0, 0.0
            signal["about"] = np.bytes_(json.dumps({"name": f"s{i}", "unit": "N"}))
            signal["values"] = np.arange(20.0)


def many_annotations(path: Path, n: int) -> None:
    path.write_bytes(edf(b"".join(b"+%d\x14word\x14\0" % (i % 1000) for i in range(n))))


def many_channels(path: Path, n: int) -> None:
    channels = "".join(f'<Channel Index="{i}" ID="GR08MM1305"/>' for i in range(n))
    device = (
        f'<Device Name="QUATTROCENTO" DeviceTotalChannels="{n}" ad_bits="16" '
        'SampleFrequency="2048"><Adapter ID="GR" Gain="150" ChannelStartIndex="0">'
        f"{channels}</Adapter></Device>"
    )
    tar(path, {"a.xml": device.encode(), "a.sig": bytes(64 * n)})


def many_tracks(path: Path, n: int) -> None:
    tracks = "".join(
        f"<TrackInfo><Title>T{i}</Title><SignalStreamPath>a{i}.sig</SignalStreamPath>"
        "<SampleSize>2</SampleSize><NumberOfChannels>4</NumberOfChannels><SamplingFrequency>2048"
        "</SamplingFrequency><UnitOfMeasurement>V</UnitOfMeasurement></TrackInfo>"
        for i in range(n)
    )
    tar(path, {"a.xml": f"<A>{tracks}</A>".encode()} | {f"a{i}.sig": bytes(64) for i in range(n)})


def many_units_json(path: Path, n: int) -> None:
    path.write_text(json.dumps(openhdemg([np.arange(20)] * n, FS_HZ)))


def many_entries_json(path: Path, n: int) -> None:
    path.write_text(json.dumps({**openhdemg(TRAINS, FS_HZ), **{f"k{i}": "1" for i in range(n)}}))


def many_units_csv(path: Path, n: int) -> None:
    path.write_text(
        "unit,time_s\n" + "".join(f"{i},{t / 10}\n" for i in range(n) for t in range(5))
    )


def many_columns_csv(path: Path, n: int) -> None:
    names = ",".join(f"MU{i}" for i in range(n))
    rows = "".join(",".join(f"{t + i / n}" for i in range(n)) + "\n" for t in range(6))
    path.write_text(f"{names}\n{rows}")


def many_muscles_csv(path: Path, n: int) -> None:
    path.write_text(
        "unit,muscle,time_s\n" + "".join(f"1,m{i},{t / 10}\n" for i in range(n) for t in range(5))
    )


def many_lines_csv(path: Path, n: int) -> None:
    path.write_text("# a remark\n" * (n // 5) + "unit,time_s\n1,0.5\n1,0.7\n1,0.9\n")


def many_units_tsv(path: Path, n: int) -> None:
    rows = (f"{t / 10}\t0\t{i}\tmotor-unit-spike\n" for i in range(n) for t in range(5))
    path.write_text("onset\tduration\tunit_id\tevent_type\n" + "".join(rows))


def many_streams_gz(path: Path, n: int) -> None:
    """A packed table that goes on in streams of nothing, some with zeros between them."""
    head = gzip.compress(b"unit,time_s\n1,0.5\n1,0.7\n1,0.9\n", mtime=0)
    nothing = gzip.compress(b"", mtime=0)
    path.write_bytes(head + (nothing + b"\0" + 3 * nothing) * (25 * n))


def many_arrays_npz(path: Path, n: int) -> None:
    trains = {f"a{i}": np.arange(1.0, 20.0) for i in range(n)}
    with path.open("wb") as stream:
        np.savez(stream, fsamp=2048.0, **trains)


def otb_blanks(path: Path, n: int) -> None:
    """A channel whose unit begins, and goes on in blanks."""
    names = np.empty((3, 1), object)
    names[:, 0] = ["a [uV]", "[" + " " * n, "force[N]"]
    write_mat5({"Data": np.ones((400, 3)), "Description": names, "SamplingFrequency": 2048.0}, path)


def csv_brackets(path: Path, n: int) -> None:
    path.write_text(f"time (s),Torque,MU1{'(' * 25 * n}\n" + "0.1,1,0\n0.2,1,1\n" * 10)


GROWING = {
    each.__name__: each
    for each in (
        *(many_groups, many_variables_73, many_cells_73, many_variables, many_cells, many_fields),
        *(many_series, many_columns, many_intervals, many_signals, many_annotations),
        *(many_channels, many_tracks, many_units_json, many_entries_json, many_units_csv),
        *(many_columns_csv, many_muscles_csv, many_lines_csv, many_units_tsv, many_arrays_npz),
        *(many_streams_gz, otb_blanks, csv_brackets),
    )
}
# What is walked through here is of no format.
OF_NO_FORMAT = {"many_groups"}


@pytest.mark.parametrize("case", GROWING)
def test_a_reader_looks_at_what_grows(case, tmp_path):
    path = tmp_path / "a.dat"
    GROWING[case](path, 30)
    try:
        rio.read(path)
    except ReadError as error:
        of_none = re.search("no format|unknown kind", str(error)) is not None
        assert of_none == (case in OF_NO_FORMAT), error


# Sorting takes a little more than twice the steps for twice the length.
LINEAR = 2.4


@pytest.mark.parametrize("case", GROWING)
def test_twice_as_much_takes_twice_the_steps(case, tmp_path):
    n = 40
    paths = [tmp_path / f"{times}.dat" for times in (1, 2, 4)]
    for path, times in zip(paths, (1, 2, 4), strict=True):
        GROWING[case](path, n * times)
    read_or_refused(paths[0])  # loads what is needed
    once, twice, four = (steps_of(lambda path=path: read_or_refused(path)) for path in paths)
    assert four - twice <= LINEAR * (twice - once) + n, (once, twice, four)


@pytest.mark.parametrize("case", GROWING)
def test_thousands_of_parts_end(case, tmp_path):
    """What libraries walk through unseen, such as a whole file for the name of a part."""
    seconds = []
    for n in (500, 500, 2000):  # the first loads what is needed
        path = tmp_path / "a.dat"
        GROWING[case](path, n)
        begun = process_time()
        read_or_refused(path)
        seconds.append(process_time() - begun)
    # In a ratio, as a busy machine is slow with few and with many: sixteen times as long where each
    # part is looked for among all.
    assert seconds[2] < 8.0 * seconds[1] + 0.5


def test_no_more_is_asked_for_than_there_is(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text("unit,time_s\n1,0.5\n1,0.75\n1,1.25\n")
    asked = []

    class Watched(io.BufferedReader):
        def read(self, size: int | None = -1) -> bytes:
            asked.append(size)
            return super().read(size)

    monkeypatch.setattr("os.fdopen", lambda handle, _: Watched(io.FileIO(handle)))
    rio.read(path)
    assert asked
    assert max(asked) <= MB and min(asked) >= 0
