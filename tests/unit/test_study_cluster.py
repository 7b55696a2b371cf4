"""Studies on a Dask cluster that is really started, and whose parts are really killed.

Each needs half a dozen programs started, and takes a quarter of a minute or more: every time a mix
of machines is refused and said, RENSHAW_EVERY_MOMENT=1 does all (every night, CONTRIBUTING.md).
"""

from __future__ import annotations

import json
import os
import platform
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import study_samples

import renshaw as rs
from renshaw.cli import app, failures
from renshaw.core.machine import BASELINE

distributed = pytest.importorskip(
    "distributed", reason="Dask is not installed: pip install 'renshaw[dask]'"
)

every_night = pytest.mark.skipif(
    not os.environ.get("RENSHAW_EVERY_MOMENT"), reason="takes long; RENSHAW_EVERY_MOMENT=1 does it"
)

SLOW = study_samples.virtual(8, study_samples.SLOW)
_PATIENCE_s = 600.0


def until(happened: Callable[[], object], what: str) -> None:
    began = time.monotonic()
    while not happened():
        assert time.monotonic() - began < _PATIENCE_s, f"waited too long for {what}"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def pieces(folder: Path) -> list[Path]:
    return sorted((folder / "pieces").glob("*.piece"))


class Cluster:
    """A scheduler and workers, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.address = f"tcp://127.0.0.1:{self.port}"
        self._folder = folder
        self._begun: list[subprocess.Popen[bytes]] = []

    def scheduler(self) -> subprocess.Popen[bytes]:
        words = ["--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard"]
        return self._start("scheduler", *words)

    def worker(self, **environment: str) -> subprocess.Popen[bytes]:
        words = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--death-timeout", "60"]
        return self._start("worker", self.address, *words, **environment)

    def wait_for(self, workers: int) -> None:
        with distributed.Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=_PATIENCE_s)

    def _start(self, *words: str, **environment: str) -> subprocess.Popen[bytes]:
        log = (self._folder / f"{words[0]}-{len(self._begun)}.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *words],
            cwd=self._folder,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **environment},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()
        self._begun.append(process)
        return process

    def listening(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def end(self) -> None:
        for process in self._begun:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    folder = tmp_path / "cluster"
    folder.mkdir()
    made = Cluster(folder)
    made.scheduler()
    until(made.listening, "the scheduler")
    yield made
    made.end()


@pytest.fixture
def study(tmp_path: Path) -> Path:
    path = tmp_path / "study.toml"
    path.write_text(rs.study.plan_to_toml(SLOW), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def numbers() -> str:
    return rs.run_study(SLOW).estimates.fingerprint()


def kill(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@every_night
def test_a_worker_that_is_killed_loses_no_trial(cluster, study, tmp_path, numbers):
    first = cluster.worker()
    cluster.worker()
    out = tmp_path / "out"
    command = study_samples.started(
        "run", study, "-o", out, "--scheduler", cluster.address, folder=tmp_path
    )
    until(lambda: len(pieces(out)) >= 2 or command.poll() is not None, "the first pieces")
    kill(first)
    said, errors = command.communicate(timeout=_PATIENCE_s)
    assert command.returncode == 0, errors
    assert "Traceback" not in errors and "report.html" in said
    result = rs.open_study(out)
    assert len(result.design) == 16 and result.design["recording"].is_unique
    assert result.failures.empty and result.estimates.fingerprint() == numbers


@every_night
def test_a_scheduler_that_is_killed_loses_no_trial(tmp_path, study, numbers):
    folder = tmp_path / "cluster"
    folder.mkdir()
    cluster = Cluster(folder)
    scheduler = cluster.scheduler()
    out = tmp_path / "out"
    try:
        until(cluster.listening, "the scheduler")
        cluster.worker()
        command = study_samples.started(
            "run", study, "-o", out, "--scheduler", cluster.address, folder=tmp_path
        )
        until(lambda: len(pieces(out)) >= 2 or command.poll() is not None, "the first pieces")
        kill(scheduler)
        _, errors = command.communicate(timeout=_PATIENCE_s)
    finally:
        cluster.end()
    assert command.returncode == failures.FAILED, errors
    last = errors.strip().splitlines()[-1]
    assert "is gone" in last and "the same command goes on" in last
    assert "Traceback" not in errors
    kept = {path: path.stat().st_mtime_ns for path in pieces(out)}
    assert 2 <= len(kept) < 8
    result = rs.run_study(SLOW, out, workers=1)
    assert all(path.stat().st_mtime_ns == time for path, time in kept.items())
    assert len(result.design) == 16 and result.estimates.fingerprint() == numbers


def test_a_scheduler_that_is_not_there_is_named(study, tmp_path, capsys):
    address = f"tcp://127.0.0.1:{free_port()}"
    code = app.main(["run", str(study), "-o", str(tmp_path / "out"), "--scheduler", address])
    said = capsys.readouterr().err
    assert code == failures.MISUSED
    assert f"No Dask scheduler answers at {address}" in said and "Traceback" not in said


# A PC of fifteen years ago, as far as its libraries can be told that it is one.
OLD = {
    "NUMBA_CPU_NAME": "nehalem",
    "NUMBA_CPU_FEATURES": "",
    "NPY_DISABLE_CPU_FEATURES": BASELINE["NPY_DISABLE_CPU_FEATURES"],
    "OPENBLAS_CORETYPE": "Nehalem",
    "GLIBC_TUNABLES": BASELINE["GLIBC_TUNABLES"],
}

of_pcs = pytest.mark.skipif(
    platform.machine() not in ("x86_64", "AMD64"), reason="the baseline is that of PCs"
)


def run(folder: Path, *words: object, **environment: str) -> tuple[int, str]:
    """Run a command and return its exit code and its last words."""
    command = study_samples.started("run", *words, folder=folder, **environment)
    said, errors = command.communicate(timeout=_PATIENCE_s)
    assert "Traceback" not in errors
    return command.returncode, errors + said


@of_pcs
def test_a_mixed_cluster_is_refused_and_said_where_it_may_be(cluster, tmp_path):
    study, out = tmp_path / "lab.toml", tmp_path / "out"
    lab = study_samples.laboratory(tmp_path / "lab", people=2)
    study.write_text(rs.study.plan_to_toml(study_samples.real(lab)), encoding="utf-8")
    cluster.worker()
    cluster.worker(**OLD)
    cluster.wait_for(2)
    asked = study, "-o", out, "--scheduler", cluster.address
    code, said = run(tmp_path, *asked)
    assert code == failures.FAILED
    assert "Numbers would be mixed of machines that round differently: " in said
    assert "nehalem (" in said and "--machines any" in said and "kept" in said
    assert not (out / "estimates.csv").exists()
    code, said = run(tmp_path, *asked, "--machines", "any")
    assert code == failures.FINE, said
    assert "Numbers of 2 kinds of machine are mixed" in said
    (note,) = rs.open_study(out).notes
    assert note.startswith("Numbers of 2 kinds of machine are mixed") and "nehalem (" in note
    assert "2 kinds of machine are mixed" in (out / "report.html").read_text(encoding="utf-8")


@every_night
@of_pcs
def test_workers_that_do_not_keep_to_the_baseline_are_no_part_of_it(cluster, tmp_path):
    study = tmp_path / "lab.toml"
    lab = study_samples.laboratory(tmp_path / "lab", people=1)
    study.write_text(rs.study.plan_to_toml(study_samples.real(lab)), encoding="utf-8")
    cluster.worker()
    cluster.wait_for(1)
    asked = study, "-o", tmp_path / "out", "--scheduler", cluster.address
    code, said = run(tmp_path, *asked, "--baseline")
    assert code == failures.FAILED and "variables of renshaw run --baseline" in said


def tables(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.csv"))}


@every_night
@of_pcs
def test_a_baseline_gives_the_same_bytes_on_every_kind_of_machine(cluster, tmp_path):
    study, out = tmp_path / "study.toml", tmp_path / "out"
    study.write_text(rs.study.plan_to_toml(study_samples.virtual(2)), encoding="utf-8")
    cluster.worker(**BASELINE)
    cluster.worker(**{**OLD, **BASELINE})
    cluster.wait_for(2)
    code, said = run(tmp_path, study, "-o", out, "--scheduler", cluster.address, "--baseline")
    assert code == failures.FINE, said
    (machine,) = json.loads((out / "provenance.json").read_text())["machines"]
    assert machine.startswith("x86-64-v2 (")
    expected = tables(out)
    # This computer, and this computer as if it were an old one.
    for name, environment in (("here", {}), ("old", OLD)):
        code, said = run(tmp_path, study, "-o", tmp_path / name, "--baseline", **environment)
        assert code == failures.FINE, said
        assert tables(tmp_path / name) == expected
    # Without it, what is finished is of another kind, and stays as it is.
    code, said = run(tmp_path, study, "-o", out)
    assert code == failures.FAILED
    assert "What is finished of this study was made by x86-64-v2 (" in said
    assert "with or without --baseline" in said
    assert tables(out) == expected
