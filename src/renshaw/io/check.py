"""`check_format`: one battery that everybody's format passes, built in or not.

::

    def test_toy() -> None:
        check_format(TOY)  # whose `sample` writes a good file

What a format promises by being one is held against its sample, damaged samples and files of other
kinds. `tests/conformance` runs the same battery over every format of the register.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from renshaw.core.errors import ReadError
from renshaw.data.recording import Recording
from renshaw.io.format import FORMATS, Format, ending_of
from renshaw.io.probe import Probe
from renshaw.io.reading import read
from renshaw.io.writing import losses, write

_OTHER_KINDS = {
    "a story": b"It was a dark and stormy night.\n" * 50,
    "a table": b"time,velocity\n0,1\n1,2\n",
    "a JSON text": b'{"name": [1, 2, 3]}',
    "a PDF document": b"%PDF-1.7 " + bytes(range(256)) * 8,
    "zeros": bytes(4096),
    "bytes": bytes(range(256)) * 16,
}


def check_format(format: Format, sample: Callable[[Path], None] | None = None) -> None:
    """Hold a format against what every format promises.

    Parameters
    ----------
    format : Format
        One that is not in the register yet is added to it.
    sample : callable, optional
        Writes a good file of the format to a path; by default the format's own.

    Raises
    ------
    AssertionError
        A promise is broken; the text says which, and how.
    """
    make = sample or format.sample
    assert make is not None, f"{format.name}: there is no sample to check it with"
    if format.name not in FORMATS:
        FORMATS.add(format)
    for check in CHECKS:
        with TemporaryDirectory() as folder:
            path = Path(folder) / f"trial{format.ending}"
            make(path)
            check(format, path)


def is_known_by_its_content(format: Format, path: Path) -> None:
    """The sample is recognized whatever its name, and nothing else is."""
    for name in ("trial", "trial.dat", "TRIAL.MAT", f"a.b{format.ending.upper()}"):
        renamed = path.with_name(name)
        renamed.write_bytes(path.read_bytes())
        with Probe(renamed) as probe:
            assert format.recognizes(probe), _said(format, f"does not recognize its own {name}")
    for what, content in _OTHER_KINDS.items():
        path.write_bytes(content)
        with Probe(path) as probe:
            assert not format.recognizes(probe), _said(format, f"recognizes {what}")


def is_the_first_to_know_it(format: Format, path: Path) -> None:
    """No format that looks earlier takes its files."""
    first = _known_as(path)
    assert first == format.name, _said(format, f"comes after {first!r}, which takes its file")


def gives_a_recording(format: Format, path: Path) -> None:
    """Reading names the recording and its file, and is the same each time."""
    recording = read(path)
    assert recording.name == path.stem
    assert recording.sources[-1:] == (str(path),)
    assert len(recording.units) or "emg" in recording.signals, _said(format, "reads nothing")
    assert not (format.raw and len(recording.units)), _said(format, "is raw but has units")
    for note in recording.notes:
        assert note.endswith("."), _said(format, f"has a note that is no sentence: {note!r}")
    again = read(path, format=format.name)
    assert again.fingerprint() == recording.fingerprint(), _said(format, "differs when read again")


def is_kept_whole_by_our_own_file(format: Format, path: Path) -> None:
    """What was read goes through renshaw's own file without a loss."""
    recording = read(path)
    again = read(write(recording, path.with_name("kept.h5")))
    assert again.fingerprint() == recording.fingerprint(), _said(format, "is not kept whole")
    assert (again.notes, again.events) == (recording.notes, recording.events)


def is_found_by_its_endings(format: Format, path: Path) -> None:
    """A folder that is searched shows its files, whatever the capitals of their endings."""
    for ending in format.endings:
        for name in (f"trial{ending}", f"TRIAL{ending.upper()}"):
            assert ending_of(name), _said(format, f"is not found as {name}")


def refuses_what_is_damaged(format: Format, path: Path) -> None:
    """A file that was cut or changed gives a recording, or a refusal that names it."""
    content = path.read_bytes()
    cuts = np.unique(np.linspace(0, len(content) - 1, 24, dtype=int)).tolist()
    damaged = [content[:cut] for cut in cuts]
    rng = np.random.default_rng(7)
    for _ in range(24):
        changed = np.frombuffer(content, np.uint8).copy()
        at = rng.integers(0, min(len(changed), 4096), 6)
        changed[at] = rng.integers(0, 256, 6)
        damaged.append(changed.tobytes())
    for each in damaged:
        path.write_bytes(each)
        for named in (None, format.name):
            _read_or_refused(format, path, named)


def writes_what_it_reads(format: Format, path: Path) -> None:
    """What it writes it reads, and it says what is lost; nothing is, if it says nothing."""
    if format.write is None:
        return
    recording = dataclasses.replace(read(path), name="again")
    lost = losses(recording, format.name)
    for words in lost:
        assert words.endswith("."), _said(format, f"has a loss that is no sentence: {words!r}")
    written = write(recording, path.with_name(f"again{format.ending}"))
    known = _known_as(written)
    assert known == format.name, _said(format, f"writes what {known!r} reads")
    again = read(written)
    assert lost or again.fingerprint() == recording.fingerprint(), _said(
        format, "loses something without saying so"
    )


CHECKS: tuple[Callable[[Format, Path], None], ...] = (
    is_known_by_its_content,
    is_the_first_to_know_it,
    gives_a_recording,
    is_kept_whole_by_our_own_file,
    is_found_by_its_endings,
    refuses_what_is_damaged,
    writes_what_it_reads,
)


def _known_as(path: Path) -> str:
    """Return the name of the format that a file is read as."""
    with Probe(path) as probe:
        return next((each.name for each in FORMATS.values() if each.recognizes(probe)), "")


def _read_or_refused(format: Format, path: Path, named: str | None) -> None:
    try:
        recording = read(path, format=named)
    except ReadError as error:
        told = error.place is not None and error.place.file == str(path)
        assert told, _said(format, "refuses a file without its name")
    else:
        assert isinstance(recording, Recording)


def _said(format: Format, what: str) -> str:
    return f"The format {format.name} {what}."
