"""Server and browser are killed while someone writes: what the page called saved is there again."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("httpx2", reason="needs the dependency group browser")

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))

from served_page import served

# RENSHAW_KILLS=200 tries more moments (CONTRIBUTING.md).
KILLS = int(os.environ.get("RENSHAW_KILLS", "2"))
PATIENCE_s = 120
CHROMIUM = str(shutil.which("chromium") or shutil.which("chromium-browser"))
SAVED = """() => ({
  saved: document.getElementById("kept")?.textContent.startsWith("Saved.") ?? false,
  text: document.getElementById("toml")?.value,
  question: document.querySelector('[name="plan.question"]')?.value,
})"""


@contextmanager
def browsing(playwright: Any, profile: Path) -> Iterator[Any]:
    """Give a tab of a browser that is killed in the end."""
    code = [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"]
    process = subprocess.Popen(
        [*code, f"--user-data-dir={profile}", "--remote-debugging-port=0", "about:blank"],
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        port, end_s = profile / "DevToolsActivePort", time.monotonic() + PATIENCE_s
        while not (port.exists() and port.read_text().count("\n")):
            assert time.monotonic() < end_s
            time.sleep(0.05)
        address = f"http://127.0.0.1:{port.read_text().splitlines()[0]}"
        browser = playwright.chromium.connect_over_cdp(address, timeout=1000 * PATIENCE_s)
        tab = browser.contexts[0].new_page()
        tab.set_default_timeout(1000 * PATIENCE_s)
        yield tab
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def shown(tab: Any, begin: str, *, saved: bool = False) -> dict[str, Any]:
    """Return what the page shows once its text begins so (and is saved)."""
    end_s = time.monotonic() + PATIENCE_s
    while True:
        found = dict(tab.evaluate(SAVED))
        if found["text"].startswith(begin) and found["text"] and (found["saved"] or not saved):
            return found
        assert time.monotonic() < end_s, found
        tab.wait_for_timeout(50)


def test_killed_at_random_moments_nothing_that_was_called_saved_is_lost(tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    chance = random.Random(KILLS)
    folder = tmp_path / "folder"
    folder.mkdir()
    said = {"text": "", "question": ""}
    with sync_playwright() as playwright:
        for number in range(KILLS + 1):
            profile = tmp_path / f"profile-{number}"
            with served(folder) as (client, process), browsing(playwright, profile) as tab:
                tab.goto(str(client.base_url) + ("study" if number else "study/new"))
                if number:
                    tab.locator(".drafts a").first.click()
                    found = shown(tab, said["text"])
                    assert found["question"].startswith(said["question"])
                else:
                    shown(tab, "")
                    tab.locator("#toml").fill("# mine\n")
                    said = shown(tab, "# mine", saved=True)
                if number == KILLS:
                    break
                end_s = time.monotonic() + chance.random() * 3
                while time.monotonic() < end_s:
                    place = chance.choice(["#toml", '[name="plan.question"]'])
                    tab.locator(place).press("End" if place != "#toml" else "Control+End")
                    tab.locator(place).press_sequentially(chance.choice("abc"))
                    if (found := tab.evaluate(SAVED))["saved"]:
                        said = found
                process.kill()
