"""`renshaw validate --recording`: virtual people do what was recorded, and are measured alike."""

from __future__ import annotations

import math
from dataclasses import replace
from html import unescape

import numpy as np
import pandas as pd
import pytest

import renshaw as rs
from renshaw.cli import app
from renshaw.estimation import FIRING_QUANTITIES, firing
from renshaw.estimation.behavior.measured import FiringValue
from renshaw.reports.report import report_text
from renshaw.validation import against_recordings as room
from renshaw.validation.against_recordings import (
    PEOPLE_COLUMNS,
    RecordingValidation,
    RecordingValidationSettings,
    simulated_mean,
    validate_recordings,
)
from renshaw.validation.model_against_people import TARGET_COLUMNS
from renshaw.validation.people import PEOPLE_TARGETS, TITLES, Between, Published
from renshaw.validation.target import TARGET_GROUPS
from renshaw.validation.task import task_of

FS_hz = 100.0
TWO = RecordingValidationSettings(people=2)


def recorded(
    level: float = 20.0,
    hold_s: float = 8.0,
    n: int = 12,
    unit: str = "% MVC",
    scale: float = 1.0,
    times: int = 1,
) -> rs.Recording:
    """A made-up person in a trapezoid, or several."""
    rng = np.random.default_rng(3)
    corners = np.cumsum([2.0, 4.0, hold_s, 4.0, 2.0])
    at_s = np.arange(0, corners[-1], 1 / FS_hz)
    torque = np.tile(np.interp(at_s, corners[:4], [0, level, level, 0]), times)
    trains = []
    for threshold in np.linspace(0.3, 0.9, n) * level:
        start, stop = 2 + 4 * threshold / level, corners[3] - 4 * threshold / level
        one = start + np.cumsum(rng.normal(1, 0.12, 600)) / (15 - 7 * threshold / level)
        one = one[one < stop]
        trains.append(np.concatenate([one + k * corners[-1] for k in range(times)]))
    units = rs.MotorUnits(tuple(trains), (0.0, len(torque) / FS_hz))
    return rs.Recording(units, {"torque": rs.Signal(torque * scale, FS_hz, unit)}, name="of a lab")


@pytest.fixture(scope="module")
def held() -> RecordingValidation:
    return validate_recordings(recorded(), "TA", settings=TWO, workers=1)


@pytest.fixture
def imitated(monkeypatch):
    """Virtual people who do exactly what was recorded, at once."""

    def pieces(work, series, *, seed, workers, progress):
        found = []
        made = recorded()
        for each in series:
            found.append(
                [
                    room._Found(int(each.name), k, firing(made), made if k == 0 else None)
                    for k in range(each.people)
                ]
            )
        return found

    monkeypatch.setattr(room, "in_pieces", pieces)


# The task.


def test_the_task_is_the_torque_without_its_unsteadiness():
    steady = recorded()
    rng = np.random.default_rng(0)
    torque = steady.torque
    wavering = torque.values + np.where(
        torque.values > 0, 0.6 * np.sin(2 * np.pi * 1.5 * torque.times_s), 0
    )
    noisy = wavering + rng.normal(0, 0.1, len(wavering))
    task = task_of(replace(steady, signals={"torque": replace(torque, values=noisy)}))
    at_s = np.arange(7.0, 13.0, 0.1)
    assert np.ptp(task.effort_pct_mvc(at_s)) < 0.3
    off = task.effort_pct_mvc(torque.times_s) - torque.values
    assert np.abs(off).max() < 0.8 and task.effort_pct_mvc(np.array([0.5]))[0] == 0
    assert task.duration_s == pytest.approx(20, abs=0.2)


def test_a_drift_in_the_hold_is_part_of_the_task():
    made = recorded(hold_s=12.0)
    values = made.torque.values * (1 + 0.004 * (made.torque.times_s - 12))
    task = task_of(replace(made, signals={"torque": replace(made.torque, values=values)}))
    early, late = task.effort_pct_mvc(np.array([7.5, 16.5]))
    assert late - early == pytest.approx(20 * 0.004 * 9, rel=0.15)


