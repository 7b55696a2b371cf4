"""What the folder of a design holds, and which goals may be pursued."""

from __future__ import annotations

from pathlib import Path

from renshaw.app.folder import Folder, PlaceError
from renshaw.app.runs.kind import Kind
from renshaw.core.received import LARGEST_TEXT_BYTES, refuse_no_file
from renshaw.optimization.bench import MEASURED
from renshaw.optimization.goal import Goal
from renshaw.optimization.goal_file import load_goal
from renshaw.reports.design_folder import SHEET

PLAN = "design.toml"


def finished_so_far(folder: Path) -> str:
    """Return what an unfinished design has kept."""
    try:
        refuse_no_file(folder / MEASURED, LARGEST_TEXT_BYTES)
        with (folder / MEASURED).open("rb") as file:
            number = sum(1 for _ in file)
    except OSError:
        number = 0
    if number == 0:
        return "Nothing was finished yet."
    return f"{number} finished test{' is' if number == 1 else 's are'} kept."


def ready(folder: Folder, path: Path) -> None:
    """Refuse a goal that can't be pursued, or is about a person from elsewhere."""
    refuse_outside(folder, load_goal(path / PLAN))


def refuse_outside(folder: Folder, goal: Goal) -> None:
    """Refuse a posterior that does not lie in the page's folder.

    Raises
    ------
    PlaceError
        It lies elsewhere, or is none.
    """
    if not goal.posterior:
        return
    path = Path(goal.posterior).resolve()
    for file in (path, path / "samples.parquet", path / "posterior.toml"):
        if not file.resolve().is_relative_to(folder.root):
            raise PlaceError(
                "The posterior lies outside the folder that the page was started on; start the "
                "page there, or use renshaw design."
            )
    if not (path / "samples.parquet").is_file():
        raise PlaceError("There is no posterior in that folder: renshaw infer writes one.")


DESIGN = Kind(
    name="design",
    plan=PLAN,
    marks=(MEASURED, "trials.csv", "optuna.journal"),
    finished=(("trials.csv",), ("alternatives.csv",), ("report.html",), (SHEET,)),
    tables={
        "alternatives": "Alternatives",
        "front": "Pareto front",
        "trials": "All that was tried",
        "contrasts": "Contrasts",
        "interactions": "Interactions",
        "cells": "Factorial",
        "fresh": "Fresh people",
        "nights": "Nights",
    },
    target="renshaw.app.design.job:run",
    words=frozenset(
        ("search", "rule", "price", "posterior", "held_out", "few", "sleepers", "night", "people")
    ),
    shared=frozenset(("cohort", "repeats")),
    kept=finished_so_far,
    ready=ready,
    files={
        PLAN: "The goal, every default written out",
        "recommended.toml": "The recommended therapy, as --given takes it",
        "study.toml": "A study that would test it, for the tab Study or renshaw run",
    },
)
