"""A small muscle below a small grid, whose discharges are known."""

from __future__ import annotations

import functools

import numpy as np

import renshaw as rs

FS_HZ = 2048.0
SECONDS = 10.0
SETTINGS = rs.emg.ElectrodeSettings(
    rows=8,
    columns=4,
    crosstalk_units=0,
    noise_uv=2.0,
    skin_mm=2.0,
    muscle_depth_mm=8.0,
    muscle_width_mm=30.0,
    size_ratio=4.0,
)
QUICK = rs.DecomposeSettings(
    starts=32, rounds=2, extension=12, iterations=6, iteration_samples=12_000
)


def trains(seed: int, count: int = 7) -> list[np.ndarray]:
    """Return regular discharges at 7 to 13 pps."""
    rng = np.random.default_rng(seed)
    made = []
    for unit in range(count):
        rate = 13.0 - unit
        intervals = rng.gamma(60.0, 1 / (60.0 * rate), 200)
        times = 0.5 + 0.2 * unit + np.cumsum(intervals)
        made.append(times[times < SECONDS - 0.5])
    return made


@functools.cache
def raw(seed: int = 0, anatomy: int = 5, offset_mm: float = 0.0) -> rs.Recording:
    """Return EMG with its true units."""
    bare = rs.Recording(rs.MotorUnits(tuple(trains(seed)), (0.0, SECONDS)), name="small")
    settings = SETTINGS.replace(offset_y_mm=offset_mm)
    return rs.synthesize_emg(bare, settings, seed=anatomy)


@functools.cache
def found(seed: int = 0, anatomy: int = 5, offset_mm: float = 0.0) -> rs.Recording:
    """Return the decomposition of `raw`."""
    return rs.decompose(raw(seed, anatomy, offset_mm), QUICK)
