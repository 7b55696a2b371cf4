"""Heavy libraries load only where their work is done: a budget of modules, not of seconds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import renshaw as rs
from renshaw.cli.app import _COMMANDS

HEAVY = {
    "matplotlib",
    "numba",
    "optuna",
    "pandas",
    "plotly",
    "pyarrow",
    "scipy.interpolate",
    "scipy.linalg",
    "scipy.ndimage",
    "scipy.optimize",
    "scipy.signal",
    "scipy.stats",
    "sklearn",
    "starlette",
}
PROGRAM = """
import contextlib, io, json, sys
from renshaw.cli.app import main
with contextlib.redirect_stdout(io.StringIO()):
    code = main(json.loads(sys.argv[1]))
print(json.dumps([code, sorted(sys.modules)]))
"""


def loaded(*words: str) -> set[str]:
    """Return which heavy libraries a command loads."""
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(words)],
        capture_output=True,
        text=True,
        check=True,
    )
    code, modules = json.loads(ran.stdout)
    assert code == 0, ran.stderr
    return HEAVY & set(modules)


@pytest.mark.parametrize("command", ["", *_COMMANDS])
def test_help_loads_nothing_heavy(command: str) -> None:
    assert loaded(*filter(None, [command]), "--help") == set()


def test_the_version_loads_nothing_at_all() -> None:
    program = (
        "import sys; from renshaw.cli.app import main; main(['--version'])\n"
        "print(*{'numpy', 'cyclopts', 'rich', 'importlib.metadata'} & set(sys.modules))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines() == [f"renshaw {rs.__version__}", ""]


@pytest.fixture(scope="module")
def ramp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of a few units with torque, as JSON: no format's library is needed."""
    file = tmp_path_factory.mktemp("budget") / "ramp.json"
    return rs.write(rs.simulate(rs.Participant(n_units=8), rs.Ramp(), seed=1), file)


def test_a_table_of_estimates_needs_neither_compiler_nor_pictures(ramp: Path) -> None:
    assert loaded("estimate", str(ramp), "-q") <= {"scipy.linalg", "scipy.ndimage"}


def test_a_report_needs_no_compiler(ramp: Path, tmp_path: Path) -> None:
    assert not {"numba", "pandas", "sklearn", "scipy.stats"} & loaded(
        "estimate", str(ramp), "-q", "-o", str(tmp_path / "out")
    )


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve people with four units each, before and after: the ladder and the checks all run."""
    rng = np.random.default_rng(3)
    rows = ["participant,unit,time,y"]
    for person in range(12):
        level, change = rng.normal(0, 1, 2)
        for unit in range(4):
            own = rng.normal()
            for n, when in enumerate(("pre", "post")):
                y = level + own + n * (change - 0.5) + rng.normal(0, 0.5)
                rows.append(f"P{person},U{unit},{when},{y:.6f}")
    file = tmp_path_factory.mktemp("budget") / "table.csv"
    file.write_text("\n".join(rows), encoding="utf-8")
    return file


def test_a_model_needs_neither_scipy_stats_nor_pictures(table: Path, tmp_path: Path) -> None:
    words = ("compare", str(table), "-f", "y ~ time + (1|participant/unit)")
    # pandas brings pyarrow, scipy.sparse brings scipy.linalg.
    light = {"pandas", "pyarrow", "scipy.linalg"}
    assert loaded(*words) <= light
    assert loaded(*words, "-o", str(tmp_path / "out")) <= light | {"matplotlib"}
