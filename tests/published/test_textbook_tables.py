"""Published tables, answered as a careful analyst would, whatever random effects are written.

Balanced tables have exact answers (paired t, analysis of variance by strata). The formulas are
those that a hurried user writes, with a random intercept only.
"""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import renshaw as rs

QUICK = rs.stats.MixedModelSettings(bootstraps=0, sign_flips=0)


def joint(model, term):
    row = model.anova.set_index("term").loc[term]
    return float(row["f_value"]), int(row["num_df"]), float(row["den_df"])


def test_students_sleep():
    """Student (1908), Biometrika 6, 1-25: extra hours of sleep by two drugs; t = 4.06, 9 df."""
    first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    table = pd.DataFrame({"extra": first + second, "ID": [*range(1, 11)] * 2})
    # Drugs are numbers in R's file, and people too.
    table["group"] = np.repeat([1, 2], 10)
    answer = rs.compare(table, "extra ~ group + (1|ID)", QUICK).answers[0]
    assert answer.estimate == pytest.approx(1.58)
    assert (answer.df, answer.p_value) == (pytest.approx(9), pytest.approx(0.002833, rel=1e-3))
    assert (answer.low, answer.high) == pytest.approx((0.7001142, 2.4598858), rel=1e-6)


def test_the_boys_shoes():
    """Box, Hunter & Hunter (1978), p. 97: wear of two soles, one on each foot of ten boys."""
    a = [13.2, 8.2, 10.9, 14.3, 10.7, 6.6, 9.5, 10.8, 8.8, 13.3]
    b = [14.0, 8.8, 11.2, 14.2, 11.8, 6.4, 9.8, 11.3, 9.3, 13.6]
    table = pd.DataFrame({"wear": a + b, "boy": [*range(1, 11)] * 2})
    table["material"] = np.repeat(["A", "B"], 10)
    model = rs.compare(table, "wear ~ material + (1|boy)", QUICK)
    assert model.answers[0].estimate == pytest.approx(0.41)
    assert model.answers[0].p_value == pytest.approx(0.008539, rel=1e-3)
    # Without the boys in the formula the difference drowns, and it is said why.
    blind = rs.compare(table, "wear ~ material", QUICK)
    assert any("Pseudo-replication" in words for words in blind.warnings)
    assert blind.answers[0].p_value == pytest.approx(0.008539, rel=1e-3)


def test_noise_and_angle():
    """Maxwell & Delaney (2004), table 12.1: 2 x 3 within ten people, each cell once.

    Published: angle F(2, 18) = 40.72, noise F(1, 9) = 33.77, both F(2, 18) = 45.31.
    """
    rt = """420 420 480 420 540 360 480 480 540 480 420 480 480 540 660 420 480 600 600 420
            480 480 540 540 540 360 600 660 540 540 480 360 660 480 480 360 540 540 480 540
            600 480 780 780 660 480 720 720 720 660 780 600 780 900 720 540 840 900 780 780"""
    noise, angle, person = (g.ravel() for g in np.indices((2, 3, 10)))
    table = pd.DataFrame({"rt": [float(v) for v in rt.split()], "id": person + 1})
    table["noise"] = np.array(["absent", "present"])[noise]
    table["angle"] = np.array(["a0", "a4", "a8"])[angle]
    model = rs.compare(table, "rt ~ angle * noise + (1|id)", QUICK)
    assert joint(model, "angle:noise") == pytest.approx((45.31, 2, 18), rel=1e-3)
    assert joint(model, "angle") == pytest.approx((40.72, 2, 18), rel=1e-3)
    assert joint(model, "noise") == pytest.approx((33.77, 1, 9), rel=1e-3)


def test_stools():
    """Pinheiro & Bates (2000), p. 12: effort to arise from four stools, nine people; F(3, 24)."""
    effort = """12 15 12 10 10 14 13 12 7 14 13 9 7 11 10 9 8 11 8 7 9 11 11 10 8 12 12 11
                7 11 8 7 9 13 10 8"""
    person, kind = (g.ravel() for g in np.indices((9, 4)))
    table = pd.DataFrame({"effort": [float(v) for v in effort.split()], "Subject": person})
    table["Type"] = np.array(["T1", "T2", "T3", "T4"])[kind]
    model = rs.compare(table, "effort ~ Type + (1|Subject)", QUICK)
    assert joint(model, "Type") == pytest.approx((22.356, 3, 24), rel=1e-3)
    ours = {each.name: each.p_adjusted for each in model.answers}
    assert ours["T2 - T1"] < 1e-6
    for name, p in {"T4 - T1": 0.2110, "T3 - T2": 0.0112, "T4 - T3": 0.0124}.items():
        assert ours[name] == pytest.approx(p, rel=5e-3), name
    assert "differs between the 4 levels of Type" in model.finding.sentence


