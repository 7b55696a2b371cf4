# /// script
# requires-python = "==3.11.*"
# dependencies = ["openhdemg==0.2.0b2", "renshaw"]
#
# [tool.uv.sources]
# renshaw = { path = ".." }
# ///
"""ΔF of the same units by renshaw and by openhdemg 0.2.0b2, timed in one run.

    uv run benchmarks/delta_f_vs_openhdemg.py [FILE] [--units 84] [--repeats 5] [--quick]

FILE is any file that renshaw reads. The peer's time is that of ``compute_svr`` and
``compute_deltaf`` alone; renshaw's is that of the whole `estimate` with rules "openhdemg": the
same fits and pairs, and besides the reasons, rates, geometry and history. CPU seconds of this
process, libraries imported and warmed up before.
"""

# ruff: noqa: E402 (threads and screen must be settled before numpy and Qt load)

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("MPLBACKEND", "Agg")
for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

import numpy as np
import pandas as pd

try:
    import openhdemg.library as emg
except ImportError:
    emg = None

from renshaw.data.estimates import Estimates
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording
from renshaw.estimation.estimate import estimate
from renshaw.io import read

DEFAULT = Path(__file__).parents[2] / "shared" / "data" / "caillet2022_TA_35_D.mat"


def main() -> None:
    arguments = _arguments()
    recording = _usable(_short() if arguments.quick else read(arguments.file))
    cases = [recording]
    if arguments.units > len(recording.units):
        cases.append(_enlarged(recording, arguments.units))
    if emg is None:
        print("Skipped: openhdemg, which is not installed; uv run, as above, brings it.")
    else:
        _peer(_emgfile(_enlarged(recording, 3)))
    estimate(cases[0], "openhdemg")
    print(f"{'units':>5} {'openhdemg':>11} {'renshaw':>9} {'ratio':>7}   agreement")
    for case in cases:
        if emg is None:
            ours_s, _ = _timed(lambda case=case: estimate(case, "openhdemg"), arguments.repeats)
            print(f"{len(case.units):5d} {'':>11} {ours_s:7.3f} s", flush=True)
            continue
        emgfile = _emgfile(case)
        peer_s, theirs = _timed(lambda emgfile=emgfile: _peer(emgfile), 1)
        ours_s, ours = _timed(lambda case=case: estimate(case, "openhdemg"), arguments.repeats)
        print(
            f"{len(case.units):5d} {peer_s:9.2f} s {ours_s:7.3f} s {peer_s / ours_s:6.0f}x   "
            f"{_agreement(ours, theirs)}",
            flush=True,
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", nargs="?", type=Path, default=DEFAULT)
    parser.add_argument("--units", type=int, default=84, help="size of the enlarged case; 0: none")
    parser.add_argument("--repeats", type=int, default=5, help="best of so many runs of renshaw")
    parser.add_argument(
        "--quick", action="store_true", help="a short simulated ramp, one run, none enlarged"
    )
    asked = parser.parse_args()
    if asked.quick:
        asked.units, asked.repeats = 0, 1
    return asked


def _short() -> Recording:
    """Return a short simulated contraction."""
    from renshaw import Participant, Ramp, simulate

    return simulate(Participant(n_units=12), Ramp(rise_s=4, fall_s=4, follows="drive"), seed=1)


def _usable(recording: Recording) -> Recording:
    """Leave out units with fewer than three discharges, which crash the peer."""
    keep = [i for i, times_s in enumerate(recording.units) if len(times_s) > 2]
    if len(keep) < 2:
        raise SystemExit(f"{recording.name}: ΔF needs two units with three discharges or more.")
    return Recording(recording.units.select(keep), recording.signals, name=recording.name)


def _enlarged(recording: Recording, n: int) -> Recording:
    """Return n units: those there are, over and over, each copy jittered and shifted a little."""
    chance = np.random.default_rng(1)
    units, fs_hz = recording.units, _fs_hz(recording)
    trains = []
    for k in range(n):
        times_s = units[k % len(units)]
        if k >= len(units):
            times_s = times_s + chance.normal(0, 0.002, len(times_s)) + chance.uniform(-0.3, 0.3)
        samples = np.unique(np.round(np.clip(times_s, *units.window_s) * fs_hz))
        trains.append(samples[samples <= units.window_s[1] * fs_hz - 1] / fs_hz)
    return Recording(MotorUnits(tuple(trains), units.window_s, fs_hz=fs_hz), recording.signals)


def _fs_hz(recording: Recording) -> float:
    return recording.units.fs_hz or 2048.0


def _emgfile(recording: Recording) -> dict[str, Any]:
    """Return the part of openhdemg's file that the two functions ask for."""
    fs_hz, units = _fs_hz(recording), recording.units
    pulses = [np.round(times_s * fs_hz).astype(int) for times_s in units]
    length = max(int(np.ceil(units.window_s[1] * fs_hz)), max(p[-1] for p in pulses) + 1)
    firing = np.zeros((length, len(pulses)), dtype=int)
    for unit, samples in enumerate(pulses):
        firing[samples, unit] = 1
    return {
        "NUMBER_OF_MUS": len(pulses),
        "MUPULSES": pulses,
        "FSAMP": fs_hz,
        "EMG_LENGTH": length,
        "BINARY_MUS_FIRING": pd.DataFrame(firing),
    }


def _peer(emgfile: dict[str, Any]) -> dict[tuple[int, int], float]:
    fits = emg.compute_svr(emgfile)
    smooth = pd.DataFrame(fits["gensvr"]).transpose()
    table = emg.compute_deltaf(emgfile=emgfile, smoothfits=smooth, average_method="all")
    return {
        tuple(sorted((one + 1, other + 1))): float(value)
        for (one, other), value in zip(table["MU"], table["dF"], strict=True)
    }


def _timed(work: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    best, answer = float("inf"), None
    for _ in range(repeats):
        start = time.process_time()
        answer = work()
        best = min(best, time.process_time() - start)
    return best, answer


def _agreement(ours: Estimates, theirs: dict[tuple[int, int], float]) -> str:
    mine = {
        tuple(sorted((row.control, row.unit))): row.value if row.ok else float("nan")
        for row in ours.select("delta_f_pair").rows
    }
    values = np.array([(mine[pair], theirs[pair]) for pair in theirs])
    accepted = np.isfinite(values)
    both = accepted.all(axis=1)
    either = accepted.any(axis=1)
    difference = np.abs(np.diff(values[both], axis=1))
    return (
        f"{both.sum()} pairs accepted by both of {either.sum()} by either "
        f"({100 * both.sum() / max(either.sum(), 1):.1f} %); |difference| median "
        f"{np.median(difference):.1e}, largest {np.max(difference):.1e} pps"
    )


if __name__ == "__main__":
    main()
