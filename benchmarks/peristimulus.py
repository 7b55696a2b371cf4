"""How often `renshaw peristimulus` is wrong where stimuli do nothing, and how near truth elsewhere.

    uv run benchmarks/peristimulus.py chance
    uv run benchmarks/peristimulus.py truth

Motoneurons are leaky integrators with an afterhyperpolarization, noise of their own, and a drive
that they share: common synaptic input below 5 Hz and tremor. `chance` gives stimuli that do nothing
and prints, for every condition, the share of units said to respond in each direction, with its 95 %
interval (Wilson). `truth` gives synaptic potentials of known sign, latency and size; what they add
or take in discharges is counted in motoneurons of the same noise without them.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.signal import lfilter

import renshaw as rs
from renshaw.estimation import PeristimulusSettings, peristimulus

Array = NDArray[np.float64]
STEP_s = 0.0005
SETTINGS = PeristimulusSettings(moved=99)


@dataclass(frozen=True)
class Condition:
    """A recording: how motoneurons are driven, and when stimuli come."""

    seconds: float = 240.0
    # Rheobase is 1. Standard deviations of the drive that all share and of each unit's own noise.
    drive: float = 1.16
    common: float = 0.0
    tremor: float = 0.0
    tremor_hz: float = 10.0
    # Half width of the tremor's band: narrow tremor keeps its phase for longer.
    tremor_width_hz: float = 1.0
    # What the drive does on top, "ramps", "drift", "pauses" or "cycle".
    course: str = ""
    stimuli: str = "random"
    # Peak of the synaptic current (in rheobases, excitation above 0), its latency and course.
    synapse: float = 0.0
    latency_ms: float = 30.0
    lasts_ms: float = 4.0
    # What decomposition does around stimuli: "" or "blank" or "artifact".
    trouble: str = ""


@njit(cache=True)
def _fire(drive: Array, gain: float, noise: Array, ahp: float) -> list[float]:
    """Return when one leaky integrator discharges."""
    level, after, found = 0.0, 0.0, [0.0 for _ in range(0)]
    last = -1.0
    for i in range(len(drive)):
        after -= after * 0.0005 / 0.035
        level += (0.0005 / 0.010) * (gain * drive[i] + noise[i] - level * (1.0 + after) - after)
        if level >= 1.0 and i * 0.0005 - last > 0.003:
            last = i * 0.0005
            found.append(last)
            level = 0.0
            after += ahp
    return found


def shared(condition: Condition, chance: np.random.Generator) -> Array:
    """Return the drive that all motoneurons share."""
    n = round(condition.seconds / STEP_s)
    times = np.arange(n) * STEP_s
    drive = np.full(n, condition.drive)
    if condition.common:
        drive += condition.common * _band(chance, n, 0.0, 2.5)
    if condition.tremor:
        drive += condition.tremor * _band(chance, n, condition.tremor_hz, condition.tremor_width_hz)
    if condition.course == "ramps":
        drive += -0.9 + 1.2 * np.abs(1.0 - (times / 10.0) % 2.0)
    elif condition.course == "drift":
        drive += np.linspace(0.25, -0.1, n)
    elif condition.course == "pauses":
        drive -= 1.0 * ((times % 15.0) > 9.0)
    elif condition.course == "cycle":
        drive += 0.25 * np.sin(2 * np.pi * 0.5 * times)
    return drive


def _band(chance: np.random.Generator, n: int, at_hz: float, width_hz: float) -> Array:
    """Return noise of a band, of standard deviation 1: two low passes turned to a frequency."""
    decay = np.exp(-2 * np.pi * width_hz * STEP_s)
    slow = np.array(
        [lfilter([1.0], [1.0, -2 * decay, decay**2], chance.normal(size=n)) for _ in range(2)]
    )
    phase = 2 * np.pi * at_hz * np.arange(n) * STEP_s
    made = slow[0] * np.cos(phase) + slow[1] * np.sin(phase)
    return np.asarray(made / made.std())


def stimuli_of(condition: Condition, chance: np.random.Generator) -> Array:
    """Return when stimuli come."""
    end = condition.seconds - 1.0
    if condition.stimuli == "random":
        at = 1.0 + np.cumsum(chance.uniform(0.6, 1.1, 5000))
    elif condition.stimuli == "steady":
        at = np.arange(1.0, end, 0.7)
    elif condition.stimuli == "second":
        at = np.arange(1.0, end, 1.0)
    elif condition.stimuli == "part":
        at = 0.4 * condition.seconds + np.cumsum(chance.uniform(0.25, 0.6, 200))
    elif condition.stimuli == "bursts":
        at = np.add.outer(np.arange(2.0, end, 4.0), np.arange(5) * 0.1).ravel()
    elif condition.stimuli == "trains":
        at = np.add.outer(np.arange(2.0, end - 1, 3.0), np.arange(20) * 0.05).ravel()
    elif condition.stimuli == "paired":
        at = np.add.outer(1.0 + np.cumsum(chance.uniform(0.6, 1.1, 5000)), [0, 0.02]).ravel()
    elif condition.stimuli == "20 Hz":
        at = np.arange(1.0, end, 0.05)
    elif condition.stimuli == "cycle":
        # Where the drive of a cycle of 2 s rises most, a little unevenly.
        at = np.arange(2.0, end, 2.0)
        at = at + chance.normal(0.0, 0.02, len(at))
    else:
        raise ValueError(condition.stimuli)
    return np.asarray(at[at < end])


def made(
    condition: Condition, units: int, seed: int, *, without: bool = False
) -> tuple[rs.Recording, Array]:
    """Return a recording and its stimuli; `without` synaptic potentials if asked."""
    chance = np.random.default_rng(seed)
    drive, at = shared(condition, chance), stimuli_of(condition, chance)
    psp = np.zeros(len(drive))
    if condition.synapse and not without:
        first = np.rint((at + condition.latency_ms / 1000) / STEP_s).astype(int)
        t = np.arange(round(10 * condition.lasts_ms / 1000 / STEP_s)) * STEP_s * 1000
        shape = t / condition.lasts_ms * np.exp(1 - t / condition.lasts_ms)
        for i in first:
            part = psp[i : i + len(t)]
            part += condition.synapse * shape[: len(part)]
    trains = []
    for _ in range(units):
        noise = lfilter([1.0], [1.0, -0.9], chance.normal(size=len(drive)))
        noise *= chance.uniform(0.1, 0.2) / noise.std()
        gain, ahp = chance.uniform(0.97, 1.08), chance.uniform(0.8, 1.2)
        train = np.array(_fire(drive * gain + psp, 1.0, noise, ahp))
        trains.append(_troubled(train, at, condition.trouble, chance))
    window = (0.0, condition.seconds)
    return rs.Recording(rs.MotorUnits(tuple(trains), window)), at


def _troubled(train: Array, at: Array, trouble: str, chance: np.random.Generator) -> Array:
    if not trouble:
        return train
    since = train - at[np.maximum(0, np.searchsorted(at, train + 0.01) - 1)]
    if trouble == "blank":
        return train[~((since > -0.003) & (since < 0.012))]
    marks = at[chance.random(len(at)) < 0.3] + 0.0015 + 0.0003 * chance.normal(size=1)
    train = (
        train[~((since > -0.02) & (since < 0.025))] if trouble == "artifact and blank" else train
    )
    return np.unique(np.concatenate([train, marks]))


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share."""
    if not of:
        return (float("nan"), float("nan"))
    z, p = 1.96, hits / of
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * np.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    return middle - half, middle + half


