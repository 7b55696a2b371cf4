"""Decomposition of a muscle that moves below the electrodes, against truth.

    uv run benchmarks/decomposition_drift.py [--mm 0 4 8 12] [--seeds 4 5] [--muscle TA]
        [--across] [--moves-with time|torque] [--both] [--quick]

A simulated ramp to 30 % MVC is recorded by a grid whose muscle shifts along its fibers, and
decomposed with the default settings. One line a shift, of all its seeds: true units active; found
by units without a flag (agreement of 0.9 or more); true units that two units without a flag are
parts of; units without a flag whose first or last discharge is false by more than 0.5 s; false ones
that are flagged; units that are none; the flagged; ΔF of the units of which decomposition is sure
enough, by their discharges and by the true ones; the largest error of a seed; CPU seconds. Table in
docs/decomposition.md.
"""

from __future__ import annotations

import argparse
import dataclasses
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

import renshaw as rs
from renshaw.data.agreement import agreement
from renshaw.decomposition.trust import without_strays
from renshaw.electrodes.synthesize_emg import crosstalk_trains

Array = np.ndarray[Any, Any]
FS_HZ = 2048.0
FOUND, PART, FALSE_S = 0.9, 0.8, 0.5
COUNTS = ("active", "found", "in two", "false ends", "flagged false ends", "wrong", "flagged")


class Seen(NamedTuple):
    """Which true unit a found one is: of the muscle (from 0), of the neighbor (-2), none (-1)."""

    unit: int
    agreement: float
    first_late_s: float
    last_early_s: float


def main() -> None:
    """Run all shifts and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--mm", type=float, nargs="+", default=[0, 4, 8, 12])
    parser.add_argument("--across", action="store_true", help="shift across the fibers")
    parser.add_argument("--seeds", type=int, nargs="+", default=[4, 5])
    parser.add_argument("--muscle", default="TA")
    parser.add_argument("--moves-with", default="time")
    parser.add_argument("--both", action="store_true", help="without filters that follow, too")
    parser.add_argument("--quick", action="store_true", help="a short ramp, a small grid")
    asked = parser.parse_args()
    ramp, grid = rs.Ramp(peak_pct_mvc=30.0), rs.emg.ElectrodeSettings(moves_with=asked.moves_with)
    seeds, shifts = asked.seeds, asked.mm
    if asked.quick:
        ramp = ramp.replace(rise_s=3.0, fall_s=3.0, follows="drive")
        grid, seeds, shifts = grid.replace(rows=4, columns=4), seeds[:1], shifts[:2]
    heads = [*COUNTS, "ΔF of truth (pps)", "ΔF of found (pps)", "largest error (pps)", "CPU s"]
    print("| mm | followed | " + " | ".join(heads) + " |")
    print("|" + " ---: |" * (2 + len(heads)))
    person = rs.Participant(muscle=asked.muscle)
    bare = {seed: rs.simulate(person, ramp, seed=seed) for seed in seeds}
    for shift_mm in shifts:
        along_mm, across_mm = (0.0, shift_mm) if asked.across else (shift_mm, 0.0)
        settings = grid.replace(shift_y_mm=along_mm, shift_x_mm=across_mm)
        truths = {s: rs.synthesize_emg(each, settings, seed=s) for s, each in bare.items()}
        asides = {s: crosstalk_trains(each, settings, s) for s, each in bare.items()}
        for follow in (True, False) if asked.both else (True,):
            rows, values, cpu_s = [], [], 0.0
            for seed, truth in truths.items():
                began = time.process_time()
                found = rs.decompose(unknown(truth), rs.DecomposeSettings(follow=follow))
                cpu_s += time.process_time() - began
                seen = [who(t, truth.units.times_s, asides[seed]) for t in found.units]
                rows.append(counted(truth, found, seen))
                values.append(delta_f(truth, found, seen))
            cells = [f"{shift_mm:g}", "yes" if follow else "no", *line(rows, values, cpu_s)]
            print(f"| {' | '.join(cells)} |", flush=True)


def unknown(truth: rs.Recording) -> rs.Recording:
    """Return a recording whose units are to be found."""
    return dataclasses.replace(
        truth,
        signals={"emg": truth.signals["emg"]},
        units=rs.MotorUnits((), truth.units.window_s),
        truth=None,
    )


def who(train: Array, own: Sequence[Array], aside: Sequence[Array]) -> Seen:
    """Return which true unit a train is, or a part of."""
    matches = [
        [agreement(samples(o), samples(train), 4, 100) for o in each] for each in (own, aside)
    ]
    parts = [
        [shared(m, o, train) for m, o in zip(ms, each, strict=True)]
        for ms, each in zip(matches, (own, aside), strict=True)
    ]
    best = [int(np.argmax(p)) if p else -1 for p in parts]
    part = [p[b] if p else 0.0 for p, b in zip(parts, best, strict=True)]
    if part[1] > part[0] and part[1] >= PART:
        return Seen(-2, matches[1][best[1]].rate, 0.0, 0.0)
    if part[0] < PART:
        return Seen(-1, max([m.rate for m in matches[0]], default=0.0), 0.0, 0.0)
    # A discharge a second away from all others counts for nothing, in truth as well.
    true = without_strays(own[best[0]], rs.DecomposeSettings().trust)
    return Seen(best[0], matches[0][best[0]].rate, train[0] - true[0], true[-1] - train[-1])


def shared(match: Any, true: Array, train: Array) -> float:
    """Return the part of a train's discharges that are the true unit's."""
    if not len(train) or not len(true):
        return 0.0
    return float(match.rate * (len(true) + len(train)) / (1 + match.rate) / len(train))


def counted(truth: rs.Recording, found: rs.Recording, seen: Sequence[Seen]) -> list[int]:
    """Return the counts of one recording, in the order of `COUNTS`."""
    flags = [bool(flag) for flag in found.units.flags]
    good = [s for s, flag in zip(seen, flags, strict=True) if not flag]
    own = [s.unit for s in good if s.unit >= 0]
    return [
        sum(len(train) >= 20 for train in truth.units),
        len({s.unit for s in good if s.unit >= 0 and s.agreement >= FOUND}),
        sum(own.count(unit) > 1 for unit in set(own)),
        sum(map(false_ends, good)),
        sum(false_ends(s) for s, flag in zip(seen, flags, strict=True) if flag),
        sum(s.unit == -1 for s in good),
        sum(flags),
    ]


def false_ends(seen: Seen) -> int:
    """Return how many of both ends of a unit's firing are false."""
    return int(abs(seen.first_late_s) > FALSE_S) + int(abs(seen.last_early_s) > FALSE_S)


