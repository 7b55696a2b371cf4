"""Files that lie, lead elsewhere or are no files: refused in words, within bounds, no hang."""

from __future__ import annotations

import gzip
import io
import json
import os
import pickle
import struct
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import h5py
import numpy as np
import pytest
from samples import SAMPLES_OF
from samples._containers import write_mat5, write_mat73
from samples._units import FS_HZ, TRAINS
from samples.demuse import demuse
from samples.openhdemg import openhdemg

import renshaw.io as rio
from renshaw.core.errors import ReadError

MB = 2**20


def refused(path: Path, match: str) -> str:
    with pytest.raises(ReadError, match=match) as caught:
        rio.read(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert message.endswith((".", "?"))
    assert not message.endswith(("..", "?."))
    return message


def test_a_missing_file_suggests_its_neighbor(tmp_path):
    (tmp_path / "ramp_01.mat").write_bytes(b"x")
    assert "ramp_01.mat" in refused(tmp_path / "ramp_1.mat", "no such file")


def test_a_missing_folder(tmp_path):
    refused(tmp_path / "nowhere" / "a.mat", "no such file")


def test_an_empty_file(tmp_path):
    path = tmp_path / "a.mat"
    path.touch()
    refused(path, "empty")


def test_a_folder(tmp_path):
    refused(tmp_path, "folder")


def test_an_openhdemg_module_folder(tmp_path):
    (tmp_path / ".openhdemg_module").touch()
    refused(tmp_path, "openhdemg module without its manifest")


def test_a_pipe_does_not_hang(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    refused(path, "device or a pipe")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no devices here")
def test_a_device_does_not_hang(tmp_path):
    refused(Path("/dev/zero"), "device or a pipe")
    link = tmp_path / "link.csv"
    link.symlink_to("/dev/zero")
    refused(link, "device or a pipe")


def test_a_link_to_itself(tmp_path):
    path = tmp_path / "loop"
    path.symlink_to(path)
    refused(path, "can't be opened")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("unit,time_s\n1,1\n")
    path.chmod(0)
    refused(path, "permission")


def test_a_link_to_a_recording_is_read(tmp_path):
    SAMPLES_OF["csv"].write(tmp_path / "a.csv", TRAINS, FS_HZ)
    (tmp_path / "b").symlink_to(tmp_path / "a.csv")
    assert len(rio.read(tmp_path / "b").units) == 3


@pytest.mark.parametrize("path", [None, 0, b"a.mat", 3.5])
def test_something_that_is_no_path(path):
    with pytest.raises(ReadError, match="not the path"):
        rio.read(path)


def test_a_name_with_nul():
    with pytest.raises(ReadError, match="opened"):
        rio.read("a\0b.mat")


def test_an_unknown_format_gets_a_suggestion(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("unit,time_s\n1,1\n")
    with pytest.raises(ReadError, match="'csv'"):
        rio.read(path, format="cvs")


class _Trap:
    def __reduce__(self):
        return (Path.touch, (Path("trap-was-sprung"),))


def test_pickles_are_never_opened(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "a.pkl"
    path.write_bytes(pickle.dumps(_Trap(), protocol=4))
    refused(path, "pickle")
    archive = tmp_path / "a.npz"
    with archive.open("wb") as stream:
        np.savez(
            stream,
            fsamp=2048.0,
            discharge_times=np.array([_Trap()], dtype=object),
            allow_pickle=True,
        )
    assert "MUedit2" in refused(archive, "pickle")
    assert not (tmp_path / "trap-was-sprung").exists()


@pytest.mark.parametrize("head", [b"%PDF-1.7 ", b"\x80\x05", b"\x89PNG\r\n\x1a\n", b"\0" * 9])
def test_other_programs_files(head, tmp_path):
    path = tmp_path / "a.mat"
    path.write_bytes(head + bytes(range(256)) * 8)
    assert refused(path, r"renshaw reads|It is a (PDF document|picture)\.")


def test_matlab_files_of_other_things_name_their_variables(tmp_path):
    write_mat5({"x": np.ones(3), "velocity": np.ones(3)}, tmp_path / "a.mat")
    refused(tmp_path / "a.mat", "velocity")
    write_mat73({"x": np.ones(3), "velocity": np.ones(3)}, tmp_path / "b.mat")
    refused(tmp_path / "b.mat", "velocity")


def test_a_muedit_file_that_was_not_decomposed(tmp_path):
    write_mat5({"signal": {"target": np.ones(9), "fsamp": 2048.0}}, tmp_path / "a.mat")
    refused(tmp_path / "a.mat", "without decomposed units")


def test_a_reference_signal_alone(tmp_path):
    members = openhdemg(TRAINS, FS_HZ)
    alone = {key: members[key] for key in ("SOURCE", "FILENAME", "FSAMP", "REF_SIGNAL", "EXTRAS")}
    path = tmp_path / "a.json"
    path.write_bytes(gzip.compress(json.dumps(alone).encode()))
    refused(path, "without motor units")


def mat5(*elements: bytes) -> bytes:
    return b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM" + b"".join(elements)


def element(kind: int, content: bytes, claimed: int | None = None) -> bytes:
    size = len(content) if claimed is None else claimed
    return struct.pack("<II", kind, size) + content + b"\0" * (-len(content) % 8)


def matrix(kind: int, shape: tuple[int, ...], name: bytes, *content: bytes) -> bytes:
    flags = element(6, struct.pack("<II", kind, 0))
    head = flags + element(5, struct.pack(f"<{len(shape)}i", *shape)) + element(1, name)
    return element(14, head + b"".join(content))


RATE = matrix(6, (1, 1), b"fsamp", element(9, struct.pack("<d", 2048.0)))
HUGE = 2**31 - 8
LIES = {
    "element": mat5(RATE, element(14, b"\0" * 64, HUGE)),
    "packed element": mat5(RATE, element(15, zlib.compress(b"\0" * 64), HUGE)),
    "numbers": mat5(RATE, matrix(6, (1, 1), b"MUPulses", element(9, b"\0" * 8, HUGE))),
    "shape": mat5(RATE, matrix(6, (2**28, 1), b"MUPulses", element(9, b"\0" * 8))),
    "shapes": mat5(RATE, matrix(6, (2**30, 2**30, 2**30), b"MUPulses", element(9, b"\0" * 8))),
    "negative shape": mat5(RATE, matrix(6, (-1, 4), b"MUPulses", element(9, b"\0" * 8))),
    "cells": mat5(RATE, matrix(1, (1, 2**30), b"MUPulses")),
    "struct": mat5(matrix(2, (2**30, 1), b"signal", element(5, b"\1\0\0\0"), element(1, b"abcd"))),
    "fields": mat5(
        matrix(2, (1, 1), b"signal", element(5, b"\1\0\0\0"), element(1, b"a" * 900_000))
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_matlab_claims_beyond_the_file(lie, tmp_path):
    path = tmp_path / "a.mat"
    path.write_bytes(LIES[lie])
    tracemalloc.start()
    refused(path, "claim|damaged|truncated|promise|parts")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * MB


def test_big_endian_matlab(tmp_path):
    def big(kind: int, content: bytes) -> bytes:
        return struct.pack(">II", kind, len(content)) + content + b"\0" * (-len(content) % 8)

    def variable(name: bytes, *values: float) -> bytes:
        flags, shape = struct.pack(">II", 6, 0), struct.pack(">ii", 1, len(values))
        numbers = struct.pack(f">{len(values)}d", *values)
        return big(14, big(6, flags) + big(5, shape) + big(1, name) + big(9, numbers))

    path = tmp_path / "a.mat"
    head = b"MATLAB 5.0 MAT-file".ljust(124) + b"\x01\x00MI"
    path.write_bytes(head + variable(b"fsamp", 1000.0) + variable(b"MUPulses", 101, 201, 301))
    recording = rio.read(path)
    assert [times.tolist() for times in recording.units] == [[0.1, 0.2, 0.3]]


def test_matlab_cells_nested_without_end(tmp_path):
    nest = matrix(6, (1, 1), b"", element(9, b"\0" * 8))
    for _ in range(2000):
        nest = matrix(1, (1, 1), b"", nest)
    path = tmp_path / "a.mat"
    path.write_bytes(mat5(RATE, matrix(1, (1, 1), b"MUPulses", nest)))
    refused(path, "nested deeper")


def _bombs(folder: Path) -> dict[str, Path]:
    zeros = b"0" * (100 * MB)
    mat = folder / "bomb.mat"
    mat.write_bytes(mat5(RATE, element(15, zlib.compress(matrix(6, (1, 1), b"MUPulses") + zeros))))
    text = folder / "bomb.json"
    text.write_bytes(gzip.compress(b'{"SOURCE": "' + zeros, 6, mtime=0))
    archive = folder / "bomb.npz"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as box:
        head = io.BytesIO()
        np.lib.format.write_array_header_1_0(
            head, {"descr": "<f8", "fortran_order": False, "shape": (len(zeros) // 8,)}
        )
        box.writestr("fsamp.npy", head.getvalue() + zeros)
        box.writestr("spike_times.npy", b"")
    return {"mat": mat, "json": text, "npz": archive}


def test_decompression_bombs(tmp_path):
    for path in _bombs(tmp_path).values():
        assert path.stat().st_size < MB
        tracemalloc.start()
        refused(path, "bomb|honestly")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 200 * MB, path.name


def test_json_nested_without_end(tmp_path):
    path = tmp_path / "a.json"
    deep = "[" * 200_000 + "]" * 200_000
    for text in (f'{{"MUPULSES": {deep}}}', json.dumps({"FSAMP": "2048", "MUPULSES": deep})):
        path.write_text(text)
        refused(path, "nested|not a list|damaged")


def test_json_numbers_without_end(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"FSAMP": "1" * 10_000, "MUPULSES": "[[1,2,3]]"}))
    refused(path, "FSAMP|damaged|impossible")


def test_json_entries_without_end(tmp_path):
    path = tmp_path / "a.json"
    path.write_text('{"FSAMP":10' + "".join(f',"{i}":1' for i in range(500_000)) + "}")
    refused(path, "more than 10,000 entries")


def test_hdf5_data_sets_that_claim_gigabytes(tmp_path):
    path = tmp_path / "a.mat"
    write_mat73({key: v for key, v in demuse(TRAINS, FS_HZ).items() if key != "ref_signal"}, path)
    with h5py.File(path, "r+") as file:
        claim = file.create_dataset("ref_signal", (2**37, 1), "f8", chunks=(2**16, 1))
        claim.attrs["MATLAB_class"] = np.bytes_("double")
    assert path.stat().st_size < MB
    refused(path, "honestly")


@pytest.mark.parametrize("lie", ["chunk", "content"])
def test_hdf5_chunks_that_are_bombs(lie, tmp_path):
    """A chunk far larger than its data set, and one that unpacks to far more than a chunk."""
    path = tmp_path / "a.mat"
    write_mat73({"fsamp": 2048.0, "ref_signal": np.zeros((1, 9))}, path)
    length = 2**28 if lie == "chunk" else 2**17
    with h5py.File(path, "r+") as file:
        options = {"chunks": (length, 1), "compression": "gzip", "maxshape": (None, 1)}
        pulses = file.create_dataset("MUPulses", (2**17, 1), "f8", **options)
        pulses.attrs["MATLAB_class"] = np.bytes_("double")
        if lie == "content":
            pulses.id.write_direct_chunk((0, 0), zlib.compress(bytes(100 * MB)))
    assert path.stat().st_size < MB
    refused(path, "honestly|bomb")


def test_hdf5_cells_that_name_the_same_data_again_and_again(tmp_path):
    path = tmp_path / "a.mat"
    write_mat73({"fsamp": 2048.0}, path)
    with h5py.File(path, "r+") as file:
        file.create_dataset("#refs#/a", data=np.zeros((1, 2**20)), compression="gzip")
        same = np.full((5000, 1), file["#refs#/a"].ref, dtype=h5py.ref_dtype)
        file["MUPulses"] = same
        file["MUPulses"].attrs["MATLAB_class"] = np.bytes_("cell")
    refused(path, "honestly")


def test_hdf5_cells_that_contain_themselves(tmp_path):
    path = tmp_path / "a.mat"
    write_mat73({"fsamp": 2048.0}, path)
    with h5py.File(path, "r+") as file:
        cells = file.create_dataset("MUPulses", (2, 1), dtype=h5py.ref_dtype)
        cells.attrs["MATLAB_class"] = np.bytes_("cell")
        cells[...] = np.full((2, 1), cells.ref, dtype=h5py.ref_dtype)
    refused(path, "nested deeper|parts")


def test_hdf5_never_leads_to_another_file(tmp_path):
    secret = tmp_path / "secret.bin"
    secret.write_bytes(np.arange(100.0).tobytes())
    with h5py.File(tmp_path / "other.h5", "w") as other:
        other["pulses"] = np.arange(10.0)
    for kind in ("external data", "external link", "soft link", "virtual"):
        path = tmp_path / f"{kind}.mat"
        write_mat73({"fsamp": 2048.0}, path)
        with h5py.File(path, "r+") as file:
            if kind == "external data":
                file.create_dataset("MUPulses", (1, 100), "f8", external=[(str(secret), 0, 800)])
            elif kind == "external link":
                file["MUPulses"] = h5py.ExternalLink(str(tmp_path / "other.h5"), "pulses")
            elif kind == "soft link":
                file["MUPulses"] = h5py.SoftLink("/fsamp")
            else:
                layout = h5py.VirtualLayout((10,), "f8")
                layout[:] = h5py.VirtualSource(str(tmp_path / "other.h5"), "pulses", (10,))
                file.create_virtual_dataset("MUPulses", layout)
        refused(path, "link to elsewhere|another file")


def test_a_newer_schema_asks_for_an_update(tmp_path):
    path = tmp_path / "a.h5"
    SAMPLES_OF["renshaw"].write(path, TRAINS, FS_HZ)
    with h5py.File(path, "r+") as file:
        file.attrs["schema_version"] = 99
        file.attrs["renshaw_version"] = np.bytes_("9.1")
    assert "9.1" in refused(path, "pip install -U renshaw")


def test_hdf5_texts_of_variable_length_are_not_touched(tmp_path):
    """HDF5 itself reads some damaged heaps of such texts without end."""
    path = tmp_path / "a.h5"
    SAMPLES_OF["renshaw"].write(path, TRAINS, FS_HZ)
    with h5py.File(path, "r+") as file:
        file.attrs["schema"] = "renshaw-recording"
    refused(path, "unknown kind")
    SAMPLES_OF["renshaw"].write(path, TRAINS, FS_HZ)
    with h5py.File(path, "r+") as file:
        del file["units/about"]
        file["units/about"] = "{}"
    refused(path, "no description")


def test_hdf5_attributes_that_claim_too_much(tmp_path):
    path = tmp_path / "a.h5"
    SAMPLES_OF["renshaw"].write(path, TRAINS, FS_HZ)
    with h5py.File(path, "r+") as file:
        file["units"].attrs["window_s"] = np.zeros(1000)
    refused(path, "claims too much")


@pytest.mark.parametrize("version", [0, -3, "x"])
def test_a_schema_that_never_was(version, tmp_path):
    path = tmp_path / "a.h5"
    SAMPLES_OF["renshaw"].write(path, TRAINS, FS_HZ)
    with h5py.File(path, "r+") as file:
        file.attrs["schema_version"] = np.bytes_(version) if version == "x" else version
    refused(path, "schema version")


TEXTS = {
    "nul": (b"unit,time_s\n1,0.5\0\n", "binary|renshaw knows"),
    "nul later": (b"unit,time_s\n" + b"1,0.5\n" * 20_000 + b"\0", "binary"),
    "no times": (b"unit,time_s\n1,abc\n2,def\n", "no discharge times"),
    "other columns": (b"time,force\n0,1\n1,2\n", "expected unit and time_s"),
    "a novel": (b"It was a dark and stormy night.\n" * 50, "renshaw knows"),
    "one endless cell": (b"unit,time_s\n1," + b"9" * 300_000 + b"\n", "line|Line|no discharge"),
    "one open quote": (b'unit,time_s\n1,"' + b"0.5\n1," * 60_000, "Line"),
}


@pytest.mark.parametrize("case", TEXTS)
def test_texts(case, tmp_path):
    content, match = TEXTS[case]
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    refused(path, match)


def test_more_units_than_any_muscle(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("unit,time_s\n" + "".join(f"{i},1\n" for i in range(10_001)))
    refused(path, "10,000 motor units")


@pytest.mark.parametrize("late", ["1e300", "1e18", "1763812345.5", "inf"])
def test_times_beyond_any_recording_do_not_stretch_the_window(late, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"unit,time_s\n1,0.5\n1,0.6\n1,0.7\n1,{late}\n")
    recording = rio.read(path)
    assert recording.units.window_s == (0.0, 0.7)
    assert recording.units.flags[0]


def test_a_numpy_file_of_nothing(tmp_path):
    path = tmp_path / "a.npy"
    path.write_bytes(b"\x93NUMPY\x01\x00" + bytes(range(256)) * 8)
    refused(path, "header makes no sense")
    np.save(path, np.array(["a", "b"]))
    refused(path, "without motor units that renshaw knows")
    np.save(path, np.array([{}], dtype=object), allow_pickle=True)
    refused(path, "without motor units that renshaw knows")
    np.save(path, np.array([_Trap()], dtype=object), allow_pickle=True)
    refused(path, r"pickled Python objects \((pathlib|builtins)")
