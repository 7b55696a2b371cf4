"""How fast is the engine? renshaw, NEURON, CoreNEURON and hand-written C++ on the same motoneurons.

    uv run --group bench python benchmarks/engine.py [--json FILE] [--quick]

Speeds are neuron-seconds for each CPU-second of one core, the best of some runs. The error of each
engine is that of its mean rate on a smooth ramp, against the reference engine with every step fine;
`ratio_to_neuron` compares speeds at equal error, without synaptic noise, which NEURON draws more
often and so at a greater cost. Rows called "grown" are of the pool with everything that renshaw
adds to the published one. Needs a C++ compiler and make.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from engine_accuracy import GAMMA, INHIBITION, PEAK, Made, grown, ramp
from engine_cpp_kernel import CppKernel, operations

from renshaw.engine import EngineSettings, Job, blocks, run_many
from renshaw.model.powers_heckman import powers_heckman_2017

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "simulators"))
from neuron_pool import compile_mechanisms, run_neuron

POOLS = 5
ENGINE = EngineSettings()
SILENT = EngineSettings(noise=0.0)
# (secondorder, dt) of NEURON: backward Euler, its default, and Crank-Nicolson.
NEURON_STEPS = ((0, 0.025), (2, 0.025), (2, 0.0125))


def main() -> None:
    """Print the table and write it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path)
    parser.add_argument(
        "--quick", action="store_true", help="shorter ramps; errors are meaningless"
    )
    asked = parser.parse_args()
    rows = Table()
    up_s = 1.0 if asked.quick else 10.0
    start_up(rows, asked.quick)
    pools = 1 if asked.quick else POOLS
    renshaw_rows(rows, up_s, pools)
    if shutil.which("g++") is None:
        print("Skipped: C++ by hand, which needs g++.")
    else:
        cpp_row(rows, up_s, pools)
    if importlib.util.find_spec("neuron") is None:
        print("Skipped: NEURON, which is not installed (the group bench).")
    else:
        neuron_rows(rows, up_s, NEURONS[:1] if asked.quick else NEURONS)
        grown_rows(rows, up_s, pools)
    rows.compare()
    rows.show()
    if asked.json:
        asked.json.write_text(json.dumps(rows.rows, indent=1))


