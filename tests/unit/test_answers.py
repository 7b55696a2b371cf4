"""Answers of a mixed model: what they equal by hand, and what they refuse."""

import math
import re

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import renshaw as rs
from renshaw.statistics.answers.multiplicity import adjusted, error_rates

FAST = {"bootstraps": 0, "sign_flips": 0}


def settings(**changes):
    return rs.stats.MixedModelSettings(**(FAST | changes))


def trial(people=16, units=4, effect=0.8, seed=1):
    """Two groups before and after; every person has an own response."""
    rng = np.random.default_rng(seed)
    rows = []
    for p in range(people):
        group = "drug" if p % 2 else "placebo"
        level, change = rng.normal(4, 1), rng.normal(effect * (p % 2), 0.4)
        for u in range(units):
            own = rng.normal(0, 0.5)
            for time in ("pre", "post"):
                y = level + own + change * (time == "post") + rng.normal(0, 0.5)
                rows.append((f"P{p:02d}", f"MU{u}", group, time, y, 20.0 + p))
    return pd.DataFrame(rows, columns=["who", "mu", "group", "time", "y", "age"])


def changes(table):
    wide = table.pivot_table(index=["who", "group"], columns="time", values="y").reset_index()
    wide["change"] = wide["post"] - wide["pre"]
    return {name: part["change"].to_numpy() for name, part in wide.groupby("group")}


def test_the_headline_of_a_trial_is_the_difference_of_differences():
    table = trial()
    model = rs.compare(table, "y ~ group * time + (1|who/mu)", settings())
    by_hand = changes(table)
    test = stats.ttest_ind(by_hand["drug"], by_hand["placebo"])
    first, placebo, drug, time, group = model.answers
    assert (first.part, first.name) == ("interaction", "post - pre, drug - placebo")
    assert first.estimate == pytest.approx(by_hand["drug"].mean() - by_hand["placebo"].mean())
    assert first.p_value == pytest.approx(test.pvalue, rel=1e-3)
    assert first.df == pytest.approx(14, rel=1e-2)
    assert (placebo.within, drug.within) == ("group = placebo", "group = drug")
    assert drug.estimate == pytest.approx(by_hand["drug"].mean())
    assert (time.over, group.over) == ("averaged over group", "averaged over time")
    assert time.estimate == pytest.approx((placebo.estimate + drug.estimate) / 2)
    assert {cell.people for cell in first.cells} == {8}
    assert {cell.units for cell in first.cells} == {32}
    said = model.finding
    assert said.sentence.startswith(
        "No clear evidence that the change in y from pre to post depends on group: +"
    )
    assert any("main effect" in words for words in said.would_change)
    other = rs.compare(table, "y ~ time * group + (1|who/mu)", settings())
    assert [each.name for each in other.answers] == [each.name for each in model.answers]


def test_an_increase_is_positive_whatever_the_alphabet_says():
    model = rs.compare(trial(effect=2.0), "y ~ time + (1|who/mu)", settings())
    assert model.answers[0].name == "post - pre"
    assert model.answers[0].estimate > 0
    assert model.contrasts["contrast"].tolist() == ["post - pre"]
    turned = rs.compare(
        trial(effect=2.0), "y ~ time + (1|who/mu)", settings(references=["time=post"])
    )
    assert turned.answers[0].estimate == pytest.approx(-model.answers[0].estimate)


def test_a_family_of_one_is_not_corrected():
    model = rs.compare(trial(), "y ~ group * time + (1|who)", settings())
    assert all(each.correction == "" and each.family == 1 for each in model.answers)
    assert all(each.p_adjusted == each.p_value for each in model.answers)
    assert "Holm" not in str(model.finding)


