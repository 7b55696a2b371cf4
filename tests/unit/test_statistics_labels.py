"""Labels that are nearly the same are asked about, and others are not."""

import numpy as np
import pandas as pd
import pytest

import renshaw as rs
from renshaw.statistics.reading.labels import near_equal


@pytest.mark.parametrize(
    "words",
    [
        ("pre", "Pre"),
        ("pre ", "pre"),
        ("P1", "P01"),
        ("P_01", "p-1"),
        ("week 1", "Week1"),
        ("post test", "post-test"),
        ("café", "cafe\u0301"),
        ("sham.", "sham"),
        ("L\u2013dopa", "L-dopa"),
    ],
)
def test_labels_written_in_several_ways(words):
    assert near_equal(dict.fromkeys(words, 10)) == [words]


@pytest.mark.parametrize(
    "words",
    [
        ("pre", "post"),
        ("T1", "T2"),
        ("1-1", "11"),
        ("1.05", "1.5"),
        ("week1", "week2"),
        ("group A", "group B"),
        ("treated", "treatment"),
        ("P10", "P01"),
        ("100 mg", "10 mg"),
        ("left", "right"),
    ],
)
def test_labels_that_are_meant_to_differ(words):
    assert near_equal({words[0]: 40, words[1]: 1}) == []


@pytest.mark.parametrize("slip", ["contorl", "contol", "conttrol", "comtrol"])
def test_a_rare_slip_of_the_pen_is_asked_about(slip):
    assert near_equal({"control": 40, slip: 1}) == [("control", slip)]
    assert near_equal({"control": 40, slip: 30}) == []


@pytest.fixture
def table():
    rng = np.random.default_rng(1)
    rows = [
        (f"P{who}", time, rng.normal())
        for who in range(8)
        for time in ("pre", "post")
        for _ in "ab"
    ]
    found = pd.DataFrame(rows, columns=["who", "time", "y"])
    found.loc[[1, 5], "time"] = "Pre"
    return found


def test_a_model_asks_merges_or_keeps(table):
    formula = "y ~ time + (1|who)"
    with pytest.raises(rs.DataError, match=r"'time' has 'pre' \(14 rows\) and 'Pre' \(2 rows\)"):
        rs.compare(table, formula)
    merged = rs.compare(table, formula, rs.stats.MixedModelSettings(labels="merge", bootstraps=0))
    meant = table.assign(time=table["time"].str.lower())
    whole = rs.compare(meant, formula, rs.stats.MixedModelSettings(bootstraps=0))
    pd.testing.assert_frame_equal(merged.fixed_effects, whole.fixed_effects)
    kept = rs.compare(table, formula, rs.stats.MixedModelSettings(labels="keep", bootstraps=0))
    assert len(kept.fixed_effects) == 3
