"""What a laboratory knows of its file and the file does not say."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

import renshaw as rs
from renshaw.io.options import ReadOptions, Watched, spelled


def _ramp(torque: np.ndarray, unit: str = "", fs_hz: float = 100.0) -> rs.Recording:
    times = [np.arange(6.0, 24.0, 0.1), np.arange(8.0, 22.0, 0.1)]
    signal = rs.Signal(torque, fs_hz, unit)
    return rs.Recording(rs.MotorUnits(times, (0, 30)), {"torque": signal}, name="ramp")


def _triangle(fs_hz: float = 100.0) -> np.ndarray:
    times_s = np.arange(0, 30, 1 / fs_hz)
    return np.interp(times_s, [5, 15, 25], [0, 60, 0])


@pytest.fixture
def ramp(tmp_path: Path) -> Path:
    return rs.write(_ramp(_triangle(), "Nm"), tmp_path / "ramp.h5")


def _read(path: Path, **options: object) -> rs.Recording:
    return rs.read(path, options=rs.ReadOptions(**options))


def test_a_torque_becomes_percent_of_the_mvc(ramp: Path) -> None:
    read = _read(ramp, mvc=120)
    assert read.torque.unit == "% MVC"
    assert read.torque.values.max() == pytest.approx(50)
    assert any("MVC of 120 Nm" in note for note in read.notes)


def test_the_mvc_comes_from_a_file_and_an_artefact_does_not_count(
    ramp: Path, tmp_path: Path
) -> None:
    strongest = np.interp(np.arange(0, 6, 0.01), [1, 2, 4, 5], [0, 240, 240, 0])
    strongest[300] = 5000
    mvc = tmp_path / "mvc.h5"
    rs.write(rs.Recording(rs.MotorUnits((), (0, 6)), {"torque": rs.Signal(strongest, 100)}), mvc)
    assert _read(ramp, mvc_file=str(mvc)).torque.values.max() == pytest.approx(25)


@pytest.mark.parametrize("rest", [0.0, 12.5])
def test_sign_and_offset(tmp_path: Path, rest: float) -> None:
    path = rs.write(_ramp(rest - _triangle()), tmp_path / "down.h5")
    for offset in (rest, "rest"):
        read = _read(path, torque_sign=-1, torque_offset=offset)
        np.testing.assert_allclose(read.torque.values, _triangle(), atol=1e-9)


def test_rest_takes_a_drift_off(tmp_path: Path) -> None:
    drift = 0.5 * np.arange(0, 30, 0.01)
    path = rs.write(_ramp(_triangle() + drift), tmp_path / "drifts.h5")
    read = _read(path, torque_offset="rest")
    np.testing.assert_allclose(read.torque.values, _triangle(), atol=0.01)
    assert any("straight line" in note for note in read.notes)


def test_a_window_keeps_times_and_cuts_everything(ramp: Path) -> None:
    read = _read(ramp, window_s=(7, 20))
    assert read.units.window_s == (7, 20)
    assert read.torque.start_s == 7
    assert read.torque.end_s == pytest.approx(20)
    assert read.units[0][0] >= 7
    assert read.units[0][-1] <= 20


def test_names_and_muscle(ramp: Path) -> None:
    read = _read(ramp, unit_names=("a", "b"), muscle="TA")
    assert read.units.labels == ("a", "b")
    assert read.muscles == ("TA",)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"fs_hz": 2048}, "fs_hz"),
        ({"time_unit": "ms"}, "--time-unit"),
        ({"variable": "MUs"}, "variable"),
        ({"unit_names": ("a",)}, "2 motor units"),
        ({"window_s": (40, 50)}, "0 to 30 s"),
        ({"muscle": "SOL", "unit_names": ("a", "b", "c")}, "3 names"),
    ],
)
def test_what_has_no_effect_is_refused(ramp: Path, options: dict[str, object], word: str) -> None:
    with pytest.raises(rs.ReadError, match=word) as refused:
        _read(ramp, **options)
    assert "ramp.h5" in str(refused.value)


def test_a_torque_that_is_not_there_can_not_be_changed(tmp_path: Path) -> None:
    bare = dataclasses.replace(_ramp(_triangle()), signals={})
    path = rs.write(bare, tmp_path / "bare.h5")
    for options in ({"mvc": 100}, {"torque_sign": -1}, {"torque_offset": "rest"}):
        with pytest.raises(rs.ReadError, match="no torque"):
            _read(path, **options)


def test_percent_of_mvc_is_not_divided_again(tmp_path: Path) -> None:
    path = rs.write(_ramp(_triangle(), "% MVC"), tmp_path / "pct.h5")
    with pytest.raises(rs.ReadError, match="torque_unit"):
        _read(path, mvc=120)
    assert _read(path, mvc=120, torque_unit="Nm").torque.values.max() == pytest.approx(50)


@pytest.mark.parametrize(
    "impossible",
    [
        {"fs_hz": 0},
        {"time_unit": "minutes"},
        {"mvc": -1},
        {"mvc": 1, "mvc_file": "a.h5"},
        {"torque_sign": 0},
        {"torque_offset": "high"},
        {"torque_offset": "nan"},
        {"window_s": (1,)},
        {"window_s": (2, 1)},
        {"window_s": ("a", "b")},
        {"unit_names": ("a", "a")},
        {"muscle": " "},
    ],
)
def test_impossible_options_are_refused(impossible: dict[str, object]) -> None:
    with pytest.raises(rs.SettingsError, match="ReadOptions"):
        ReadOptions(**impossible)


def test_the_history_reads_the_file_again(ramp: Path, tmp_path: Path) -> None:
    read = _read(ramp, mvc=120, window_s=(2, 28), torque_offset="rest")
    again: dict[str, object] = {}
    exec(read.history.codes[-1], {"rs": rs}, again)
    assert again["recording"].fingerprint() == read.fingerprint()
    assert read.history.steps[-1].settings["options"]["mvc"] == 120
    moved = read.history.read_from("else.h5").codes[-1]
    assert "'else.h5'" in moved
    assert "mvc=120.0" in moved


def test_options_that_no_reader_asked_for_are_known() -> None:
    watched = Watched(ReadOptions(fs_hz=2048, time_unit="ms", mvc=3))
    assert watched.fs_hz == 2048
    assert watched.unheard == ("time_unit",)


def test_both_spellings() -> None:
    assert spelled("fs_hz", "2048") == "--fs 2048 (fs_hz=2048)"
    assert spelled("window_s") == "--window (window_s)"


def test_on_the_command_line(ramp: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    from renshaw.cli.app import main

    out = tmp_path / "out.h5"
    words = ["--mvc", "120", "--torque-sign", "-1", "--torque-offset", "-2.5"]
    words += ["--window", "3", "27", "--muscle", "TA"]
    assert main(["convert", str(ramp), str(out), *words]) == 0, capsys.readouterr().err
    read = rs.read(out)
    assert read.torque.values.min() == pytest.approx(-(60 + 2.5) / 1.2)
    assert read.units.window_s == (3, 27)
    assert read.muscles == ("TA",)
