"""A study as a job: run what is missing, then write the folder's page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from renshaw.core.machine import cores
from renshaw.reports.study_folder import write_study_folder
from renshaw.study import load_plan, run_study

# Fewer recordings are done sooner in this process than workers have started.
_FEW = 12


def run(folder: str, progress: Callable[[int, int, str], None]) -> dict[str, int]:
    """Run the study of a folder and return how many recordings there are, and how many failed."""
    place = Path(folder)
    plan = load_plan(place / "study.toml")
    workers = 1 if 0 < plan.trials <= _FEW else cores()
    result = run_study(plan, place, workers=workers, progress=progress)
    progress(1, 1, "writing the report")
    write_study_folder(result, place)
    return {"recordings": len(result.design), "failures": len(result.failures)}
