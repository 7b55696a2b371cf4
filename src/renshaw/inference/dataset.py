"""The training set: summaries and true values of every recording of a store.

Made chunk by chunk and kept beside the simulations; a change of the summaries makes them anew
without simulating again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import DataError
from renshaw.core.files import replacing
from renshaw.inference import summaries, targets
from renshaw.inference.observation import laboratory, seen
from renshaw.inference.store import Pair, Store, arrays_in, is_whole, meaning, spawned
from renshaw.model.muscles import MUSCLES

FloatArray = NDArray[np.float64]
Progress = Callable[[int, int, str], None]

_SOURCES = (
    "estimation",
    "experiment/observation.py",
    "inference/contraction.py",
    "inference/observation.py",
    "inference/summaries.py",
    "inference/targets.py",
)


@dataclass(frozen=True, eq=False)
class Dataset:
    """Summaries and true values of pairs of recordings.

    Parameters
    ----------
    summaries : array, shape (pairs, 2, summaries)
        NaN where something can't be measured; all NaN where inference would refuse.
    targets : array, shape (pairs, 2, parameters)
    muscle : array of int, shape (pairs,)
        Number of the muscle in `MUSCLES`.
    stimulated : array of bool, shape (pairs,)
        Whether the antagonist's nerve was stimulated in the second recording.
    case : array of int, shape (pairs,)
        Number of the case.
    """

    summaries: FloatArray
    targets: FloatArray
    muscle: NDArray[np.int64]
    stimulated: NDArray[np.bool_]
    case: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.muscle)

    def select(self, rows: Any) -> Dataset:
        """Return only these pairs."""
        return Dataset(*(getattr(self, name)[rows] for name in _FIELDS))


_FIELDS = ("summaries", "targets", "muscle", "stimulated", "case")


@cache
def summaries_fingerprint() -> str:
    """Return a hash of the program that summarizes."""
    digest = hashlib.sha256()
    root = Path(__file__).parents[1]
    for source in _SOURCES:
        digest.update(meaning(root / source).encode())
    return digest.hexdigest()[:12]


def dataset(
    store: Store,
    *,
    views: int = 1,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Dataset:
    """Return the training set of all chunks that a store has; what was made before is kept.

    Parameters
    ----------
    store : Store
    views : int
        How often each simulation is looked at, with other units and errors each time.
    workers : int, optional
    progress : callable, optional
    """
    numbers = store.finished()
    if not numbers:
        raise DataError(f"{store.folder} holds no simulations yet.")
    folder = store.folder / f"summaries_{summaries_fingerprint()}"
    folder.mkdir(exist_ok=True)
    wanted = [(number, view) for view in range(views) for number in numbers]
    missing = [each for each in wanted if not is_whole(_place(folder, *each))]
    with spawned(workers) as pool:
        made = _made(pool, store, folder, missing)
        for count, _ in enumerate(made, start=len(wanted) - len(missing) + 1):
            if progress is not None:
                progress(count, len(wanted), "summarizing recordings")
    return joined(_read(_place(folder, *each)) for each in wanted)


def joined(parts: Iterable[Dataset]) -> Dataset:
    """Return several sets as one."""
    parts = list(parts)
    return Dataset(*(np.concatenate([getattr(p, name) for p in parts]) for name in _FIELDS))


def summarized(pairs: Iterable[Pair], seed: int) -> Dataset:
    """Return summaries and true values of pairs, as seen under a seed."""
    pairs = list(pairs)
    muscles = tuple(MUSCLES)
    looked = [[_summaries(recording) for recording in seen(pair, seed)] for pair in pairs]
    true = [_targets(pair, seed) for pair in pairs]
    return Dataset(
        np.array(looked),
        np.array(true),
        np.array([muscles.index(pair.case.participant.muscle) for pair in pairs]),
        np.array([pair.case.pulses_hz > 0 for pair in pairs]),
        np.array([pair.case.number for pair in pairs]),
    )


def _targets(pair: Pair, seed: int) -> list[FloatArray]:
    by = laboratory(pair.case, seed)
    return [
        targets.targets(pair.case, pair.before, by, after=False),
        targets.targets(pair.case, pair.after, by, after=True),
    ]


def _summaries(recording: Any) -> FloatArray:
    try:
        return summaries.summarize(recording).values
    except DataError:
        # Few units, or none: a laboratory would not have asked.
        return np.full(len(summaries.NAMES), np.nan)


def _made(
    pool: ProcessPoolExecutor, store: Store, folder: Path, missing: list[tuple[int, int]]
) -> Iterable[None]:
    from concurrent.futures import as_completed

    futures = [pool.submit(_make, store, _place(folder, *each), *each) for each in missing]
    try:
        for future in as_completed(futures):
            yield future.result()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise


def _make(store: Store, path: Path, number: int, view: int) -> None:
    made = summarized(store.pairs(number), store.seed + view)
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(file, **{name: getattr(made, name) for name in _FIELDS})


def _read(path: Path) -> Dataset:
    arrays = arrays_in(path)
    if missing := [name for name in _FIELDS if name not in arrays]:
        raise DataError(f"{path} holds no {missing[0]}. Delete it; it is then made again.")
    return Dataset(*(arrays[name] for name in _FIELDS))


def _place(folder: Path, number: int, view: int) -> Path:
    return folder / f"chunk_{number:05d}_{view}.npz"
