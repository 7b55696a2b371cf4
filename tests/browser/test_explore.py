"""The tab Explore, end to end: the picture follows the hand, and the mission can be done."""

from __future__ import annotations

import re
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api", reason="needs the group browser")
pytest.importorskip("starlette", reason="needs the extra app")

from playwright.sync_api import expect

from renshaw.app.guard import WRONG_ADDRESS

# Kernels may have to be compiled, on a computer that does other things as well.
WAIT_ms = 180_000


def _seen(tab: Any, number: int | None = None) -> None:
    """Wait for the full picture of the last wish, or of that number."""
    wanted = "" if number is None else f'[data-number="{number}"]'
    tab.wait_for_selector(f"#views[data-quality=full]{wanted}", timeout=WAIT_ms)


def _number(tab: Any) -> int:
    return int(tab.get_attribute("#views", "data-number"))


def _figure(tab: Any, title: str) -> float:
    box = tab.locator("#figures div", has=tab.get_by_text(title, exact=True)).locator("dd")
    found = re.search(r"[\d.]+", box.inner_text())
    assert found, box.inner_text()
    return float(found[0])


def test_the_mission_makes_a_spasm_and_calms_it_in_two_ways(watched: Any) -> None:
    tab = watched.open("explore")
    _seen(tab)
    steps = tab.locator("[data-step]")
    expect(steps.nth(0)).to_have_class("next")
    spasm_s = []
    for i in range(5):
        number = _number(tab)
        steps.nth(i).get_by_role("button").click()
        _seen(tab, number + 1)
        expect(steps.nth(i)).to_have_class("done")
        if i >= 2:
            spasm_s.append(_figure(tab, "Duration of the spasm"))
    assert spasm_s[0] > 2.0
    # The nerve stops it; relaxation, which is weaker in the second edition, makes it far shorter.
    assert spasm_s[1] < 1.0
    assert spasm_s[2] < 0.5 * spasm_s[0]
    assert "before" in tab.locator("#figures").inner_text()
    assert "rs.Relaxation(depth=1.0)" in tab.locator("#python").text_content()


def test_the_arrow_keys_turn_a_knob_and_the_picture_follows(watched: Any) -> None:
    tab = watched.open("explore")
    _seen(tab)
    knob = tab.get_by_label("Inhibition", exact=True)
    knob.focus()
    tab.keyboard.press("ArrowLeft")
    tab.keyboard.press("ArrowLeft")
    assert float(knob.input_value()) == pytest.approx(1.3)
    _seen(tab, 2)
    assert "inhibition=1.3" in tab.locator("#python").text_content()
    expect(tab.locator("#announcement")).to_contain_text("Mean ΔF")


def test_knobs_appear_where_they_belong_and_start_over_puts_them_back(watched: Any) -> None:
    tab = watched.open("explore")
    _seen(tab)
    dose = tab.get_by_label(re.compile("^Dose"))
    expect(dose.locator("visible=true")).to_have_count(0)
    tab.get_by_label("Drug").select_option("baclofen")
    expect(dose.locator("visible=true")).to_have_count(1)
    tab.get_by_label("Stimulate the antagonist's nerve").check()
    expect(tab.get_by_label("Frequency")).to_be_visible()
    tab.get_by_role("button", name="Start over").click()
    expect(tab.get_by_label("Frequency")).to_be_hidden()
    _seen(tab, 3)
    assert "given" not in tab.locator("#python").text_content()


def test_who_turns_a_knob_gets_a_sketch_before_the_whole(watched: Any) -> None:
    tab = watched.open("explore")
    _seen(tab)
    qualities = tab.evaluate(
        """() => new Promise((done) => {
          const views = document.getElementById("views");
          const seen = [];
          new MutationObserver(() => {
            seen.push(views.dataset.quality);
            if (views.dataset.quality === "full") done(seen);
          }).observe(views, { attributes: true, attributeFilter: ["data-quality"] });
          const knob = document.querySelector("input[name='participant.inhibition']");
          knob.value = 2;
          knob.dispatchEvent(new Event("input", { bubbles: true }));
        })"""
    )
    assert (qualities[0], qualities[-1]) == ("sketch", "full")


def test_the_picture_can_be_saved(watched: Any, tmp_path: Any) -> None:
    tab = watched.open("explore")
    _seen(tab)
    with tab.expect_download(timeout=WAIT_ms) as saved:
        tab.get_by_text("Save", exact=True).click()
        tab.get_by_role("button", name="SVG").click()
    saved.value.save_as(tmp_path / "picture.svg")
    drawn = (tmp_path / "picture.svg").read_text(encoding="utf-8")
    for words in ("Before", "Now", "Time (s)", "% MVC", "mean of all motoneurons"):
        assert f">{words}<" in drawn


def test_everything_has_a_name(watched: Any) -> None:
    tab = watched.open("explore")
    _seen(tab)
    nameless = tab.evaluate(
        """() => [...document.querySelectorAll("input:not([type=hidden]), select, button, summary")]
          .filter((e) => !(e.labels?.length || e.textContent.trim() || e.ariaLabel))
          .map((e) => e.outerHTML)"""
    )
    assert nameless == []
    pictures = tab.locator("#views svg[role=img]")
    assert pictures.count() == 12
    assert all(svg.get_attribute("aria-label") for svg in pictures.all())
    assert tab.locator("main").count() == tab.locator("h1").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_now_and_before_on_request(watched: Any, scheme: str) -> None:
    tab = watched.open("explore", width=390, height=844, color_scheme=scheme)
    _seen(tab)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    expect(tab.locator(".view.before").first).to_be_hidden()
    tab.get_by_role("button", name="Show “before” too").click()
    expect(tab.locator(".view.before").first).to_be_visible()
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    assert tab.locator("#now-title").bounding_box()["height"] < 40
    tab.get_by_label("Drug").evaluate("(knob) => knob.scrollIntoView({ block: 'center' })")
    expect(tab.locator("#glance svg[role=img]")).to_be_in_viewport(ratio=1)


def test_a_page_whose_address_has_changed_says_so(watched: Any) -> None:
    tab = watched.open("explore")
    _seen(tab)
    refusal = {"status": 404, "content_type": "text/plain", "body": WRONG_ADDRESS + "\n"}
    tab.route("**/explore/picture", lambda route: route.fulfill(**refusal))
    tab.get_by_role("button", name="Repeat with new noise").click()
    expect(tab.locator("#problem")).to_have_text(WRONG_ADDRESS)
    # The browser says on its console that it was refused.
    watched.faults[:] = [fault for fault in watched.faults if "404" not in fault]


def test_twenty_tabs_keep_working(watched: Any) -> None:
    first = watched.open("explore")
    tabs = [first, *(watched.beside(first, "explore") for _ in range(19))]
    for i, tab in enumerate(tabs):
        _seen(tab)
        tab.evaluate(
            """(value) => {
              // A spasm: the quickest picture.
              document.querySelector("input[value='spasm']").checked = true;
              const knob = document.querySelector("input[name='relaxation.depth']");
              knob.value = value;
              knob.dispatchEvent(new Event("input", { bubbles: true }));
            }""",
            0.05 * (i + 1),
        )
    for tab in tabs:
        tab.wait_for_selector('#views[data-number="1"]', timeout=WAIT_ms)
        expect(tab.locator("#problem")).to_be_hidden()