class Table:
    """Rows of measurements, by name."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def add(self, name: str, **values: Any) -> None:
        """Add a row and say so."""
        self.rows.append({"name": name, **values})
        print(f"  measured {name}: {values}", file=sys.stderr, flush=True)

    def get(self, name: str) -> dict[str, Any] | None:
        """Return the row of this name; None where it was not measured."""
        return next((row for row in self.rows if row["name"] == name), None)

    def compare(self) -> None:
        """Fill in how the rows compare: to NEURON at equal error, to C++."""
        ours, silent = self.get("renshaw"), self.get("renshaw, no noise")
        speed = "neuron_seconds_per_cpu_second"
        for kind in ("NEURON", "NEURON TABLE", "CoreNEURON"):
            rows = [row for row in self.rows if row["name"].split(",")[0] == kind]
            allowed = max(EQUAL_pct, abs(silent["rate_error_pct"]))
            fair = [row for row in rows if abs(row["rate_error_pct"]) <= allowed]
            if fair:
                best = max(fair, key=lambda row: row[speed])
                best["equal_error"] = True
                ratio = silent[speed] / best[speed]
                silent[f"ratio_to_{kind.lower().replace(' ', '_')}"] = ratio
                ours[f"ratio_to_{kind.lower().replace(' ', '_')}"] = ratio
        if (by_hand := self.get("C++ by hand")) is not None:
            ours["fraction_of_cpp"] = ours[speed] / by_hand[speed]

    def show(self) -> None:
        """Print the table."""
        columns = list(dict.fromkeys(key for row in self.rows for key in row if key != "name"))
        print("| name | " + " | ".join(columns) + " |")
        print("| --- " * (len(columns) + 1) + "|")
        for row in self.rows:
            cells = (row.get(c, "") for c in columns)
            print(f"| {row['name']} | " + " | ".join(_cell(c) for c in cells) + " |")


# Spike counts are whole numbers: of some 5,000 spikes one in a thousand is within the scatter.
EQUAL_pct = 0.1


def _cell(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def start_up(table: Table, quick: bool = False) -> None:
    """Measure import and first-call compile time in fresh processes."""
    importing = (
        "import time; t = time.perf_counter(); import renshaw; print(time.perf_counter() - t)"
    )
    import_s = min(float(_python(importing)) for _ in range(1 if quick else 3))
    if quick:  # compiling anew takes most of a minute
        table.add("start", import_s=import_s)
        return
    calling = (
        "import time; from renshaw.engine import *; "
        "from renshaw.model.powers_heckman import powers_heckman_2017; "
        "import numpy as np; one = np.ones(50); p = powers_heckman_2017(1); "
        "t = time.perf_counter(); run(p, Inputs(one, one, one)); print(time.perf_counter() - t)"
    )
    with tempfile.TemporaryDirectory() as cache:
        compile_s = float(_python(calling, NUMBA_CACHE_DIR=cache))
        cached_s = float(_python(calling, NUMBA_CACHE_DIR=cache))
    table.add("start", import_s=import_s, compile_s=compile_s, cached_first_call_s=cached_s)


def _python(code: str, **environment: str) -> str:
    import os

    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def renshaw_rows(table: Table, up_s: float, pools: int = POOLS) -> None:
    """Measure renshaw: pools of 100 motoneurons; and two threads against one."""
    inputs = ramp(up_s=up_s)
    work = [Job(powers_heckman_2017(100), inputs, seed) for seed in range(pools)]
    seconds = pools * 100 * len(inputs.excitation) * ENGINE.step_ms / 1000
    run_many(work[:1], ENGINE, threads=2)
    for name, settings in (("renshaw", ENGINE), ("renshaw, no noise", SILENT)):
        cpu_s = best(lambda s=settings: run_many(work, s, threads=1))
        table.add(
            name,
            dt_ms=settings.step_ms,
            neuron_seconds_per_cpu_second=seconds / cpu_s,
            peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        )
    small = [Job(powers_heckman_2017(20), ramp(up_s=up_s), 0)]
    table.get("renshaw, no noise")["rate_error_pct"] = rate_error(
        _spikes(run_many(small, SILENT)[0].spikes_s), up_s
    )
    table.get("renshaw")["two_thread_speedup"] = two_thread_speedup(work)
    table.get("renshaw")["two_thread_speedup_cpu"] = two_thread_speedup_cpu(work)


def two_thread_speedup(work: list[Job], repeats: int = 3) -> float:
    """Return wall time on one thread over wall time on two, taken in turns, the best of each."""
    wall: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(repeats):
        for threads in wall:
            start = time.perf_counter()
            run_many(work, ENGINE, threads=threads)
            wall[threads].append(time.perf_counter() - start)
    return min(wall[1]) / min(wall[2])


def two_thread_speedup_cpu(work: list[Job], repeats: int = 3) -> float:
    """Return CPU time on one thread over that of the busier of two: what idle cores would give.

    On a machine whose cores others use, wall times say more about the others.
    """
    used: dict[int, float] = {}
    integrate = blocks._integrate

    def timed(*arguments: Any) -> int:
        start = time.thread_time()
        done = integrate(*arguments)
        me = threading.get_ident()
        used[me] = used.get(me, 0.0) + time.thread_time() - start
        return done

    busiest: dict[int, list[float]] = {1: [], 2: []}
    blocks._integrate = timed
    try:
        for _ in range(repeats):
            for threads, times in busiest.items():
                used.clear()
                start = time.thread_time()
                run_many(work, ENGINE, threads=threads)
                times.append(time.thread_time() - start + max(used.values()))
    finally:
        blocks._integrate = integrate
    return min(busiest[1]) / min(busiest[2])


def rate_error(spikes: int, up_s: float, made: Made = powers_heckman_2017) -> float:
    """Return the error of the number of spikes of the 20-cell pool, in percent."""
    return 100 * (spikes / reference_spikes(up_s, made) - 1)


@cache
def reference_spikes(up_s: float, made: Made) -> int:
    """Return the spikes of the 20-cell pool in the reference engine, every step fine."""
    fine = SILENT.replace(engine="reference", inner_steps=16)
    job = Job(made(20), ramp(up_s=up_s))
    return _spikes(run_many([job], fine)[0].spikes_s)


def _spikes(trains: Any) -> int:
    return sum(len(train) for train in trains)


def best(call: Callable[[], Any], repeats: int = 3) -> float:
    """Return the least CPU time of some calls."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return min(times)


