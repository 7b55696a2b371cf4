"""Smoothers: they find a known rate, keep silent where a unit is, and never crash."""

from __future__ import annotations

import numpy as np
import pytest
from estimate_samples import train, triangle

from renshaw.core.errors import DataError
from renshaw.data.motor_units import MotorUnits
from renshaw.estimation.settings import SMOOTHER_NAMES, SmoothingSettings
from renshaw.estimation.smoothing import SMOOTHERS, smoothed_rates


def smooth(times_s: np.ndarray, **settings: object):
    units = MotorUnits((times_s,), (0.0, 40.0))
    return smoothed_rates(units, SmoothingSettings(**settings))[0]


def test_settings_and_register_know_the_same_smoothers() -> None:
    assert set(SMOOTHERS) == set(SMOOTHER_NAMES)


@pytest.mark.parametrize("method", SMOOTHER_NAMES)
def test_a_regular_unit_has_its_rate(method: str) -> None:
    rate = smooth(np.arange(2, 20, 0.1), method=method)
    firing = np.isfinite(rate.rate_pps)
    assert rate.ok
    assert np.allclose(rate.rate_pps[firing], 10, atol=1e-6)
    assert rate.times_s[firing].min() >= 2.1
    assert rate.peak[1] == pytest.approx(10)


@pytest.mark.parametrize(
    ("method", "tolerance_pps"),
    # Support vector regression may stray by its epsilon, here 0.6 pps, at no cost.
    [("svr", 0.65), ("polynomial", 0.35), ("hann", 0.35), ("spline", 0.35)],
)
def test_a_slowly_changing_rate_is_followed(method: str, tolerance_pps: float) -> None:
    rate = smooth(train(lambda t: 12 + 4 * np.sin(t / 4), 1, 23), method=method)
    inside = (rate.times_s > 2.5) & (rate.times_s < 21.5)
    truth = 12 + 4 * np.sin(rate.times_s / 4)
    assert np.max(np.abs(rate.rate_pps - truth)[inside]) < tolerance_pps


@pytest.mark.parametrize("method", SMOOTHER_NAMES)
def test_the_curve_agrees_with_its_grid_and_is_nan_outside(method: str) -> None:
    rate = smooth(train(triangle(15, 5), 3, 20), method=method)
    firing = np.isfinite(rate.rate_pps)
    assert np.allclose(rate.at(rate.times_s)[firing], rate.rate_pps[firing], rtol=1e-12)
    assert np.isnan(rate.at([0.0, 2.9, 25.0])).all()
    # The order in which instants are asked for does not matter.
    asked = np.array([15.0, 4.0, 10.0])
    assert rate.at(asked) == pytest.approx([rate.at(t)[0] for t in asked], rel=1e-12)


@pytest.mark.parametrize("method", SMOOTHER_NAMES)
def test_silences_are_not_fired_through(method: str) -> None:
    times_s = np.concatenate([np.arange(2, 8, 0.1), np.arange(10, 16, 0.1)])
    rate = smooth(times_s, method=method)
    assert np.isnan(rate.at([8.5, 9.9])).all()
    assert np.isfinite(rate.at([7.9, 10.0, 15.0])).all()
    assert rate.spells_s == pytest.approx(np.array([[2.1, 7.9], [10.0, 15.9]]))
    through = smooth(times_s, method=method, gap_s=3)
    assert np.isfinite(through.at([8.5, 9.9])).all()


def test_an_interval_of_exactly_the_limit_is_fired_through() -> None:
    # 2048 samples at 2048 Hz are 1 s, whatever the last digit of their difference says.
    start = 3.3330078125
    times_s = np.concatenate([start - np.arange(20, -1, -1) * 0.1, start + 1 + np.arange(20) * 0.1])
    assert np.isfinite(smooth(times_s).at(start + 0.5)).all()


