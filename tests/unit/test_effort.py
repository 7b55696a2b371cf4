"""The drive that force takes, with persistent inward currents and without."""

from __future__ import annotations

from html import unescape

import numpy as np
import pytest

import renshaw as rs
from renshaw.cli import app
from renshaw.reports.figures.effort import effort_curve
from renshaw.reports.figures.tracking import (
    practice_curve,
    target_of,
    tracking_error,
    tracking_panel,
)
from renshaw.reports.report import report_text

PERSON = rs.Participant(n_units=20)
QUICK = rs.experiment.EffortSettings(
    levels_pct_mvc=(20.0, 90.0), rise_pct_mvc_per_s=30.0, hold_s=3.0, repeats=2
)  # fmt: skip


@pytest.fixture(scope="module")
def found():
    return rs.effort(PERSON, ("relaxation",), QUICK)


def row(found, condition, level):
    table = found.to_table()
    return table[(table["condition"] == condition) & (table["target_pct_mvc"] == level)].iloc[0]


def test_without_inward_currents_the_brain_works_much_harder(found):
    usual, without = row(found, "as it is", 20.0), row(found, "without PICs", 20.0)
    assert usual["reached"]
    assert without["reached"]
    assert without["torque_pct_mvc"] == pytest.approx(usual["torque_pct_mvc"], abs=2.0)
    assert without["effort_pct"] > 2 * usual["effort_pct"]
    assert found.effort_pct("without PICs", 20.0) == without["effort_pct"]


def test_without_inward_currents_strength_is_lost_and_a_target_out_of_reach_is_said_to_be(found):
    assert found.mvc_pct["as it is"] == pytest.approx(100.0)
    assert found.mvc_pct["without PICs"] < 85.0
    missed = row(found, "without PICs", 90.0)
    assert not missed["reached"]
    assert f"largest torque is {found.mvc_pct['without PICs']:.0f} % MVC" in missed["reason"]
    assert missed["torque_pct_mvc"] < 86.0
    assert np.isnan(found.effort_pct("without PICs", 90.0))
    assert row(found, "as it is", 20.0)["reason"] == ""


def test_effort_is_drive_in_percent_of_the_largest(found):
    table = found.to_table()
    largest = PERSON.largest_drive
    np.testing.assert_allclose(table["effort_pct"], 100 * table["drive"] / largest, rtol=1e-4)
    assert (table["peak_effort_pct"] >= table["effort_pct"]).all()
    assert (table["effort_pct"] <= 100.0001).all()
    assert set(found.examples) == {
        (name, level) for name in found.conditions for level in (20.0, 90.0)
    }


def test_conditions_are_called_by_what_calms():
    few = QUICK.replace(levels_pct_mvc=(10.0,), without_pics=False, hold_s=1.0)
    few = few.replace(practice=0)
    person = rs.Participant(n_units=2)
    given = (rs.Relaxation(), rs.ReciprocalInhibition(), rs.Relaxation(depth=1.0))
    names = rs.effort(person, given, few).conditions
    assert names == (
        "as it is", "Relaxation()", "reciprocal inhibition", "Relaxation(depth=1.0)",
    )  # fmt: skip
    assert rs.effort(person, (), few).conditions == ("as it is",)


def test_the_history_of_effort_runs():
    few = QUICK.replace(levels_pct_mvc=(10.0,), hold_s=1.0)
    few = few.replace(practice=0)
    first = rs.effort(rs.Participant(n_units=2), ("relaxation",), few, seed=3)
    scope = {}
    exec(first.history.as_python(), scope)
    again = scope["effort"].to_table()
    assert again.equals(first.to_table())


@pytest.mark.parametrize("levels", [(), (0.0,), (20.0, 101.0)])
def test_impossible_levels_are_refused(levels):
    with pytest.raises(rs.SettingsError, match="levels_pct_mvc"):
        rs.experiment.EffortSettings(levels_pct_mvc=levels)


def test_unknown_conditions_are_refused(found):
    with pytest.raises(rs.DataError, match="no 'asleep' at 20 % MVC"):
        found.effort_pct("asleep", 20.0)


def test_effort_of_a_recording_is_read_from_its_truth(found):
    recording = found.examples["as it is", 20.0]
    effort = rs.experiment.effort_of(recording)
    whole = recording.truth.signals["effort"].values
    assert effort["peak_effort_pct"] == pytest.approx(whole.max())
    # The rests before and after don't count.
    assert effort["mean_effort_pct"] > whole.mean()
    with pytest.raises(rs.DataError, match="does not tell the drive"):
        rs.experiment.effort_of(rs.Recording(recording.units))


def test_the_page_on_effort_answers_and_names_what_was_missed(found):
    page = report_text(found)
    assert found.finding.sentence in unescape(page)
    assert "times as much" in found.finding.sentence
    assert "90 % MVC: out of reach" in page
    assert page.count("<svg") >= 3
    assert rs.plot(found) is not None


def test_the_picture_of_effort_has_a_line_a_condition(found):
    left, right = effort_curve(found).axes
    words = [text.get_text() for text in left.get_legend().get_texts()]
    assert words == list(found.conditions)
    assert "calming costs" in right.get_title(loc="left")
    alone = rs.effort(
        rs.Participant(n_units=2),
        (),
        QUICK.replace(levels_pct_mvc=(10.0,), hold_s=1.0, without_pics=False),
    )
    assert len(effort_curve(alone).axes) == 1


def test_torque_is_drawn_against_its_target(found):
    recording = found.examples["as it is", 20.0]
    assert target_of(recording).values.max() == pytest.approx(20.0)
    error = tracking_error(recording)
    top, bottom = tracking_panel(recording).axes
    rms = np.sqrt(np.mean(error**2))
    assert f"{rms:.2g} % MVC" in top.get_title(loc="left")
    assert "Effort" in bottom.get_title(loc="left")
    # A real recording, or one without a target, is said to lack what it lacks.
    real = rs.Recording(recording.units, {"torque": recording.torque})
    assert tracking_error(real) is None
    assert "no target torque" in tracking_panel(real).axes[0].texts[0].get_text()
    known = rs.Recording(recording.units, recording.signals)
    assert len(tracking_panel(known).axes) == 1


def test_practice_is_drawn_attempt_by_attempt(found):
    attempts = [found.examples[name, 20.0] for name in found.conditions]
    left, right = practice_curve(attempts).axes
    assert len(left.lines) == 1 + len(attempts)
    np.testing.assert_allclose(
        right.lines[0].get_ydata(), [np.sqrt(np.mean(tracking_error(a) ** 2)) for a in attempts]
    )
    assert "No attempt" in practice_curve([]).axes[0].texts[0].get_text()


def test_the_command_writes_table_picture_and_page(tmp_path, capsys):
    out = tmp_path / "effort"
    words = [
        "effort",
        "-o",
        str(out),
        "--n-units",
        "4",
        "--hold-s",
        "1",
        "--quiet",
        "--repeats",
        "1",
    ]
    words += ["--levels-pct-mvc", "20", "--practice", "1", "--given", "relaxation:depth=1"]
    assert app.main(words) == 0
    assert {f.name for f in out.iterdir()} == {
        "report.html", "effort.csv", "effort.svg", "effort.png",
    }  # fmt: skip
    said = capsys.readouterr().out
    assert "without PICs" in said
    assert "relaxation" in said
