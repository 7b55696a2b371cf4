"""``scripts/fuzz`` reads what it says, goes on where it was, and outlives what it kills."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "scripts" / "fuzz"


_DIE = """
import os, signal
real = signal.setitimer
def setitimer(which, seconds, interval=0.0):
    if seconds and os.path.exists({once!r}):
        os.unlink({once!r})
        os.kill(os.getpid(), signal.SIGKILL)
    return real(which, seconds, interval)
signal.setitimer = setitimer
"""


def fuzz(kept: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), "--kept", str(kept), *words, "edf"]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )


def progress_name(asked: str) -> str:
    return f"progress-{hashlib.sha256(asked.encode()).hexdigest()[:8]}"


def test_a_run_that_was_interrupted_goes_on_where_it_was(tmp_path: Path) -> None:
    # What is read first ends the process that reads it.
    once = tmp_path / "once"
    once.touch()
    (tmp_path / "sitecustomize.py").write_text(_DIE.format(once=str(once)))
    died = fuzz(tmp_path, "--mutations", "3", "--seed", "3", PYTHONPATH=str(tmp_path))
    assert died.returncode == 1
    assert "1: the process ended with -9" in died.stdout
    assert "3 damaged files were read now, 3 in all; 1 failed." in died.stdout
    assert len(list((tmp_path / "failed").iterdir())) == 1
    assert not list(tmp_path.glob("progress-*"))
    asked = "--mutations", "40", "--seed", "3"
    whole = fuzz(tmp_path, *asked)
    assert whole.returncode == 0
    assert "40 damaged files were read now, 40 in all; 0 failed." in whole.stdout
    # As if it had been killed after 30 of them, of which one had failed.
    (tmp_path / progress_name("3 40 edf")).write_text("30 1")
    rest = fuzz(tmp_path, *asked)
    assert "Going on behind the 30 that were read before, of which 1 failed." in rest.stdout
    assert "10 damaged files were read now, 40 in all; 1 failed." in rest.stdout
    assert rest.returncode == 1