@pytest.mark.parametrize(("function", "base"), [("log", math.e), ("log2", 2), ("log10", 10)])
def test_a_logarithm_is_answered_by_ratios(function, base):
    table = trial()
    table["y"] = np.exp(table["y"] / 4)
    model = rs.compare(table, f"{function}(y) ~ time + (1|who/mu)", settings())
    logs = changes(table.assign(y=np.log(table["y"])))
    mean = np.concatenate(list(logs.values())).mean()
    (answer,) = model.answers
    assert (answer.scale, answer.of) == ("ratio", "y")
    assert answer.estimate == pytest.approx(math.exp(mean))
    assert answer.low < answer.estimate < answer.high
    assert answer.low > 0
    row = model.contrasts.iloc[0]
    assert answer.high == pytest.approx(base ** row["ci_high"])
    clear = answer.p_value < 0.05
    assert model.finding.sentence.startswith("y in post is" if clear else "No clear change in y")
    assert "times that in pre" in model.finding.sentence


def test_covariates_have_slopes_by_group_where_they_interact():
    table = trial().assign(x=lambda t: np.random.default_rng(3).normal(size=len(t)))
    table["y"] += np.where(table["group"] == "drug", 2.0, 0.5) * table["x"]
    model = rs.compare(table, "y ~ x * group + (1|who)", settings(structure="written"))
    first, placebo, drug, slope, group = model.answers
    fixed = model.fixed_effects.set_index("term")["estimate"]
    assert first.name == "slope of x, drug - placebo"
    assert first.estimate == pytest.approx(drug.estimate - placebo.estimate)
    assert drug.estimate == pytest.approx(fixed["x"])
    assert slope.estimate == pytest.approx((placebo.estimate + drug.estimate) / 2)
    assert group.over == "at the mean of x"
    alone = rs.compare(table, "y ~ x", settings(structure="written"))
    assert alone.answers[0].estimate == pytest.approx(np.polyfit(table["x"], table["y"], 1)[0])
    assert "for each unit of x" in alone.finding.sentence


def test_a_curve_has_its_slope_at_the_mean():
    table = trial().assign(x=lambda t: np.linspace(0, 3, len(t)))
    table["y"] = table["x"] ** 2 + 0.01 * table["y"]
    model = rs.compare(table, "y ~ x + I(x^2)", settings(structure="written"))
    assert len(model.answers) == 1
    assert model.answers[0].estimate == pytest.approx(3.0, rel=0.02)


def test_covariates_that_interact_and_three_factors_are_asked_in_order():
    table = trial().assign(x=lambda t: np.random.default_rng(3).normal(size=len(t)))
    table["z"] = np.random.default_rng(4).normal(size=len(table))
    model = rs.compare(table, "y ~ x * z + (1|who)", settings(structure="written"))
    fixed = model.fixed_effects.set_index("term")["estimate"]
    assert model.answers[0].name == "slope of x, by z"
    assert model.answers[0].estimate == pytest.approx(fixed["x:z"])
    table["side"] = np.where(table["mu"] < "MU2", "left", "right")
    three = rs.compare(table, "y ~ group * time * side + (1|who)", settings())
    assert [len(each.changes) for each in three.answers] == [
        *(3, 2, 2, 1, 1, 1, 1),
        *(2, 2, 2, 1, 1, 1),
    ]
    assert three.answers[0].changes[0][0] == "time"


@pytest.mark.parametrize(
    ("written", "weights"),
    [
        ("late = post - pre", {"post": 1, "pre": -1}),
        ("(a + b)/2 - pre", None),
        ("time: -1, 1", {"post": 1, "pre": -1}),
        ("2*post - 2*pre", {"post": 2, "pre": -2}),
    ],
)
def test_contrasts_of_ones_own_lead(written, weights):
    if weights is None:
        with pytest.raises(rs.SettingsError, match="no level"):
            rs.compare(trial(), "y ~ time + (1|who)", settings(contrasts=[written]))
        return
    model = rs.compare(trial(), "y ~ time + (1|who)", settings(contrasts=[written]))
    means = model.marginal_means.set_index("level")["mean"]
    expected = sum(weight * means[level] for level, weight in weights.items())
    assert model.answers[0].part == "custom"
    assert model.answers[0].estimate == pytest.approx(expected)


