"""One battery that every reader of raw EMG passes, and attacks that none of them falls for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from samples import RAW_SAMPLES
from samples._containers import tar
from samples._raw import CHANNELS, FS_HZ, SAMPLES, emg_uv, force
from samples.edf import edf

import renshaw.io as rio
from renshaw.core.errors import ReadError

every = pytest.mark.parametrize("kind", RAW_SAMPLES)


def made(kind: str, folder: Path) -> Path:
    path = folder / "trial.dat"
    RAW_SAMPLES[kind].write(path)
    return path


def test_every_raw_reader_has_a_sample():
    raw = {name for name, reader in rio.FORMATS.items() if reader.raw}
    assert raw <= {sample.reader for sample in RAW_SAMPLES.values()}


@every
def test_reads_emg_in_microvolts_the_force_and_no_units(kind, tmp_path):
    recording = rio.read(made(kind, tmp_path))
    emg = recording.signals["emg"]
    assert recording.history.steps[-1].settings["format"] == RAW_SAMPLES[kind].reader
    assert (emg.fs_hz, emg.values.shape) == (FS_HZ, (SAMPLES, CHANNELS))
    assert emg.values.dtype == np.float32
    np.testing.assert_allclose(emg.values, emg_uv(), atol=RAW_SAMPLES[kind].exact_uv)
    np.testing.assert_allclose(recording.torque.values, force(), atol=2e-4)
    assert len(recording.units) == 0
    assert recording.units.window_s == (0.0, SAMPLES / FS_HZ)
    assert any("renshaw decompose" in note for note in recording.notes)


@every
def test_grids_cover_every_channel_once(kind, tmp_path):
    recording = rio.read(made(kind, tmp_path))
    named = sorted(c for grid in recording.grids for c in grid.channels)
    assert named == list(range(CHANNELS))
    again = rio.read(rio.write(recording, tmp_path / "again.h5"))
    assert again.fingerprint() == recording.fingerprint()
    assert [g.fingerprint() for g in again.grids] == [g.fingerprint() for g in recording.grids]


@every
@pytest.mark.parametrize("part", [0.03, 0.3, 0.6, 0.97])
def test_a_truncated_file_is_refused_or_shorter(kind, part, tmp_path):
    path = made(kind, tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: int(part * len(content))])
    try:
        recording = rio.read(path)
    except ReadError as error:
        assert str(error).startswith(str(path))
    else:
        assert len(recording.signals["emg"]) <= SAMPLES


@every
def test_flipped_bytes_end_in_a_recording_or_a_read_error(kind, tmp_path):
    path = made(kind, tmp_path)
    content = np.frombuffer(path.read_bytes(), np.uint8)
    rng = np.random.default_rng(7)
    for _ in range(25):
        broken = content.copy()
        at = rng.integers(0, min(len(broken), 6000), 12)
        broken[at] = rng.integers(0, 256, 12)
        path.write_bytes(broken.tobytes())
        try:
            rio.read(path)
        except ReadError as error:
            assert str(error).startswith(str(path))


def test_the_electrodes_of_bids_tell_kinds_places_and_bad_channels(tmp_path):
    path = tmp_path / "sub-1_task-ramp_emg.edf"
    edf(path)
    rows = ["name\ttype\tunits\tgroup\tstatus\tstatus_description"]
    rows += [f"EMG{i}\tEMG\tuV\tG\t{'bad' if i == 3 else 'good'}\tnoise" for i in range(1, 9)]
    rows += ["Force\tMISC\tV\tn/a\tgood\tn/a"]
    path.with_name("sub-1_task-ramp_channels.tsv").write_text("\n".join(rows))
    places = ["name\tx\ty\tz"] + [
        f"EMG{i}\t{8 * (i % 2)}\t{8 * (i // 2)}\tn/a" for i in range(1, 9)
    ]
    path.with_name("sub-1_task-ramp_electrodes.tsv").write_text("\n".join(places))
    (grid,) = rio.read(path).grids
    assert (grid.name, len(grid), grid.placed, grid.distance_mm) == ("G", 8, True, 8.0)
    assert [i for i, fault in enumerate(grid.faults) if fault] == [2]
    assert grid.faults[2] == "noise"


def test_annotations_of_edf_become_events(tmp_path):
    events = rio.read(made("edf", tmp_path)).events
    assert [(e.onset_s, e.duration_s, e.label) for e in events] == [(0.125, 0.5, "go")]


def test_an_archive_with_entities_is_refused(tmp_path):
    bomb = b'<!DOCTYPE a [<!ENTITY b "bbbb">]><Device Name="&b;"/>'
    tar(tmp_path / "a.otb+", {"a.sig": b"\0" * 99, "a.xml": bomb})
    with pytest.raises(ReadError, match="entities"):
        rio.read(tmp_path / "a.otb+")


def test_an_archive_that_names_a_path_elsewhere_reads_nothing_there(tmp_path):
    secret = tmp_path / "secret.sig"
    secret.write_bytes(b"\0" * 4096)
    track = (
        f"<TrackInfo><SignalStreamPath>{secret}</SignalStreamPath><NumberOfChannels>8"
        "</NumberOfChannels><SamplingFrequency>2000</SamplingFrequency></TrackInfo>"
    )
    tar(tmp_path / "a.otb4", {"Tracks_000.xml": track.encode()})
    with pytest.raises(ReadError, match="not in the archive"):
        rio.read(tmp_path / "a.otb4")


def test_another_archive_is_refused(tmp_path):
    tar(tmp_path / "a.tar", {"a.xml": b"<html/>"})
    with pytest.raises(ReadError, match="no recording of OT Bioelettronica"):
        rio.read(tmp_path / "a.tar")


def test_an_unclosed_edf_holds_what_was_written(tmp_path):
    path = made("edf", tmp_path)
    content = bytearray(path.read_bytes())
    content[236:244] = b"-1      "
    path.write_bytes(bytes(content))
    assert len(rio.read(path).signals["emg"]) == SAMPLES
