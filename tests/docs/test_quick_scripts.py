"""Every benchmark, and every script that makes a part of the docs, runs in its quick form."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = [*sorted((ROOT / "benchmarks").glob("*.py")), *sorted((ROOT / "docs").glob("*.py"))]
SCRIPTS = [file for file in FILES if '__name__ == "__main__"' in file.read_text(encoding="utf-8")]
# Time of the clock, on a machine that does other things, too.
PATIENCE_s = 300


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_script_runs_in_its_quick_form_and_changes_nothing_here(
    script: Path, tmp_path: Path
) -> None:
    before = _files()
    # Chromium's socket lies in the temporary folder, and the path of a socket must be short.
    with tempfile.TemporaryDirectory(prefix="q") as short:
        done = subprocess.run(
            [sys.executable, script, "--quick"],
            cwd=tmp_path,
            env={
                **os.environ,
                "MPLBACKEND": "Agg",
                "TMPDIR": short,
                "OPENBLAS_NUM_THREADS": "1",
            },
            capture_output=True,
            text=True,
            timeout=PATIENCE_s,
        )
    assert done.returncode == 0, done.stderr[-4000:]
    assert done.stdout.strip(), "it says nothing: neither what it found nor that it was skipped"
    assert _files() == before, "a quick run wrote into the repository"


def test_what_is_no_script_is_used_by_a_script() -> None:
    texts = [script.read_text(encoding="utf-8") for script in SCRIPTS]
    for file in set(FILES) - set(SCRIPTS):
        assert any(f"from {file.stem} import" in text for text in texts), file.name


def _files() -> dict[Path, tuple[int, int]]:
    """Return size and time of every file that a script might write over."""
    found = (file for folder in ("docs", "benchmarks") for file in (ROOT / folder).rglob("*"))
    return {
        file: (file.stat().st_size, file.stat().st_mtime_ns)
        for file in found
        if file.is_file() and "__pycache__" not in file.parts
    }
