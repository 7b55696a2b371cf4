"""Mixed models beside a study's paired tests."""

import numpy as np
import pandas as pd
import pytest

import renshaw as rs


def estimates_and_design(people=9, units=6, change=-0.5, spread=0.3):
    rng = np.random.default_rng(4)
    rows, design = [], []
    for person in range(people):
        level, own = rng.normal(4, 1), rng.normal(change, 0.1)
        each = rng.normal(0, 0.7, units)
        for condition in ("control", "calm"):
            name = f"P{person} {condition}"
            design.append((name, f"P{person}", condition, 1))
            for unit in range(1, units + 1):
                value = level + each[unit - 1] + own * (condition == "calm") + rng.normal(0, spread)
                rows.append(rs.estimation.Estimate(name, "delta_f", unit, 0, value, "pps"))
    columns = ["recording", "participant", "condition", "trial"]
    return rs.Estimates(tuple(rows)), pd.DataFrame(design, columns=columns)


def test_a_study_is_compared_by_a_mixed_model_too():
    comparison = rs.compare(*estimates_and_design())
    model = comparison.models["delta_f"]
    assert "participant:unit" in model.formula.text
    assert model.fixed_effects["term"].tolist() == ["(Intercept)", "conditioncalm"]
    paired = comparison.table.iloc[0]["difference"]
    assert model.fixed_effects["estimate"].iloc[1] == pytest.approx(paired, rel=1e-6)
    assert any("lme4" in paper for paper in comparison.cite())
    assert not comparison.unmodelled


def test_units_that_are_not_tracked_are_not_nested():
    settings = rs.CompareSettings(matched_units=False)
    model = rs.compare(*estimates_and_design(), settings).models["delta_f"]
    assert "unit" not in model.formula.text
    none = rs.compare(*estimates_and_design(), rs.CompareSettings(mixed_models=False))
    assert not none.models


def test_what_has_no_model_says_why():
    comparison = rs.compare(*estimates_and_design(people=1))
    assert "participant has one level only" in comparison.unmodelled["delta_f"]
    assert not comparison.models


def test_the_page_has_the_models_differences_from_the_reference():
    from renshaw.reports.study_models import models_of

    comparison = rs.compare(*estimates_and_design())
    (table,) = models_of([("", comparison)]).tables
    (row,) = table.rows
    estimate = comparison.models["delta_f"].answers[0].estimate
    assert row.cells[1] == "calm"
    assert row.cells[2] == f"−{-estimate:.2f}"
