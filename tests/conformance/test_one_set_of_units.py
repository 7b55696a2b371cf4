"""A metamorphic test: one set of motor units, in every layout, gives one ΔF.

No reader is asked what it should read: whatever the files look like, the same six units must come
out, and with them the same estimates. A layout is a small writer in `one_set`.
"""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest
from one_set import LAYOUTS
from one_set._units import FS_HZ, LENGTH, TIMES_S, TORQUE

import renshaw as rs

# The smoother's solver stops within this of its goal: the last bit of a time shows that much.
SOLVED_PPS = 2e-3


def made() -> rs.Recording:
    """Return the recording itself, of no file."""
    torque = rs.Signal(TORQUE, FS_HZ)
    units = rs.MotorUnits(TIMES_S, (0.0, LENGTH / FS_HZ), fs_hz=FS_HZ)
    return rs.Recording(units, {"torque": torque})


@pytest.fixture(scope="module")
def delta_f() -> np.ndarray:
    """Return ΔF of every unit and pair of the set."""
    values = rs.estimate(made()).values("delta_f_pair")
    assert len(values) > 5
    return values


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_one_delta_f(layout, delta_f, tmp_path):
    if layout.needs and importlib.util.find_spec(layout.needs) is None:
        pytest.skip(f"{layout.needs} is not installed")
    recording = rs.read(layout.write(tmp_path), options=rs.ReadOptions(**layout.options))
    assert len(recording.units) == len(TIMES_S)
    for mine, true in zip(recording.units, TIMES_S, strict=True):
        np.testing.assert_allclose(mine, true, rtol=0, atol=1e-6)
    if layout.torque:
        assert recording.torque is not None
        measured = np.interp(recording.torque.times_s, np.arange(LENGTH) / FS_HZ, TORQUE)
        np.testing.assert_allclose(recording.torque.values, measured, atol=1e-3)
    np.testing.assert_allclose(
        rs.estimate(recording).values("delta_f_pair"), delta_f, atol=SOLVED_PPS
    )


def test_there_are_many_layouts():
    # Issue 14 asks for 35 or more.
    assert len(LAYOUTS) >= 35
