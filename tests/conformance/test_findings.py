"""Every place prints the same findings: each sentence, each warning, each other remark."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
import results as samples

import renshaw as rs
from renshaw.cli.findings import printed
from renshaw.core.finding import FINDERS, Finding, as_mapping, as_text, remarks
from renshaw.core.results import Result
from renshaw.findings.recording import measured
from renshaw.reports.findings_file import read_findings, write_findings
from renshaw.reports.page import PAGES
from renshaw.reports.protocol_sheet import protocol_sheet
from renshaw.reports.report import report_text

KINDS = list(samples.MADE)


class Words(HTMLParser):
    """The words of a page, its answers and its remarks."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.remarks, self._at = "", [], ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._at = dict(attrs).get("class") or "" if tag == "p" else self._at
        if tag == "p" and self._at.startswith("remark"):
            self.remarks.append("")

    def handle_endtag(self, tag: str) -> None:
        self._at = "" if tag == "p" else self._at

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._at.startswith("remark"):
            self.remarks[-1] += data


def found_in(result: Result) -> tuple[Finding, ...]:
    """The findings that places show; of a recording, those of its estimates."""
    return (
        measured(result, rs.estimate(result)) if type(result) is rs.Recording else result.findings()
    )


def said(found: tuple[Finding, ...]) -> list[str]:
    return [*(each.sentence for each in found), *(each.words for each in remarks(found))]


def test_there_is_a_sample_of_every_result() -> None:
    assert set(KINDS) == set(FINDERS) == set(PAGES)


@pytest.mark.parametrize("kind", KINDS)
def test_terminal_report_and_page_say_every_sentence_and_every_remark(kind, capsys, tmp_path):
    result = samples.made(kind)
    found = found_in(result)
    words = said(found)
    assert all(words) and result.finding == result.findings()[0]
    printed(found)
    terminal = capsys.readouterr().out
    page = Words(report_text(result))
    sent = as_mapping(found)
    write_findings(found, tmp_path)
    assert read_findings(tmp_path) == json.loads(json.dumps(sent))
    for each in words:
        assert each in terminal.replace("\n", " ")
        assert each in page.text
        assert each in [*sent["sentences"], *(remark["words"] for remark in sent["remarks"])]


@pytest.mark.parametrize("kind", KINDS)
def test_no_page_has_a_remark_of_its_own(kind):
    result = samples.made(kind)
    expected = [f"{each.label}: {each.words}" for each in remarks(found_in(result))]
    assert Words(report_text(result)).remarks == expected


@pytest.mark.parametrize("kind", KINDS)
def test_a_sentence_says_of_how_many_it_is(kind):
    for finding in samples.made(kind).findings():
        if finding.n is not None:
            assert re.search(rf"\b{finding.n}\b", finding.sentence), finding.sentence
            assert finding.of
        assert finding.sentence.endswith((".", "!", "?")) and "nan" not in finding.sentence
        assert not re.search(r"\b[a-z]+_[a-z_]+\b", finding.sentence), "a name of the code"


_NUMERAL = re.compile(r"\d+(?:\.\d+)?")


@pytest.mark.parametrize("kind", KINDS)
def test_a_number_has_the_same_digits_in_its_tile_and_in_the_sentence(kind):
    for finding in found_in(samples.made(kind)):
        said = set(_NUMERAL.findall(finding.sentence.replace(",", "")))
        for tile in finding.numbers[:1]:
            shown = _NUMERAL.findall(tile.value_words)
            if not np.isfinite(tile.value) or len(shown) != 1 or shown[0] in said:
                continue
            rounded = [f"{abs(tile.value):.{digits}f}" for digits in range(1, 6)]
            others = said & set(rounded)
            assert not others, (tile.value_words, others, finding.sentence)


def test_the_sheet_says_what_the_report_says():
    design = samples.made("Design")
    sheet = Words(protocol_sheet(design))
    assert sheet.remarks == Words(report_text(design)).remarks
    assert all(each in sheet.text for each in said(design.findings()))


# The faults that were found in what the places said.


def test_a_therapy_that_breaks_a_limit_in_fresh_people_is_never_said_to_keep_it():
    design = samples.made("Design")
    assert "81.9 % of maximal force" in design.finding.sentence
    assert "It does not keep all limits" in design.finding.sentence
    assert any("81.9 %, at least 95 allowed" in words for words in design.finding.warnings)
    for page in (report_text(design), protocol_sheet(design)):
        assert "It does not keep all limits" in page


