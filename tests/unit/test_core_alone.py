"""`alone`: one program at a time writes into a folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from renshaw.core.files import BusyError, alone
from renshaw.study import run_study

sys.path.insert(0, str(Path(__file__).parent))

from study_samples import virtual

pytest.importorskip("fcntl", reason="this system can't lock folders")

_HOLDS = """
import sys, time
from pathlib import Path
from renshaw.core.files import alone
with alone(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def test_one_at_a_time(tmp_path: Path) -> None:
    with alone(tmp_path):
        with pytest.raises(BusyError, match=f"at work in {tmp_path.name}"), alone(tmp_path):
            pass
        (tmp_path / "result.csv").write_text("whoever has the folder writes into it")
    with alone(tmp_path):
        pass


def test_who_dies_lets_go(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _HOLDS, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(BusyError), alone(tmp_path):
            pass
        os.kill(other.pid, signal.SIGKILL)
    with alone(tmp_path):
        pass


def test_a_study_leaves_the_folder_of_another_run_alone(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(BusyError):
        run_study(virtual(2), tmp_path)
    assert not list((tmp_path / "pieces").iterdir())
