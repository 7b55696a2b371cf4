"""Online decoding: time of a block, and agreement with truth while the muscle moves.

    OPENBLAS_NUM_THREADS=1 uv run benchmarks/decoding.py [--grids 8x8 16x16] [--mm 0 2 4 8]
        [--seeds 4 5] [--file RECORDING] [--block-ms 50] [--quick]

A simulated trapezoid to 20 % MVC of tibialis anterior is decomposed (default settings), and its
units are found online in another one of the same person, with other discharges. First one line a
grid, with fixed filters and with filters that follow: milliseconds of a block (time of the
processor, which other programs don't lengthen: median, 95 %, worst; the median of the clock). Then
one line a shift along the fibers, of the grid of 13 x 5 electrodes: F1 by the true discharges of
the muscle's own units, with fixed filters, with filters that follow, and of what is found offline.
Of a file, the first half is decomposed, and its units are found online in the second; F1 by the
decomposition of the whole. Tables in docs/decomposition.md.
"""

from __future__ import annotations

import argparse
import dataclasses
import functools
import time
from typing import Any

import numpy as np

import renshaw as rs
from renshaw.decomposition.online.compared import f1

Array = np.ndarray[Any, Any]
# A unit that is none of the muscle's own belongs to its neighbor, whose discharges differ.
OWN = 0.8


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--grids", nargs="*", default=["8x8", "16x16"])
    parser.add_argument("--mm", type=float, nargs="*", default=[0, 2, 4, 8])
    parser.add_argument("--seeds", type=int, nargs="+", default=[4, 5])
    parser.add_argument("--file")
    parser.add_argument("--block-ms", type=float, default=50.0)
    parser.add_argument("--quick", action="store_true", help="a short ramp, a small grid")
    asked = parser.parse_args()
    ramp, grids, shifts, seeds = (
        rs.Ramp(peak_pct_mvc=20.0, hold_s=20.0),
        asked.grids,
        asked.mm,
        asked.seeds,
    )
    usual, settings = rs.emg.ElectrodeSettings(), rs.DecomposeSettings()
    if asked.quick:
        ramp = ramp.replace(rise_s=2.0, fall_s=2.0, hold_s=4.0, follows="drive")
        grids, shifts, seeds = ["4x4"], shifts[:1], seeds[:1]
        usual = usual.replace(rows=6, columns=5, muscle_width_mm=30.0)
        settings = rs.DecomposeSettings(starts=24, rounds=1, extension=10)
    if grids:
        print("| channels | units | filters | median ms | 95 % | worst | median of the clock |")
        print("|" + " ---: |" * 7)
    for name in grids:
        rows, columns = map(int, name.split("x"))
        distance_mm = 8.0 if rows * columns <= 64 else 4.0
        grid = usual.replace(rows=rows, columns=columns, distance_mm=distance_mm)
        first, second = contractions(ramp, grid, seeds[0])
        learned = found_in(first, settings)
        for follow in (False, True):
            print(timed(learned, second, follow, asked.block_ms), flush=True)
    if shifts:
        print("\n| shift | units | fixed | worst | follow | worst | offline | worst |")
        print("|" + " ---: |" * 8)
    for mm in shifts:
        print(shifted(ramp, usual, settings, mm, seeds), flush=True)
    if asked.file:
        print(halves(rs.read(asked.file), settings))


def contractions(
    ramp: rs.Ramp, grid: rs.emg.ElectrodeSettings, seed: int, mm: float = 0.0
) -> list[rs.Recording]:
    """Return two contractions of one person; the muscle moves in the second."""
    moving = grid.replace(shift_y_mm=mm)
    return [contraction(ramp, grid, seed, 0), contraction(ramp, moving, seed, 100)]


@functools.cache
def contraction(
    ramp: rs.Ramp, grid: rs.emg.ElectrodeSettings, seed: int, more: int
) -> rs.Recording:
    """Return a contraction of a person."""
    bare = rs.simulate(rs.Participant(muscle="TA"), ramp, seed=seed + more)
    return rs.synthesize_emg(bare, grid, seed=seed)