def test_contrasts_of_cells_and_of_labels_that_are_no_names():
    table = trial().assign(time=lambda t: t["time"].map({"pre": "0 wk", "post": "12wk"}))
    own = ["12wk:drug - 0 wk:drug", "rise = 12wk - 0 wk"]
    model = rs.compare(table, "y ~ time * group + (1|who)", settings(contrasts=own))
    drug = next(each for each in model.answers if each.within == "group = drug")
    assert model.answers[0].estimate == pytest.approx(drug.estimate)
    assert model.answers[1].contrast == "rise"


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("post", "add up to 1"),
        ("post - poste", "Did you mean"),
        ("time: 1, -1, 0", "3 weights"),
        ("tiem: 1, -1", "Did you mean"),
        ("post - (", "can't be understood"),
        ("post - 1", "can't be understood"),
        ("x =", "empty"),
        ("post - drug", "write all cells alike"),
        ("post - post", "weighs nothing"),
    ],
)
def test_contrasts_that_are_none_are_refused(written, words):
    with pytest.raises(rs.SettingsError, match=words):
        rs.compare(trial(), "y ~ time * group + (1|who)", settings(contrasts=[written]))


def test_equivalence_is_two_one_sided_tests():
    table = trial(effect=0.0)
    wide = np.concatenate(list(changes(table).values()))
    n, margin = len(wide), 0.4
    se = wide.std(ddof=1) / math.sqrt(n)
    p = max(
        stats.t.sf((wide.mean() + margin) / se, n - 1),
        stats.t.cdf((wide.mean() - margin) / se, n - 1),
    )
    means = table.groupby(["who", "time"], as_index=False)["y"].mean()
    model = rs.compare(means, "y ~ time + (1|who)", settings(margin=margin))
    found = model.answers[0].equivalence
    assert found.p_value == pytest.approx(p, rel=1e-3)
    reach = stats.t.ppf(0.95, n - 1) * se
    assert found.low == pytest.approx(wide.mean() - reach, rel=1e-3)
    assert found.shown == (p < 0.05)
    wider = rs.compare(means, "y ~ time + (1|who)", settings(margin=50.0)).answers[0].equivalence
    assert wider.verdict == "different, but by less than the margin"
    tiny = rs.compare(means, "y ~ time + (1|who)", settings(margin=1e-6)).answers[0].equivalence
    assert tiny.verdict == "different"
    few = means[means["who"] < "P06"]
    unsure = rs.compare(few, "y ~ time + (1|who)", settings(margin=1e-6)).answers[0].equivalence
    assert unsure.verdict.startswith("not shown")


def test_margins_have_a_side_and_a_scale():
    table = trial(effect=3.0)
    model = rs.compare(table, "y ~ time + (1|who)", settings(margin=0.1, aim="not lower"))
    assert model.answers[0].equivalence.shown
    model = rs.compare(table, "y ~ time + (1|who)", settings(margin=0.1, aim="not higher"))
    assert not model.answers[0].equivalence.shown
    for formula, margin, words in (
        ("y ~ time + (1|who)", -1.0, "above 0"),
        ("log(y + 9) ~ time + (1|who)", 0.8, "above 1"),
        ("y ~ 1 + (1|who)", 1.0, "asks for none"),
    ):
        with pytest.raises(rs.SettingsError, match=words):
            rs.compare(table, formula, settings(margin=margin))


def test_multiplicity_is_the_textbooks():
    p = [0.03, 0.01, 0.2, 0.04]
    assert adjusted(p, "fdr") == pytest.approx(stats.false_discovery_control(p))
    assert adjusted(p, "hierarchy") == [0.03, 0.03, 0.2, 0.2]
    assert adjusted([0.01, math.nan, 0.02], "hierarchy")[2] == 1.0
    assert adjusted([0.01, math.nan, 0.02], "holm")[::2] == pytest.approx([0.02, 0.02])
    model = rs.compare(trial(), "y ~ group * time + (1|who)", settings(across="hierarchy"))
    p = [each.p_value for each in model.answers]
    assert [each.p_adjusted for each in model.answers] == adjusted(p, "hierarchy")
    assert "fixed sequence over 5 answers" in model.finding.sentence


