"""`renshaw validate`: a verdict for every target, in a table and on a page; misses stay visible."""

from __future__ import annotations

from html import unescape

import numpy as np
import pandas as pd
import pytest

import renshaw as rs
from renshaw.cli import app
from renshaw.core.history import History, Step
from renshaw.findings.model_validation import miss_words
from renshaw.model.editions import DEFAULT_EDITION
from renshaw.reports.figures.targets import brief, group_of, targets_against_bands
from renshaw.reports.report import report_text
from renshaw.study.laboratory import Series
from renshaw.study.measures import change, mean
from renshaw.validation import model_against_people as room
from renshaw.validation.model_against_people import TARGET_COLUMNS, ModelValidation
from renshaw.validation.target import Target

FEW = (("muscle", "TA"), ("n_units", 8))
SHORT = rs.Ramp(rise_s=4.0, fall_s=4.0)

ROWS = [
    ("T1 TA: delta F", "delta F (pps)", "open data", "fitted", 3.9, 4.9, 4.4, 4.1, 4.7, True),
    ("T2b GM: delta F", "delta F, <GM>", "recalled", "predicted", 3.0, 4.0, 4.1, 3.8, 4.4, False),
    ("T4 RI TA: delta F", "change (pps)", "seed", "fitted", -0.95, -0.2, 1.3, 1.1, 1.5, False),
    ("T9 drug", "change (pps)", "trial", "predicted", -1.0, -0.5,
     float("nan"), float("nan"), float("nan"), False),
]  # fmt: skip


def made() -> ModelValidation:
    table = pd.DataFrame(ROWS, columns=list(TARGET_COLUMNS))
    measured = pd.DataFrame(
        [
            (name, p, t, 1, "delta_f", 3.0, "exact", True)
            for name in ("TA young", "elsewhere")
            for p in range(4)
            for t in (0, 1)
        ],
        columns=["series", "participant", "trial", "unit", "quantity", "value", "bound", "ok"],
    )
    settings = rs.validation.ModelValidationSettings(people=4)
    step = Step(
        "validate", "validation = rs.validate_model()", settings.to_mapping(), 0, "", ("lee1998",)
    )
    return ModelValidation(table, measured, History((step,)), settings)


@pytest.fixture
def small(monkeypatch):
    """Two series and three targets instead of all."""

    def series(people: int, trials: int) -> tuple[Series, ...]:
        shared = {"trials": trials, "group": "few", "observed": False}
        calm = (rs.Relaxation(),)
        return (
            Series("usual", people, SHORT, FEW, **shared),
            Series("calmed", people, SHORT, FEW, calm, **shared),
        )

    targets = (
        Target("T1 rate", "peak rate (pps)", "nobody", "fitted", 1.0, 60.0,
               mean("usual", "peak_rate")),
        Target("T5 rate", "change (pps)", "nobody", "predicted", 20.0, 30.0,
               change("calmed", "usual", "peak_rate")),
        Target("T9 none", "never there", "nobody", "predicted", 0.0, 1.0, mean("usual", "none")),
    )  # fmt: skip
    monkeypatch.setattr(room, "all_series", series)
    monkeypatch.setattr(room, "all_targets", lambda: targets)


def text_of(acceptance: ModelValidation) -> str:
    return unescape(report_text(acceptance))


def test_the_page_counts_what_is_met_by_role():
    assert made().finding.sentence == "1 of 4 targets are met: 1 of 2 fitted, 0 of 2 predicted."
    assert made().finding.sentence in text_of(made())


def test_misses_come_first_in_words():
    page = text_of(made())
    heads = [page.index(x) for x in ("Missed: ", 'id="targets"', 'id="simulated"')]
    assert heads == sorted(heads)
    lines = [dict(zip(TARGET_COLUMNS, row, strict=True)) for row in ROWS]
    assert miss_words(lines[1]) == (
        "T2b GM: ΔF (predicted) is 4.1, wanted 3 to 4: above by 0.1. Its 95 % interval, 3.8 to "
        "4.4, reaches the band. What it is: ΔF, <GM>."
    )
    assert "above by 1.5. Its 95 % interval, 1.1 to 1.5, does not reach the band." in miss_words(
        lines[2]
    )
    assert "could not be measured; wanted −1 to −0.5" in miss_words(lines[3])
    for line in lines[1:]:
        assert miss_words(line) in page
    # Predictions that fail say more than fits that do.
    assert page.index(miss_words(lines[3])) < page.index(miss_words(lines[2]))


def test_the_page_has_every_target_with_source_and_role_and_what_was_simulated():
    page = text_of(made())
    for name, _, source, role, *_ in ROWS:
        assert name.replace("delta F", "ΔF") in page
        assert f"Source: {source}" in page
        assert f", {role}</td>" in page
    assert "TA young" in page
    assert "elsewhere" in page
    assert "8 times a person in a condition, 16 recordings in all" in page
    assert "rs.validate_model()" in page
    assert "Lee RH" in page
    assert "<GM>" not in report_text(made())


