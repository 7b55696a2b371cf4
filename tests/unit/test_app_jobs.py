"""Jobs: side by side only so many, stopped, crashed, explained; each in a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="needs the extra app")

from renshaw.app.jobs import ENDED, FAILED, Job, Jobs, explained
from renshaw.core.errors import RenshawError

Progress = Callable[[int, int, str], None]


def add(a: int, b: int, progress: Progress) -> int:
    progress(1, 2, "adding")
    sys.stdout.write("words of a library are not progress\n")
    return a + b


def refuse(progress: Progress) -> None:
    raise RenshawError("That can't be done; do something else.")


def break_down(progress: Progress) -> None:
    raise ZeroDivisionError("a fault")


def run_out_of_memory(progress: Progress) -> None:
    raise MemoryError


def be_killed(progress: Progress) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def linger(mark: str, progress: Progress) -> None:
    try:
        progress(0, 1, "lingering")
        time.sleep(60)
    finally:
        Path(mark).write_text("ended in order")


def _run(steps: Callable[[Jobs], Awaitable[Any]], most_running: int = 1) -> Any:
    async def whole() -> Any:
        jobs = Jobs(most_running)
        try:
            return await steps(jobs)
        finally:
            await jobs.close()

    return asyncio.run(whole())


@pytest.fixture(autouse=True)
def _found_by_the_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))


async def _until(job: Job, *states: str) -> Job:
    while job.state not in states:
        await asyncio.sleep(0.02)
    return job


def _job(target: str, **arguments: Any) -> Job:
    async def steps(jobs: Jobs) -> Job:
        return await _until(
            jobs.start("test", "a job", f"test_app_jobs:{target}", arguments), *ENDED
        )

    found: Job = _run(steps)
    return found


def test_a_job_returns_what_its_function_does() -> None:
    job = _job("add", a=2, b=3)
    assert (job.state, job.result, job.error) == ("done", 5, "")
    assert (job.done, job.total, job.what) == (1, 2, "adding")


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("refuse", "That can't be done; do something else."),
        ("break_down", "fault in renshaw, not in what you did: ZeroDivisionError: a fault"),
        ("run_out_of_memory", "not enough memory"),
        ("be_killed", "not enough memory"),
        ("no_such_function", "fault in renshaw"),
    ],
)
def test_a_job_that_fails_says_why(target: str, words: str) -> None:
    job = _job(target)
    assert job.state == FAILED
    assert words in job.error


def test_a_crash_is_explained() -> None:
    assert "SIGSEGV" in explained(-signal.SIGSEGV, deque())
    assert explained(1, deque(["the last words", " "])).endswith("the last words")


def test_a_stopped_job_ends_in_order_and_lets_the_next_begin(tmp_path: Path) -> None:
    mark = tmp_path / "mark"

    async def steps(jobs: Jobs) -> tuple[Job, Job, Job]:
        first = jobs.start("test", "long", "test_app_jobs:linger", {"mark": str(mark)})
        second = jobs.start("test", "next", "test_app_jobs:add", {"a": 1, "b": 1})
        third = jobs.start("test", "never", "test_app_jobs:add", {"a": 1, "b": 1})
        while first.what != "lingering":
            await asyncio.sleep(0.02)
        assert (second.state, third.state) == ("waiting", "waiting")
        await jobs.stop(third.id)
        await jobs.stop(first.id)
        return first, await _until(second, *ENDED), third

    first, second, third = _run(steps)
    assert (first.state, second.state, third.state) == ("stopped", "done", "stopped")
    assert mark.read_text() == "ended in order"


def test_the_page_takes_its_jobs_along_when_it_ends(tmp_path: Path) -> None:
    mark = tmp_path / "mark"

    async def steps(jobs: Jobs) -> Job:
        job = jobs.start("test", "long", "test_app_jobs:linger", {"mark": str(mark)})
        while job.what != "lingering":
            await asyncio.sleep(0.02)
        return job

    assert _run(steps).state == "stopped"
    assert mark.exists()


def test_only_so_many_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    async def steps(jobs: Jobs) -> None:
        for _ in range(20):
            jobs.start("test", "waits", "test_app_jobs:add", {"a": 1, "b": 1})
        with pytest.raises(RenshawError, match="20 jobs are waiting"):
            jobs.start("test", "one too many", "test_app_jobs:add", {"a": 1, "b": 1})

    _run(steps, most_running=0)


def test_who_reads_a_file_loads_neither_the_page_nor_a_simulator() -> None:
    program = (
        "import sys, renshaw.app.job_process, renshaw.app.recording.jobs, renshaw.io; "
        "print(*({'starlette.routing', 'numba', 'matplotlib', 'scipy.signal'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""
