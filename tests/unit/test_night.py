"""A night in bed: touches, spasms, the Penn score, and that nothing depends on how it is run."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import renshaw as rs
from renshaw.cli import app
from renshaw.engine.session import Seat, Session
from renshaw.experiment.night import Night, SpasmOfNight, touches_of
from renshaw.reports.report import report_text

INJURED = rs.Participant(name="P01", condition="spinal-cord-injury", severity=0.6)
SHORT = rs.experiment.NightSettings(hours=0.5, touches_per_hour=40.0, motoneurons=8)


@pytest.fixture(scope="module")
def slept() -> Night:
    return rs.night(INJURED, settings=SHORT, seed=2, threads=1)


def night_of(*durations_s: float, hours: float = 8.0) -> Night:
    spasms = [
        SpasmOfNight(
            begins_s=60.0 * (i + 1),
            ends_s=60.0 * (i + 1) + duration_s,
            duration_s=duration_s,
            units=3,
            peak_torque_pct_mvc=5.0,
            torque_integral_pct_mvc_s=10.0,
            cause="touch",
            full=duration_s >= 3.0,
        )
        for i, duration_s in enumerate(durations_s)
    ]
    return Night(rs.experiment.NightSettings(hours=hours), "P01", (), tuple(spasms))


@pytest.mark.parametrize(
    ("durations_s", "penn"),
    [
        ((), 0),
        ((1.5, 2.0), 1),
        ((1.5, 5.0), 2),
        ((5.0,) * 8, 2),
        ((5.0,) * 9, 3),
        ((5.0,) * 80, 3),
        ((5.0,) * 81, 4),
    ],
)
def test_penn_score(durations_s: tuple[float, ...], penn: int) -> None:
    assert night_of(*durations_s).penn == penn


def test_numbers_of_a_night() -> None:
    night = night_of(10.0, 20.0, hours=1.0)
    assert night.spasms_per_hour == 2.0
    assert night.total_spasm_s == 30.0
    assert night.longest_calm_min == pytest.approx((3600 - 140) / 60)
    assert night_of(hours=2.0).longest_calm_min == 120.0


def test_a_healthy_sleeper_has_no_spasm() -> None:
    night = rs.night(rs.Participant(), settings=SHORT, seed=2)
    assert len(night.touches) > 5
    assert night.penn == 0


def test_an_injured_sleeper_has_spasms_after_touches(slept: Night) -> None:
    assert slept.spasms
    ends_s = np.array([touch.ends_s for touch in slept.touches])
    for spasm in slept.spasms:
        assert spasm.duration_s >= SHORT.spasm_min_s
        assert spasm.units >= 1
        assert np.abs(ends_s - spasm.begins_s).min() < 1.0
    assert all(a.ends_s < b.begins_s for a, b in zip(slept.spasms, slept.spasms[1:], strict=False))


def test_the_number_of_workers_changes_nothing(slept: Night) -> None:
    assert rs.night(INJURED, settings=SHORT, seed=2, threads=3).spasms == slept.spasms


def test_the_seed_decides_when_one_is_touched(slept: Night) -> None:
    again = touches_of(SHORT, 2)
    assert again == slept.touches
    assert touches_of(SHORT, 3) != again
    times_s = [touch.at_s for touch in again]
    assert times_s == sorted(times_s)
    assert max(times_s) < 1800


def test_touches_are_as_many_as_asked_for() -> None:
    many = touches_of(rs.experiment.NightSettings(hours=24.0, touches_per_hour=60.0), 1)
    kinds = [touch.kind for touch in many]
    assert kinds.count("touch") == pytest.approx(24 * 60, rel=0.1)
    assert kinds.count("stretch") == pytest.approx(24 * 4, rel=0.35)
    assert np.median([t.strength for t in many if t.kind == "touch"]) == pytest.approx(1.2, rel=0.1)


def test_what_calms_calms_the_night(slept: Night) -> None:
    calmed = rs.night(INJURED, "baclofen", SHORT, seed=2)
    assert calmed.touches == slept.touches
    assert calmed.total_spasm_s < slept.total_spasm_s
    assert calmed.assumptions
    assert "given=" in calmed.history.as_python()


def test_history_is_a_program(slept: Night) -> None:
    scope: dict = {}
    exec(slept.history.as_python(), scope)
    assert scope["night"].spasms == slept.spasms
    assert any("Penn" in words for words in slept.cite())


def test_a_night_can_be_left() -> None:
    def stop(done: int, total: int, what: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rs.night(INJURED, settings=SHORT, seed=2, progress=stop)


def test_table_has_a_row_a_spasm(slept: Night) -> None:
    table = slept.to_table()
    assert len(table) == len(slept.spasms)
    assert {"begins_s", "duration_s", "cause", "full"} <= set(table.columns)


def test_motoneurons_forget_within_the_time_allowed() -> None:
    """A touch 15 s after a spasm-like discharge meets motoneurons as they were before it."""
    pool = INJURED.replace(n_units=8, severity=0.25).pool
    quiet = rs.engine.EngineSettings(noise=0.0)
    step_s = quiet.slow_ms / 1000
    times_s = np.arange(round(34.0 / step_s)) * step_s
    columns = np.zeros((1, 4, len(times_s)))
    columns[0, 1], columns[0, 2] = 1.2, 0.9
    for at in (16.5, 32.5):
        columns[0, 0, (times_s >= at) & (times_s < at + 0.5)] = 6.0
    fired = Session([Seat(pool)], 34.0, quiet).advance(columns)[0]
    assert sum(len(spikes_s) for spikes_s in fired) > 30
    for spikes_s in fired:
        first, second = (spikes_s[(spikes_s > at) & (spikes_s < at + 1.4)] for at in (16.5, 32.5))
        assert len(first) == len(second)
        assert second - 16.0 == pytest.approx(first, abs=0.01)


def test_night_on_the_command_line(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "--hours",
        "0.2",
        "--touches-per-hour",
        "40",
        "--motoneurons",
        "8",
        "--seed",
        "2",
        "-q",
    ]
    person = ["--condition", "spinal-cord-injury", "--severity", "1"]
    assert app.main(["night", "-o", str(tmp_path / "n"), *words, *person]) == 0
    assert "Penn score" in capsys.readouterr().out
    names = {path.name for path in (tmp_path / "n").iterdir()}
    assert names == {"report.html", "spasms.csv", "measures.csv", "night.svg", "night.png"}
    measures = pd.read_csv(tmp_path / "n" / "measures.csv")
    assert measures["penn_spasm_frequency"][0] in (0, 1, 2, 3, 4)


def test_night_page_states_the_night() -> None:
    page = report_text(night_of(2.0, 12.0))
    assert "In 8 hours: 0 touches and stretches, 2 spasms (0.250 an hour), longest calm" in page
    assert "Penn score: full spasms, less than one an hour" in page
    assert "<summary>Every spasm <small>(2 rows)" in page
    assert "none of 0 touches and stretches provokes a spasm" in report_text(night_of())


@pytest.mark.parametrize("words", [["night"], ["simulate", "vibstim"], ["simulate", "spasm"]])
def test_help_lists_every_setting(
    words: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "240")
    kinds = {"night": rs.experiment.NightSettings, "vibstim": rs.VibStim, "spasm": rs.SpasmTest}
    assert app.main([*words, "--help"]) == 0
    text = capsys.readouterr().out
    for info in kinds[words[-1]].describe():
        assert f"--{info.name.replace('_', '-')}" in text
