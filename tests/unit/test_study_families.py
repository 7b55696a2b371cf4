"""Several questions of one study are corrected together, and arms are compared directly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import renshaw as rs
from renshaw.estimation.estimate import Estimate
from renshaw.figures import Line, Points
from renshaw.findings.between_arms import arms_finding
from renshaw.findings.comparison import findings
from renshaw.reports.figures.paired import paired_difference
from renshaw.reports.study_sections import _agreement
from renshaw.study.arms import Changes, between_arms
from renshaw.study.families import corrected, family_sizes, is_clear
from renshaw.study.result import Group, StudyResult


def compared(
    changes: dict[str, float],
    *,
    people: int = 8,
    start: float = 3.0,
    spread: float = 0.3,
    names: str = "P",
    seed: int = 0,
) -> rs.study.Comparison:
    """Return people whose delta F changes from `start` by so much in each condition."""
    rng = np.random.default_rng(seed)
    rows, design = [], []
    for who in range(people):
        for condition, change in {"control": 0.0, **changes}.items():
            name = f"{names}{who}{condition}"
            person = {"recording": name, "participant": f"{names}{who}", "condition": condition}
            design.append(person)
            mean = start + change + rng.normal(0, spread)
            rows += [Estimate(name, "delta_f", unit, 0, mean, "pps") for unit in (1, 2)]
    settings = rs.study.CompareSettings(mixed_models=False)
    return rs.compare(rs.Estimates(tuple(rows)), pd.DataFrame(design), settings)


def test_the_answer_is_one_family_and_everything_else_another() -> None:
    tables = [
        pd.DataFrame(
            {"quantity": ["delta_f", "delta_f", "peak_rate"], "p_value": [0.01, 0.04, 0.03]}
        ),
        pd.DataFrame({"quantity": ["delta_f", "peak_rate"], "p_value": [0.5, np.nan]}),
    ]
    first, second = corrected(tables)
    assert list(first["p_adjusted"]) == pytest.approx([0.03, 0.08, 0.03])
    assert second["p_adjusted"].iloc[0] == 0.5
    assert np.isnan(second["p_adjusted"].iloc[1])
    assert family_sizes(tables) == (3, 1)


def test_a_p_that_only_one_of_many_conditions_reaches_is_no_clear_change() -> None:
    several = dict.fromkeys("abcdefgh", 0.0)
    rows = [compared({"drug": -0.35}, seed=seed).table.iloc[0] for seed in range(20)]
    seed = next(n for n, row in enumerate(rows) if 0.01 < row["p_value"] < 0.05)
    alone = findings(compared({"drug": -0.35}, seed=seed))[0].sentence
    assert alone.startswith("ΔF was lower in drug")
    table = compared({"drug": -0.35}, seed=seed)
    others = compared(several, seed=99).table
    (together,) = corrected([pd.concat([table.table, others], ignore_index=True)])
    said = findings(replace(table, table=together))[0].sentence
    assert said.startswith("No clear change of ΔF in drug")
    assert "uncorrected" in said
    assert "Holm" in said


def test_no_percent_of_a_reference_near_zero_or_across_it() -> None:
    assert np.isfinite(compared({"drug": -1.0}).table["percent"].iloc[0])
    assert np.isnan(compared({"drug": -1.0}, start=0.1).table["percent"].iloc[0])
    turned = compared({"drug": -5.0}).table.iloc[0]
    assert np.isnan(turned["percent"])
    assert "%)" not in findings(compared({"drug": -5.0}))[0].sentence.replace("95 % CI", "")


def arms(*each: rs.study.Comparison) -> list[Changes]:
    return [Changes(f"arm {n}", one.table, one.pairs) for n, one in enumerate(each)]


def test_arms_of_different_people_are_compared_as_by_scipy() -> None:
    young = compared({"drug": -1.0}, names="Y", seed=1)
    older = compared({"drug": -0.4}, names="O", people=12, spread=0.6, seed=2)
    row = between_arms(arms(young, older)).iloc[0]
    one, two = (
        (each.pairs["mean_condition"] - each.pairs["mean_reference"]).to_numpy()
        for each in (young, older)
    )
    expected = stats.ttest_ind(two, one, equal_var=False)
    assert row["p_value"] == pytest.approx(expected.pvalue)
    assert row["difference"] == pytest.approx(two.mean() - one.mean())
    assert (row["ci_low"], row["ci_high"]) == pytest.approx(tuple(expected.confidence_interval()))
    assert not row["same_people"]


def test_arms_of_the_same_people_are_paired_and_of_some_are_not_tested() -> None:
    first, second = compared({"drug": -1.0}, seed=1), compared({"drug": -0.4}, seed=2)
    row = between_arms(arms(first, second)).iloc[0]
    changes = [
        (each.pairs["mean_condition"] - each.pairs["mean_reference"]).to_numpy()
        for each in (first, second)
    ]
    assert row["same_people"]
    assert row["p_value"] == pytest.approx(stats.ttest_rel(changes[1], changes[0]).pvalue)
    fewer = compared({"drug": -0.4}, people=5, seed=2)
    mixed = between_arms(arms(first, fewer)).iloc[0]
    assert np.isnan(mixed["p_value"])
    assert arms_finding(mixed).sentence.startswith("Not known whether drug changes ΔF differently")


def test_a_study_never_reads_a_difference_between_arms_from_their_answers() -> None:
    young = compared({"drug": -0.6}, names="Y", people=14, seed=3)
    older = compared({"drug": -0.5}, names="O", people=4, spread=0.6, seed=6)
    result = StudyResult(
        plan=rs.study.built_in_plan().replace(formula=None),
        groups=(Group("young", "ramp", young), Group("older", "ramp", older)),
        design=pd.DataFrame({"recording": ["a"], "arm": ["young"], "condition": ["drug"]}),
        exclusions=pd.DataFrame(),
        failures=pd.DataFrame(),
    )
    said = [finding.sentence for finding in result.findings()]
    assert said[0].startswith("ΔF was lower in drug than in control (young)")
    assert said[1].startswith("No clear change of ΔF in drug (older)")
    assert said[2].startswith("It is not shown that drug changes ΔF differently in older")
    assert len(result.between_arms) == 1


@pytest.mark.parametrize(("missing", "courses"), [(0.0, 1), (0.35, 2)])
def test_the_lines_of_people_are_the_differences_that_are_drawn(missing, courses) -> None:
    rng = np.random.default_rng(0)
    rows, design = [], []
    for who in range(6):
        for condition, change in {"control": 0.0, "a": -0.4, "b": -0.7}.items():
            name = f"P{who}{condition}"
            person = {"recording": name, "participant": f"P{who}", "condition": condition}
            design.append(person)
            for unit in range(1, 9):
                if rng.random() >= missing:
                    value = 3 + 0.3 * unit + change + rng.normal(0, 0.3)
                    rows.append(Estimate(name, "delta_f", unit, 0, value, "pps"))
    settings = rs.study.CompareSettings(mixed_models=False)
    comparison = rs.compare(rs.Estimates(tuple(rows)), pd.DataFrame(design), settings)
    left, right = paired_difference(comparison, "delta_f").panels
    lines = [mark for mark in left.marks if isinstance(mark, Line) and mark.key]
    assert len(lines) == 6 * courses
    drawn = {
        name: next(m for m in right.marks if isinstance(m, Points) and m.name == name).y
        for name in "ab"
    }
    for nth, name in enumerate("ab"):
        if courses == 1:
            steps = [line.y[1 + nth] - line.y[0] for line in lines]
        else:
            steps = [line.y[1] - line.y[0] for line in lines[6 * nth : 6 * nth + 6]]
        assert steps == pytest.approx(list(drawn[name]))


def test_conditions_in_which_nothing_was_done_are_not_of_the_answers_family() -> None:
    table = pd.DataFrame(
        {
            "quantity": "delta_f",
            "condition": ["again", "drug", "other"],
            "p_value": [0.9, 0.03, 0.2],
        }
    )
    (found,) = corrected([table], [{"again"}])
    assert list(found["p_adjusted"]) == pytest.approx([0.9, 0.06, 0.2])


@pytest.mark.parametrize(
    ("row", "lower", "unchanged"),
    [
        ((-0.9, -0.1, 0.02, 0.04), "yes", "no: lower"),
        ((-0.9, -0.1, 0.03, 0.06), "direction only", "yes"),
        ((-0.9, 0.1, 0.12, np.nan), "direction only", "yes"),
        ((0.1, 0.9, 0.02, 0.04), "no: the opposite", "no: higher"),
        ((0.1, 0.9, 0.03, 0.06), "not shown", "yes"),
    ],
)
def test_published_directions_are_judged_as_the_findings_are(row, lower, unchanged) -> None:
    names = ("ci_low", "ci_high", "p_value", "p_adjusted")
    found = dict(zip(names, row, strict=True)) | {"difference": sum(row[:2]) / 2}
    assert _agreement("lower", found) == lower
    assert _agreement("unchanged", found) == unchanged


def test_of_bounds_one_end_tells_a_direction() -> None:
    none = {"p_value": np.nan, "p_adjusted": np.nan}
    assert is_clear({"ci_low": 0.2, "ci_high": np.nan} | none)
    assert not is_clear({"ci_low": -0.2, "ci_high": np.nan} | none)
    assert not is_clear({"ci_low": np.nan, "ci_high": np.nan} | none)


def test_arms_whose_p_turns_by_correction_say_both() -> None:
    row = dict.fromkeys(("arm", "other_arm", "condition"), "a") | {
        "quantity": "delta_f",
        "units": "pps",
        "difference": 0.5,
        "ci_low": 0.1,
        "ci_high": 0.9,
        "n": 8,
        "n_other": 8,
        "same_people": False,
        "change": 0.1,
        "change_other": 0.6,
        "p_value": 0.02,
        "p_adjusted": 0.06,
    }
    said = arms_finding(row, family=3).sentence
    assert "not shown" in said
    assert "p = .020 uncorrected, p = .060, Holm" in said
