"""Small studies for tests: cheap, because the drive is imposed and nobody has to practice."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from report_samples import triangle

import renshaw as rs

QUICK = rs.Ramp(rise_s=1.0, fall_s=1.0, rest_s=0.2, follows="drive", peak_pct_mvc=30)
# Long enough that whoever kills it finds it at work.
SLOW = QUICK.replace(rise_s=70.0, fall_s=70.0)


def virtual(participants: int = 3, protocol: rs.Protocol = QUICK, **arm: object) -> rs.StudyPlan:
    """A study of one virtual arm."""
    settings: dict[str, object] = {
        "repeats": 1,
        "cohort": rs.study.CohortSettings(participants=participants, n_units=4),
        "protocols": (rs.study.Task(protocol=protocol),),
        "conditions": (
            rs.study.Condition(name="control"),
            rs.study.Condition(name="relaxed", given=(rs.Relaxation(),)),
        ),
    }
    return rs.StudyPlan(
        name="small", seed=4, mixed_models=False, arms=(rs.study.Arm(**{**settings, **arm}),)
    )


def laboratory(folder: Path, people: int = 2) -> Path:
    """A folder of BIDS recordings: each person before and after, who then fires less."""
    folder.mkdir(parents=True, exist_ok=True)
    for person in range(1, people + 1):
        for session, units in (("pre", 6), ("post", 5)):
            recording = triangle(units + person % 3, name=f"{person} {session}")
            rs.write(recording, folder / f"sub-{person:02d}_ses-{session}_task-ramp_run-1.h5")
    return folder


def real(folder: Path) -> rs.StudyPlan:
    """A study of recordings in a folder, measured the quick way: nothing is compiled for it."""
    arm = rs.study.Arm(
        name="lab",
        recordings=rs.study.RecordingsSettings(folder=str(folder)),
        conditions=(rs.study.Condition(name="pre"), rs.study.Condition(name="post")),
    )
    usual = rs.estimation.rules("renshaw")
    quick = usual.replace(smoothing=usual.smoothing.replace(method="polynomial"))
    return rs.StudyPlan(arms=(arm,), estimate=quick, mixed_models=False)


def started(*words: object, folder: Path, **environment: str) -> subprocess.Popen[str]:
    """Start ``renshaw`` in a process group of its own."""
    code = "from renshaw.cli.app import main; raise SystemExit(main())"
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, words)],
        cwd=folder,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
