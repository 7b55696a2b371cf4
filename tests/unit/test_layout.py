"""Who was measured, what is nested in what, and where effects vary: from a table's structure."""

import numpy as np
import pandas as pd
import pytest

import renshaw as rs
from renshaw.statistics.fitting.fit import fitted
from renshaw.statistics.formulas.formula import parse
from renshaw.statistics.structure.layout import layout

QUICK = rs.stats.MixedModelSettings(bootstraps=0, sign_flips=0)


def table(column="participant", numbers=False, explicit=False, seed=0, people=15, units=6):
    """People with units before and after; units are numbered anew, or named after their person."""
    rng = np.random.default_rng(seed)
    rows = []
    for p in range(people):
        own = rng.normal()
        for u in range(units):
            unit = rng.normal(0, 0.7)
            for time in ("pre", "post"):
                who = 101 + p if numbers else f"{chr(65 + p)}{p}"
                mu = f"{p}_{u}" if explicit else u + 1
                rows.append((who, mu, time, 5 + own + unit + rng.normal(0, 0.6)))
    return pd.DataFrame(rows, columns=[column, "mu", "time", "y"])


def read(data, formula):
    return layout(fitted(data, parse(formula)))


@pytest.mark.parametrize("numbers", [False, True])
@pytest.mark.parametrize("explicit", [False, True])
@pytest.mark.parametrize("column", ["name", "subj_id", "code", "record_id", "Proband", "sujet"])
def test_people_are_found_whatever_their_column_is_called(column, explicit, numbers):
    data = table(column, numbers, explicit)
    rng = np.random.default_rng(1)
    data["alter"] = np.repeat(rng.integers(20, 40, 15), 12)
    data["rt"] = rng.uniform(5, 40, len(data))
    for formula, unnamed in (
        ("y ~ time", True),
        ("y ~ time + (1|mu)", True),
        (f"y ~ time + (1|{column})", False),
        (f"y ~ time + (1|{column}/mu)", False),
        (f"y ~ time + (1|{column}:mu)", False),
    ):
        found = read(data, formula)
        assert (found.participants, found.unnamed) == (column, unnamed), formula
        assert found.people == 15


def test_two_names_of_the_same_people_are_no_alarm():
    data = table("id").assign(participant=lambda t: "Mr " + t["id"])
    model = rs.compare(data, "y ~ time + (1|id)", QUICK)
    assert not any("Pseudo" in words for words in model.warnings)
    assert not read(data, "y ~ time + (1|participant)").unnamed


def test_rows_of_nobody_raise_no_alarm():
    rng = np.random.default_rng(2)
    data = pd.DataFrame({"x": rng.normal(size=90), "y": rng.normal(size=90)})
    data["block"] = np.arange(90) % 9
    data["batch"] = [f"b{n // 10}" for n in range(90)]
    assert read(data, "y ~ x").participants == ""


def test_units_are_nested_with_and_without_names_of_their_own():
    anew = read(table(), "y ~ time + (1|participant/mu)")
    assert [g.columns for g in anew.groupings] == [("participant",), ("participant", "mu")]
    assert anew.groupings[1].numbered_anew
    assert anew.groupings[1].inside == ("participant",)
    own = read(table(explicit=True), "y ~ time + (1|participant) + (1|mu)")
    assert [g.columns for g in own.groupings] == [("participant",), ("mu",)]
    assert own.groupings[1].inside == ("participant",)
    assert not own.groupings[1].numbered_anew
    crossed = read(table(), "y ~ time + (1|participant) + (1|mu)")
    assert ("participant", "mu") in [g.columns for g in crossed.groupings]


def test_effects_vary_between_or_within_and_people_carry_them():
    data = table(people=12).assign(group=lambda t: np.where(t["participant"] < "G", "a", "b"))
    data["kind"] = np.where(data["mu"] % 2, "slow", "fast")
    found = read(data, "y ~ group * time + kind + (1|participant/mu)")
    time, group = found.of("time"), found.of("group")
    assert (time.within, time.replicated, time.groups, time.sessions) == (True, True, 12, 24)
    # As in an analysis of variance: people less groups, whose times differ.
    assert time.most_df == 10
    assert (group.within, group.groups, group.most_df) == (False, 12, 10)
    assert found.of("group:time").most_df == 10
    assert found.of("kind").within
    assert not found.of("kind", "participant:mu").within
    assert not found.of("time", "participant:mu").replicated


def test_subjects_that_are_numbered_anew_in_every_group_are_different_people():
    data = table(people=12, numbers=True).rename(columns={"participant": "subject"})
    data["arm"] = np.where(data["subject"] < 107, "a", "b")
    data["subject"] = (data["subject"] - 101) % 6
    found = read(data, "y ~ arm * time + (1|arm:subject)")
    assert (found.participants, found.people) == ("arm:subject", 12)
    assert not found.of("arm").within
    assert found.of("time").within


def test_of_crossed_groupings_that_both_have_attributes_the_larger_is_people() -> None:
    rng = np.random.default_rng(1)
    rows = [
        (f"S{who}", "MF"[who % 2], f"i{item}", "ab"[item % 2], "xyz"[item % 3], rng.normal())
        for who in range(40)
        for item in range(12)
    ]
    table = pd.DataFrame(rows, columns=["id", "gender", "item", "mode", "kind", "y"])
    model = rs.compare(
        table,
        "y ~ gender + mode + (1|id) + (1|item)",
        rs.stats.MixedModelSettings(bootstraps=0, sign_flips=0),
    )
    assert (model.layout.participants, model.layout.people) == ("id", 40)


@pytest.mark.parametrize("seed", range(12))
def test_other_outcomes_and_ages_in_whole_numbers_are_not_people(seed):
    """They go with the response along a curve; the numbers of people are in no order."""
    rng = np.random.default_rng(seed)
    well = rng.normal(0, 1, 40)
    score = np.round(10 + 2 * well + rng.normal(0, 1, 40)).astype(int)
    age = rng.integers(20, 36, 40)
    table = pd.DataFrame(
        {
            "group": np.repeat(["a", "b"], 20),
            "y": well + 0.2 * age + rng.normal(0, 0.5, 40),
            "score": score,
            "age": age,
            "old": np.where(age > 28, "older", "younger"),
        }
    )
    assert read(table, "y ~ group").participants == ""


def test_people_whose_numbers_follow_their_groups_are_people():
    rng = np.random.default_rng(1)
    who = np.repeat(np.arange(1, 13), 6)
    table = pd.DataFrame({"code": who, "group": np.where(who > 6, "b", "a")})
    table["y"] = rng.normal(0, 0.3, 13)[who] + rng.normal(0, 1, len(who))
    assert read(table, "y ~ group").participants == "code"