def test_a_part_of_a_file_begins_at_zero(imitated):
    made = recorded(times=2)
    part = rs.cut(made, 20.0, 40.0)
    assert part.units.window_s == (20.0, 40.0)
    (one,) = validate_recordings(part, "TA", settings=TWO).held
    assert one.recording.units.window_s == (0.0, 20.0)
    hold = one.people.contractions[0].hold
    assert hold.start_s == pytest.approx(6.5, abs=0.2)
    task = task_of(one.recording)
    assert task.duration_s == pytest.approx(20, abs=0.2)
    assert task.effort_pct_mvc(np.array([10.0]))[0] == pytest.approx(20, abs=0.3)


def test_torque_that_begins_later_is_followed_in_time():
    made = recorded()
    late = replace(made.torque, values=made.torque.values[100:], start_s=1.0)
    task = task_of(replace(made, signals={"torque": late}))
    at_s = np.arange(2.5, 18, 0.5)
    assert np.abs(task.effort_pct_mvc(at_s) - made.torque.at(at_s)).max() < 0.8


def test_gaps_in_the_torque_are_bridged():
    made = recorded()
    values = made.torque.values.copy()
    values[900:950] = np.nan
    task = task_of(replace(made, signals={"torque": replace(made.torque, values=values)}))
    assert np.isfinite(task.levels_pct_mvc).all()


# What is simulated, and the table.


def test_the_table_has_a_row_for_every_quantity(held):
    table = held.to_table()
    assert tuple(table.columns) == PEOPLE_COLUMNS
    assert list(table.quantity) == [target.quantity for target in PEOPLE_TARGETS]
    assert set(table.target) == {f"{name} of a lab" for name in TITLES}
    told = table[np.isfinite(table.people)]
    assert (told["pass"] == ((told.simulated >= told.low) & (told.simulated <= told.high))).all()
    assert table.loc[~np.isfinite(table.people), "pass"].isna().all()
    inside = (told.low <= told.people) & (told.people <= told.high)
    assert inside.all(), "a recording lies within its own range"


def test_virtual_people_follow_the_same_torque(held):
    (one,) = held.held
    mine, theirs = one.recording.signal("torque"), one.example.signal("torque")
    at_s = np.arange(7.0, 13.0, 0.1)
    assert np.abs(mine.at(at_s) - theirs.at(at_s)).mean() < 1.5
    assert len(one.simulated) == 2 and one.example.truth is not None
    mean, low, high = simulated_mean(one, "rate_hold")
    assert 5 < mean < 30 and low < mean < high


def test_the_first_edition_is_too_regular_and_shares_nothing():
    first = TWO.replace(edition=1)
    held = validate_recordings(recorded(), "TA", settings=first, workers=1)
    rows = held.to_table().set_index("quantity")
    assert rows.simulated["cov_isi_hold"] < 8 and not rows["pass"]["cov_isi_hold"]


def test_the_number_of_workers_changes_nothing(held):
    again = validate_recordings(recorded(), "TA", settings=TWO, workers=2)
    pd.testing.assert_frame_equal(again.to_table(), held.to_table())


def test_page_and_terminal_say_what_is_outside(held):
    page = unescape(report_text(held))
    assert "outside the range of people" in page and "CoV of intervals" in page
    for target in PEOPLE_TARGETS:
        assert FIRING_QUANTITIES[target.quantity].title in page


