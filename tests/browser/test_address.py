"""The address of a page holds what is seen: reload, Back and a copied link show the same."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

import renshaw as rs

pytest.importorskip("uvicorn", reason="needs the extra app")

from renshaw.app.server import serving
from renshaw.model.editions import DEFAULT_EDITION

# Pictures are simulated, on a computer that does other things as well.
PATIENCE_ms = 180_000


def until(tab: Any, true: str) -> None:
    """Wait until an expression is true; the page's own rules forbid it to wait for a text.

    While one page gives way to another, what is asked about is not there yet.
    """
    end_s = time.monotonic() + PATIENCE_ms / 1000
    asked = f"(() => {{ try {{ return {true} }} catch {{ return false }} }})()"
    while not answered(tab, asked):
        assert time.monotonic() < end_s, true
        tab.wait_for_timeout(50)


def answered(tab: Any, asked: str) -> bool:
    from playwright.sync_api import Error

    try:
        return bool(tab.evaluate(asked))
    except Error as gone:
        if "context was destroyed" not in str(gone):
            raise
        return False


def test_knobs_are_as_they_were_after_reload_back_and_in_a_copied_link(watched: Any) -> None:
    tab = watched.open("explore")
    tab.set_default_timeout(PATIENCE_ms)
    tab.locator('#views[data-quality="full"]').wait_for()
    knob = tab.locator('#knobs input[type="range"]:visible').first
    knob.focus()
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowRight")
    name, value = knob.get_attribute("name"), knob.input_value()
    until(tab, f"location.search.includes(encodeURIComponent('\"{value}\"'))")
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


def test_a_link_shows_the_person_of_its_time(watched: Any) -> None:
    """One that names no edition was made when there was but the first."""
    edition = "document.querySelector('[name=\"participant.edition\"]').value"
    tab = watched.open('explore?knobs={"participant.inhibition":"1"}')
    tab.set_default_timeout(PATIENCE_ms)
    until(tab, "location.search.includes('edition=1')")
    until(tab, "document.querySelector('[name=\"participant.inhibition\"]').value === '1'")
    assert tab.evaluate(edition) == "1"
    assert tab.locator("#other-edition").is_visible()
    tab.locator("#reset").click()
    until(tab, f"{edition} === '{DEFAULT_EDITION}'")
    until(tab, f"location.search.includes('edition={DEFAULT_EDITION}')")
    assert "knobs" not in tab.url


@pytest.mark.parametrize("words", ["%7Bnone", '{"no-such":1,"seed":"x","protocol":"none"}'])
def test_an_address_that_names_no_knobs_is_the_page_as_at_first(watched: Any, words: str) -> None:
    tab = watched.open(f"explore?knobs={words}&before=null")
    tab.set_default_timeout(PATIENCE_ms)
    tab.locator('#views[data-quality="full"]').wait_for()
    assert tab.locator("#problem").is_hidden()
    assert "knobs" not in tab.url
    assert tab.locator('[name="protocol"]:checked').count() == 1


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


def kept(tab: Any) -> None:
    until(tab, "document.getElementById('kept').textContent.startsWith('Saved.')")


def test_a_study_that_is_being_written_is_there_after_reload_back_and_a_restart(
    watch: Any, tmp_path: Path
) -> None:
    def holds(tab: Any) -> None:
        until(tab, "document.getElementById('toml').value.startsWith('# mine')")
        assert tab.locator('[name="cohort.participants"]').input_value() == "7"
        assert tab.locator('[name="protocol"]').input_value() == "vibstim"
        assert tab.locator('.protocol[data-kind="vibstim"]').is_visible()
        assert tab.locator("#folder-name").input_value() == "elsewhere"

    with serving(tmp_path) as address:
        watched = watch(address)
        tab = watched.open("study/new")
        tab.set_default_timeout(PATIENCE_ms)
        until(tab, "document.getElementById('toml').value.includes('participants')")
        assert tab.locator("#kept").is_hidden()
        tab.locator('[name="cohort.participants"]').fill("7")
        tab.locator('[name="protocol"]').select_option("vibstim")
        until(tab, "document.getElementById('toml').value.includes('vibstim')")
        tab.locator("#toml").fill("# mine\n" + tab.locator("#toml").input_value())
        tab.locator("#folder-name").fill("elsewhere")
        kept(tab)
        assert "draft=" in tab.url
        tab.reload()
        holds(tab)
        tab.locator(".back a").click()
        tab.locator(".drafts a").wait_for()
        tab.go_back()
        holds(tab)
        # Who leaves at once, before anything was said to be saved, loses nothing either.
        tab.locator('[name="plan.question"]').fill("Why?")
        tab.locator(".back a").click()
        tab.locator(".drafts a").wait_for()
        watched.contexts.pop().close()
    with serving(tmp_path) as address:
        tab = watch(address).open("study")
        tab.set_default_timeout(PATIENCE_ms)
        tab.locator(".drafts a").click()
        holds(tab)
        assert tab.locator('[name="plan.question"]').input_value() == "Why?"
        tab.go_back()
        tab.on("dialog", lambda dialog: dialog.accept())
        tab.locator(".drafts button").click()
        until(tab, "!document.querySelector('.drafts')")
        tab.close()
    assert not list(tmp_path.iterdir())