@functools.cache
def found_in(raw: rs.Recording, settings: rs.DecomposeSettings) -> rs.Recording:
    """Return the decomposition of a recording, as if nothing were known of it."""
    return rs.decompose(unknown(raw), settings)


def unknown(truth: rs.Recording) -> rs.Recording:
    """Return a recording whose units are to be found."""
    none = rs.MotorUnits((), truth.units.window_s)
    return dataclasses.replace(truth, signals={"emg": truth.signals["emg"]}, units=none, truth=None)


def timed(learned: rs.Recording, raw: rs.Recording, follow: bool, block_ms: float) -> str:
    """Return the row of a grid: how long blocks take."""
    decoder = rs.emg.decoder(learned, rs.emg.DecodeSettings(adapt=follow))
    emg = raw.signals["emg"]
    samples = round(block_ms / 1000 * emg.fs_hz)
    took_ms = []
    for at in range(0, len(emg), samples):
        before, clock = time.process_time(), time.perf_counter()
        decoder.push(emg.values[at : at + samples])
        took_ms.append((time.process_time() - before, time.perf_counter() - clock))
    cpu, wall = 1000 * np.array(took_ms).T
    cells = [f"{value:.1f}" for value in (*np.percentile(cpu, [50, 95, 100]), np.median(wall))]
    way = "follow" if follow else "fixed"
    return f"| {decoder.channels} | {len(decoder.labels)} | {way} | {' | '.join(cells)} |"


def shifted(
    ramp: rs.Ramp,
    grid: rs.emg.ElectrodeSettings,
    settings: rs.DecomposeSettings,
    mm: float,
    seeds: list[int],
) -> str:
    """Return the row of a shift: F1 of fixed filters, of those that follow, and offline."""
    values: list[tuple[float, float, float]] = []
    for seed in seeds:
        first, second = contractions(ramp, grid, seed, mm)
        learned = found_in(first, settings)
        offline = found_in(second, settings)
        online = [
            rs.emg.decode(learned, unknown(second), rs.emg.DecodeSettings(adapt=follow)).units
            for follow in (False, True)
        ]
        for number, label in enumerate(online[0].labels):
            source = learned.units[learned.units.labels.index(label)]
            own = [f1(source, true) for true in first.units]
            if max(own) >= OWN:
                true = second.units[int(np.argmax(own))]
                fixed, follows = (f1(units[number], true) for units in online)
                best = max((f1(train, true) for train in offline.units), default=0.0)
                values.append((fixed, follows, best))
    if not values:
        return f"| {mm:g} mm | 0 | | | | | | |"
    cells = [
        f"{v:.3f}" for column in zip(*values, strict=True) for v in (np.mean(column), min(column))
    ]
    return f"| {mm:g} mm | {len(values)} | {' | '.join(cells)} |"


def halves(raw: rs.Recording, settings: rs.DecomposeSettings) -> str:
    """Return how units of the first half are found in the second, by those of the whole."""
    emg = raw.signals["emg"]
    middle_s = emg.start_s + len(emg) / emg.fs_hz / 2
    first, second = (
        rs.cut(unknown(raw), *part) for part in ((emg.start_s, middle_s), (middle_s, emg.end_s))
    )
    whole, learned = rs.decompose(unknown(raw), settings), rs.decompose(first, settings)
    out = ["\n| filters | units | mean F1 | median | worst |", "|" + " ---: |" * 5]
    for name, taught in (("of the first half", learned), ("of the whole", whole)):
        found = rs.emg.decode(taught, second).units
        values = []
        for label, times in zip(found.labels, found, strict=True):
            source = taught.units[taught.units.labels.index(label)]
            source = source[source < middle_s]
            best = max(whole.units, key=lambda train: f1(source, train[train < middle_s]))
            since_s = middle_s + 0.1
            values.append(f1(times[times >= since_s], best[best >= since_s]))
        cells = [np.mean(values), np.median(values), min(values)]
        out.append(f"| {name} | {len(values)} | {' | '.join(f'{v:.3f}' for v in cells)} |")
    return "\n".join(out)


if __name__ == "__main__":
    main()
