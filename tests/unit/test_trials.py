"""Analyses of trials' designs and of two measurements, held against R and published numbers."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import renshaw as rs
from renshaw.cli import app
from renshaw.reports.report import report_text
from renshaw.statistics.trials.agreement import limits_of_agreement


def crossed(n=13, spread=2.0, effect=1.5, seed=1, orders=(("none", "drug"), ("drug", "none"))):
    rng = np.random.default_rng(seed)
    rows = []
    for who in range(n):
        own = rng.normal(0, spread)
        for place, treatment in enumerate(orders[who % len(orders)]):
            value = 10 + own + effect * (treatment == "drug") + 0.5 * place + rng.normal()
            rows.append((f"P{who}", place + 1, treatment, value))
    return pd.DataFrame(rows, columns=["participant", "period", "treatment", "y"])


def by_hand(table):
    """Hills & Armitage: half the difference of the sequences' period differences."""
    wide = table.pivot_table(index="participant", columns="period", values="y")
    drug_first = table[table["period"] == 1].set_index("participant")["treatment"] == "drug"
    change = (wide[2] - wide[1])[wide.index]
    late, early = change[~drug_first[wide.index]], change[drug_first[wide.index]]
    test = stats.ttest_ind(late, early)
    return (late.mean() - early.mean()) / 2, test.statistic, test.pvalue


@pytest.mark.parametrize("spread", [2.0, 0.0])
@pytest.mark.parametrize("n", [8, 13])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_crossover_is_that_of_hills_and_armitage(spread, n, seed):
    table = crossed(n, spread, seed=seed)
    found = rs.stats.crossover(table, "y")
    row = found.table.iloc[0]
    estimate, t, p = by_hand(table)
    # Where people do not differ, the mixed model of many rows would have twice the df.
    assert row["estimate"] == pytest.approx(estimate)
    assert row["df"] == pytest.approx(n - 2)
    assert row["statistic"] == pytest.approx(t)
    assert row["p_value"] == pytest.approx(p, rel=1e-4)
    assert "y: drug minus none" in found.finding.sentence
    assert any("Carry-over" in words for words in found.finding.would_change)


def test_many_rows_of_a_period_are_no_more_people():
    table = pd.concat([crossed().assign(unit=n) for n in range(6)])
    row = rs.stats.crossover(table, "y").table.iloc[0]
    assert row["df"] == pytest.approx(11)
    assert row["p_value"] == pytest.approx(by_hand(crossed())[2])


def test_a_period_alone_is_kept_and_said():
    table = crossed().iloc[:-1]
    found = rs.stats.crossover(table, "y")
    assert found.n == 12
    assert any("one period only" in words for words in found.left_out)


def test_one_order_for_all_is_no_crossover():
    with pytest.raises(rs.DataError, match="can't be told apart"):
        rs.stats.crossover(crossed(orders=(("none", "drug"),)), "y")
    three = crossed(orders=(("none", "drug"), ("drug", "sham")))
    with pytest.raises(rs.DataError, match="always given in the same place"):
        rs.stats.crossover(three, "y")
    with pytest.raises(rs.DataError, match="nobody has had two treatments"):
        rs.stats.crossover(crossed(orders=(("none", "none"), ("drug", "drug"))), "y")
    twice = pd.concat([crossed(), crossed().assign(treatment="drug")])
    with pytest.raises(rs.DataError, match="two treatments in the period"):
        rs.stats.crossover(twice, "y")


WILLIAMS = ("ABC", "BCA", "CAB", "CBA", "ACB", "BAC")


