"""Any number of workers gives the same numbers, and whoever is killed takes nothing with him."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import study_samples

import renshaw as rs
from renshaw.cli import failures

SIX = study_samples.virtual(6)
SLOW = study_samples.virtual(6, study_samples.SLOW)
_PATIENCE_s = 600.0


def until(happened: Callable[[], object], what: str) -> None:
    began = time.monotonic()
    while not happened():
        assert time.monotonic() - began < _PATIENCE_s, f"waited too long for {what}"
        time.sleep(0.05)


def pieces(folder: Path) -> list[Path]:
    return sorted((folder / "pieces").glob("*.piece"))


def children(of: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == of:
                found.append(int(entry.name))
    return found


def alive(process: int) -> bool:
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return fields[0] != "Z"


def workers_of(process: int) -> list[int]:
    """The processes that do pieces: not the one that watches over shared memory."""
    found = []
    for child in children(process):
        try:
            command = Path(f"/proc/{child}/cmdline").read_bytes()
        except OSError:
            continue
        if b"spawn_main" in command:
            found.append(child)
    return found


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's /proc")


@pytest.fixture(scope="module")
def slow_numbers() -> str:
    return rs.run_study(SLOW).estimates.fingerprint()


@pytest.fixture
def study(tmp_path: Path) -> Path:
    path = tmp_path / "study.toml"
    path.write_text(rs.study.plan_to_toml(SLOW), encoding="utf-8")
    return path


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start commands that are certain to end with the test."""
    begun: list[subprocess.Popen[str]] = []

    def start(*words: object) -> subprocess.Popen[str]:
        begun.append(study_samples.started(*words, folder=tmp_path))
        return begun[-1]

    yield start
    for process in begun:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def test_the_number_of_workers_changes_no_number():
    alone = rs.run_study(SIX, workers=1)
    several = rs.run_study(SIX, workers=3)
    assert several.estimates.fingerprint() == alone.estimates.fingerprint()
    assert several.design.equals(alone.design)
    with pytest.raises(rs.SettingsError, match="at least one"):
        rs.run_study(SIX, workers=0)


@needs_proc
def test_a_command_that_is_killed_goes_on_where_it_was(study, tmp_path, launch, slow_numbers):
    out = tmp_path / "out"
    process = launch("run", study, "-o", out, "--workers", "2")
    until(lambda: len(pieces(out)) >= 2, "the first pieces")
    workers = workers_of(process.pid)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    until(lambda: not any(alive(worker) for worker in workers), "the workers to end as well")
    kept = {path: path.stat().st_mtime_ns for path in pieces(out)}
    assert 2 <= len(kept) < 6
    result = rs.run_study(SLOW, out)
    assert all(path.stat().st_mtime_ns == time for path, time in kept.items())
    assert not list(out.rglob("*.part")) or len(pieces(out)) == 6
    assert len(result.design) == 12 and result.design["recording"].is_unique
    assert result.estimates.fingerprint() == slow_numbers


@needs_proc
def test_a_worker_that_is_killed_costs_nothing(study, tmp_path, launch, slow_numbers):
    out = tmp_path / "out"
    process = launch("run", study, "-o", out, "--workers", "2")
    until(lambda: len(pieces(out)) >= 1, "the first piece")
    victim = workers_of(process.pid)[0]
    os.kill(victim, signal.SIGKILL)
    said, errors = process.communicate(timeout=_PATIENCE_s)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors and "report.html" in said
    result = rs.open_study(out)
    assert result.failures.empty and result.estimates.fingerprint() == slow_numbers


@needs_proc
def test_ctrl_c_stops_cleanly_and_says_how_to_go_on(study, tmp_path, launch):
    out = tmp_path / "out"
    process = launch("run", study, "-o", out, "--workers", "2")
    until(lambda: len(pieces(out)) >= 1, "the first piece")
    workers = workers_of(process.pid)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=_PATIENCE_s)
    assert process.returncode == failures.INTERRUPTED
    last = errors.strip().splitlines()[-1]
    assert "Stopped" in last and "the same command goes on" in last
    assert "Traceback" not in errors
    until(lambda: not any(alive(worker) for worker in workers), "the workers to end")
    assert 1 <= len(pieces(out)) < 6
