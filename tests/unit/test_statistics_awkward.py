"""Designs and tables that are awkward, yet usual."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import renshaw as rs
from renshaw.statistics.answers.joint import main_answer
from renshaw.statistics.mixed import MixedModel
from renshaw.statistics.settings import MixedModelSettings

QUICK = MixedModelSettings(bootstraps=0, sign_flips=0)


def _numbered_anew(rng: np.random.Generator) -> pd.DataFrame:
    """Subjects 1 to 6 in each of two groups, twice measured."""
    rows = []
    for group in ("drug", "placebo"):
        for subject in range(1, 7):
            own = rng.normal(5, 1)
            for time, step in (("pre", 0.0), ("post", 1.0)):
                y = own + step + rng.normal(0, 0.5)
                rows.append({"group": group, "subject": subject, "time": time, "y": y})
    return pd.DataFrame(rows)


@pytest.fixture
def anew() -> MixedModel:
    table = _numbered_anew(np.random.default_rng(3))
    return rs.compare(table, "y ~ group * time + (1|group:subject)", QUICK)


def test_people_named_by_two_columns_are_counted(anew: MixedModel) -> None:
    assert anew.layout is not None
    assert anew.layout.person == ("group", "subject")
    assert anew.layout.people == 12
    assert "12 people (group:subject)" in anew.findings()[0].sentence
    assert {each.people for each in anew.answers[0].cells} == {6}
    assert anew.answers[0].df == pytest.approx(10)


def test_people_named_by_two_columns_have_their_lines_on_the_page(
    anew: MixedModel, tmp_path: Path
) -> None:
    from renshaw.reports.figures.model_people import _people

    who = _people(anew)
    assert who is not None
    assert who.nunique() == 12
    rs.report(anew, tmp_path / "page.html")
    assert (tmp_path / "page.html").stat().st_size > 10_000


def test_a_pilot_knows_people_named_by_two_columns() -> None:
    from renshaw.statistics.planning.pilot import pilot

    table = _numbered_anew(np.random.default_rng(3))
    assert pilot(table, "y ~ group * time + (1|group:subject)").people == 12


def _paired(
    seed: int = 1, people: int = 12, rows: int = 2, times: tuple[str, ...] = ("pre", "post")
) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    table = []
    for n in range(people):
        own = rng.normal(5, 1)
        for step, time in enumerate(times):
            for _ in range(rows):
                y = own + 0.5 * step + rng.normal(0, 0.6)
                table.append({"participant": f"P{n}", "time": time, "y": y})
    return pd.DataFrame(table)


PAIRED = "y ~ time + (1|participant)"


def test_a_response_far_from_zero_is_compared_as_one_near_it() -> None:
    table = _paired()
    near = rs.compare(table, PAIRED, QUICK).answers[0]
    far = rs.compare(table.assign(y=table["y"] + 1e11), PAIRED, QUICK).answers[0]
    assert far.estimate == pytest.approx(near.estimate, rel=1e-3)
    assert far.p_value == pytest.approx(near.p_value, rel=1e-2)


def test_what_is_explained_exactly_is_refused_far_from_zero_too() -> None:
    table = _paired(rows=1, times=("a", "b", "c"))
    table["y"] = 1e11 + table["time"].map({"a": 0.0, "b": 0.1, "c": 0.3})
    with pytest.raises(rs.DataError, match="explain every value exactly"):
        rs.compare(table, PAIRED, QUICK)


@pytest.mark.parametrize("right", ["y", "log(y)", "time * y", "I(y^2)"])
def test_a_response_is_not_explained_by_itself(right: str) -> None:
    with pytest.raises(rs.stats.FormulaError, match="both sides"):
        rs.compare(_paired(), f"y ~ {right} + (1|participant)", QUICK)


@pytest.mark.parametrize(
    ("cells", "cure"),
    [
        (["55%", "60%", "71%"], "'55%' for example.*Take signs and units out"),
        (["mild", "none", "severe"], "Grades in words"),
        (["yes", "no"], "--family binomial"),
    ],
)
def test_text_in_the_response_is_shown_and_has_a_cure(cells: list[str], cure: str) -> None:
    table = _paired()
    table["y"] = [cells[n % len(cells)] for n in range(len(table))]
    with pytest.raises(rs.DataError, match=cure):
        rs.compare(table, PAIRED, QUICK)


@pytest.mark.parametrize(
    ("values", "warned"), [((1, 2, 3), True), ((0, 1), None), ((0, 6, 12), False), ((1.5, 2), None)]
)
def test_numbers_that_may_be_groups_are_asked_about(
    values: tuple[float, ...], warned: bool | None
) -> None:
    table = _paired(times=tuple(f"t{n}" for n in range(len(values))))
    table["visit"] = table["time"].map({f"t{n}": v for n, v in enumerate(values)})
    model = rs.compare(table, "y ~ visit + (1|participant)", QUICK)
    said = [each for each in model.remarks if "factor(visit)" in each.words]
    assert [each.warning for each in said] == ([] if warned is None else [warned])


def test_what_is_no_warning_is_said_beside_the_answer() -> None:
    table = _paired()
    table["y"] = np.random.default_rng(4).poisson(2, len(table))
    model = rs.compare(table, PAIRED, QUICK)
    assert any("If they count something" in words for words in model.findings()[0].how_sure)


def test_one_left_out_is_corrected_as_the_answer_is() -> None:
    table = _paired(times=("a", "b", "c", "d"), people=8)
    model = rs.compare(table, PAIRED, QUICK)
    answer, everyone = main_answer(model.answers), model.influence.all_of
    assert answer.correction == "holm"
    assert everyone is not None
    assert everyone.p_value == pytest.approx(answer.p_adjusted)
    for each in (everyone, *model.influence.without):
        assert (each.p_value < 0.05) == (each.low > 0 or each.high < 0)


def test_values_that_are_all_tiny_are_no_shares() -> None:
    table = _paired()
    model = rs.compare(table.assign(y=table["y"] * 1e-9), PAIRED, QUICK)
    assert not any("trials" in each.words for each in model.remarks)


def test_a_joint_test_without_degrees_of_freedom_is_chi_squared() -> None:
    table = _paired(times=("a", "b", "c"))
    table["y"] = np.random.default_rng(2).poisson(3, len(table))
    settings = MixedModelSettings(bootstraps=0, sign_flips=0, family="poisson", structure="written")
    model = rs.compare(table, PAIRED, settings)
    row = model.anova.iloc[0]
    assert f"χ²(2) = {2 * float(row['f_value']):.3g}" in model.finding.sentence


def test_rows_as_groups_are_for_counts_only() -> None:
    """Counts may scatter more than chance makes them; normal values have a residual for that."""
    table = _paired()
    table["y"] = np.random.default_rng(2).poisson(3, len(table))
    table["row"] = [f"r{n}" for n in range(len(table))]
    settings = MixedModelSettings(bootstraps=0, sign_flips=0, family="poisson")
    found = rs.compare(table, f"{PAIRED} + (1|row)", settings)
    assert set(found.modes["group"]) >= {"row"}
    with pytest.raises(rs.DataError, match="can't be told from the residuals"):
        rs.compare(table, f"{PAIRED} + (1|row)", settings.replace(family="normal"))
