"""Power is what theory says where theory has an answer; reliability is what its definition says."""

import itertools
import math
import time

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import renshaw as rs
from renshaw.reports.report import report_text
from renshaw.statistics.answers.multiplicity import adjusted
from renshaw.statistics.planning.diary_moments import change_moments, diary_of
from renshaw.statistics.planning.full_fits import power_by_fits
from renshaw.statistics.planning.power import _share
from renshaw.statistics.planning.studies import Cell, _diaries, studies
from renshaw.statistics.planning.verdicts import found_it, holm


def exact(n, effect, sd, alpha=0.05, df=None, groups=1):
    """R's power.t.test: power in the direction of the effect, by the noncentral t."""
    df = df or groups * (n - 1)
    noncentral = stats.nct(df, abs(effect) / sd * math.sqrt(n / groups))
    return noncentral.sf(stats.t.isf(alpha / 2, df))


def exact_n(effect, sd, groups=1, least=2, df=lambda n, groups: groups * (n - 1)):
    return next(
        n
        for n in range(least, 10_000)
        if exact(n, effect, sd, df=df(n, groups), groups=groups) >= 0.8
    )


SD_3 = math.sqrt(0.35**2 + 2 * 0.6**2 / 3)


def test_the_oracle_is_r_s():
    """power.t.test(n = 20, delta = 1, sd = 1): 0.8689528, and power = .90 takes 22.02110."""
    assert exact(20, 1, 1, groups=2) == pytest.approx(0.8689528, abs=1e-6)
    assert exact(22, 1, 1, groups=2) < 0.9 < exact(23, 1, 1, groups=2)


@pytest.mark.parametrize(("units", "ramps"), [(3, 1), (3, 4), (8, 1)])
def test_paired_power_is_that_of_the_noncentral_t(units, ramps):
    settings = rs.PlanSettings(
        participants=(7, 16),
        units=(units,),
        ramps=(ramps,),
        effects=(-0.4, 0.3),
        simulations=20_000,
    )
    sd = math.sqrt(0.35**2 + 2 * 0.6**2 / (units * ramps))
    for row in rs.plan(settings, seed=1).table.to_dict("records"):
        expected = exact(row["participants"], row["effect"], sd)
        assert row["power"] == pytest.approx(expected, abs=0.012)
        assert row["power_low"] < row["power"] < row["power_high"]
        assert exact(row["participants"], row["detectable"], sd) == pytest.approx(0.8, abs=0.012)
        assert exact(row["participants"], row["detectable_low"], sd) < 0.8
        assert exact(row["participants"], row["detectable_high"], sd) > 0.8


@pytest.mark.parametrize(
    ("design", "groups", "df", "least"),
    [
        ("paired", 1, lambda n, g: n - 1, 2),
        ("crossover", 1, lambda n, g: n - 2, 3),
        ("parallel", 2, lambda n, g: 2 * n - 2, 2),
    ],
)
@pytest.mark.parametrize("effect", [-3.0, -0.5, -0.3, 0.2])
def test_the_number_that_is_needed_is_the_exact_root(design, groups, df, least, effect):
    settings = rs.PlanSettings(design=design, units=(3,), effects=(effect,))
    needed = rs.plan(settings, seed=1).needed[0]
    root = exact_n(effect, SD_3, groups, least, df)
    assert needed.low <= root <= needed.high
    assert needed.low <= needed.participants <= needed.high
    assert needed.participants == pytest.approx(root, rel=0.05, abs=0.5)
    assert needed.power_low < needed.power < needed.power_high


def test_fourteen_are_fourteen():
    """Issue 15: a straight line between 8 and 100 participants made 45 of them."""
    wide = rs.PlanSettings(units=(3,), effects=(-0.5,), participants=(8, 100))
    assert rs.plan(wide).needed[0].participants == 14
    # Below the smallest number that was asked for there are smaller ones.
    high = rs.PlanSettings(units=(3,), effects=(-0.5,), participants=(40, 50))
    assert rs.plan(high).needed[0].participants == 14


