"""How fast mixed models are fitted, beside R and `glmm`, in one run.

``uv run benchmarks/mixed_model.py [--peer PYTHON] [--quick]``

Two tables are made: 600 rows of 20 people with 15 units each (320 random levels), and 2,178 rows of
22 people with 33 units. The first is fitted alone; of the second, the whole `compare` is timed
against lmer, lmerTest's summary and F tests, and emmeans' means and pairs: within a running
process, and as a process from its start, ``renshaw compare`` beside ``Rscript``, also with its
report and pictures, of which R makes none. Seconds of processor time, best of several, so that a
busy machine counts less. ``--peer`` is a Python with `glmm` (LGPL) installed, and `lme_python` if
there is one; without it, and without R, these columns are left out.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

import renshaw as rs
from renshaw.statistics.fitting.fit import fitted
from renshaw.statistics.formulas.formula import parse

FORMULA = "y ~ time + (1|participant/mu)"
WHOLE = "y ~ time * rt + (1|participant/mu)"
_LOAD = """
suppressPackageStartupMessages({library(lmerTest); library(emmeans)})
emm_options(lmer.df = "satterthwaite", lmerTest.limit = 1e7, pbkrtest.limit = 1)
"""
_WHOLE = """
  m <- lmer(y ~ time * rt + (1|participant/mu), b)
  summary(m); anova(m, type = 3); pairs(emmeans(m, ~ time))
"""
_R = f"""{_LOAD}
a <- read.csv("a.csv"); b <- read.csv("b.csv")
best <- function(f) {{ f(); min(replicate(REPEATS, {{ gc(); sum(system.time(f())[1:2]) }})) }}
fit <- best(function() lme4::lmer(y ~ time + (1|participant/mu), a))
whole <- best(function() {{{_WHOLE}}})
cat(fit, whole)
"""
_ROWS = {
    "whole": "whole compare, s",
    "process": "as a process, s",
    "report": "with its report, s",
}
_PEER = """
import sys, time
import pandas as pd
def best(f):
    f()
    found = []
    for _ in range(REPEATS):
        start = time.process_time(); f(); found.append(time.process_time() - start)
    return min(found)
a = pd.read_csv("a.csv") if NAME == "glmm" else __import__("polars").read_csv("a.csv")
if NAME == "glmm":
    import glmm
    print(best(lambda: glmm.fit(a, "y ~ time + (1|participant/mu)", reml=True)))
else:
    import lme_python
    print(best(lambda: lme_python.lmer("y ~ time + (1|participant/mu)", data=a, reml=True)))
"""


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--peer", help="a Python that has glmm")
    arguments.add_argument("--quick", action="store_true", help="each once, small tables")
    told = arguments.parse_args()
    small, large = (made(6, 4, 2), made(6, 5, 3)) if told.quick else (made(20, 15), made(22, 33, 3))
    repeats = 1 if told.quick else 15
    formula = parse(FORMULA)
    ours = {
        "fit": best(lambda: fitted(small, formula), repeats),
        "whole": best(lambda: rs.compare(large, WHOLE), max(1, repeats // 5)),
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small.to_csv(folder / "a.csv", index=False)
        large.to_csv(folder / "b.csv", index=False)
        theirs = _r(folder, repeats)
        peers = _peers(folder, told.peer, repeats)
        ours |= _processes(folder, max(1, repeats // 3))
        theirs |= _r_process(folder, max(1, repeats // 3))
    print(f"{'':24}{'renshaw':>10}{'R':>10}" + "".join(f"{each:>12}" for each in peers))
    row = f"{'a fit, 600 rows, ms':24}{1e3 * ours['fit']:10.2f}"
    row += f"{1e3 * theirs['fit']:10.2f}" if theirs else f"{'-':>10}"
    print(row + "".join(f"{1e3 * each:12.2f}" for each in peers.values()))
    for name, title in _ROWS.items():
        other = f"{theirs[name]:10.3f}" if name in theirs else f"{'-':>10}"
        print(f"{title:24}{ours[name]:10.3f}{other}")


def made(people: int, units: int, times: int = 2) -> pd.DataFrame:
    """Return people with units before and after."""
    rng = np.random.default_rng(1)
    person = np.repeat(np.arange(people), units * times)
    unit = np.repeat(np.arange(people * units), times)
    when = np.tile(np.arange(times), people * units)
    y = 5 + rng.normal(0, 0.8, people)[person] + rng.normal(0, 0.7, people * units)[unit]
    y += (rng.normal(0, 0.35, people)[person] - 0.5) * when + rng.normal(0, 0.6, len(when))
    return pd.DataFrame(
        {
            "participant": [f"P{n}" for n in person],
            "mu": [f"U{n % units}" for n in unit],
            "time": [f"t{n}" for n in when],
            "rt": rng.uniform(0, 20, len(when)),
            "y": y,
        }
    )


def best(
    work: Callable[[], object], repeats: int, clock: Callable[[], float] = time.process_time
) -> float:
    """Return the least processor time of some work in seconds, after one run that counts not."""
    work()
    found = []
    for _ in range(repeats):
        start = clock()
        work()
        found.append(clock() - start)
    return min(found)


def _r(folder: Path, repeats: int) -> dict[str, float]:
    if shutil.which("Rscript") is None:
        return {}
    (folder / "r.R").write_text(_R.replace("REPEATS", str(repeats)), encoding="utf-8")
    done = subprocess.run(
        ["Rscript", "r.R"], cwd=folder, capture_output=True, text=True, check=False
    )
    words = done.stdout.split()
    return {"fit": float(words[0]), "whole": float(words[1])} if len(words) == 2 else {}


def _processes(folder: Path, repeats: int) -> dict[str, float]:
    start = "import sys; from renshaw.cli.app import main; sys.exit(main())"
    words = [sys.executable, "-c", start, "compare", "b.csv", "-f", WHOLE]
    # As installed: R's packages are compiled to byte code, and so is Python from its second start.
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment = kept | {"PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    report = [*words, "-o", "out"]
    return {
        "process": best(lambda: _run(words, folder, environment), repeats, _of_children),
        "report": best(lambda: _run(report, folder, environment), repeats, _of_children),
    }


def _r_process(folder: Path, repeats: int) -> dict[str, float]:
    if shutil.which("Rscript") is None:
        return {}
    program = f'{_LOAD}b <- read.csv("b.csv"){_WHOLE}'.replace("; ", "\n")
    (folder / "whole.R").write_text(program, encoding="utf-8")
    script = ["Rscript", "whole.R"]
    return {"process": best(lambda: _run(script, folder, None), repeats, _of_children)}


def _run(words: Sequence[str], folder: Path, environment: dict[str, str] | None) -> None:
    subprocess.run(words, cwd=folder, env=environment, capture_output=True, check=True)


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _peers(folder: Path, python: str | None, repeats: int) -> dict[str, float]:
    found = {}
    for name in ("glmm", "lme_python") if python else ():
        program = _PEER.replace("REPEATS", str(repeats)).replace("NAME", repr(name))
        done = subprocess.run(
            [python or "", "-c", program], cwd=folder, capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            found[name] = float(done.stdout)
    return found


if __name__ == "__main__":
    main()
