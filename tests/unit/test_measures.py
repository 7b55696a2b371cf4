"""What targets are held against: numbers of groups of people, checked against closed forms."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from renshaw.study import measures

# Shrout & Fleiss 1979, Psychol Bull 86:420-428, table 2: six targets by four judges; ICC(2,1) = .29
SHROUT_FLEISS = [
    [9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7],
]  # fmt: skip


def table_of(series: dict[str, list[list[float]]], quantity: str = "q") -> pd.DataFrame:
    """One row a value: of each series a list of people, each a list of values of units."""
    rows = [
        (name, person, 0, unit, quantity, value, "exact", True)
        for name, people in series.items()
        for person, values in enumerate(people)
        for unit, value in enumerate(values, start=1)
    ]
    columns = ["series", "participant", "trial", "unit", "quantity", "value", "bound", "ok"]
    return pd.DataFrame(rows, columns=columns)


def people(means: list[float]) -> list[list[float]]:
    return [[mean] for mean in means]


def interval(found: measures.Measured) -> list[float]:
    return [found.ci_low, found.ci_high]


A, B = [4.0, 5.5, 3.0, 6.1, 4.4], [3.1, 4.9, 2.0, 6.0, 3.2]


def test_people_are_the_unit_of_a_mean_whatever_number_of_units_they_have():
    table = table_of({"s": [[1.0, 1.0, 1.0, 1.0], [3.0], [5.0, 5.0]]})
    found = measures.mean("s", "q")(table)
    assert found.value == 3.0
    known = stats.ttest_1samp([1.0, 3.0, 5.0], 0).confidence_interval()
    np.testing.assert_allclose(interval(found), known)


def test_values_that_are_not_ok_bounds_or_of_another_kind_don_t_count():
    table = table_of({"s": people(A)})
    others = table.assign(value=100.0, ok=False)
    bounds = table.assign(value=100.0, bound="at least")
    elsewhere = table.assign(value=100.0, quantity="other")
    everything = pd.concat([table, others, bounds, elsewhere, table.assign(series="t", value=50.0)])
    assert measures.mean("s", "q")(everything) == measures.mean("s", "q")(table)


def test_trials_of_a_person_are_averaged():
    table = table_of({"s": people(A)})
    twice = pd.concat([table, table.assign(trial=1, value=table["value"] + 1)])
    assert measures.mean("s", "q")(twice).value == pytest.approx(np.mean(A) + 0.5)


def test_change_is_a_paired_t_interval():
    found = measures.change("after", "before", "q")(
        table_of({"before": people(A), "after": people(B)})
    )
    known = stats.ttest_rel(B, A).confidence_interval()
    assert found.value == pytest.approx(np.mean(B) - np.mean(A))
    np.testing.assert_allclose(interval(found), known)


def test_change_passes_over_who_was_measured_once_only():
    found = measures.change("after", "before", "q")(
        table_of({"before": people(A), "after": people([*B[:4]])})
    )
    assert found.value == pytest.approx(np.mean(np.subtract(B[:4], A[:4])))


def test_contrast_is_that_of_welch():
    found = measures.contrast("older", "young", "q")(
        table_of({"older": people(B), "young": people([*A, 9.0])})
    )
    known = stats.ttest_ind(B, [*A, 9.0], equal_var=False).confidence_interval()
    np.testing.assert_allclose(interval(found), known)
    assert found.value == pytest.approx(np.mean(known))


def test_components_of_a_balanced_design_are_those_of_the_analysis_of_variance():
    units = [np.array(u, dtype=float) for u in SHROUT_FLEISS]
    within = np.mean([np.var(u, ddof=1) for u in units])
    between = np.var([u.mean() for u in units], ddof=1) - within / 4
    found = measures.components(units)
    np.testing.assert_allclose(found, np.sqrt([max(0.0, between), within]))


def test_components_find_what_unbalanced_data_were_made_of():
    rng = np.random.default_rng(3)
    found = np.array(
        [
            measures.components(
                [rng.normal(0.9, 0) + rng.normal(0, 0.9) + rng.normal(0, 1.1, n) for n in sizes]
            )
            for sizes in [[3, 25, 8, 12, 5, 18, 9, 14] * 3] * 300
        ]
    )
    np.testing.assert_allclose(np.sqrt(np.mean(found**2, axis=0)), [0.9, 1.1], rtol=0.05)


def test_people_who_differ_less_than_their_units_suggest_don_t_differ():
    same = [np.array([1.0, 5.0]), np.array([1.0, 5.0]), np.array([5.0, 1.0])]
    assert measures.components(same)[0] == 0.0


def test_spread_and_icc_are_of_the_same_components():
    units = [[3.0, 4.0, 3.5], [5.0, 5.5], [1.0, 2.0, 1.4, 1.1], [2.5, 4.0, 3.0]]
    table = table_of({"s": units})
    between, within = measures.components([np.array(u) for u in units])
    assert measures.spread_between("s", "q")(table).value == pytest.approx(between)
    assert measures.spread_within("s", "q")(table).value == pytest.approx(within)
    icc = measures.icc("s", "q")(table)
    assert icc.value == pytest.approx(between**2 / (between**2 + within**2))
    assert 0 <= icc.ci_low <= icc.ci_high <= 1
    # Another trial of the same units would count them twice.
    again = pd.concat([table, table.assign(trial=1)])
    assert measures.icc("s", "q")(again) == icc


def test_retest_icc_is_that_of_shrout_and_fleiss():
    ratings = np.array(SHROUT_FLEISS, dtype=float)
    assert measures._icc_2_1(ratings) == pytest.approx(0.29, abs=0.005)


def test_retest_icc_and_typical_error_of_two_sessions():
    rng = np.random.default_rng(1)
    true = rng.normal(4, 0.9, 3000)
    first, second = (true + rng.normal(0, 0.5, 3000) for _ in range(2))
    table = table_of({"one": people(list(first)), "two": people(list(second))})
    icc = measures.retest_icc("one", "two", "q")(table)
    assert icc.value == pytest.approx(0.81 / (0.81 + 0.25), abs=0.02)
    assert icc.ci_low < icc.value < icc.ci_high
    error = measures.typical_error("one", "two", "q")(table)
    assert error.value == pytest.approx(0.5, rel=0.04)


def test_a_session_in_which_all_are_higher_lowers_agreement():
    table = table_of({"one": people(A), "two": people([a + 2 for a in A])})
    assert measures.retest_icc("one", "two", "q")(table).value < 0.6
    same = table_of({"one": people(A), "two": people(A)})
    assert measures.retest_icc("one", "two", "q")(same).value == pytest.approx(1.0)


def test_a_change_in_typical_errors():
    before, after, again = A, [a - 1.0 for a in A], [4.5, 5.0, 3.3, 6.6, 4.0]
    table = table_of({"c": people(before), "ri": people(after), "r": people(again)})
    error = np.std(np.subtract(again, before), ddof=1) / np.sqrt(2)
    found = measures.in_typical_errors("ri", "c", "r", "q")(table)
    np.testing.assert_allclose([found.value, found.ci_low, found.ci_high], -1.0 / error, atol=1e-9)


def test_share_of_units_with_a_quantity_is_of_each_person():
    fire = table_of({"s": [[9.0] * 4, [9.0] * 10, [9.0] * 2]}, "peak_rate")
    have = table_of({"s": [[3.0] * 2, [3.0] * 10, []]}, "delta_f")
    found = measures.share_of_units("s", "delta_f", "peak_rate")(pd.concat([fire, have]))
    # Who has none counts as none, not as not there.
    assert found.value == pytest.approx((50 + 100 + 0) / 3)


def test_share_of_people_has_the_interval_of_wilson():
    table = table_of({"s": people([1.0] * 11 + [0.0] * 9)})
    found = measures.share_of_people("s", "q")(table)
    known = stats.binomtest(11, 20).proportion_ci(method="wilson")
    assert found.value == pytest.approx(55.0)
    np.testing.assert_allclose(interval(found), 100 * np.array([known.low, known.high]), atol=0.01)
    all_of_them = measures.share_of_people("s", "q")(table_of({"s": people([1.0] * 8)}))
    assert all_of_them.ci_low < 75.0
    assert all_of_them.ci_high == pytest.approx(100.0)


def test_power_is_that_of_a_paired_t_test_with_the_true_change_that_is_asked_for():
    rng = np.random.default_rng(4)
    n, units = 1500, 8
    true = rng.normal(0, 0.35, n)[:, None] + rng.normal(0, 0.6 * np.sqrt(2), (n, units))
    before = rng.normal(5, 1, (n, units))
    # The mean change is another one than the one that power is asked for.
    after = before + 1.0 + true
    table = table_of({"c": before.tolist(), "ri": after.tolist()})
    found = measures.power("ri", "c", "q", people=15, units=units, effect=-0.5)(table)
    # Units are drawn with replacement, as people are: their error counts once more.
    sd = np.hypot(np.std(true.mean(axis=1)), 0.6 * np.sqrt(2 / units))
    critical, shift = stats.t.ppf(0.975, 14), 0.5 * np.sqrt(15) / sd
    known = stats.nct.sf(critical, 14, shift) + stats.nct.cdf(-critical, 14, shift)
    assert found.value == pytest.approx(100 * known, abs=2.5)
    assert found.ci_low < found.value < found.ci_high
    none = measures.power("ri", "c", "q", people=15, units=units, effect=0.0)(table)
    assert none.value == pytest.approx(5.0, abs=2.0)


@pytest.mark.parametrize(
    "measure",
    [
        measures.mean("s", "q"),
        measures.change("s", "t", "q"),
        measures.contrast("s", "t", "q"),
        measures.spread_between("s", "q"),
        measures.icc("s", "q"),
        measures.retest_icc("s", "t", "q"),
        measures.typical_error("s", "t", "q"),
        measures.share_of_people("s", "q"),
        measures.share_of_units("s", "q", "r"),
        measures.power("s", "t", "q", people=15, units=8, effect=-0.5),
        measures.in_typical_errors("s", "t", "t", "q"),
    ],
    ids=lambda measure: measure.__qualname__.split(".")[0],
)
@pytest.mark.parametrize("n", [0, 1])
def test_too_few_people_are_no_number_and_no_crash(measure, n):
    table = table_of({"s": people(A[:n]), "t": people(B[:n]), "else": people(A)})
    found = measure(table)
    if n == 0:
        assert np.isnan([found.value, found.ci_low, found.ci_high]).all()
    else:
        assert not np.isfinite(found.ci_low) or found.ci_low <= found.value


def test_measures_are_the_same_whenever_they_are_asked_for():
    table = table_of({"s": [[1.0, 2.0], [2.0, 4.0], [5.0, 3.0]], "t": people(B)})
    for measure, _ in itertools.product([measures.icc("s", "q")], range(2)):
        assert measure(table) == measure(table)


def test_only_responders_count_where_responders_are_asked_for():
    table = pd.concat(
        [
            table_of({"s": [[1.0], [5.0], [9.0]]}),
            table_of({"s": [[0.0], [1.0], [1.0]]}).assign(quantity="responder"),
        ]
    )
    quantity = table.quantity.iloc[0]
    assert measures.mean_of_responders("s", quantity)(table).value == pytest.approx(7.0)


def test_a_fall_is_told_and_a_bound_is_none():
    rising = table_of({"a": people(B), "b": people(A), "c": people([v + 2 for v in A])})
    falling = table_of({"a": people([v + 2 for v in A]), "b": people(A), "c": people(B)})
    assert measures.falls("abc", "q")(rising).value == 0
    assert measures.falls("abc", "q")(falling).value == 2
    bound = falling.bound.mask(falling.series == "c", "at least")
    assert measures.falls("abc", "q")(falling.assign(bound=bound)).value == 1
    gone = falling[falling.series != "b"]
    assert np.isnan(measures.falls("abc", "q")(gone).value)
