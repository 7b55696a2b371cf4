"""Files of laboratory programs that a library opens: .smr (neo) and .acq (bioread)."""

from __future__ import annotations

import struct
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import renshaw as rs

# Writers live with the conformance battery, which is a folder and no package.
sys.path.insert(0, str(Path(__file__).parents[1] / "conformance"))

from samples import acqknowledge_acq as acq
from samples import spike2_smr as smr

needs_neo = pytest.mark.skipif(not smr.HAVE, reason="the extra labs is not installed (neo)")
needs_bioread = pytest.mark.skipif(not acq.HAVE, reason="the extra labs is not installed (bioread)")
TIMES_S = np.arange(0.5, 2.5, 0.1)


def son(folder: Path, *channels: smr.Channel) -> Path:
    path = folder / "rec.smr"
    smr.son(path, channels)
    return path


@needs_neo
def test_spikes_outside_of_the_waveforms_are_kept(tmp_path):
    # The library leaves out what lies before the first sample and after the last.
    short = smr.wave("Force", np.linspace(0, 5, 500), "N", 1000.0, first=100_000)
    marks = smr.timed(smr.SPIKES, "nw-1", TIMES_S, [1] * len(TIMES_S))
    recording = rs.read(son(tmp_path, short, marks))
    np.testing.assert_allclose(recording.units.times_s[0], TIMES_S, atol=1e-6)
    assert recording.torque.start_s == pytest.approx(1.0)


@needs_neo
def test_spikes_of_no_unit_are_left_out_and_told(tmp_path):
    codes = [0] * 3 + [2] * (len(TIMES_S) - 3)
    recording = rs.read(son(tmp_path, smr.force(), smr.timed(smr.SPIKES, "nw", TIMES_S, codes)))
    assert recording.units.labels == ("2",)
    assert any("3 spikes of no unit" in note for note in recording.notes)


@needs_neo
def test_emg_and_its_unit(tmp_path):
    values = np.sin(np.arange(3000))
    emg = smr.wave("EMG TA", values, "mV", 1000.0)
    recording = rs.read(son(tmp_path, emg, smr.timed(smr.EVENT, "stim", [1.0, 2.0])))
    np.testing.assert_allclose(
        recording.signals["emg"].values[:, 0], 1000 * values, atol=1000 * 2 / 6553
    )
    assert [event.onset_s for event in recording.events] == pytest.approx([1.0, 2.0])


def paused(folder: Path) -> Path:
    first = smr.wave("Force", np.linspace(0, 2, 1000), "N", 1000.0)
    later = smr.wave("Force", np.linspace(2, 1, 1000), "N", 1000.0, first=500_000)
    channel = replace(first, blocks=[*first.blocks, *later.blocks])
    return son(folder, channel, smr.timed(smr.EVENT, "MU 1", [0.1, 0.3, 0.5, 5.1, 5.3, 5.5, 5.7]))


@needs_neo
def test_a_paused_recording_asks_for_a_window(tmp_path):
    path = paused(tmp_path)
    with pytest.raises(rs.ReadError, match=r"2 stretches.*0 to 1 s, 5 to 6 s.*--window 0 1"):
        rs.read(path)
    later = rs.read(path, options=rs.ReadOptions(window_s=(5.0, 6.0)))
    assert len(later.units.times_s[0]) == 4
    assert (later.torque.start_s, len(later.torque)) == (pytest.approx(5.0), 1000)
    np.testing.assert_allclose(later.torque.values, np.linspace(2, 1, 1000), atol=1e-3)


@needs_neo
def test_a_file_cut_off_in_its_data_is_refused(tmp_path):
    path = son(tmp_path, smr.timed(smr.EVENT, "MU 1", TIMES_S), smr.force())
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(rs.ReadError, match=r"ends within its data.*File, Export As"):
        rs.read(path)


@needs_neo
@pytest.mark.parametrize("blocks", [1, -3])
def test_a_chain_that_the_library_does_not_follow_is_refused(blocks, tmp_path):
    # The number of blocks is kept in 16 bits: in a long recording it begins anew.
    path = son(tmp_path, smr.timed(smr.EVENT, "MU 1", TIMES_S), smr.force())
    content = bytearray(path.read_bytes())
    content[512 + 14 : 512 + 16] = struct.pack("<h", blocks)
    path.write_bytes(content)
    with pytest.raises(rs.ReadError, match="more blocks than the library neo"):
        rs.read(path)


@needs_bioread
@pytest.mark.parametrize("write", [acq.acq2, acq.acq4])
@pytest.mark.parametrize("cut", [60, 900])
def test_an_acq_file_cut_off_in_its_data_is_refused(write, cut, tmp_path):
    path = tmp_path / "rec.acq"
    write(path)
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(rs.ReadError, match="In AcqKnowledge: File, Save As"):
        rs.read(path)


@needs_bioread
def test_markers_are_events(tmp_path):
    path = tmp_path / "rec.acq"
    acq.acq2(path)
    events = [(event.onset_s, event.label) for event in rs.read(path).events]
    assert events == [(0.1, "go"), (0.45, "stop")]


@needs_bioread
def test_channels_in_volts_that_are_called_emg(tmp_path):
    path = tmp_path / "rec.acq"
    acq.acq2(path)
    path.write_bytes(path.read_bytes().replace(b"mV" + bytes(18), b"Volts" + bytes(15)))
    emg = rs.read(path).signals["emg"]
    np.testing.assert_allclose(emg.values, 1000 * acq.emg_uv(), rtol=1e-5)


@needs_bioread
def test_a_file_that_claims_too_much_is_refused_within_bounds(tmp_path):
    path = tmp_path / "rec.acq"
    acq.acq2(path)
    content = bytearray(path.read_bytes())
    at = 1000 + 4 + 2 + 40 + 4 + 2 + 16 + 20
    content[at : at + 4] = struct.pack("<i", 2**31 - 1)
    path.write_bytes(content)
    with pytest.raises(rs.ReadError, match=r"can't read|claims? too much|can honestly need"):
        rs.read(path)


@pytest.mark.parametrize("library", ["neo", "bioread"])
def test_a_missing_library_is_named(library, tmp_path, monkeypatch):
    path = tmp_path / "rec.dat"
    if library == "neo":
        smr.son(path, [smr.force()])
    else:
        acq.acq2(path)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(rs.ReadError, match=rf"package {library}: pip install 'renshaw\[labs\]'"):
        rs.read(path)