def test_an_outlier_decides_and_is_named():
    table = trial(effect=0.0, seed=5)
    means = table.groupby(["who", "time"], as_index=False)["y"].mean()
    means.loc[(means["who"] == "P03") & (means["time"] == "post"), "y"] += 12
    rest = means[means["who"] != "P03"]
    rest.loc[rest["time"] == "post", "y"] += 0.4
    means = pd.concat([rest, means[means["who"] == "P03"]])
    model = rs.compare(means, "y ~ time + (1|who)", settings())
    alone = rs.compare(rest, "y ~ time + (1|who)", settings())
    found = {each.person: each for each in model.influence.without}
    assert len(found) == 16
    assert found["P03"].refitted
    assert found["P03"].p_value == pytest.approx(alone.answers[0].p_value, rel=1e-3)
    assert [each.person for each in model.influence.turning(0.05)] == ["P03"]
    assert any("hinges on one person (P03)" in words for words in model.finding.would_change)


def test_leaving_out_holds_the_ratios_where_it_does_not_fit_anew():
    """In a balanced paired design the estimate without a person does not hang on the ratios."""
    table = trial()
    model = rs.compare(table, "y ~ time + (1|who)", settings(structure="written"))
    for each in model.influence.without[:4]:
        rest = table[table["who"] != each.person]
        by_hand = np.concatenate(list(changes(rest).values())).mean()
        assert each.estimate == pytest.approx(by_hand)


def test_assumptions_that_fail_are_called_doubtful():
    from renshaw.findings.model_checks import checks

    table = trial(people=30)
    fine = {each.name: each.verdict for each in checks(rs.compare(table, "y ~ time + (1|who)"))}
    assert fine["Residuals are normal"] == "holds"
    assert fine["Residuals scatter alike everywhere"] == "holds"
    rng = np.random.default_rng(2)
    table["y"] += np.where(table["time"] == "post", 3.0, 0.1) * rng.exponential(2, len(table))
    bad = {each.name: each.verdict for each in checks(rs.compare(table, "y ~ time + (1|who)"))}
    assert bad["Residuals are normal"] == "doubtful"
    assert bad["Residuals scatter alike everywhere"] == "doubtful"


def test_effect_sizes_are_over_the_residual_sd():
    model = rs.compare(trial(), "y ~ time", settings(structure="written"))
    size, answer = model.answers[0].effect_size, model.answers[0]
    sigma, edf = model.statistics["sigma"], 128 - 2
    assert (size.sigma, size.edf) == pytest.approx((sigma, edf))
    error = math.sqrt((answer.std_error / sigma) ** 2 + (answer.estimate / sigma) ** 2 / (2 * edf))
    assert size.std_error == pytest.approx(error)


def test_methods_and_numbers_of_the_page_fit_the_model(tmp_path):
    from renshaw.findings.model_methods import methods

    table = trial()
    table.loc[0, "y"] = np.nan
    model = rs.compare(table, "y ~ group * time + (1|who/mu)", settings())
    said = methods(model)
    for words in (
        "127 values of 16 people",
        "group:time",
        "1 row with missing values was left out",
    ):
        assert words in said
    page = rs.report(model, tmp_path / "page.html").read_text()
    assert said.split(".")[0] in page
    assert ("As you wrote it" in page) == (model.written is not None)


def test_interactions_come_before_what_stands_alone():
    table = trial().assign(x=lambda t: np.random.default_rng(3).normal(size=len(t)))
    model = rs.compare(table, "y ~ group + age + time * x + (1|who)", settings())
    assert [each.term for each in model.answers] == [
        *("time:x", "time:x", "time:x", "x", "time"),
        *("group", "age"),
    ]


