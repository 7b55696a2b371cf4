"""Units whose discharge rate is known exactly, for tests of the estimators."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal

DURATION_S = 24.0
PEAK_S = 12.0

Rate = Callable[[FloatArray], FloatArray]


def triangle(peak_pps: float, start_pps: float) -> Rate:
    """A rate that rises for 12 s and falls for 12 s."""
    return lambda t: start_pps + (peak_pps - start_pps) * (1 - np.abs(t - PEAK_S) / PEAK_S)


def train(rate: Rate, start_s: float, stop_s: float) -> FloatArray:
    """Return the discharges of a unit whose instantaneous rate follows a function of time."""
    grid_s = np.linspace(start_s, stop_s, 100_001)
    phase = np.concatenate([[0], np.cumsum(rate((grid_s[1:] + grid_s[:-1]) / 2))])
    phase *= grid_s[1] - grid_s[0]
    whole = np.arange(0, np.floor(phase[-1]) + 1)
    return np.interp(whole, phase, grid_s)


def ramp_torque(peak: float = 20.0, fs_hz: float = 200.0) -> Signal:
    """Triangular torque, 0 to peak to 0 in 24 s."""
    times_s = np.arange(int(DURATION_S * fs_hz)) / fs_hz
    return Signal(peak * (1 - np.abs(times_s - PEAK_S) / PEAK_S), fs_hz, "% MVC")


def recording_of(
    *trains: FloatArray, torque: Signal | None = None, flags: tuple[str, ...] = ()
) -> Recording:
    """Return a recording of these units over 24 s."""
    units = MotorUnits(trains, (0.0, DURATION_S), flags=flags, fs_hz=2048.0)
    return Recording(units, {} if torque is None else {"torque": torque}, name="sample")


def hysteresis_pair() -> Recording:
    """Control unit 1 from 2 to 22 s, test unit 2 from 6 to 20 s: ΔF = f(6 s) - f(20 s)."""
    control = train(triangle(18, 6), 2.0, 22.0)
    test = train(triangle(15, 5), 6.0, 20.0)
    return recording_of(control, test, torque=ramp_torque())
