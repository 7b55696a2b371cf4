"""How many virtual trials a second, on how many workers, and how time and memory grow.

``uv run benchmarks/study_throughput.py [--participants 10 100 1000] [--quick]``
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile

ONE_STUDY = """
import json, resource, sys, tempfile, time
import renshaw as rs

participants, workers, units = map(int, sys.argv[1:4])
rise_s = float(sys.argv[4])
arm = rs.study.Arm(
    repeats=5,
    cohort=rs.study.CohortSettings(participants=participants, n_units=units),
    protocols=(rs.study.Task(protocol=rs.Ramp(rise_s=rise_s, fall_s=rise_s, follows="drive")),),
    conditions=(
        rs.study.Condition(name="control"),
        rs.study.Condition(name="relaxed", given=(rs.Relaxation(),)),
    ),
    observed=rs.experiment.ObservationSettings(),
)
plan = rs.StudyPlan(seed=1, keep="none", pairs=False, arms=(arm,))
if __name__ == "__main__":
    rs.simulate(rs.Participant(n_units=4), rs.Ramp(rise_s=1, fall_s=1), seed=1)
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        rs.run_study(plan, folder, workers=workers)
        took_s = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    found = {"trials": plan.trials, "took_s": took_s, "peak_MB": peak, "worker_peak_MB": child}
    print(json.dumps(found))
"""


def one_study(participants: int, workers: int, units: int, rise_s: float) -> dict[str, float]:
    """Run a study in a process of its own and return what it took."""
    # Workers are spawned, and import the script by its name.
    with tempfile.NamedTemporaryFile("w", suffix=".py", delete=False) as script:
        script.write(ONE_STUDY)
    words = [sys.executable, script.name, str(participants), str(workers), str(units)]
    words.append(str(rise_s))
    env = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    try:
        output = subprocess.run(words, env=env, check=True, capture_output=True, text=True)
    finally:
        os.unlink(script.name)  # noqa: PTH108
    return json.loads(output.stdout.splitlines()[-1])


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--participants", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--units", type=int, default=20)
    parser.add_argument("--rise-s", type=float, default=10.0)
    parser.add_argument("--quick", action="store_true", help="two participants, one worker")
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.participants, chosen.workers, chosen.units, chosen.rise_s = [2], [1], 4, 1.0
    print(
        f"{2 * chosen.rise_s:g}-s ramps of {chosen.units} motoneurons, 10 a participant, no "
        "practice (drive imposed)"
    )
    print("| participants | trials | workers | s | trials/s | peak MB | peak MB of a worker |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for participants in chosen.participants:
        for workers in chosen.workers:
            found = one_study(participants, workers, chosen.units, chosen.rise_s)
            rate = found["trials"] / found["took_s"]
            child = f"{found['worker_peak_MB']:.0f}" if workers > 1 else ""
            print(
                f"| {participants} | {found['trials']:.0f} | {workers} | {found['took_s']:.0f} | "
                f"{rate:.2f} | {found['peak_MB']:.0f} | {child} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