def test_many_factors_are_answered_cell_by_cell():
    table = trial(people=24).assign(
        side=lambda t: np.where(t["mu"] < "MU2", "left", "right"),
        sex=lambda t: np.where(t["age"] % 4 < 2, "f", "m"),
    )
    model = rs.compare(table, "y ~ time * side * sex * group + (1|who)", settings())
    cells = [each for each in model.answers if each.part == "simple"]
    assert len(cells) == 8
    assert {each.contrast for each in cells} == {"post - pre"}
    assert "side" in cells[0].within
    assert len(model.answers[0].changes) == 4
    assert "the difference between" in model.finding.sentence


def test_terms_without_an_answer_are_not_answered_by_the_mean():
    model = rs.compare(trial().assign(x=1.0), "y ~ x + (1|who)", settings())
    assert model.answers == ()
    assert "asks nothing" in model.finding.sentence
    empty = trial()
    empty = empty[(empty["time"] == "pre") | (empty["group"] == "drug")]
    model = rs.compare(empty, "y ~ time * group + (1|who)", settings())
    assert [each.within for each in model.answers] == ["group = drug"]


@pytest.mark.parametrize("size", [1e-10, 1e9])
def test_very_small_and_very_large_numbers_are_powers_of_ten(size):
    table = trial(effect=2.0)
    table["y"] *= size
    said = rs.compare(table, "y ~ time + (1|who)", settings()).finding.sentence
    assert "× 10" in said
    assert "0.0000" not in said


def test_counts_are_answered_by_rate_ratios():
    table = trial()
    rng = np.random.default_rng(3)
    table["n"] = rng.poisson(np.where(table["time"] == "post", 6.0, 3.0))
    model = rs.compare(table, "n ~ time + (1|who)", settings(family="poisson"))
    (answer,) = model.answers
    assert answer.scale == "rate ratio"
    assert answer.estimate == pytest.approx(2.0, rel=0.25)
    assert answer.effect_size is None
    assert "the rate of n in post is" in model.finding.sentence.lower()


def test_main_answers_of_several_quantities_share_one_error_rate():
    table = trial().assign(z=lambda t: t["y"] + np.random.default_rng(8).normal(size=len(t)))
    models = {q: rs.compare(table, f"{q} ~ group * time + (1|who)", settings()) for q in ("y", "z")}
    found = rs.stats.main_answers(models, "holm")
    assert found["quantity"].tolist() == ["y", "z"]
    assert found["p_adjusted"].tolist() == adjusted(found["p_value"].tolist(), "holm")
    alone = rs.stats.main_answers({"y": models["y"]}, "holm")
    assert alone["correction"].tolist() == [""]
    with pytest.raises(rs.SettingsError, match="no correction"):
        rs.stats.main_answers(models, "tukey")
    with pytest.raises(rs.DataError, match="no model"):
        rs.stats.main_answers({})


@pytest.mark.parametrize("correction", ["none", "holm", "bonferroni", "fdr"])
@pytest.mark.parametrize("seed", range(20))
def test_an_interval_excludes_no_difference_where_its_corrected_p_is_small(correction, seed):
    """Of the rates at which intervals are taken; p is below its rate where its interval is so."""
    rng = np.random.default_rng(seed)
    p = [float(each) for each in rng.uniform(0, 1, rng.integers(1, 9)) ** rng.integers(1, 5)]
    corrected = adjusted(p, correction)
    rates = error_rates(p, corrected, correction, 0.05)
    assert [a < rate for a, rate in zip(p, rates, strict=True)] == [a < 0.05 for a in corrected]
    assert all(0.05 / len(p) <= rate <= 0.05 for rate in rates)


