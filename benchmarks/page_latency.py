"""How long from the move of a slider to the new picture on the screen, in a real browser.

``uv run --extra app --group browser benchmarks/page_latency.py [--moves 40] [--quick]``

Chromium without a window opens the tab Explore, with 20 motoneurons. A slider is moved, and the
time is taken in the browser from its input event until the frame after the new picture is drawn:
request, simulation, estimation, answer and drawing. After each move the hand rests until the full
picture is there, unless ``--busy``.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
from pathlib import Path
from typing import Any

try:
    from playwright.sync_api import Page, sync_playwright

    from renshaw.app.server import serving
except ImportError as missing:
    print(f"Skipped: the page is measured with {missing.name} (extra app, group browser).")
    raise SystemExit(0) from None

KNOBS = {
    "participant.neuromodulation": (0.9, 1.0),
    "participant.inhibition": (0.8, 2.2),
    "relaxation.depth": (0.05, 0.95),
}
_MOVE = """([id, value]) => new Promise((done) => {
  const knob = document.querySelector(`input[name="${id}"]`);
  const views = document.getElementById("views");
  const began = performance.now();
  const seen = new MutationObserver(() => {
    seen.disconnect();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
  });
  seen.observe(views, { childList: true });
  knob.value = value;
  knob.dispatchEvent(new Event("input", { bubbles: true }));
})"""


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--moves", type=int, default=36)
    arguments.add_argument("--protocol", choices=("ramp", "spasm", "vibstim"), nargs="*")
    arguments.add_argument("--busy", action="store_true", help="don't wait for full pictures")
    arguments.add_argument("--quick", action="store_true", help="two moves of a ramp")
    told = arguments.parse_args()
    if told.quick:
        told.moves, told.protocol = 2, ["ramp"]
    if shutil.which("chromium") is None:
        print("Skipped: the page is measured in chromium, which is not here.")
        return
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder)) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        tab = browser.new_page(viewport={"width": 1360, "height": 1000})
        tab.set_default_timeout(180_000)
        tab.goto(address + "explore")
        tab.wait_for_selector("#views[data-quality=full]")
        for protocol in told.protocol or ("ramp", "spasm", "vibstim"):
            _measure(tab, protocol, told.moves, told.busy)
        browser.close()


def _measure(tab: Page, protocol: str, moves: int, busy: bool) -> None:
    if not tab.is_checked(f"input[name=protocol][value={protocol}]"):
        last = tab.get_attribute("#views", "data-number")
        tab.evaluate(
            "(p) => document.querySelector(`input[name=protocol][value=${p}]`).click()", protocol
        )
        tab.wait_for_selector(f'#views[data-quality=full]:not([data-number="{last}"])')
    found_ms: list[float] = []
    for i in range(moves):
        name = list(KNOBS)[i % len(KNOBS)]
        low, high = KNOBS[name]
        value = low + (high - low) * ((i * 7) % 11) / 10 + 0.001 * i
        took: Any = tab.evaluate(_MOVE, [name, value])
        found_ms.append(float(took))
        if not busy:
            number = tab.get_attribute("#views", "data-number")
            tab.wait_for_selector(f'#views[data-quality=full][data-number="{number}"]')
    ninth = statistics.quantiles(found_ms, n=10)[-1]
    load = os.getloadavg()[0]
    print(
        f"{protocol:8s} {len(found_ms)} moves: median {statistics.median(found_ms):.0f} ms, "
        f"90 % within {ninth:.0f} ms, slowest {max(found_ms):.0f} ms "
        f"(load {load:.1f} on {os.cpu_count()} cores)",
        flush=True,
    )


if __name__ == "__main__":
    main()
