"""Recordings of several contractions, made by hand: units that are recruited by torque."""

from __future__ import annotations

import numpy as np

import renshaw as rs

FS_HZ = 200.0


def rest(s):
    return np.zeros(round(s * FS_HZ))


def ramp(height, up_s=10.0, hold_s=0.0, down_s=None):
    down_s = up_s if down_s is None else down_s
    return np.concatenate([
        np.linspace(0, height, round(up_s * FS_HZ)),
        np.full(round(hold_s * FS_HZ), float(height)),
        np.linspace(height, 0, round(down_s * FS_HZ)),
    ])  # fmt: skip


def trains(torque, thresholds, *, hysteresis=0.5, gain=0.35, seed=0, highest=np.inf):
    """Discharges of units that start at a torque and stop at part of it."""
    chance = np.random.default_rng(seed)
    found = []
    for threshold in thresholds:
        on, phase, times_s = False, 0.0, []
        for k, level in enumerate(torque):
            if not on and threshold <= level <= highest:
                on, phase = True, 1.0
            elif on and (level < hysteresis * threshold or level > highest):
                on = False
            if on:
                phase += (8.0 + gain * (level - hysteresis * threshold)) / FS_HZ
                if phase >= 1.0:
                    times_s.append((k + 0.3 * chance.random()) / FS_HZ)
                    phase = 0.1 * chance.random()
        found.append(np.array(times_s))
    return found


def recording(
    torque, thresholds=(2, 4, 6, 9, 12, 15), *, seen=None, fs_hz=FS_HZ, seed=0, units=None, **more
):
    """A recording whose units follow `torque`, and which has `seen` of it (None: all of it)."""
    torque = np.asarray(torque, dtype=float)
    found = trains(torque, thresholds, seed=seed, **more) if units is None else units
    window_s = (0.0, len(torque) / FS_HZ)
    motor_units = rs.MotorUnits(tuple(found), window_s)
    if seen is False:
        return rs.Recording(motor_units, name="several")
    signal = rs.Signal(torque if seen is None else seen, fs_hz, "% MVC")
    return rs.Recording(motor_units, {"torque": signal}, name="several")