@pytest.mark.parametrize(
    "how", [{}, {"across": "holm"}, {"across": "fdr"}, {"correction": "tukey"}]
)
def test_intervals_and_p_values_say_the_same_in_answers_and_pairs(how):
    disagreed = 0
    for seed in range(6):
        table = trial(seed=seed)
        table["dose"] = [f"d{n // 2 % 4}" for n in range(len(table))]
        table["y"] += np.where(table["dose"] == "d3", 0.5, 0.0)
        table["y"] += np.where(table["dose"] == "d2", 0.3, 0.0)
        model = rs.compare(table, "y ~ dose + time + (1|who)", settings(**how))
        for each in model.answers:
            assert (each.p_adjusted < 0.05) == (not each.low <= 0 <= each.high)
            reach = stats.t.isf(0.025, each.df) * each.std_error
            disagreed += (each.p_adjusted < 0.05) != (abs(each.estimate) > reach)
        for row in model.contrasts.to_dict("records"):
            assert (row["p_adjusted"] < 0.05) == (not row["ci_low"] <= 0 <= row["ci_high"])
    # Uncorrected intervals would have said otherwise.
    assert disagreed


def test_main_answers_have_intervals_that_agree():
    table = trial().assign(z=lambda t: t["y"] + np.random.default_rng(8).normal(size=len(t)))
    table["dose"] = [f"d{n % 3}" for n in range(len(table))]
    models = {q: rs.compare(table, f"{q} ~ dose + (1|who)", settings()) for q in ("y", "z")}
    for how in ("holm", "fdr", "bonferroni", "none"):
        for row in rs.stats.main_answers(models, how).to_dict("records"):
            assert row["found"] == (not row["ci_low"] <= 0 <= row["ci_high"])
            assert row["p_adjusted"] >= row["p_value"]


def test_a_fixed_sequence_says_that_its_intervals_are_not_corrected():
    model = rs.compare(trial(), "y ~ group * time + (1|who)", settings(across="hierarchy"))
    assert "uncorrected 95 % CI" in model.finding.sentence
    assert "uncorrected 95 % CI" in str(model.finding.number)


def test_levels_without_an_order_are_compared_as_the_coefficients_are():
    table = trial().assign(batch=lambda t: t["who"].map(lambda who: "EDCBA"[int(who[1:]) % 5]))
    model = rs.compare(table, "y ~ batch", settings(structure="written"))
    fixed = model.fixed_effects.set_index("term")["estimate"]
    for each in model.answers[:4]:
        assert each.contrast.endswith(" - A")
        assert each.estimate == pytest.approx(fixed[f"batch{each.contrast[0]}"])


def doses(effects, people=12, seed=1):
    """People at every dose of g0, g1, ...; the effects are of each dose."""
    rng = np.random.default_rng(seed)
    rows = [
        (f"P{p:02d}", f"g{n}", level + effect + rng.normal(0, 1), "fm"[p % 2])
        for p, level in enumerate(rng.normal(5, 1, people))
        for n, effect in enumerate(effects)
    ]
    return pd.DataFrame(rows, columns=["who", "drug", "y", "sex"])


def test_many_levels_are_answered_as_a_whole_before_the_largest_contrast():
    model = rs.compare(doses([0.0] * 8), "y ~ drug + (1|who)", settings())
    said, test = model.finding.sentence, model.anova.iloc[0]
    assert test["p_value"] > 0.05
    assert said.startswith("No clear evidence that y differs between the 8 levels of drug (F(7, ")
    assert f"F(7, {test['den_df']:.3g}" in said
    largest = max(model.answers, key=lambda each: abs(each.statistic))
    assert "Largest of 7 contrasts with g0: " in said
    assert "is higher" not in said
    assert f"in {largest.changes[0][2]} compared with g0" in said
    # Of a test that is not clear nothing stands out.
    assert len(model.findings()) == 1
    joint = model.answers[0].joint
    assert {each.joint for each in model.answers} == {joint}
    assert (joint.num_df, joint.p_value) == (7, pytest.approx(test["p_value"]))


