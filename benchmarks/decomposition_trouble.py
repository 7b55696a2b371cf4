"""Decomposition of other grids and of recordings with something wrong, against truth.

    uv run benchmarks/decomposition_trouble.py [NAME ...] [--quick]

A simulated ramp is recorded by a grid of another make, at another rate, with more noise, mains,
dead channels, artifacts ..., and decomposed with the default settings. One line a scenario: units
active, found (agreement of 0.9 or more), called good, of these of the muscle, of its neighbor,
found twice, and wrong (real units of neither); channels left out; CPU seconds. Table in
docs/decomposition.md.
"""

from __future__ import annotations

import argparse
import dataclasses
import time
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

import renshaw as rs
from renshaw.data.agreement import agreement
from renshaw.electrodes.synthesize_emg import crosstalk_trains

Array = np.ndarray[Any, Any]
FS_HZ = 2048.0
FOUND, MATCHED = 0.9, 0.5
SMALL = {"rows": 8, "columns": 8, "distance_mm": 10.0, "skin_mm": 1.0}
SMALL |= {"muscle_width_mm": 20.0, "muscle_depth_mm": 10.0}


class Scenario(NamedTuple):
    """What is recorded, by which grid, and what goes wrong."""

    electrodes: Mapping[str, Any] = MappingProxyType({})
    harm: Callable[[Array, float], Array] | None = None
    level: int = 30
    muscle: str = "TA"
    seed: int = 0


def mains(hz: float, peak_uv: float) -> Callable[[Array, float], Array]:
    """Return what adds mains with harmonics, as loud as it likes on each channel."""

    def harm(emg: Array, fs_hz: float) -> Array:
        times = np.arange(len(emg)) / fs_hz
        hum = sum(peak_uv / k * np.sin(2 * np.pi * k * hz * times + k) for k in (1, 3, 5))
        return emg + hum[:, None] * np.random.default_rng(1).uniform(0.3, 1.5, emg.shape[1])

    return harm


