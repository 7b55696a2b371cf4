"""A file that nothing reads is told what it seems to be, and what to save instead."""

from __future__ import annotations

import gzip
import struct
import zipfile

import numpy as np
import pytest

import renshaw as rs

NOISE = np.random.default_rng(1).integers(128, 256, 600, dtype=np.uint8).tobytes()
KINDS = {
    "rec.c3d": (b"\x02\x50" + NOISE, "C3D", "export them as text"),
    "rec.poly5": (b"POLY SAMPLE FILEversion 2.03\r\n\x1a" + NOISE, "TMSi", "as EDF"),
    "rec.plx": (b"PLEX" + NOISE, "Plexon", "Offline Sorter"),
    "rec.ns5": (b"NEURALCD" + NOISE, "Blackrock", "NPMK"),
    "rec.hpf": (NOISE, "Delsys EMGworks", ".csv"),
    "rec.cnt": (b"Version 3.0\0" + NOISE, "Neuroscan", "EDF"),
    "rec.vhdr": (
        b"Brain Vision Data Exchange Header File Version 1.0\r\n; Recorder\r\n\r\n[Common Infos]"
        b"\r\nCodepage=UTF-8\r\nNumberOfChannels=2\r\nSamplingInterval=500\r\n",
        "BrainVision",
        "EDF",
    ),
    "rec.xdf": (b"XDF:" + NOISE, "LabRecorder", "pyxdf"),
    "rec.wav": (b"RIFF" + struct.pack("<i", 9) + b"WAVEfmt " + NOISE, "sound", ".npy"),
    "rec.smrx": (NOISE, "Spike2", "File, Export As"),
    "rec.adicht": (NOISE, "LabChart", "File, Export"),
    "rec.acq": (NOISE, "AcqKnowledge", "Save As"),
    "rec.tdms": (b"TDSm" + NOISE, "LabVIEW", "npTDMS"),
    "rec.sav": (b"$FL2@(#) SPSS" + NOISE, "SPSS", "renshaw compare"),
    "rec.parquet": (b"PAR1" + NOISE, "Parquet", "renshaw compare"),
    "rec.pdf": (b"%PDF-1.4\n%\xe2\xe3\n", "PDF document", "Give the file"),
    "rec.pkl": (b"\x80\x04\x95" + NOISE, "pickle", "numpy.savez"),
    "rec.json": (b'{"a": 1, "b": [1,2,3]}', "JSON", "unit,time_s"),
    "rec.xml": (b"<?xml version='1.0'?><a>1</a>", "XML", "unit,time_s"),
    "rec.html": (b"<!DOCTYPE html><html></html>", "web page", "Give the file"),
    "rec.rtf": (b"{\\rtf1\\ansi unit time}", "layout", "plain text"),
    "rec.gz": (gzip.compress(NOISE), "gzip", "Unpack it"),
    "rec.7z": (b"7z\xbc\xaf\x27\x1c" + NOISE, "archive", "Unpack it"),
}


@pytest.mark.parametrize("name", KINDS)
def test_what_it_is_and_what_to_do(name, tmp_path):
    content, what, cure = KINDS[name]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(rs.ReadError) as refused:
        rs.read(path)
    assert what in str(refused.value)
    assert cure in str(refused.value)


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"word/document.xml": "x"}, "a Word document"),
        ({"P01/rec.csv": "unit,time_s", "readme.md": "x"}, r"'P01/rec\.csv' in it\. Unpack it"),
        ({"P01/rec.xyz": "x"}, r"'P01/rec\.xyz' in it"),
        ({}, "nothing in it"),
    ],
)
def test_archives_say_what_is_in_them(members, words, tmp_path):
    path = tmp_path / "rec.zip"
    with zipfile.ZipFile(path, "w") as box:
        for name, content in members.items():
            box.writestr(name, content)
    with pytest.raises(rs.ReadError, match=words):
        rs.read(path)


def test_a_folder_names_its_files(tmp_path):
    (tmp_path / "a.csv").write_text("x")
    with pytest.raises(rs.ReadError, match=r"It is a folder.*'a\.csv'"):
        rs.read(tmp_path)


def test_an_ending_never_keeps_a_good_file_from_being_read(tmp_path):
    path = tmp_path / "rec.pdf"
    path.write_text("unit,time_s\n" + "".join(f"1,{at / 10}\n" for at in range(1, 30)))
    assert len(rs.read(path).units) == 1


def test_channels_called_after_muscles_are_emg_by_their_unit(tmp_path):
    # Noraxon's text export.
    path = tmp_path / "rec.txt"
    rows = [f"{at / 2000:.4f}\t{at % 17 - 8}\t{at % 5}\t{at}" for at in range(2000)]
    head = "Time,s\tRT TIB.ANT.,uV\tRT MED. GASTRO,uV\tTrigger,mV"
    path.write_text("\n".join(["Noraxon MR 3.18", "Patient\tX", "", head, *rows]))
    emg = rs.read(path).signals["emg"]
    assert (emg.fs_hz, emg.unit, emg.values.shape) == (2000.0, "uV", (2000, 2))


def test_a_table_of_results_in_millivolts_is_no_recording(tmp_path):
    path = tmp_path / "rec.csv"
    path.write_text("person,M-wave (mV),H-reflex (mV)\n1,2.5,1.1\n2,3.1,0.9\n3,2.2,1.4\n")
    with pytest.raises(rs.ReadError, match="renshaw compare"):
        rs.read(path)


@pytest.mark.parametrize("head", [b"BM", b"\x80\x03", b"\x00\x50"])
def test_two_bytes_alone_tell_nothing(head, tmp_path):
    path = tmp_path / "rec.bin"
    path.write_bytes(head + NOISE)
    with pytest.raises(rs.ReadError, match="binary data in no format"):
        rs.read(path)