def test_rabbits():
    """Venables & Ripley, MASS (Rabbit); Pinheiro & Bates (PBG): 2 x 6 within five rabbits.

    By strata: treatment F(1, 4) = 13.65, treatment by dose F(5, 20) = 8.77.
    """
    change = """.5 4.5 10 26 37 32 1 1.25 4 12 27 29 .75 3 3 14 22 24 1.25 1.5 6 19 33 33
                1.5 1.5 5 16 20 18 1.25 .75 4 9 25 37 1.4 1.7 1 2 15 28 .75 2.3 3 5 26 25
                2.6 1.2 2 3 11 22 2.4 2.5 1.5 2 9 19"""
    treatment, rabbit, dose = (g.ravel() for g in np.indices((2, 5, 6)))
    table = pd.DataFrame({"change": [float(v) for v in change.split()], "Rabbit": rabbit})
    table["Treatment"] = np.array(["Placebo", "MDL"])[treatment]
    table["dose"] = np.array(["6.25", "12.5", "25", "50", "100", "200"])[dose]
    model = rs.compare(table, "change ~ Treatment * factor(dose) + (1|Rabbit)", QUICK)
    f, num, den = joint(model, "Treatment:factor(dose)")
    assert (f, num) == (pytest.approx(8.77, abs=0.01), 5)
    assert den == pytest.approx(20, abs=0.5)
    assert stats.f.sf(f, num, den) < 0.001


def test_weight_loss_is_of_people_and_not_of_their_self_esteem():
    """Fox & Weisberg, carData (WeightLoss), third month: F(2, 31) = 0.063.

    Self-esteem, a whole number that goes with weight loss, was once taken for people.
    """
    lost = "3 3 1 1 2 4 4 1 1 2 2 1 2 1 3 2 1 4 1 1 3 4 2 3 4 1 3 1 1 2 3 2 4 1"
    esteem = """15 17 16 12 14 18 19 15 15 13 11 16 14 15 18 18 15 18 14 11 19 19 15 18 19 18 17 17
                16 18 18 17 19 17"""
    table = pd.DataFrame({"wl3": [float(v) for v in lost.split()]})
    table["se3"] = [int(v) for v in esteem.split()]
    table["group"] = ["Control"] * 12 + ["Diet"] * 12 + ["DietEx"] * 10
    model = rs.compare(table, "wl3 ~ group", QUICK)
    by_group = [part["wl3"].to_numpy() for _, part in table.groupby("group")]
    exact = stats.f_oneway(*by_group)
    assert joint(model, "group") == pytest.approx((float(exact.statistic), 2, 31))
    assert not model.warnings


def test_asthma_crossover():
    """Senn (2002), Cross-over Trials in Clinical Research, table 3.1: formoterol, salbutamol.

    Peak flow of 13 children, l/min; published: 46.6 on 11 degrees of freedom.
    """
    first = [(310, 270), (310, 260), (370, 300), (410, 390), (250, 210), (380, 350), (330, 365)]
    second = [(370, 385), (310, 400), (380, 410), (290, 320), (260, 340), (90, 220)]
    rows = []
    for n, pair in enumerate(first + second):
        order = ("formoterol", "salbutamol") if n < len(first) else ("salbutamol", "formoterol")
        rows += [(n, period + 1, order[period], pair[period]) for period in (0, 1)]
    table = pd.DataFrame(rows, columns=["child", "period", "drug", "flow"])
    halves = [[(b - a) / 2 for a, b in each] for each in (second, first)]
    exact = stats.ttest_ind(*halves)
    trial = rs.stats.crossover(
        table,
        "flow",
        participant="child",
        treatment="drug",
        reference="salbutamol",
    )
    row = trial.to_table().iloc[0]
    assert float(row["estimate"]) == pytest.approx(46.6, abs=0.05)
    assert float(row["p_value"]) == pytest.approx(exact.pvalue)
    # The mixed model of the same rows says the same.
    model = rs.compare(table, "flow ~ drug + factor(period) + (1|child)", QUICK)
    answer = next(each for each in model.answers if "formoterol" in each.name)
    assert abs(answer.estimate) == pytest.approx(46.6, abs=0.05)
    assert answer.df == pytest.approx(11)
    assert answer.p_value == pytest.approx(exact.pvalue)
