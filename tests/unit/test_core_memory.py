"""The memory of a process that reads is bounded, told in a sentence, and given back."""

from __future__ import annotations

import subprocess
import sys

import pytest

resource = pytest.importorskip("resource")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux says what is held")

TAKES = """
import resource
from renshaw.core import memory

before = resource.getrlimit(resource.RLIMIT_DATA)
{ask}
try:
    with memory.bounded(10**6):
        held = bytearray(2 * 10**9)
    print("taken")
except MemoryError:
    print("refused")
assert resource.getrlimit(resource.RLIMIT_DATA) == before
"""

READS = """
import sys
from pathlib import Path
import renshaw.io as rio
from renshaw.core.memory import limit_reads

def read(probe):
    return bytearray(3 * 10**9)

rio.FORMATS.add(rio.Format(name="greedy", title="Greedy", recognizes=lambda probe: True, read=read))
limit_reads()
Path(sys.argv[1]).write_text("x")
try:
    rio.read(sys.argv[1], format="greedy")
except rio.reading.ReadError as error:
    print(error)
"""


def run(code: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )
    assert not done.stderr, done.stderr
    return done.stdout.strip()


def test_a_process_that_asks_for_it_is_bounded():
    assert run(TAKES.format(ask="memory.limit_reads()")) == "refused"


def test_a_program_that_uses_the_library_is_left_alone():
    assert run(TAKES.format(ask="")) == "taken"


def test_a_reader_that_takes_too_much_is_told_in_a_sentence(tmp_path):
    said = run(READS, str(tmp_path / "a.txt"))
    assert "needs more memory than there is, or than a file of its size may take" in said
    assert "--memory 8 (memory_gb=8)" in said
