"""A design as a job: search, then write the folder and its pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from renshaw.app.design.kind import PLAN
from renshaw.core.machine import cores
from renshaw.optimization import optimize
from renshaw.optimization.goal_file import load_goal
from renshaw.reports.design_folder import write_design_folder


def run(folder: str, progress: Callable[[int, int, str], None]) -> dict[str, str]:
    """Pursue the goal of a folder and return the recommended therapy in words."""
    place = Path(folder)
    design = optimize(load_goal(place / PLAN), folder=place, workers=cores(), progress=progress)
    progress(1, 1, "writing the report")
    write_design_folder(design, place)
    return {"recommended": design.recommended.words()}
