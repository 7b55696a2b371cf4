"""What the folder of a study holds, and which plans may be run."""

from __future__ import annotations

from pathlib import Path

from renshaw.app.folder import Folder, PlaceError
from renshaw.app.runs.kind import Kind
from renshaw.study import StudyPlan, load_plan
from renshaw.study.pieces import real_files


def finished_so_far(folder: Path) -> str:
    """Return what an unfinished study has kept."""
    try:
        number = sum(path.suffix == ".piece" for path in (folder / "pieces").iterdir())
    except OSError:
        number = 0
    if number == 0:
        return "Nothing was finished yet."
    return f"{number} finished piece{'' if number == 1 else 's'} {_are(number)} kept."


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def ready(folder: Folder, path: Path) -> None:
    """Refuse a study that can't be run, or reads recordings from elsewhere."""
    files_of(folder, load_plan(path / "study.toml"))


def files_of(folder: Folder, plan: StudyPlan) -> int:
    """Return how many files of recordings a plan reads.

    Raises
    ------
    PlaceError
        Recordings, or the table that says who is who, lie outside the page's folder.
    SettingsError
        There are none.
    """
    for arm in plan.arms:
        if arm.recordings is not None:
            _refuse_outside(folder, Path(arm.recordings.folder))
            if arm.recordings.table:
                _refuse_outside(folder, Path(arm.recordings.table))
    number = 0
    for found in real_files(plan).values():
        for entry in found.entries:
            _refuse_outside(folder, entry.path)
        number += len(found.entries)
    return number


def _refuse_outside(folder: Folder, path: Path) -> None:
    if not path.resolve().is_relative_to(folder.root):
        raise PlaceError(
            "The study reads recordings from outside the folder that the page was started on; "
            "start the page there, or use renshaw run."
        )


STUDY = Kind(
    name="study",
    plan="study.toml",
    marks=("pieces", "unit_means.parquet", "unit_means.csv"),
    finished=(("unit_means.parquet", "unit_means.csv"), ("report.html",)),
    tables={
        "differences": "Differences",
        "between_arms": "Between arms",
        "participants": "Participants",
        "recordings": "Recordings",
        "unit_means": "Means of units",
        "estimates": "Estimates",
        "exclusions": "Exclusions",
        "failures": "Failures",
        "data_dictionary": "Data dictionary",
    },
    target="renshaw.app.study.job:run",
    words=frozenset(
        ("arms", "cohort", "recordings", "conditions", "protocol", "protocols", "repeats", "ramps")
    ),
    shared=frozenset(),
    kept=finished_so_far,
    ready=ready,
    files={
        "study.toml": "The study file, which makes it again",
        "provenance.json": "Versions, seed, inputs and checksums",
    },
)
