"""Families other than normal are tested with the degrees of freedom that people allow."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import renshaw as rs
from renshaw.findings.model_methods import methods
from renshaw.statistics.settings import MixedModelSettings

QUIET = {"bootstraps": 0, "sign_flips": 0, "family": "poisson"}


def counts(people=12, days=4, seed=3):
    """Counts of people in two groups, at three times; the groups lie in four sites."""
    rng = np.random.default_rng(seed)
    who, time, _ = (g.ravel() for g in np.indices((people, 3, days)))
    own = 0.6 * rng.normal(size=people)[who] + 0.3 * rng.normal(size=(people, 3))[who, time]
    return pd.DataFrame(
        {
            "y": rng.poisson(np.exp(1.2 + own)),
            "time": np.array(["t1", "t2", "t3"])[time],
            "group": np.where(who % 2, "drug", "control"),
            "site": [f"S{n % 4}" for n in who],
            "who": [f"P{n:02d}" for n in who],
        }
    )


def compared(formula, table=None, **more):
    table = counts() if table is None else table
    return rs.compare(table, formula, MixedModelSettings(**QUIET | more))


def dfs(model):
    return model.anova.set_index("term")["den_df"].to_dict()


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("y ~ time + (1|who)", {"time": 22}),
        ("y ~ group + (1|who)", {"group": 10}),
        ("y ~ group * time + (1|who)", {"group": 10, "time": 20, "group:time": 20}),
        # Of four sites two are treated: the site carries the group where it scatters.
        ("y ~ group + (1|site/who)", {"group": 2}),
    ],
)
def test_a_term_has_the_degrees_of_freedom_of_its_people(formula, expected):
    assert dfs(compared(formula)) == pytest.approx(expected)


def test_people_of_whom_not_all_are_seen_twice_carry_less():
    table = counts()
    gone = table["who"].isin(["P00", "P01", "P02"]) & (table["time"] != "t1")
    model = compared("y ~ time + (1|who)", table[~gone])
    assert dfs(model)["time"] == 2 * (12 - 3 - 1)


def test_rows_of_no_one_in_particular_count_one_by_one():
    table = counts().drop_duplicates("who").drop(columns=["who", "site"])
    assert dfs(compared("y ~ group", table)) == {"group": len(table) - 2}


def test_p_and_interval_are_those_of_t():
    model = compared("y ~ group + (1|who)")
    row = model.fixed_effects.iloc[1]
    assert row["p_value"] == pytest.approx(2 * stats.t.sf(abs(row["statistic"]), 10))
    reach = stats.t.ppf(0.975, 10) * row["std_error"]
    assert row["ci_high"] - row["estimate"] == pytest.approx(reach)
    assert model.answers[0].df == 10
    assert "t tests with as many degrees of freedom as the people" in methods(model)
    assert any("as many degrees of freedom as the people" in r.words for r in model.remarks)


def test_as_written_the_tests_are_walds():
    model = compared("y ~ group + (1|who)", structure="written")
    row = model.fixed_effects.iloc[1]
    assert math.isinf(row["df"])
    assert row["p_value"] == pytest.approx(2 * stats.norm.sf(abs(row["statistic"])))
    assert "Wald tests" in methods(model)
    assert ", df = " not in model.script


def test_the_model_as_written_stands_beside_with_z():
    table = counts(days=8, seed=5)
    model = compared("y ~ time + (1|who)", table)
    assert model.written is not None
    assert np.isinf(model.written.anova["den_df"]).all()
    assert dfs(model) == {"time": 22}


def test_the_script_gives_emmeans_the_degrees_of_freedom():
    model = compared("y ~ group + (1|who)")
    assert model.script.count(", df = 10)") == 3


def test_a_normal_family_keeps_its_own():
    table = counts().assign(y=lambda t: np.log1p(t["y"]) + 0.01 * np.arange(len(t)))
    model = compared("y ~ group + (1|who)", table, family="normal")
    assert dfs(model)["group"] == pytest.approx(10, abs=0.2)
    assert dfs(model)["group"] != 10


def test_the_ratios_of_a_hurdle_have_both_parts_degrees_of_freedom():
    table = counts()
    table["y"] = np.where(np.arange(len(table)) % 3 == 0, 0, table["y"])
    means = {}
    for structure in ("supported", "written"):
        model = compared("y ~ group + (1|who)", table, family="hurdle-poisson", structure=structure)
        ratio = model.overall.ratios.iloc[0]
        means[structure] = np.log(ratio["ci_high"] / ratio["ci_low"])
    wider = means["supported"] / means["written"]
    fewest, most = (stats.t.ppf(0.975, df) / stats.norm.ppf(0.975) for df in (20, 10))
    assert fewest <= wider <= most + 1e-9