def test_a_covariate_gains_what_its_correlation_says():
    """ANCOVA: (1 - r^2) of the variance (Borm et al. 2007, doi:10.1016/j.jclinepi.2007.02.006)."""
    spreads = {"effect_sd": 0.01, "residual_sd": 1.0, "participant_sd": 1.0, "effects": (1.0,)}
    settings = rs.PlanSettings(outcome="mean", design="ancova", simulations=40_000, **spreads)
    r = 0.5
    borm = 2 * (1.959964 + 0.841621) ** 2 * 2 * (1 - r**2)
    assert rs.plan(settings).needed[0].participants == pytest.approx(borm + 1, abs=2)
    # At r = .5 the change is as good as the value after alone, and the covariate better than both.
    changes = rs.PlanSettings(
        outcome="mean", design="parallel", effects=(1.0,), effect_sd=0.01, residual_sd=1.0
    )
    assert rs.plan(changes).needed[0].participants > 1.25 * borm


def test_clusters_cost_what_the_design_effect_says():
    """1 + (m - 1) ICC times as many (Donner & Klar 2000)."""
    size, share = 8, 0.1
    total = 0.35**2 + 2 * 0.6**2
    settings = rs.PlanSettings(
        outcome="mean",
        design="cluster",
        effects=(0.3,),
        effect_sd=math.sqrt(0.35**2 - share * total) if share * total < 0.35**2 else 0.0,
        residual_sd=0.6,
        cluster_size=size,
        cluster_sd=math.sqrt(share * total),
    )
    needed = rs.plan(settings).needed[0]
    alone = exact_n(0.3, math.sqrt(total), 2)
    assert needed.participants % size == 0
    assert needed.participants == pytest.approx(alone * (1 + (size - 1) * share), rel=0.15)


def level_of(settings, cell, **how):
    found = studies(settings, cell, 0, **how)
    return float((np.abs(found.estimate) > found.reach(0.05)).mean())


@pytest.mark.parametrize("dropout", [0.0, 0.25])
@pytest.mark.parametrize("units_vary", [False, True])
@pytest.mark.parametrize("design", ["paired", "crossover", "parallel", "ancova", "cluster"])
def test_without_an_effect_power_is_the_level(design, units_vary, dropout):
    more = {"cluster_size": 3, "cluster_sd": 0.2} if design == "cluster" else {}
    settings = rs.PlanSettings(
        design=design, units_vary=units_vary, dropout=dropout, simulations=20_000, **more
    )
    assert level_of(settings, Cell(12, 5, 2)) == pytest.approx(0.05, abs=0.008)


@pytest.mark.parametrize("design", ["paired", "crossover", "parallel"])
def test_without_an_effect_a_diary_s_power_is_the_level(design):
    settings = rs.PlanSettings(outcome="spasms", design=design, simulations=20_000)
    assert level_of(settings, Cell(12, 1, 7), ratio=1.0) == pytest.approx(0.05, abs=0.008)


@pytest.mark.parametrize("design", ["paired", "crossover", "parallel", "ancova", "cluster"])
def test_drawing_sums_is_drawing_participants(design, monkeypatch):
    """Means and sums of squares are drawn; drawing everybody gives the same power."""
    more = {"cluster_size": 3, "cluster_sd": 0.2} if design == "cluster" else {}
    more |= {"carry_over": 0.3} if design == "crossover" else {"dropout": 0.2}
    more |= {"dropout": 0.0} if design == "cluster" else {}
    settings = rs.PlanSettings(
        design=design, participants=(15,), units=(4,), effects=(-0.5,), effect_sd=0.5, **more
    )
    quick = rs.plan(settings).table["power"].iloc[0]
    monkeypatch.setattr(
        "renshaw.statistics.planning.studies.needs_participants", lambda settings: True
    )
    assert rs.plan(settings, seed=1).table["power"].iloc[0] == pytest.approx(quick, abs=0.02)


@pytest.mark.parametrize("assured", [{}, {"effect_se": 0.1, "spread_from": 6}])
@pytest.mark.parametrize(
    ("design", "outcome"),
    [
        *itertools.product(("paired", "crossover", "parallel"), ("spasms", "delta_f")),
        ("ancova", "delta_f"),
        ("cluster", "delta_f"),
    ],
)
def test_large_studies_are_those_of_many_participants(design, outcome, assured, monkeypatch):
    """Above some size sums are drawn; at that size, drawing everybody gives the same power."""
    changes = {"design": design, "outcome": outcome, "dropout": 0.2, "simulations": 20_000}
    changes |= {"units_vary": True, "tracked": False} if outcome == "delta_f" else {}
    changes |= {"cluster_size": 12, "cluster_sd": 0.1} if design == "cluster" else {}
    changes |= {"carry_over": 0.3} if design == "crossover" else {}
    settings = rs.PlanSettings(**changes, **assured)
    effect, cell = (0.85, Cell(120, 1, 7)) if outcome == "spasms" else (-0.3, Cell(120, 2, 1))
    quick = _share(settings, cell, 1, effect)
    monkeypatch.setattr("renshaw.statistics.planning.studies._MANY", 1000)
    assert _share(settings, cell, 2, effect) == pytest.approx(quick, abs=0.018)


