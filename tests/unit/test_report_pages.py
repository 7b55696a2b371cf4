"""Pages are whole, self-contained, escaped, accessible, and say everything that was found."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import report_samples as samples

import renshaw as rs
from renshaw.core.finding import FINDERS
from renshaw.core.results import Result
from renshaw.data.estimates import Estimates
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording
from renshaw.estimation.multiverse import MultiverseSettings, multiverse
from renshaw.reports.page import PAGES
from renshaw.reports.report import report_text

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
    labels = ["<script>alert(1)</script>", "$x$", "\x00", "a&b", "\u202e5", "6", "7", "8"]
    made = samples.triangle(8, name='<img src=x onerror="alert(1)">', truth=True, labels=labels)
    return replace(made, notes=("<script>note</script>",))


def page_of_ramp(ramp: Recording) -> str:
    estimates = rs.estimate(ramp, POLYNOMIAL)
    return report_text(ramp, estimates=estimates, multiverse=multiverse(ramp, SMALL))


@pytest.fixture(scope="module")
def page(ramp: Recording) -> str:
    return page_of_ramp(ramp)


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
    assert "\u202e" not in text
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
    again = page_of_ramp(ramp)
    assert again == page


@pytest.mark.parametrize("trains", [(), ((),), ((1.0,), (1.0, 2.0)), ((1.0, 1.5),) * 3])
def test_a_page_for_next_to_nothing(trains: tuple[tuple[float, ...], ...]) -> None:
    bare = Recording(MotorUnits(tuple(np.array(t) for t in trains), (0.0, 3.0)), name="bare")
    text = report_text(bare, estimates=rs.estimate(bare), multiverse=multiverse(bare, SMALL))
    check_page(text)
    assert "ΔF could not be estimated" in text


def test_flagged_units_are_named_first(ramp: Recording) -> None:
    units = replace(ramp.units, flags=("repeated discharges",) + ("",) * 7)
    flagged = replace(ramp, units=units)
    text = Page(report_text(flagged, estimates=rs.estimate(flagged, POLYNOMIAL))).text
    assert "should not be trusted" in text and "repeated discharges" in text


def test_the_headline_has_the_mean_of_the_table(ramp: Recording) -> None:
    estimates = rs.estimate(ramp, POLYNOMIAL)
    mean = estimates.values("delta_f_mean")[0]
    assert f"Mean ΔF is {mean:.2f} pps" in estimates.finding.sentence


def test_a_study_page_answers_the_question() -> None:
    study = samples.study_of(8)
    text = report_text(study)
    found = check_page(text)
    assert "In the model, reciprocal inhibition lowered ΔF by " in found.text
    assert "No clear change of ΔF with relaxation" in found.text
    assert "Stimulation is a train of 10-ms inhibitory pulses." in found.text
    assert "P01" in found.text


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (-0.8, -0.1, " lowered ΔF by "),
        (-0.8, 0.1, "No clear change of ΔF with "),
        (0.1, 0.8, " raised ΔF by "),
        (np.nan, np.nan, "No answer for "),
    ],
)
def test_the_verdict_follows_the_interval(low: float, high: float, verdict: str) -> None:
    study = samples.study_of(4)
    p = 0.3 if low < 0 < high else 0.01
    table = study.comparison.table.assign(ci_low=low, ci_high=high, p_value=p, p_adjusted=p)
    group = replace(study.groups[0], comparison=replace(study.comparison, table=table))
    for finding in replace(study, groups=(group,)).findings():
        assert verdict in finding.sentence


def test_a_study_of_virtual_people_says_so_before_anything_else() -> None:
    found = check_page(report_text(samples.study_of(4)))
    assert "not a measurement on people" in found.text
    assert "not corrected" in found.text
    assert "\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}" in found.text


def test_a_study_without_a_title_is_called_by_its_name() -> None:
    result = samples.study_of(3)
    plan = result.plan.replace(title="", name="my-study")
    assert "<h1>my-study</h1>" in report_text(replace(result, plan=plan))


def test_a_study_with_hostile_names() -> None:
    check_page(report_text(samples.study_of(3, condition="<script>alert(1)</script>")))


def test_the_index_links_pages_and_names_refused_files(tmp_path: Path) -> None:
    estimates = samples.estimates_of(samples.triangle(4, name="<a>"))
    path = rs.report(
        estimates, tmp_path / "r.html", links=["report-a b.html"], refused=["<x>: no file"]
    )
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


def test_every_result_has_a_page_and_findings() -> None:
    pages, finders = set(PAGES), set(FINDERS)
    ours = [each for each in _results(Result) if each.__module__.startswith("renshaw.")]
    assert {each.__name__ for each in ours} == pages == finders


def _results(kind: type) -> list[type]:
    return [each for sub in kind.__subclasses__() for each in (sub, *_results(sub))]


def test_a_page_loads_no_room_of_another_noun() -> None:
    code = (
        "import sys, renshaw as rs; from renshaw.reports.report import report_text;"
        "report_text(rs.plan(rs.PlanSettings(simulations=100)));"
        "print([m for m in sys.modules if m.startswith(('renshaw.inference', "
        "'renshaw.optimization', 'renshaw.engine', 'renshaw.study.run'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_a_page_does_not_show_is_refused() -> None:
    ramp = samples.triangle(4)
    with pytest.raises(TypeError, match="takes no 'estimate'. Did you mean 'estimates'"):
        report_text(ramp, estimate=None)
    with pytest.raises(rs.DataError, match="nothing to report"):
        report_text([])
    with pytest.raises(rs.DataError, match="one Recording"):
        report_text([ramp, ramp])


def test_a_noun_of_another_package_has_findings_and_a_page(tmp_path: Path) -> None:
    (tmp_path / "toys.py").write_text(
        "from dataclasses import dataclass\n"
        "from renshaw.core.finding import Finder, Finding\n"
        "from renshaw.core.history import History\n"
        "from renshaw.core.results import Result\n"
        "from renshaw.reports.page import Content, Page\n"
        "@dataclass(frozen=True)\n"
        "class Toy(Result):\n"
        "    history: History = History()\n"
        "def find(toy):\n"
        "    return [Finding(sentence='A toy was found.', warnings=['It is <small>.'])]\n"
        "FOUND = Finder(Toy, find)\n"
        "def content(toy):\n"
        "    return Content(title='Toy', kind='Toy', findings=toy.findings(), sections=[],\n"
        "        history=toy.history)\n"
        "PAGE = Page(Toy, content)\n"
    )
    info = tmp_path / "toys-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toys\nVersion: 1\n")
    points = "[renshaw.findings]\nToy = toys:FOUND\n[renshaw.pages]\nToy = toys:PAGE\n"
    (info / "entry_points.txt").write_text(points)
    code = (
        "import renshaw as rs, toys\n"
        "page = rs.report(toys.Toy(), 'toy.html').read_text()\n"
        "assert 'A toy was found.' in page and 'It is &lt;small&gt;.' in page\n"
        "try: rs.report('x', 'x.html')\n"
        "except rs.DataError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "no report of a str" in done.stdout and "Toy" in done.stdout


def test_what_another_version_measured_is_shown_under_its_own_name(tmp_path) -> None:
    recording = samples.triangle(4)
    table = samples.estimates_of(recording).to_table()
    strange = table[table["quantity"] == "peak_rate"].assign(quantity="of the <future>!", ok=False)
    strange = strange.assign(reason="too new by 3 years", reason_codes="too_new")
    asked = {"delta_f": {"correlation_min": 0.3, "phase_of_moon": 2}}
    estimates = Estimates.from_table(pd.concat([table, strange]), made_with=asked)
    text = rs.report(recording, tmp_path / "page.html", estimates=estimates).read_text("utf-8")
    assert "of the &lt;future&gt;!" in text and "too new by 3 years" in text
    assert "does not know these quantities" in text
    assert "delta_f.phase_of_moon" in text and "does not know some settings" in text
