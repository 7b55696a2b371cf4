"""Pictures, page and command of the textbook experiments."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import renshaw as rs
from renshaw.cli import app, failures
from renshaw.data.signal import Signal
from renshaw.experiment.current_clamp import CurrentRampSettings, current_ramp
from renshaw.experiment.electromyogram import electromyogram
from renshaw.experiment.voltage_clamp import VoltageRampSettings, voltage_ramp
from renshaw.reports.figures.current_ramp import current_ramp_loops, current_ramp_potentials
from renshaw.reports.figures.emg_force import emg_against_force, emg_over_time, rising_relation
from renshaw.reports.figures.voltage_ramp import voltage_ramp_loops
from renshaw.reports.svg import inline_svg

WHO = rs.Participant(n_units=4)
FAST = CurrentRampSettings(up_s=2.0, hold_s=0.2)
SWIFT = VoltageRampSettings(speed_mV_per_s=70.0)


@pytest.fixture(scope="module")
def ramps():
    return [current_ramp(WHO, FAST.replace(neuromodulation=level)) for level in (0.0, 1.1)]


@pytest.fixture(scope="module")
def clamps():
    return [voltage_ramp(WHO, SWIFT.replace(neuromodulation=level)) for level in (0.0, 1.1)]


def test_every_picture_becomes_an_svg(ramps, clamps):
    silent = current_ramp(WHO, FAST.replace(peak_nA=0.0, neuromodulation=0.0))
    pictures = {
        "fi": current_ramp_loops(ramps),
        "silent": current_ramp_loops([silent]),
        "potential": current_ramp_potentials([*ramps, silent]),
        "clamp": voltage_ramp_loops(clamps),
    }
    for name, figure in pictures.items():
        assert inline_svg(figure, name=name, title=name).startswith("<svg")


def test_ramps_plot_themselves(ramps, clamps):
    assert len(ramps[1].plot().subfigs) == 2
    assert len(clamps[1].plot().axes) == 2


def test_loops_show_every_interval_on_its_side(ramps):
    drawn = current_ramp_loops(ramps).subfigs[0].axes[0].lines
    counts = [len(line.get_xdata()) for line in drawn]
    assert counts == [n for r in ramps for n in (r.ascending.sum(), (~r.ascending).sum())]


def test_pages_name_levels_numbers_and_papers(tmp_path, ramps, clamps):
    page = rs.report(ramps, tmp_path / "fi.html").read_text(encoding="utf-8")
    for words in (
        "Self-sustained range",
        "Bennett",
        "rs.experiment.current_ramp",
        "counter-clockwise",
        "<svg",
    ):
        assert words in page
    page = rs.report(clamps, tmp_path / "cl.html").read_text(encoding="utf-8")
    for words in ("Onset at", "Lee RH", "rs.experiment.voltage_ramp", "PIC left at the onset"):
        assert words in page
    with pytest.raises(rs.DataError, match="nothing to report"):
        rs.report([], tmp_path / "no.html")


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = app.main([str(word) for word in words])
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    return code, out, err


def test_motoneuron_fi_writes_pictures_tables_and_a_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["motoneuron", "fi", "-o", tmp_path, "--up-s", 1, "--hold-s", 0.1, "-q"]
    code, out, _ = run(capsys, *words, "--levels", 0, 1.1)
    assert code == failures.FINE and "ΔI" in out
    assert {path.name for path in tmp_path.iterdir()} == {
        "report.html",
        "fi.svg",
        "fi.png",
        "potential.svg",
        "potential.png",
        "intervals.csv",
        "measures.csv",
    }
    assert list(pd.read_csv(tmp_path / "measures.csv")["neuromodulation"]) == [0.0, 1.1]
    assert {"current_nA", "rate_pps", "ascending"} <= set(pd.read_csv(tmp_path / "intervals.csv"))


def test_motoneuron_clamp_compares_the_persons_own_level(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(
        capsys,
        "motoneuron",
        "clamp",
        "-o",
        tmp_path,
        "--speed-mV-per-s",
        100,
        "--muscle",
        "SOL",
        "-q",
    )
    assert code == failures.FINE and "onset (mV)" in out
    levels = pd.read_csv(tmp_path / "measures.csv")["neuromodulation"]
    assert len(levels) == 4 and levels[0] == 0
    assert levels[2] == pytest.approx(rs.Participant(muscle="SOL").cord.neuromodulation_at(20.0))


@pytest.mark.parametrize(
    "words",
    [
        ["--levels", 1, 1.1, "--neuromodulation", 1],
        ["--levels", *range(9)],
        ["--motoneuron", 999],
        ["--levels", 7],
    ],
)
def test_impossible_wishes_are_misuse(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[object]
) -> None:
    code, _, err = run(capsys, "motoneuron", "fi", "-o", tmp_path, "-q", *words)
    assert code == failures.MISUSED and err


def test_rising_relation_takes_the_way_up_only():
    t = np.linspace(0, 20, 2001)
    torque = Signal(50 - 5 * np.abs(t - 10), 100.0, "% MVC")
    amplitude = Signal(np.where(t <= 10, torque.values, 99.0), 100.0, "% MVC")
    force, emg = rising_relation(amplitude, torque)
    np.testing.assert_allclose(force, emg)
    assert force.min() > 2 and force.max() > 45
    low = rising_relation(amplitude, Signal(np.zeros(2001), 100.0))
    assert len(low[0]) == 0


def test_emg_of_a_recording(tmp_path):
    recording = rs.simulate(WHO, rs.Ramp(peak_pct_mvc=30, rise_s=1.5, fall_s=1.0, rest_s=0.5))
    seen = electromyogram(recording, WHO, seed=1)
    again = electromyogram(recording, WHO, seed=1)
    np.testing.assert_array_equal(seen.raw.values, again.raw.values)
    assert seen.amplitude.unit == "% MVC" and 5 < seen.amplitude.values.max() < 100
    figures = {
        "time": emg_over_time(seen.raw, seen.amplitude, recording.torque),
        "force": emg_against_force([seen.amplitude], recording.torque, ["$one"]),
    }
    for name, figure in figures.items():
        assert "<svg" in inline_svg(figure, name=name, title=name)
    with pytest.raises(rs.DataError, match="4 units, the person 5"):
        electromyogram(recording, WHO.replace(n_units=5))
