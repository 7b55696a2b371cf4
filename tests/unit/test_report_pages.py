"""Pages are whole, self-contained, escaped, accessible, and say everything that was found."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import report_samples as samples

import renshaw as rs
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording
from renshaw.estimation.multiverse import MultiverseSettings, multiverse
from renshaw.reports.index_page import write_index
from renshaw.reports.recording_report import headline, recording_report
from renshaw.reports.study_report import answers, study_report

SMALL = MultiverseSettings(smoothers=("hann",), modulations_min_pps=(0.5,))
POLYNOMIAL = rs.EstimateSettings(smoothing=rs.estimation.SmoothingSettings(method="polynomial"))


class Page(HTMLParser):
    """What a browser would find in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def ramp() -> Recording:
    labels = ["<script>alert(1)</script>", "$x$", "\x00", "a&b", "5", "6", "7", "8"]
    made = samples.triangle(8, name='<img src=x onerror="alert(1)">', truth=True, labels=labels)
    return replace(made, notes=("<script>note</script>",))


@pytest.fixture(scope="module")
def page(ramp: Recording) -> str:
    return recording_report(ramp, rs.estimate(ramp, POLYNOMIAL), multiverse(ramp, SMALL))


def check_page(text: str) -> Page:
    found = Page(text)
    tags = [tag for tag, _ in found.tags]
    assert not {"script", "link", "iframe", "img", "object", "embed"} & set(tags)
    for tag, attributes in found.tags:
        assert not any(name.startswith("on") for name in attributes)
        for name in ("src", "href", "xlink:href", "action"):
            value = attributes.get(name) or ""
            assert not re.match(r"\s*(https?:|//|javascript:|data:|file:)", value), (tag, value)
    assert "@import" not in text and not re.search(r"url\((?!#)", text)
    ids = [a["id"] for _, a in found.tags if "id" in a]
    assert len(ids) == len(set(ids))
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert tags.count("svg") == tags.count("figcaption")
    assert tags.count("caption") == tags.count("table")
    assert "\x00" not in text
    return found


def test_a_recording_page_is_self_contained_escaped_and_accessible(page: str) -> None:
    found = check_page(page)
    assert "<script>alert(1)</script>" in found.text
    assert "<script>note</script>" in found.text


def test_a_recording_page_holds_every_pair_reason_and_unit(ramp: Recording, page: str) -> None:
    estimates = rs.estimate(ramp, POLYNOMIAL)
    text = Page(page).text
    reasons = {row.reason for row in estimates.rows if not row.ok}
    assert reasons
    assert all(reason in text for reason in reasons)
    pairs = [row for row in estimates.rows if row.quantity == "delta_f_pair"]
    assert f"{sum(r.ok for r in pairs)} of {len(pairs)} pairs" in text


def test_a_recording_page_ends_with_its_history(ramp: Recording, page: str) -> None:
    estimates = rs.estimate(ramp, POLYNOMIAL)
    text = Page(page).text
    program = text[text.index("import renshaw as rs") :].split("Every setting")[0]
    compile(program, "history", "exec")
    assert estimates.history.steps[-1].code in text
    assert (
        all(paper in text for paper in estimates.citations())
        if hasattr(estimates, "citations")
        else all(paper in text for paper in estimates.cite())
    )


def test_the_same_recording_gives_the_same_page(ramp: Recording, page: str) -> None:
    again = recording_report(ramp, rs.estimate(ramp, POLYNOMIAL), multiverse(ramp, SMALL))
    assert again == page


@pytest.mark.parametrize("trains", [(), ((),), ((1.0,), (1.0, 2.0)), ((1.0, 1.5),) * 3])
def test_a_page_for_next_to_nothing(trains: tuple[tuple[float, ...], ...]) -> None:
    bare = Recording(MotorUnits(tuple(np.array(t) for t in trains), (0.0, 3.0)), name="bare")
    text = recording_report(bare, rs.estimate(bare), multiverse(bare, SMALL))
    check_page(text)
    assert "ΔF could not be estimated" in text


def test_flagged_units_are_named_first(ramp: Recording) -> None:
    units = replace(ramp.units, flags=("repeated discharges",) + ("",) * 7)
    flagged = replace(ramp, units=units)
    text = Page(recording_report(flagged, rs.estimate(flagged, POLYNOMIAL))).text
    assert "should not be trusted" in text and "repeated discharges" in text


def test_the_headline_has_the_mean_of_the_table(ramp: Recording) -> None:
    estimates = rs.estimate(ramp, POLYNOMIAL)
    mean = estimates.values("delta_f_mean")[0]
    assert f"Mean ΔF is {mean:.2f} pps" in headline(ramp, estimates)


def test_a_study_page_answers_the_question() -> None:
    study = samples.study_of(8)
    text = study_report(study)
    found = check_page(text)
    assert "Reciprocal inhibition calms." in found.text
    assert "Relaxation: not shown to calm." in found.text
    assert "Stimulation is a train of 10-ms inhibitory pulses." in found.text
    assert "P01" in found.text


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (-0.8, -0.1, "calms."),
        (-0.8, 0.1, "not shown to calm."),
        (0.1, 0.8, "does not calm."),
        (np.nan, np.nan, "no answer."),
    ],
)
def test_the_verdict_follows_the_interval(low: float, high: float, verdict: str) -> None:
    study = samples.study_of(4)
    table = study.comparison.table.assign(ci_low=low, ci_high=high)
    group = replace(study.groups[0], comparison=replace(study.comparison, table=table))
    for answer in answers(replace(study, groups=(group,))):
        assert answer.verdict.endswith(verdict)


def test_a_study_of_virtual_people_says_so_before_anything_else() -> None:
    found = check_page(study_report(samples.study_of(4)))
    assert "not a measurement on people" in found.text
    assert "not corrected" in found.text
    assert "\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}" in found.text


def test_a_study_without_a_title_is_called_by_its_name() -> None:
    result = samples.study_of(3)
    plan = result.plan.replace(title="", name="my-study")
    assert "<h1>my-study</h1>" in study_report(replace(result, plan=plan))


def test_a_study_with_hostile_names() -> None:
    check_page(study_report(samples.study_of(3, condition="<script>alert(1)</script>")))


def test_the_index_links_pages_and_names_refused_files(tmp_path: Path) -> None:
    estimates = samples.estimates_of(samples.triangle(4, name="<a>"))
    path = write_index([("report-a b.html", estimates)], ["<x>: no file"], tmp_path / "r.html")
    found = check_page(path.read_text(encoding="utf-8"))
    assert "report-a%20b.html" in [a.get("href") for _, a in found.tags]
    assert "<x>: no file" in found.text


def test_the_verb_report_writes_a_page(tmp_path: Path) -> None:
    ramp = samples.triangle(4)
    path = rs.report(ramp, tmp_path / "page.html", estimates=rs.estimate(ramp, POLYNOMIAL))
    check_page(path.read_text(encoding="utf-8"))
    rs.report(samples.study_of(3), tmp_path / "study.html")
    with pytest.raises(rs.DataError, match="no report of a str"):
        rs.report("ramp", tmp_path / "x.html")
    assert not (tmp_path / "x.html").exists()


def test_every_noun_with_a_page_and_its_writer_are_there() -> None:
    from importlib import import_module

    from renshaw.reports.report import _WRITERS

    for noun, writer in _WRITERS.items():
        module, name = noun.rsplit(".", 1)
        assert isinstance(getattr(import_module(module), name), type)
        module, name = writer.split(":")
        assert callable(getattr(import_module(module), name))
