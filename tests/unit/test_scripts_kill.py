"""`scripts/kill_at_random` makes its kills, in every phase, whatever else the machine does."""

from __future__ import annotations

import importlib.util
import random
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = [f"{number}.txt" for number in range(4)]
# Files are written one after another, none anew; the last phase is short.
WORK = """
import sys, time
from pathlib import Path
out = Path("out")
out.mkdir(exist_ok=True)
for number in range(4):
    path = out / f"{number}.txt"
    if not path.exists():
        until = time.process_time() + (0.02 if number == 3 else 0.2)
        while time.process_time() < until:
            pass
        path.write_text("done")
"""


@pytest.fixture(scope="module")
def script() -> ModuleType:
    loader = SourceFileLoader("kill_at_random", str(ROOT / "scripts" / "kill_at_random"))
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_loader(loader.name, loader)  # type: ignore[arg-type]
    )
    loader.exec_module(module)
    return module


def test_every_kill_is_made_and_every_phase_is_reached(script, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(script.COMMANDS, "work", lambda _: (WORK, []))
    made, failed = script.tried("work", 10, random.Random(3), tmp_path)
    said = capsys.readouterr().out
    assert (made >= 10, failed) == (True, 0), said
    # By the processor's time and by files that appear.
    assert " of 0." in said and "at 0.txt" in said and "no kill" not in said


def test_a_moment_behind_the_end_is_no_kill(script, tmp_path):
    assert script.killed((WORK, []), tmp_path, ("never", lambda _: False), whole=True) == ""
    assert [path.name for path in sorted((tmp_path / "out").iterdir())] == FILES


def test_what_a_command_leaves_wrong_is_told(script, tmp_path, monkeypatch, capsys):
    torn = WORK.replace("path.write_text", "time.sleep(0.05); path.write_text").replace(
        "if not path.exists():", "if not path.exists() and not path.with_suffix('.part').touch():"
    )
    monkeypatch.setitem(script.COMMANDS, "torn", lambda _: (torn, []))
    _, failed = script.tried("torn", 2, random.Random(1), tmp_path)
    assert failed == 2 and "0.part stays" in capsys.readouterr().out