@pytest.mark.parametrize(
    ("changes", "days", "ratio"),
    [
        ({}, 1, 0.7),
        ({"spasms_per_day": 0.1}, 7, 0.9),
        ({"dispersion": 0.0, "spasms_per_day": 300.0}, 3, 0.8),
        ({"dispersion": 20.0}, 7, 0.8),
    ],
)
def test_moments_of_a_diary_are_those_of_drawn_people(changes, days, ratio):
    settings = rs.PlanSettings(outcome="spasms", **changes)
    spread = settings.value("ratio_sd_log")
    mean, variance = change_moments(diary_of(settings, days), math.log(ratio), spread)
    rng = np.random.default_rng(3)
    own = math.log(ratio) + spread * rng.standard_normal((1, 1, 300_000))
    before, after = _diaries(settings, rng, own, days)
    assert mean == pytest.approx((after - before).mean(), abs=4 * math.sqrt(variance / 300_000))
    assert variance == pytest.approx((after - before).var(), rel=0.02)


def test_rare_spasms_and_small_ratios_end_in_seconds_with_a_number_or_a_bound():
    rare = rs.PlanSettings(outcome="spasms", ratios=(0.9,), spasms_per_day=0.1)
    started = time.process_time()
    needed = rs.plan(rare).needed[0]
    # A formula: variance over the squared mean change.
    mean, variance = change_moments(diary_of(rare, 1), math.log(0.9), 0.3)
    assert needed.participants == pytest.approx(2.8015852**2 * variance / mean**2, rel=0.03)
    assert rs.plan(rare.replace(ratios=(0.99,))).needed[0].bound == "more than"
    assert time.process_time() - started < 15


def power_of(**changes):
    base = {"participants": (15,)}
    base |= {"ratios": (0.7,)} if "outcome" in changes else {"units": (5,), "effects": (-0.4,)}
    return rs.plan(rs.PlanSettings(**{**base, **changes})).table["power"].iloc[0]


def test_what_costs_power_and_what_gains_it():
    assert power_of(tracked=False) < power_of() - 0.05
    assert power_of(effect_sd=0.9) < power_of() - 0.2
    assert power_of(ramps=(4,)) > power_of() + 0.05
    assert power_of(design="parallel") < power_of()
    assert power_of(units_vary=True) < power_of()
    assert power_of(dropout=0.3) < power_of() - 0.05
    crossover = power_of(design="crossover")
    assert power_of(design="crossover", carry_over=0.4) < crossover - 0.05 < power_of()
    # Of a power above one half, doubt about the effect takes something away.
    assert power_of(effect_se=0.2) < power_of() - 0.02
    assert power_of(spread_from=4, effect_sd=0.6) < power_of() - 0.02
    spasms = {"outcome": "spasms", "ramps": (7,)}
    assert (
        power_of(**spasms, dispersion=2.0) < power_of(**spasms) < power_of(**spasms, dispersion=0.0)
    )


def test_assurance_is_power_averaged_over_the_effect():
    settings = rs.PlanSettings(
        participants=(15,), units=(3,), effects=(-0.5,), effect_se=0.25, simulations=40_000
    )
    nodes = stats.norm.ppf((np.arange(400) + 0.5) / 400)
    grid = -0.5 + 0.25 * nodes
    noncentral = stats.nct(14, -grid / SD_3 * math.sqrt(15))
    expected = noncentral.sf(stats.t.isf(0.025, 14)).mean()
    assert rs.plan(settings).table["power"].iloc[0] == pytest.approx(expected, abs=0.008)


