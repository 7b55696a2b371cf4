"""What mypy and pyright see of the front door: wrong calls are refused, right ones are not."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import renshaw

FOLDER = Path(__file__).parents[1] / "typing"
ROOT = Path(renshaw.__file__).parents[1]


FILES = ("wrong_calls.py", "right_calls.py")
Refused = dict[str, dict[int, str]]


def mypy(folder: Path) -> Refused:
    if find_spec("mypy") is None:
        pytest.skip("mypy is not installed: it is in the group check")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary",
         f"--cache-dir={folder / 'cache'}", f"--config-file={ROOT.parent / 'pyproject.toml'}",
         *(str(FOLDER / file) for file in FILES)],
        capture_output=True, text=True, env=os.environ | {"MYPYPATH": str(ROOT)}, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    return {
        file: {
            int(line): text for line, text in re.findall(rf"{file}:(\d+): error: (.*)", done.stdout)
        }
        for file in FILES
    }


def run_pyright(folder: Path, *arguments: str) -> dict[str, Any]:
    scripts = str(Path(sys.executable).parent)
    command = shutil.which("pyright", path=scripts)
    if command is None:
        pytest.skip("pyright is not installed: it is in the group check")
    done = subprocess.run(
        [command, "--outputjson", *arguments], capture_output=True, text=True, check=False,
        cwd=folder, env=os.environ | {"PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"},
    )  # fmt: skip
    if not done.stdout.startswith("{"):
        pytest.skip(f"pyright can't run here: {done.stderr.strip()[-200:]}")
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def pyright(folder: Path) -> Refused:
    for file in FILES:
        shutil.copy(FOLDER / file, folder)
    settings = {"include": [*FILES], "extraPaths": [str(ROOT)], "typeCheckingMode": "standard"}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    told = run_pyright(folder)
    assert told["summary"]["filesAnalyzed"] == len(FILES), told
    return {
        file: {
            each["range"]["start"]["line"] + 1: each["message"]
            for each in told["generalDiagnostics"]
            if each["severity"] == "error" and Path(each["file"]).name == file
        }
        for file in FILES
    }


@pytest.fixture(scope="module", params=[mypy, pyright], ids=lambda checker: checker.__name__)
def refused(request, tmp_path_factory):
    return request.param(tmp_path_factory.mktemp("types"))


def test_every_wrong_call_is_refused_and_nothing_else(refused):
    lines = (FOLDER / "wrong_calls.py").read_text(encoding="utf-8").splitlines()
    wrong = {number for number, line in enumerate(lines, 1) if line.endswith("# wrong")}
    told = refused["wrong_calls.py"]
    assert {n: lines[n - 1] for n in wrong - told.keys()} == {}
    assert {n: text for n, text in told.items() if n not in wrong} == {}


def test_no_right_call_is_refused(refused):
    assert refused["right_calls.py"] == {}


def test_public_names_have_types(tmp_path):
    """Whoever builds on renshaw sees types; the few that pyright can't follow are options of
    commands, which are made while renshaw runs."""
    told = run_pyright(tmp_path, "--verifytypes", "renshaw", "--ignoreexternal")
    assert told["typeCompleteness"]["completenessScore"] >= 0.995
