"""Electrodes: what the volume conductor does to an action potential."""

from __future__ import annotations

import numpy as np
import pytest
from decompose_samples import SETTINGS, raw, trains

import renshaw as rs
from renshaw.core.errors import DataError
from renshaw.electrodes.fibers import fiber_potentials
from renshaw.electrodes.muscle import muscle_units
from renshaw.electrodes.synthesize_emg import crosstalk_trains

TIMES_S = np.arange(0, 0.04, 1 / 10_000)


def seen(y_mm, depth_mm=8.0, velocity=4.0):
    y = np.atleast_1d(np.asarray(y_mm, dtype=float))
    return fiber_potentials(
        np.zeros(len(y)), y, 0.0, depth_mm, 0.0, (-60.0, 60.0), velocity, 6.0, TIMES_S
    )


def test_action_potentials_travel_at_the_velocity_of_the_fiber():
    for velocity in (3.0, 5.0):
        near, far = seen([15.0, 35.0], velocity=velocity)
        lag = (np.argmin(far) - np.argmin(near)) / 10_000
        assert 0.020 / lag == pytest.approx(velocity, rel=0.05)


def test_both_halves_of_the_fiber_are_alike():
    np.testing.assert_allclose(*seen([-25.0, 25.0]), atol=1e-3 * np.abs(seen(25.0)).max())


def test_deeper_fibers_are_smaller_and_blurred():
    sizes = [np.ptp(seen(25.0, depth)) for depth in (5.0, 10.0, 20.0)]
    assert sizes[0] > 2 * sizes[1] > 4 * sizes[2]

    def middle_hz(depth):
        # Before the wave ends at the tendon, which all depths see alike.
        power = np.abs(np.fft.rfft(seen(25.0, depth)[0][:130], 4096)) ** 2
        return np.searchsorted(np.cumsum(power), power.sum() / 2)

    assert middle_hz(5.0) > middle_hz(20.0)


def test_the_end_of_the_fiber_shows_at_all_electrodes_at_once():
    # The action potential reaches the tendon after 60 mm at 4 m/s.
    far = seen([90.0, 110.0])
    peaks = [TIMES_S[np.argmax(np.abs(row))] for row in far]
    assert peaks[0] == pytest.approx(peaks[1], abs=0.0015)
    assert peaks[0] == pytest.approx(0.016, abs=0.004)


def test_nothing_is_left_once_both_ends_are_reached():
    whole = seen(25.0, velocity=5.0)[0]
    assert np.abs(whole[-80:]).max() < 0.01 * np.abs(whole).max()


def test_later_units_are_larger_and_faster():
    units = muscle_units(30, SETTINGS, 3)
    assert units.fibers[-1] / units.fibers[0] == pytest.approx(SETTINGS.size_ratio, rel=0.05)
    assert np.corrcoef(np.arange(30), units.velocity_m_s)[0, 1] > 0.25
    assert np.all(units.depth_mm >= SETTINGS.skin_mm)


def test_the_emg_is_the_sum_of_its_units_and_noise():
    quiet = SETTINGS.replace(noise_uv=0.0)
    bare = rs.Recording(rs.MotorUnits(tuple(trains(1)), (0.0, 10.0)))
    whole = rs.synthesize_emg(bare, quiet, seed=2)
    parts = np.zeros_like(whole.signals["emg"].values)
    own = muscle_units(len(bare.units), quiet, 2)
    for times, potential in zip(bare.units, own.potentials, strict=True):
        for at in np.rint(times * 2048).astype(int) - own.first:
            part = parts[at : at + len(potential)]
            part += potential[: len(part)]
    np.testing.assert_allclose(whole.signals["emg"].values, parts, atol=1e-2)


def test_the_recording_tells_what_lies_below():
    recording = raw()
    assert recording.signals["emg"].values.dtype == np.float32
    assert set(recording.units.quality) == {"depth_mm", "fibers", "velocity_m_s", "peak_uv"}
    (grid,) = recording.grids
    assert (len(grid), grid.distance_mm, grid.table(np.zeros(32)).shape) == (32, 8.0, (8, 4))
    step = recording.history.steps[-1]
    scope = {"rs": rs, "recording": rs.Recording(rs.MotorUnits(tuple(trains(0)), (0.0, 10.0)))}
    exec(step.code, scope)
    assert scope["recording"].fingerprint() == recording.fingerprint()


def test_crosstalk_fires_while_the_muscle_does():
    bare = rs.Recording(rs.MotorUnits((np.array([2.0, 5.0]),), (0.0, 9.0)))
    aside = crosstalk_trains(bare, rs.emg.ElectrodeSettings(crosstalk_units=3), 0)
    assert len(aside) == 3
    assert all(t.min() >= 2.0 and t.max() <= 5.0 for t in aside)
    assert not crosstalk_trains(bare, SETTINGS, 0)


def test_impossible_recordings_are_refused():
    with pytest.raises(DataError, match="no motor units"):
        rs.synthesize_emg(rs.Recording(rs.MotorUnits((), (0, 1))))
    with pytest.raises(DataError, match="million values"):
        rs.synthesize_emg(rs.Recording(rs.MotorUnits((np.array([1.0]),), (0, 1e5))))
