"""Electrodes: what the volume conductor does to an action potential."""

from __future__ import annotations

import numpy as np
import pytest
from decompose_samples import SETTINGS, raw, trains

import renshaw as rs
from renshaw.core.errors import DataError
from renshaw.data.signal import Signal
from renshaw.electrodes.fibers import fiber_potentials
from renshaw.electrodes.movement import moved_by, stages_of
from renshaw.electrodes.muscle import muscle_units, places_in_muscle
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


def one_discharge(at_s, settings, seed=5, **signals):
    """Return the EMG of a single discharge without noise, 5 s long, shape (rows, columns, time)."""
    bare = rs.Recording(rs.MotorUnits((np.array([at_s]),), (0.0, 5.0)), signals=signals)
    emg = rs.synthesize_emg(bare, settings.replace(noise_uv=0.0), seed=seed).signals["emg"].values
    return emg.T.reshape(settings.columns, settings.rows, -1).transpose(1, 0, 2)


def test_a_shift_by_one_electrode_moves_action_potentials_by_one_electrode():
    along = SETTINGS.replace(shift_y_mm=SETTINGS.distance_mm)
    across = SETTINGS.replace(shift_x_mm=-SETTINGS.distance_mm)
    first = muscle_units(3, SETTINGS, 3).potentials.reshape(3, -1, 4, 8)
    for moved, before, after in (
        (along, np.s_[..., :-1], np.s_[..., 1:]),
        (across, np.s_[..., 1:, :], np.s_[..., :-1, :]),
    ):
        last = muscle_units(3, moved, 3, moved=1.0).potentials.reshape(3, -1, 4, 8)
        np.testing.assert_allclose(last[after], first[before], rtol=1e-4, atol=1e-4)
        assert np.abs(last - first).max() > 0.1 * np.abs(first).max()


def test_halfway_is_what_a_grid_half_as_far_aside_sees():
    moved = SETTINGS.replace(shift_y_mm=5.0)
    halfway = one_discharge(2.5, moved)
    aside = one_discharge(2.5, SETTINGS.replace(offset_y_mm=-2.5))
    # Between two stages the action potential is a mean.
    np.testing.assert_allclose(halfway, aside, atol=0.03 * np.abs(aside).max())
    assert np.abs(halfway - one_discharge(2.5, SETTINGS)).max() > 0.1 * np.abs(aside).max()


def test_what_does_not_move_is_made_as_ever():
    assert stages_of(3, SETTINGS, 1) is None
    np.testing.assert_array_equal(
        one_discharge(0.0, SETTINGS.replace(shift_y_mm=8.0, rotate_deg=5.0, shorten_pct=3.0)),
        one_discharge(0.0, SETTINGS),
    )


def test_fibers_turn_about_the_middle():
    square = SETTINGS.replace(rows=3, columns=3, rotate_deg=45.0)
    x, y = places_in_muscle(square, 1.0)
    # What was a corner lies beside the middle of the fibers that have turned by 45 degrees.
    assert (x[0], y[0]) == pytest.approx((-8 * 2**0.5, 0.0))
    assert (x[1], y[1]) == pytest.approx((-8 / 2**0.5, 8 / 2**0.5))
    np.testing.assert_allclose(
        places_in_muscle(square, 0.0), places_in_muscle(SETTINGS.replace(rows=3, columns=3), 1.0)
    )


def test_shorter_fibers_end_earlier():
    # The middle column beyond the tendon sees the end of the fiber alone.
    beyond = SETTINGS.replace(offset_y_mm=100.0, endplate_spread_mm=0.0, velocity_sd_m_s=0.0)
    shortened = beyond.replace(shorten_pct=25.0)
    ends = []
    for settings in (beyond, shortened):
        seen = np.abs(muscle_units(1, settings, 4, moved=1.0).potentials[0]).max(axis=1)
        ends.append(np.argmax(seen) / 2048)
    assert ends[0] - ends[1] == pytest.approx(0.25 * 0.060 / 4.0, abs=0.001)


def test_fibers_move_with_the_torque_where_they_are_told_to():
    with_torque = SETTINGS.replace(shift_y_mm=8.0, moves_with="torque")
    torque = Signal(np.array([-1.0, 0.0, 5.0, 10.0, 5.0, 0.0]), 1.0, "Nm")
    bare = rs.Recording(rs.MotorUnits((np.array([3.0]),), (0.0, 5.0)), signals={"torque": torque})
    np.testing.assert_allclose(
        moved_by(bare, with_torque, np.array([0.0, 1.5, 2.0, 3.0, 4.0])), [0, 0.25, 0.5, 1, 0.5]
    )
    still, gone = one_discharge(3.0, SETTINGS), one_discharge(3.0, with_torque, torque=torque)
    np.testing.assert_allclose(gone[1:], still[:-1], atol=1e-3 * np.abs(still).max())
    with pytest.raises(DataError, match="no torque that its fibers could move with"):
        one_discharge(3.0, with_torque)
    never = Signal(np.zeros(6), 1.0, "Nm")
    with pytest.raises(DataError, match="never rises"):
        one_discharge(3.0, with_torque, torque=never)
