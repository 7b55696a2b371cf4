"""The tab Recording in a real browser: dropping in, looking, setting aside, taking along."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn import agree

import renshaw as rs

DATA = Path(__file__).parents[2] / "../shared/data"
HOSTILE = "<img src=x onerror=alert(1)>"
# The machine may be busy with other things; nothing here waits longer than it has to.
PATIENCE_ms = 240_000


def drop(tab: Any, path: Path) -> None:
    """Choose a file and wait until its page is drawn."""
    tab.set_default_timeout(PATIENCE_ms)
    tab.set_input_files("#file", str(path))
    tab.locator("#construction svg, #problem:not([hidden]), #raw:not([hidden])").first.wait_for()


def fits(tab: Any) -> bool:
    return bool(tab.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.fixture(scope="session")
def ramp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated ramp, in renshaw's own file."""
    path: Path = tmp_path_factory.mktemp("ramp") / "ramp.h5"
    person = rs.Participant(muscle="TA", n_units=12)
    rs.simulate(person, rs.Ramp(), seed=7).save(path)
    return path


@pytest.fixture
def view(watched: Any, ramp: Path) -> Iterator[Any]:
    """The page of the simulated ramp."""
    tab = watched.open("recording")
    drop(tab, ramp)
    yield tab


def test_a_unit_is_set_aside_and_comes_back_by_the_keyboard(view: Any) -> None:
    before = view.locator("#headline").inner_text()
    first = view.locator("#units .unit").first
    first.focus()
    view.keyboard.press("ArrowDown")
    chosen = view.locator('#units .unit[aria-current="true"]')
    assert view.locator('#units button[tabindex="0"]').count() == 2
    label = chosen.locator(".label").inner_text()
    view.keyboard.press("s")
    view.locator("#units li.out").wait_for()
    view.locator("#undo:not([disabled])").wait_for()
    assert view.locator("#undo").get_attribute("aria-label") == f"Undo: Unit {label}: set aside"
    assert f"Unit {label}: set aside" in view.locator("#announcement").inner_text()
    view.locator("#program", has_text="rs.edit.SetAside(").wait_for()
    view.keyboard.press("Control+z")
    view.locator("#redo:not([disabled])").wait_for()
    view.locator("#units li.out").wait_for(state="detached")
    assert view.locator("#headline").inner_text() == before
    view.keyboard.press("Control+Shift+Z")
    view.locator("#units li.out").wait_for()


def test_a_reason_is_kept_and_is_only_text(view: Any) -> None:
    view.locator("#units .unit").first.click()
    view.locator("#why").fill(HOSTILE)
    view.locator("#unit-card").get_by_role("button", name="Set aside").click()
    view.locator("#unit-card", has_text=f"You set this unit aside: {HOSTILE}").wait_for()
    assert view.locator("img").count() == 0


def test_pairs_have_reasons_and_pictures(view: Any) -> None:
    view.locator("#pairs-details summary").click()
    view.locator("#pairs-which").select_option("rejected")
    row = view.locator("#pairs tbody tr").first
    assert len(row.locator("td.w").inner_text()) > 10
    row.get_by_role("button").click()
    view.locator("#construction-words", has_text="Rejected").wait_for()


def test_settings_change_the_answer_and_the_program(view: Any) -> None:
    before = view.locator("#headline").inner_text()
    view.locator("summary", has_text="ΔF").first.click()
    view.locator("[name='delta_f.recruitment_gap_s']").fill("4")
    view.locator("[name='delta_f.recruitment_gap_s']").press("Tab")
    view.locator("#program", has_text="recruitment_gap_s=4.0").wait_for()
    assert view.locator("#headline").inner_text() != before
    view.locator("#rules").select_option("openhdemg")
    view.locator("#program", has_text="'openhdemg'").wait_for()
    assert view.locator("[name='delta_f.recruitment_gap_s']").input_value() == "1"


# Where a discharge in the middle of the first unit is drawn, in pixels of the window.
_A_DISCHARGE = """() => {
  const { plot } = document.getElementById("traces");
  const row = plot.figure.panels[0].marks.find((mark) => mark.kind === "ticks");
  return plot.at("discharges", row.x[Math.floor(row.x.length / 2)], row.y);
}"""


def test_a_click_in_the_raster_chooses_a_unit(view: Any) -> None:
    x, y = view.evaluate(_A_DISCHARGE)
    view.mouse.move(x, y)
    view.locator("#traces .tip:not([hidden])").first.wait_for()
    view.mouse.down()
    view.mouse.up()
    view.locator("#unit-card h3").wait_for()
    assert view.locator('#units .unit[aria-current="true"]').count() == 1


def test_everything_can_be_taken_along(view: Any, tmp_path: Path) -> None:
    with view.expect_download() as download:
        view.get_by_role("button", name="Report").click()
    download.value.save_as(tmp_path / "report.html")
    assert "ΔF" in (tmp_path / "report.html").read_text(encoding="utf-8")
    for words, name in (("Estimates", "ramp-estimates.csv"), ("Python", "ramp.py")):
        with view.expect_download() as download:
            view.get_by_role("link", name=words).click()
        assert download.value.suggested_filename == name


def test_the_multiverse_is_drawn(view: Any) -> None:
    view.get_by_role("button", name="Try every combination").click()
    view.locator("#multiverse-picture [data-panel=means]").wait_for()
    agree(view, "multiverse-picture")
    assert "defensible analyses" in view.locator("#multiverse-words").inner_text()
    view.locator("#program", has_text="rs.multiverse(recording)").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_it_all(watched: Any, ramp: Path, scheme: str) -> None:
    tab = watched.open("recording", width=390, height=844, color_scheme=scheme)
    assert fits(tab)
    drop(tab, ramp)
    assert fits(tab)
    tab.goto(tab.url + "/edit")
    tab.locator("#source [data-kind=points]").first.wait_for()
    assert fits(tab)


