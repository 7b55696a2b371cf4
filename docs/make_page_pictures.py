"""Make the pictures of the page, docs/figures/page_*.png, in Chromium.

    uv run --extra app --group browser docs/make_page_pictures.py [--study DIR] [--design DIR]

Those of the tab Recording need ../shared/data; those of Study and Design the folder of a finished
study and of a finished design. A picture whose material is missing is left as it is.
"""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from making import DOCS, parser, place

try:
    from PIL import Image
    from playwright.sync_api import sync_playwright
except ImportError as missing:
    print(f"Skipped: pictures of the page need {missing.name} (the group browser).")
    raise SystemExit(0) from None

from renshaw.app.server import serving
from renshaw.model.editions import DEFAULT_EDITION

DATA = DOCS.parents[1] / "shared/data"
WIDTH, PHONE = 1280, (390, 844)
PATIENCE_ms = 300_000


@dataclass(frozen=True)
class Camera:
    """What opens tabs, and the folder for their pictures."""

    open: Callable[..., Any]
    figures: Path

    def kept(self, tab: Any, name: str, whole: bool = True) -> None:
        """Write a picture."""
        tab.mouse.move(0, 0)
        drawn = Image.open(io.BytesIO(tab.screenshot(full_page=whole)))
        drawn.convert("RGB").save(self.figures / f"page_{name}.png", optimize=True)


def main() -> None:
    """Serve a folder with what is to be seen, look at it, and keep the pictures."""
    asking = parser(__doc__)
    asking.add_argument("--study", type=Path, help="folder of a finished study")
    asking.add_argument("--design", type=Path, help="folder of a finished design")
    told = asking.parse_args()
    if shutil.which("chromium") is None:
        print("Skipped: pictures of the page need chromium.")
        return
    figures = place(told) / "figures"
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        for given in (told.study, told.design):
            if given is not None:
                shutil.copytree(given, folder / given.resolve().name)
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        with serving(folder) as address:

            def opened(path: str, width: int = WIDTH, height: int = 900, **options: Any) -> Any:
                size = {"width": width, "height": height}
                tab = browser.new_context(viewport=size, **options).new_page()
                tab.set_default_timeout(PATIENCE_ms)
                tab.goto(address + path)
                return tab

            camera = Camera(opened, figures)
            explore(camera, 1 if told.quick else 4)
            if not told.quick:
                phone(camera)
                recording(camera)
                editing(camera)
            if told.study is not None:
                study(camera, told.study.resolve().name)
            if told.design is not None:
                design(camera, told.design.resolve().name)
        browser.close()


def explore(camera: Camera, steps: int) -> None:
    """Keep a spasm beside the same touch under nerve stimulation."""
    tab = camera.open("explore")
    mission(tab, steps)
    camera.kept(tab, "explore")


def phone(camera: Camera) -> None:
    """Keep the same on a phone, in the dark: the top, and further down beside its knobs."""
    # Knobs in the address, or it would begin as the picture before was left.
    address = f"explore?edition={DEFAULT_EDITION}&knobs={{}}"
    tab = camera.open(address, *PHONE, color_scheme="dark", device_scale_factor=1.25)
    mission(tab, 3)
    tab.mouse.move(0, 0)
    seen = [tab.screenshot()]
    tab.get_by_label("Strength of the touch").evaluate("(knob) => knob.scrollIntoView(true)")
    tab.evaluate("window.scrollBy(0, -250)")
    seen.append(tab.screenshot())
    parts = [Image.open(io.BytesIO(each)) for each in seen]
    gap = 20
    both = Image.new("RGB", (2 * parts[0].width + gap, parts[0].height), "white")
    for number, part in enumerate(parts):
        both.paste(part, (number * (part.width + gap), 0))
    both.save(camera.figures / "page_phone.png", optimize=True)


def mission(tab: Any, steps: int) -> None:
    """Do the first steps of the mission."""
    tab.wait_for_selector('#views[data-quality="full"]')
    for step in range(steps):
        tab.locator("[data-step] button").nth(step).click()
        tab.wait_for_selector(f'#views[data-quality="full"][data-number="{step + 1}"]')
        # What was pinned comes after the picture where it does another task now.
        tab.locator(".view.before svg").first.wait_for(state="attached")
    tab.wait_for_timeout(1000)


def recording(camera: Camera) -> None:
    """Keep a recording with a chosen unit and a pair."""
    tab = dropped(camera, "caillet2022_TA_35_D.mat", height=1330)
    if tab is None:
        return
    tab.locator("#construction [data-panel=control]").wait_for()
    tab.locator('#units [data-unit="7"]').click()
    tab.wait_for_timeout(1000)
    camera.kept(tab, "recording", whole=False)


def editing(camera: Camera) -> None:
    """Keep the source of a unit, one discharge of which was removed."""
    tab = dropped(camera, "otb_testfile.mat")
    if tab is None:
        return
    tab.locator("#headline:not(:empty)").wait_for()
    tab.goto(tab.url + "/edit?unit=3")
    tab.locator("#source [data-kind=points]").first.wait_for()
    for key in ("+", "+", "+", "ArrowRight", "ArrowRight", "Enter"):
        tab.keyboard.press(key)
        tab.wait_for_timeout(1500)
    tab.locator("#edits li").wait_for()
    tab.keyboard.press("r")
    tab.locator("#edits li").nth(1).wait_for()
    tab.wait_for_timeout(1500)
    camera.kept(tab, "editing")


def dropped(camera: Camera, name: str, height: int = 900) -> Any:
    """Return the page of a real recording; None where it is not here."""
    if not (DATA / name).exists():
        print(f"{name} is not here: its picture is left as it is.")
        return None
    tab = camera.open("recording", height=height)
    tab.set_input_files("#file", str(DATA / name))
    return tab


def study(camera: Camera, folder: str) -> None:
    """Keep the answers of a study."""
    tab = camera.open(f"study/results?path={folder}", height=2050)
    tab.locator("#answers svg").first.wait_for()
    tab.locator("table.found").wait_for()
    camera.kept(tab, "study", whole=False)


def design(camera: Camera, folder: str) -> None:
    """Keep what a design recommends, beside its alternatives and the front."""
    tab = camera.open(f"design/results?path={folder}", height=1700)
    tab.locator("#front [data-kind=points]").first.wait_for()
    tab.locator("#map [data-panel=expected]").wait_for()
    camera.kept(tab, "design", whole=False)


if __name__ == "__main__":
    main()
