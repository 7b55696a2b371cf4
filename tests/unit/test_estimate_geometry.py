"""The brace of rates whose bow is known."""

from __future__ import annotations

import numpy as np
import pytest
from estimate_samples import DURATION_S, ramp_torque, recording_of, train, triangle

from renshaw.data.signal import Signal
from renshaw.estimation import EstimateSettings, GeometrySettings, SmoothingSettings, estimate

# Follows steep corners; the tests are about geometry, not about smoothing.
SHARP = SmoothingSettings(method="spline", spline_width_s=0.1)


def bowed(t: np.ndarray) -> np.ndarray:
    """From 6 pps at 2 s steeply to 12 at 4 s, slowly to 16 at 12 s, and down again."""
    return np.interp(t, [2, 4, 12, 22], [6, 12, 16, 6])


def brace(recording, **geometry: object) -> dict[str, object]:
    settings = EstimateSettings(smoothing=SHARP, geometry=GeometrySettings(**geometry))
    names = ("brace_height", "acceleration_slope", "attenuation_slope", "brace_angle")
    estimates = estimate(recording, settings)
    return {name: estimates.select(name).rows[0] for name in names}


def test_brace_of_a_known_bow_against_torque() -> None:
    rows = brace(recording_of(train(bowed, 2, 22), torque=ramp_torque(peak=24)))
    # Torque rises by 2 % MVC a second: recruited at 4, brace at 8, peak at 24 % MVC.
    assert all(row.ok for row in rows.values())
    assert rows["brace_height"].value == pytest.approx(100 * (6 / 10 - 4 / 20), abs=2)
    assert rows["brace_height"].units == "% rTri"
    assert rows["acceleration_slope"].value == pytest.approx(6 / 4, abs=0.1)
    assert rows["acceleration_slope"].units == "pps per % MVC"
    assert rows["attenuation_slope"].value == pytest.approx(4 / 16, abs=0.03)
    bend = np.degrees(np.arctan(6 / 4) - np.arctan(4 / 16))
    assert rows["brace_angle"].value == pytest.approx(180 + bend, abs=3)


def test_without_torque_the_brace_is_against_time_and_says_so() -> None:
    rows = brace(recording_of(train(bowed, 2, 22)))
    assert rows["brace_height"].value == pytest.approx(40, abs=2)
    assert rows["acceleration_slope"].value == pytest.approx(3, abs=0.2)
    assert rows["acceleration_slope"].units == "pps/s"
    assert rows["acceleration_slope"].ok
    assert rows["acceleration_slope"].reason == "against time: no torque was recorded"
    asked = brace(recording_of(train(bowed, 2, 22), torque=ramp_torque()), against="time")
    assert asked["acceleration_slope"].units == "pps/s"


def test_a_straight_rise_has_hardly_a_brace() -> None:
    straight = train(triangle(16, 6), 2, 22)
    rows = brace(recording_of(straight, torque=ramp_torque()))
    assert abs(rows["brace_height"].value) < 3


def test_a_rate_that_sags_has_no_brace_point() -> None:
    sagging = train(lambda t: 6 + 10 * np.clip((t - 2) / 10, 0, 1) ** 3, 2, 12)
    row = brace(recording_of(sagging, torque=ramp_torque()))["acceleration_slope"]
    assert not row.ok
    assert "never rises above the straight line" in row.reason


def test_a_rate_that_peaks_after_the_torque_is_refused() -> None:
    late = train(lambda t: 6 + 0.5 * (t - 2), 2, 18)
    row = brace(recording_of(late, torque=ramp_torque()))["brace_height"]
    assert not row.ok
    assert "after the torque" in row.reason


def test_on_a_plateau_the_way_up_lasts_as_long_as_the_torque_is_high() -> None:
    times_s = np.arange(int(DURATION_S * 100)) / 100
    plateau = np.interp(times_s, [0, 8, 16, 24], [0, 20, 20, 0])
    plateau += 0.1 * (times_s < 9) * (times_s > 8)
    recording = recording_of(train(bowed, 2, 22), torque=Signal(plateau, 100.0, "% MVC"))
    assert brace(recording)["brace_height"].ok
    strict = brace(recording, torque_peak_pct=100)["brace_height"]
    assert not strict.ok
    assert "the rate peaks 2.99 s after the torque" in strict.reason


def test_unbelievable_heights_are_refused() -> None:
    recording = recording_of(train(bowed, 2, 22), torque=ramp_torque())
    row = brace(recording, brace_height_max_pct=30)["brace_height"]
    assert not row.ok
    assert "is not believed above 30" in row.reason


def test_a_brace_point_right_after_recruitment_gives_no_slope() -> None:
    # Asked for more than there is: the same bow passes the default and fails a stricter rule.
    rows = brace(
        recording_of(train(bowed, 2, 22), torque=ramp_torque(peak=24)),
        acceleration_rise_min_pct=30.0,
    )
    assert rows["brace_height"].ok
    assert rows["attenuation_slope"].ok
    for name in ("acceleration_slope", "brace_angle"):
        assert not rows[name].ok
        assert "only 20" in rows[name].reason or "only 19" in rows[name].reason


def test_a_brace_needs_the_torque_at_recruitment_and_at_the_peak_rate() -> None:
    torque, units = ramp_torque(peak=24), train(bowed, 2, 22)
    for hole_s, when in (((1.0, 3.0), "at recruitment"), ((10.0, 14.0), "at the peak rate")):
        values = np.array(torque.values)
        values[slice(*(int(edge * torque.fs_hz) for edge in hole_s))] = np.nan
        rows = brace(recording_of(units, torque=Signal(values, torque.fs_hz, torque.unit)))
        assert not rows["brace_height"].ok
        assert f"the torque was not measured {when}" in rows["brace_height"].reason
