"""Evaluations on disk: one line each, written when it is there, so that nothing is lost."""

from __future__ import annotations

import json
import math
from pathlib import Path

from renshaw.calibration.evaluation import Evaluation, Job


class Store:
    """The evaluations of a folder.

    Those of other code stay in the file, and are not used.

    Parameters
    ----------
    folder : Path
        Made if it isn't there.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "evaluations.jsonl"
        self._found = dict(self._lines())
        # What an interruption left of a line would spoil the next one.
        if self._path.exists() and not self._path.read_bytes().endswith(b"\n"):
            self._append("")

    def get(self, job: Job) -> Evaluation | None:
        """Return the evaluation of a job, or None where it has not been made."""
        quantities = self._found.get(job.key)
        return None if quantities is None else Evaluation(job, quantities)

    def add(self, evaluation: Evaluation) -> None:
        """Write down an evaluation."""
        job, quantities = evaluation.job, evaluation.quantities
        self._found[job.key] = quantities
        row = {
            "key": job.key,
            "muscle": job.muscle,
            "tasks": job.tasks,
            "seeds": job.seeds,
            "values": dict(job.values),
            "quantities": {
                name: [None if math.isnan(x) else x for x in values]
                for name, values in quantities.items()
            },
        }
        self._append(json.dumps(row))

    def _append(self, line: str) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def _lines(self) -> list[tuple[str, dict[str, tuple[float, ...]]]]:
        if not self._path.exists():
            return []
        found = []
        for line in self._path.read_text(encoding="utf-8").splitlines():
            try:
                row = json.loads(line)
                quantities = {
                    name: tuple(math.nan if x is None else float(x) for x in values)
                    for name, values in row["quantities"].items()
                }
                found.append((str(row["key"]), quantities))
            except (ValueError, KeyError, TypeError, AttributeError):
                continue  # Half a line, left by an interruption.
        return found