def test_a_power_that_nothing_reaches_is_said():
    settings = rs.PlanSettings(units=(3,), effects=(-0.1,), effect_se=0.5)
    power = rs.plan(settings)
    assert power.needed[0].bound == "more than"
    assert math.isinf(power.needed[0].high)
    assert "more than 100,000 participants are needed" in power.finding.sentence


def test_a_cell_does_not_depend_on_its_neighbors():
    alone = rs.plan(rs.PlanSettings(participants=(15,), units=(3,)), seed=5).table
    among = rs.plan(rs.PlanSettings(participants=(10, 15), units=(8, 3)), seed=5).table
    mine = among[(among["participants"] == 15) & (among["units"] == 3)].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, mine)
    other = rs.plan(rs.PlanSettings(participants=(15,), units=(3,)), seed=6).table
    assert not other["power"].equals(alone["power"])


def test_the_detectable_ratio_is_detected():
    found = rs.plan(rs.PlanSettings(outcome="spasms", participants=(20,), ramps=(7,)), seed=3)
    ratio = float(found.table["detectable"].iloc[0])
    assert found.table["detectable_low"].iloc[0] <= ratio <= found.table["detectable_high"].iloc[0]
    again = rs.plan(
        rs.PlanSettings(outcome="spasms", participants=(20,), ramps=(7,), ratios=(ratio,)), seed=3
    )
    assert again.table["power"].iloc[0] == pytest.approx(0.8, abs=0.05)


TORQUE = {"outcome": "mean", "effects": (2.0,), "effect_sd": 1.0, "residual_sd": 1.0}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"participants": (1,)}, "whole number from 2"),
        ({"participants": (12.5,)}, "must be a whole number"),
        ({"participants": ("12",)}, "must be a whole number"),
        ({"participants": (-4,)}, "whole number from 2"),
        ({"participants": 12}, "must be a list"),
        ({"ramps": ()}, "list of numbers"),
        ({"units": (2.5,)}, "must be a whole number"),
        ({"effects": (math.nan,)}, "must be a finite number"),
        ({"effects": (-0.4, 0.0)}, "no number of participants shows it"),
        ({"ratios": (1.0,), "outcome": "spasms"}, "no number of participants shows it"),
        ({"ratios": (0.0,), "outcome": "spasms"}, "must be above 0"),
        ({"outcome": "spasm"}, "Did you mean 'spasms'"),
        ({"ramps": tuple(range(1, 300))}, "too many"),
        ({"effect_sd": -1.0}, "at least 0"),
        # What does nothing is not taken in silence.
        ({"participant_sd": 2.0}, "does nothing in a paired design"),
        ({"participant_sd": 2.0, "design": "crossover"}, "does nothing in a crossover design"),
        ({"unit_sd": 2.0}, "does nothing where the same units"),
        ({"ratios": (0.5,)}, "is for spasms"),
        ({"dispersion": 0.1}, "is for spasms"),
        ({"effects": (-0.5,), "outcome": "spasms"}, "does nothing for spasms"),
        ({"units": (5,), "outcome": "spasms"}, "does nothing for spasms"),
        ({"carry_over": 0.2}, "there is none in a paired design"),
        ({"cluster_size": 4}, "is for clusters"),
        ({"units_vary": True, **TORQUE}, "is of motor units"),
        ({"outcome_unit": "N"}, "is for another mean"),
        ({"residual_sd": 0.0, "effect_sd": 0.0}, "nothing varies"),
        ({"spread_from": 10, "effect_sd": 0.0}, "the spread of the true change is 0"),
        # What nobody can know is asked for.
        ({"outcome": "mean"}, "those of ΔF are not those of a mean. Say the true mean change"),
        ({**TORQUE, "effect_sd": None, "outcome_name": "torque"}, "those of torque"),
        ({**TORQUE, "design": "ancova"}, "the spread between participants"),
        ({**TORQUE, "units": (4,), "tracked": False}, "the spread between a participant's units"),
        ({"design": "cluster"}, "the participants of a cluster"),
        (
            {"design": "cluster", "cluster_size": 4, "cluster_sd": 0.1, "participants": (10,)},
            "whole clusters of 4",
        ),
        ({"outcome": "spasms", "design": "ancova"}, "paired, crossover or parallel"),
    ],
)
def test_impossible_plans_are_refused(changes, words):
    with pytest.raises(rs.SettingsError, match=words):
        rs.PlanSettings(**changes)


