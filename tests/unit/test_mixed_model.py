"""Mixed models: what they equal where the answer is known, and what they refuse."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import renshaw as rs
from renshaw.statistics.answers.multiplicity import adjusted
from renshaw.statistics.answers.resampling import sign_flip_p

FORMULA = "y ~ time + (1|participant)"


def balanced(people=12, units=5, change=0.8, seed=3, between=1.0):
    rng = np.random.default_rng(seed)
    rows = [
        (f"P{p}", t, f"MU{u}", 4 + level + own + change * (t == "post") + rng.normal())
        for p in range(people)
        for own in [rng.normal() * between]
        for u in range(units)
        for level in [rng.normal() * 0.7]
        for t in ("pre", "post")
    ]
    table = pd.DataFrame(rows, columns=["participant", "time", "mu", "y"])
    return table.assign(x=rng.normal(size=len(table)))


def by(table, column, value):
    return table[table[column] == value].iloc[0]


def test_a_balanced_model_is_the_paired_t_test():
    table = balanced()
    wide = table.pivot_table(index="participant", columns="time", values="y")
    model = rs.compare(table.groupby(["participant", "time"], as_index=False)["y"].mean(), FORMULA)
    expected = stats.ttest_rel(wide["pre"], wide["post"])
    row = by(model.contrasts, "contrast", "post - pre")
    assert row["estimate"] == pytest.approx((wide["post"] - wide["pre"]).mean())
    assert abs(row["statistic"]) == pytest.approx(abs(expected.statistic), rel=1e-5)
    assert row["df"] == pytest.approx(11, rel=1e-4)
    assert row["p_value"] == pytest.approx(expected.pvalue, rel=1e-4)


def test_a_model_without_people_is_ordinary_regression():
    table = balanced().drop(columns="participant")
    model = rs.compare(table, "y ~ x")
    expected = stats.linregress(table["x"], table["y"])
    row = by(model.fixed_effects, "term", "x")
    assert (row["estimate"], row["std_error"]) == pytest.approx((expected.slope, expected.stderr))
    assert row["p_value"] == pytest.approx(expected.pvalue)
    assert row["df"] == len(table) - 2
    assert not model.warnings


def test_one_way_variances_are_those_of_the_analysis_of_variance():
    table = balanced(people=9, units=4, between=2.0)
    model = rs.compare(table, "y ~ 1 + (1|participant)")
    groups = table.groupby("participant")["y"]
    k = 8
    within = groups.var(ddof=1).mean()
    between = (groups.mean().var(ddof=1) * k - within) / k
    parts = model.variance_components.set_index("group")["variance"]
    assert parts["participant"] == pytest.approx(between, rel=1e-5)
    assert parts["Residual"] == pytest.approx(within, rel=1e-5)
    assert model.statistics["icc"] == pytest.approx(between / (between + within), rel=1e-5)
    assert model.fixed_effects["df"].iloc[0] == pytest.approx(8, rel=1e-4)


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e12])
def test_units_of_the_response_change_no_test(scale):
    table = balanced()
    model = rs.compare(table, "y ~ time + x + (1|participant/mu)")
    other = rs.compare(
        table.assign(y=scale * (table["y"] + 100)), "y ~ time + x + (1|participant/mu)"
    )
    same = ["df", "p_value"]
    left, right = model.fixed_effects[same], other.fixed_effects[same]
    assert right["df"].to_numpy()[1:] == pytest.approx(left["df"].to_numpy()[1:], rel=1e-4)
    assert right["p_value"].to_numpy()[1:] == pytest.approx(
        left["p_value"].to_numpy()[1:], rel=1e-3
    )


def test_the_order_of_rows_changes_nothing():
    table = balanced()
    shuffled = table.sample(frac=1, random_state=1)
    a, b = (rs.compare(t, "y ~ time + (1|participant/mu)") for t in (table, shuffled))
    pd.testing.assert_frame_equal(a.fixed_effects, b.fixed_effects, rtol=1e-5)


def test_treating_units_as_people_is_warned_of():
    model = rs.compare(balanced(between=3.0), "y ~ time")
    (words,) = model.warnings
    assert "Pseudo-replication" in words
    assert "(1 | participant)" in words
    assert "As you wrote it" in words
    assert not rs.compare(balanced(), FORMULA).warnings
    other = rs.compare(balanced(), "y ~ time + (1|mu)")
    assert any("Pseudo-replication" in words for words in other.warnings)


def test_units_of_different_people_with_one_name_are_warned_of():
    crossed = rs.compare(balanced(), "y ~ time + (1|participant) + (1|mu)")
    assert any("participant/mu" in words for words in crossed.warnings)
    nested = rs.compare(balanced(), "y ~ time + (1|participant/mu)")
    assert not nested.warnings


def test_singular_fits_say_so():
    table = balanced(between=0.0, seed=8)
    table["y"] -= table.groupby("participant")["y"].transform("mean")
    model = rs.compare(table, FORMULA)
    assert model.statistics["singular"] == 1
    assert any("variance of participant is estimated as 0" in words for words in model.warnings)


def test_cells_without_data_are_named():
    table = balanced().assign(g=lambda t: np.where(t["x"] > 0, "u", "v"))
    table = table[(table["time"] == "pre") | (table["g"] == "u")]
    model = rs.compare(table, "y ~ time * g + (1|participant)")
    assert any("Left out" in words for words in model.warnings)
    cell = model.marginal_means[model.marginal_means["level"] == "post, v"]
    assert math.isnan(cell["mean"].iloc[0])
    assert model.plot() is not None
    assert np.isfinite(model.fixed_effects["estimate"]).all()


@pytest.mark.parametrize(
    ("change", "formula", "words"),
    [
        ({"y": 3.0}, FORMULA, "The response is 3 in every row"),
        ({"participant": "A"}, FORMULA, "participant has one level only"),
        ({"time": "pre"}, FORMULA, "time has one level only"),
        ({"y": np.nan}, FORMULA, "no row has all"),
        ({"y": "high"}, FORMULA, "has text"),
        ({}, "log(x) ~ time", "log\\(x\\) has no finite value in row"),
        ({}, "y ~ I(time^2)", "has text, and the formula needs numbers"),
        ({}, "y ~ tiem", "Did you mean 'time'"),
        ({}, "y ~ factor(x) + (1|participant)", "levels in 120 rows"),
        ({}, "y ~ time + (1|y)", "random effects"),
        ({}, "y ~ -1", "no effects at all"),
    ],
)
def test_what_can_carry_no_model_is_refused_by_name(change, formula, words):
    with pytest.raises(rs.RenshawError, match=words):
        rs.compare(balanced().assign(**change), formula)


def test_perfect_data_end_in_words():
    table = balanced()
    table["y"] = (table["time"] == "post") * 1.0
    with pytest.raises(rs.DataError, match="explain every value exactly"):
        rs.compare(table, FORMULA)


def test_references_put_a_level_first():
    table = balanced()
    model = rs.compare(table, FORMULA, rs.stats.MixedModelSettings(references=("time=pre",)))
    assert model.fixed_effects["term"].tolist() == ["(Intercept)", "timepost"]
    for wrong, words in (("time=now", "no level 'now'"), ("x", "column=level"), ("z=1", "not in")):
        with pytest.raises(rs.RenshawError, match=words):
            rs.compare(table, FORMULA, rs.stats.MixedModelSettings(references=(wrong,)))


def test_levels_are_named_as_in_r():
    table = balanced().assign(dose=lambda t: np.where(t["time"] == "pre", 20.0, 40.0))
    model = rs.compare(
        table.assign(on=table["time"] == "post"), "y ~ factor(dose) + (1|participant)"
    )
    assert model.fixed_effects["term"].tolist()[1] == "factor(dose)40"
    model = rs.compare(table.assign(on=table["time"] == "post"), "y ~ on + (1|participant)")
    assert model.fixed_effects["term"].tolist()[1] == "onTRUE"


def test_holm_and_bonferroni_are_the_textbook_ones():
    p = [0.01, 0.04, 0.03]
    assert adjusted(p, "bonferroni") == pytest.approx([0.03, 0.12, 0.09])
    assert adjusted(p, "holm") == pytest.approx([0.03, 0.06, 0.06])
    assert adjusted(p, "none") == p


@pytest.mark.parametrize("correction", ["holm", "bonferroni", "tukey", "none"])
def test_corrections_never_help(correction):
    table = balanced().assign(arm=lambda t: [f"a{i % 3}" for i in range(len(t))])
    model = rs.compare(
        table, "y ~ arm + (1|participant)", rs.stats.MixedModelSettings(correction=correction)
    )
    found = model.contrasts
    assert (found["p_adjusted"] >= found["p_value"] - 1e-12).all()
    assert (found["ci_low"] < found["estimate"]).all()
    assert len(found) == 3


def test_the_sign_flip_test_is_exact_where_all_flips_are_taken():
    values = np.array([0.4, -0.1, 0.9, 0.3, 0.7, 0.2])
    every = stats.permutation_test(
        (values,), lambda x, axis: x.mean(axis=axis), permutation_type="samples", vectorized=True
    )
    assert sign_flip_p(values, 9999, 0) == pytest.approx(every.pvalue)


def test_scores_of_a_balanced_design_are_the_differences():
    table = balanced(people=9)
    model = rs.compare(table, FORMULA)
    wide = table.pivot_table(index="participant", columns="time", values="y")
    p = sign_flip_p((wide["post"] - wide["pre"]).to_numpy(), 9999, 0)
    flips = by(model.resampling.table, "term", "timepre")["p_flip"]
    assert flips == pytest.approx(p)


def test_the_bootstrap_resamples_people_not_rows():
    few = rs.compare(balanced(people=20, units=2, between=2.0), "y ~ 1 + (1|participant)")
    row = few.resampling.table.iloc[0]
    assert few.resampling.clusters == 20
    assert row["boot_se"] == pytest.approx(few.fixed_effects["std_error"].iloc[0], rel=0.15)
    again = rs.compare(balanced(people=20, units=2, between=2.0), "y ~ 1 + (1|participant)")
    assert again.resampling.table.equals(few.resampling.table)
    other = rs.compare(balanced(people=20, units=2, between=2.0), "y ~ 1 + (1|participant)", seed=1)
    assert other.resampling.table["boot_se"].iloc[0] != row["boot_se"]


def test_crossed_groups_have_no_bootstrap_and_say_why():
    crossed = rs.compare(balanced(), "y ~ time + (1|participant) + (1|mu)")
    assert "crossed" in crossed.resampling.reason


def test_people_may_differ_in_how_they_change():
    rng = np.random.default_rng(5)
    table = balanced(people=20, units=8)
    own = dict(zip(table["participant"].unique(), rng.normal(size=20) * 2, strict=True))
    table["y"] += table["participant"].map(own) * (table["time"] == "post")
    written = rs.compare(table, FORMULA, rs.stats.MixedModelSettings(structure="written"))
    assert written.formula.text == FORMULA
    assert written.written is None
    model = rs.compare(table, FORMULA)
    assert not model.structures["chosen"].iloc[0]
    assert model.fixed_effects["std_error"].iloc[1] > 2 * written.fixed_effects["std_error"].iloc[1]
    assert model.fixed_effects["df"].iloc[1] == pytest.approx(19, rel=0.01)
    pd.testing.assert_frame_equal(model.written.fixed_effects, written.fixed_effects)
    pd.testing.assert_frame_equal(model.written.contrasts, written.contrasts)
    assert "As you wrote it" in model.written.change
    assert model.written.change in model.warnings
    same = rs.compare(balanced(), FORMULA)
    assert same.structures["chosen"].iloc[0]
    assert same.written is None


def test_history_runs_again(tmp_path, monkeypatch):
    table = balanced()
    # The history names the file in which a table of one's own is to be saved.
    monkeypatch.chdir(tmp_path)
    table.to_csv("table.csv", index=False)
    model = rs.compare(table, FORMULA, rs.stats.MixedModelSettings(correction="tukey"), seed=4)
    space: dict[str, object] = {}
    exec(model.history.as_python(), space)
    assert space["model"].fixed_effects.equals(model.fixed_effects)
    assert any("lme4" in paper for paper in model.cite())


def test_the_verb_says_what_goes_with_what():
    with pytest.raises(rs.DataError, match="needs a formula"):
        rs.compare(balanced(), balanced())
    with pytest.raises(rs.DataError, match="by a design"):
        rs.compare(rs.Estimates(()), "y ~ x")
    with pytest.raises(rs.SettingsError, match="MixedModelSettings"):
        rs.compare(balanced(), FORMULA, rs.CompareSettings())
    with pytest.raises(rs.DataError, match="DataFrame or a CSV"):
        rs.compare([1], FORMULA)


def test_the_page_is_one_file_that_asks_for_nothing(tmp_path):
    for formula in ("y ~ time * g + x + (1|participant/mu)", "y ~ x", "y ~ 1 + (1|participant)"):
        table = balanced().assign(g=["<b>u</b>", "v", "v", "<b>u</b>"] * 30)
        page = rs.report(rs.compare(table, formula), tmp_path / "page.html").read_text()
        assert "<b>u</b>" not in page
        assert "library(lme4)" in page
        assert page.count("<svg") == 3
        assert "http" not in page.replace("http://www.w3.org", "").split("</svg>")[-1].replace(
            "https://doi.org", ""
        )