def test_recordings_become_part_of_the_acceptance_table(held, monkeypatch):
    from renshaw.validation import model_against_people as targets

    monkeypatch.setattr(targets, "all_targets", tuple)
    monkeypatch.setattr(targets, "all_series", lambda people, trials: ())
    monkeypatch.setattr(targets, "measure_all", lambda *a, **k: pd.DataFrame())
    found = rs.validate_model(held=held).to_table()
    assert tuple(found.columns) == TARGET_COLUMNS
    assert len(found) == int(np.isfinite(held.to_table().people).sum())
    assert found.target.str.match(r"T\d+ .*, of a lab").all()
    assert found["pass"].sum() == held.to_table()["pass"].sum()


# Ranges.


def test_every_target_has_ranges_with_sources_and_none_is_a_group_of_its_own():
    assert {target.target for target in PEOPLE_TARGETS} == set(TITLES)
    assert not set(TITLES) & set(TARGET_GROUPS)
    assert len({target.quantity for target in PEOPLE_TARGETS}) == len(PEOPLE_TARGETS)
    for target in PEOPLE_TARGETS:
        assert target.quantity in FIRING_QUANTITIES
        for muscle in ("TA", "SOL", "GM"):
            assert target.range_for(muscle).source


def test_ranges_hold_the_spread_of_people_and_the_error_of_the_recording():
    found = FiringValue("x", 10.0, error=0.4)
    low, high = Between(0.3, "").range_of(found)
    assert (low, high) == pytest.approx((10 - 1.96 * 0.5, 10 + 1.96 * 0.5))
    assert Published(8, 10.2, "").range_of(found) == pytest.approx((8, 10 + 1.96 * 0.4))
    assert Published(8, 9, "").range_of(FiringValue("x", 10.0)) == (8, 10)
    share = next(t for t in PEOPLE_TARGETS if t.quantity == "share_below_recruitment")
    assert share.range_of(FiringValue("share_below_recruitment", 95.0, 10.0), "TA")[1] == 100.0
    assert math.isnan(share.range_of(FiringValue("share_below_recruitment", math.nan), "TA")[0])


# Any laboratory's file.


def ramp(n: int = 12) -> rs.Recording:
    at_s = np.arange(0, 24, 0.01)
    torque = np.interp(at_s, [2, 12, 22], [0, 20, 0])
    trains = tuple(np.arange(2 + on / 2, 22 - on / 2, 0.09 + 0.001 * on) for on in range(6, 6 + n))
    return rs.Recording(
        rs.MotorUnits(trains, (0.0, 24.0)), {"torque": rs.Signal(torque, 100, "% MVC")}, name="ramp"
    )


@pytest.mark.parametrize(
    "recording",
    [ramp(), ramp(1), ramp(3), recorded(n=3), recorded(n=1), recorded(times=2)],
    ids=["ramp", "ramp of one unit", "ramp of three", "three", "one", "two contractions"],
)
def test_what_a_recording_cannot_tell_says_why(recording, imitated):
    found = validate_recordings(recording, "TA", settings=TWO)
    table = found.to_table()
    for row in table.itertuples():
        if not math.isfinite(row.people):
            assert pd.isna(row[-1]) and str(found.held[0].people[row.quantity].reasons)
    page = unescape(report_text(found))
    assert "nan" not in found.finding.sentence and page


@pytest.mark.parametrize(
    ("recording", "arguments", "cure"),
    [
        (recorded(), ("",), "--muscle TA"),
        (recorded(), ("biceps",), "no model of 'biceps'"),
        (recorded(unit="", scale=0.01), ("TA",), "--peak-pct-mvc"),
        (recorded(unit="Nm"), ("TA",), "in Nm.*--mvc"),
        (recorded(), ("TA", 35.0), "Leave --peak-pct-mvc out"),
        (recorded(), ("TA", 0.0), "above 0"),
        (recorded(), ("TA", 200.0), "at most 100"),
        (recorded(), (["TA", "SOL"],), "2 values of --muscle for 1"),
        (replace(recorded(), signals={}), ("TA", 20.0), "holds no torque"),
        (replace(recorded(), muscle="SOL"), ("TA",), "its muscle is SOL"),
        (rs.Recording(rs.MotorUnits((), (0, 9))), ("TA", 20.0), "no motor units"),
        (recorded(scale=-1.0, unit=""), ("TA", 20.0), "--torque-sign"),
        (recorded(hold_s=400.0, n=2), ("TA",), "--window"),
        (rs.cut(recorded(), 4.0, 12.0), ("TA",), "begins or ends at rest"),
        (rs.cut(recorded(unit=""), 4.0, 12.0), ("TA", 20.0), "begins or ends at rest"),
        (recorded(level=150.0), ("TA",), "--peak-pct-mvc|--mvc"),
    ],
)  # fmt: skip
def test_what_nobody_can_imitate_is_refused_with_a_cure(recording, arguments, cure):
    with pytest.raises(rs.RenshawError, match=cure):
        validate_recordings(recording, *arguments, settings=TWO)