def test_any_mean_is_planned_in_its_own_unit():
    usual = {"participants": (12,), "ramps": (1, 3), "effects": (-20.0,), "simulations": 300}
    spread = {"effect_sd": 10.0, "residual_sd": 15.0}
    named = {"outcome": "mean", "outcome_name": "burden of spasms", "outcome_unit": "% MVC s"}
    power = rs.plan(rs.PlanSettings(**usual, **spread, **named), seed=1)
    assert set(power.table["unit"]) == {"% MVC s"}
    page = report_text(power)
    assert "Plan: burden of spasms" in page and "−20.00 % MVC s, 3 tests a condition" in page
    assert "pps" not in page.split("Every setting")[0].split("<details")[0]
    assert "burden_of_spasms ~ time + (1 | participant) + (1 | participant:time)" in page


def test_sixteen_cells_of_ten_thousand_studies_take_seconds():
    settings = rs.PlanSettings(participants=(10, 15, 20, 30), units=(3, 8), effects=(-0.3, -0.4))
    began = time.process_time()
    assert len(rs.plan(settings).table) == 16
    assert time.process_time() - began < 10


def test_progress_and_history():
    seen = []
    settings = rs.PlanSettings(participants=(8, 9), units=(2, 3), simulations=200)
    power = rs.plan(settings, seed=2, progress=lambda done, total, what: seen.append((done, total)))
    assert seen == [(0, 2), (1, 2)]
    space = {}
    exec(power.history.as_python(), space)
    assert space["power"].table.equals(power.table)
    assert power.to_table().equals(power.table)


def retest(noise=0.5, n=400, seed=1):
    rng = np.random.default_rng(seed)
    true = rng.normal(3, 1, size=n)
    rows = [(f"P{i}", s, true[i] + rng.normal(0, noise)) for i in range(n) for s in ("a", "b")]
    return pd.DataFrame(rows, columns=["participant", "time", "y"])


def test_reliability_finds_what_was_put_in():
    row = rs.reliability(retest(), "y").table.iloc[0]
    assert row["typical_error"] == pytest.approx(0.5, rel=0.1)
    assert row["icc"] == pytest.approx(1 / 1.25, abs=0.06)
    assert row["icc_low"] < row["icc"] < row["icc_high"]
    assert row["sd_difference"] == pytest.approx(math.sqrt(2) * row["typical_error"])
    assert row["detectable_change"] == pytest.approx(1.96 * row["sd_difference"])


def test_limits_of_agreement_have_the_intervals_of_agreement():
    table = retest(n=12)
    row = rs.reliability(table, "y").table.iloc[0]
    wide = table.pivot_table(index="participant", columns="time", values="y")
    found = rs.stats.agreement(wide, "a", "b").table
    for name, mine in zip(("mean_difference", "loa_low", "loa_high"), range(3), strict=True):
        expected = found[["estimate", "low", "high"]].iloc[mine].to_list()
        assert [row[name], row[f"{name}_low"], row[f"{name}_high"]] == pytest.approx(expected)


def test_icc_of_shrout_and_fleiss():
    """Six targets, four judges (Shrout & Fleiss 1979, doi:10.1037/0033-2909.86.2.420): 0.29."""
    scores = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    rows = [(f"T{i}", f"J{j}", v) for i, row in enumerate(scores) for j, v in enumerate(row)]
    table = pd.DataFrame(rows, columns=["participant", "time", "score"]).astype({"score": float})
    row = rs.reliability(table, "score").table.iloc[0]
    assert row["icc"] == pytest.approx(0.29, abs=0.005)
    assert (row["icc_low"], row["icc_high"]) == pytest.approx((0.02, 0.76), abs=0.01)


@pytest.mark.parametrize(
    ("change", "arguments", "words"),
    [
        ({}, {"session": "day"}, "no column 'day'"),
        ({}, {"sessions": ("a", "c")}, "has no 'c'"),
        ({"time": "a"}, {}, "one session only"),
        ({"y": "high"}, {}, "has text"),
    ],
)
def test_tables_without_a_retest_are_refused(change, arguments, words):
    with pytest.raises(rs.DataError, match=words):
        rs.reliability(retest(n=5).assign(**change), "y", **arguments)