def test_what_stands_out_follows_a_clear_test():
    model = rs.compare(doses([0, 0, 0, 0, 0, 0, 2, 5]), "y ~ drug + (1|who)", settings())
    first, *others = model.findings()
    assert first.sentence.startswith("y differs between the 8 levels of drug (F(7, ")
    assert " in g7 than in g0 (" in first.sentence
    assert first.numbers[0].name.startswith("All contrasts together, F(7, ")
    clear = [each for each in model.answers if each.p_adjusted < 0.05]
    assert 1 < len(clear) < 7
    assert len(others) == len(clear) - 1


def test_two_levels_are_answered_by_their_difference():
    model = rs.compare(doses([0, 1]), "y ~ drug + (1|who)", settings())
    assert model.answers[0].joint is None
    assert model.finding.sentence.startswith("y is higher by ")
    assert " in g1 than in g0 (95 % CI +" in model.finding.sentence
    fallen = rs.compare(doses([1, 0]), "y ~ drug + (1|who)", settings())
    assert fallen.finding.sentence.startswith("y is lower by ")


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("y ~ sex + (1|who)", "No clear difference in y: "),
        ("y ~ time + (1|who)", "No clear change in y: "),
        ("y ~ x + (1|who)", "No clear change in y with x: "),
        (
            "y ~ sex * time + (1|who)",
            "No clear evidence that the change in y from pre to post depends ",
        ),
        ("y ~ sex * x + (1|who)", "No clear evidence that the slope of y on x depends on sex: "),
        ("log(z) ~ time + (1|who)", "No clear change in z: in post "),
        (
            "log(z) ~ sex * time + (1|who)",
            "No clear evidence that the ratio in z between pre and post ",
        ),
        ("log(z) ~ x + (1|who)", "No clear change in z with x: multiplied by "),
    ],
)
def test_what_is_not_clear_is_said_to_be_so(formula, words):
    """One rule for every kind of answer: no sentence says that something differs at p = .77."""
    table = doses([0, 0]).replace({"g0": "pre", "g1": "post"}).rename(columns={"drug": "time"})
    rng = np.random.default_rng(12)
    table = table.assign(x=rng.normal(size=len(table)), z=np.exp(table["y"] / 9))
    model = rs.compare(table, formula, settings())
    assert model.answers[0].p_adjusted > 0.05
    assert model.finding.sentence.startswith(words)
    for answer, found in zip(model.answers, model.findings(), strict=False):
        shown = answer.p_adjusted < 0.05
        assert shown != bool(re.search("[Nn]o clear", found.sentence))


def test_averages_follow_an_interaction_that_is_not_shown_and_only_that():
    table = doses([0, 2, 2, 2])
    model = rs.compare(table, "y ~ drug * sex + (1|who)", settings())
    first, drug, *_ = [each.sentence for each in model.findings()]
    assert first.startswith(
        "No clear evidence that the differences in y between the 4 levels of drug"
    )
    assert "depend on sex" in first
    assert drug.startswith("Averaged over sex, y differs between the 4 levels of drug")
    assert not any("In sex" in each.sentence for each in model.findings())
    assert "not excluded" in str(model.finding)
    table.loc[table["sex"] == "m", "y"] += table["drug"].map({"g0": 0, "g1": 4, "g2": 0, "g3": -4})
    model = rs.compare(table, "y ~ drug * sex + (1|who)", settings())
    said = [each.sentence for each in model.findings()]
    assert said[0].startswith("The differences in y between the 4 levels of drug depend on sex")
    assert any(each.startswith("In sex = f, ") for each in said)
    assert not any("veraged" in each for each in said)


