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

import pytest

import renshaw

FOLDER = Path(__file__).parents[1] / "typing"
ROOT = Path(renshaw.__file__).parents[1]


def mypy(file: Path, cache: Path) -> dict[int, str]:
    if find_spec("mypy") is None:
        pytest.skip("mypy is not installed: it is in the group check")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary",
         f"--cache-dir={cache}", f"--config-file={ROOT.parent / 'pyproject.toml'}", str(file)],
        capture_output=True, text=True, env=os.environ | {"MYPYPATH": str(ROOT)}, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found = re.findall(rf"{file.name}:(\d+): error: (.*)", done.stdout)
    assert bool(found) == bool(done.returncode), done.stdout
    return {int(line): text for line, text in found}


def pyright(file: Path, cache: Path) -> dict[int, str]:
    command = shutil.which("pyright", path=str(Path(sys.executable).parent))
    if command is None:
        pytest.skip("pyright is not installed: it is in the group check")
    shutil.copy(file, cache)
    settings = {
        "include": [file.name],
        "extraPaths": [str(ROOT)],
        "typeCheckingMode": "standard",
    }
    (cache / "pyrightconfig.json").write_text(json.dumps(settings))
    done = subprocess.run(
        [command, "--outputjson", "--pythonpath", sys.executable, "--project", str(cache)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if not done.stdout.startswith("{"):
        pytest.skip(f"pyright can't run here: {done.stderr.strip()[-200:]}")
    told = json.loads(done.stdout)
    assert told["summary"]["filesAnalyzed"] == 1, told
    return {
        each["range"]["start"]["line"] + 1: each["message"]
        for each in told["generalDiagnostics"]
        if each["severity"] == "error"
    }


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("types")


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_every_wrong_call_is_refused_and_nothing_else(checker, cache):
    file = FOLDER / "wrong_calls.py"
    lines = file.read_text(encoding="utf-8").splitlines()
    wrong = {number for number, line in enumerate(lines, 1) if line.endswith("# wrong")}
    refused = checker(file, cache)
    let_pass = {n: lines[n - 1] for n in wrong - refused.keys()}
    assert not let_pass
    assert not {n: text for n, text in refused.items() if n not in wrong}


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_no_right_call_is_refused(checker, cache):
    assert checker(FOLDER / "right_calls.py", cache) == {}
