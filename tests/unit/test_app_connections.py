"""Half-sent requests, slow ones and too many of them: none keeps the page from its person."""

from __future__ import annotations

import contextlib
import socket
import time
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

pytest.importorskip("uvicorn")

from renshaw.app import connections
from renshaw.app.server import serving


@pytest.fixture
def page(tmp_path, monkeypatch):
    monkeypatch.setattr(connections, "HEAD_s", 1.0)
    monkeypatch.setattr(connections, "BODY_IDLE_s", 1.5)
    monkeypatch.setattr(connections, "TAKING_s", 1.5)
    monkeypatch.setattr(connections, "_LOOKS_s", 0.2)
    with serving(tmp_path) as address:
        yield address


def connected(address: str) -> socket.socket:
    where = urlsplit(address)
    return socket.create_connection((where.hostname, where.port), timeout=10)


def ended_after_s(connection: socket.socket) -> tuple[float, bytes]:
    """Return when the page closed a connection, and what it said before."""
    begun, said = time.monotonic(), b""
    try:
        while piece := connection.recv(65536):
            said += piece
    except ConnectionError:
        pass
    return time.monotonic() - begun, said


@pytest.mark.parametrize("half", [b"", b"GET / HTTP/1.1\r\nHost: 127", b"GET"])
def test_half_a_head(page, half):
    with connected(page) as connection:
        connection.sendall(half)
        seconds, said = ended_after_s(connection)
    assert seconds < 5
    assert said.startswith(b"HTTP/1.1 408")


def test_a_head_that_comes_letter_by_letter(page):
    with connected(page) as connection:
        begun = time.monotonic()
        with pytest.raises(ConnectionError):
            while time.monotonic() - begun < 8:
                connection.sendall(b"X")
                time.sleep(0.2)
    assert time.monotonic() - begun < 5


def head(page: str, path: str, body_bytes: int) -> bytes:
    where = urlsplit(page)
    return (
        f"POST {where.path}{path} HTTP/1.1\r\nHost: {where.netloc}\r\n"
        f"Origin: http://{where.netloc}\r\nContent-Length: {body_bytes}\r\n\r\n"
    ).encode()


@pytest.mark.parametrize("path", ["recording/upload", "nowhere", "../wrong-token"])
def test_half_a_body(page, path):
    with connected(page) as connection:
        connection.sendall(head(page, path, 10_000) + b"half")
        seconds, _ = ended_after_s(connection)
    assert seconds < 8


def test_a_body_that_comes_letter_by_letter(page):
    with connected(page) as connection:
        connection.sendall(head(page, "recording/upload", 10_000))
        begun = time.monotonic()
        with pytest.raises(ConnectionError):
            while time.monotonic() - begun < 10:
                connection.sendall(b"X")
                time.sleep(0.2)
    assert time.monotonic() - begun < 8


def test_a_second_request_that_is_half_sent(page):
    where = urlsplit(page)
    whole = f"GET {where.path}explore HTTP/1.1\r\nHost: {where.netloc}\r\n\r\n".encode()
    with connected(page) as connection:
        connection.sendall(whole)
        time.sleep(0.5)
        connection.sendall(b"GET /")
        seconds, said = ended_after_s(connection)
    assert said.startswith(b"HTTP/1.1 200")
    assert b"408 Request Timeout" in said
    assert seconds < 6


def test_more_connections_than_any_browser_opens(page, monkeypatch):
    monkeypatch.setattr(connections, "HEAD_s", 60.0)
    held = [connected(page) for _ in range(3 * connections.MOST_CONNECTIONS)]
    try:
        for each in held:
            with contextlib.suppress(ConnectionError):
                each.sendall(b"GET / HTTP/1.1\r\n")
        with urlopen(page, timeout=10) as answer:
            assert answer.status == 200
        closed = 0
        for each in held:
            each.settimeout(0.01)
            try:
                closed += not each.recv(1)
            except TimeoutError:
                pass
            except ConnectionError:
                closed += 1
        assert closed >= 2 * connections.MOST_CONNECTIONS
    finally:
        for each in held:
            each.close()


def test_one_who_asks_again_and_again_is_answered(page):
    where = urlsplit(page)
    whole = f"GET {where.path}explore HTTP/1.1\r\nHost: {where.netloc}\r\n\r\n".encode()
    with connected(page) as connection:
        for _ in range(8):  # longer in all than any limit
            connection.sendall(whole)
            said = connection.recv(65536)
            assert said
            time.sleep(0.3)
