"""A design as a job: search, then write the folder and its pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from renshaw.app.design.kind import PLAN, SHEET
from renshaw.core.machine import cores
from renshaw.optimization import optimize
from renshaw.optimization.folder import write_design
from renshaw.optimization.goal_file import load_goal
from renshaw.reports.design_report import write_design_report
from renshaw.reports.protocol_sheet import write_protocol_sheet


def run(folder: str, progress: Callable[[int, int, str], None]) -> dict[str, str]:
    """Pursue the goal of a folder and return the recommended therapy in words."""
    place = Path(folder)
    design = optimize(load_goal(place / PLAN), folder=place, workers=cores(), progress=progress)
    progress(1, 1, "writing the report")
    write_design(design, place)
    write_protocol_sheet(design, place / SHEET)
    write_design_report(design, place / "report.html")
    return {"recommended": design.recommended.words()}
