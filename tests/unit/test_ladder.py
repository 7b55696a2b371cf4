"""The random effects that the design asks for: what is tried, taken away, and what it changes."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import renshaw as rs

sys.path.insert(0, str(Path(__file__).parents[2] / "docs"))
from make_type_one import Analyst, designs, drawn

QUICK = rs.stats.MixedModelSettings(bootstraps=0, sign_flips=0)
STUDIES = 120


def made(people=15, units=8, levels=2, effect_sd=0.7, seed=0):
    rng = np.random.default_rng(seed)
    own = rng.normal(0, effect_sd, (people, levels))
    level = rng.normal(0, 0.8, people)
    unit = rng.normal(0, 0.7, (people, units))
    rows = [
        (f"P{p}", u, f"c{c}", level[p] + unit[p, u] + own[p, c] + rng.normal(0, 0.6))
        for p in range(people)
        for u in range(units)
        for c in range(levels)
    ]
    return pd.DataFrame(rows, columns=["name", "unit", "condition", "y"])


def test_people_who_differ_are_tested_as_people():
    data = made()
    model = rs.compare(data, "y ~ condition + (1|name/unit)", QUICK)
    wide = data.pivot_table(index="name", columns="condition", values="y")
    expected = stats.ttest_rel(wide["c1"], wide["c0"])
    row = model.anova.iloc[0]
    assert row["p_value"] == pytest.approx(expected.pvalue, rel=1e-3)
    assert row["den_df"] == pytest.approx(14, rel=1e-3)
    assert model.written.anova["den_df"].iloc[0] > 100
    assert (
        "every person (name) allowed to respond to condition in their own way"
        in model.written.change
    )


def test_correlations_that_the_data_do_not_hold_cost_no_more_than_correlations():
    data = made(people=9, levels=5, seed=3)
    model = rs.compare(data, "y ~ condition + (1|name)", QUICK)
    tried = model.structures
    singular = tried["verdict"].str.contains("correlations")
    assert singular.any()
    assert tried["chi_square"].max() > 30
    assert not tried["chosen"].iloc[0]
    assert model.layout.of("condition").most_df == 32
    assert model.anova["den_df"].iloc[0] < 40


def test_slopes_that_were_written_and_are_singular_are_reduced_not_dropped():
    data = made(people=8, levels=4, seed=1)
    model = rs.compare(data, "y ~ condition + (1 + condition|name) + (1|name:unit)", QUICK)
    if model.written is None:
        assert model.statistics["singular"] == 0
    else:
        assert "name:condition" in model.formula.text or "dummy" in model.formula.text
    assert model.anova["den_df"].iloc[0] < 25


def test_degrees_of_freedom_beyond_the_people_are_called_what_they_are():
    data = made(effect_sd=0.0, seed=4)
    model = rs.compare(data, "y ~ condition + (1|name/unit)", QUICK)
    assert model.anova["den_df"].iloc[0] > 100
    words = "than the 15 levels of name allow (14)"
    assert any(words in each.words for each in model.remarks)
    (excess,) = model.excess
    assert (excess.term, excess.most_df) == ("condition", 14)


def test_what_is_too_large_is_not_left_out_in_silence():
    rng = np.random.default_rng(0)
    rater, person = rng.integers(0, 400, 3000), rng.integers(0, 150, 3000)
    data = pd.DataFrame({"rater": rater, "name": person, "side": rng.choice(["l", "r"], 3000)})
    data["y"] = rng.normal(size=3000) + rng.normal(size=150)[person] + rng.normal(size=400)[rater]
    model = rs.compare(data, "y ~ side + (1|rater) + (1|name)", QUICK)
    assert model.written is None
    assert any("not tried: too many crossed levels" in words for words in model.warnings)


def test_what_is_said_twice_is_noticed():
    data = made()
    model = rs.compare(data, "y ~ condition + (1 + condition||name)", QUICK)
    assert any("says again what (0 + condition | name) says" in w for w in model.warnings)
    twice = data.assign(label=data["name"] + "x")
    model = rs.compare(twice, "y ~ condition + (1|name) + (1|label)", QUICK)
    assert any("(1 | label) says again what (1 | name) says" in w for w in model.warnings)


def test_uncorrelated_slopes_are_written_as_lme4_reads_them():
    data = made(levels=3)
    text = 'y ~ condition + (1|name/unit) + (0 + dummy(condition, "c1")|name)'
    model = rs.compare(data, text, rs.stats.MixedModelSettings.replace(QUICK, structure="written"))
    assert 'dummy(condition, "c1")' in set(model.variance_components["effect"])
    with pytest.raises(rs.RenshawError, match="has no level 'c9'"):
        rs.compare(data, text.replace("c1", "c9"), QUICK)
    with pytest.raises(rs.RenshawError, match="random terms only"):
        rs.compare(data, 'y ~ dummy(condition, "c1")', QUICK)


def test_the_icc_is_that_of_each_level():
    data = made(people=40, units=10, effect_sd=0.0, seed=2)
    found = rs.compare(data, "y ~ condition + (1|name/unit)", QUICK).statistics
    parts = np.array([0.8, 0.7, 0.6]) ** 2
    assert found["icc"] == found["icc of name"]
    assert found["icc of name"] == pytest.approx(parts[0] / parts.sum(), abs=0.12)
    assert found["icc of unit:name"] == pytest.approx(parts[:2].sum() / parts.sum(), abs=0.05)


def test_empty_cells_leave_what_can_be_estimated():
    data = made(levels=3, effect_sd=0.0).assign(side=lambda t: np.where(t["unit"] % 2, "r", "l"))
    data = data[(data["condition"] != "c2") | (data["side"] == "l")]
    tests = rs.compare(data, "y ~ condition * side + (1|name)", QUICK).anova.set_index("term")
    # c2 has no mean over both sides: one of two contrasts of conditions is left, none of sides.
    assert tests["num_df"].to_dict() == {"condition": 1, "side": 0, "condition:side": 1}
    other = data[data["condition"] != "c2"]
    alone = rs.compare(other, "y ~ condition * side + (1|name)", QUICK).anova.set_index("term")
    ours, theirs = tests.loc["condition:side", "f_value"], alone.loc["condition:side", "f_value"]
    assert ours == pytest.approx(theirs, rel=0.3)


@pytest.mark.parametrize(
    ("name", "effect_sd"),
    [
        ("15 people x 8 units, paired", 0.0),
        ("15 people x 8 units, paired", 0.35),
        ("8 people x 10 units", 0.7),
        ("20 people x 1 to 3 units", 0.35),
        ("two groups of 12 x 5, before and after", 0.35),
    ],
)
def test_false_alarms_are_as_rare_as_they_are_said_to_be(name, effect_sd):
    analyst = Analyst(designs()[name])
    rng = np.random.default_rng(11)
    found = [
        analyst.p_values(drawn(rng, analyst.design, effect_sd, 0.0))[1][0] < 0.05
        for _ in range(STUDIES)
    ]
    # Beyond what chance makes of 3 to 7 % in so many studies (1 in 200 at each end).
    low, high = stats.binom.ppf(0.005, STUDIES, 0.03), stats.binom.ppf(0.995, STUDIES, 0.07)
    assert low <= sum(found) <= high


def test_a_formula_that_takes_people_for_alike_would_fail_that_test():
    analyst = Analyst(designs()["15 people x 8 units, paired"])
    rng = np.random.default_rng(11)
    found = [
        analyst.p_values(drawn(rng, analyst.design, 0.7, 0.0))[0][0] < 0.05 for _ in range(STUDIES)
    ]
    assert sum(found) > stats.binom.ppf(0.995, STUDIES, 0.07)
