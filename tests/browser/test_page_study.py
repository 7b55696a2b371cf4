"""The tab Study in a browser: from a form to answers, stopped and gone on with, by keys."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from drawn import agree

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))

from study_samples import SLOW, virtual

from renshaw.model.editions import DEFAULT_EDITION
from renshaw.study.brief_file import brief_toml

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def folder(page_folder: Path) -> Path:
    """The page's folder, without the runs of other tests."""
    for path in page_folder.glob("[!.]*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return page_folder


def _expect(place: Any, timeout_ms: float = 300_000) -> Any:
    from playwright.sync_api import expect

    # Long, because a study simulates; expect returns as soon as it is true.
    expect.set_options(timeout=timeout_ms)
    return expect(place)


def _put(tab: Any, toml: str) -> None:
    tab.get_by_label("Study file (TOML)").fill(toml)


def test_a_study_from_the_form_to_its_answers(watched: Any, folder: Path) -> None:
    tab = watched.open("study")
    _expect(tab.get_by_role("heading", name="No study in this folder yet")).to_be_visible()
    tab.get_by_role("link", name="New study").click()
    for label, value in (("Name", "tiny"), ("Participants", "2"), ("Number of units", "6")):
        tab.get_by_label(label, exact=True).fill(value)
    tab.locator("[name='arm.repeats']").fill("1")
    tab.get_by_text("Settings of the ramp").click()
    ramp = tab.locator("details.protocol[data-kind=ramp]")
    ramp.get_by_label("Rise").fill("2")
    ramp.get_by_label("Fall").fill("2")
    ramp.get_by_label("Follows").select_option("drive")
    for name in ("Observed", "Mixed models"):
        tab.get_by_role("switch", name=name).uncheck()
    words = f"2 virtual participants of edition {DEFAULT_EDITION}, 4 simulated recordings."
    _expect(tab.locator("#checked")).to_have_text(words)
    _expect(tab.get_by_label("Results folder")).to_have_value("tiny")
    tab.get_by_role("button", name="Start the study").click()
    _expect(tab).to_have_url(f"{watched.address}study/results?path=tiny")
    _expect(tab.get_by_role("link", name="Open the report")).to_be_visible()
    _expect(tab.locator("#answers .finding").first).to_contain_text("relaxation")
    _expect(tab.locator("#answers svg").first).to_be_visible()
    agree(tab, "picture-0")
    assert (folder / "tiny" / "study.toml").is_file()
    _look_at_tables(tab)
    _look_at_report(tab)


def _look_at_tables(tab: Any) -> None:
    tab.get_by_role("button", name="Participants", exact=True).click()
    table = tab.locator("table.found")
    _expect(table.locator("tbody tr")).to_have_count(2)
    head = table.get_by_role("button", name="participant")
    head.click()
    _expect(table.locator("th[aria-sort=ascending]")).to_have_count(1)
    tab.keyboard.press("Enter")
    _expect(table.locator("th[aria-sort=descending]")).to_have_count(1)
    _expect(table.locator("tbody tr").first).to_contain_text("P02")
    with tab.expect_download() as loaded:
        tab.get_by_role("link", name="CSV").click()
    assert "P01" in Path(loaded.value.path()).read_text()
    with tab.expect_download() as loaded:
        tab.get_by_role("link", name="Parquet").click()
    assert loaded.value.suggested_filename == "participants.parquet"


def _look_at_report(tab: Any) -> None:
    with tab.expect_popup() as opened:
        tab.get_by_role("link", name="Open the report").click()
    report = opened.value
    _expect(report.get_by_role("heading", level=1)).to_be_visible()


def test_a_study_is_stopped_found_again_and_gone_on_with(watched: Any, folder: Path) -> None:
    slow = brief_toml(virtual(2, SLOW))
    (folder / "slow.toml").write_text(slow)
    tab = watched.open("study/new")
    tab.get_by_role("button", name="A file of this folder").click()
    _expect(tab.get_by_role("button", name="Start the study")).to_be_enabled()
    tab.get_by_label("Results folder").fill("slow run")
    tab.get_by_role("button", name="Start the study").click()
    _expect(tab.get_by_role("button", name="Stop")).to_be_visible()
    tab.close()

    tab = watched.open("study")
    _expect(tab.locator(".run .badge")).to_have_text("running")
    tab.get_by_role("link", name="small").click()
    # A study that is stopped before its process has begun has no folder yet.
    _expect(tab.locator(".progress .numbers")).to_contain_text("of")
    tab.get_by_role("button", name="Stop").click()
    _expect(tab.get_by_role("heading", name="Not finished")).to_be_visible()
    # What takes too long is asked for differently, and the same folder goes on.
    (folder / "slow-run" / "study.toml").write_text(brief_toml(virtual(2)))
    again = tab.get_by_role("button", name="Continue")
    # A page that loads again takes no keys until its scripts have run.
    _expect(tab.locator("#main")).to_have_js_property("inert", False)
    again.focus()
    tab.keyboard.press("Enter")
    _expect(tab.locator("#answers .finding").first).to_be_visible()


def test_a_fault_is_named_by_line(watched: Any, folder: Path) -> None:
    tab = watched.open("study/new")
    _expect(tab.get_by_role("button", name="Start the study")).to_be_enabled()
    _put(tab, "repeats = 2\n\n[cohort]\nparticpants = 3\n")
    problem = tab.locator("#checked")
    _expect(problem).to_contain_text("line 4: cohort.particpants")
    _expect(tab.get_by_role("button", name="Start the study")).to_be_disabled()
    tab.get_by_role("button", name="Go to line 4").click()
    selected = "() => { const t = document.getElementById('toml'); "
    selected += "return t.value.slice(t.selectionStart, t.selectionEnd); }"
    assert tab.evaluate(selected) == "particpants = 3"
    tab.get_by_role("button", name="Write it from the form again").click()
    _expect(tab.get_by_role("button", name="Start the study")).to_be_enabled()
    tab.get_by_label("Participants", exact=True).fill("1")
    _expect(problem).to_contain_text("participants = 1: must be from 2 to 1,000,000")


def test_a_study_that_fails_is_explained(watched: Any, folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "data" / "p1_pre.csv").write_text("nothing,that\nis,a recording\n")
    tab = watched.open("study/new")
    _expect(tab.get_by_role("button", name="Start the study")).to_be_enabled()
    _put(tab, '[recordings]\nfolder = "data"\npattern = "{participant}_{condition}.csv"\n')
    _expect(tab.locator("#checked")).to_have_text("1 recording read from files.")
    tab.get_by_role("button", name="Start the study").click()
    _expect(tab.locator(".state .problem").first).to_contain_text("Not one recording gave numbers")
    tab.get_by_role("link", name="Studies").click()
    _expect(tab.locator(".run .problem")).to_contain_text("p1_pre")


def test_hostile_names_are_words(watched: Any, folder: Path) -> None:
    place = folder / HOSTILE
    (place / "pieces").mkdir(parents=True)
    (place / "study.toml").write_text(f"title = '{HOSTILE}'")
    (place / "report.html").write_text(
        "<p id=x>as it was</p><script>x.textContent = 'run'</script>"
    )
    (place / "unit_means.csv").write_text("quantity,value\nx,1\n")
    (place / "differences.csv").write_text(f'quantity,"{HOSTILE}"\n"{HOSTILE}",1\n')
    (folder / f"{HOSTILE}.toml").write_text("repeats = 2")
    tab = watched.open("study", width=390)
    tab.on("dialog", lambda dialog: watched.faults.append(dialog.message))
    tab.get_by_role("link", name=HOSTILE).click()
    _expect(tab.get_by_role("heading", level=1)).to_have_text(HOSTILE)
    _expect(tab.locator("table.found td").first).to_have_text(HOSTILE)
    _expect(tab.locator("#answers .problem")).to_be_visible()
    assert tab.locator("img").count() == 0
    # Its other tables are missing, which the page says, and the browser as well.
    watched.faults[:] = [fault for fault in watched.faults if "400" not in fault]


@pytest.mark.parametrize("color_scheme", ["dark", "light"])
@pytest.mark.parametrize("path", ["study", "study/new"])
def test_a_phone_needs_no_sideways_scroll(
    watched: Any, folder: Path, path: str, color_scheme: str
) -> None:
    tab = watched.open(path, width=390, color_scheme=color_scheme)
    _expect(tab.get_by_role("heading", level=1)).to_be_visible()
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
