"""The bench: many tests of many people, each done once, by any number of processes, and kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from renshaw.core.fingerprint import fingerprint
from renshaw.core.received import LARGEST_CSV_BYTES, bytes_of, refuse_no_file
from renshaw.core.settings import Settings, as_python
from renshaw.interventions import Intervention
from renshaw.model.participant import Participant
from renshaw.optimization.measuring import SIDE_BY_SIDE, Job, Numbers, measured
from renshaw.study.pieces import code_fingerprint
from renshaw.study.workers.processes import worker_pool

Progress = Callable[[int, int, str], None]

MEASURED = "measured.jsonl"


@dataclass(frozen=True)
class Test:
    """One person doing one thing once.

    Parameters
    ----------
    task : SpasmTest, MaximalEffort or NightSettings
    given : tuple of Intervention
    who : Participant
    seed : int
        Of the noise.
    """

    # Not a case of pytest, whatever its name.
    __test__ = False

    task: Settings
    given: tuple[Intervention, ...]
    who: Participant
    seed: int


class Bench:
    """Does tests and remembers what they gave; with a folder, also the next time.

    Parameters
    ----------
    folder : Path, optional
        Where ``measured.jsonl`` is kept. A run that was stopped finds there what it had done; what
        another program had done is not taken.
    workers : int
        Processes; no number depends on it.
    progress : callable, optional
    """

    def __init__(
        self, folder: Path | None = None, workers: int = 1, progress: Progress | None = None
    ) -> None:
        self._kept = folder / MEASURED if folder is not None else None
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None
        self._progress = progress
        self._program = code_fingerprint()
        self._known: dict[str, Numbers] = dict(self._read())
        self.done: int = 0
        self.expected = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def results(self, tests: Sequence[Test], what: str) -> list[Numbers]:
        """Return what each test gives, doing those that were not done before.

        Parameters
        ----------
        tests : sequence of Test
        what : str
            What is being done, for the progress.
        """
        keys = [self._key(test) for test in tests]
        missing = {k: t for k, t in zip(keys, tests, strict=True) if k not in self._known}
        self._say(len(tests) - len(missing), what)
        for some, found in self._measured(list(_jobs(missing))):
            self._keep(dict(zip(some, found, strict=True)))
            self._say(len(some), what)
        return [self._known[key] for key in keys]

    def say(self, what: str) -> None:
        """Say what is done now."""
        self._say(0, what)

    def _say(self, more: int, what: str) -> None:
        self.done += more
        if self._progress is not None:
            self._progress(self.done, max(self.expected, self.done), what)

    def _key(self, test: Test) -> str:
        # The name says nothing about the person, and would have the same test done twice.
        who = test.who.replace(name="").as_python()
        task = f"{type(test.task).__name__} {test.task.as_python()}"
        return fingerprint(self._program, task, as_python(test.given), who, test.seed)

    def _measured(
        self, jobs: list[tuple[tuple[str, ...], Job]]
    ) -> Iterator[tuple[tuple[str, ...], list[Numbers]]]:
        if self._workers == 1 or not jobs:
            for keys, job in jobs:
                yield keys, measured(job)
            return
        if self._pool is None:
            self._pool = worker_pool(self._workers)
        waiting = {self._pool.submit(measured, job): keys for keys, job in jobs}
        for future in as_completed(waiting):
            yield waiting[future], future.result()

    def _keep(self, found: dict[str, Numbers]) -> None:
        self._known.update(found)
        if self._kept is not None:
            with self._kept.open("a", encoding="utf-8") as file:
                for key, numbers in found.items():
                    file.write(json.dumps([key, numbers]) + "\n")

    def _read(self) -> Iterator[tuple[str, Numbers]]:
        """Yield what was kept; a line that was cut off in the middle counts as not there."""
        if self._kept is None:
            return
        # A pipe would be waited for, here or once something is to be kept.
        refuse_no_file(self._kept)
        if not self._kept.is_file():
            return
        text = bytes_of(self._kept, LARGEST_CSV_BYTES).decode("utf-8", "replace")
        for line in text.splitlines():
            try:
                key, numbers = json.loads(line)
                yield str(key), {str(name): float(value) for name, value in numbers.items()}
            except (ValueError, TypeError, AttributeError):
                continue
        if text and not text.endswith("\n"):
            with self._kept.open("a", encoding="utf-8") as file:
                file.write("\n")


def _jobs(missing: dict[str, Test]) -> Iterable[tuple[tuple[str, ...], Job]]:
    """Yield tests that are alike but for the person, some at a time."""
    alike: dict[tuple[Settings, tuple[Intervention, ...]], list[str]] = {}
    for key, test in missing.items():
        alike.setdefault((test.task, test.given), []).append(key)
    for (task, given), keys in alike.items():
        for first in range(0, len(keys), SIDE_BY_SIDE):
            some = tuple(keys[first : first + SIDE_BY_SIDE])
            tests = [missing[key] for key in some]
            people, seeds = tuple(t.who for t in tests), tuple(t.seed for t in tests)
            yield some, Job(task, given, people, seeds)