def test_three_treatments_are_compared_with_one_and_jointly():
    table = crossed(12, orders=[tuple(order) for order in WILLIAMS])
    table["y"] += 1.2 * (table["treatment"] == "C")
    found = rs.stats.crossover(table, "y", reference="A").table.set_index("question")
    dummies = pd.get_dummies(
        table[["treatment", "period", "participant"]].astype(str), drop_first=True, dtype=float
    )
    X = np.column_stack([np.ones(36), dummies])
    beta, rss, *_ = np.linalg.lstsq(X, table["y"].to_numpy(), rcond=None)
    sigma2 = rss[0] / 20
    error = math.sqrt(sigma2 * np.linalg.inv(X.T @ X)[1, 1])
    rows = found.loc[["y: B minus A (of 2, Holm)", "y: C minus A (of 2, Holm)"]]
    assert list(rows["estimate"]) == pytest.approx(list(beta[1:3]))
    assert list(rows["std_error"]) == pytest.approx([error, error])
    # No more degrees of freedom than people allow.
    assert list(rows["df"]) == [11, 11]
    alone = np.sort(2 * stats.t.sf(np.abs(beta[1:3]) / error, 11))
    assert np.sort(rows["p_value"]) == pytest.approx([2 * alone[0], max(2 * alone[0], alone[1])])
    wide = (rows["high"] - rows["low"]).iloc[0] / 2
    assert wide == pytest.approx(error * stats.t.isf(0.0125, 11))
    L = np.linalg.inv(np.linalg.inv(X.T @ X)[1:3, 1:3])
    f = beta[1:3] @ L @ beta[1:3] / 2 / sigma2
    assert found.filter(like="alike", axis=0)["statistic"].iloc[0] == pytest.approx(f)


def carried(treatment, carry, n=24, noise=0.5, seed=3):
    rng = np.random.default_rng(seed)
    rows = []
    for who in range(n):
        own, order = rng.normal(0, 0.5), (("none", "drug"), ("drug", "none"))[who % 2]
        for place, got in enumerate(order):
            value = own + treatment * (got == "drug") + noise * rng.normal()
            value += carry * (place == 1 and order[0] == "drug")
            rows.append((f"P{who}", place + 1, got, value))
    return pd.DataFrame(rows, columns=["participant", "period", "treatment", "y"])


def test_carry_over_that_turns_the_sign_is_said_in_the_first_sentence():
    found = rs.stats.crossover(carried(1.0, 3.5), "y")
    row = found.table.iloc[0]
    assert row["estimate"] < 0 and row["p_value"] < 0.01
    assert "CAUTION" in found.finding.sentence and "the opposite" in found.finding.sentence
    alone = found.table.iloc[1]
    assert alone["question"].startswith("y, period 1 alone") and alone["low"] < 1 < alone["high"]
    assert any("Freeman 1989" in words for words in found.finding.next_steps)
    # The analysis is the same: nothing is chosen by the look of the data.
    assert found.model == rs.stats.crossover(carried(1.0, 0.0), "y").model


def test_carry_over_that_makes_the_effect_smaller_is_said_too():
    found = rs.stats.crossover(carried(2.0, 1.6), "y")
    assert "CAUTION: the two orders differ" in found.finding.sentence
    plain = rs.stats.crossover(carried(2.0, 0.0), "y").finding
    assert "CAUTION" not in plain.sentence and "holds if nothing was left" in plain.sentence
    assert not plain.next_steps


def test_what_was_measured_is_guessed_where_it_can_only_be_one_column(tmp_path, capsys):
    table = crossed().assign(row=range(26), site="A")
    whole = rs.stats.crossover(table, "y").table
    pd.testing.assert_frame_equal(rs.stats.crossover(table).table, whole)
    assert "'y', participant=" in rs.stats.crossover(table).history.as_python()
    own = rs.stats.crossover(table.rename(columns={"treatment": "arm"}), treatment="arm")
    assert own.model == "y ~ arm + period + sequence + (1 | participant)"
    more = table.assign(heart=np.arange(26) % 7)
    with pytest.raises(rs.DataError, match=r"one of y, heart .*--value COLUMN"):
        rs.stats.crossover(more)
    with pytest.raises(rs.DataError, match="no other column has numbers"):
        rs.stats.crossover(table.drop(columns="y"))
    named = table.rename(columns={"participant": "who", "treatment": "arm"})
    with pytest.raises(
        rs.DataError, match=r"participant = COLUMN.*Known: arm, period, row, site, who"
    ):
        rs.stats.crossover(named)
    path = tmp_path / "t.csv"
    more.to_csv(path, index=False)
    assert app.main(["trial", "crossover", str(path)]) == 1
    assert "one of y, heart" in capsys.readouterr().err
    meters = pd.DataFrame({"mini": MINI, "wright": WRIGHT})
    pd.testing.assert_frame_equal(
        rs.stats.agreement(meters).table, rs.stats.agreement(meters, "mini", "wright").table
    )
    question = rs.stats.agreement(meters, second="mini").table["question"].iloc[0]
    assert question.startswith("mini minus wright")
    three = table.assign(heart=np.arange(26) % 7)
    with pytest.raises(rs.DataError, match="two of period, y, heart"):
        rs.stats.repeated_correlation(three)
    with pytest.raises(rs.DataError, match="first = COLUMN"):
        rs.stats.agreement(meters.assign(third=MINI), second="mini")
    pd.testing.assert_frame_equal(
        rs.stats.ancova(two_groups()).table, rs.stats.ancova(two_groups(), "y").table
    )
    pd.testing.assert_frame_equal(
        rs.stats.icc(table, session="period").table,
        rs.stats.icc(table, "y", session="period").table,
    )
    for command in ("correlation", "icc", "ancova", "n-of-1", "models", "agreement"):
        assert app.main(["trial", command, str(path)]) in (1, 2)
        said = capsys.readouterr().err
        assert "COLUMN" in said or "two formulas" in said, said


