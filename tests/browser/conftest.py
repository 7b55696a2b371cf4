"""The page in the system's chromium: an error on its console, or a request elsewhere, fails."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_MISSING = [
    name
    for name in ("playwright", "starlette", "uvicorn")
    if importlib.util.find_spec(name) is None
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a browser where there is none, and say why."""
    if _MISSING:
        why = f"not installed: {', '.join(_MISSING)} (--extra app --group browser)"
    elif CHROMIUM is None:
        why = "there is no chromium (apt-get install chromium)"
    else:
        return
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=why))


@pytest.fixture(scope="session")
def page_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the page is started on."""
    return tmp_path_factory.mktemp("page")


@pytest.fixture(scope="session")
def address(page_folder: Path) -> Iterator[str]:
    """The address of a page that is being served, with its token and a slash at the end."""
    from renshaw.app.server import serving

    with serving(page_folder) as address:
        yield address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser without a window; ends with the module, as its event loop fills the thread."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


class Watched:
    """Opens tabs of the browser and remembers everything that went wrong in them."""

    def __init__(self, chromium: Any, address: str) -> None:
        self.chromium = chromium
        self.address = address
        self.faults: list[str] = []
        self.contexts: list[Any] = []

    def open(self, path: str = "", *, width: int = 1280, height: int = 900, **options: Any) -> Any:
        """Return a tab that shows a path of the page.

        ``options`` are those of a browser context, such as ``color_scheme="dark"``.
        """
        context = self.chromium.new_context(
            viewport={"width": width, "height": height}, accept_downloads=True, **options
        )
        self.contexts.append(context)
        return self._opened(context, path)

    def beside(self, tab: Any, path: str) -> Any:
        """Return another tab of the same browser, which has the same scripts in store."""
        return self._opened(tab.context, path)

    def _opened(self, context: Any, path: str) -> Any:
        tab = context.new_page()
        tab.on("console", self._console)
        tab.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        tab.on("request", self._request)
        tab.on("response", self._response)
        tab.goto(self.address + path)
        return tab

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"console: {message.text}")

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.faults.append(f"asked for {request.url}")

    def _response(self, response: Any) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.status} from {response.url}")


@pytest.fixture
def watch(chromium: Any) -> Iterator[Callable[[str], Watched]]:
    """Opens tabs of the page at an address; the test fails if anything complained in any.

    That is the console, the network or the server.
    """
    found: list[Watched] = []

    def watched(address: str) -> Watched:
        found.append(Watched(chromium, address))
        return found[-1]

    yield watched
    for each in found:
        for context in each.contexts:
            context.close()
    assert [fault for each in found for fault in each.faults] == []


@pytest.fixture
def watched(watch: Callable[[str], Watched], address: str, page_folder: Path) -> Watched:
    """Opens tabs of the page that all tests share."""
    # Knobs are as the test before left them.
    (page_folder / ".renshaw-page" / "explore.json").unlink(missing_ok=True)
    return watch(address)