def dead(emg: Array, _: float) -> Array:
    """Return EMG with a tenth of the channels flat, loud or without contact."""
    rng = np.random.default_rng(2)
    bad = rng.choice(emg.shape[1], max(3, emg.shape[1] // 10), replace=False)
    emg = emg.copy()
    for k, channel in enumerate(bad):
        emg[:, channel] = (0.0, 300.0, 20.0)[k % 3] * rng.standard_normal(len(emg))
    return emg


def movement(emg: Array, fs_hz: float) -> Array:
    """Return EMG with two movements of the cable and a jump after each."""
    emg, rng = emg.copy(), np.random.default_rng(3)
    for start_s in (4.0, 11.0):
        first, count = int(start_s * fs_hz), int(0.25 * fs_hz)
        sway = 3000 * np.hanning(count)[:, None] * rng.uniform(0.2, 1, emg.shape[1])
        emg[first : first + count] += sway
        emg[first + count : first + count + 4] += 5000
    return emg


def pops(emg: Array, fs_hz: float) -> Array:
    """Return EMG with ten contacts that open for 60 ms, up to 2 mV."""
    emg, rng, count = emg.copy(), np.random.default_rng(0), round(0.06 * fs_hz)
    for place in np.sort(rng.uniform(0.1, 0.9, 10)):
        first = int(place * len(emg))
        wave = rng.standard_normal(count) * np.exp(-np.arange(count) / fs_hz / 0.015)
        share = rng.uniform(0.3, 1, emg.shape[1]) * rng.choice([-1, 1], emg.shape[1])
        emg[first : first + count] += 2000 * (wave / np.abs(wave).max())[:, None] * share
    return emg


def burst_of_mains(emg: Array, fs_hz: float) -> Array:
    """Return EMG with mains of 0.5 mV for a second."""
    first, count = int(0.4 * len(emg)), round(fs_hz)
    emg = emg.copy()
    emg[first : first + count] = mains(50.0, 500.0)(emg[first : first + count], fs_hz)
    return emg


def at_the_rails(emg: Array, fs_hz: float) -> Array:
    """Return EMG whose amplifier is driven to 5 mV for 200 ms, and comes back slowly."""
    emg, rng = emg.copy(), np.random.default_rng(1)
    first, count, back = len(emg) // 2, round(0.2 * fs_hz), round(0.05 * fs_hz)
    side = np.sign(rng.standard_normal(emg.shape[1]))
    emg[first : first + count] = 5000 * side
    decay = np.exp(-np.arange(back) / fs_hz / 0.01)[:, None]
    emg[first + count : first + count + back] += 1000 * side * decay
    return np.clip(emg, -5000, 5000)


def stimuli(varied: bool) -> Callable[[Array, float], Array]:
    """Return what adds the artifact of a stimulus five times a second, alike or each another."""

    def harm(emg: Array, fs_hz: float) -> Array:
        emg, rng = emg.copy(), np.random.default_rng(4)
        pulse = np.array([4000.0, -3000.0, 1500.0, -500.0])
        share = rng.uniform(0.5, 1, emg.shape[1])
        for start_s in np.arange(3, 15, 0.2):
            first = int(start_s * fs_hz)
            emg[first : first + 4] += pulse[:, None] * share
            share = rng.uniform(0.5, 1, emg.shape[1]) if varied else share
        return emg

    return harm


def saturated(emg: Array, _: float) -> Array:
    """Return EMG in 16 bits that clips at half of its largest value."""
    top = np.abs(emg).max() / 2
    return np.round(np.clip(emg, -top, top) / top * 32767) * top / 32767


SCENARIOS = {
    "13 x 5, 8 mm, 2048 Hz": Scenario(),
    "8 x 4, 10 mm": Scenario({"rows": 8, "columns": 4, "distance_mm": 10.0}),
    "8 x 8, 10 mm": Scenario({"rows": 8, "columns": 8, "distance_mm": 10.0}),
    "13 x 5, 4 mm": Scenario({"distance_mm": 4.0}),
    "16 x 8, 8 mm": Scenario({"rows": 16, "columns": 8}),
    "16 x 16, 4 mm": Scenario({"rows": 16, "columns": 16, "distance_mm": 4.0}),
    "1000 Hz": Scenario({"sampling_hz": 1000.0}),
    "5120 Hz": Scenario({"sampling_hz": 5120.0}),
    "10,240 Hz": Scenario({"sampling_hz": 10_240.0}),
    "noise of 20 uV": Scenario({"noise_uv": 20.0}),
    "mains of 50 Hz, a tenth of the channels bad": Scenario(
        harm=lambda emg, fs_hz: dead(mains(50.0, 100.0)(emg, fs_hz), fs_hz)
    ),
    "mains of 60 Hz, 2 mV": Scenario(harm=mains(60.0, 2000.0)),
    "movement": Scenario(harm=movement),
    "ten pops of 2 mV": Scenario(harm=pops),
    "burst of mains, 1 s": Scenario(harm=burst_of_mains),
    "saturated for 200 ms": Scenario(harm=at_the_rails),
    "artifacts of stimuli, always alike": Scenario(harm=stimuli(varied=False)),
    "artifacts of stimuli, each another": Scenario(harm=stimuli(varied=True)),
    "clipped at half, 16 bits": Scenario(harm=saturated),
    "10 % MVC": Scenario(level=10),
    "70 % MVC": Scenario(level=70),
    "soleus, 8 x 8": Scenario({"rows": 8, "columns": 8, "distance_mm": 10.0}, muscle="SOL", seed=3),
    "gastrocnemius, 8 x 8": Scenario(
        {"rows": 8, "columns": 8, "distance_mm": 10.0}, muscle="GM", seed=3
    ),
    "small muscle, 8 x 8": Scenario(SMALL),
    "10 mm of fat": Scenario({"skin_mm": 10.0}),
    "30 mm of fat, noise of 10 uV": Scenario({"skin_mm": 30.0, "noise_uv": 10.0}),
}


def main() -> None:
    """Run the scenarios and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="scenarios; all by default")
    parser.add_argument("--quick", action="store_true", help="a short ramp, a small grid")
    asked = parser.parse_args()
    scenarios = SCENARIOS
    if asked.quick:
        scenarios = {"4 x 4, a short ramp": Scenario({"rows": 4, "columns": 4}, harm=dead)}
    print(
        "| recording | active | found | good | own | of the neighbor | twice | wrong | "
        "channels left out | CPU s |"
    )
    print("| --- |" + " ---: |" * 9)
    for name in asked.names or scenarios:
        print(f"| {name} | " + " | ".join(run(scenarios[name], asked.quick)) + " |", flush=True)


def run(scenario: Scenario, quick: bool = False) -> list[str]:
    """Simulate, record, harm, decompose, compare."""
    ramp = rs.Ramp(peak_pct_mvc=float(scenario.level))
    if quick:
        ramp = ramp.replace(rise_s=3.0, fall_s=3.0, follows="drive")
    bare = rs.simulate(rs.Participant(muscle=scenario.muscle), ramp, seed=scenario.seed)
    settings = rs.emg.ElectrodeSettings(**scenario.electrodes)
    truth = rs.synthesize_emg(bare, settings, seed=1)
    emg = truth.signals["emg"]
    values = emg.values if scenario.harm is None else scenario.harm(emg.values, emg.fs_hz)
    raw = dataclasses.replace(
        truth,
        signals={"emg": dataclasses.replace(emg, values=np.asarray(values, dtype=np.float32))},
        units=rs.MotorUnits((), truth.units.window_s),
        truth=None,
    )
    began = time.process_time()
    found = rs.decompose(raw)
    cpu_s = time.process_time() - began
    active = [train for train in truth.units if len(train) >= 20]
    aside = crosstalk_trains(bare, settings, 1)
    good = [t for t, flag in zip(found.units, found.units.flags, strict=True) if not flag]
    mine, theirs = [best(t, active) for t in good], [best(t, aside) for t in good]
    who = [
        ("own", a) if r >= MATCHED else ("aside", b) if s >= MATCHED else ("wrong", -1)
        for (a, r), (b, s) in zip(mine, theirs, strict=True)
    ]
    known = [w for w in who if w[0] != "wrong"]
    counts = [len(active), len({a for a, r in mine if r >= FOUND}), len(good)]
    counts += [sum(w[0] == kind for w in who) for kind in ("own", "aside")]
    counts += [len(known) - len(set(known)), len(who) - len(known)]
    counts += [sum(int((~grid.good).sum()) for grid in found.grids)]
    return [*map(str, counts), f"{cpu_s:.1f}"]


def best(train: Array, others: Sequence[Array]) -> tuple[int, float]:
    """Return which train agrees best, and how well."""
    rates = [agreement(samples(o), samples(train), 4, 100).rate for o in others]
    which = int(np.argmax(rates)) if rates else -1
    return which, rates[which] if rates else 0.0


def samples(train: Array) -> Array:
    """Return times as samples."""
    return np.rint(np.asarray(train) * FS_HZ).astype(int)


if __name__ == "__main__":
    main()