def delta_f(truth: rs.Recording, found: rs.Recording, seen: Sequence[Seen]) -> tuple[float, float]:
    """Return the mean ΔF of the muscle's units that may enter it: by truth, and as found."""
    settings = rs.EstimateSettings()
    sure = found.units.quality["confidence"] > settings.delta_f.confidence_min
    kept = [i for i, s in enumerate(seen) if s.unit >= 0 and sure[i]]
    units = list(dict.fromkeys(seen[i].unit for i in kept))
    both = []
    for recording, which in ((truth, units), (found, kept)):
        estimates = rs.estimate(rs.Recording(recording.units.select(which), name="x"), settings)
        values = estimates.values("delta_f_mean")
        both.append(float(values[0]) if len(values) else np.nan)
    return both[0], both[1]


def samples(train: Array) -> Array:
    """Return times as samples."""
    return np.rint(np.asarray(train) * FS_HZ).astype(int)


def line(
    rows: Sequence[Sequence[int]], values: Sequence[tuple[float, float]], cpu_s: float
) -> list[str]:
    """Return the cells of one shift."""
    cells = [str(sum(column)) for column in zip(*rows, strict=True)]
    known = np.array([pair for pair in values if np.isfinite(pair).all()]).reshape(-1, 2)
    if not len(known):
        return [*cells, "", "", "too few units", f"{cpu_s / len(rows):.1f}"]
    error = known[:, 1] - known[:, 0]
    largest = error[np.argmax(np.abs(error))]
    means = [f"{mean:.2f}" for mean in known.mean(axis=0)]
    return [*cells, *means, f"{largest:+.2f}", f"{cpu_s / len(rows):.1f}"]


if __name__ == "__main__":
    main()
