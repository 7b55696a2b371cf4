"""Power is what theory says where theory has an answer; reliability is what its definition says."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import renshaw as rs
from renshaw.reports.report import report_text


def exact(n, effect, sd, alpha=0.05):
    noncentral = stats.nct(n - 1, effect / sd * math.sqrt(n))
    t = stats.t.isf(alpha / 2, n - 1)
    return noncentral.sf(t) + noncentral.cdf(-t)


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


@pytest.mark.parametrize("outcome", ["delta_f", "spasms"])
@pytest.mark.parametrize("design", ["paired", "parallel"])
def test_without_an_effect_power_is_the_level(outcome, design):
    settings = rs.PlanSettings(
        outcome=outcome,
        design=design,
        participants=(12,),
        units=(5,),
        ramps=(7,),
        effects=(0.0,),
        ratios=(1.0,),
        units_vary=outcome == "delta_f",
        simulations=20_000,
    )
    assert rs.plan(settings).table["power"].iloc[0] == pytest.approx(0.05, abs=0.008)


def power_of(**changes):
    base = {"participants": (15,), "units": (5,), "effects": (-0.4,), "ratios": (0.7,)}
    return rs.plan(rs.PlanSettings(**{**base, **changes})).table["power"].iloc[0]


def test_what_costs_power_and_what_gains_it():
    assert power_of(tracked=False) < power_of() - 0.05
    assert power_of(effect_sd=0.9) < power_of() - 0.2
    assert power_of(ramps=(4,)) > power_of() + 0.05
    assert power_of(design="parallel") < power_of()
    assert power_of(units_vary=True) < power_of()
    spasms = {"outcome": "spasms", "ramps": (7,)}
    assert (
        power_of(**spasms, dispersion=2.0) < power_of(**spasms) < power_of(**spasms, dispersion=0.0)
    )


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
    again = rs.plan(
        rs.PlanSettings(outcome="spasms", participants=(20,), ramps=(7,), ratios=(ratio,)), seed=3
    )
    assert again.table["power"].iloc[0] == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"participants": (1,)}, "whole number from 2"),
        ({"participants": ()}, "list of numbers"),
        ({"units": (2.5,)}, "whole number from 1"),
        ({"effects": (math.nan,)}, "must be a number"),
        ({"ratios": (0.0,)}, "must be above 0"),
        ({"outcome": "spasm"}, "Did you mean 'spasms'"),
        ({"ramps": tuple(range(1, 300))}, "too many"),
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
    # A test gives one value: as a ramp of one unit does.
    same = rs.plan(rs.PlanSettings(**usual, **spread, units=(1,)), seed=1)
    assert list(power.table["power"]) == list(same.table["power"])
    assert set(power.table["unit"]) == {"% MVC s"} and set(same.table["unit"]) == {"pps"}
    page = report_text(power)
    assert "Plan: burden of spasms" in page and "−20.00 % MVC s, 3 tests a condition" in page
    assert "pps" not in page.split("Every setting")[0].split("<details")[0]
    with pytest.raises(rs.SettingsError, match="is for another mean"):
        rs.PlanSettings(outcome_unit="N")


def test_progress_and_history():
    seen = []
    settings = rs.PlanSettings(participants=(8, 9), units=(2,), simulations=200)
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