QUIET = Condition()
SHARED = Condition(common=0.06, tremor=0.03)
NULLS: dict[str, Condition] = {
    "independent units": QUIET,
    "common input and tremor as in health": SHARED,
    "strong common input": Condition(common=0.18),
    "strong tremor of 9 Hz": Condition(common=0.06, tremor=0.3, tremor_hz=9.0, tremor_width_hz=0.5),
    "tremor of 5 Hz, narrow": Condition(tremor=0.3, tremor_hz=5.0, tremor_width_hz=0.05),
    "tremor of 5 Hz, narrow, steady stimuli": Condition(
        tremor=0.3, tremor_hz=5.0, tremor_width_hz=0.02, stimuli="second"
    ),
    "tremor of 10 Hz, steady stimuli": Condition(tremor=0.3, stimuli="second", tremor_width_hz=0.2),
    "common input, steady stimuli": replace(SHARED, stimuli="steady"),
    "ramps": replace(SHARED, course="ramps"),
    "drift and derecruitment": replace(SHARED, course="drift"),
    "pauses": replace(SHARED, course="pauses"),
    "stimuli in a part": replace(SHARED, stimuli="part"),
    "bursts of stimuli at 10 Hz": replace(SHARED, stimuli="bursts"),
    "trains of 20 Hz": replace(SHARED, stimuli="trains"),
    "20 Hz throughout": replace(SHARED, stimuli="20 Hz"),
    "pairs": replace(SHARED, stimuli="paired"),
    "cycles, stimuli locked to their rise": replace(SHARED, course="cycle", stimuli="cycle"),
    "discharges hidden from -3 to 12 ms": replace(SHARED, trouble="blank"),
    "artifacts taken for discharges": replace(SHARED, trouble="artifact"),
    "artifacts, and discharges hidden": replace(SHARED, trouble="artifact and blank"),
}