def test_nothing_missed_is_said_so():
    one = made()
    page = text_of(ModelValidation(one.table.iloc[:1], one.measured, History()))
    assert "none is missed" in page and "Missed: " not in page
    assert "1 of 1 targets are met: 1 of 1 fitted." in page


def test_the_picture_tells_met_from_missed_by_shape_and_fitted_from_predicted_by_filling():
    figure = targets_against_bands(made().table)
    axes = figure.axes[0]
    markers = [line for line in axes.lines if line.get_marker() not in ("None", None, "")]
    assert [line.get_marker() for line in markers] == ["o", "s", ">"]
    filled = [line.get_markerfacecolor() == line.get_color() for line in markers]
    assert filled == [True, False, True]
    words = [text.get_text() for text in axes.texts]
    assert "4.4 (4.1 to 4.7)" in words
    assert "not measured" in words
    assert "T4  Reciprocal inhibition" in words


def test_the_picture_is_on_the_scale_of_bands():
    figure = targets_against_bands(made().table)
    first = next(line for line in figure.axes[0].lines if line.get_marker() == "o")
    assert first.get_xdata()[0] == pytest.approx(0.0)
    second = next(line for line in figure.axes[0].lines if line.get_marker() == "s")
    assert second.get_xdata()[0] == pytest.approx(1.2)


def test_plot_is_the_picture():
    assert rs.plot(made()).axes
    assert made().plot().axes


def test_names_and_numbers_are_short():
    assert group_of("T2b GM: delta F") == ("T2", "GM: ΔF")
    assert group_of("T10 TA: ICC") == ("T10", "TA: ICC")
    assert group_of("Sweep: peak rate") == ("Sweep", "peak rate")
    assert group_of("other") == ("", "other")
    shown = [brief(x) for x in (3.0, -0.951, 99.96, -0.001, float("nan"), 100.0)]
    assert shown == ["3", "−0.95", "100", "0", "–", "100"]


def test_validate_measures_every_target(small):
    found = rs.validate_model(
        rs.validation.ModelValidationSettings(people=4, trials=1), seed=1, workers=1
    )
    table = found.to_table()
    assert list(table.columns) == list(TARGET_COLUMNS)
    assert table["pass"].tolist() == [True, False, False]
    assert table["value"].isna().tolist() == [False, False, True]
    assert (table["ci_low"][:2] < table["value"][:2]).all()
    assert found.measured.participant.nunique() == 4
    assert found.history.steps[-1].seed == 1
    assert found.cite()
    code = found.history.as_python()
    settings = f"people=4, trials=1, edition={DEFAULT_EDITION}"
    assert f"rs.validate_model(rs.validation.ModelValidationSettings({settings}), seed=1)" in code


def test_the_command_writes_a_page_and_a_table_and_names_misses(small, tmp_path, capsys):
    out = tmp_path / "new" / "validation"
    words = ["validate", "-o", str(out), "--people", "4", "--trials", "1", "--quiet"]
    words += ["--edition", "1"]
    assert app.main([*words, "--workers", "1"]) == 0
    said = capsys.readouterr()
    assert "1 of 3 targets are met: 1 of 1 fitted, 0 of 2 predicted." in said.out
    assert "Missed: T5 rate (predicted) is " in said.out
    assert "wanted 20 to 30" in said.out
    assert said.err == ""
    table = pd.read_csv(out / "targets.csv")
    assert list(table.columns) == list(TARGET_COLUMNS)
    assert table["role"].tolist() == ["fitted", "predicted", "predicted"]
    assert table["pass"].tolist() == [True, False, False]
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "1 of 3 targets are met" in page
    assert "http://" not in page.replace("http://www.w3.org", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--workers", "0"], "at least one process is needed"),
        (["--people", "2"], "must be from 4 to 1000"),
        (["--trials", "0"], "must be from 1 to 20"),
        (["--seed", "-1"], "must be a whole number"),
        (["--poeple", "9"], "--poeple"),
    ],
)
def test_wrong_options_are_refused_before_anything_is_simulated(
    words, said, tmp_path, monkeypatch, capsys
):
    def never(*args, **kwargs):
        raise AssertionError("simulated")

    monkeypatch.setattr(room, "measure_all", never)
    monkeypatch.chdir(tmp_path)
    assert app.main(["validate", "-o", "out", *words]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out" / "targets.csv").exists()


def test_seeds_are_other_people(small):
    few = rs.validation.ModelValidationSettings(people=4, trials=1)
    one, other = (rs.validate_model(few, seed=seed, workers=1).table for seed in (1, 2))
    assert not np.isclose(one["value"][0], other["value"][0])