def test_too_few_retests_are_refused():
    with pytest.raises(rs.DataError, match="reliability needs three"):
        rs.reliability(retest(n=2), "y")


def test_pages_of_plans(tmp_path):
    power = rs.plan(rs.PlanSettings(participants=(8, 12), simulations=200))
    page = rs.report(power, tmp_path / "plan.html").read_text()
    assert page.count("<svg") == 1
    assert "8 units" in page
    assert report_text(power, reliability=rs.reliability(retest(n=9), "y")).count("<svg") == 2
    assert rs.reliability(retest(n=9), "y").plot() is not None


# Several treatments, unequal groups, pairs of periods: each against what is known of it.
UNIT = {"outcome": "mean", "effect_sd": 0.0, "residual_sd": math.sqrt(0.5), "simulations": 20_000}
NEAR = 0.012


def plain(**changes):
    """A plan of a mean whose change has a variance of 1."""
    return rs.PlanSettings(**{"effects": (1.0,), **UNIT, **changes})


def t_power(df, shift, critical_df=None):
    return float(stats.nct.sf(stats.t.isf(0.025, critical_df or df), df, shift))


@pytest.mark.parametrize(
    ("changes", "participants", "expected"),
    [
        # Groups share their variance: 3 n - 3 degrees of freedom.
        (
            {"design": "parallel", "treatments": 3, "comparisons": "primary"},
            15,
            t_power(42, 1 / math.sqrt(2 / 15)),
        ),
        (
            {"design": "parallel", "treatments": 3, "comparisons": "joint"},
            15,
            float(stats.ncf.sf(stats.f.isf(0.05, 2, 42), 2, 42, 15 * 2 / 3)),
        ),
        (
            {"design": "parallel", "treatments": 4, "comparisons": "joint", "others_effect": 1.0},
            10,
            float(stats.ncf.sf(stats.f.isf(0.05, 3, 36), 3, 36, 10 * 0.75)),
        ),
        (
            {"design": "parallel", "allocation": "2:1"},
            45,
            t_power(43, 1 / math.sqrt(1 / 30 + 1 / 15)),
        ),
        (
            {
                "design": "parallel",
                "treatments": 3,
                "allocation": "1:1:2",
                "comparisons": "primary",
            },
            40,
            t_power(37, 1 / math.sqrt(1 / 10 + 1 / 20)),
        ),
        # The slope is estimated: a factor of 1 + 1 / (N - 4) on average.
        (
            {"design": "ancova", "allocation": "3:1", "participant_sd": 1.0},
            40,
            t_power(37, 1 / math.sqrt(1.5 * (1 - 1 / 1.5**2) * (1 / 30 + 1 / 10) * (1 + 1 / 36))),
        ),
        # Crossover, balanced: twice the variance of a cell over people; people's df.
        (
            {"design": "crossover", "treatments": 3, "comparisons": "primary"},
            12,
            t_power(20, math.sqrt(12), 11),
        ),
        (
            {"design": "crossover", "treatments": 4, "comparisons": "primary", "carry_over": 0.2},
            8,
            t_power(18, 0.95 * math.sqrt(8), 7),
        ),
        (
            {"design": "n-of-1", "pairs": 4, "effect_sd": 0.8},
            10,
            t_power(9, math.sqrt(10 / (0.64 + 1 / 4))),
        ),
        ({"design": "n-of-1", "pairs": 12}, 1, t_power(11, math.sqrt(12))),
    ],
)
def test_several_groups_and_periods_have_the_power_that_is_known(changes, participants, expected):
    settings = plain(**changes)
    assert _share(settings, Cell(participants, 1, 1), 0, 1.0) == pytest.approx(expected, abs=NEAR)


@pytest.mark.parametrize("comparisons", ["holm", "all"])
def test_holm_s_power_is_that_of_drawn_studies(comparisons):
    settings = plain(design="parallel", treatments=4, comparisons=comparisons, others_effect=0.7)
    rng, n, m = np.random.default_rng(8), 20, 20_000
    y = rng.standard_normal((m, 4, n))
    means = y.mean(axis=2) + np.array([1, 0.7, 0.7, 0])
    t = (means[:, :3] - means[:, 3:]) / np.sqrt(y.var(axis=2, ddof=1).mean(axis=1) * 2 / n)[:, None]
    p = 2 * stats.t.sf(np.abs(t), 76)
    corrected = np.array([adjusted(each, "holm") for each in p])
    fine = (corrected < 0.05) & (t > 0)
    expected = (fine.all(axis=1) if comparisons == "all" else fine[:, 0]).mean()
    assert _share(settings, Cell(n, 1, 1), 0, 1.0) == pytest.approx(expected, abs=NEAR)


