"""Make the tables of docs/decomposition.md: cord, electrodes, decomposition, ΔF, against truth.

    uv run docs/make_decomposition.py [--seeds 2]

Prints two tables in Markdown: what is found by contraction level, depth and size, and how well
units are tracked when the grid is put back aside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from making import parser

import renshaw as rs
from renshaw.data.agreement import agreement
from renshaw.electrodes.synthesize_emg import crosstalk_trains

FOUND, MATCHED = 0.9, 0.5
FS_HZ = 2048.0


@dataclass(frozen=True)
class Size:
    """How much is simulated and decomposed."""

    levels: tuple[int, ...] = (10, 20, 30, 50)
    shifts_mm: tuple[float, ...] = (0.0, 4.0, 8.0)
    participant: rs.Participant = field(default_factory=rs.Participant)
    ramp: rs.Ramp = field(default_factory=rs.Ramp)
    electrodes: rs.emg.ElectrodeSettings = field(default_factory=rs.emg.ElectrodeSettings)
    decomposing: rs.DecomposeSettings = field(default_factory=rs.DecomposeSettings)


WHOLE = Size()
QUICK = Size(
    levels=(20,),
    shifts_mm=(0.0,),
    participant=rs.Participant(n_units=12),
    ramp=rs.Ramp(rise_s=2.0, fall_s=2.0, follows="drive"),
    electrodes=rs.emg.ElectrodeSettings(rows=4, columns=4, distance_mm=10.0),
)


@dataclass(frozen=True)
class Trial:
    """One simulated contraction, decomposed."""

    level: int
    truth: rs.Recording
    found: rs.Recording
    aside: list[np.ndarray]


def main() -> None:
    """Run every trial and print the tables."""
    asking = parser(__doc__)
    asking.add_argument("--seeds", type=int, default=2)
    asked = asking.parse_args()
    size = QUICK if asked.quick else WHOLE
    seeds = range(1 if asked.quick else asked.seeds)
    trials = [trial(size, level, seed) for level in size.levels for seed in seeds]
    print(by_level(trials), by_place(trials), tracking(size, seeds), sep="\n\n")


def trial(
    size: Size, level: int, seed: int, offset_mm: float = 0.0, anatomy: int | None = None
) -> Trial:
    """Simulate, record, decompose."""
    bare = rs.simulate(size.participant, size.ramp.replace(peak_pct_mvc=float(level)), seed=seed)
    settings = size.electrodes.replace(offset_y_mm=offset_mm)
    own = seed if anatomy is None else anatomy
    truth = rs.synthesize_emg(bare, settings, seed=own)
    return Trial(
        level, truth, rs.decompose(truth, size.decomposing), crosstalk_trains(bare, settings, own)
    )


def samples(times_s: np.ndarray) -> np.ndarray:
    """Return times as samples."""
    return np.rint(times_s * FS_HZ).astype(int)


def match(times_s: np.ndarray, others: Sequence[np.ndarray]) -> tuple[int, float]:
    """Return which train agrees best and how well."""
    rates = [agreement(samples(o), samples(times_s), 4, 100).rate for o in others]
    best = int(np.argmax(rates)) if rates else -1
    return best, rates[best] if rates else 0.0


def good(recording: rs.Recording) -> list[int]:
    """Return the units without a flag."""
    return [i for i, flag in enumerate(recording.units.flags) if not flag]


def by_level(trials: Sequence[Trial]) -> str:
    """Return what was found at each contraction level."""
    lines = [
        "| % MVC | active | found | sensitivity | good | own | of the neighbor | wrong | "
        "precision | median agreement | ΔF of truth (pps) | ΔF of found (pps) | error (pps) |",
        "|" + " ---: |" * 13,
    ]
    for level in dict.fromkeys(each.level for each in trials):
        counts = np.zeros(6)
        agreements: list[float] = []
        errors: list[tuple[float, float]] = []
        for each in (t for t in trials if t.level == level):
            row, rates = _counted(each)
            counts += row
            agreements += rates
            errors += _delta_f(each)
        active, found, units, own, aside, wrong = counts
        delta_f = "| | too few units |"
        if errors:
            truth, made = np.array(errors).T
            delta_f = (
                f"{truth.mean():.2f} | {made.mean():.2f} | {(made - truth).mean():+.2f} "
                f"± {(made - truth).std():.2f} |"
            )
        lines.append(
            f"| {level} | {active:.0f} | {found:.0f} | {100 * found / active:.0f} % | {units:.0f} "
            f"| {own:.0f} | {aside:.0f} | {wrong:.0f} | "
            f"{100 * (own + aside) / max(units, 1):.0f} % | {np.median(agreements):.3f} | "
            f"{delta_f}"
        )
    return "\n".join(lines)


def _counted(each: Trial) -> tuple[np.ndarray, list[float]]:
    active = [t for t in each.truth.units if len(t) >= 20]
    found, rates, own, aside, wrong = set(), [], 0, 0, 0
    for i in good(each.found):
        times_s = each.found.units[i]
        best, rate = match(times_s, active)
        neighbor = match(times_s, each.aside)[1]
        if rate >= MATCHED:
            own += 1
            rates.append(rate)
            if rate >= FOUND:
                found.add(best)
        elif neighbor >= MATCHED:
            aside += 1
        else:
            wrong += 1
    counts = [len(active), len(found), len(good(each.found)), own, aside, wrong]
    return np.array(counts, dtype=float), rates


def _delta_f(each: Trial) -> list[tuple[float, float]]:
    """Return the mean ΔF of the trial by true and by found discharges of the same units."""
    kept, matched = [], []
    for i in good(each.found):
        best, rate = match(each.found.units[i], each.truth.units.times_s)
        if rate >= MATCHED and best not in matched:
            kept.append(i)
            matched.append(best)
    pair = []
    for recording, units in ((each.truth, matched), (each.found, kept)):
        alone = rs.Recording(recording.units.select(units), name="x")
        estimates = rs.estimate(
            alone, rs.EstimateSettings(delta_f=rs.estimation.DeltaFSettings(weights="none"))
        )
        values = estimates.values("delta_f_mean")
        pair.append(float(values[0]) if len(values) else np.nan)
    return [(pair[0], pair[1])] if np.isfinite(pair).all() else []


def by_place(trials: Sequence[Trial]) -> str:
    """Return which units are found, by depth and by recruitment."""
    rows = []
    for each in trials:
        quality = each.truth.units.quality
        found = [match(each.found.units[i], each.truth.units.times_s) for i in good(each.found)]
        hit = {best for best, rate in found if rate >= FOUND}
        onset = [t[0] if len(t) else np.inf for t in each.truth.units]
        middle = np.median([t for t in onset if np.isfinite(t)])
        for unit, times_s in enumerate(each.truth.units):
            if len(times_s) >= 20:
                late = onset[unit] > middle
                rows.append(
                    (quality["depth_mm"][unit], late, quality["peak_uv"][unit], unit in hit)
                )
    depth, late, peak, hit = np.array(rows).T
    groups = {
        "depth up to 10 mm": depth <= 10,
        "depth 10 to 17 mm": (depth > 10) & (depth <= 17),
        "deeper than 17 mm": depth > 17,
        "recruited early": late == 0,
        "recruited late": late == 1,
        "action potential up to 50 uV": peak <= 50,
        "50 to 150 uV": (peak > 50) & (peak <= 150),
        "above 150 uV": peak > 150,
    }
    lines = ["| units | active | found |", "| --- | ---: | ---: |"]
    for name, members in groups.items():
        share = f"{100 * hit[members].mean():.0f} %" if members.any() else ""
        lines.append(f"| {name} | {members.sum()} | {share} |")
    return "\n".join(lines)


def tracking(size: Size, seeds: Sequence[int]) -> str:
    """Return how well units are tracked into a second recording."""
    lines = ["| grid put back | in both | tracked | wrongly |", "| ---: | ---: | ---: | ---: |"]
    firsts = [trial(size, 30, 100 + seed, anatomy=seed) for seed in seeds]
    for shift in size.shifts_mm:
        shared = right = wrong = 0
        for seed, first in zip(seeds, firsts, strict=True):
            second = trial(size, 25, 200 + seed, shift, seed)
            one, two = _names(first), _names(second)
            shared += len(set(one.values()) & set(two.values()))
            for a, b in rs.track(first.found, second.found).pairs:
                known = one.get(a - 1, "?"), two.get(b - 1, "!")
                right += known[0] == known[1]
                wrong += known[0] != known[1]
        lines.append(f"| {shift:g} mm aside | {shared} | {right} | {wrong} |")
    return "\n".join(lines)


def _names(each: Trial) -> dict[int, str]:
    """Return which true unit, of this or the neighboring muscle, each good unit is."""
    names = {}
    for i in good(each.found):
        for kind, trains in (("own", each.truth.units.times_s), ("aside", each.aside)):
            best, rate = match(each.found.units[i], trains)
            if rate >= MATCHED:
                names[i] = f"{kind} {best}"
    return names


if __name__ == "__main__":
    main()
