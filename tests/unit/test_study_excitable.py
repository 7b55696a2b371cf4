"""Six people whose cords become more excitable, until motor units never stop: never "lower"."""

from __future__ import annotations

import pandas as pd
import pytest

import renshaw as rs
from renshaw.reports.figures.paired import paired_difference
from renshaw.reports.report import report_text
from renshaw.study.tables import read_table

_PEOPLE = 6
_LEVELS = {"rest": 1.0, "drug": 1.15}
_READ = ("delta_f", "self_sustained_duration", "torque_hysteresis", "peak_rate", "brace_height")


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> rs.study.StudyResult:
    folder = tmp_path_factory.mktemp("excitable")
    # The drive is imposed, so that nobody has to practice.
    ramp = rs.Ramp(rise_s=5, fall_s=5, rest_s=1.5, follows="drive", peak_pct_mvc=30)
    for person in range(1, _PEOPLE + 1):
        for condition, level in _LEVELS.items():
            # On the scale of the first edition, whose units never stop at the higher level.
            who = rs.Participant(edition=1, neuromodulation=level, inhibition=0, n_units=10)
            recording = rs.simulate(who, ramp, seed=person)
            rs.write(recording, folder / f"sub-{person:02d}_ses-{condition}_task-ramp_run-1.h5")
    arm = rs.study.Arm(
        name="lab",
        recordings=rs.study.RecordingsSettings(folder=str(folder)),
        conditions=tuple(rs.study.Condition(name=name) for name in _LEVELS),
    )
    return rs.run_study(rs.StudyPlan(arms=(arm,)), folder / "study")


def test_no_mean_no_table_and_no_sentence_reads_lower(result: rs.study.StudyResult) -> None:
    table = result.to_table().set_index("quantity")
    asked = [quantity for quantity in _READ if quantity in table.index]
    assert "delta_f" in asked and "self_sustained_duration" in asked
    for quantity in asked:
        row = table.loc[quantity]
        assert row["n"] == _PEOPLE
        # What is known of the difference does not exclude that it rose.
        assert not row["ci_high"] < 0, quantity
        assert not (row["bound"] in ("exact", "at most") and row["difference"] < 0), quantity
    assert table.loc["delta_f", "n_bounds"] == _PEOPLE
    for finding in result.findings():
        assert "lower in drug" not in finding.sentence and "lowered" not in finding.sentence


def test_bounds_reach_every_table_the_page_and_the_picture(result: rs.study.StudyResult) -> None:
    assert result.folder is not None
    means = read_table(result.folder, "unit_means")
    drug = means[(means["quantity"] == "delta_f") & (means["condition"] == "drug")]
    assert "at least" in set(drug["bound"])
    people = result.comparison.participants
    mine = people[(people["quantity"] == "delta_f") & (people["condition"] == "drug")]
    assert set(mine["bound"]) <= {"at least", "unknown"}
    page = report_text(result)
    assert "lower in drug" not in page
    figure = paired_difference(result.comparison, "delta_f")
    marks = [mark for panel in figure.panels for mark in panel.marks]
    shown = {(mark.shape, mark.hollow) for mark in marks if mark.name.startswith("drug")}  # type: ignore[attr-defined]
    assert ("circle", False) not in shown
    assert figure.caption in page and figure.caption


def test_opened_again_it_says_the_same(result: rs.study.StudyResult) -> None:
    assert result.folder is not None
    again = rs.study.open_study(result.folder)
    pd.testing.assert_frame_equal(again.to_table(), result.to_table())
    # As text, for what is not known is NaN, which equals nothing.
    assert [str(each) for each in again.findings()] == [str(each) for each in result.findings()]