@pytest.mark.parametrize("dropout", [0.0, 0.3])
@pytest.mark.parametrize(
    "changes",
    [
        {"design": "parallel", "treatments": 3, "allocation": "1:2:1"},
        {"design": "ancova", "treatments": 4, "participant_sd": 1.0},
        {"design": "cluster", "treatments": 3, "cluster_size": 2, "cluster_sd": 0.3},
        {"design": "parallel", "treatments": 3, "comparisons": "joint"},
        {"design": "ancova", "treatments": 3, "comparisons": "joint", "participant_sd": 1.0},
    ],
)
def test_several_comparisons_together_keep_the_level(changes, dropout):
    """Without an effect at most 5 % of studies find anything, in either direction."""
    settings = plain(**changes, dropout=dropout)
    found = studies(settings, Cell(24, 1, 1), 1)
    if settings.comparisons == "joint":
        share = found_it(settings, found, 1e-12).mean()
    else:
        share = holm(found.estimate / found.error, found, 0.05).any(axis=1).mean()
    assert 0.03 < share < 0.056


@pytest.mark.parametrize(
    "changes",
    [
        {"design": "crossover", "treatments": 3, "dropout": 0.2},
        {"design": "crossover", "treatments": 4, "comparisons": "joint"},
        {"design": "n-of-1", "effect_sd": 0.2, "pairs": 3},
    ],
)
def test_tests_with_people_s_degrees_of_freedom_never_exceed_the_level(changes):
    settings = plain(**changes)
    found = studies(settings, Cell(14, 1, 1), 1)
    if settings.comparisons == "joint":
        share = found_it(settings, found, 1e-12).mean()
    else:
        share = holm(found.estimate / found.error, found, 0.05).any(axis=1).mean()
    assert 0.02 < share < 0.055


@pytest.mark.parametrize("design", ["parallel", "ancova", "cluster"])
def test_drawing_sums_of_several_unequal_groups_is_drawing_participants(design, monkeypatch):
    more = {"cluster_size": 2, "cluster_sd": 0.2} if design == "cluster" else {"dropout": 0.2}
    more |= {"participant_sd": 1.0} if design == "ancova" else {}
    settings = plain(
        design=design,
        treatments=3,
        allocation="2:1:1",
        participants=(48,),
        others_effect=0.5,
        **more,
    )
    quick = rs.plan(settings).table["power"].iloc[0]
    monkeypatch.setattr(
        "renshaw.statistics.planning.studies.needs_participants", lambda settings: True
    )
    assert rs.plan(settings, seed=1).table["power"].iloc[0] == pytest.approx(quick, abs=0.015)


@pytest.mark.parametrize("comparisons", ["holm", "all", "joint", "primary"])
def test_the_detectable_change_of_several_treatments_is_detected(comparisons):
    settings = plain(
        design="parallel",
        treatments=3,
        comparisons=comparisons,
        others_effect=0.6,
        participants=(20,),
    )
    row = rs.plan(settings).table.iloc[0]
    assert row["detectable_low"] <= row["detectable"] <= row["detectable_high"]
    assert _share(settings, Cell(20, 1, 1), 5, row["detectable"]) == pytest.approx(0.8, abs=0.015)


def test_diaries_of_three_groups_are_planned():
    settings = rs.PlanSettings(
        outcome="spasms", design="parallel", treatments=3, comparisons="primary", ratios=(0.5,)
    )
    two = settings.replace(treatments=2, comparisons="holm")
    three, pair = (_share(each, Cell(20, 1, 7), 0, 0.5) for each in (settings, two))
    # The third group adds degrees of freedom, and nothing else.
    assert pair - 0.01 < three < pair + 0.03
    large = [_share(settings, Cell(n, 1, 7), 0, 0.8) for n in (100, 101)]
    assert large[0] == pytest.approx(large[1], abs=0.02)


