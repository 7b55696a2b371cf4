"""An archive on this computer, well-behaved or not."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

DOI = "10.5072/FK2/TESTED"


@dataclass
class Archive:
    """Files by path, and how badly they are served."""

    files: dict[str, bytes]
    address: str = ""
    # Each break is met once: after so many bytes of an answer the connection is cut.
    breaks: list[int] = field(default_factory=list)
    # Answers before any file is given, as 503.
    first: list[int] = field(default_factory=list)
    ranges: bool = True
    served: dict[str, bytes] = field(default_factory=dict)
    status: dict[str, int] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    entries: list[dict[str, Any]] | None = None

    def listing(self) -> list[dict[str, Any]]:
        """Return what Dataverse says of its files."""
        if self.entries is not None:
            return self.entries
        found = []
        for number, (path, content) in enumerate(sorted(self.files.items())):
            folder, _, name = path.rpartition("/")
            data = {
                "id": number,
                "filename": name,
                "filesize": len(content),
                "checksum": {"type": "MD5", "value": hashlib.md5(content).hexdigest()},
            }
            found.append({"dataFile": data, **({"directoryLabel": folder} if folder else {})})
        return found

    def bytes_at(self, url: str) -> bytes | None:
        """Return what lies at an address."""
        where = urlsplit(url).path
        if where.startswith("/api/datasets/"):
            answer = {"status": "OK", "data": {"latestVersion": {"files": self.listing()}}}
            return json.dumps(answer).encode()
        if where.startswith("/api/access/datafile/"):
            path = sorted(self.files)[int(where.rpartition("/")[2])]
        else:
            path = where.removeprefix("/files/")
        return self.served.get(path, self.files.get(path))


class _Handler(BaseHTTPRequestHandler):
    archive: Archive

    def do_GET(self) -> None:
        archive = self.archive
        wanted = self.headers.get("Range", "")
        archive.asked.append((self.path, wanted))
        content = archive.bytes_at(self.path)
        is_file = not self.path.startswith("/api/datasets/")
        status = archive.status.get(urlsplit(self.path).path)
        if is_file and archive.first and status is None:
            status = archive.first.pop(0)
        if content is None or status is not None:
            self.send_response(status or 404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        begin = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and archive.ranges else 0
        if begin >= len(content) and begin:
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(content)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(206 if begin else 200)
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - begin))
        self.end_headers()
        rest = content[begin:]
        if is_file and archive.breaks and len(rest) > archive.breaks[0]:
            self.wfile.write(rest[: archive.breaks.pop(0)])
            self.wfile.flush()
            self.close_connection = True
            return
        self.wfile.write(rest)

    def log_message(self, *words: object) -> None:
        """Say nothing."""


@contextmanager
def serving(archive: Archive) -> Iterator[Archive]:
    """Serve an archive on this computer for as long as the block lasts."""
    handler = type("Handler", (_Handler,), {"archive": archive})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    archive.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield archive
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
