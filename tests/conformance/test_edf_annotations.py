"""What EDF annotates at times that can't be is left out and said; what is read can be written."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from samples.edf import edf

import renshaw as rs


# More than 308 digits are infinite as a number; only a record of BDF has room for them here.
@pytest.mark.parametrize(
    ("bdf", "onset"),
    [
        (False, b"+" + b"9" * 40),
        (True, b"+" + b"9" * 310),
        (True, b"-" + b"1" * 310),
        (True, b"+1\x15" + b"9" * 310),
    ],
)
def test_an_onset_that_no_recording_has_is_left_out(
    tmp_path: Path, bdf: bool, onset: bytes
) -> None:
    path = tmp_path / "a.edf"
    edf(path, bdf)
    content = path.read_bytes()
    was = b"+0.125\x150.5\x14go\x14\0"
    odd = onset + b"\x14far\x14\0"
    at = content.index(was) + len(was)
    assert not any(content[at : at + len(odd)])
    path.write_bytes(content[:at] + odd + content[at + len(odd) :])
    recording = rs.read(path)
    assert [event.label for event in recording.events] == ["go"]
    assert all(math.isfinite(event.onset_s) for event in recording.events)
    assert any(note.startswith("1 annotation was left out") for note in recording.notes)
    again = rs.read(rs.write(recording, tmp_path / "kept.h5"))
    assert again.events == recording.events
    rs.write(recording, tmp_path / "sub-01_task-x_events.tsv")
