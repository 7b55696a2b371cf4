"""How units fire: every quantity against hand-made trains, known common input and scipy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.signal import butter, sosfiltfilt
from scipy.signal import coherence as scipy_coherence

import renshaw as rs
from renshaw.estimation import FIRING_QUANTITIES, FiringSettings, firing, firing_of, in_pct_mvc
from renshaw.estimation.behavior.coherence import BANDS_hz, _splits, binned_trains, coherence_of
from renshaw.estimation.behavior.common_input import common_input_strength, mean_of_pairs
from renshaw.estimation.behavior.holds import hold_of
from renshaw.estimation.behavior.hysteresis import median_hysteresis, share_below_pct
from renshaw.estimation.behavior.rates import quarters_of, rate_in
from renshaw.estimation.behavior.steadiness import torque_cov_pct

FS_hz = 100.0
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def trapezoid(level: float = 20.0, rise_s: float = 5.0, hold_s: float = 15.0, rest_s: float = 2.0):
    """Torque in % MVC: rest, rise, hold, fall, rest."""
    corners = np.cumsum([rest_s, rise_s, hold_s, rise_s, rest_s])
    times_s = np.arange(0, corners[-1], 1 / FS_hz)
    return np.interp(times_s, corners[:4], [0.0, level, level, 0.0])


def poisson(rate_pps: float, seconds: float, rng: np.random.Generator) -> np.ndarray:
    return np.sort(rng.uniform(0, seconds, rng.poisson(rate_pps * seconds)))


def modulated(common: np.ndarray, dt_s: float, rng: np.random.Generator) -> np.ndarray:
    """A Poisson train whose rate is that course."""
    fires = rng.random(len(common)) < common * dt_s
    return (np.flatnonzero(fires) + rng.random(fires.sum())) * dt_s


def with_common_input(n: int, seconds: float, depth: float, hz: float, seed: int = 0):
    """Trains that share a sinusoid of that frequency and otherwise nothing."""
    rng = np.random.default_rng(seed)
    times_s = np.arange(0, seconds, 0.001)
    rate = 15 * (1 + depth * np.sin(2 * np.pi * hz * times_s))
    return [modulated(rate, 0.001, rng) for _ in range(n)]


# Holds.


def test_a_hold_lies_where_torque_is_flat():
    found, why = hold_of(rs.Signal(trapezoid(), FS_hz, "% MVC"))
    assert not why
    # Half a second is left out at either end of the plateau from 7 to 22 s.
    assert found.start_s == pytest.approx(7.5, abs=0.15)
    assert found.end_s == pytest.approx(21.5, abs=0.15)
    assert found.level == pytest.approx(20, rel=0.01)
    assert np.diff([found.early_s, found.late_s]).ravel() == pytest.approx([3.0, 3.0])


@pytest.mark.parametrize("half_s", [10.0, 30.0, 120.0])
def test_the_top_of_a_triangle_is_no_hold_however_slow(half_s):
    times_s = np.arange(0, 2 * half_s + 4, 1 / FS_hz)
    torque = np.interp(times_s, [2, 2 + half_s, 2 + 2 * half_s], [0, 20, 0])
    found, why = hold_of(rs.Signal(torque, FS_hz, "% MVC"))
    assert found is None and "no hold" in str(why)


@pytest.mark.parametrize("half_s", [20.0, 60.0, 300.0])
def test_the_top_of_a_slow_sinusoid_is_no_hold(half_s):
    times_s = np.arange(0, half_s, 1 / FS_hz)
    torque = 20 * np.sin(np.pi * times_s / half_s)
    assert hold_of(rs.Signal(torque, FS_hz, "% MVC"))[0] is None


def unsteady(torque: np.ndarray, cov_pct: float, seed: int) -> rs.Signal:
    """Torque whose fluctuations are slower than 1 Hz."""
    slow = sosfiltfilt(
        butter(2, 1.0, fs=FS_hz, output="sos"),
        np.random.default_rng(seed).normal(size=len(torque)),
    )
    return rs.Signal(torque * (1 + cov_pct / 100 * slow / slow.std()), FS_hz, "% MVC")


@pytest.mark.parametrize("seed", range(8))
def test_a_hold_is_found_in_unsteady_torque_and_none_in_an_unsteady_ramp(seed):
    found = hold_of(unsteady(trapezoid(), 3.0, seed))[0]
    assert found.duration_s > 12
    for half_s in (10.0, 20.0):
        times_s = np.arange(0, 2 * half_s + 4, 1 / FS_hz)
        ramp = np.interp(times_s, [2, 2 + half_s, 2 + 2 * half_s], [0, 20, 0])
        assert hold_of(unsteady(ramp, 3.0, seed))[0] is None


@pytest.mark.parametrize(("rise_s", "hold_s"), [(1.0, 6.0), (10.0, 6.0), (30.0, 8.0)])
def test_a_short_hold_after_a_slow_rise_is_one(rise_s, hold_s):
    torque = trapezoid(20.0, rise_s, hold_s)
    found = hold_of(rs.Signal(torque, FS_hz, "% MVC"))[0]
    assert found.start_s == pytest.approx(2 + rise_s + 0.5, abs=0.2 + 0.04 * rise_s)
    assert found.duration_s >= hold_s - 1.3


def test_a_brief_dip_does_not_end_a_hold_and_a_long_one_does():
    torque = trapezoid()
    dip, long = torque.copy(), torque.copy()
    dip[1200:1230] *= 0.9
    long[1200:1400] *= 0.7
    whole = hold_of(rs.Signal(dip, FS_hz, "% MVC"))[0]
    half = hold_of(rs.Signal(long, FS_hz, "% MVC"))[0]
    assert whole.duration_s > 13 and 4 < half.duration_s < 8.5


def test_of_two_levels_the_longer_is_the_hold():
    times_s = np.arange(0, 40, 1 / FS_hz)
    torque = np.interp(times_s, [2, 4, 20, 22, 28, 30], [0, 15, 15, 30, 30, 0])
    assert hold_of(rs.Signal(torque, FS_hz, "% MVC"))[0].level == pytest.approx(15, rel=0.03)


def test_torque_that_jumps_between_two_levels_is_no_hold():
    torque = np.tile(np.repeat([10.0, 20.0], 200), 6)
    assert hold_of(rs.Signal(torque, FS_hz, "% MVC"))[0] is None
    rng = np.random.default_rng(0)
    hold_of(rs.Signal(rng.normal(0, 1, 3000), FS_hz, "% MVC"))


def test_torque_that_never_rises_has_no_hold():
    for values in (np.zeros(500), np.full(500, -1.0), np.full(2, 3.0)):
        assert hold_of(rs.Signal(values, FS_hz, "% MVC"))[0] is None


# Rates, regularity, hysteresis, steadiness.


def test_rates_are_those_of_intervals_without_pauses():
    train = np.concatenate([np.arange(0, 2, 0.1), np.arange(5, 7, 0.1)])
    assert rate_in(train, (0, 10)) == pytest.approx(10)
    assert np.isnan(rate_in(train, (2.5, 4.5)))
    assert np.isnan(rate_in(train[:3], (0, 10)))


def test_quarters_are_even_and_leave_out_who_is_unknown():
    found = quarters_of(np.array([5.0, 1.0, np.nan, 3.0, 4.0, 2.0]))
    assert [list(q) for q in found] == [[1, 5], [3], [4], [0]]


def test_hysteresis_by_hand():
    on, off = np.array([5.0, 10.0, 15.0, np.nan]), np.array([3.0, 11.0, 10.0, 2.0])
    assert median_hysteresis(on, off) == -2.0
    assert share_below_pct(on, off) == pytest.approx(200 / 3)
    assert np.isnan(median_hysteresis(on[3:], off[3:]))


def test_steadiness_leaves_out_a_drift_and_noise_of_amplifiers():
    times_s = np.arange(0, 20, 0.001)
    rng = np.random.default_rng(0)
    slow = 20 + 0.1 * times_s + 0.4 * np.sqrt(2) * np.sin(2 * np.pi * 1.5 * times_s)
    torque = rs.Signal(slow + rng.normal(0, 0.2, len(times_s)), 1000.0, "% MVC")
    assert torque_cov_pct(torque, (0, 20)) == pytest.approx(100 * 0.4 / 21, rel=0.03)
    assert np.isnan(torque_cov_pct(torque, (0, 0.3)))


# Common input.


def test_coherence_is_that_of_scipy_over_the_same_splits():
    trains, span = with_common_input(14, 20.0, 0.5, 4.0), (1.0, 19.0)
    settings = FiringSettings(splits=20)
    found = coherence_of(trains, span, settings, seed=3)
    binned = binned_trains(trains, span)
    each = []
    for one, other in _splits(14, settings, 3):
        frequencies, values = scipy_coherence(
            binned[one].sum(0), binned[other].sum(0), fs=1000, nperseg=1000, window="hann"
        )
        each.append(values)
    kept = frequencies <= 50
    np.testing.assert_allclose(found.values, np.mean(each, 0)[kept], rtol=1e-9)
    np.testing.assert_allclose(found.frequencies_hz, frequencies[kept])


@pytest.mark.parametrize("seconds", [10.0, 20.0, 60.0])
def test_trains_that_share_nothing_are_at_the_bias_level(seconds):
    found = []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        trains = [poisson(15, seconds, rng) for _ in range(20)]
        found.append(coherence_of(trains, (0.0, seconds), FiringSettings(splits=30)))
    bands = np.mean([each.bands for each in found], axis=0)
    assert bands == pytest.approx(np.full(len(BANDS_hz), found[0].bias), rel=0.2)


def test_the_error_of_coherence_is_that_of_trials_drawn_anew():
    drawn = [coherence_of(with_common_input(16, 20.0, 0.4, 3.0, s), (0, 20)) for s in range(12)]
    spread = np.std([each.bands[0] for each in drawn], ddof=1)
    assert 0.4 < np.mean([each.errors[0] for each in drawn]) / spread < 2.5


@pytest.mark.parametrize(("hz", "band"), [(3.0, 0), (9.0, 1), (25.0, 2)])
def test_common_input_shows_in_its_own_band(hz, band):
    found = coherence_of(with_common_input(20, 30.0, 0.6, hz), (0.0, 30.0))
    at = np.argmax(found.values)
    assert found.frequencies_hz[at] == pytest.approx(hz, abs=1.0)
    assert found.values[at] > 0.4 > found.limit > found.bias
    assert np.argmax(found.bands) == band


def test_more_trains_on_either_side_see_more_of_the_common_input():
    trains = with_common_input(30, 60.0, 0.3, 3.0)
    few, many = (coherence_of(trains, (0, 60), FiringSettings(trains=n)) for n in (2, 12))
    assert many.values[3] > few.values[3] + 0.1


def test_too_few_units_or_seconds_have_no_coherence():
    trains = with_common_input(9, 20.0, 0.5, 4.0)
    assert coherence_of(trains, (0, 20)) is None
    assert coherence_of(trains * 2, (0, 1.2)) is None
    assert coherence_of([], (0, 20)) is None


def test_synchrony_is_counted_beyond_chance():
    rng = np.random.default_rng(1)
    seconds = 400.0
    shared = poisson(2.0, seconds, rng)
    trains = [
        np.sort(np.concatenate([shared + rng.uniform(-0.002, 0.002, len(shared)),
                                poisson(13.0, seconds, rng)]))
        for _ in range(2)
    ]  # fmt: skip
    strength = common_input_strength(trains, (0.0, seconds))
    assert strength[0, 1] == strength[1, 0] == pytest.approx(2.0, abs=0.25)
    assert np.isnan(np.diag(strength)).all()
    alone = common_input_strength([poisson(15, seconds, rng) for _ in range(6)], (0.0, seconds))
    assert mean_of_pairs(alone) == pytest.approx(0, abs=0.12)


def test_common_input_strength_does_not_hang_on_the_rate():
    found = []
    for rate in (8.0, 20.0):
        rng = np.random.default_rng(2)
        shared = poisson(1.0, 600.0, rng)
        trains = [np.sort(np.r_[shared, poisson(rate, 600.0, rng)]) for _ in range(5)]
        found.append(mean_of_pairs(common_input_strength(trains, (0.0, 600.0))))
    assert found == pytest.approx([1.0, 1.0], abs=0.15)


# All together.


def person(n: int = 16, seed: int = 0, cov: float = 0.12, below: float = -1.0):
    """Trains in a trapezoid to 20 % MVC whose every quantity is known."""
    rng = np.random.default_rng(seed)
    trains = []
    for threshold in np.linspace(6, 18, n):
        start, stop = 2 + threshold / 4, 27 - (threshold + below) / 4
        rate = 16 - threshold / 3
        intervals = np.maximum(rng.normal(1, cov, 600), 0.3) / rate
        times = start + np.concatenate([[0.0], np.cumsum(intervals)])
        trains.append(np.append(times[times < stop - 0.04], stop))
    return trains


def test_a_person_whose_numbers_are_known():
    found = firing_of(person(), trapezoid(), FS_hz)
    assert set(found.found) == set(FIRING_QUANTITIES)
    assert found["cov_isi_hold"].value == pytest.approx(12, abs=1.5)
    assert found["derecruitment_minus_recruitment"].value == pytest.approx(-1.0, abs=0.1)
    assert found["share_below_recruitment"].value == 100
    quarters = np.split(16 - np.linspace(6, 18, 16) / 3, 4)
    for k, rates in enumerate(quarters, start=1):
        assert found[f"rate_early_q{k}"].value == pytest.approx(rates.mean(), rel=0.05)
        assert found[f"rate_late_q{k}"].value == pytest.approx(rates.mean(), rel=0.05)
    assert found["rate_fall"].value == pytest.approx(0, abs=0.3)
    assert found["rate_hold"].error == pytest.approx(np.std(quarters, ddof=1) / 4, rel=0.2)
    assert found["coherence_1_5"].value < 2.5 * found["coherence_bias"].value
    assert found["torque_cov"].value < 0.1


def test_units_below_the_threshold_do_not_count():
    low = [np.arange(2.2 + 0.03 * k, 26.8, 0.1 + 0.003 * k) for k in range(3)]
    with_low = firing_of([*low, *person()], trapezoid(), FS_hz)
    assert with_low.contractions[0].units.counts.sum() == 16
    alone = firing_of(person(), trapezoid(), FS_hz)
    assert with_low["rate_hold"].value == alone["rate_hold"].value
    every = firing_of(
        [*low, *person()], trapezoid(), FS_hz, FiringSettings(threshold_min_pct_mvc=0)
    )
    assert every.contractions[0].units.counts.sum() == 19


def test_standard_errors_are_those_of_persons_drawn_anew():
    drawn = [firing_of(person(seed=s, cov=0.15), trapezoid(), FS_hz) for s in range(8)]
    spread = np.std([each["cov_isi_hold"].value for each in drawn], ddof=1)
    error = np.mean([each["cov_isi_hold"].error for each in drawn])
    assert 0.4 < error / spread < 2.5


def test_the_same_seed_gives_the_same_numbers():
    one, other = (firing_of(person(), trapezoid(), FS_hz, seed=4).to_table() for _ in range(2))
    assert one.equals(other)


def test_several_contractions_are_measured_each_by_itself():
    torque = np.tile(trapezoid(), 2)
    length_s = len(trapezoid()) / FS_hz
    trains = [np.concatenate([t, t + length_s]) for t in person()]
    two, one = firing_of(trains, torque, FS_hz), firing_of(person(), trapezoid(), FS_hz)
    assert len(two.contractions) == 2
    for name in ("rate_hold", "derecruitment_minus_recruitment", "cov_isi_hold"):
        assert two[name].value == pytest.approx(one[name].value, rel=0.02)
    assert two["rate_hold"].error == pytest.approx(one["rate_hold"].error / np.sqrt(2), rel=0.1)


# What can't be computed says why.


def reasons(found: rs.estimation.Firing) -> dict[str, str]:
    """The reason of what is not known; every other value is a number."""
    assert all(np.isfinite(x.value) != bool(x.reasons) for x in found.found.values())
    return {name: str(x.reasons) for name, x in found.found.items() if x.reasons}


def test_a_ramp_has_no_hold():
    torque = np.interp(np.arange(0, 24, 0.01), [2, 12, 22], [0, 20, 0])
    trains = [np.arange(2 + on / 2, 22 - on / 2, 0.09 + 0.002 * on) for on in range(6, 16)]
    why = reasons(firing_of(trains, torque, FS_hz))
    assert "no hold" in why["cov_isi_hold"] and "no hold" in why["torque_cov"]
    assert "no hold" in why["coherence_1_5"] and "no hold" in why["rate_early_q1"]
    assert "derecruitment_minus_recruitment" not in why and "rate_recruitment_q1" not in why


@pytest.mark.parametrize("n", [0, 1, 3])
def test_few_units_are_said_to_be_few(n):
    why = reasons(firing_of(person(16)[:n], trapezoid(), FS_hz))
    assert f"only {n} of the units" in why["coherence_1_5"]
    assert f"only {n} of the units" in why["rate_early_q1"]
    assert ("derecruitment_minus_recruitment" in why) == (n < 3)
    assert "delta_f" in why


def test_without_torque_nothing_is_known_of_thresholds():
    units = rs.MotorUnits(tuple(person()), (0.0, 30.0))
    why = reasons(firing(rs.Recording(units)))
    assert "no torque was recorded" in why["derecruitment_minus_recruitment"]
    assert "no torque was recorded" in why["coherence_1_5"]


def test_odd_trains_do_no_harm():
    odd = [
        np.array([10.0]),
        np.array([10.0, 10.001]),
        np.arange(8, 20, 0.002),
        np.array([8.0, 19.0]),
        np.empty(0),
    ]
    found = firing_of([*person(), *odd], trapezoid(), FS_hz)
    reasons(found)
    assert found["coherence_1_5"].value < 0.5


# Torque in % MVC.


def recorded(values: np.ndarray, unit: str = "") -> rs.Recording:
    units = rs.MotorUnits(tuple(person()), (0.0, len(values) / FS_hz))
    return rs.Recording(units, {"torque": rs.Signal(values, FS_hz, unit)}, name="of a lab")


def test_torque_is_scaled_by_its_hold_above_rest():
    drifting = 0.3 + 0.001 * np.arange(len(trapezoid())) / FS_hz + trapezoid() / 900
    found = in_pct_mvc(recorded(drifting), 20.0)
    assert found.torque.unit == "% MVC"
    np.testing.assert_allclose(found.torque.values, trapezoid(), atol=0.1)
    assert any("scaled" in each for each in found.notes)


def test_a_contraction_in_which_no_unit_fires_is_no_rest():
    twice = np.tile(trapezoid(), 2) / 7
    found = in_pct_mvc(recorded(twice), 20.0)
    np.testing.assert_allclose(found.torque.values[: len(trapezoid())], trapezoid(), atol=0.1)


def test_an_overshoot_is_not_the_level():
    torque = trapezoid()
    torque[690:740] *= 1.4
    assert in_pct_mvc(recorded(torque / 7), 20.0).torque.values[1500] == pytest.approx(20, rel=0.02)


@pytest.mark.parametrize(
    ("recording", "peak", "cure"),
    [
        (recorded(trapezoid() / 7), None, "--peak-pct-mvc"),
        (recorded(trapezoid(), "% MVC"), 35.0, "--peak-pct-mvc out"),
        (recorded(np.zeros(2900)), 20.0, "never rises|never changes"),
        (rs.Recording(rs.MotorUnits((), (0, 1))), 20.0, "holds no torque"),
    ],
)
def test_what_cannot_be_scaled_is_refused_with_a_cure(recording, peak, cure):
    with pytest.raises(rs.RenshawError, match=cure):
        in_pct_mvc(recording, peak)


# People.

PEOPLE = {
    # PERSON's table of the same recordings, by another program; torque at rest drifts by 1.4 and
    # 0.7 % MVC, which is why hysteresis may differ by as much.
    "caillet2022_TA_35_D.mat": (35.0, {"cov_isi_hold": (13.5, 1.0), "coherence_1_5": (0.60, 0.06),
        "coherence_5_12": (0.40, 0.07), "coherence_15_35": (0.12, 0.03),
        "derecruitment_minus_recruitment": (-0.7, 0.8), "delta_f": (4.97, 0.05)}),
    "caillet2023_S1_30_64L.mat": (30.0, {"cov_isi_hold": (12.1, 1.0), "coherence_1_5": (0.76, 0.06),
        "coherence_5_12": (0.35, 0.05), "coherence_15_35": (0.04, 0.02),
        "derecruitment_minus_recruitment": (-2.4, 0.6), "rate_fall": (1.5, 0.8)}),
}  # fmt: skip


@pytest.mark.parametrize("name", PEOPLE)
def test_two_people_are_measured_as_by_others(name):
    if not (SHARED / name).exists():
        pytest.skip("needs ../shared/data, which is not part of the project")
    peak, expected = PEOPLE[name]
    found = firing(in_pct_mvc(rs.read(SHARED / name), peak))
    for quantity, (value, within) in expected.items():
        assert found[quantity].value == pytest.approx(value, abs=within), quantity
