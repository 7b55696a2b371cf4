"""Heavy libraries load only where their work is done: a budget of modules, not of seconds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

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
