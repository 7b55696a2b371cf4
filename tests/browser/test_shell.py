"""The shell of the page: tabs, keyboard, errors, widths, light and dark."""

from __future__ import annotations

from typing import Any


def _fits(tab: Any) -> bool:
    return bool(tab.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_the_address_leads_to_the_first_tab(watched: Any) -> None:
    tab = watched.open()
    assert tab.url == watched.address + "explore"
    assert tab.get_by_role("navigation", name="Tabs").get_by_role("link").first.inner_text() == (
        "Explore"
    )


def test_the_keyboard_reaches_the_content_first(watched: Any) -> None:
    tab = watched.open()
    tab.keyboard.press("Tab")
    assert tab.locator(":focus").inner_text() == "Skip to the content"
    tab.keyboard.press("Enter")
    assert tab.locator(":focus").get_attribute("id") == "main"


def test_every_tab_fits_a_phone_in_light_and_dark(watched: Any) -> None:
    names = [
        link.get_attribute("href").rpartition("/")[2]
        for link in watched.open().locator(".bar li a").all()
    ]
    papers = set()
    for scheme in ("light", "dark"):
        for name in names:
            tab = watched.open(name, width=390, height=844, color_scheme=scheme)
            assert _fits(tab), name
            papers.add(tab.evaluate("getComputedStyle(document.documentElement).backgroundColor"))
    assert len(papers) == 2