def test_tables_that_would_mislead_are_refused_by_name():
    table = crossed()
    spelled = table.assign(treatment=table["treatment"].where(table.index % 6 > 0, "Drug"))
    with pytest.raises(rs.DataError, match=r"'Drug'.*Are they one label.*Correct the table\.$"):
        rs.stats.crossover(spelled, "y")
    with pytest.raises(rs.DataError, match="'y' is 3 in every row"):
        rs.stats.crossover(table.assign(y=3.0), "y")
    with pytest.raises(rs.DataError, match=r"0 or 1 in every row.*--family binomial"):
        rs.stats.crossover(table.assign(y=np.arange(26) % 3 > 0), "y")
    alike = two_groups()
    alike["y"] = alike["y"].where(alike["time"] == "post", 1.0)
    with pytest.raises(rs.DataError, match="the same for everybody pre"):
        rs.stats.ancova(alike, "y")
    two = table[table["participant"].isin(["P0", "P1"])]
    with pytest.raises(rs.DataError, match=r"2 participants.*nothing is left.* 3 or more"):
        rs.stats.crossover(two, "y")
    wide = two_groups().pivot_table(index=["participant", "group"], columns="time", values="y")
    with pytest.raises(rs.DataError, match="a row a measurement, each time its own"):
        rs.stats.ancova(wide.reset_index(), "post")
    gone = two_groups()
    gone = gone[~((gone["group"] == "B") & (gone["time"] == "post"))]
    with pytest.raises(rs.DataError, match="nobody with a value pre and post"):
        rs.stats.ancova(gone, "y")
    with pytest.raises(rs.DataError, match=r"3 levels.*renshaw compare"):
        rs.stats.n_of_1(pairs(1).replace({"pair": {0: 9}}).pipe(third_treatment), "y")


def third_treatment(table):
    return pd.concat([table.drop(columns="participant"), table.assign(treatment="none")])


def test_three_groups_are_compared_with_one_and_jointly():
    sm = pytest.importorskip("statsmodels.formula.api")
    table = two_groups(30)
    place = table["participant"].str[1:].astype(int)
    table = table.assign(group=place.map(lambda n: "ABC"[n % 3]))
    wide = table.pivot_table(index=["participant", "group"], columns="time", values="y")
    wide = wide.reset_index()
    known = sm.ols("post ~ group + pre", wide).fit()
    found = rs.stats.ancova(table, "y").table.set_index("question")
    rows = found.iloc[:2]
    assert list(rows["estimate"]) == pytest.approx(list(known.params[1:3]))
    p = np.sort(known.pvalues.iloc[1:3])
    assert np.sort(rows["p_value"]) == pytest.approx([min(1, 2 * p[0]), max(2 * p[0], p[1])])
    f = known.f_test(np.eye(4)[1:3])
    row = found.filter(like="All groups alike", axis=0).iloc[0]
    assert (row["statistic"], row["p_value"]) == pytest.approx((float(f.fvalue), float(f.pvalue)))


def two_groups(n=20, seed=2, slope=0.6):
    rng = np.random.default_rng(seed)
    rows = []
    for who in range(n):
        before = rng.normal(5, 1.5)
        after = 2 + slope * before + 0.8 * (who % 2) + rng.normal(0, 0.7)
        rows += [
            (f"P{who}", "AB"[who % 2], "pre", before),
            (f"P{who}", "AB"[who % 2], "post", after),
        ]
    return pd.DataFrame(rows, columns=["participant", "group", "time", "y"])