def test_an_average_at_the_mean_of_a_covariate_is_tested_there():
    """The coefficients' own test of a group is where the covariate is 0."""
    table = doses([0, 1, 2]).assign(x=lambda t: np.random.default_rng(2).normal(50, 1, len(t)))
    model = rs.compare(table, "y ~ drug * x", settings(structure="written"))
    (drug,) = {a.joint for a in model.answers if a.over == "at the mean of x"}
    centered = table.assign(x=table["x"] - table["x"].mean())
    anova = rs.compare(centered, "y ~ drug * x", settings(structure="written")).anova
    expected = anova.set_index("term").loc["drug"]
    assert drug.f_value == pytest.approx(expected["f_value"], rel=1e-4)
    assert model.anova.set_index("term").loc["drug", "f_value"] != pytest.approx(drug.f_value, 0.1)


def test_moments_lead_with_the_change_that_was_planned():
    table = doses([0, 1, 2]).replace({"g0": "pre", "g1": "post", "g2": "follow-up"})
    model = rs.compare(table, "y ~ drug + (1|who)", settings())
    said = model.finding.sentence
    assert said.partition("). ")[2].startswith("No clear change in y: +")
    assert "from pre to post" in said
    assert "Largest" not in said


def test_levels_that_are_numbers_have_their_column():
    table = doses([0, 2, 2]).assign(day=lambda t: t["drug"].str[1:].astype(int))
    model = rs.compare(table, "y ~ factor(day) + (1|who)", settings())
    assert "levels of day" in model.finding.sentence
    assert "day = 0" in model.finding.sentence
    assert model.answers[0].contrast == "day1 - day0"


def test_a_perfect_fit_has_no_standardized_effect_and_says_why():
    table = doses([0, 0]).assign(y=lambda t: t.groupby("who").ngroup() + 2.0 * (t["drug"] == "g1"))
    table = pd.concat([table, table]).reset_index(drop=True)
    model = rs.compare(table, "y ~ drug + (1|who)", settings())
    assert model.answers[0].effect_size is None
    assert any("No residual variation" in words for words in model.finding.warnings)
    assert "standardized" not in str(model.finding).lower().replace("a standardized effect", "")


@pytest.mark.parametrize(("times", "where"), [(1, "how_sure"), (12, "warnings")])
def test_copies_of_rows_are_said(times, where):
    table = doses([0, 1])
    twice = pd.concat([table, table.head(times)]).reset_index(drop=True)
    finding = rs.compare(twice, "y ~ drug + (1|who)", settings()).finding
    copies = f"{times} row{'s are' if times > 1 else ' is'} like another row"
    assert any(words.startswith(copies) for words in getattr(finding, where))
    assert "like another row" not in str(
        rs.compare(table, "y ~ drug + (1|who)", settings()).finding
    )


def test_columns_with_spaces_are_written_between_backticks():
    table = doses([0, 1]).rename(columns={"y": "peak rate"})
    for formula in (
        "peak rate ~ drug + (1|who)",
        "drug ~ (1|who) + peak rate",
        "y ~ (1|peak rate)",
    ):
        with pytest.raises(rs.SettingsError, match="between backticks: `peak rate`"):
            rs.compare(table, formula, settings())


def test_methods_say_kenward_and_roger_the_f_tests_and_both_parts():
    from renshaw.findings.model_methods import methods

    table = doses([0, 1, 2])
    said = methods(rs.compare(table, "y ~ drug + (1|who)", settings(df="kenward-roger")))
    assert "Kenward and Roger's (1997)" in said
    assert "Satterthwaite" not in said
    assert "F tests (type III)" in said
    rng = np.random.default_rng(3)
    table["n"] = rng.poisson(2, len(table)) * rng.integers(0, 2, len(table))
    said = methods(rs.compare(table, "n ~ sex + (1|who)", settings(family="hurdle-poisson")))
    assert "products of both parts" in said


def test_the_order_of_a_table_changes_no_sign():
    table = doses([0, 2, 4])
    forth = rs.compare(table, "y ~ drug + (1|who)", settings())
    back = rs.compare(table[::-1].reset_index(drop=True), "y ~ drug + (1|who)", settings())
    assert [a.name for a in forth.answers] == [a.name for a in back.answers]
