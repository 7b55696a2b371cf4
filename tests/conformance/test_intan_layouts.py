"""Intan's split layouts: one file a kind of signal, one file a channel, one file a minute."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from samples._raw import CHANNELS, FS_HZ, emg_uv, force
from samples._raw import SAMPLES as LENGTH
from samples.intan import intan

import renshaw as rs
from renshaw.core.errors import ReadError
from renshaw.io.formats import intan as intan_format
from renshaw.study.recordings import recording_files


@pytest.fixture
def whole(tmp_path):
    path = tmp_path / "whole.rhd"
    intan(path)
    return path


def header_of(whole) -> bytes:
    block = 128 * (4 + 2 * CHANNELS + 2)
    return whole.read_bytes()[: -block * (LENGTH // 128)]


def assert_same(recording, whole) -> None:
    expected = rs.read(whole)
    np.testing.assert_allclose(
        recording.signal("emg").values, expected.signal("emg").values, atol=0.2
    )
    assert [g.fingerprint() for g in recording.grids] == [g.fingerprint() for g in expected.grids]
    if recording.torque is not None:
        np.testing.assert_allclose(recording.torque.values, expected.torque.values, atol=1e-3)


def test_one_file_a_kind_of_signal(whole, tmp_path):
    (tmp_path / "info.rhd").write_bytes(header_of(whole))
    np.rint(emg_uv() / 0.195).astype("<i2").tofile(tmp_path / "amplifier.dat")
    np.rint(force() / 0.000050354).astype("<u2").tofile(tmp_path / "analogin.dat")
    recording = rs.read(tmp_path / "info.rhd")
    assert_same(recording, whole)
    assert recording.torque is not None
    assert "amplifier.dat" in " ".join(recording.notes)


def test_one_file_a_channel(whole, tmp_path):
    (tmp_path / "info.rhd").write_bytes(header_of(whole))
    for i, column in enumerate(emg_uv().T):
        np.rint(column / 0.195).astype("<i2").tofile(tmp_path / f"amp-A-{i:03d}.dat")
    np.rint(force() / 0.000050354).astype("<u2").tofile(tmp_path / "board-force.dat")
    recording = rs.read(tmp_path / "info.rhd")
    assert_same(recording, whole)
    assert recording.torque is not None
    (tmp_path / "amp-A-003.dat").unlink()
    with pytest.raises(ReadError, match=r"nor amp-A-003\.dat"):
        rs.read(tmp_path / "info.rhd")


def test_one_file_a_minute(whole, tmp_path):
    content, head = whole.read_bytes(), header_of(whole)
    half = (len(content) - len(head)) // 2
    first, second = tmp_path / "s_261128_120000.rhd", tmp_path / "s_261128_120100.rhd"
    first.write_bytes(content[: len(head) + half])
    second.write_bytes(head + content[len(head) + half :])
    recording = rs.read(first)
    assert_same(recording, whole)
    assert "goes on in 1 further file" in " ".join(recording.notes)
    # A later part stands for itself, and says of what it is a part.
    part = rs.read(second)
    assert len(part.signal("emg")) == LENGTH // 2
    assert first.name in " ".join(part.notes)
    # A folder of them holds one recording; one that begins anew stands for itself.
    other = tmp_path / "s_261128_130000.rhd"
    other.write_bytes(content)
    assert recording_files(tmp_path) == [first, other, whole]


def test_another_recording_of_the_same_name_is_not_joined(whole, tmp_path):
    content = whole.read_bytes()
    first, other = tmp_path / "s_261128_120000.rhd", tmp_path / "s_261128_130000.rhd"
    first.write_bytes(content)
    other.write_bytes(content)  # its time stamps begin at 0 again
    assert len(rs.read(first).signal("emg")) == LENGTH
    assert len(rs.read(other).signal("emg")) == LENGTH


def test_a_header_alone_says_what_is_missing(whole, tmp_path):
    path = tmp_path / "info.rhd"
    path.write_bytes(header_of(whole))
    with pytest.raises(ReadError, match="neither amplifier.dat nor amp-A-000.dat"):
        rs.read(path)
    (tmp_path / "amplifier.dat").write_bytes(struct.pack("<h", 1))
    with pytest.raises(ReadError, match="hold no data"):
        rs.read(path)


def test_the_rate_is_that_of_the_header(whole):
    assert rs.read(whole).signal("emg").fs_hz == FS_HZ


def test_which_files_go_on_is_seen_without_reading_them(whole, tmp_path, monkeypatch):
    content, head = whole.read_bytes(), header_of(whole)
    half = (len(content) - len(head)) // 2
    first, second = tmp_path / "s_261128_120000.rhd", tmp_path / "s_261128_120100.rhd"
    first.write_bytes(content[: len(head) + half])
    second.write_bytes(head + content[len(head) + half :])
    monkeypatch.setattr("renshaw.io.formats.intan._opened", lambda probe: pytest.fail("read whole"))
    monkeypatch.setattr("renshaw.io.formats.intan._LONGEST_HEADER", len(head))
    assert intan_format.goes_on([first, second, whole]) == {second}