def test_ancova_is_least_squares():
    table = two_groups()
    wide = table.pivot_table(index="participant", columns="time", values="y")
    b = (table.groupby("participant")["group"].first()[wide.index] == "B").to_numpy(float)
    X = np.column_stack([np.ones(20), b, wide["pre"]])
    beta, rss, *_ = np.linalg.lstsq(X, wide["post"].to_numpy(), rcond=None)
    error = math.sqrt(rss[0] / 17 * np.linalg.inv(X.T @ X)[1, 1])
    found = rs.stats.ancova(table, "y")
    row = found.table.iloc[0]
    assert row["estimate"] == pytest.approx(beta[1])
    assert row["std_error"] == pytest.approx(error)
    assert row["df"] == 17
    change = (wide["post"] - wide["pre"]).to_numpy()
    other = found.table.iloc[1]
    assert other["p_value"] == pytest.approx(stats.ttest_ind(change[b == 1], change[b == 0]).pvalue)
    assert "y post, adjusted for pre: B minus A" in found.finding.sentence


def test_clusters_carry_a_comparison_of_clusters():
    table = two_groups(24)
    place = table["participant"].str[1:].astype(int)
    table = table.assign(ward=table["group"] + (place // 6).astype(str))
    row = rs.stats.ancova(table, "y", cluster="ward").table.iloc[0]
    assert row["df"] <= table["ward"].nunique() - 2


def test_a_cluster_in_two_groups_is_refused():
    table = two_groups()
    numbers = {who: n % 3 for n, who in enumerate(sorted(set(table["participant"])))}
    table = table.assign(ward=table["participant"].map(numbers))
    with pytest.raises(rs.DataError, match="numbered anew in each"):
        rs.stats.ancova(table, "y", cluster="ward")
    named = table.assign(ward=table["group"] + table["ward"].astype(str))
    assert "Clusters carry it" in rs.stats.ancova(named, "y", cluster="ward").notes[0]


def test_a_difference_that_depends_on_the_baseline_is_said():
    table = two_groups(60)
    wide = table.pivot_table(
        index=["participant", "group"], columns="time", values="y"
    ).reset_index()
    wide["post"] += 1.5 * (wide["group"] == "B") * (wide["pre"] - 5)
    long = wide.melt(["participant", "group"], ["pre", "post"], "time", "y")
    assert any("depends on the value before" in w for w in rs.stats.ancova(long, "y").warnings)


def pairs(people=5, k=6, spread=0.5, seed=4):
    rng = np.random.default_rng(seed)
    rows = []
    for who in range(people):
        effect = 1 + rng.normal(0, spread)
        for pair in range(k):
            for treatment in ("placebo", "drug"):
                value = 3 + (treatment == "drug") * effect + rng.normal(0, 0.8)
                rows.append((f"P{who}", pair, treatment, value))
    return pd.DataFrame(rows, columns=["participant", "pair", "treatment", "y"])


def differences(table):
    wide = table.pivot_table(index=["participant", "pair"], columns="treatment", values="y")
    return wide["drug"] - wide["placebo"]


def test_one_person_is_a_paired_test_of_her_pairs():
    table = pairs(1)
    found = rs.stats.n_of_1(table, "y")
    assert not found.warnings
    test = stats.ttest_1samp(differences(table), 0)
    assert found.table["p_value"].iloc[0] == pytest.approx(test.pvalue)
    assert found.n == 6 and found.of == "pairs of periods"
    one_sign = table.assign(y=table["y"] + 9.0 * (table["treatment"] == "drug"))
    notes = rs.stats.n_of_1(one_sign, "y").notes
    assert any("p = .031" in words for words in notes)  # 2 of 64 sign flips


def test_a_series_has_the_degrees_of_freedom_of_people():
    for spread in (0.0, 1.5):
        table = pairs(6, spread=spread)
        row = rs.stats.n_of_1(table, "y", participant="participant").table.iloc[0]
        assert row["df"] <= 5 + 1e-6
    means = differences(table).groupby("participant").mean()
    test = stats.ttest_1samp(means, 0)
    assert row["p_value"] == pytest.approx(test.pvalue, rel=1e-4)


@pytest.mark.parametrize(
    "named",
    [
        lambda t: t,
        lambda t: t.rename(columns={"participant": "código"}),
        lambda t: t.assign(participant=t["participant"].str[1:].astype(int)),
        lambda t: t[t["pair"] == 0],
        # Pairs numbered through all people.
        lambda t: t.assign(pair=t["participant"] + t["pair"].astype(str)),
    ],
)
def test_people_who_are_not_named_are_not_one_person(named):
    with pytest.raises(rs.DataError, match="If they are people, say so"):
        rs.stats.n_of_1(named(pairs(4)), "y")


def test_numbers_may_be_days_or_people_and_that_is_said():
    rows = pairs(3).rename(columns={"participant": "day"})
    rows["day"] = rows["day"].str[1:].astype(int)
    found = rs.stats.n_of_1(rows, "y")
    assert found.n == 6 and "If 'day' says who" in found.warnings[0]


def test_one_pair_a_person_is_a_test_of_people():
    table = pairs(7, k=1)
    found = rs.stats.n_of_1(table, "y", participant="participant")
    row = found.table.iloc[0]
    assert row["p_value"] == pytest.approx(stats.ttest_1samp(differences(table), 0).pvalue)
    assert row["df"] == 6 and len(found.table) == 1
    assert found.n == 7 and found.of == "participants"
    assert "can't be told from chance" in found.notes[0]


def test_people_are_shrunk_towards_all():
    table = pairs(6, spread=1.5)
    found = rs.stats.n_of_1(table, "y", participant="participant").table
    own = differences(table).groupby("participant").mean().to_numpy()
    shrunk = found["estimate"].to_numpy()[1:]
    assert (np.abs(shrunk - own.mean()) < np.abs(own - own.mean())).all()


def test_two_pairs_are_too_few():
    with pytest.raises(rs.DataError, match="three are needed"):
        rs.stats.n_of_1(pairs(1, k=2), "y")


SLEEP = "Reaction ~ Days + (1 | Subject)"


def sleep():
    rng = np.random.default_rng(0)
    rows = []
    for who in range(12):
        own, slope = rng.normal(0, 25), rng.normal(10, 6)
        rows += [(who, day, 250 + own + slope * day + rng.normal(0, 25)) for day in range(6)]
    return pd.DataFrame(rows, columns=["Subject", "Days", "Reaction"])


def test_nested_models_by_full_likelihood_where_fixed_effects_differ():
    table = sleep()
    row = rs.stats.compare_models(table, SLEEP, "Reaction ~ 1 + (1 | Subject)").table.iloc[0]
    full = rs.stats.MixedModelSettings(reml=False, structure="written", bootstraps=0, sign_flips=0)
    fits = [
        rs.stats.mixed_model(table, formula, full).statistics["criterion"]
        for formula in (SLEEP, "Reaction ~ 1 + (1 | Subject)")
    ]
    assert row["statistic"] == pytest.approx(fits[1] - fits[0])
    assert row["p_value"] == pytest.approx(stats.chi2.sf(fits[1] - fits[0], 1))


def test_one_variance_more_has_half_the_p_value():
    table = sleep()
    found = rs.stats.compare_models(table, f"{SLEEP} + (0 + Days | Subject)", SLEEP)
    row = found.table.iloc[0]
    assert row["p_value"] == pytest.approx(0.5 * stats.chi2.sf(row["statistic"], 1))
    several = rs.stats.compare_models(table, "Reaction ~ Days + (1 + Days | Subject)", SLEEP)
    assert any("too large" in words for words in several.notes)


@pytest.mark.parametrize(
    ("larger", "smaller", "words"),
    [
        (SLEEP, "log(Reaction) ~ 1 + (1 | Subject)", "the responses differ"),
        ("Reaction ~ 1 + (1 | Subject)", SLEEP, "fixed effects that the larger has not"),
        (SLEEP, "Reaction ~ Days + (1 + Days | Subject)", "random effects of Subject"),
        (SLEEP, SLEEP, "nothing that the smaller has not"),
    ],
)
def test_models_that_are_not_nested_are_refused(larger, smaller, words):
    with pytest.raises(rs.DataError, match=words):
        rs.stats.compare_models(sleep(), larger, smaller)


# Bland & Altman 1995, doi:10.1136/bmj.310.6977.446: intramural pH and PaCO2 of eight people.
BLAND = {
    1: [(6.68, 3.97), (6.53, 4.12), (6.43, 4.09), (6.33, 3.97)],
    2: [(6.85, 5.27), (7.06, 5.37), (7.13, 5.41), (7.17, 5.44)],
    3: [
        (7.40, 5.67),
        (7.42, 3.64),
        (7.41, 4.32),
        (7.37, 4.73),
        (7.34, 4.96),
        (7.35, 5.04),
        (7.28, 5.22),
        (7.30, 4.82),
        (7.34, 5.07),
    ],
    4: [(7.36, 5.67), (7.33, 5.10), (7.29, 5.53), (7.30, 4.75), (7.35, 5.51)],
    5: [
        (7.35, 4.28),
        (7.30, 4.44),
        (7.30, 4.32),
        (7.37, 3.23),
        (7.27, 4.46),
        (7.28, 4.72),
        (7.32, 4.75),
        (7.32, 4.99),
    ],
    6: [(7.38, 4.78), (7.30, 4.73), (7.29, 5.12), (7.33, 4.93), (7.31, 5.03), (7.33, 4.93)],
    7: [(6.86, 6.85), (6.94, 6.44), (6.92, 6.52)],
    8: [
        (7.19, 5.28),
        (7.29, 4.56),
        (7.21, 4.34),
        (7.25, 4.32),
        (7.20, 4.41),
        (7.19, 3.69),
        (6.77, 6.09),
        (6.82, 5.58),
    ],
}


def test_repeated_correlation_is_that_of_bland_and_altman():
    """R's rmcorr of the same data: r -0.5067697, df 38, p 0.0008471081."""
    rows = [(who, ph, co2) for who, values in BLAND.items() for ph, co2 in values]
    table = pd.DataFrame(rows, columns=["participant", "pH", "PaCO2"])
    found = rs.stats.repeated_correlation(table, "pH", "PaCO2")
    row = found.table.iloc[0]
    assert row["estimate"] == pytest.approx(-0.5067697, abs=1e-7)
    assert row["df"] == 38
    assert row["p_value"] == pytest.approx(0.0008471081, abs=1e-9)
    assert row["low"] == pytest.approx(math.tanh(math.atanh(row["estimate"]) - 1.959964 / 37**0.5))


def test_the_interval_of_a_repeated_correlation_covers():
    rng = np.random.default_rng(5)
    true, hits, many = 0.5, 0, 400
    who = np.repeat(np.arange(6), 4)
    for _ in range(many):
        x, e = rng.normal(size=(2, 24))
        y = true * x + math.sqrt(1 - true**2) * e
        table = pd.DataFrame({"participant": who, "x": x, "y": y + 3 * who})
        row = rs.stats.repeated_correlation(table, "x", "y").table.iloc[0]
        hits += row["low"] < true < row["high"]
    assert hits / many == pytest.approx(0.95, abs=0.03)


WRIGHT = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]


def test_agreement_is_that_of_bland_and_altman():
    """Peak flow by two meters (1986): mean difference -2.1 (-22.0 to 17.8), SD 38.8."""
    table = pd.DataFrame({"mini": MINI, "wright": WRIGHT})
    found = rs.stats.agreement(table, "mini", "wright").table
    assert found["estimate"].iloc[0] == pytest.approx(-2.1, abs=0.05)
    assert found["low"].iloc[0] == pytest.approx(-22.0, abs=0.1)
    assert found["high"].iloc[0] == pytest.approx(17.8, abs=0.1)
    spread = (found["estimate"].iloc[2] - found["estimate"].iloc[1]) / 2 / 1.959964
    assert spread == pytest.approx(38.8, abs=0.05)
    # Bland and Altman's own intervals of the limits, -114.3 to -45.1 of the lower, are nearly so.
    assert found["low"].iloc[1] == pytest.approx(-114.3, abs=15)
    assert found["high"].iloc[1] == pytest.approx(-45.1, abs=10)


def test_intervals_of_limits_cover():
    rng = np.random.default_rng(6)
    hits, many = np.zeros(2), 1500
    for _ in range(many):
        first, noise = rng.normal(size=(2, 10))
        limits = limits_of_agreement(first, first + noise)
        ends = zip((limits.lower, limits.upper), (-1.959964, 1.959964), strict=True)
        hits += [each.low < true < each.high for each, true in ends]
    assert hits / many == pytest.approx(0.95, abs=0.02)


def test_several_pairs_of_a_person_are_not_several_people():
    rng = np.random.default_rng(7)
    who = np.repeat(np.arange(8), 5)
    own = rng.normal(0, 1.0, 8)[who]
    table = pd.DataFrame({"who": who, "a": rng.normal(20, 3, 40)})
    table["b"] = table["a"] + own + rng.normal(0, 0.5, 40)
    once = rs.stats.agreement(table, "a", "b").table
    right = rs.stats.agreement(table, "a", "b", participant="who").table
    assert right["df"].iloc[0] == 7
    width = right["high"] - right["low"]
    assert (width[:3] > 1.3 * (once["high"] - once["low"])[:3]).all()


def test_a_trend_of_differences_is_said():
    x = np.linspace(1, 20, 30)
    noise = np.random.default_rng(8).normal(0, 0.5, 30)
    table = pd.DataFrame({"a": x, "b": 1.3 * x + noise})
    assert any("Proportional bias" in w for w in rs.stats.agreement(table, "a", "b").warnings)
    fan = pd.DataFrame({"a": x, "b": x + 0.2 * x * noise})
    assert any("grow or shrink" in w for w in rs.stats.agreement(fan, "a", "b").warnings)


SHROUT = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
# R's psych 2.2.9, ICC(shrout, lmer = FALSE).
PSYCH = {
    "ICC(1)": (0.1657417684, -0.13293232487, 0.7225600623),
    "ICC(A,1)": (0.2897637795, 0.01878651337, 0.7610843696),
    "ICC(C,1)": (0.7148407148, 0.34246476503, 0.9458582600),
    "ICC(k)": (0.4427971337, -0.88444215524, 0.9124154203),
    "ICC(A,k)": (0.6200505476, 0.07113681530, 0.9272320402),
    "ICC(C,k)": (0.9093155424, 0.67567471382, 0.9858916782),
}


def test_intraclass_correlations_are_those_of_psych():
    rows = [(f"T{i}", f"J{j}", float(v)) for i, row in enumerate(SHROUT) for j, v in enumerate(row)]
    table = pd.DataFrame(rows, columns=["participant", "session", "score"])
    found = rs.stats.icc(table, "score").table
    for name, expected in PSYCH.items():
        row = found[found["question"].str.startswith(f"{name}:")].iloc[0]
        assert tuple(row[["estimate", "low", "high"]]) == pytest.approx(expected, abs=1e-8)


def test_icc_by_level_adds_nothing_up():
    rng = np.random.default_rng(9)
    rows = [
        (p, u, s, own + unit + rng.normal(0, 1.0))
        for p in range(30)
        for own in [rng.normal(0, 1.0)]
        for u in range(5)
        for unit in [rng.normal(0, 1.0)]
        for s in ("a", "b")
    ]
    table = pd.DataFrame(rows, columns=["participant", "mu", "session", "y"])
    found = rs.stats.icc(table, "y", unit="mu").table.tail(2)
    people, units = found["estimate"]
    assert people == pytest.approx(1 / 3, abs=0.15) and units == pytest.approx(2 / 3, abs=0.1)
    assert (found["low"] < found["estimate"]).all() and (found["estimate"] < found["high"]).all()


@pytest.mark.parametrize(
    "made",
    [
        lambda: rs.stats.crossover(crossed(), "y"),
        lambda: rs.stats.ancova(two_groups(), "y"),
        lambda: rs.stats.n_of_1(pairs(), "y", participant="participant"),
        lambda: rs.stats.compare_models(sleep(), SLEEP, "Reaction ~ 1 + (1 | Subject)"),
        lambda: rs.stats.repeated_correlation(sleep(), "Days", "Reaction", participant="Subject"),
        lambda: rs.stats.agreement(
            pd.DataFrame({"mini": MINI, "wright": WRIGHT}), "mini", "wright"
        ),
        lambda: rs.stats.icc(crossed(), "y", session="period"),
    ],
)
def test_each_has_a_page_and_a_program(made):
    found = made()
    page = report_text(found)
    assert "<svg" in page and "nan" not in page.split("<svg")[0]
    code = found.history.as_python()
    assert "rs.stats." in code
    compile(code, "program", "exec")


def test_the_command_line_says_the_same(tmp_path, capsys):
    path = tmp_path / "c.csv"
    crossed().to_csv(path, index=False)
    out = tmp_path / "out"
    assert app.main(["trial", "crossover", str(path), "y", "-o", str(out)]) == 0
    said = capsys.readouterr().out
    assert "y: drug minus none" in said and "Carry-over" in said
    assert (out / "report.html").exists() and len(pd.read_csv(out / "trial.csv")) == 4
    assert app.main(["trial", "icc", str(path), "y", "--session", "period"]) == 0
    assert app.main(["trial", "agreement", str(path), "y", "nothing"]) == 1
    assert "Traceback" not in capsys.readouterr().err
