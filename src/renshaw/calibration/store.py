"""Evaluations on disk: one line each, written when it is there, so that nothing is lost."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from renshaw.calibration.evaluation import Evaluation, Job
from renshaw.calibration.subject import SIMULATED_UNITS
from renshaw.core.errors import SettingsError
from renshaw.engine.settings import COARSE, EngineSettings


class Store:
    """The evaluations of a folder.

    Those of other code stay in the file, and are used only if they are adopted.

    Parameters
    ----------
    folder : Path
        Made if it isn't there.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "evaluations.jsonl"
        read = list(self._rows())
        self._found = {key: each for key, each in read if key == each.job.key}
        # The last that other code made of a job; today's key names the job.
        self._others = {each.job.key: each for key, each in read if key != each.job.key}
        # What an interruption left of a line would spoil the next one.
        if self._path.exists() and not self._path.read_bytes().endswith(b"\n"):
            self._append("")

    def get(self, job: Job) -> Evaluation | None:
        """Return the evaluation of a job, or None where it has not been made."""
        return self._found.get(job.key)

    def of_other_code(self) -> list[Evaluation]:
        """Return the evaluations that other code made, and today's has not made again."""
        return [each for key, each in self._others.items() if key not in self._found]

    def add(self, evaluation: Evaluation) -> None:
        """Write down an evaluation."""
        job = evaluation.job
        self._found[job.key] = evaluation
        row = {
            "key": job.key,
            "muscle": job.muscle,
            "tasks": job.tasks,
            "seeds": job.seeds,
            "engine": job.engine.to_mapping(),
            "n_units": job.n_units,
            "values": dict(job.values),
            "quantities": {
                name: [None if math.isnan(x) else x for x in values]
                for name, values in evaluation.quantities.items()
            },
        }
        self._append(json.dumps(row))

    def _append(self, line: str) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def _rows(self) -> Iterator[tuple[str, Evaluation]]:
        if not self._path.exists():
            return
        for line in self._path.read_text(encoding="utf-8").splitlines():
            try:
                row = json.loads(line)
                yield str(row["key"]), _evaluation(row)
            except (ValueError, KeyError, TypeError, AttributeError, SettingsError):
                continue  # Half a line, left by an interruption.


def _evaluation(row: dict[str, Any]) -> Evaluation:
    engine = EngineSettings.from_mapping(row["engine"]) if "engine" in row else COARSE
    job = Job(
        str(row["muscle"]),
        tuple((str(name), float(value)) for name, value in row["values"].items()),
        tuple(row["tasks"]),
        tuple(row["seeds"]),
        engine,
        int(row.get("n_units", SIMULATED_UNITS)),
    )
    quantities = {
        name: tuple(math.nan if x is None else float(x) for x in values)
        for name, values in row["quantities"].items()
    }
    return Evaluation(job, quantities)
