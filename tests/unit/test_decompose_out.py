"""What leaves the decomposition: the command, the page, and other tools' files."""

from __future__ import annotations

import numpy as np
import pytest
from decompose_samples import found, raw

import renshaw as rs
from renshaw.cli import app
from renshaw.core.errors import WriteError
from renshaw.report.decomposition_report import decomposition_report, write_decomposition_report

FAST = ["--starts", "24", "--rounds", "1", "--extension", "10", "--iterations", "5", "-q"]


def test_the_command_writes_units_that_estimate_reads(tmp_path, capsys):
    source = rs.write(raw(), tmp_path / "raw.h5")
    out, page = tmp_path / "rec.h5", tmp_path / "report.html"
    assert app.main(["decompose", str(source), "-o", str(out), "--report", str(page), *FAST]) == 0
    said = capsys.readouterr().out
    assert "good motor units" in said and str(out) in said and str(page) in said
    recording = rs.read(out)
    assert len(recording.units) and recording.units.quality["confidence"].max() > 0
    assert "sources" in recording.signals and recording.grids
    assert page.read_text().startswith("<!DOCTYPE html>")
    assert app.main(["estimate", str(out), "-q"]) == 0


def test_the_command_can_leave_the_emg_out(tmp_path):
    source = rs.write(raw(), tmp_path / "raw.h5")
    out = tmp_path / "rec.h5"
    assert app.main(["decompose", str(source), "-o", str(out), "--no-keep-emg", *FAST]) == 0
    assert set(rs.read(out).signals) <= {"torque"}
    assert out.stat().st_size < 0.1 * source.stat().st_size


def test_the_command_refuses_before_the_work(tmp_path, capsys):
    source = rs.write(raw(), tmp_path / "raw.h5")
    lost = tmp_path / "nowhere" / "rec.h5"
    assert app.main(["decompose", str(source), "-o", str(lost)]) == 1
    assert "no folder" in capsys.readouterr().err
    assert app.main(["decompose", str(source), "-o", str(tmp_path / "rec.xyz")]) == 2
    units = tmp_path / "units.csv"
    units.write_text("unit,time_s\n1,0.5\n1,0.7\n")
    assert app.main(["decompose", str(units), "-o", str(tmp_path / "rec.h5")]) == 1
    assert "no raw EMG" in capsys.readouterr().err


def test_the_page_shows_what_was_found_and_what_is_doubtful(tmp_path):
    recording = found()
    page = write_decomposition_report(recording, tmp_path / "a.html").read_text()
    assert page == decomposition_report(recording)
    good = sum(not flag for flag in recording.units.flags)
    assert f"{good} good motor units" in page
    for name in ("channels", "discharges", "sources", "potentials", "history"):
        assert f'id="{name}"' in page
    assert "<image" not in page and "data:image" not in page
    for flag in recording.units.flags:
        assert flag.split(";")[0] in page


def test_the_page_of_nothing_says_so():
    page = decomposition_report(rs.Recording(rs.MotorUnits((), (0, 5)), name="bare"))
    assert "0 good motor units in bare" in page


@pytest.mark.parametrize("ending", [".mat", ".json", ".h5"])
def test_units_and_sources_come_back_from_other_tools_files(ending, tmp_path):
    recording = found()
    again = rs.read(rs.write(recording, tmp_path / f"a{ending}"))
    assert len(again.units) == len(recording.units)
    for mine, back in zip(recording.units, again.units, strict=True):
        np.testing.assert_allclose(back, mine, atol=1e-9)
    mine, back = (each.signals["sources"].values for each in (recording, again))
    np.testing.assert_allclose(back, mine, rtol=1e-5, atol=1e-5)
    emg = again.signals["emg"].values
    np.testing.assert_allclose(emg, recording.signals["emg"].values, rtol=1e-5, atol=1e-4)
    stated = again.units.quality.get("silhouette", again.units.quality.get("accuracy"))
    np.testing.assert_allclose(stated, recording.units.quality["silhouette"], rtol=1e-6)


def test_what_muedit_can_not_hold_is_named(tmp_path):
    lost = rs.losses(found(), ".mat")
    assert any("places and faults" in words for words in lost)
    assert any("confidence" in words for words in lost)
    slow = rs.Recording(rs.MotorUnits((np.array([0.5]),), (0, 1), fs_hz=0.01), name="slow")
    with pytest.raises(WriteError, match="sampling rate"):
        rs.write(slow, tmp_path / "a.mat")


def test_muedit_gets_units_without_sources_or_emg(tmp_path):
    bare = rs.Recording(
        rs.MotorUnits((np.array([0.5, 0.75]), np.array([])), (0.0, 2.0), fs_hz=2048)
    )
    again = rs.read(rs.write(bare, tmp_path / "a.mat"))
    np.testing.assert_allclose(again.units[0], [0.5, 0.75])
    assert "sources" not in again.signals
