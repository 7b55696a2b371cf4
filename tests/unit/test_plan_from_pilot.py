"""A plan from a table of one's own, and its check by whole fits of the model of `compare`."""

import math

import numpy as np
import pandas as pd
import pytest

import renshaw as rs
from renshaw.cli import app
from renshaw.statistics.planning.full_fits import checked, power_by_fits
from renshaw.statistics.planning.studies import Cell

FORMULA = "torque ~ time + (1 | participant/unit)"


def table(people=60, units=6, ramps=2, seed=3, spreads=(0.8, 0.5, 0.7, 0.6), groups=False):
    rng = np.random.default_rng(seed)
    person, change, unit, residual = spreads
    rows = []
    for p in range(people):
        own, mine = rng.normal(0, person), rng.normal(0, change)
        for u in range(units):
            base = rng.normal(0, unit)
            for time in ("pre", "post"):
                for _ in range(ramps):
                    value = 9 + own + base + (time == "post") * (0.4 + mine)
                    who = (f"P{p}", f"u{u}", time, "AB"[p % 2])
                    rows.append((*who, value + rng.normal(0, residual)))
    names = ["participant", "unit", "time", "group", "torque"]
    return pd.DataFrame(rows, columns=names)


def test_a_pilot_gives_back_the_spreads_that_made_it():
    found = rs.stats.pilot(table(), FORMULA)
    assert found.spreads["effect_sd"] == pytest.approx(0.5, rel=0.25)
    assert found.spreads["residual_sd"] == pytest.approx(0.6, rel=0.1)
    assert found.spreads["unit_sd"] == pytest.approx(0.7, rel=0.15)
    assert found.spreads["participant_sd"] == pytest.approx(0.8, rel=0.35)
    assert (found.units, found.ramps, found.people) == (6, 2, 60)
    assert found.design == "paired" and found.outcome == "torque"


def test_slopes_and_clusters_say_the_same():
    data = table(40, ramps=1)
    slope = rs.stats.pilot(
        data, "torque ~ time + (1 + time | participant) + (1 | participant:unit)"
    )
    cluster = rs.stats.pilot(data, FORMULA)
    assert slope.spreads["effect_sd"] == pytest.approx(cluster.spreads["effect_sd"], rel=0.1)


def test_groups_whose_changes_are_compared_are_parallel():
    assert rs.stats.pilot(table(20), "torque ~ group * time + (1|participant)").design == "parallel"


def test_the_plan_of_a_pilot_is_in_the_pilot_s_unit_and_as_unsure_as_it(tmp_path, capsys):
    path = tmp_path / "pilot.csv"
    table(12).to_csv(path, index=False)
    words = ["plan", str(path), "-f", FORMULA, "-q", "--simulations", "500"]
    assert app.main(words) == 1
    said = capsys.readouterr().err
    assert "Say the change that is to be seen" in said and "post minus pre" in said
    out = tmp_path / "plan"
    words += ["--effects", "0.5", "--outcome-unit", "Nm", "-o", str(out)]
    assert app.main(words) == 0
    said = capsys.readouterr().out
    assert "+0.50 Nm, 6 units, 2 ramps" in said and "(assurance)" in said
    assert "Of 12 participants" in said
    page = (out / "report.html").read_text()
    assert "torque ~ time + (1 | participant) + (1 | participant:time)" in page
    text = (out / "protocol_text.md").read_text()
    assert "SPIRIT 2025, item 19" in text and "true change of +0.50 Nm" in text


def test_a_pilot_that_shows_no_spread_is_warned_of():
    flat = rs.stats.pilot(table(8, ramps=1, spreads=(1.0, 0.0, 0.0, 0.6), seed=4), FORMULA)
    if flat.spreads["effect_sd"] == 0:
        assert "no proof" in flat.warning
    else:
        assert not flat.warning
    once = table(8, units=1, ramps=1)
    single = rs.stats.pilot(once, "torque ~ time + (1|participant)")
    assert not single.warning
    assert "people's own changes are in residual_sd" in single.words()


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("torque ~ group + (1|participant)", "no factor of the formula varies within"),
        ("torque ~ time", "nobody is named"),
        ("torque ~ day + (1|participant)", "day"),
    ],
)
def test_tables_without_a_change_are_refused(formula, words):
    with pytest.raises(rs.DataError, match=words):
        rs.stats.pilot(table(6, units=1, ramps=1), formula)


@pytest.mark.parametrize(
    ("more", "n"),
    [
        ({}, 12),
        ({"design": "crossover"}, 12),
        ({"design": "parallel"}, 16),
        ({"design": "ancova"}, 16),
        ({"design": "cluster", "cluster_size": 4, "cluster_sd": 0.15}, 24),
    ],
)
def test_the_quick_test_is_the_analysis_that_compare_does(more, n):
    """docs/planning.md has this with many more fits."""
    settings = rs.PlanSettings(participants=(n,), units=(3,), effects=(-0.5,), **more)
    quick = rs.plan(settings).table["power"].iloc[0]
    fits = 25
    whole = power_by_fits(settings, Cell(n, 3, 1), -0.5, fits)
    error = math.sqrt(quick * (1 - quick) / fits)
    assert whole.power == pytest.approx(quick, abs=3.5 * error)
    assert whole.low < whole.power < whole.high


def test_a_plan_says_what_whole_fits_say():
    power = checked(rs.plan(rs.PlanSettings(units=(3,), effects=(-0.9,))), 10)
    assert "simulated row by row" in " ".join(power.finding.how_sure)
    with pytest.raises(rs.SettingsError, match="ten or more"):
        checked(power, 3)
