"""How sure decomposition is of its units, held against truth: recordings by chance, and a fit.

    uv run benchmarks/decomposition_confidence.py collect FILE --seeds 0 40
    uv run benchmarks/decomposition_confidence.py fit FILE
    uv run benchmarks/decomposition_confidence.py hold FILE

Each seed draws a muscle, a contraction, a grid, noise, and what goes wrong: fibers that move,
stimulation, pops. The simulated EMG is decomposed with the default settings. `collect` adds one
line of JSON a recording, and goes on where it was; `fit` prints the coefficients of a logistic
model of whether a unit without a flag is right (agreement with a true unit of .9 or more within
2 ms); `hold` prints how often units of each confidence are right, on seeds that were not fitted.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

import renshaw as rs
from renshaw.data.agreement import agreement
from renshaw.decomposition.certainty import features_of
from renshaw.decomposition.separation import weakest_silhouette
from renshaw.decomposition.trust import unseen_s
from renshaw.electrodes.synthesize_emg import crosstalk_trains

Array = np.ndarray[Any, Any]
FS_HZ = 2048.0
RIGHT = 0.9
RIDGE = 0.1
TRUST = rs.emg.TrustSettings()
TARGET = Path(__file__).parents[1] / "src" / "renshaw" / "decomposition" / "certainty.json"


def main() -> None:
    """Do what is asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=["collect", "fit", "hold"], nargs="?")
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--quick", action="store_true", help="one small recording, nothing fitted")
    parser.add_argument("--seeds", type=int, nargs=2, default=(0, 40))
    asked = parser.parse_args()
    if asked.quick:
        print(json.dumps(one(0, quick=True))[:2000])
    elif asked.what is None or asked.file is None:
        parser.error("say what to do, and with which file")
    elif asked.what == "collect":
        collect(asked.file, range(*asked.seeds))
    else:
        {"fit": fit, "hold": hold}[asked.what](asked.file)


def collect(path: Path, seeds: range) -> None:
    """Add a line of JSON for every seed that has none yet."""
    done = {row["seed"] for row in rows_of(path)}
    for seed in seeds:
        if seed not in done:
            row = one(seed)
            with path.open("a") as file:
                file.write(json.dumps(row) + "\n")
            print(seed, len(row["units"]), file=sys.stderr, flush=True)


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Return what was collected."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def one(seed: int, *, quick: bool = False) -> dict[str, Any]:
    """Simulate, decompose, and hold every unit against truth."""
    rng = np.random.default_rng([seed, 20261130])
    muscle = str(rng.choice(["TA", "SOL", "GM"]))
    peak = float(rng.uniform(10, 50))
    ramp = rs.Ramp(peak_pct_mvc=peak, rise_s=8.0, fall_s=8.0, hold_s=float(rng.choice([0, 10])))
    moves = str(rng.choice(["no", "no", "along", "across", "torque"]))
    settings = rs.emg.ElectrodeSettings(
        noise_uv=float(rng.uniform(2, 8)),
        skin_mm=float(rng.uniform(2, 6)),
        shift_y_mm=float(rng.uniform(2, 12)) if moves in ("along", "torque") else 0.0,
        shift_x_mm=float(rng.uniform(2, 8)) if moves == "across" else 0.0,
        moves_with="torque" if moves == "torque" else "time",
    )
    if quick:
        ramp = ramp.replace(rise_s=2.0, fall_s=2.0, hold_s=2.0, follows="drive")
        settings = settings.replace(rows=4, columns=4)
    bare = rs.simulate(rs.Participant(muscle=muscle), ramp, seed=seed)
    truth = rs.synthesize_emg(bare, settings, seed=seed)
    emg = truth.signals["emg"]
    trouble = str(rng.choice(["no", "no", "stimuli", "pops"]))
    how = rs.DecomposeSettings()
    if trouble == "stimuli":
        hz = float(rng.choice([10, 20, 50]))
        times_s = np.arange(emg.start_s + 2.0003, emg.end_s - 2, 1 / hz + 0.00013)
        emg = rs.emg.stimulated(truth, times_s, seed=seed).signals["emg"]
        how = how.replace(stimuli="auto")
    elif trouble == "pops":
        emg = popped(emg, rng)
    raw = dataclasses.replace(
        truth, signals={"emg": emg}, units=rs.MotorUnits((), truth.units.window_s), truth=None
    )
    found = rs.decompose(raw, how, seed=seed)
    true = [*truth.units.times_s, *crosstalk_trains(bare, settings, seed)]
    return {
        "seed": seed,
        "muscle": muscle,
        "peak": peak,
        "moves": moves,
        "trouble": trouble,
        "gaps_s": [[s.start_s, s.end_s] for s in found.decomposition.stretches],
        "units": [unit(found, i, true) for i in range(len(found.units))],
    }


