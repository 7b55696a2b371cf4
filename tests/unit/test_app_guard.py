"""Only the page itself may ask: token, host, origin, headers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="needs the extra app")
pytest.importorskip("httpx2", reason="needs the dependency group browser")

from starlette.testclient import TestClient

from renshaw.app.server import application
from renshaw.app.statics import statics

TOKEN, HERE = "a-token", "http://127.0.0.1:8000"
STATIC = f"static/{statics().stamp}"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder: Path = tmp_path_factory.mktemp("folder")
    with TestClient(application(folder, TOKEN, 8000), base_url=HERE) as client:
        yield client


def test_whoever_has_the_address_gets_the_page(client: TestClient) -> None:
    found = client.get(f"/{TOKEN}/")
    assert found.status_code == 200
    assert found.url.path == f"/{TOKEN}/explore"


@pytest.mark.parametrize(
    "path", ["/", "/explore", "/wrong/explore", "/a-token2/explore", "/%C3%A4/"]
)
def test_nothing_is_served_without_the_token(client: TestClient, path: str) -> None:
    found = client.get(path)
    assert found.status_code == 404
    assert "address" in found.text


@pytest.mark.parametrize(
    "host",
    ["evil.example:8000", "127.0.0.1:8001", "127.0.0.1", "[::1]:8000", "127.0.0.1.nip.io:8000"],
)
def test_another_host_name_is_refused(client: TestClient, host: str) -> None:
    assert client.get(f"/{TOKEN}/explore", headers={"host": host}).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:8001"},
        {"origin": "https://127.0.0.1:8000"},
        {"origin": HERE, "sec-fetch-site": "cross-site"},
        {"origin": HERE, "sec-fetch-site": "same-site"},
    ],
)
def test_a_change_that_does_not_come_from_the_page_is_refused(
    client: TestClient, headers: dict[str, str]
) -> None:
    found = client.post(f"/{TOKEN}/jobs/none/stop", headers=headers)
    assert found.status_code == 403


def test_a_change_that_comes_from_the_page_is_heard(client: TestClient) -> None:
    origin: dict[str, Any] = {"origin": HERE, "sec-fetch-site": "same-origin"}
    found = client.post(f"/{TOKEN}/jobs/none/stop", headers=origin)
    assert (found.status_code, found.json()) == (400, {"error": "There is no such job any more."})


def test_other_sites_can_not_embed_what_is_here(client: TestClient) -> None:
    strange = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}
    assert client.get(f"/{TOKEN}/{STATIC}/api.js", headers=strange).status_code == 403


@pytest.mark.parametrize("path", ["explore", f"{STATIC}/page.css", "no-such-page", "jobs"])
def test_every_answer_is_locked_down(client: TestClient, path: str) -> None:
    headers = client.get(f"/{TOKEN}/{path}").headers
    policy = dict(
        part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'self'"
    assert policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    "path",
    [
        "static/../server.py",
        "static/..%2fserver.py",
        "static/%2e%2e/x",
        "static/page.css",
        f"{STATIC}/../../server.py",
        f"{STATIC}/..%2fserver.py",
    ],
)
def test_static_files_are_those_alone(client: TestClient, path: str) -> None:
    assert client.get(f"/{TOKEN}/{path}").status_code == 404
