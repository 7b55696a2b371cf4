"""What runs longer than a person waits: each job in a process of its own, only so many at once.

Each kind of job waits in a queue of its own, so that a file opens while a study runs.

A job is known to the server, not to a tab of the browser: who closes the tab finds it again.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import signal
import sys
import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from renshaw.core.errors import RenshawError

WAITING, RUNNING, DONE, FAILED, STOPPED = "waiting", "running", "done", "failed", "stopped"
ENDED = (DONE, FAILED, STOPPED)
# More than that wait for nothing: whoever asks for more is told so.
MOST_WAITING = 20
# Finished jobs are forgotten, oldest first.
MOST_KEPT = 50
_LINES_KEPT = 40
_LONGEST_LINE_bytes = 4 * 1024**2
_SECONDS_TO_STOP = 5.0


@dataclass(eq=False)
class Job:
    """One job, and how far it is."""

    id: str
    kind: str
    title: str
    target: str
    arguments: Mapping[str, Any]
    state: str = WAITING
    done: int = 0
    total: int = 0
    what: str = ""
    error: str = ""
    result: Any = None
    began_s: float = 0.0
    ended_s: float = 0.0
    said: deque[str] = field(default_factory=lambda: deque(maxlen=_LINES_KEPT))
    process: asyncio.subprocess.Process | None = None
    stopping: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return what the page shows of it."""
        until_s = self.ended_s or time.time()
        return {
            "id": self.id,
            "kind": self.kind,
            "title": self.title,
            "state": self.state,
            "done": self.done,
            "total": self.total,
            "what": self.what,
            "error": self.error,
            "result": self.result,
            "seconds": round(until_s - self.began_s, 1) if self.began_s else 0.0,
        }


class Jobs:
    """All jobs of one page.

    Parameters
    ----------
    most_running : int
        Jobs of one kind that run at the same time; others wait for their turn.
    """

    def __init__(self, most_running: int = 1) -> None:
        self.most_running = most_running
        self._jobs: dict[str, Job] = {}
        self._running: dict[str, asyncio.Task[None]] = {}

    def start(self, kind: str, title: str, target: str, arguments: Mapping[str, Any]) -> Job:
        """Let a job begin as soon as there is room.

        Parameters
        ----------
        kind : str
            Which tab it belongs to.
        title : str
            What people call it.
        target : str
            ``"package.module:function"``, called with the arguments and ``progress`` in a process
            of its own; what it returns must be fit for JSON.
        arguments : mapping
            Fit for JSON.

        Raises
        ------
        RenshawError
            Too many jobs are waiting.
        """
        if sum(job.state == WAITING for job in self._jobs.values()) >= MOST_WAITING:
            raise RenshawError(f"{MOST_WAITING} jobs are waiting already; stop one first.")
        job = Job(secrets.token_hex(6), kind, title, target, dict(arguments))
        self._jobs[job.id] = job
        self._forget()
        self._next()
        return job

    def get(self, id: str) -> Job:
        """Return a job.

        Raises
        ------
        RenshawError
            There is none of that name (any more).
        """
        try:
            return self._jobs[id]
        except KeyError:
            raise RenshawError("There is no such job any more.") from None

    def all(self, kind: str | None = None) -> tuple[Job, ...]:
        """Return the jobs, newest first."""
        found = [job for job in self._jobs.values() if kind in (None, job.kind)]
        return tuple(reversed(found))

    async def stop(self, id: str) -> Job:
        """Interrupt a job: what it has finished is kept, as after Ctrl-C."""
        job = self.get(id)
        job.stopping = True
        if job.state == WAITING:
            self._end(job, STOPPED)
        task = self._running.get(id)
        if job.process is not None and task is not None:
            _signal(job.process, signal.SIGINT)
            done, _ = await asyncio.wait({task}, timeout=_SECONDS_TO_STOP)
            if not done:
                _signal(job.process, signal.SIGKILL)
                await asyncio.wait({task})
        return job

    async def close(self) -> None:
        """Stop everything; the page ends."""
        for job in self.all():
            if job.state not in ENDED:
                await self.stop(job.id)
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    def _next(self) -> None:
        running = Counter(job.kind for job in self._jobs.values() if job.state == RUNNING)
        for job in self._jobs.values():
            if job.state == WAITING and running[job.kind] < self.most_running:
                running[job.kind] += 1
                job.state, job.began_s = RUNNING, time.time()
                self._running[job.id] = asyncio.create_task(self._run(job))

    def _forget(self) -> None:
        ended = [job.id for job in self._jobs.values() if job.state in ENDED]
        for id in ended[: max(0, len(ended) - MOST_KEPT)]:
            del self._jobs[id]

    async def _run(self, job: Job) -> None:
        try:
            code = await self._process(job)
            if job.stopping:
                self._end(job, STOPPED)
            elif code == 0 and not job.error:
                self._end(job, DONE)
            else:
                job.error = job.error or explained(code, job.said)
                self._end(job, FAILED)
        except Exception as error:
            job.error = f"The job could not be run: {type(error).__name__}: {error}"
            self._end(job, FAILED)
        finally:
            self._running.pop(job.id, None)
            self._next()

    async def _process(self, job: Job) -> int:
        job.process = process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "renshaw.app.job_process",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=_LONGEST_LINE_bytes,
            # A Ctrl-C in the terminal is for the page, which then stops its jobs in order.
            start_new_session=True,
        )
        assert process.stdin and process.stdout and process.stderr
        try:
            task = {"target": job.target, "arguments": job.arguments}
            with contextlib.suppress(ConnectionError):
                process.stdin.write(json.dumps(task).encode() + b"\n")
                await process.stdin.drain()
            # It stays open: the job sees by it that the page is there.
            if job.stopping:
                _signal(process, signal.SIGINT)
            await asyncio.gather(_heard(job, process.stdout), _kept(job, process.stderr))
            return await process.wait()
        except BaseException:
            _signal(process, signal.SIGKILL)
            await process.wait()
            raise

    def _end(self, job: Job, state: str) -> None:
        job.state, job.ended_s = state, time.time()
        job.process = None


async def _heard(job: Job, stream: asyncio.StreamReader) -> None:
    async for line in stream:
        with contextlib.suppress(ValueError, KeyError):
            words = json.loads(line)
            if "result" in words:
                job.result = words["result"]
            elif "error" in words:
                job.error = str(words["error"])
            else:
                job.done, job.total = int(words["done"]), int(words["total"])
                job.what = str(words["what"])


async def _kept(job: Job, stream: asyncio.StreamReader) -> None:
    while piece := await stream.read(64 * 1024):
        job.said.extend(piece.decode(errors="replace").splitlines())


def explained(code: int, said: deque[str]) -> str:
    """Return why a job ended without a result, for a person.

    Parameters
    ----------
    code : int
        Exit code; the negative number of the signal that killed it.
    said : deque of str
        The last lines it wrote.
    """
    if code == -signal.SIGKILL:
        return (
            "The computer ended the job, most likely because there was not enough memory: try "
            "fewer or shorter recordings, or fewer motoneurons."
        )
    if code < 0:
        return f"The job crashed ({signal.Signals(-code).name}). What was finished before is kept."
    last = next((line for line in reversed(said) if line.strip()), "")
    return f"The job ended early. {last}".strip()


def _signal(process: asyncio.subprocess.Process, number: int) -> None:
    # The whole group: a study has workers of its own.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
