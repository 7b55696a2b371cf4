"""A page in a process of its own, to be killed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/[\w-]+/")


@contextmanager
def served(folder: Path) -> Iterator[tuple[httpx2.Client, subprocess.Popen[str]]]:
    """Serve a folder as the command does; killed, not ended, when the block is left."""
    code = (
        "import sys; from pathlib import Path; from renshaw.app.server import page_server\n"
        "page = page_server(Path(sys.argv[1])); print(page.address, flush=True); page.run()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout is not None
    try:
        found = _ADDRESS.search(process.stdout.readline())
        assert found is not None
        origin = found[0].rsplit("/", 2)[0]
        with httpx2.Client(base_url=found[0], headers={"origin": origin}, timeout=120) as client:
            yield client, process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()


def settled(client: httpx2.Client, id: str) -> dict[str, Any]:
    while (state := client.get(f"recording/{id}/stage").json())["stage"] == "opening":
        time.sleep(0.05)
    assert isinstance(state, dict)
    return state
