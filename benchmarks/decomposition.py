"""Decompose the same recording with renshaw and its peers and compare what they find.

    uv run benchmarks/decomposition.py --json decomposition.json

Every tool runs in a process of its own, with one thread a matrix product, the peers in
environments that uv makes. Time and memory include reading the samples and loading the tool. The
recording is openhdemg's sample (`../shared/data/otb_testfile.mat`, 64 channels, 32.5 s), in which
OT Biolab+ and a person found five units. A unit is found when the rate of agreement is at least
0.9 (discharges within 2 ms, at the best lag); units of two tools are the same from 0.3 on. Units
that several tools found, the experts counted as one, are taken as really there: the consensus.
`--keep FOLDER` keeps what each tool found, and a run with the same folder does not do it again.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import renshaw as rs
from renshaw.data.agreement import agreement

HERE = Path(__file__).parent
FILE = HERE.parent.parent / "shared" / "data" / "otb_testfile.mat"
# Python and packages of each peer; None: renshaw's own environment.
TOOLS = {
    "renshaw": (None, "renshaw_worker.py"),
    "openhdemg 0.2.0b2": (["openhdemg==0.2.0b2"], "openhdemg_worker.py"),
    "emgdecomp 0.1.0": (
        # Newer ones lack what it calls.
        [
            "emgdecomp==0.1.0",
            "numpy<1.24",
            "scipy<1.11",
            "scikit-learn<1.4",
            "pandas<2.2",
            "dask[array]",
        ],
        "emgdecomp_worker.py",
    ),
}


def main() -> None:
    """Run every tool and write what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=FILE, help="recording with raw EMG")
    parser.add_argument("--json", type=Path, help="file for the results")
    parser.add_argument(
        "--only", nargs="*", choices=TOOLS, default=list(TOOLS), help="tools to run"
    )
    parser.add_argument("--keep", type=Path, help="folder for the units of each tool (.npz)")
    parser.add_argument(
        "--quick", action="store_true", help="renshaw alone, on a short simulated recording"
    )
    given = parser.parse_args()
    if given.quick:
        print("Skipped: the peers, whose environments take minutes to make.")
        given.only = ["renshaw"]
        recording = short()
    elif given.file.is_file():
        recording = rs.read(given.file)
    else:
        parser.error(f"{given.file} is not here; name a recording with raw EMG, or use --quick.")
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        found = {}
        for tool in given.only:
            try:
                found[tool] = run(tool, recording, folder)
            except subprocess.CalledProcessError:
                print(f"{tool} failed, and is left out")
    results = compared(found, recording)
    for tool, row in results.items():
        print(tool, json.dumps(row))
    if given.json:
        given.json.write_text(json.dumps(results, indent=2) + "\n")


def short() -> rs.Recording:
    """Return a short contraction, seen by a small grid."""
    ramp = rs.Ramp(rise_s=3.0, fall_s=3.0, follows="drive")
    grid = rs.emg.ElectrodeSettings(rows=4, columns=4, distance_mm=10.0)
    return rs.synthesize_emg(rs.simulate(rs.Participant(n_units=20), ramp, seed=1), grid, seed=1)


def run(tool: str, recording: rs.Recording, folder: Path) -> dict[str, np.ndarray]:
    """Return the units and the cost of one tool."""
    packages, worker = TOOLS[tool]
    emg = recording.signals["emg"]
    source, target = folder / "emg.npz", folder / f"{worker}.npz"
    if target.is_file():
        return opened(target)
    np.savez(source, emg=emg.values, fs_hz=emg.fs_hz)
    python = [sys.executable]
    if packages is not None:
        home = folder / f"env-{worker}"
        subprocess.run(["uv", "venv", "-q", "--python", "3.11", str(home)], check=True)
        python = [str(home / "bin" / "python")]
        subprocess.run(["uv", "pip", "install", "-q", "--python", python[0], *packages], check=True)
    one = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    command = [*python, str(HERE / "decomposition_peers" / worker), str(source), str(target)]
    subprocess.run(command, check=True, env={**os.environ, **one})
    return opened(target)


def opened(target: Path) -> dict[str, np.ndarray]:
    """Return what a tool found."""
    with np.load(target) as out:
        return {name: out[name] for name in out.files}


def consensus(trains: dict[str, list[np.ndarray]], fs_hz: float) -> list[dict[str, np.ndarray]]:
    """Return the distinct units of all tools: of each, the train of every tool that found it."""
    units: list[dict[str, np.ndarray]] = []
    for tool, mine in trains.items():
        for train in mine:
            home = next(
                (u for u in units if any(alike(train, other, fs_hz) for other in u.values())), None
            )
            if home is None:
                units.append({tool: train})
            else:
                home.setdefault(tool, train)
    return units


def compared(found: dict[str, dict], recording: rs.Recording) -> dict[str, dict]:
    """Return one row a tool: cost, units, and how many of them others found, too."""
    fs_hz = recording.signals["emg"].fs_hz
    expert = [np.rint(t * fs_hz).astype(int) for t in recording.units]
    trains = {
        tool: [out[name].astype(int) for name in out if name.startswith("unit")]
        for tool, out in found.items()
    }
    rows = {}
    units = consensus({**trains, "experts": expert}, fs_hz)
    for tool, mine in trains.items():
        others = [theirs for name, theirs in trains.items() if name != tool]
        shared = [sum(any(alike(a, b, fs_hz) for b in theirs) for theirs in others) for a in mine]
        sound = [train for train in mine if plausible(train, fs_hz)]
        rows[tool] = {
            "cpu_s": round(float(found[tool]["cpu_s"]), 1),
            "memory_gb": round(float(found[tool]["memory_gb"]), 2),
            "units": len(mine),
            "plausible": len(sound),
            "expert_units_found": sum(any(same(e, a, fs_hz) >= 0.9 for a in mine) for e in expert),
            "expert_units": len(expert),
            "found_by_another_tool": sum(count >= 1 for count in shared),
            "consensus_of_2": sum(len(unit) >= 2 for unit in units),
            "consensus_of_2_found": sum(len(unit) >= 2 and tool in unit for unit in units),
            "consensus_of_3": sum(len(unit) >= 3 for unit in units),
            "consensus_of_3_found": sum(len(unit) >= 3 and tool in unit for unit in units),
            "of_others": sum(len(unit.keys() - {tool}) >= 2 for unit in units),
            "of_others_found": sum(
                len(unit.keys() - {tool}) >= 2 and tool in unit for unit in units
            ),
        }
    return rows


def same(first: np.ndarray, second: np.ndarray, fs_hz: float) -> float:
    """Return the rate of agreement within 2 ms at the best lag up to 40 ms."""
    return agreement(first, second, round(0.002 * fs_hz), round(0.04 * fs_hz)).rate


def alike(first: np.ndarray, second: np.ndarray, fs_hz: float) -> bool:
    """Whether two trains are one unit."""
    return same(first, second, fs_hz) >= 0.3


def plausible(train: np.ndarray, fs_hz: float) -> bool:
    """Whether a unit has at least 20 discharges whose intervals (up to 1 s) vary by <= 50 %."""
    intervals = np.diff(train) / fs_hz
    intervals = intervals[intervals <= 1]
    return len(train) >= 20 and float(intervals.std() / intervals.mean()) <= 0.5


if __name__ == "__main__":
    main()