def test_cut_edges_follow_openhdemg() -> None:
    times_s = np.concatenate([np.arange(2, 8, 0.1), np.arange(10, 16, 0.1)])
    cut = smooth(times_s, gap_edges="cut")
    assert np.isnan(cut.at(cut.spells_s[:, 1])).all()
    assert np.isfinite(cut.at(cut.spells_s[:, 1] - 1e-3)).all()
    whole = smooth(np.arange(2, 8, 0.1), gap_edges="cut")
    assert np.isfinite(whole.at(whole.spells_s[0, 1])).all()
    # A silence right after the second discharge, alone or followed by others.
    alone = smooth(np.concatenate([[0.5, 0.6], np.arange(3, 9, 0.1)]), gap_edges="cut")
    assert alone.spells_s == pytest.approx(np.array([[3.0, 8.9]]))
    more = smooth(
        np.concatenate([[0.5, 0.6], np.arange(3, 9, 0.1), np.arange(12, 14, 0.1)]), gap_edges="cut"
    )
    assert more.spells_s == pytest.approx(np.array([[0.6, 8.9], [12.0, 13.9]]))


@pytest.mark.parametrize("method", SMOOTHER_NAMES)
@pytest.mark.parametrize("n", [0, 1, 2, 3, 9])
def test_too_few_discharges_are_refused_in_words(method: str, n: int) -> None:
    rate = smooth(2 + np.arange(n) * 0.1, method=method)
    assert not rate.ok
    assert "discharge" in rate.reason
    assert np.isnan(rate.rate_pps).all()
    assert np.isnan(rate.at([2.1])).all()
    assert np.isnan(rate.peak).all()


@pytest.mark.parametrize("method", SMOOTHER_NAMES)
@pytest.mark.parametrize("n", [3, 4, 5, 6])
def test_a_few_discharges_are_smoothed_or_refused(method: str, n: int) -> None:
    rate = smooth(2 + np.arange(n) * 0.1, method=method, discharges_min=3)
    if rate.ok:
        assert rate.at([2.2])[0] == pytest.approx(10)
    else:
        assert "needs" in rate.reason


def test_too_many_discharges_for_support_vectors_say_what_to_use() -> None:
    rate = smooth(np.arange(1, 30, 0.1), discharges_max=200)
    assert not rate.ok
    assert "'hann' or 'spline'" in rate.reason


def test_svr_is_the_one_of_scikit_learn() -> None:
    from sklearn.svm import SVR

    times_s = np.cumsum(0.08 + 0.03 * np.sin(np.arange(150)))
    at_s, y = times_s[1:], 1 / np.diff(times_s)
    weights = np.ones(len(y))
    weights[:4] = weights[-4:] = 5
    low, high = np.percentile(y, [25, 75])
    model = SVR(gamma=1 / 1.6, C=1 / 0.37, epsilon=(high - low) / 11)
    model.fit(at_s[:, None], y, sample_weight=weights)
    asked = np.linspace(at_s[0], at_s[-1], 777)
    assert smooth(times_s).at(asked) == pytest.approx(model.predict(asked[:, None]), abs=1e-9)
    scaled = SVR(gamma="scale", C=10, epsilon=0.1).fit(at_s[:, None], y)
    ours = smooth(
        times_s, svr_gamma_per_s2=None, svr_c=10, svr_epsilon_pps=0.1, svr_end_weight=1
    ).at(asked)
    assert ours == pytest.approx(scaled.predict(asked[:, None]), abs=1e-9)


def test_an_absurdly_long_recording_is_refused_with_advice() -> None:
    units = MotorUnits((np.array([0.0, 1e9]),), (0.0, 1e9))
    with pytest.raises(DataError, match="smaller grid_hz"):
        smoothed_rates(units, SmoothingSettings())


def test_no_units_no_rates() -> None:
    assert smoothed_rates(MotorUnits((), (0.0, 1.0)), SmoothingSettings()) == ()