def test_numbers_that_only_bound_are_said_to():
    settings = rs.PlanSettings(participants=(10, 20), effects=(-3.0, -1e-6), simulations=200)
    power = rs.plan(settings)
    most, more = (each.sentence for each in power.findings()[:2])
    assert "3 participants give 80 % power" in most
    assert "more than 100,000 participants are needed for 80 % power" in more
    sheet = unescape(protocol_sheet(samples.design(power=power)))
    assert "more than 100,000 participants are needed" in sheet


def test_charge_in_fresh_people_is_that_of_fresh_people():
    design = samples.made("Design")
    table = design.alternatives.assign(charge_mC_per_h=7.0, fresh_charge_mC_per_h=3.0)
    shown = {each.name: each.value for each in replace(design, alternatives=table).finding.numbers}
    assert shown["Charge, in fresh people"] == 3.0


# Attacks.


def test_nothing_at_all_is_said_in_a_sentence():
    nothing = rs.Recording(rs.MotorUnits((), (0.0, 1.0)), name="")
    for result in (nothing, rs.estimate(nothing), rs.Estimates(())):
        assert result.finding.sentence.endswith(".")
        report_text(result)


def test_one_participant_and_intervals_that_are_not_known():
    table = samples.comparison().table
    odd = table.assign(ci_low=np.nan, ci_high=np.nan, p_value=np.nan, percent=np.nan, n=1)
    comparison = replace(samples.comparison(), table=odd)
    assert "No answer for post: only n = 1" in comparison.finding.sentence
    same = replace(comparison, table=odd.assign(n=3, difference=0.0)).finding.sentence
    assert "is the same in all n = 3 participants" in same and "only n" not in same
    report_text(comparison)
    empty = replace(comparison, table=odd.iloc[:0], pairs=comparison.pairs.iloc[:0])
    assert "not two conditions" in empty.finding.sentence
    report_text(empty)


def test_infinite_and_unknown_power():
    power = samples.made("Power")
    for value in (np.nan, np.inf):
        needed = tuple(each._replace(power=value, high=value) for each in power.needed)
        table = power.table.assign(power=value, detectable=value)
        odd = replace(power, table=table, needed=needed)
        assert "nan" not in as_text(odd.findings()) and "inf" not in as_text(odd.findings())
        report_text(odd)


def test_a_design_without_burden_or_with_unknown_force():
    known = samples.design()
    unknown = known.alternatives.assign(fresh_force_pct=np.nan, fresh_force_lost_pct=np.nan)
    for odd in (replace(known, alternatives=unknown), samples.design(burden=0.0)):
        assert "nan" not in as_text(odd.findings())
        report_text(odd)
        protocol_sheet(odd)


def test_everything_excluded():
    tracked = samples.made("Tracked")
    none = replace(
        tracked, matches=tuple(m._replace(ok=False, reason="x") for m in tracked.matches)
    )
    assert none.finding.sentence.startswith("0 of 2 motor units")
    model = rs.stats.mixed_model(
        pd.DataFrame({"y": [1.0, 2.0, 3.5, 3.0, None], "x": [1, 2, 3, 4, 5]}), "y ~ x"
    )
    assert (
        "y increases by" in model.finding.sentence
        or "No clear change in y" in model.finding.sentence
    )
    assert model.finding.left_out[0].startswith("1 row of 5: ")


@pytest.mark.parametrize("kind", KINDS)
def test_no_page_holds_a_bitmap(kind):
    """The page forbids what is loaded, and a bitmap of matplotlib is: it is a broken image."""
    assert "<image" not in report_text(samples.made(kind))


def test_no_page_holds_a_bitmap_of_many_units():
    many = tuple(np.sort(0.5 + 0.01 * i + np.arange(0, 10, 0.1)) for i in range(60))
    likeness = np.random.default_rng(0).uniform(0, 1, (60, 60))
    tracked = replace(samples.made("Tracked"), similarity=likeness, labels=((), ()))
    for result in (rs.Recording(rs.MotorUnits(many, (0.0, 12.0)), name="sixty"), tracked):
        assert "<image" not in report_text(result)
