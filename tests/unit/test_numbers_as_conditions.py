"""Numbers in the fixed effects: two values are two conditions, several a trend until they bend."""

import numpy as np
import pandas as pd
import pytest

import renshaw as rs
from renshaw.core.numbers import p_equals

QUICK = rs.stats.MixedModelSettings(bootstraps=0, sign_flips=0)
WRITTEN = QUICK.replace(structure="written")


def factorial(codes=(0, 1), people=10, seed=0):
    """Return people who were measured thrice in each cell of drug and side."""
    rng = np.random.default_rng(seed)
    rows = [
        (f"P{p}", codes[d], s, 5 + own + 2.0 * d + 3.0 * d * s + rng.normal(0, 0.5))
        for p, own in enumerate(rng.normal(0, 1, people))
        for d in (0, 1)
        for s in (0, 1)
        for _ in range(3)
    ]
    return pd.DataFrame(rows, columns=["who", "drug", "side", "y"])


def trend(values, bend=0.0, people=12, seed=1):
    rng = np.random.default_rng(seed)
    rows = [
        (f"P{p}", v, own + 0.1 * v + bend * (n == 1) + rng.normal(0, 0.3))
        for p, own in enumerate(rng.normal(0, 1, people))
        for n, v in enumerate(values)
    ]
    return pd.DataFrame(rows, columns=["who", "week", "y"])


@pytest.mark.parametrize("codes", [(0, 1), (1, 2), (0, 50), (-1.5, 2.5)])
def test_two_values_are_compared_as_two_conditions(codes):
    numbers = factorial(codes)
    words = numbers.assign(
        drug=numbers["drug"].map({codes[0]: "a", codes[1]: "b"}),
        side=numbers["side"].map({0: "a", 1: "b"}),
    )
    ours = rs.compare(numbers, "y ~ drug * side + (1|who)", QUICK)
    theirs = rs.compare(words, "y ~ drug * side + (1|who)", QUICK)
    pd.testing.assert_frame_equal(ours.anova, theirs.anova, rtol=1e-6)
    assert ours.answers[0].estimate == pytest.approx(theirs.answers[0].estimate)
    # The effect of drug is averaged over sides, 3.5, and not that where side is 0, which is 2.
    averaged = ours.contrasts[ours.contrasts["term"] == "drug"]
    assert abs(averaged["estimate"].iloc[0]) == pytest.approx(3.5, abs=0.4)
    assert any("compared as conditions" in each.words for each in ours.remarks)


def test_as_written_two_values_are_a_number_as_in_r():
    model = rs.compare(factorial(), "y ~ drug * side + (1|who)", WRITTEN)
    assert model.fixed_effects["term"].tolist() == ["(Intercept)", "drug", "side", "drug:side"]
    assert not any("compared as conditions" in each.words for each in model.remarks)


@pytest.mark.parametrize(
    "formula",
    [
        "y ~ 0 + drug + side + (1|who)",
        "y ~ side + drug:side + (1|who)",
        "y ~ I(drug^2) + drug + (1|who)",
        "y ~ drug + (0 + drug|who)",
        "y ~ drug + (1 + drug||who)",
    ],
)
def test_a_number_stays_one_where_conditions_would_be_another_model(formula):
    model = rs.compare(factorial((0, 2)), formula, QUICK)
    assert "drug2" not in set(model.fixed_effects["term"])


def test_a_slope_with_its_intercept_may_be_of_conditions():
    numbers = rs.compare(factorial(), "y ~ drug * side + (1 + drug|who)", WRITTEN)
    conditions = rs.compare(
        factorial(), "y ~ factor(drug) * side + (1 + factor(drug)|who)", WRITTEN
    )
    assert numbers.statistics["criterion"] == pytest.approx(conditions.statistics["criterion"])
    shown = rs.compare(factorial(), "y ~ drug * side + (1 + drug|who)", QUICK)
    assert "drug1" in set(shown.fixed_effects["term"])


def test_several_values_are_a_trend_and_whether_they_bend_is_said():
    straight = rs.compare(trend((0, 6, 12)), "y ~ week + (1|who)", QUICK)
    (said,) = [each for each in straight.remarks if "factor(week)" in each.words]
    assert not said.warning and "No departure" in said.words
    bent = rs.compare(trend((0, 6, 12), bend=1.0), "y ~ week + (1|who)", QUICK)
    (said,) = [each for each in bent.remarks if "factor(week)" in each.words]
    assert said.warning and "not on a line (p < .001)" in said.words


def test_the_departure_from_a_line_is_that_of_an_analysis_of_variance():
    data = trend((0, 6, 12), bend=0.25)
    model = rs.compare(data, "y ~ week + (1|who)", QUICK)
    (said,) = [each for each in model.remarks if "factor(week)" in each.words]
    wide = data.pivot_table(index="who", columns="week", values="y").to_numpy()
    bends = wide @ np.array([1.0, -2.0, 1.0]) / np.sqrt(6)
    slopes = wide @ np.array([-1.0, 0.0, 1.0]) / np.sqrt(2)
    # Where people's slopes differ, the residual is the bends' alone; else it is of both contrasts.
    own = "scale(week" in model.formula.text
    error = bends.var(ddof=1) if own else (bends.var(ddof=1) + slopes.var(ddof=1)) / 2
    from scipy import stats

    p = stats.f.sf(len(wide) * bends.mean() ** 2 / error, 1, (2 - own) * (len(wide) - 1))
    assert f"({p_equals(p)})" in said.words
