"""The tab Design in a browser: from a goal to a front that is looked at, hovered and clicked."""

from __future__ import annotations

import json
import shutil
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from drawn import agree

pytest.importorskip("optuna", reason="needs the extra design")

TINY = """
name = "tiny"
few = 2
people = 3
held_out = 4
repeats = 2
sleepers = 0

[cohort]
muscle = "SOL"
n_units = 4
condition = "spinal-cord-injury"
severity = 0.75

[test]
watched_s = 4

[search]
timings = ["continuous"]
drugs = ["baclofen"]
dose_pct_max = 5
therapies = 6
batch = 6
promising = 8

[rule]
force_pct_min = 0
discomfort_max = 10
dose_pct_max = 100
"""


@pytest.fixture
def folder(page_folder: Path) -> Path:
    """The page's folder, without the runs of other tests."""
    for path in page_folder.glob("[!.]*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return page_folder


def _expect(place: Any) -> Any:
    from playwright.sync_api import expect

    # Long, because a design simulates; expect returns as soon as it is true.
    expect.set_options(timeout=300_000)
    return expect(place)


def test_a_design_is_stopped_gone_on_with_and_looked_at(watched: Any, folder: Path) -> None:
    tab = watched.open("design")
    _expect(tab.get_by_role("heading", name="No design in this folder yet")).to_be_visible()
    tab.get_by_role("link", name="New design").click()
    start = tab.get_by_role("button", name="Start the design")
    _expect(start).to_be_enabled()
    tab.get_by_label("Goal file (TOML)").fill(TINY)
    _expect(tab.locator("#checked")).to_contain_text("6 therapies searched on 2 people")
    start.click()
    tab.get_by_role("button", name="Stop").click()
    _expect(tab.get_by_role("heading", name="Not finished")).to_be_visible()
    tab.close()
    tab = watched.open("design")
    tab.get_by_role("link", name="tiny").click()
    tab.get_by_role("button", name="Continue").click()
    _expect(tab.get_by_role("heading", name="Recommended")).to_be_visible()
    _look_at_findings(tab, folder)
    _look_at_front(tab)
    _look_at_files(tab, folder)


def _look_at_findings(tab: Any, folder: Path) -> None:
    """The page, the report and the sheet say every sentence and every remark that was found."""
    found = json.loads((folder / "tiny" / "findings.json").read_text(encoding="utf-8"))
    words = [*found["sentences"], *(each["words"] for each in found["remarks"])]
    _expect(tab.locator("#therapy .finding").first).to_be_visible()
    shown = tab.locator("#therapy").text_content()
    papers = [
        unescape((folder / "tiny" / name).read_text(encoding="utf-8"))
        for name in ("report.html", "protocol_sheet.html")
    ]
    for each in words:
        assert all(each in place for place in (shown, *papers)), each


def _look_at_front(tab: Any) -> None:
    _expect(tab.locator("#others tbody tr").first).to_contain_text("recommended")
    _expect(tab.locator("#others")).to_contain_text("do nothing")
    _expect(tab.locator("#map [data-panel=expected]")).to_be_visible()
    agree(tab, "map")
    dots = tab.locator("#front [data-kind=points]")
    _expect(dots.first).to_be_visible()
    tab.get_by_label("Against", exact=True).select_option("dose_pct")
    _expect(tab.locator("#front .axis-words.x")).to_contain_text("Dose")
    assert agree(tab, "front")["panels"] == ["dose_pct"]
    nothing = tab.get_by_label("Protocol", exact=True).locator("option", has_text="do nothing")
    tab.get_by_label("Protocol", exact=True).select_option(nothing.get_attribute("value"))
    _expect(tab.locator("#point")).to_contain_text("For the command line: none.")
    place = tab.locator("#front .legend > span", has_text="drug alone")
    _expect(place).to_be_visible()
    tab.mouse.click(*tab.evaluate(_A_DRUG))
    _expect(tab.locator("#point pre")).to_contain_text("--given baclofen:dose_mg_per_day=")


# Dots lie on each other: where the dot of a drug is that is the farthest from all others.
_A_DRUG = """() => {
  const { plot } = document.getElementById("front");
  document.getElementById("front").scrollIntoView({ block: "center" });
  const panel = plot.figure.panels.find((each) => each.name === plot.only[0]);
  const dots = panel.marks
    .filter((mark) => mark.kind === "points" && mark.keys)
    .flatMap(({ name, keys, x, y }) =>
      keys.map((key, i) => ({ name, key, at: plot.at(panel.name, x[i], y[i]) })));
  const far = (a, b) => Math.hypot(a.at[0] - b.at[0], a.at[1] - b.at[1]);
  const others = (dot) => dots.filter(({ key }) => key !== dot.key);
  const alone = (dot) => Math.min(...others(dot).map((each) => far(each, dot)));
  const drugs = dots.filter((dot) => dot.name === "drug alone");
  return drugs.sort((a, b) => alone(b) - alone(a))[0].at;
}"""


def _look_at_files(tab: Any, folder: Path) -> None:
    for link, words in (("Open the report", "no medical device"), ("Protocol sheet", "Stop")):
        with tab.expect_popup() as opened:
            tab.get_by_role("link", name=link).click()
        _expect(opened.value.locator("body")).to_contain_text(words)
    tab.get_by_role("button", name="All that was tried").click()
    _expect(tab.locator("table.found tbody tr").first).to_be_visible()
    with tab.expect_download() as loaded:
        tab.get_by_role("link", name="Parquet").click()
    assert loaded.value.suggested_filename == "trials.parquet"
    assert (folder / "tiny" / "recommended.toml").is_file()


def test_the_form_writes_a_goal_and_faults_are_named(watched: Any, folder: Path) -> None:
    tab = watched.open("design/new", width=390, color_scheme="dark")
    goal = tab.get_by_label("Goal file (TOML)")
    tab.get_by_label("Severity", exact=True).select_option("mild")
    tab.get_by_role("switch", name="tizanidine").uncheck()
    _expect(goal).to_have_value(_holds('condition = "spinal cord injury, mild"'))
    _expect(goal).to_have_value(_holds('drugs = ["baclofen", "cyproheptadine"]'))
    goal.fill('condition = "spinal cord injury, dreadful"')
    _expect(tab.locator("#checked")).to_contain_text("line 1: condition")
    _expect(tab.get_by_role("button", name="Start the design")).to_be_disabled()
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390


def _holds(words: str) -> Any:
    import re

    return re.compile(re.escape(words))