def test_pairs_of_one_person_and_people_of_a_series_are_both_said():
    power = rs.plan(plain(design="n-of-1", effect_sd=0.5, pairs=5))
    alone = power.alone[0]
    exact = next(k for k in range(3, 100) if t_power(k - 1, math.sqrt(k)) >= 0.8)
    assert alone.low <= exact <= alone.high
    needed = power.needed[0].participants
    people = next(n for n in range(2, 99) if t_power(n - 1, math.sqrt(n / 0.45)) >= 0.8)
    assert needed == pytest.approx(people, abs=1)
    sentences = [each.sentence for each in power.findings()]
    assert "In one person whose own true change is +1.00" in sentences[1]
    one = rs.plan(plain(design="n-of-1", participants=(1,), simulations=1000))
    assert one.finding.sentence.startswith("In one person")
    page = report_text(power)
    assert "pairs of periods" in page and "renshaw trial n-of-1" in page
    assert any("10 pairs of periods" in words for words in power.finding.would_change)


def test_a_plan_of_several_says_what_is_to_be_found():
    settings = plain(design="parallel", treatments=3, allocation="1:1:2")
    power = rs.plan(settings.replace(simulations=2000))
    n = power.needed[0].participants
    assert n % 4 == 0
    sizes = f"groups of {n // 4}, {n // 4} and {n // 2}, the control last"
    assert f"{n} participants in all ({sizes})" in power.finding.sentence
    page = report_text(power)
    assert "2 treatments are compared with the control, corrected by Holm" in page
    assert "3 arms, allocation 1:1:2" in page and "--references group=control" in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"treatments": 3}, "two conditions are compared"),
        ({"design": "n-of-1", "treatments": 3}, "two conditions are compared"),
        ({"treatments": 1, "design": "parallel"}, "from 2"),
        ({"comparisons": "joint"}, "one treatment is compared"),
        ({"others_effect": 0.5}, "one treatment is compared"),
        ({"allocation": "2:1"}, "everyone has every condition"),
        ({"design": "crossover", "allocation": "2:1"}, "everyone has every condition"),
        ({"design": "parallel", "allocation": "2"}, "of 1 group, and there are 2"),
        ({"design": "parallel", "allocation": "2:0"}, "whole numbers from 1 to 100"),
        ({"design": "parallel", "allocation": "2:1.5"}, "whole numbers"),
        ({"design": "parallel", "allocation": "2:-1"}, "whole numbers"),
        ({"design": "parallel", "allocation": "2:1", "participants": (20,)}, "multiples of 3"),
        ({"design": "crossover", "treatments": 3, "participants": (4,)}, "6 can be tested"),
        ({"design": "crossover", "treatments": 3, "units_vary": True}, "not planned for here"),
        ({"design": "parallel", "allocation": "2-1"}, "the control last: 2:1"),
        ({"design": "parallel", "allocation": ":"}, "whole numbers"),
        ({"pairs": 5}, "it is of n-of-1"),
        ({"design": "n-of-1", "carry_over": 0.2}, "leave a washout"),
        (
            {"design": "parallel", "treatments": 3, "comparisons": "all"},
            "only the first treatment has an effect",
        ),
        ({"outcome": "spasms", "design": "crossover", "treatments": 3}, "planned for two"),
        ({"outcome": "spasms", "design": "n-of-1"}, "paired, crossover or parallel"),
    ],
)
def test_impossible_plans_of_several_are_refused(changes, words):
    with pytest.raises(rs.SettingsError, match=words):
        rs.PlanSettings(**changes)


@pytest.mark.parametrize(
    ("settings", "cell"),
    [
        (plain(design="parallel", treatments=3), Cell(14, 1, 1)),
        (plain(design="ancova", allocation="2:1", participant_sd=1.0), Cell(24, 1, 1)),
        (plain(design="crossover", treatments=3, comparisons="joint"), Cell(9, 1, 1)),
        (plain(design="n-of-1", pairs=3, effect_sd=0.8), Cell(8, 1, 1)),
        (plain(design="n-of-1", pairs=8), Cell(1, 1, 1)),
    ],
)
def test_whole_fits_find_as_much(settings, cell):
    found = power_by_fits(settings, cell, 1.0, 40, seed=2)
    quick = _share(settings, cell, 0, 1.0)
    reach = 3.5 * math.sqrt(quick * (1 - quick) / 40)
    assert found.power == pytest.approx(quick, abs=reach)
