"""Arms of the fit of effects that were measured, kept in a folder, and changes between them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from renshaw.calibration.arms import Arm, ArmJob, EffectsFitSettings, Units
from renshaw.calibration.workers import Workers
from renshaw.core.machine import cores
from renshaw.core.seeds import derived_seed
from renshaw.experiment.observation import usual_visibility

FloatArray = NDArray[np.float64]
Progress = Callable[[int, int, str], None]


class Job(Protocol):
    """Somebody who is simulated with some seeds."""

    @property
    def arm(self) -> Any:
        """Who, and what is done to her: a dataclass with a ``muscle``."""

    @property
    def key(self) -> str:
        """What names it on disk; it changes whenever the numbers might."""

    def measured(self) -> Units:
        """Simulate it."""


def _measured(job: Job) -> Units:
    return job.measured()


class Laboratory:
    """Arms that were measured, kept in a folder; what is missing is measured when asked for."""

    def __init__(
        self,
        folder: Path,
        settings: EffectsFitSettings,
        *,
        seed: int = 0,
        workers: int | None = None,
        progress: Progress | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "arms.jsonl"
        self._workers = workers
        self._progress = progress
        self._seed = seed
        self.settings = settings
        self._found: dict[str, Units] = {}
        if not self._path.exists():
            return
        text = self._path.read_text(encoding="utf-8")
        for line in text.splitlines():
            try:
                row = json.loads(line)
                self._found[row["key"]] = row["units"]
            except (ValueError, KeyError, TypeError):
                continue  # Half a line, left by an interruption.
        if text and not text.endswith("\n"):
            self._append("")  # It would spoil the next one.

    def job(self, arm: Arm, *, fresh: bool = False) -> ArmJob:
        """Return an arm with the seeds of the fit, or of the check."""
        return ArmJob(arm, self.seeds(fresh=fresh))

    def seeds(self, *, fresh: bool = False) -> tuple[int, ...]:
        """Return the seeds of the fit, or of the check."""
        n = self.settings.fresh_seeds if fresh else self.settings.seeds
        word = "fresh" if fresh else "fit"
        return tuple(derived_seed(self._seed, "effects", word, k) for k in range(n))

    def measure(self, jobs: Iterable[Job]) -> None:
        """Measure what has not been measured yet; each is on disk as soon as it is there."""
        missing = {job.key: job for job in jobs if job.key not in self._found}
        if not missing:
            return
        with Workers(min(self._workers or cores(), len(missing))) as hands:
            jobs = list(missing.values())
            for done, (job, units) in enumerate(hands.each(_measured, jobs), start=1):
                self._found[job.key] = units
                row = {"key": job.key, "arm": asdict(job.arm), "units": units}
                self._append(json.dumps(row))
                if self._progress is not None:
                    self._progress(done, len(missing), job.arm.muscle)

    def _append(self, line: str) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def units(self, job: Job, quantity: str) -> FloatArray:
        """Return a quantity, shape (seeds, units)."""
        self.measure([job])
        return np.array(self._found[job.key][quantity], dtype=float)


def change(
    laboratory: Laboratory, control: Arm, arm: Arm, quantity: str, *, fresh: bool = False
) -> FloatArray:
    """Return the change of a quantity in each seed: of the same units, or of all in another pool.

    Units count as often as surface electrodes see them.
    """
    before = laboratory.units(laboratory.job(control, fresh=fresh), quantity)
    after = laboratory.units(laboratory.job(arm, fresh=fresh), quantity)
    if before.shape != after.shape:
        return _mean(after, arm.muscle) - _mean(before, control.muscle)
    return _mean(after - before, arm.muscle)


def level(laboratory: Laboratory, arm: Arm, quantity: str, *, fresh: bool = False) -> FloatArray:
    """Return the mean of a quantity over units in each seed."""
    return _mean(laboratory.units(laboratory.job(arm, fresh=fresh), quantity), arm.muscle)


def _mean(values: FloatArray, muscle: str) -> FloatArray:
    known = np.isfinite(values)
    seen = usual_visibility(muscle, values.shape[1]) * known
    total = seen.sum(axis=1)
    sums = (np.where(known, values, 0.0) * seen).sum(axis=1)
    means: FloatArray = np.divide(sums, total, out=np.full(len(values), np.nan), where=total > 0)
    return means


def mean_of(values: FloatArray) -> FloatArray:
    """Return the mean over the last axis, of what is known; NaN where nothing is."""
    known = np.isfinite(values)
    n = known.sum(axis=-1)
    sums = np.where(known, values, 0.0).sum(axis=-1)
    return np.where(n > 0, sums / np.maximum(n, 1), np.nan)


def error_of(values: FloatArray) -> FloatArray:
    """Return the standard error of that mean; NaN where fewer than two are known."""
    known = np.isfinite(values)
    n = known.sum(axis=-1)
    away = np.where(known, values - mean_of(values)[..., None], 0.0)
    variance = (away**2).sum(axis=-1) / np.maximum(n - 1, 1)
    return np.where(n > 1, np.sqrt(variance / np.maximum(n, 1)), np.nan)