def test_two_recordings_take_a_muscle_and_a_peak_each(imitated):
    given = [recorded(unit="", scale=0.02), recorded(unit="", scale=3.0)]
    found = validate_recordings(given, ["TA", "SOL"], [20.0, 30.0], TWO)
    assert [each.muscle for each in found.held] == ["TA", "SOL"]
    assert found.held[1].recording.torque.values.max() == pytest.approx(30, rel=0.02)
    assert len(set(found.to_table().target)) == 2 * len(TITLES)


# The command.


def test_the_command_writes_people_and_a_page(tmp_path, imitated, capsys):
    rs.write(recorded(), tmp_path / "ta.h5")
    words = ["validate", "--recording", str(tmp_path / "ta.h5"), "--muscle", "TA"]
    assert app.main([*words, "--people", "3", "-o", str(tmp_path / "out"), "-q"]) == 0
    table = pd.read_csv(tmp_path / "out" / "people.csv")
    assert tuple(table.columns) == PEOPLE_COLUMNS and table.people.notna().any()
    assert (tmp_path / "out" / "report.html").exists()
    assert "quantities of 1 recording, 3 virtual people" in capsys.readouterr().out


def test_with_targets_recordings_are_rows_of_the_acceptance_table(tmp_path, imitated, monkeypatch):
    from renshaw.validation import model_against_people as targets

    measured = pd.DataFrame(
        [("TA young", 0, 0, 1, "delta_f", 3.0, "exact", True)],
        columns=["series", "participant", "trial", "unit", "quantity", "value", "bound", "ok"],
    )
    monkeypatch.setattr(targets, "all_targets", tuple)
    monkeypatch.setattr(targets, "all_series", lambda people, trials: ())
    monkeypatch.setattr(targets, "measure_all", lambda *a, **k: measured)
    rs.write(recorded(), tmp_path / "ta.h5")
    words = ["validate", "--recording", str(tmp_path / "ta.h5"), "--muscle", "TA", "--targets"]
    assert app.main([*words, "-o", str(tmp_path / "out"), "-q"]) == 0
    table = pd.read_csv(tmp_path / "out" / "targets.csv")
    assert tuple(table.columns) == TARGET_COLUMNS
    assert table.target.str.startswith("T13 CoV of intervals, ta").sum() == 1
    page = unescape((tmp_path / "out" / "targets.html").read_text(encoding="utf-8"))
    assert "Regularity of firing" in page


@pytest.mark.parametrize(
    ("words", "cure"),
    [
        (["--recording", "nowhere.mat", "--muscle", "TA"], "nowhere.mat"),
        (["--muscle", "TA"], "--recording FILE"),
        (["--peak-pct-mvc", "35"], "--recording FILE"),
        (["--torque-offset", "rest"], "--recording FILE"),
        (["--no-targets"], "nothing to do"),
    ],
)
def test_the_command_refuses_in_words(words, cure, tmp_path, capsys):
    assert app.main(["validate", *words, "-q", "-o", str(tmp_path / "out")]) != 0
    assert cure in capsys.readouterr().err