def cpp_row(table: Table, up_s: float, pools: int = POOLS) -> None:
    """Measure the hand-written kernel on the same lanes, and check that it does the same."""
    with tempfile.TemporaryDirectory() as folder:
        kernel = CppKernel(Path(folder))
        inputs = ramp(up_s=up_s)
        pool = powers_heckman_2017(100)
        seconds = pools * len(pool) * len(inputs.excitation) * ENGINE.step_ms / 1000
        work = [Job(pool, inputs, seed) for seed in range(pools)]
        ours = _spikes(x for r in run_many(work, ENGINE) for x in r.spikes_s)
        theirs = _spikes(x for job in kernel.run(work, ENGINE) for x in job)
        cpu_s = best(lambda: kernel.run(work, ENGINE))
        table.add(
            "C++ by hand",
            dt_ms=ENGINE.step_ms,
            neuron_seconds_per_cpu_second=seconds / cpu_s,
            spikes_more_than_renshaw=theirs - ours,
            **operations(),
        )


# How each is compiled and run.
NEURONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("NEURON", {}),
    ("NEURON TABLE", {"table": True}),
    ("CoreNEURON", {"coreneuron": True, "flags": "-O3 -march=native -ffast-math"}),
)


def neuron_rows(
    table: Table,
    up_s: float,
    kinds: tuple[tuple[str, dict[str, Any]], ...] = NEURONS,
    repeats: int = 1,
) -> None:
    """Measure NEURON plain, with TABLE, and CoreNEURON tuned, at some steps."""
    pool = powers_heckman_2017(20)
    stop_ms = 1000 * (2.0 + 2 * up_s)
    with tempfile.TemporaryDirectory() as folder:
        for kind, how in kinds:
            compiled = compile_mechanisms(Path(folder) / kind.replace(" ", "_"), **how)
            for secondorder, dt_ms in NEURON_STEPS:
                done = [
                    run_neuron(
                        compiled,
                        pool,
                        peak=PEAK,
                        inhibition=INHIBITION,
                        gamma=GAMMA,
                        dt_ms=dt_ms,
                        stop_ms=stop_ms,
                        up_ms=1000 * up_s,
                        secondorder=secondorder,
                        noise=0,
                        coreneuron=kind == "CoreNEURON",
                    )
                    for _ in range(repeats)
                ]
                method = "Crank-Nicolson" if secondorder == 2 else "backward Euler"
                spikes = _spikes(done[0]["spikes_ms"])
                table.add(
                    f"{kind}, {method} {dt_ms:g} ms",
                    dt_ms=dt_ms,
                    neuron_seconds_per_cpu_second=20
                    * stop_ms
                    / 1000
                    / min(run["cpu_s"] for run in done),
                    peak_mb=done[0]["peak_mb"],
                    rate_error_pct=rate_error(spikes, up_s),
                )


def grown_rows(table: Table, up_s: float, pools: int = POOLS) -> None:
    """Measure renshaw and NEURON with everything that renshaw adds to the published pool."""
    inputs = ramp(up_s=up_s)
    work = [Job(grown(100), inputs, seed) for seed in range(pools)]
    seconds = pools * 100 * len(inputs.excitation) * ENGINE.step_ms / 1000
    for name, settings in (("renshaw, grown", ENGINE), ("renshaw, no noise, grown", SILENT)):
        cpu_s = best(lambda s=settings: run_many(work, s, threads=1))
        table.add(name, dt_ms=ENGINE.step_ms, neuron_seconds_per_cpu_second=seconds / cpu_s)
    silent = table.get("renshaw, no noise, grown")
    spikes = _spikes(run_many([Job(grown(20), inputs)], SILENT)[0].spikes_s)
    silent["rate_error_pct"] = rate_error(spikes, up_s, grown)
    stop_ms = 1000 * (2.0 + 2 * up_s)
    with tempfile.TemporaryDirectory() as folder:
        done = run_neuron(
            compile_mechanisms(Path(folder) / "grown"),
            grown(20),
            peak=PEAK,
            inhibition=INHIBITION,
            gamma=GAMMA,
            dt_ms=0.0125,
            stop_ms=stop_ms,
            up_ms=1000 * up_s,
            secondorder=2,
            noise=0,
        )
    speed = 20 * stop_ms / 1000 / done["cpu_s"]
    table.add(
        "NEURON grown, Crank-Nicolson 0.0125 ms",
        dt_ms=0.0125,
        neuron_seconds_per_cpu_second=speed,
        rate_error_pct=rate_error(_spikes(done["spikes_ms"]), up_s, grown),
    )
    silent["ratio_to_neuron"] = silent["neuron_seconds_per_cpu_second"] / speed


if __name__ == "__main__":
    main()
