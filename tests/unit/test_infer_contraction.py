"""The contraction within a recording, and the recording in numbers."""

from dataclasses import replace

import numpy as np
import pytest

import renshaw as rs
from renshaw.inference.contraction import contraction
from renshaw.inference.summaries import NAMES, SUMMARIES, summarize

CORNERS_s, PEAK = (2.0, 7.0, 12.0, 20.0), 30.0


def torque_at(times_s):
    return np.interp(times_s, CORNERS_s, [0.0, PEAK, PEAK, 0.0])


def recording(n=8, *, torque=True, unit="% MVC", factor=1.0, shift_s=0.0, copies=1):
    """Units whose rates follow torque, each from its own threshold on."""
    length_s = copies * 24.0
    times_s = np.arange(0, length_s, 0.01)
    level = torque_at(times_s % 24.0)
    trains = []
    for k in range(n):
        threshold = PEAK * (0.1 + 0.7 * k / n)
        rate = np.where(level > threshold, 8.0 + 0.2 * (level - threshold) - 0.2 * k, 0.0)
        phase = np.cumsum(rate) * 0.01
        trains.append(times_s[np.flatnonzero(np.diff(np.floor(phase)) > 0)] + shift_s)
    window = (shift_s, length_s + shift_s)
    signals = {}
    if torque:
        signals["torque"] = rs.Signal(factor * level, 100.0, unit, start_s=shift_s)
    return rs.Recording(rs.MotorUnits(tuple(trains), window), signals)


def test_corners_are_those_of_the_torque():
    course = contraction(recording()).course
    found = (course.begins_s, course.top_s, course.leaves_s, course.ends_s)
    assert found == pytest.approx(CORNERS_s, abs=0.25)
    assert course.height == pytest.approx(PEAK, rel=0.03)


def test_without_torque_discharges_stand_in():
    found = contraction(recording(torque=False))
    assert found.torque is None and "no torque" in found.lacking
    assert found.course.begins_s == pytest.approx(CORNERS_s[0], abs=1.5)
    assert found.course.ends_s == pytest.approx(CORNERS_s[3], abs=1.5)


def test_one_of_several_contractions_is_used():
    found = contraction(recording(copies=3))
    assert found.others == 2
    assert found.recording.units.duration_s < 26


def test_a_recording_at_rest_is_refused():
    quiet = rs.Recording(
        rs.MotorUnits((np.empty(0),), (0.0, 10.0)),
        {"torque": rs.Signal(np.zeros(1000), 100.0, "% MVC")},
    )
    with pytest.raises(rs.DataError, match="no contraction"):
        contraction(quiet)


def test_too_few_units_are_refused():
    with pytest.raises(rs.DataError, match="has 2 motor units"):
        summarize(recording(n=2))


def test_every_summary_has_a_name_and_a_sentence():
    assert len(set(NAMES)) == len(NAMES) == len(SUMMARIES)
    assert all(summary.sentence for summary in SUMMARIES)


def test_the_unit_of_torque_makes_no_difference_but_to_the_peak():
    relative, newtons = summarize(recording()), summarize(recording(unit="N", factor=7.3))
    assert relative.mvc_known and not newtons.mvc_known
    np.testing.assert_allclose(relative.values[1:], newtons.values[1:], rtol=1e-6)
    told = summarize(recording(unit="N", factor=7.3), peak_pct_mvc=PEAK)
    assert told.values[0] == pytest.approx(np.log(PEAK))


def test_when_the_clock_was_started_makes_no_difference():
    early, late = summarize(recording()).values, summarize(recording(shift_s=100.0)).values
    np.testing.assert_allclose(early, late, rtol=2e-2, atol=5e-2)


def test_the_order_of_units_makes_no_difference():
    one = recording()
    mixed = replace(one, units=one.units.select([3, 1, 7, 0, 2, 6, 5, 4]))
    np.testing.assert_allclose(summarize(one).values, summarize(mixed).values, equal_nan=True)


def test_phases_see_who_fires():
    values = dict(zip(NAMES, summarize(recording()).values, strict=True))
    assert values["active_top_50%"] == 100.0
    assert values["active_up_20%"] < 40.0
    assert np.isnan(values["rate_late_up_20%"])
    assert values["rate_early_top_50%"] > values["rate_late_top_50%"]
