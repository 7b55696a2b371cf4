"""The page may run for days: however often it is used, its memory and its files stay as they are.

Here a few rounds; ``RENSHAW_SOAK_MINUTES=30`` goes on for longer (CONTRIBUTING.md).
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("starlette", reason="needs the extra app")
pytest.importorskip("httpx2", reason="needs the dependency group browser")

import httpx2
from served_page import served, settled

import renshaw as rs
from renshaw.app.keeping import FOLDER

MINUTES = float(os.environ.get("RENSHAW_SOAK_MINUTES", "0"))
LEAST_ROUNDS = 8
# Of rounds at the beginning, while caches fill.
WARM_ROUNDS = 4
MOST_GROWN_MB = 24.0

pytestmark = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux' /proc")


def memory_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


def sent(client: httpx2.Client, path: str, values: dict[str, Any]) -> Any:
    answer = client.post(path, json=values)
    assert answer.status_code == 200, answer.text
    return answer.json()


def a_round(client: httpx2.Client, content: bytes, number: int) -> None:
    """Use every part of the page that keeps something, and put all of it away again."""
    named = {"x-file-name": f"mine-{number}.h5"}
    id = client.post("recording/drop", content=content, headers=named).json()["id"]
    assert settled(client, id)["stage"] == "ready"
    for unit in range(1, 5):
        sent(client, f"recording/{id}/change", {"kind": "set_aside", "unit": unit})
        client.get(f"recording/{id}/source/{unit}").raise_for_status()
    for _ in range(3):
        sent(client, f"recording/{id}/change", {"kind": "undo"})
    for rules in ("openhdemg", "renshaw"):
        sent(client, f"recording/{id}/settings", {"rules": rules})
    sent(client, f"recording/{id}/close", {})
    draft = {"id": "", "revision": 0}
    for length in range(1, 20):
        text = {"text": f"{number}" * length}
        said = sent(client, "study/draft", {**draft, "content": text, "title": "mine"})
        draft = {name: said[name] for name in draft}
    sent(client, "study/draft/remove", {"id": draft["id"]})
    for path in ("explore", "recording", "study", "study/new", "design", "no-such-page"):
        client.get(path)
    sent(client, "study/check", {"toml": f'name = "x{number}"', "file": ""})


def test_memory_and_files_stay_as_they_are(tmp_path: Path, record_testsuite_property: Any) -> None:
    times = tuple(np.arange(1.0 + unit, 9.0, 0.11) for unit in range(4))
    rs.Recording(rs.MotorUnits(times, (0.0, 10.0))).save(tmp_path / "units.h5")
    content = (tmp_path / "units.h5").read_bytes()
    end_s = time.monotonic() + 60 * MINUTES
    used: list[float] = []
    with served(tmp_path) as (client, process):
        while len(used) < LEAST_ROUNDS or time.monotonic() < end_s:
            a_round(client, content, len(used))
            used.append(memory_mb(process.pid))
        left = sorted(path.name for path in (tmp_path / FOLDER).iterdir())
        handles = len(list(Path(f"/proc/{process.pid}/fd").iterdir()))
    record_testsuite_property("page memory, MB after each round", used)
    assert left == [".gitignore", "lock"]
    assert handles < 60
    assert used[-1] - used[WARM_ROUNDS] < MOST_GROWN_MB, used
