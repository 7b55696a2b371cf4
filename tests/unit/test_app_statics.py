"""Static files: compressed, kept for good by the browser, and never those of another version."""

from __future__ import annotations

import asyncio
import gzip
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("starlette", reason="needs the extra app")
pytest.importorskip("httpx2", reason="needs the dependency group browser")

from starlette.requests import ClientDisconnect, Request
from starlette.testclient import TestClient

from renshaw.app.server import application
from renshaw.app.statics import FOLDER, Statics, statics, takes_gzip
from renshaw.app.uploads import UploadError, received

TOKEN = "token"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    guarded = application(tmp_path_factory.mktemp("page"), TOKEN, 8000)
    with TestClient(guarded, base_url="http://127.0.0.1:8000") as client:
        yield client


def _of(path: str) -> str:
    return f"/{TOKEN}/static/{statics().stamp}/{path}"


def test_a_file_comes_compressed_and_is_kept_for_good(client: TestClient) -> None:
    with client.stream("GET", _of("recording/view.js")) as answer:
        sent = b"".join(answer.iter_raw())
    body = (FOLDER / "recording/view.js").read_bytes()
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(sent) == body
    assert len(sent) < len(body) / 2
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_whoever_takes_no_gzip_gets_the_file_as_it_is(client: TestClient) -> None:
    answer = client.get(_of("page.css"), headers={"accept-encoding": "gzip;q=0, br"})
    assert "content-encoding" not in answer.headers
    assert answer.content == (FOLDER / "page.css").read_bytes()


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [("gzip", True), ("br, gzip;q=0.5", True), ("*", True), ("", False), ("gzip;q=0", False)],
)
def test_what_a_browser_accepts(accepted: str, takes: bool) -> None:
    assert takes_gzip(accepted) is takes


def test_a_changed_file_has_another_address(tmp_path: Path, client: TestClient) -> None:
    (tmp_path / "a.js").write_text("1")
    before = Statics(tmp_path).stamp
    (tmp_path / "a.js").write_text("2")
    assert Statics(tmp_path).stamp != before
    assert client.get(f"/{TOKEN}/static/{before}/page.css").status_code == 404


def test_a_page_names_all_modules_at_once_and_none_is_missing(client: TestClient) -> None:
    text = client.get(f"/{TOKEN}/recording").text
    addresses = re.findall(r'(?:src|href)="([^"]*/static/[^"]*)"', text)
    assert any(each.endswith("/recording/parts.js") for each in addresses)
    assert [client.get(each).status_code for each in addresses] == [200] * len(addresses)
    for path in FOLDER.rglob("*.js"):
        statics().imported_by(path.relative_to(FOLDER).as_posix())


def test_pages_come_compressed_and_are_not_kept(client: TestClient) -> None:
    answer = client.get(f"/{TOKEN}/study/new")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["cache-control"] == "no-store"
    plain = client.get(f"/{TOKEN}/study/new", headers={"accept-encoding": "identity"})
    assert answer.text == plain.text


async def _broken_off(folder: Path) -> None:
    messages: Iterator[dict[str, object]] = iter(
        [{"type": "http.request", "body": b"part", "more_body": True}, {"type": "http.disconnect"}]
    )

    async def receive() -> dict[str, object]:
        return next(messages)

    headers = [(b"x-file-name", b"a%0Ab.h5")]
    scope = {"type": "http", "method": "POST", "headers": headers, "path": "/"}
    await received(Request(scope, receive), folder)


def test_an_upload_that_is_broken_off_leaves_one_line_and_no_file(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), pytest.raises(UploadError, match="to its end") as found:
        asyncio.run(_broken_off(tmp_path))
    assert not isinstance(found.value, ClientDisconnect)
    assert [record.getMessage().count("\n") for record in caplog.records] == [0]
    assert list(tmp_path.iterdir()) == []
