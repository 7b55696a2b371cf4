"""How much processor time renshaw takes from the prompt, beside an empty Python program.

    uv run python benchmarks/cold_start.py [--quick] [FILE ...]

Each command is a new process, run several times; the table gives the median of user and system
time in seconds, and of the time by the clock. FILE is a recording to estimate with a report;
without one, recordings of 32 and of 84 simulated units are made.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

UNITS = (32, 84)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--quick", action="store_true", help="one run of each, and fewer units")
    asked = parser.parse_args()
    runs = 1 if asked.quick else 7
    command = str(Path(sysconfig.get_path("scripts")) / "renshaw")
    with tempfile.TemporaryDirectory() as place:
        units = (8,) if asked.quick else UNITS
        files = asked.files or [joined(n, Path(place)) for n in units]
        rows = [
            ("python -c pass", [sys.executable, "-c", "pass"]),
            ("import renshaw", [sys.executable, "-c", "import renshaw"]),
            ("renshaw --version", [command, "--version"]),
            ("renshaw --help", [command, "--help"]),
            ("renshaw estimate --help", [command, "estimate", "--help"]),
        ]
        for file in files:
            out = str(Path(place) / "out")
            words = [command, "estimate", str(file), "-o", out, "-q"]
            rows.append((f"renshaw estimate {file.name} -o out", words))
        print(f"{'median of ' + str(runs):44s} {'CPU s':>7s} {'clock s':>8s}")
        for name, words in rows:
            cpu_s, clock_s = measured(words, runs, warm=not asked.quick)
            print(f"{name:44s} {cpu_s:7.2f} {clock_s:8.2f}", flush=True)


def measured(words: Sequence[str], runs: int, warm: bool = True) -> tuple[float, float]:
    """Return the median processor time and time by the clock of a command (s)."""
    if warm:  # files get into memory
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    cpu_s, clock_s = [], []
    for _ in range(runs):
        before, began = os.times(), time.perf_counter()
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        after = os.times()
        clock_s.append(time.perf_counter() - began)
        used = after.children_user - before.children_user
        cpu_s.append(used + after.children_system - before.children_system)
    return statistics.median(cpu_s), statistics.median(clock_s)


def joined(n_units: int, place: Path) -> Path:
    """Write a recording of exactly so many firing units, joined from simulated ones."""
    import renshaw as rs

    trains = []
    seed = 0
    while len(trains) < n_units:
        ramp = rs.simulate(rs.Participant(n_units=40), rs.Ramp(), seed=seed)
        trains += [times_s for times_s in ramp.units if len(times_s)]
        seed += 1
    units = rs.MotorUnits(tuple(trains[:n_units]), ramp.units.window_s)
    recording = replace(ramp, units=units, truth=None, signals={"torque": ramp.signal("torque")})
    return recording.save(place / f"{n_units}_units.h5")


if __name__ == "__main__":
    main()