def popped(emg: rs.Signal, rng: np.random.Generator) -> rs.Signal:
    """Return an EMG with pops, some of them too small to be found."""
    values, count = np.array(emg.values, dtype=float), round(0.06 * FS_HZ)
    for start in rng.integers(0, len(values) - count, 6):
        wave = rng.standard_normal(count) * np.exp(-np.arange(count) / FS_HZ / 0.015)
        share = rng.uniform(0.3, 1, values.shape[1]) * rng.choice([-1, 1], values.shape[1])
        values[start : start + count] += rng.uniform(50, 2000) * wave[:, None] * share
    return dataclasses.replace(emg, values=values.astype(np.float32))


def unit(found: rs.Recording, i: int, true: list[Array]) -> dict[str, Any]:
    """Return what is known of a found unit, and how far it agrees with its best true one."""
    train = found.units.times_s[i]
    source = found.signal("sources")
    samples = np.rint((train - source.start_s) * source.fs_hz).astype(int)
    best = max((agreement(at(t), at(train), 4, 100).rate for t in true), default=0.0)
    known = {name: float(values[i]) for name, values in found.units.quality.items()}
    return {
        **known,
        "count": len(train),
        "flag": found.units.flags[i],
        "weakest": weakest_silhouette(source.values[:, i], samples, source.fs_hz),
        "agreement": best,
        "times_s": [round(float(t), 5) for t in train],
    }


def good_units(path: Path) -> tuple[Array, Array, Array]:
    """Return features, whether right, and the seed of every unit without a flag."""
    features, right, seeds = [], [], []
    for row in rows_of(path):
        for each in row["units"]:
            if each["flag"]:
                continue
            times_s = np.array(each["times_s"])
            known = np.diff(times_s) <= TRUST.silence_s
            hidden = unseen_s(times_s, row["gaps_s"] if row["trouble"] != "stimuli" else [])
            weakest = np.nan if each["weakest"] is None else each["weakest"]
            known &= hidden == 0
            features.append(features_of(times_s, each["silhouette"], weakest, known))
            right.append(each["agreement"] >= RIGHT)
            seeds.append(row["seed"])
    return np.array(features), np.array(right), np.array(seeds)


def fitted(features: Array, right: Array) -> Array:
    """Return the coefficients of largest likelihood, held back a little (ridge)."""

    def loss(coefficients: Array) -> float:
        signed = np.where(right, 1, -1) * (features @ coefficients)
        return float(np.logaddexp(0, -signed).sum() + RIDGE / 2 * np.sum(coefficients[1:] ** 2))

    return np.asarray(minimize(loss, np.zeros(features.shape[1]), method="BFGS").x)


def fit(path: Path) -> None:
    """Write the coefficients where the package reads them, and show how they do."""
    features, right, seeds = good_units(path)
    coefficients = fitted(features, right)
    about = {
        "model": "logistic: 1, silhouette and weakest silhouette as -log10(1 - s), square roots of "
        "the parts of intervals that are too long and too short",
        "units": len(right),
        "seeds": [int(seeds.min()), int(seeds.max())],
        "coefficients": [round(float(c), 4) for c in coefficients],
    }
    TARGET.write_text(json.dumps(about, indent=2) + "\n")
    print(json.dumps(about, indent=2))
    # Each recording by a model of the others.
    left_out = np.zeros(len(right))
    for seed in np.unique(seeds):
        own = seeds == seed
        left_out[own] = logistic(features[own] @ fitted(features[~own], right[~own]))
    print("by models of the other recordings:")
    table(left_out, right)


def hold(path: Path) -> None:
    """Show how often units of each confidence are right."""
    features, right, _ = good_units(path)
    coefficients = np.array(json.loads(TARGET.read_text())["coefficients"])
    table(logistic(features @ coefficients), right)


def logistic(values: Array) -> Array:
    """Return probabilities."""
    return np.asarray(1 / (1 + np.exp(-values)))


def table(said: Array, right: Array) -> None:
    """Print confidence, units, mean confidence, and the part that is right."""
    edges = [0, 0.5, 0.8, 0.9, 0.95, 1.0001]
    for low, high in pairwise(edges):
        own = (said >= low) & (said < high)
        if own.any():
            print(
                f"| {low:g} to {min(high, 1):g} | {own.sum()} | {100 * said[own].mean():.0f} % "
                f"| {100 * right[own].mean():.0f} % |"
            )
    print(
        f"Brier score {np.mean((said - right) ** 2):.3f}; of the part right alone "
        f"{right.mean() * (1 - right.mean()):.3f}"
    )


def at(train: Array) -> Array:
    """Return times as samples."""
    return np.rint(np.asarray(train) * FS_HZ).astype(int)


if __name__ == "__main__":
    main()
