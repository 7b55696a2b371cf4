"""What leaves the decomposition: the command, the page, and other tools' files."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from decompose_samples import found, raw

import renshaw as rs
from renshaw.cli import app
from renshaw.core.errors import WriteError
from renshaw.reports.decomposition_sections import decomposition
from renshaw.reports.report import report_text

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
    page = rs.report(recording, tmp_path / "a.html").read_text()
    assert page == report_text(recording)
    good = sum(not flag for flag in recording.units.flags)
    assert f"{good} good motor units" in page
    for name in ("channels", "discharges", "sources", "potentials", "history"):
        assert f'id="{name}"' in page
    assert "<image" not in page and "data:image" not in page
    for flag in recording.units.flags:
        assert flag.split(";")[0] in page


def test_the_page_of_nothing_says_so():
    page = decomposition(rs.Recording(rs.MotorUnits((), (0, 5)), name="bare")).rendered()
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
    lost = rs.files.losses(found(), ".mat")
    assert any("confidence" in words for words in lost)
    assert not any("laces" in words or "channels" in words for words in lost)
    (grid,) = found().grids
    odd = rs.Grid("odd", grid.channels[::-1], grid.x_mm + np.arange(32.0) / 9, grid.y_mm)
    shuffled = dataclasses.replace(found(), grids=(odd.with_faults(["is flat", *[""] * 31]),))
    lost = " ".join(rs.files.losses(shuffled, ".mat"))
    assert "rounded to rows" in lost
    assert "not why" in lost
    assert "order of their grids" in lost
    few = dataclasses.replace(found(), grids=(rs.Grid("few", (0, 1), [0.0, 8], [0.0, 0]),))
    assert "no grid are left out (30)" in " ".join(rs.files.losses(few, ".mat"))
    slow = rs.Recording(rs.MotorUnits((np.array([0.5]),), (0, 1), fs_hz=0.01), name="slow")
    with pytest.raises(WriteError, match="sampling rate"):
        rs.write(slow, tmp_path / "a.mat")


def test_muedit_gets_what_it_needs_to_open_a_file_and_gives_the_grids_back(tmp_path):
    from scipy.io import loadmat

    recording = found()
    (grid,) = recording.grids
    half = [c for c in grid.channels if c < 16], [c for c in grid.channels if c >= 16]
    parts = tuple(
        rs.Grid(f"grid {g}", c, grid.x_mm[c] - grid.x_mm[c].min(), grid.y_mm[c])
        for g, c in enumerate(half)
    )
    parts = (parts[0].with_faults(["", "is flat", *[""] * 14]), parts[1])
    path = rs.write(dataclasses.replace(recording, grids=parts), tmp_path / "a.mat")
    signal = loadmat(path)["signal"][0, 0]
    assert (signal["ngrid"], signal["nChan"]) == (2, 32)
    assert [len(mask) for mask in signal["EMGmask"][0]] == [16, 16]
    assert signal["EMGmask"][0, 0].ravel().tolist() == [0, 1, *[0] * 14]
    again = rs.read(path).grids
    assert [g.name for g in again] == ["grid 0", "grid 1"]
    assert [g.good.tolist() for g in again] == [g.good.tolist() for g in parts]
    for mine, back in zip(parts, again, strict=True):
        assert back.channels == mine.channels
        np.testing.assert_allclose(back.x_mm, mine.x_mm)
        np.testing.assert_allclose(back.y_mm, mine.y_mm)


def test_muedit_gets_units_without_sources_or_emg(tmp_path):
    bare = rs.Recording(
        rs.MotorUnits((np.array([0.5, 0.75]), np.array([])), (0.0, 2.0), fs_hz=2048)
    )
    again = rs.read(rs.write(bare, tmp_path / "a.mat"))
    np.testing.assert_allclose(again.units[0], [0.5, 0.75])
    assert "sources" not in again.signals
