"""Numbers know the machine that made them: a mix of processors is said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from study_samples import virtual

import renshaw as rs
from renshaw.core.machine import BASELINE, arithmetic
from renshaw.study import outcome as outcomes

_ASK = "from renshaw.core.machine import arithmetic; print(arithmetic())"


def elsewhere(**environment: str) -> str:
    """Return what a process says that is told to compile for another processor."""
    return subprocess.run(
        [sys.executable, "-c", _ASK],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def test_a_processor_without_fma_is_another_machine() -> None:
    here = arithmetic()
    assert elsewhere() == here
    generic = elsewhere(NUMBA_CPU_NAME="generic")
    without = elsewhere(NUMBA_CPU_FEATURES="-fma")
    assert len({here, generic, without}) == 3
    for name in ("numba", "llvmlite", "numpy", "scipy"):
        assert f"{name} " in here


def test_the_docs_name_the_variables_of_the_baseline() -> None:
    text = Path(__file__).parents[2].joinpath("docs", "study.md").read_text(encoding="utf-8")
    for name, value in BASELINE.items():
        assert f'export {name}="{value}"' in text


def test_a_study_of_two_kinds_of_machine_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = rs.run_study(virtual(2), tmp_path)
    assert one.notes == ()
    # The last person is added on another machine; the others are found finished.
    monkeypatch.setattr(outcomes, "arithmetic", lambda: "generic (00000000), numba 0")
    with pytest.raises(rs.RenshawError, match="machines that round differently") as refused:
        rs.run_study(virtual(3), tmp_path)
    assert "--machines any" in str(refused.value)
    with pytest.raises(rs.SettingsError, match="one of one, any"):
        rs.run_study(virtual(3), tmp_path, machines="two")  # type: ignore[arg-type]
    mixed = rs.run_study(virtual(3), tmp_path, machines="any")
    (said,) = mixed.notes
    assert said.startswith("Numbers of 2 kinds of machine are mixed")
    assert "2 recordings by generic (00000000), numba 0" in said
    assert rs.open_study(tmp_path).notes == (said,)
    found = json.loads((tmp_path / "provenance.json").read_text())
    assert found["machines"] == {arithmetic(): 4, "generic (00000000), numba 0": 2}
    assert any(said[:40] in each for each in map(str, mixed.finding.warnings))
