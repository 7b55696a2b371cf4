"""The command line on folders and data sets of raw EMG."""

from __future__ import annotations

import dataclasses

import pytest
from decompose_samples import raw

import renshaw as rs
from renshaw.cli import app
from renshaw.core.errors import ReadError
from renshaw.study import data_set_plan

QUICK = ["--starts", "32", "--rounds", "1", "--extension", "12", "--iterations", "4"]
QUICK += ["--iteration-samples", "8000", "-q"]


def bare(seed: int = 0) -> rs.Recording:
    recording = raw(seed)
    return dataclasses.replace(
        recording, units=rs.MotorUnits((), recording.units.window_s), truth=None
    )


def test_a_recording_is_added_to_a_data_set(tmp_path, capsys):
    bare().save(tmp_path / "raw.h5")
    words = ["convert", str(tmp_path / "raw.h5"), str(tmp_path / "set")]
    assert app.main([*words, "--bids", "sub-01_ses-pre_task-ramp"]) == 0
    said = capsys.readouterr().out
    assert "24 bits" in said
    assert "sub-01_ses-pre_task-ramp_emg.bdf" in said
    assert app.main([*words, "--bids", "01"]) != 0
    assert "no BIDS name" in capsys.readouterr().err


def test_a_folder_is_decomposed_file_by_file(tmp_path, capsys):
    rs.files.write_bids(bare(), tmp_path / "set", "sub-01_task-ramp")
    (tmp_path / "set" / "sub-02_task-ramp_emg.edf").write_bytes(b"0       broken")
    out = tmp_path / "out"
    code = app.main(["decompose", str(tmp_path / "set"), "-o", str(out), "--no-keep-emg", *QUICK])
    assert code == 1
    assert "sub-02_task-ramp_emg.edf" in capsys.readouterr().err
    (made,) = out.iterdir()
    assert made.name == "sub-01_task-ramp_emg.h5"
    assert len(rs.read(made).units)


def test_odd_folders_are_refused_in_words(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert app.main(["decompose", str(tmp_path / "empty"), "-o", str(tmp_path / "out")]) != 0
    assert "no recordings" in capsys.readouterr().err
    rs.files.write_bids(bare(), tmp_path / "set", "sub-01_task-ramp")
    words = ["decompose", str(tmp_path / "set"), "-o", str(tmp_path / "out"), "--report", "a.html"]
    assert app.main(words) != 0
    assert "leave it out" in capsys.readouterr().err


def test_a_data_set_is_a_study_and_no_file(tmp_path):
    rs.files.write_bids(bare(), tmp_path / "set", "sub-01_ses-pre_task-ramp")
    plan = data_set_plan(tmp_path / "set")
    assert plan.name == "set"
    assert plan.arms[0].recordings.folder == str(tmp_path / "set")
    with pytest.raises(ReadError, match=r"BIDS data set.*sub-01_ses-pre_task-ramp_emg\.bdf"):
        rs.read(tmp_path / "set")