def test_no_name_turns_the_words_around_it(watched: Any, page_folder: Path) -> None:
    turned = "\u202e"
    rows = [
        f'"{turned}7{unit}",{t:.4f}'
        for unit, (start, end) in enumerate([(1, 20), (3, 17), (5, 15)])
        for t in np.cumsum(0.1 + 0.02 * np.sin(np.arange(0, end * 8)))
        if start < t < end
    ]
    path = page_folder / f"turned{turned}.csv"
    path.write_text("unit,time_s\n" + "\n".join(rows))
    try:
        tab = watched.open("recording")
        tab.get_by_text("turned\ufffd.csv").first.click()
        tab.locator("#units .unit").first.wait_for(timeout=60000)
        assert turned not in tab.evaluate("document.body.innerText + document.title")
        assert "\ufffd70" in tab.locator("#units .label").first.inner_text()
        tab.locator("#units .unit").first.click()
        tab.goto(tab.url.split("?")[0] + "/edit")
        tab.locator("#unit-title", has_text="\ufffd7").wait_for()
        tab.locator("svg text").first.wait_for()
        assert turned not in tab.evaluate("document.body.innerText + document.title")
        # A study that is called so, and what is said of it.
        place = page_folder / f"study{turned}"
        (place / "pieces").mkdir(parents=True)
        (place / "study.toml").write_text(f"title = 'a{turned}b'")
        (place / "unit_means.csv").write_text(f"quantity,value\n{turned}x,1\n")
        tab.goto(watched.address + "study")
        tab.get_by_role("link", name="a\ufffdb").click()
        tab.locator("h1", has_text="a\ufffdb").wait_for()
        tab.wait_for_load_state("networkidle")
        assert turned not in tab.evaluate("document.body.innerText + document.title")
        watched.faults[:] = [fault for fault in watched.faults if "400" not in fault]
    finally:
        path.unlink()
        shutil.rmtree(page_folder / f"study{turned}", ignore_errors=True)


def test_hostile_labels_are_text_everywhere(watched: Any, tmp_path: Path) -> None:
    rows = [
        f'"{HOSTILE}{unit}",{t:.4f}'
        for unit, (start, end) in enumerate([(1, 20), (3, 17), (5, 15)])
        for t in np.cumsum(0.1 + 0.02 * np.sin(np.arange(0, end * 8)))
        if start < t < end
    ]
    path = tmp_path / f"{HOSTILE}.csv".replace("/", "")
    path.write_text("unit,time_s\n" + "\n".join(rows))
    tab = watched.open("recording")
    drop(tab, path)
    assert tab.locator("h1").inner_text() == path.name
    assert HOSTILE in tab.locator("#units .label").first.inner_text()
    tab.locator("#units .unit").first.click()
    tab.goto(tab.url.split("?")[0] + "/edit")
    tab.locator("#unit-title", has_text=HOSTILE).wait_for()
    assert tab.locator("img").count() == 0


def test_a_file_that_is_none_is_explained(watched: Any, tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_bytes(b"%PDF-1.7\n\0\xff\xfe\0")
    tab = watched.open("recording")
    drop(tab, tmp_path / "paper.pdf")
    assert "PDF document" in tab.locator("#problem").inner_text()


def test_a_real_recording(watched: Any) -> None:
    if not (path := DATA / "caillet2022_TA_35_D.mat").exists():
        pytest.skip("../shared/data is not here")
    tab = watched.open("recording")
    drop(tab, path)
    assert "225 of 496 pairs" in tab.locator("#headline").inner_text()
    assert tab.locator("#units .unit").count() == 32


def test_twenty_tabs_keep_working(watched: Any, ramp: Path) -> None:
    first = watched.open("recording")
    drop(first, ramp)
    path = first.url.removeprefix(watched.address)
    tabs = [watched.beside(first, path) for _ in range(20)]
    for tab in tabs:
        tab.set_default_timeout(PATIENCE_ms)
        tab.locator("#construction [data-panel=control]").wait_for()
    tabs[-1].locator("#units .toggle").first.click()
    tabs[-1].locator("#undo:not([disabled])").wait_for()


def test_a_file_that_leaves_something_out_is_read_with_what_is_given(
    watched: Any, ramp: Path, tmp_path: Path
) -> None:
    units = rs.read(ramp).units
    lines = [f"{k},{1000 * t:.2f}" for k, train in enumerate(units, start=1) for t in train]
    (tmp_path / "ms.csv").write_text("\n".join(["unit,time", *lines]))
    tab = watched.open("recording")
    drop(tab, tmp_path / "ms.csv")
    assert "--time-unit" in tab.locator("#problem").inner_text()
    choice = tab.get_by_label("Time unit")
    choice.wait_for()
    assert choice.evaluate("field => field === document.activeElement")
    assert fits(tab)
    choice.select_option("ms")
    tab.get_by_label("Muscle").fill("TA")
    tab.locator("#read-again").click()
    tab.locator("#construction svg").first.wait_for()
    tab.locator("#program", has_text="rs.ReadOptions(time_unit='ms', muscle='TA')").wait_for()
    # It opened, and can be read otherwise.
    tab.locator("#again summary").click()
    assert "Time unit ms" in tab.locator("#given").inner_text()
    tab.get_by_label("Time unit").select_option("s")
    tab.locator("#read-again").click()
    tab.locator("#given", has_text="Time unit s").wait_for(state="attached")
    # Who insists on seconds is believed; units that slow have no pair to draw.
    tab.locator("#headline", has_text="Warning").wait_for()
