"""Recruitment, rates, self-sustained firing and CoV against known answers."""

from __future__ import annotations

import numpy as np
import pytest
from estimate_samples import DURATION_S, ramp_torque, recording_of, train, triangle

from renshaw.data.estimates import Estimate
from renshaw.data.signal import Signal
from renshaw.estimation import EstimateSettings, RatesSettings, SmoothingSettings, estimate


def rows_of_unit_1(recording, **rates: object) -> dict[str, Estimate]:
    settings = EstimateSettings(
        rates=RatesSettings(**rates), smoothing=SmoothingSettings(method="spline")
    )
    return {row.quantity: row for row in estimate(recording, settings).rows if row.unit == 1}


def test_times_torques_hysteresis_and_self_sustained_firing() -> None:
    recording = recording_of(train(triangle(16, 6), 4, 22), torque=ramp_torque(peak=24))
    rows = rows_of_unit_1(recording)
    first, last = recording.units[0][0], recording.units[0][-1]
    assert rows["recruitment_time"].value == first
    assert rows["derecruitment_time"].value == last
    assert rows["recruitment_torque"].value == pytest.approx(2 * first, abs=0.01)
    assert rows["recruitment_torque"].units == "% MVC"
    assert rows["derecruitment_torque"].value == pytest.approx(2 * (24 - last), abs=0.01)
    assert rows["torque_hysteresis"].value == pytest.approx(2 * (first + last - 24), abs=0.02)
    # Torque is back at its value of recruitment at 24 s - first.
    assert rows["self_sustained_duration"].value == pytest.approx(last - (24 - first), abs=0.01)
    later = rows_of_unit_1(recording, recruitment="second")
    assert later["recruitment_time"].value == recording.units[0][1]


def test_a_unit_that_stops_above_its_recruitment_torque_sustains_nothing() -> None:
    rows = rows_of_unit_1(recording_of(train(triangle(16, 6), 4, 18), torque=ramp_torque()))
    assert rows["self_sustained_duration"].ok
    assert rows["self_sustained_duration"].value == 0
    assert rows["torque_hysteresis"].value < 0


def test_self_sustained_firing_counts_from_the_last_crossing() -> None:
    times_s = np.arange(int(DURATION_S * 100)) / 100
    # Down, up again, and down for good at 15 s.
    torque = np.interp(times_s, [0, 4, 8, 10, 12, 15, 16, 24], [0, 10, 0, 0, 20, 10, 5, 5])
    recording = recording_of(np.arange(4, 20, 0.1), torque=Signal(torque, 100.0, "N"))
    row = rows_of_unit_1(recording)["self_sustained_duration"]
    assert row.value == pytest.approx(recording.units[0][-1] - 15, abs=0.02)


def test_without_torque_what_needs_it_says_so() -> None:
    rows = rows_of_unit_1(recording_of(train(triangle(16, 6), 4, 22)))
    for quantity in ("recruitment_torque", "torque_hysteresis", "self_sustained_duration"):
        assert not rows[quantity].ok
        assert rows[quantity].reason == "no torque was recorded"
    assert rows["recruitment_time"].ok


def test_torque_that_is_missing_at_recruitment_only() -> None:
    times_s = np.arange(int(DURATION_S * 100)) / 100
    torque = Signal(np.where(times_s < 6, np.nan, 20 - times_s / 2), 100.0, "% MVC")
    rows = rows_of_unit_1(recording_of(train(triangle(16, 6), 4, 22), torque=torque))
    assert rows["recruitment_torque"].reason == "the torque was not measured at recruitment"
    assert rows["derecruitment_torque"].ok
    assert not rows["self_sustained_duration"].ok


def test_rates_at_recruitment_peak_and_derecruitment() -> None:
    rows = rows_of_unit_1(recording_of(train(triangle(16, 6), 4, 22)))
    f = triangle(16, 6)
    assert rows["recruitment_rate"].value == pytest.approx(f(4.1), abs=0.2)
    assert rows["peak_rate"].value == pytest.approx(16, abs=0.4)
    assert rows["derecruitment_rate"].value == pytest.approx(f(22), abs=0.2)


def test_cov_is_the_variability_of_intervals_not_that_of_the_ramp() -> None:
    chance = np.random.default_rng(3)
    intervals_s = 0.1 * (1 + 0.15 * chance.standard_normal(200))
    steady = recording_of(1 + np.cumsum(intervals_s))
    assert rows_of_unit_1(steady)["cov_isi"].value == pytest.approx(15, abs=2)
    plain = 100 * np.std(intervals_s[1:], ddof=1) / np.mean(intervals_s[1:])
    raw = rows_of_unit_1(steady, cov_detrend=False)["cov_isi"].value
    assert raw == pytest.approx(plain, rel=1e-9)
    ramp = recording_of(train(triangle(18, 6), 2, 22))
    assert rows_of_unit_1(ramp)["cov_isi"].value < 2
    assert rows_of_unit_1(ramp, cov_detrend=False)["cov_isi"].value > 20


def test_pauses_do_not_count_and_few_intervals_are_refused() -> None:
    times_s = np.concatenate([np.arange(2, 6, 0.1), np.arange(6.5, 10, 0.1)])
    assert rows_of_unit_1(recording_of(times_s), cov_detrend=False)["cov_isi"].value < 1e-6
    few = rows_of_unit_1(recording_of(times_s), cov_intervals_min=500)["cov_isi"]
    assert not few.ok
    assert "at least 500 needed" in few.reason


def test_self_sustained_firing_is_unknown_where_the_torque_ends_before_it_falls_back() -> None:
    torque = ramp_torque(peak=24)
    short = Signal(torque.values[: len(torque.values) // 3], torque.fs_hz, torque.unit)
    rows = rows_of_unit_1(recording_of(train(triangle(16, 6), 4, 22), torque=short))
    assert np.isnan(rows["self_sustained_duration"].value)
    assert not rows["self_sustained_duration"].ok
    assert "not measured" in rows["self_sustained_duration"].reason


def test_torque_that_points_down_is_refused_but_one_with_an_offset_is_not() -> None:
    torque, units = ramp_torque(peak=24), train(triangle(16, 6), 4, 22)
    down = Signal(-torque.values, torque.fs_hz, "N")
    row = rows_of_unit_1(recording_of(units, torque=down))["self_sustained_duration"]
    assert not row.ok
    assert "reverse its sign" in row.reason
    offset = Signal(torque.values - 30, torque.fs_hz, "N")
    row = rows_of_unit_1(recording_of(units, torque=offset))["torque_hysteresis"]
    assert row.ok
    assert row.value == pytest.approx(
        rows_of_unit_1(recording_of(units, torque=torque))["torque_hysteresis"].value
    )


def test_who_fires_once_has_no_hysteresis_and_sustains_nothing() -> None:
    recording = recording_of(train(triangle(16, 6), 4, 22), [12.0], torque=ramp_torque(peak=24))
    estimates = estimate(recording)
    for quantity in ("torque_hysteresis", "self_sustained_duration"):
        often, once = estimates.select(quantity).rows
        assert often.ok and not once.ok
        assert "one_discharge" in once.reasons.codes
    assert estimates.select("recruitment_torque").rows[1].ok
