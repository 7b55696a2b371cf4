"""Numbers know the machine that made them: a mix of processors is said."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest
from study_samples import laboratory, virtual

import renshaw as rs
from renshaw.core.machine import BASELINE, arithmetic
from renshaw.study import outcome as outcomes

_ASK = "from renshaw.core.machine import arithmetic; print(arithmetic())"


_KEEP = "from renshaw.core.machine import keep_to_baseline; keep_to_baseline()"


def elsewhere(ask: str = _ASK, **environment: str) -> str:
    """Return what a process says that is told to compile for another processor."""
    return subprocess.run(
        [sys.executable, "-c", ask],
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


@pytest.mark.parametrize(
    "told",
    ["OPT=0", "OPT=max", "SLP_VECTORIZE=1", "LOOP_VECTORIZE=0", "ENABLE_AVX=0", "DISABLE_JIT=1"],
)
def test_a_compiler_that_was_told_otherwise_is_another_machine(told: str) -> None:
    name, value = f"NUMBA_{told}".split("=")
    if os.environ.get(name):
        pytest.skip("it is told so here")
    said = elsewhere(**{name: value})
    assert f", {name}={value}, " in said and said != arithmetic()


def test_a_compiler_that_a_file_told_otherwise_is_another_machine(tmp_path: Path) -> None:
    pytest.importorskip("yaml", reason="numba reads its file with it")
    (tmp_path / ".numba_config.yaml").write_text("slp_vectorize: 1\n", encoding="utf-8")
    said = subprocess.run(
        [sys.executable, "-c", _ASK], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "NUMBA_SLP_VECTORIZE=1" in said.stdout


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told")
def test_a_c_library_that_rounds_otherwise_is_another_machine() -> None:
    without = {"GLIBC_TUNABLES": BASELINE["GLIBC_TUNABLES"]}
    if elsewhere(_SINES, **without) == elsewhere(_SINES):
        pytest.skip("this processor or library has one way only")
    assert elsewhere(**without) != arithmetic()


def test_a_baseline_counts_from_the_beginning_of_the_process(tmp_path: Path) -> None:
    if platform.machine() not in ("x86_64", "AMD64"):
        pytest.skip("the baseline is that of PCs")
    # What came before is said again by the process that begins anew, and each word is kept.
    script = tmp_path / "script.py"
    script.write_text(f"import sys; {_KEEP}; {_ASK}; print(sys.argv[1:])")
    environment = {name: value for name, value in os.environ.items() if name not in BASELINE}
    command = [sys.executable, str(script), "one word", "--baseline"]
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    expected = elsewhere(**BASELINE)
    assert said.stdout.splitlines() == [expected, "['one word', '--baseline']"]


def test_with_the_baseline_processors_of_two_kinds_are_one() -> None:
    if platform.machine() not in ("x86_64", "AMD64"):
        pytest.skip("the baseline is that of PCs")
    told = elsewhere(**BASELINE)
    assert told != arithmetic()
    assert told.startswith("x86-64-v2 (")
    # What a processor could do besides is not asked for any more.
    ask = f"import os; os.environ['NUMBA_CPU_FEATURES'] = '-fma'; {_KEEP}; {_ASK}"
    assert elsewhere(ask, NUMBA_CPU_FEATURES="-fma", NUMBA_CPU_NAME="generic") == told


def test_the_docs_name_the_variables_of_the_baseline() -> None:
    text = Path(__file__).parents[2].joinpath("docs", "study.md").read_text(encoding="utf-8")
    for name, value in BASELINE.items():
        assert f'export {name}="{value}"' in text


_SINES = "import math; print(sum(hash(math.sin(0.37 * k)) for k in range(10000)))"

# Sums of products differ where multiplication and addition are rounded once.
_SUM = """
from numba import njit
@njit
def total(a, b):
    found = 0.0
    for k in range(a.size):
        found = found + a[k] * b[k]
    return found
import numpy as np
a = np.sqrt(np.arange(1.0, 2000.0))
print(total(a, np.log(a + 1.0)).hex(), np.exp(a).sum().hex(), np.dot(a, a).hex())
"""


def test_numbers_of_the_baseline_are_the_same_to_the_last_bit() -> None:
    if platform.machine() not in ("x86_64", "AMD64"):
        pytest.skip("the baseline is that of PCs")
    told = elsewhere(_SUM, **BASELINE)
    assert told == elsewhere(f"{_KEEP}; exec({_SUM!r})", NUMBA_CPU_FEATURES="-fma,-avx2")


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


_RUN = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from study_samples import real
import renshaw as rs
try:
    print(len(rs.run_study(real(Path({lab!r})), {out!r}, machines={machines!r}).design))
except rs.RenshawError as error:
    print(error)
"""


def test_a_study_that_goes_on_with_other_instructions_is_refused(tmp_path: Path) -> None:
    lab = laboratory(tmp_path / "lab", people=1)
    out, tests = tmp_path / "out", str(Path(__file__).parent)

    def run(machines: str, **environment: str) -> str:
        ask = _RUN.format(tests=tests, lab=str(lab), out=str(out), machines=machines)
        return elsewhere(ask, **environment)

    assert run("one") == "2"
    # Nothing is missing, and still its tables would be gathered by another kind.
    for _ in range(2):
        said = run("one", NUMBA_CPU_FEATURES="-fma,-avx2")
        assert "What is finished of this study was made by" in said and "kept" in said
        laboratory(lab, people=2)
    assert run("any", NUMBA_CPU_FEATURES="-fma,-avx2") == "4"
    (note,) = rs.open_study(out).notes
    assert note.startswith("Numbers of 2 kinds of machine are mixed")
