"""`read`: the one verb for every file, and the one place where errors of parsers end."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import warnings
from pathlib import Path

from renshaw.core.errors import DataError, ReadError, did_you_mean
from renshaw.core.history import Step
from renshaw.core.version import __version__
from renshaw.data.recording import Recording
from renshaw.io.probe import Probe
from renshaw.io.refusal import Refusal
from renshaw.io.registry import READERS, Reader

_CHUNK_BYTES = 1 << 20
_SIGNATURES = {
    b"%PDF": "a PDF document",
    b"\x80\x04": "a Python pickle, which renshaw never opens because it can run code",
    b"\x80\x05": "a Python pickle, which renshaw never opens because it can run code",
    b"\x93NUMPY": "a single NumPy array",
}


def read(path: str | os.PathLike[str], *, format: str | None = None) -> Recording:
    """Read a recording from a file, recognized by its content and never by its ending.

    Parameters
    ----------
    path : path-like
    format : str, optional
        Name of a reader (see `renshaw.io.READERS`), to read a file that is not recognized.

    Returns
    -------
    Recording
        Named after the file. Faulty units are flagged, and whatever there is to say stands in
        `notes`.

    Raises
    ------
    ReadError
        The file can't be read; the message names the file, the reason and what to do.
    """
    if not isinstance(path, str | os.PathLike) or isinstance(os.fspath(path), bytes):
        raise ReadError(f"{path!r} is not the path of a file.")
    file = Path(path)
    probe: Probe | None = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            probe = Probe(file)
            reader = _named(format) if format is not None else _recognized(probe)
            recording = reader.read(probe)
            return _finished(recording, reader, file)
    except Refusal as refusal:
        words = str(refusal).rstrip(".")
        raise ReadError(f"{file}: {words}{'' if words.endswith('?') else '.'}") from None
    except ReadError:
        raise
    except DataError as error:
        raise ReadError(f"{file}: {error} The file is damaged; export it again.") from None
    except MemoryError:
        raise ReadError(f"{file}: It needs more memory than there is.") from None
    except RecursionError:
        raise ReadError(f"{file}: It is nested too deeply; it is damaged.") from None
    except Exception as error:
        # Whatever a parser stumbles over is a fault of the file, and a person wants to know which.
        reason = f"{type(error).__name__}: {error}".replace("\n", " ")[:300]
        raise ReadError(
            f"{file}: It is damaged or not what it seems ({reason}). Copy or export it again."
        ) from error
    finally:
        if probe is not None:
            probe.close()


def _named(format: str) -> Reader:
    if format not in READERS:
        raise Refusal(f"There is no reader {format!r}.{did_you_mean(str(format), READERS)}")
    return READERS[format]


def _recognized(probe: Probe) -> Reader:
    for reader in READERS.values():
        if reader.recognizes(probe):
            return reader
    raise Refusal(f"{_looks_like(probe)} {_known()}")


def _looks_like(probe: Probe) -> str:
    kind = probe.kind
    if probe.head[:20] == b"MATLAB 5.0 MAT-file," or kind in ("mat5", "mat73"):
        names = ", ".join(list(probe.matlab_kinds)[:12]) or "none"
        return f"It is a MATLAB file without motor units that renshaw knows (variables: {names})."
    if kind == "hdf5":
        names = ", ".join(list(probe.matlab_kinds)[:12]) or "none"
        return f"It is an HDF5 file of an unknown kind (entries: {names})."
    if kind in ("text", "gzip") and probe.text_head:
        first = next((line for line in probe.text_head.splitlines() if line.strip()), "")
        return f"It is a text, but of no kind that renshaw knows; it begins {first[:60]!r}."
    for signature, what in _SIGNATURES.items():
        if probe.head.startswith(signature):
            return f"It is {what}."
    what = {"zip": "an archive", "gzip": "a packed file"}.get(kind, "binary data")
    return f"It is {what} of no kind that renshaw knows."


def _known() -> str:
    kinds = "; ".join(reader.description for reader in READERS.values())
    return f"renshaw reads: {kinds}"


def _finished(recording: Recording, reader: Reader, file: Path) -> Recording:
    """Name the recording after its file and add this step to its history."""
    settings = {"format": reader.name, "path": str(file)}
    if recording.name != "recording" and recording.name != file.stem:
        settings["saved_as"] = recording.name
    step = Step(
        verb="read",
        code=f"recording = rs.read({str(file)!r})",
        settings=settings,
        input=_fingerprint(file),
        version=__version__,
    )
    return dataclasses.replace(recording, name=file.stem, history=recording.history.then(step))


def _fingerprint(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()[:16]
