"""What the standard's own validator says of the data sets that renshaw writes."""

from __future__ import annotations

import dataclasses
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import renshaw as rs

VALIDATOR = shutil.which("bids-validator-deno", path=str(Path(sys.executable).parent)) or (
    shutil.which("bids-validator-deno")
)
pytestmark = pytest.mark.skipif(
    VALIDATOR is None,
    reason="the BIDS validator isn't installed: uv sync --group bids (125 MB)",
)
SAMPLE = Path(__file__).parents[2].parent / "shared" / "data" / "otb_testfile.mat"


def issues(root: Path) -> list[dict[str, Any]]:
    """Return what the validator says of a data set and of those among its derivatives."""
    assert VALIDATOR is not None
    command = [VALIDATOR, "--format", "json", "--recursive", "--max-rows", "-1", str(root)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    answer = json.loads(said.stdout)
    # A data set of the wrong kind would have nothing to be wrong about.
    assert answer["summary"]["dataTypes"] == ["emg"]
    derived = answer.get("derivativesSummary", {})
    return [i for part in (answer, *derived.values()) for i in part["issues"]["issues"]]


def errors(root: Path) -> list[str]:
    """Return its errors in words."""
    return [
        f"{i['code']} {i.get('subCode')} {i['location']}: {i.get('issueMessage')}"
        for i in issues(root)
        if i["severity"] == "error"
    ]


def recording() -> rs.Recording:
    """Return a small recording of two grids of the same make, with everything one may have."""
    rng = np.random.default_rng(3)
    names = tuple(f"TIBIALIS ANTERIOR GR08MM1305 ({i})" for i in range(7))
    grids = (
        rs.Grid("GR08MM1305", (2, 0, 1), np.array([0.0, 8, 16]), np.zeros(3), ("", "is flat", "")),
        rs.Grid("GR08MM1305", (3, 4, 5, 6), np.full(4, np.nan), np.full(4, np.nan)),
    )
    units = rs.MotorUnits(
        (np.array([0.1234567, 0.5, 1.0001]), np.zeros(0)),
        (0.0, 5000 / 2048),
        labels=("a\tb", "b"),
        flags=("", "never fires"),
        fs_hz=2048.0,
        quality={"silhouette": [0.91, np.nan]},
    )
    emg = (50 * rng.standard_normal((5000, 7))).astype(np.float32)
    signals = {
        "emg": rs.Signal(emg, 2048.0, "uV", channels=names),
        "torque": rs.Signal(np.linspace(0, 20, 5000), 2048.0, "% MVC"),
        "temperature of the skin": rs.Signal(np.full(5000, 30.0), 2048.0, "\N{DEGREE SIGN}C"),
    }
    events = (rs.Event(0.25, 0.5, "go"), rs.Event(1.0, 0.0, "stop it"))
    return rs.Recording(units, signals, events, grids=grids)


def test_a_data_set_of_many_recordings_has_no_error(tmp_path):
    root = tmp_path / "set"
    whole = recording()
    moved = tuple(rs.Grid(g.name, g.channels, g.x_mm + 4, g.y_mm) for g in whole.grids)
    emg = {"emg": whole.signals["emg"]}
    none = rs.MotorUnits((), whole.units.window_s)
    rs.files.write_bids(whole, root, "sub-01_ses-pre_task-ramp_run-1")
    rs.files.write_bids(whole, root, "sub-01_ses-pre_task-ramp_run-2")
    rs.files.write_bids(
        dataclasses.replace(whole, grids=moved), root, "sub-01_ses-pre_task-ramp_run-3"
    )
    rs.files.write_bids(
        dataclasses.replace(whole, grids=()), root, "sub-01_ses-post_task-ramp_acq-thigh"
    )
    bare = dataclasses.replace(whole, signals=emg, events=(), units=none, grids=whole.grids[:1])
    rs.files.write_bids(bare, root, "sub-02_task-hold_recording-left")
    assert errors(root) == []
    codes = {i["code"] for i in issues(root)}
    assert not {code for code in codes if "SPECIFICITY" in code or "README" in code}


def test_what_is_wrong_is_seen(tmp_path):
    path = rs.files.write_bids(recording(), tmp_path / "set", "sub-01_task-ramp")
    (path.parent / "sub-01_task-ramp_channels.json").unlink()
    assert any("TSV_ADDITIONAL_COLUMNS" in error for error in errors(tmp_path / "set"))


@pytest.mark.skipif(not SAMPLE.is_file(), reason="the sample recording is not here")
def test_a_real_recording_has_no_error(tmp_path):
    rs.files.write_bids(rs.read(SAMPLE), tmp_path / "set", "sub-01_ses-pre_task-trapezoid")
    assert errors(tmp_path / "set") == []
