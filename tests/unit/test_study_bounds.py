"""A study keeps what was only bounded, and never says lower of what may be higher."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import renshaw as rs
from renshaw.core.errors import DataError
from renshaw.data.bounds import Bound, bound_of_mean, difference_words, mean_words
from renshaw.estimation.estimate import Estimate
from renshaw.estimation.seen import FIRED_BEFORE
from renshaw.findings.comparison import findings
from renshaw.inference.cautions import cut_off
from renshaw.reports.report import report_text
from renshaw.study.bounded import known_trials, mean_and_bound

_UNITS = 4


def compared(
    after: float, bounds: tuple[Bound, ...] = ("exact", "exact"), people: int = 6
) -> rs.study.Comparison:
    """Return people whose delta F is 3 pps first and `after` then, of what kinds `bounds` say."""
    rng = np.random.default_rng(1)
    rows, design = [], []
    for who in range(people):
        for condition, mean, bound in zip("ab", (3.0, after), bounds, strict=True):
            name = f"{who}{condition}"
            design.append({"recording": name, "participant": f"P{who}", "condition": condition})
            rows += [
                Estimate(name, "delta_f", unit, 0, mean + rng.normal(0, 0.1), "pps", bound=bound)
                for unit in range(1, _UNITS + 1)
            ]
    return rs.compare(rs.Estimates(tuple(rows)), pd.DataFrame(design))


def test_exact_values_are_tested_as_before() -> None:
    row = compared(2.0).table.iloc[0]
    assert (row["bound"], row["n_bounds"]) == ("exact", 0)
    assert np.isfinite([row["ci_low"], row["ci_high"], row["p_value"], row["percent"]]).all()
    assert "lower in b" in findings(compared(2.0))[0].sentence
    assert "delta_f" in compared(2.0).models


@pytest.mark.parametrize(
    ("after", "bounds", "bound", "words"),
    [
        (1.0, ("exact", "at least"), "at least", "Not known"),
        (5.0, ("exact", "at least"), "at least", "higher in b than in a, by at least"),
        (1.0, ("at least", "exact"), "at most", "lower in b than in a, by at least"),
        (5.0, ("at least", "exact"), "at most", "Not known"),
        (1.0, ("at least", "at least"), "unknown", "Not known"),
        (5.0, ("at least", "at least"), "unknown", "Not known"),
        (1.0, ("at most", "exact"), "at least", "Not known"),
    ],
)
def test_only_a_direction_that_bounds_cant_turn_is_said(
    after: float, bounds: tuple[Bound, ...], bound: str, words: str
) -> None:
    comparison = compared(after, bounds)
    row = comparison.table.iloc[0]
    assert (row["bound"], row["n"], row["n_bounds"]) == (bound, 6, 6)
    assert np.isnan([row["p_value"], row["percent"]]).all()
    assert np.isfinite(row["ci_low"]) == (bound == "at least")
    assert np.isfinite(row["ci_high"]) == (bound == "at most")
    found = findings(comparison)[0]
    assert words in found.sentence
    assert "%)" not in found.sentence.replace("95 %", "")
    assert any("only bounds" in warning for warning in found.warnings)
    assert "only bounds" in comparison.unmodelled["delta_f"]


def test_one_person_with_bounds_is_kept() -> None:
    whole, part = compared(4.0), compared(4.0, ("exact", "at least"), people=1)
    assert part.participants["bound"].tolist() == ["exact", "at least"]
    assert part.table["n"].tolist() == [1]
    assert whole.participants["bound"].eq("exact").all()


def test_a_table_with_bounds_is_no_table_of_values() -> None:
    table = pd.DataFrame(
        {
            "deltaf": np.arange(12.0),
            "time": ["pre", "post"] * 6,
            "participant": np.repeat(range(6), 2),
            "bound": ["exact"] * 11 + ["at least"],
        }
    )
    with pytest.raises(DataError, match="1 of 12 values of deltaf are only bounds"):
        rs.compare(table, "deltaf ~ time + (1|participant)")
    # Nor where the rows of which nothing is known have no value, and would be left out in silence.
    unknown = table.assign(deltaf=table["deltaf"].mask(table["bound"] != "exact"))
    unknown["bound"] = unknown["bound"].replace("at least", "unknown")
    for refused in (table, unknown):
        with pytest.raises(DataError, match="1 of 12 values of deltaf are only bounds"):
            rs.compare(refused, "deltaf ~ time + (1|participant)")
        with pytest.raises(DataError, match="1 of 12 values of deltaf are only bounds"):
            rs.reliability(refused, value="deltaf", session="time")
    assert rs.compare(table.assign(bound="exact"), "deltaf ~ time + (1|participant)")


def test_words_of_means_and_differences() -> None:
    assert bound_of_mean(["exact", "unknown"]) == "unknown"
    assert [mean_words(4.2, bound) for bound in ("exact", "at least", "unknown")] == [
        "4.20",
        "> 4.20",
        "unknown",
    ]
    assert [difference_words(1.25, b) for b in ("exact", "at most", "unknown")] == [
        "+1.25",
        "< +1.25",
        "unknown",
    ]


def with_unseen(
    unseen: int, *, matched: bool = True, everybody: bool = True
) -> rs.study.Comparison:
    """Return people whose calm units read lower in b, where `unseen` others were not seen."""
    rng = np.random.default_rng(2)
    rows, design = [], []
    for who in range(6):
        for condition, mean in zip("ab", (3.0, 2.0), strict=True):
            name = f"{who}{condition}"
            design.append({"recording": name, "participant": f"P{who}", "condition": condition})
            for unit in range(1, _UNITS + 1):
                value = mean + rng.normal(0, 0.1)
                lost = condition == "b" and unit <= unseen and (everybody or who == 0)
                rows.append(
                    Estimate(
                        name,
                        "delta_f",
                        unit,
                        0,
                        value,
                        "pps",
                        ok=not lost,
                        reasons=FIRED_BEFORE() if lost else (),
                    )
                )
    settings = rs.study.CompareSettings(matched_units=matched)
    return rs.compare(rs.Estimates(tuple(rows)), pd.DataFrame(design), settings)


@pytest.mark.parametrize("matched", [True, False])
@pytest.mark.parametrize(("unseen", "everybody"), [(1, True), (_UNITS, True), (_UNITS, False)])
def test_who_was_left_out_unseen_leaves_a_mean_unknown(
    unseen: int, everybody: bool, matched: bool
) -> None:
    comparison = with_unseen(unseen, matched=matched, everybody=everybody)
    row = comparison.table.iloc[0]
    people = 6 if everybody else 1
    assert (row["n"], row["n_unseen"], row["n_bounds"]) == (6, people, people)
    assert (row["bound_reference"], row["bound_condition"]) == ("exact", "unknown")
    assert row["bound"] == "unknown"
    assert np.isnan([row["difference"], row["ci_low"], row["ci_high"], row["p_value"]]).all()
    found = findings(comparison)[0]
    assert "Not known whether" in found.sentence
    assert f"of {people} of 6 participants motor units are left out" in found.sentence
    assert "lower in b" not in str(found)
    assert "delta_f" in comparison.unmodelled
    in_b = comparison.participants.set_index(["participant", "condition"]).loc[("P0", "b")]
    assert in_b["bound"] == "unknown"
    assert np.isnan(in_b["value"]) == (unseen == _UNITS)


def test_a_unit_that_was_seen_in_another_trial_is_there() -> None:
    table = pd.DataFrame(
        {"unit": [1, 1, 2, 2], "value": [1.0, np.nan, np.nan, np.nan], "bound": "unknown"}
    )
    table.loc[0, "bound"] = "exact"
    means = mean_and_bound(known_trials(table, ["unit"]), ["unit"])
    assert means["bound"].tolist() == ["exact", "unknown"]
    assert means["value"].tolist()[0] == 1.0


@pytest.fixture(scope="module")
def sweep() -> dict[float, rs.Recording]:
    return {
        level: replace(
            rs.simulate(
                rs.Participant(edition=1, neuromodulation=level, inhibition=0, n_units=20),
                rs.Ramp(),
                seed=0,
            ),
            name=f"{level}",
        )
        for level in (0.85, 0.95, 1.05, 1.15)
    }


@pytest.mark.parametrize("level", [0.95, 1.05, 1.15])
def test_a_cord_that_is_more_excitable_never_reads_lower(
    sweep: dict[float, rs.Recording], level: float
) -> None:
    design = pd.DataFrame(
        {
            "recording": ["0.85", str(level)],
            "participant": ["P1", "P1"],
            "condition": ["rest", "drug"],
        }
    )
    both = rs.estimate([sweep[0.85], sweep[level]])
    settings = rs.study.CompareSettings(matched_units=False)
    comparison = rs.compare(both, design, settings)
    rows = comparison.table
    assert len(rows)
    assert (rows.loc[rows["quantity"] == "delta_f", "bound"] != "exact").all() == (level > 1)
    for finding in comparison.findings():
        assert " lower in drug" not in finding.sentence


def test_inference_and_estimates_agree_over_the_sweep(sweep: dict[float, rs.Recording]) -> None:
    found = {level: rs.infer(recording) for level, recording in sweep.items()}
    middles = [each.samples["net_amplification"].median() for each in found.values()]
    assert middles == sorted(middles)
    for level, recording in sweep.items():
        mean = rs.estimate(recording).select("delta_f_mean").rows[0]
        warned = any("still fired when the recording ended" in w for w in found[level].warnings)
        assert warned == (mean.bound == "at least")
        assert warned <= (not found[level].trusted)
    assert any("3 of the 9 motor units" in words for words in found[0.95].notes)


def test_no_direction_is_claimed_of_a_change_that_was_not_seen(
    sweep: dict[float, rs.Recording],
) -> None:
    few = rs.InferSettings(samples=100)
    seen = rs.infer_change(sweep[0.85], sweep[0.95], few)
    assert seen.unseen == () and " rose (" in seen.answer
    for before, after in ((0.85, 1.15), (1.15, 0.85)):
        change = rs.infer_change(sweep[before], sweep[after], few)
        assert "What changed is not known" in change.answer and "1.15: 8 of the 8" in change.answer
        assert " rose " not in change.answer and " fell " not in change.answer
        assert np.isnan(change.to_table()["rose_pct"]).all()
        (found,) = change.findings()
        assert found.numbers == () and found.warnings and found.next_steps
        page = report_text(change)
        assert "not known" in page and "Probability that" not in page


def test_units_that_the_decomposition_lost_are_warned_of_in_inference(
    sweep: dict[float, rs.Recording],
) -> None:
    whole = sweep[0.85]
    units, end_s = whole.units, 0.6 * whole.units.window_s[1]
    early = [unit for unit in range(len(units)) if len(units[unit]) and units[unit][-1] > end_s]
    cut = [units[k][units[k] < end_s] if k in early else units[k] for k in range(len(units))]
    gone = replace(whole, units=rs.MotorUnits(cut, units.window_s))
    warned, noted = cut_off(gone)
    assert any("as if the decomposition had lost them" in words for words in (*warned, *noted))
    mean = rs.estimate(gone).select("delta_f_mean").rows[0]
    assert not (mean.ok and mean.bound == "exact")


def test_what_was_fired_before_the_beginning_is_warned_of(
    sweep: dict[float, rs.Recording],
) -> None:
    whole = sweep[0.85]
    first_s = min(float(times_s[0]) for times_s in whole.units if len(times_s))
    late = rs.cut(whole, first_s + 5.0, whole.units.window_s[1])
    assert any("already fired" in w for w in (*cut_off(late)[0], *cut_off(late)[1]))
    assert cut_off(whole) == ([], [])
