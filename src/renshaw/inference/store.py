"""The store of training simulations: a folder of numbered chunks, each written whole or not at all.

It keeps what happened (parameters, discharge times, torque, drive), not summaries of it, so that
these can be changed without simulating again. Chunk k holds the same numbers whoever makes it, and
whenever.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import multiprocessing
import os
import signal
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Future,
    ProcessPoolExecutor,
    wait,
)
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import DataError, SettingsError, SimulationError
from renshaw.core.files import alone, replacing, write_text
from renshaw.core.machine import cores
from renshaw.core.received import bytes_of, stream_of
from renshaw.inference.prior import Case, draw_case
from renshaw.inference.simulation import Contraction, contractions
from renshaw.study.workers.cluster import ClusterLostError, connected

FloatArray = NDArray[np.float64]
Progress = Callable[[int, int, str], None]

PAIRS_PER_CHUNK = 32
_LOOK_AFTER_s = 1.0
_LONGEST_NOTE_BYTES = 1000
# What a simulation depends on.
_SOURCES = (
    "core/seeds.py",
    "engine",
    "experiment/maximal.py",
    "experiment/tracking.py",
    "inference/prior.py",
    "inference/simulation.py",
    "model",
    "muscle",
    "protocols",
)


@cache
def model_fingerprint() -> str:
    """Return a hash of the program that simulates; comments and docstrings don't count."""
    root = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for source in _SOURCES:
        digest.update(meaning(root / source).encode())
    return digest.hexdigest()[:16]


def meaning(path: Path) -> str:
    """Return a program, a file or a folder of them, without comments and docstrings."""
    if path.is_dir():
        return "".join(f"{file.name} {meaning(file)}" for file in sorted(path.rglob("*.py")))
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(tree):
        if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None:
            del node.body[0]
    return ast.dump(tree)


@dataclass(frozen=True, eq=False)
class Pair:
    """A case and what happened in it, before and after."""

    case: Case
    before: Contraction
    after: Contraction


@dataclass(frozen=True)
class Store:
    """A folder of simulations, made with one seed by one program."""

    folder: Path
    seed: int = 0

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        mine, note = f"seed {self.seed}, program {model_fingerprint()}\n", self.folder / "made.txt"
        theirs = _said_in(note)
        if not theirs.strip("\0 \n"):
            # Emptied by a crash: whose the chunks are, nobody knows any more; they are put aside.
            for number in self._there():
                self.chunk(number).replace(self.chunk(number).with_suffix(".unknown"))
            write_text(note, mine)
            theirs = mine
        if theirs != mine:
            raise SettingsError(
                f"{self.folder} was simulated with {theirs.strip()}, and now it is {mine.strip()}: "
                "numbers of two programs would be mixed. Choose another folder."
            )

    def chunk(self, number: int) -> Path:
        """Return where a chunk is, or will be."""
        return self.folder / f"chunk_{number:05d}.npz"

    def finished(self) -> list[int]:
        """Return the numbers of the chunks that are there, whole."""
        return [number for number in self._there() if is_whole(self.chunk(number))]

    def _there(self) -> list[int]:
        return sorted(int(path.stem[6:]) for path in self.folder.glob(f"chunk_{'[0-9]' * 5}.npz"))

    def pairs(self, number: int) -> list[Pair]:
        """Return the pairs of a chunk."""
        return _read(self.chunk(number), number, self.seed)


def _said_in(note: Path) -> str:
    """Return what a folder of simulations says of itself; nothing where it says nothing.

    Raises
    ------
    SettingsError
        It can't be read, or is no note of a line.
    """
    try:
        return bytes_of(note, _LONGEST_NOTE_BYTES).decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise SettingsError(
            f"{note} can't be read: {error.strerror or error}. Choose another folder."
        ) from None


def is_whole(path: Path) -> bool:
    """Whether a file of arrays ends as it was written: one that is empty or cut has no index.

    Its bytes are held against their sums when they are read.
    """
    try:
        with stream_of(path) as stream, ZipFile(stream) as archive:
            return bool(archive.infolist())
    except (OSError, BadZipFile, ValueError):
        return False


