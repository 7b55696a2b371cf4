"""Files that renshaw does not read: what each seems to be, and what to save instead.

What a file begins with tells; where that says nothing its ending does, for the words of a refusal
can't make a wrong number.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from dataclasses import dataclass

from renshaw.io.probe import Probe

_EXPORTED = "export the recording as EDF, .mat or text, and read that"
_UNITS = "Save the discharge times of its motor units as a table (unit,time_s) or as .mat"
_NO_RECORDING = "Give the file that the recording or the motor units were saved in"


@dataclass(frozen=True)
class Other:
    """A kind of file that is known and not read.

    Parameters
    ----------
    what : str
        What it is, after "It is ".
    cure : str
        What to do, in a sentence without its full stop.
    starts : tuple of bytes
        What it begins with, one of them.
    at : int
        Where that stands.
    endings : tuple of str
        By which it is known where its content says nothing.
    """

    what: str
    cure: str
    starts: tuple[bytes, ...] = ()
    at: int = 0
    endings: tuple[str, ...] = ()

    def begins(self, head: bytes) -> int:
        """Return how many bytes tell that a file begins as this kind does; 0 if it doesn't."""
        return max((len(m) for m in self.starts if head[self.at :].startswith(m)), default=0)


_OTHERS = (
    Other(
        "a Spike2 file of 64 bits (.smrx)",
        "No library that runs on every system reads it. In Spike2: File, Export As, file type "
        '"MATLAB data (*.mat)", all channels; or file type "Spike2 data file (*.smr)" of 32 bits',
        (b"S64",),
        endings=(".smrx",),
    ),
    Other(
        "a LabChart file (.adicht)",
        "Only ADInstruments' own library, on Windows, reads it. In LabChart: File, Export, file "
        'type "MATLAB File (*.mat)" or "Text File (*.txt)"; select the channels with EMG, force '
        "and motor units",
        endings=(".adicht", ".adidat"),
    ),
    Other(
        "a binary file of LabChart (.adibin)",
        'In LabChart: File, Export, file type "MATLAB File (*.mat)" or "Text File (*.txt)"',
        (b"CFWB",),
        endings=(".adibin",),
    ),
    Other(
        "an AcqKnowledge file (.acq) whose header is none of version 2 to 5",
        "In AcqKnowledge: File, Save As, MATLAB (*.mat) or Text (*.txt)",
        endings=(".acq",),
    ),
    Other(
        "a TMSi recording (.Poly5)",
        f"In TMSi Saga or Polybench, or with TMSi's Python interface, {_EXPORTED}",
        (b"POLY SAMPLE FILE",),
        endings=(".poly5", ".s00"),
    ),
    Other(
        "a C3D file of motion capture",
        "Its analog channels may hold EMG and force: in Mokka, Nexus or QTM export them as text "
        "(.csv), with the sampling rate",
        (b"\x50",),
        at=1,
        endings=(".c3d",),
    ),
    Other(
        "a Plexon file",
        f"In Plexon's Offline Sorter: File, Export, timestamps of units as text or .mat. {_UNITS}",
        (b"PLEX",),
        endings=(".plx", ".pl2"),
    ),
    Other(
        "a Blackrock file",
        f"With Blackrock's NPMK (openNSx, openNEV) save it as .mat, or {_EXPORTED}",
        (b"NEURALSG", b"NEURALCD", b"BRSMPGRP", b"NEURALEV", b"BREVENTS"),
        endings=(".ns1", ".ns2", ".ns3", ".ns4", ".ns5", ".ns6", ".nev"),
    ),
    Other(
        "a recording of Delsys EMGworks (.hpf, .shpf)",
        "In EMGworks Analysis or Delsys' File Utility: export it as .csv or .mat",
        endings=(".hpf", ".shpf"),
    ),
    Other(
        "a Neuroscan or eego recording (.cnt)",
        f"In its program, or in EEGLAB, {_EXPORTED}",
        (b"Version 3.0",),
        endings=(".cnt",),
    ),
    Other(
        "the header of a BrainVision recording (.vhdr, with .eeg and .vmrk beside it)",
        f"In BrainVision Analyzer, EEGLAB or MNE-Python {_EXPORTED}",
        (b"Brain Vision", b"BrainVision", b"\xef\xbb\xbfBrain Vision", b"\xef\xbb\xbfBrainVision"),
        endings=(".vhdr", ".vmrk", ".eeg"),
    ),
    Other(
        "a recording of LabRecorder (.xdf)",
        "With pyxdf save the stream of EMG, and that of force, as .npy or .csv and give its rate; "
        "or in EEGLAB export it as EDF",
        (b"XDF:",),
        endings=(".xdf", ".xdfz"),
    ),
    Other(
        "sound (.wav)",
        "Where its channels are EMG, save them as .npy, .csv or .mat with the sampling rate: a "
        "sound file does not say its unit in V",
        (b"WAVE",),
        at=8,
        endings=(".wav", ".mp3", ".m4a", ".flac"),
    ),
    Other(
        "a LabVIEW measurement (.tdms)",
        f"In LabVIEW, DIAdem or with npTDMS {_EXPORTED}",
        (b"TDSm", b"TDSh"),
        endings=(".tdms",),
    ),
    Other("a LabVIEW measurement (.lvm)", f"In LabVIEW {_EXPORTED}", (b"LabVIEW Measurement",)),
    Other(
        "an Axon recording (.abf)",
        f"In pCLAMP, or with pyABF, {_EXPORTED}",
        (b"ABF ", b"ABF2"),
        endings=(".abf",),
    ),
    Other(
        "an Intan stimulation file (.rhs)",
        "Save it with Intan's program as .rhd or .mat",
        (b"\xac\x27\x91\xd6",),
        endings=(".rhs",),
    ),
    Other(
        "an SPSS data file",
        "It holds values, no recording: renshaw compare reads it",
        (b"$FL2", b"$FL3"),
        endings=(".sav", ".zsav"),
    ),
    Other(
        "a Stata or SAS data file",
        "It holds values, no recording: renshaw compare reads it",
        (b"<stata_dta>",),
        endings=(".dta", ".sas7bdat"),
    ),
    Other(
        "a table in a column format (Parquet, Arrow)",
        f"{_UNITS}; to compare values, renshaw compare reads it",
        (b"PAR1", b"ARROW1", b"FEA1"),
        endings=(".parquet", ".feather"),
    ),
    Other("a database (SQLite)", _UNITS, (b"SQLite format 3",)),
    Other(
        "a PDF document",
        _NO_RECORDING,
        (b"%PDF",),
    ),
    Other("a web page", _NO_RECORDING, (b"<!DOCTYPE html", b"<!doctype html", b"<html")),
    Other(
        "a picture",
        f"{_NO_RECORDING}: discharge times can't be read from a picture",
        (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*"),
        endings=(".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".svg"),
    ),
    Other("a video", _NO_RECORDING, (b"ftyp",), at=4, endings=(".mp4", ".avi", ".mov", ".mkv")),
    Other(
        "a packed archive (.7z, .rar, .xz, .bz2 or .zst)",
        "Unpack it, and read what is in it",
        (b"7z\xbc\xaf", b"Rar!", b"\xfd7zXZ", b"BZh", b"\x28\xb5\x2f\xfd"),
        endings=(".7z", ".rar"),
    ),
    Other(
        "a Python pickle",
        "renshaw never opens one because it can run code. In Python save the arrays with "
        "numpy.savez or scipy.io.savemat",
        (b"\x80\x03", b"\x80\x04\x95", b"\x80\x05\x95"),
        endings=(".pkl", ".pickle", ".joblib"),
    ),
    Other(
        "a figure of MATLAB",
        "Save the variables: save('units.mat', 'MUPulses', 'fsamp')",
        endings=(".fig",),
    ),
    Other(
        "a program, no data",
        _NO_RECORDING,
        endings=(".m", ".py", ".r", ".exe", ".mlx", ".ipynb"),
    ),
)
# Marks of one or two bytes may begin anything, so that the ending must agree.
_SURE_BYTES = 3
_OFFICE = {"word/": "a Word document", "ppt/": "a PowerPoint presentation"}
_MOST_MEMBERS = 2000
_READABLE = re.compile(
    r"\.(csv|txt|tsv|mat|edf|bdf|h5|json|npz|npy|xlsx|nwb|otb\+|otb4|rhd)$", re.I
)


def told_of(probe: Probe) -> str:
    """Return what a file that nothing reads seems to be, and what to do; nothing if unknown."""
    if probe.kind == "zip":
        return _archive(probe)
    if (other := _by_content(probe)) is not None:
        return f"It is {other.what}. {other.cure}"
    if probe.head[:4] == b"RIFF":
        return f"It is a RIFF file (sound, video or an eego recording). In its program {_EXPORTED}"
    name = probe.path.name.lower()
    for other in _OTHERS:
        if other.endings and name.endswith(other.endings):
            return f"By its name it is {other.what}. {other.cure}"
    if probe.kind == "gzip" and not probe.text_head:
        return "It is a packed file (gzip) without a text in it. Unpack it, and read what is in it"
    return _text(probe)


def is_other(probe: Probe) -> bool:
    """Whether a file begins as one of another kind does, so that no table is to be seen in it."""
    return _by_content(probe) is not None


def _by_content(probe: Probe) -> Other | None:
    name = probe.path.name.lower()
    for other in _OTHERS:
        alike = other.begins(probe.head)
        if alike >= _SURE_BYTES or (alike and name.endswith(other.endings)):
            return other
    return None


def _text(probe: Probe) -> str:
    """Say what a text in a language of programs is."""
    begins = probe.text_head.lstrip()[:1]
    what = {"{": "JSON", "[": "JSON", "<": "XML"}.get(begins, "")
    if probe.text_head.startswith("{\\rtf"):
        return f"It is a text with layout (.rtf). Save it as plain text (.txt) or .csv. {_UNITS}"
    if not what:
        return ""
    shown = " ".join(probe.text_head[:60].split())
    return f"It is {what} of no program that renshaw knows ({shown} ...). {_UNITS}"


def _archive(probe: Probe) -> str:
    """Say what lies in an archive, of which the file that is wanted may be one."""
    try:
        with probe.stream() as stream, zipfile.ZipFile(stream) as box:
            names = [n for n in box.namelist()[:_MOST_MEMBERS] if not n.startswith("__MACOSX")]
    except (zipfile.BadZipFile, zlib.error, struct.error, OSError, ValueError, NotImplementedError):
        return "It is a zip archive that can't be opened; it is damaged. Copy or pack it again"
    for folder, what in _OFFICE.items():
        if any(name.startswith(folder) for name in names):
            return f"It is {what}. {_NO_RECORDING}"
    files = [name for name in names if not name.endswith("/")]
    able = [name for name in files if _READABLE.search(name)]
    shown = ", ".join(repr(name[-60:]) for name in (able or files)[:3])
    more = f" and {len(able or files) - 3:,} more" if len(able or files) > 3 else ""
    what = f"It is a zip archive with {shown or 'nothing'}{more} in it"
    return f"{what}. Unpack it, and read what is in it"