def chance_table(units: int, only: str) -> None:
    """Print how often units respond to stimuli that do nothing."""
    print(
        f"{'condition':44s} units judged  excitation           inhibition           all", flush=True
    )
    for name, condition in NULLS.items():
        if only not in name:
            continue
        hits, tests, seen, together = {"excitation": 0, "inhibition": 0}, 0, 0, [0, 0]
        reasons: dict[str, int] = {}
        for seed in range(-(-units // 10)):
            recording, at = made(condition, min(10, units), seed)
            table = peristimulus(recording, at, SETTINGS, seed=seed).responses
            alone = table[table.unit > 0]
            seen += len(alone) // 2
            for reason in alone.reason:
                key = reason.split("(")[0][:40]
                reasons[key] = reasons.get(key, 0) + 1
            tests += int((alone.ok | alone.reason.str.startswith("no larger")).sum()) // 2
            for direction in hits:
                hits[direction] += int((alone.ok & (alone.direction == direction)).sum())
            together[0] += int(table[table.unit == 0].ok.sum())
            together[1] += 2
        said = f"{name:44s} {seen:5d} {tests:6d}"
        for direction in hits:
            low, high = wilson(hits[direction], seen)
            said += f"  {hits[direction] / seen:5.1%} ({low:.1%}-{high:.1%})"
        print(f"{said}  {together[0]}/{together[1]}  {reasons}", flush=True)


TRUTHS: dict[str, Condition] = {
    "excitation, hardly any": replace(SHARED, synapse=0.1),
    "excitation, small": replace(SHARED, synapse=0.2),
    "excitation": replace(SHARED, synapse=0.5),
    "excitation, large": replace(SHARED, synapse=2.0),
    "inhibition, hardly any": replace(SHARED, synapse=-0.1),
    "inhibition, small": replace(SHARED, synapse=-0.2),
    "inhibition": replace(SHARED, synapse=-0.5),
    "inhibition, large": replace(SHARED, synapse=-3.0),
    "inhibition, long": replace(SHARED, synapse=-0.3, lasts_ms=15.0),
    "excitation under strong tremor": Condition(
        common=0.06, tremor=0.3, tremor_hz=9.0, tremor_width_hz=0.5, synapse=0.5
    ),
    "inhibition under strong tremor": Condition(
        common=0.06, tremor=0.3, tremor_hz=9.0, tremor_width_hz=0.5, synapse=-0.5
    ),
    "excitation during ramps": replace(SHARED, synapse=0.5, course="ramps"),
    "inhibition with pauses": replace(SHARED, synapse=-0.5, course="pauses"),
    "excitation, steady stimuli": replace(SHARED, synapse=0.5, stimuli="second"),
    "excitation, bursts": replace(SHARED, synapse=0.5, stimuli="bursts"),
    "excitation, pairs": replace(SHARED, synapse=0.5, stimuli="paired"),
    "excitation, trains of 20 Hz": replace(SHARED, synapse=0.5, stimuli="trains"),
}


def expected_of(condition: Condition, recordings: int) -> Array:
    """Return discharges a stimulus and ms in excess of usual, of many other motoneurons."""
    condition = replace(condition, course="")
    total, stimuli = np.zeros(300), 0
    for seed in range(1000, 1000 + recordings):
        recording, at = made(condition, 10, seed)
        at = at[(at > 0.5) & (at < condition.seconds - 0.5)]
        for train in recording.units.times_s:
            for lag in range(-150, 150):
                edges = np.searchsorted(train, [at + lag / 1000, at + (lag + 1) / 1000])
                total[lag + 150] += float((edges[1] - edges[0]).sum())
        stimuli += 10 * len(at)
    each = total / stimuli
    return np.asarray(each[150:] - each[:150].mean())


def truth_table(units: int, only: str) -> None:
    """Print how what is found lies to what was given."""
    head = "said, onset (5 to 95 %), interval has truth, for, size and true size there, rate change"
    print(f"{'synaptic potentials from 30 ms':34s} {head}", flush=True)
    for name, condition in TRUTHS.items():
        if only not in name:
            continue
        true = expected_of(condition, 1 + units // 10)
        rows: dict[str, list[dict[str, Any]]] = {"excitation": [], "inhibition": []}
        for seed in range(-(-units // 10)):
            recording, at = made(condition, min(10, units), seed)
            found = peristimulus(recording, at, SETTINGS, seed=seed)
            for row in found.to_table().to_dict("records"):
                if row["unit"] > 0:
                    rows[str(row["direction"])].append(row)
        for direction, every in rows.items():
            print(f"{name:34s} {direction:11s} {_held(every, true)}", flush=True)


def _held(rows: list[dict[str, Any]], true: Array) -> str:
    """Return how rows of one direction lie to truth."""
    sure = [row for row in rows if row["ok"]]
    reasons: dict[str, int] = {}
    for row in rows:
        key = row["reason"].split("(")[0][:24] or "counts"
        reasons[key] = reasons.get(key, 0) + 1
    if not sure:
        return f"{0:4.0%} {reasons}"
    onsets = np.array([row["onset_ms"] for row in sure])
    low, high = np.percentile(onsets, [5, 95])
    # A response that begins within the bin of the first changed discharge has its onset.
    known = np.mean([row["onset_low_ms"] <= 31 and row["onset_high_ms"] >= 30 for row in sure])
    there = []
    for row in sure:
        first = round(row["onset_ms"])
        there.append(abs(true[first : first + round(row["duration_ms"])].sum()))
    size = np.mean([row["discharges_per_stimulus"] for row in sure])
    rate = np.nanmean([row["rate_change_pps"] for row in sure])
    lasts = np.median([row["duration_ms"] for row in sure])
    return (
        f"{len(sure) / len(rows):4.0%} {np.median(onsets):3.0f} ({low:.0f}-{high:.0f}) "
        f"{known:4.0%} {lasts:3.0f} {size:.3f} {np.mean(there):.3f} {rate:+.2f} {reasons}"
    )


def main() -> None:
    """Do what is asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=["chance", "truth"], nargs="?", default="chance")
    parser.add_argument("--units", type=int, default=200)
    parser.add_argument("--only", default="", help="conditions whose name has this in it")
    parser.add_argument("--quick", action="store_true", help="two units of two conditions")
    asked = parser.parse_args()
    if asked.quick:
        chance_table(2, "independent")
        truth_table(2, "small")
        return
    (chance_table if asked.what == "chance" else truth_table)(asked.units, asked.only)


if __name__ == "__main__":
    main()
