"""The editing view in a real browser, on the raw grid of ../shared/data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import renshaw as rs

GRID = Path(__file__).parents[2] / "../shared/data/otb_testfile.mat"
PATIENCE_ms = 240_000


@pytest.fixture
def editor(watched: Any) -> Iterator[Any]:
    """The editing view of unit 3 of a grid with five units of another tool."""
    if not GRID.exists():
        pytest.skip("../shared/data is not here")
    tab = watched.open("recording")
    tab.set_default_timeout(PATIENCE_ms)
    tab.set_input_files("#file", str(GRID))
    tab.locator("#headline:not(:empty)").wait_for()
    tab.goto(tab.url + "/edit?unit=3")
    tab.locator("#source [data-kind=points]").first.wait_for()
    yield tab


def discharges(tab: Any) -> int:
    return int(tab.locator("#figures dd").first.inner_text())


def _expect(place: Any) -> Any:
    from playwright.sync_api import expect

    expect.set_options(timeout=PATIENCE_ms)
    return expect(place)


def edits(tab: Any, count: int) -> list[str]:
    _expect(tab.locator("#edits li")).to_have_count(count)
    return list(tab.locator("#edits li").all_inner_texts())


def test_the_keyboard_removes_adds_and_takes_back(editor: Any) -> None:
    before = discharges(editor)
    editor.locator("#closer").click()
    # The page's policy forbids the evaluation by which a browser would wait itself.
    for _ in range(PATIENCE_ms // 50):
        if editor.evaluate("document.querySelector('#source').plot.figure.window?.[0] > 5"):
            break
        editor.wait_for_timeout(50)
    editor.locator("#main").focus()
    editor.keyboard.press("ArrowRight")
    words = editor.locator("#cursor").inner_text()
    editor.keyboard.press("Enter")
    (said,) = edits(editor, 1)
    removed = "a discharge" in words
    assert ("removed" if removed else "added") in said
    assert discharges(editor) == before + (-1 if removed else 1)
    editor.keyboard.press("Control+z")
    edits(editor, 0)
    assert discharges(editor) == before
    editor.keyboard.press("Control+Shift+Z")
    edits(editor, 1)


def test_a_box_removes_and_the_filter_finds_again(editor: Any, tmp_path: Path) -> None:
    before = discharges(editor)
    editor.keyboard.press("d")
    assert editor.locator("[data-tool=remove]").get_attribute("aria-pressed") == "true"
    area = editor.locator("#source svg[data-panel=source] .area").bounding_box()
    editor.mouse.move(area["x"] + area["width"] * 0.4, area["y"] + 2)
    editor.mouse.down()
    editor.mouse.move(area["x"] + area["width"] * 0.5, area["y"] + area["height"] - 2, steps=4)
    editor.mouse.up()
    (said,) = edits(editor, 1)
    assert "discharges removed" in said
    assert discharges(editor) < before - 5
    editor.keyboard.press("r")
    edits(editor, 2)
    assert discharges(editor) > before - 10
    with editor.expect_download() as download:
        editor.get_by_role("link", name="Save as .h5").click()
    download.value.save_as(tmp_path / "edited.h5")
    saved = rs.read(tmp_path / "edited.h5")
    assert len(rs.edit.edits_of(saved)) == 2
    assert len(saved.units[2]) == discharges(editor)


def test_a_unit_is_split_merged_and_locked(editor: Any, watched: Any) -> None:
    before = discharges(editor)
    editor.keyboard.press("p")
    area = editor.locator("#source svg[data-panel=source] .area").bounding_box()
    editor.mouse.move(area["x"] + area["width"] * 0.4, area["y"] + 2)
    editor.mouse.down()
    editor.mouse.move(area["x"] + area["width"] * 0.5, area["y"] + area["height"] - 2, steps=4)
    editor.mouse.up()
    (said,) = edits(editor, 1)
    assert "split off" in said
    assert discharges(editor) < before - 5
    _expect(editor.locator("#units .unit")).to_have_count(6)
    editor.locator("#merge").select_option(label="Unit 6")
    assert "merged with unit 6" in edits(editor, 2)[1]
    assert discharges(editor) == before
    editor.keyboard.press("l")
    edits(editor, 3)
    _expect(editor.locator("#lock")).to_have_text("Unlock")
    editor.keyboard.press("s")
    _expect(editor.locator("#problem")).to_contain_text("unit 3 is locked")
    watched.faults[:] = [fault for fault in watched.faults if "400" not in fault]
    for left in (2, 1, 0):
        editor.locator("#undo").click()
        edits(editor, left)
    _expect(editor.locator("#units .unit")).to_have_count(5)


def test_units_are_chosen_and_set_aside_by_the_keyboard(editor: Any) -> None:
    editor.keyboard.press("ArrowDown")
    editor.locator("#unit-title", has_text="Unit 4").wait_for()
    editor.keyboard.press("s")
    edits(editor, 1)
    editor.locator("#flag", has_text="set aside by hand").wait_for()
    editor.keyboard.press("s")
    edits(editor, 2)
    _expect(editor.locator("#flag")).to_have_text("")