def fill(
    store: Store,
    pairs: int,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> None:
    """Simulate until the store holds this many pairs; what is there is kept.

    Parameters
    ----------
    store : Store
    pairs : int
        Rounded up to whole chunks.
    workers : int, optional
        Processes; as many as there are cores if not given.
    scheduler : str, optional
        Address of a Dask scheduler, whose workers are used instead.
    progress : callable, optional

    Raises
    ------
    BusyError
        Another program fills it.
    """
    chunks = -(-pairs // PAIRS_PER_CHUNK)
    with alone(store.folder):
        there = set(store.finished())
        missing = [number for number in range(chunks) if number not in there]
        done = _on_cluster if scheduler else _in_processes
        made = done(store, missing, scheduler or workers or cores())
        for count, _ in enumerate(made, start=chunks - len(missing) + 1):
            if progress is not None:
                progress(count, chunks, f"simulating {PAIRS_PER_CHUNK} people at a time")


def simulate_chunk(number: int, seed: int) -> dict[str, Any]:
    """Return a chunk as arrays by name."""
    firsts = range(number * PAIRS_PER_CHUNK, (number + 1) * PAIRS_PER_CHUNK)
    made = [each for k in firsts for each in contractions(draw_case(k, seed), seed)]
    trains = [times for each in made for times in each.spikes_s]
    return {
        "program": np.array(model_fingerprint()),
        "first": np.array(firsts[0]),
        "discharges_s": np.concatenate(trains).astype(np.float32),
        "counts": np.array([len(times) for times in trains]).reshape(len(made), -1),
        "torque_pct_mvc": np.concatenate([m.torque_pct_mvc for m in made]).astype(np.float32),
        "torque_samples": np.array([len(m.torque_pct_mvc) for m in made]),
        "drive": np.concatenate([m.drive for m in made]).astype(np.float32),
        "drive_samples": np.array([len(m.drive) for m in made]),
        "added_inhibition": np.array([m.added_inhibition for m in made]),
    }


def write_chunk(store: Store, number: int) -> int:
    """Simulate a chunk and write it down; return its number. This is what a worker runs."""
    made = simulate_chunk(number, store.seed)
    made.pop("program")
    _keep(store, number, made)
    return number


def _keep(store: Store, number: int, arrays: dict[str, Any]) -> None:
    with replacing(store.chunk(number)) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **arrays)


_DAMAGES = (OSError, ValueError, LookupError, EOFError, NotImplementedError, BadZipFile, zlib.error)


def arrays_in(path: Path) -> dict[str, NDArray[Any]]:
    """Return the arrays of a file that was kept, each held against its sum.

    Raises
    ------
    DataError
        It is damaged.
    """
    try:
        # Of a file that is damaged numpy leaves the closing to nobody.
        with stream_of(path) as file, np.load(file, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except _DAMAGES:
        raise _damaged(path) from None


def _damaged(path: Path) -> DataError:
    return DataError(f"{path} is damaged or cut off. Delete it; it is then made again.")


def _read(path: Path, number: int, seed: int) -> list[Pair]:
    a = arrays_in(path)
    try:
        made, first = _made(a), int(a["first"])
    except (ValueError, LookupError, TypeError):
        raise _damaged(path) from None
    if first != number * (len(made) // 2):
        # A copy under another name: its people would count twice.
        raise DataError(f"{path} holds another chunk. Delete it; it is then made again.")
    return [
        Pair(draw_case(first + k, seed), made[2 * k], made[2 * k + 1])
        for k in range(len(made) // 2)
    ]


def _made(a: dict[str, Any]) -> list[Contraction]:
    counts = a["counts"]
    trains = np.split(a["discharges_s"].astype(float), np.cumsum(counts.ravel())[:-1])
    torques = np.split(a["torque_pct_mvc"].astype(float), np.cumsum(a["torque_samples"])[:-1])
    drives = np.split(a["drive"].astype(float), np.cumsum(a["drive_samples"])[:-1])
    n = counts.shape[1]
    return [
        Contraction(
            tuple(trains[k * n : (k + 1) * n]),
            torques[k],
            drives[k],
            float(a["added_inhibition"][k]),
        )
        for k in range(len(counts))
    ]


def spawned(workers: int | None) -> ProcessPoolExecutor:
    """Return processes that end with this one and leave Ctrl-C to it."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers or cores(), context, _prepare, (os.getpid(),))


def _in_processes(store: Store, missing: list[int], workers: Any) -> Iterator[int]:
    source = iter(missing)
    with spawned(workers) as pool:
        running: set[Future[int]] = set()
        try:
            while True:
                for number in source:
                    running.add(pool.submit(write_chunk, store, number))
                    if len(running) >= 2 * workers:
                        break
                if not running:
                    return
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        except BrokenProcessPool:
            raise SimulationError(
                "A process that simulated has died, maybe for want of memory; what was finished is "
                "kept. Run it again, with fewer workers."
            ) from None
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _on_cluster(store: Store, missing: list[int], address: Any) -> Iterator[int]:
    """Simulate on the workers of a cluster, which need not see the folder."""
    client = connected(address)
    try:
        from distributed import as_completed

        numbers = {
            client.submit(simulate_chunk, number, store.seed, pure=False): number
            for number in missing
        }
        for future in as_completed(list(numbers), loop=client.loop):
            made = future.result()
            if str(made.pop("program")) != model_fingerprint():
                raise SettingsError(
                    f"A worker at {address} runs another version of renshaw than this computer; "
                    "install the same on all, or numbers of two programs would be mixed."
                )
            _keep(store, numbers[future], made)
            yield numbers[future]
    except (OSError, CancelledError) as error:
        raise ClusterLostError(
            f"The Dask scheduler at {address} is gone; what was finished is kept."
        ) from error
    finally:
        with contextlib.suppress(Exception):
            client.close(timeout=2)


def _prepare(parent: int) -> None:
    # Ctrl-C is for the process that was asked; it stops the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """End when the parent is killed, which tells nobody."""
    while os.getppid() == parent:
        time.sleep(_LOOK_AFTER_s)
    os._exit(1)
