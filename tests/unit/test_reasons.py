"""Reasons: a code that programs compare, words that people read, and nobody takes words apart."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pandas as pd
import pytest

import renshaw as rs
from renshaw.core.numbers import told_apart
from renshaw.data import reasons
from renshaw.data.estimates import Estimate, Estimates, gathered
from renshaw.data.reasons import NO_REASONS, Cause, Reason, Reasons, causes, tallied, told_together
from renshaw.estimation.made_with import known_part, settings_for, unfamiliar
from renshaw.estimation.settings import EstimateSettings, rules

with pytest.MonkeyPatch.context() as patch:
    # Known in this file only: the docs list every cause that there is.
    patch.setattr(reasons, "_CAUSES", {})
    SHORT = Cause("test_too_short", "only {:.1f} s; the rule asks for {:g} s")
    LOUD = Cause("test_too_loud", "too loud")


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    for cause in (SHORT, LOUD):
        monkeypatch.setitem(reasons._CAUSES, cause.code, cause)


def row(**changes: object) -> Estimate:
    both = SHORT(1.25, 2) + LOUD()
    plain = {"quantity": "delta_f", "unit": 1, "control": 0, "value": 1.0, "units": "pps"}
    return Estimate(**{"recording": "r", **plain, "ok": False, "reasons": both, **changes})


def test_reasons_read_as_words_and_compare_as_codes() -> None:
    both = row().reasons
    assert row().reason == str(both) == "only 1.2 s; the rule asks for 2 s; too loud"
    assert both.codes == ("test_too_short", "test_too_loud")
    assert both.gist == "only … s; the rule asks for … s; too loud"
    assert not NO_REASONS and str(NO_REASONS) == "" and NO_REASONS.codes == ()
    assert both[:1] + LOUD() == both


def test_a_reason_said_of_something_keeps_its_code() -> None:
    of = SHORT(1, 2).of("test unit")
    assert str(of) == "test unit: only 1.0 s; the rule asks for 2 s"
    assert (of.codes, of.gist) == (
        ("test_too_short",),
        "test unit: only … s; the rule asks for … s",
    )


def test_a_cause_is_declared_once_and_its_code_is_one() -> None:
    assert Cause("test_too_loud", "too loud") == LOUD
    with pytest.raises(ValueError, match="another cause"):
        Cause("test_too_loud", "too quiet")
    with pytest.raises(ValueError, match="no code"):
        Cause("too loud", "too loud")
    assert {"recruitment_gap", "no_pairs"} <= {cause.code for cause in causes()}


def test_plain_words_are_one_reason_without_a_code() -> None:
    made = row(reasons="3 discharges are missing")
    assert made.reason == "3 discharges are missing"
    assert made.reasons == Reasons((Reason("", made.reason, "… discharges are missing"),))
    assert made.reasons.codes == ()


def test_reasons_survive_json_and_pickle() -> None:
    assert Estimate(*json.loads(json.dumps(row()))) == row()
    again = pickle.loads(pickle.dumps(row()))
    assert again == row() and again.reasons.codes == row().reasons.codes


def test_a_table_holds_words_and_codes_and_gives_them_back() -> None:
    estimates = Estimates((row(), row(unit=2, ok=True, reasons=()), row(unit=3, reasons="odd")))
    table = estimates.to_table()
    assert table["reason"].tolist() == [row().reason, "", "odd"]
    assert table["reason_codes"].tolist() == ["test_too_short test_too_loud", "", ""]
    again = Estimates.from_table(table)
    assert again.fingerprint() == estimates.fingerprint()
    assert [r.reasons.codes for r in again.rows] == [r.reasons.codes for r in estimates.rows]
    assert again.rows[0].reasons.gist == row().reasons.gist
    pd.testing.assert_frame_equal(again.to_table(), table)


def test_the_table_of_another_version_is_kept_and_said_in_a_sentence() -> None:
    table = pd.DataFrame(
        {
            "recording": ["r", "r"],
            "quantity": ["of the future!", "delta_f"],
            "value": [1.0, np.nan],
            "reason_codes": ["", "code_of_the_future another"],
            "reason": ["", "some words; and more"],
            "weather": ["fine", "rain"],
        }
    )
    asked = {"delta_f": {"correlation_min": 0.3, "phase_of_moon": 2}, "oracle": {"x": 1}}
    estimates = Estimates.from_table(table, made_with=asked)
    assert estimates.quantities == ("of the future!", "delta_f")
    assert estimates.to_table()["weather"].tolist() == ["fine", "rain"]
    assert estimates.select("delta_f").to_table()["weather"].tolist() == ["rain"]
    assert estimates.rows[1].reasons.codes == ("code_of_the_future", "another")
    assert estimates.rows[1].reason == "some words; and more"
    columns, quantities, settings = unfamiliar(estimates)
    assert columns.endswith("weather. They are kept.")
    assert "of the future!" in quantities
    assert "delta_f.phase_of_moon, oracle" in settings
    assert settings_for(estimates, "r").delta_f.correlation_min == 0.3
    said = "\n".join(str(each) for each in estimates.findings())
    assert columns in said and quantities in said and settings in said


def test_a_table_without_a_needed_column_is_refused_by_its_name() -> None:
    with pytest.raises(rs.DataError, match="no column 'value'"):
        Estimates.from_table(pd.DataFrame({"recording": [], "quantity": []}))


def test_settings_are_known_where_all_recordings_share_them() -> None:
    one, other = rules("renshaw"), rules("openhdemg")
    a = Estimates((row(),), made_with={"r": one})
    b = Estimates((row(recording="s"),), made_with={"s": one})
    c = Estimates((row(recording="t"),), made_with={"t": other})
    assert a.settings == gathered([a, b]).settings == one
    assert gathered([a, c]).settings is None
    assert gathered([a, c]).made_with == {"r": one, "t": other}
    assert gathered([a, c]).select(recording="t").settings == other
    assert Estimates().settings is None
    assert unfamiliar(Estimates((row(),))) == [
        "It is not known which settings these estimates were made with."
    ]


def test_what_is_known_of_the_settings_of_another_version_is_taken() -> None:
    plain = rules("openhdemg").to_mapping()
    assert known_part(EstimateSettings, plain) == (rules("openhdemg"), ())
    plain["smoothing"]["method"] = "method of the future"
    found, unknown = known_part(EstimateSettings, plain)
    assert unknown == ("smoothing.method",)
    assert found.smoothing.gap_edges == "cut" and found.smoothing.method == "svr"
    assert known_part(EstimateSettings, {"delta_f": 3})[1] == ("delta_f",)


def test_every_reason_of_an_estimate_has_a_code() -> None:
    from estimate_samples import hysteresis_pair

    rows = rs.estimate(hysteresis_pair(), EstimateSettings()).rows
    assert all(reason.code for each in rows for reason in each.reasons)


def test_rules_of_pairs_have_names_that_do_without_numbers() -> None:
    """In lists of exclusions a reason whose numbers are erased is a riddle."""
    known = {cause.code: cause for cause in causes()}
    for code in ("recruitment_gap", "control_stopped", "overlap", "test_pauses", "correlation"):
        assert known[code].name and "…" not in known[code].gist
        assert "{" in known[code].sentence, "one case says its numbers"


def test_many_cases_are_told_in_one_line_with_their_names_and_counts() -> None:
    gap = Cause.__new__(Cause)
    object.__setattr__(gap, "code", "test_gap")
    object.__setattr__(gap, "sentence", "only {:.2f} s; {:g} s needed")
    object.__setattr__(gap, "name", "too soon")
    cases = [reason for gaps in (0.1, 0.2, 0.3) for reason in gap(gaps, 1.0)]
    assert tallied(cases) == {"too soon": 3}
    assert str(gap(0.1, 1.0)) == "only 0.10 s; 1 s needed"


def test_words_without_a_name_keep_their_numbers_as_a_range() -> None:
    def of(*words: str) -> dict[str, int]:
        return tallied(reason for each in words for reason in Reasons.made(each))

    assert of("silhouette 0.62 below 0.85", "silhouette 0.8 below 0.85") == {
        "silhouette 0.62 to 0.8 below 0.85": 2
    }
    assert of("only 5 discharges", "only 12 discharges") == {"only 5 to 12 discharges": 2}
    assert of("the same unit as 1.3") == {"the same unit as 1.3": 1}
    assert of("3 of 4", "odd") == {"3 of 4": 1, "odd": 1}
    assert told_together(["lost 2 in x7", "lost 3 in x8"]) == "e.g. lost 2 in x7"
    assert told_together(["rate -1.5", "rate 2"]) == "rate -1.5 to 2"


def test_numbers_that_differ_are_never_told_as_one():
    assert told_apart("r = {:.2f}; above {:g} needed", 0.699, 0.7) == "r = 0.699; above 0.7 needed"
    assert told_apart("r = {:.2f}; above {:g} needed", 0.7, 0.7) == "r = 0.70; above 0.7 needed"
    assert (
        told_apart("{:.1f} is less than {:.1f} % MVC", 4.96, 5.0) == "4.96 is less than 5.00 % MVC"
    )
    assert told_apart("{} at {:.0f} of {:,} {{}}", "all", 3.4, 3000) == "all at 3 of 3,000 {}"
    assert told_apart("{:.2f} below {:g}", float("nan"), 0.7) == "nan below 0.7"
