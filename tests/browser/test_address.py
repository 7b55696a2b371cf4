"""The address of a page holds what is seen: reload, Back and a copied link show the same."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

import renshaw as rs

PATIENCE_ms = 60_000


def until(tab: Any, true: str) -> None:
    """Wait until an expression is true; the page's own rules forbid it to wait for a text."""
    end_s = time.monotonic() + PATIENCE_ms / 1000
    while not tab.evaluate(true):
        assert time.monotonic() < end_s, true
        tab.wait_for_timeout(50)


def test_knobs_are_as_they_were_after_reload_back_and_in_a_copied_link(watched: Any) -> None:
    tab = watched.open("explore")
    tab.set_default_timeout(PATIENCE_ms)
    tab.locator('#views[data-quality="full"]').wait_for()
    knob = tab.locator('#knobs input[type="range"]:visible').first
    knob.focus()
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowRight")
    name, value = knob.get_attribute("name"), knob.input_value()
    assert "knobs=" in tab.url
    link = tab.url
    same = f'document.querySelector(\'[name="{name}"]\').value === "{value}"'
    tab.reload()
    until(tab, same)
    tab.locator('nav a[href$="/study"]').click()
    tab.wait_for_url("**/study")
    tab.go_back()
    until(tab, same)
    other = watched.beside(tab, link.removeprefix(watched.address))
    other.set_default_timeout(PATIENCE_ms)
    until(other, same)
    tab.locator("#reset").click()
    until(tab, "!location.search.includes('knobs')")


@pytest.mark.parametrize("words", ["%7Bnone", '{"no-such":1,"seed":"x"}', "[1]", "null"])
def test_an_address_that_names_no_knobs_is_the_page_as_at_first(watched: Any, words: str) -> None:
    tab = watched.open(f"explore?knobs={words}")
    tab.set_default_timeout(PATIENCE_ms)
    tab.locator('#views[data-quality="full"]').wait_for()
    assert tab.locator("#problem").is_hidden()


def test_unit_and_zoom_of_a_recording_are_in_its_address(watched: Any, tmp_path: Path) -> None:
    person = rs.Participant(muscle="TA", n_units=8)
    rs.simulate(person, rs.Ramp(), seed=7).save(tmp_path / "ramp.h5")
    tab = watched.open("recording")
    tab.set_default_timeout(PATIENCE_ms)
    tab.set_input_files("#file", str(tmp_path / "ramp.h5"))
    tab.locator("#construction svg").first.wait_for()
    tab.locator("#units .unit").nth(2).click()
    unit = tab.locator('#units [aria-current="true"]').get_attribute("data-unit")
    area = tab.locator("#traces svg.area").first.bounding_box()
    middle = area["y"] + area["height"] / 2
    tab.mouse.move(area["x"] + 0.3 * area["width"], middle)
    tab.mouse.down()
    tab.mouse.move(area["x"] + 0.6 * area["width"], middle, steps=4)
    tab.mouse.up()
    until(tab, "location.search.includes('zoom=')")
    link = tab.url
    tab.reload()
    tab.locator("#construction svg").first.wait_for()
    assert tab.locator('#units [aria-current="true"]').get_attribute("data-unit") == unit
    tab.locator("#zoom-out").click()
    until(tab, "!location.search.includes('zoom=')")
    assert f"unit={unit}" in link


def test_a_text_by_hand_wins_over_the_form_and_comes_back(watched: Any) -> None:
    tab = watched.open("study/new")
    tab.set_default_timeout(PATIENCE_ms)
    written = "document.getElementById('toml').value.includes('participants')"
    until(tab, written)
    text = "# my own words\n" + tab.locator("#toml").input_value()
    tab.locator("#toml").fill(text)
    tab.locator('[name="cohort.participants"]').fill("7")
    tab.locator("#by-hand").wait_for()
    tab.wait_for_timeout(800)
    assert tab.locator("#toml").input_value() == text
    tab.locator('[data-source="built-in"]').click()
    until(tab, "!document.getElementById('toml').value.includes('# my own words')")
    tab.locator('[data-source="form"]').click()
    assert tab.locator("#toml").input_value() == text
    tab.locator("#from-form").click()
    until(tab, "!document.getElementById('toml').value.includes('# my own words')")
    until(tab, "document.getElementById('toml').value.includes('7')")
    tab.locator("#bring-back").click()
    assert tab.locator("#toml").input_value() == text
