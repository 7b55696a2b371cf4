"""The parts of the decomposition against what can be computed plainly."""

from __future__ import annotations

import numpy as np
import pytest

from renshaw.data.grid import rectangular, unplaced
from renshaw.decomposition.channels import channel_faults
from renshaw.decomposition.contrast import SLOPES, fixed_points, places_to_start
from renshaw.decomposition.extension import Extended
from renshaw.decomposition.filtering import filtered
from renshaw.decomposition.known import known_directions, near_known
from renshaw.decomposition.pulses import (
    Pulses,
    found_pulses,
    irregularity,
    pulse_to_noise_db,
    silhouette,
    split,
)
from renshaw.decomposition.settings import TrustSettings
from renshaw.decomposition.trust import judged, without_strays

FS = 2048.0


def colored(samples=3000, channels=5, seed=0):
    rng = np.random.default_rng(seed)
    mixed = rng.standard_normal((samples + 4, channels)) @ rng.standard_normal((channels, channels))
    smooth = mixed[4:] + 0.7 * mixed[3:-1] + 0.3 * mixed[2:-2]
    return np.ascontiguousarray(smooth - smooth.mean(axis=0), dtype=np.float32)


def written_out(emg, copies):
    return np.stack([emg[t : t + copies].ravel() for t in range(len(emg) - copies + 1)]).astype(
        float
    )


def test_windows_are_the_extended_signal_without_copying():
    extended = Extended(colored(50), 4, 1.0)
    np.testing.assert_array_equal(extended.windows, written_out(extended.emg, 4))
    assert np.shares_memory(extended.windows, extended.emg)


def test_covariance_of_lags_is_that_of_the_extended_signal():
    extended = Extended(colored(), 6, 1.0)
    rows = written_out(extended.emg, 6)
    plain = rows.T @ rows / len(rows)
    np.testing.assert_allclose(extended.covariance, plain, atol=0.01 * plain.max())
    np.testing.assert_array_equal(extended.covariance, extended.covariance.T)


def test_whitened_observations_are_white():
    extended = Extended(colored(20_000), 5, 1.0)
    white = extended.projected(extended.whitening)
    np.testing.assert_allclose(white @ white.T / white.shape[1], np.eye(25), atol=0.03)


def test_a_part_of_the_samples_is_projected_alike():
    extended = Extended(colored(9000), 5, 1.0)
    filters = np.random.default_rng(1).standard_normal((25, 3)).astype(np.float32)
    whole = extended.projected(filters)
    np.testing.assert_allclose(extended.projected(filters, 3), whole[:, ::3], atol=1e-4)


def test_filters_of_trains_have_sources_of_unit_power():
    extended = Extended(colored(20_000), 5, 1.0)
    sources = extended.sources_from([np.arange(50, 19_000, 400), np.arange(7, 19_000, 300)])
    power = np.mean(np.square(sources), axis=1)
    np.testing.assert_allclose(power, 1.0, atol=0.05)


def test_the_filter_passes_its_band_and_takes_lines_out():
    t = np.arange(8192) / FS
    tone = {f: np.sin(2 * np.pi * f * t)[:, None] for f in (5.0, 100.0, 900.0)}
    for hz, kept in ((5.0, 0.0), (100.0, 1.0), (900.0, 0.0)):
        out = filtered(tone[hz], FS, 20, 500, line_noise=False)[1000:-1000]
        np.testing.assert_allclose(out, kept * tone[hz][1000:-1000], atol=0.06)
    noise = np.random.default_rng(0).standard_normal((len(t), 4))
    hum = noise + 3 * np.sin(2 * np.pi * 50 * t)[:, None]
    cleaned = filtered(hum, FS, 20, 500)
    quiet = filtered(noise, FS, 20, 500)
    # Of a hum three times the noise, a sixth of the noise is left, at the ends.
    assert np.std(cleaned - quiet) < 0.2 * np.std(quiet)
    assert np.std(cleaned - quiet) < 0.05 * np.std(hum)


def test_bad_channels_are_named_with_the_reason():
    rng = np.random.default_rng(0)
    common = rng.standard_normal((5000, 1))
    emg = 100 * (common + 0.5 * rng.standard_normal((5000, 12)))
    emg[:, 1] = 3.0
    emg[:, 3] *= 20
    emg[:, 5] = 100 * rng.standard_normal(5000)
    emg[:, 7] = np.clip(emg[:, 7], -40, 40)
    emg[4, 9] = np.nan
    emg[:, 11] *= 0.01
    for grid in (unplaced("", range(12)), rectangular("", range(12), 4, 3, 8.0)):
        faults = channel_faults(emg, np.nan_to_num(emg), grid)
        bad = {i: words for i, words in enumerate(faults) if words}
        assert set(bad) == {1, 3, 5, 7, 9, 11}
        for at, word in ((1, "flat"), (3, "loud"), (5, "shares"), (7, "clipped"), (9, "numbers")):
            assert word in bad[at]
        assert "quiet" in bad[11]


@pytest.mark.parametrize("placed", [True, False])
def test_a_small_muscle_below_a_large_grid_is_no_fault(placed):
    """Its electrodes are many times as loud as most of the grid, but not as those beside them."""
    rng = np.random.default_rng(1)
    grid = rectangular("", range(64), 8, 8, 10.0)
    away = np.hypot(grid.x_mm - 20, grid.y_mm - 30)
    sources = rng.standard_normal((8000, 64))
    spread = np.exp(-0.5 * ((grid.x_mm[:, None] - grid.x_mm) ** 2) / 100)
    spread *= np.exp(-0.5 * ((grid.y_mm[:, None] - grid.y_mm) ** 2) / 100)
    emg = sources @ spread * (1 + 60 * np.exp(-0.5 * (away / 12) ** 2))
    emg += rng.standard_normal(emg.shape)
    size = emg.std(axis=0)
    assert size.max() > 10 * np.median(size)
    emg[:, 50] += 100 * size[50] * rng.standard_normal(8000)
    where = grid if placed else unplaced("", range(64))
    bad = [i for i, words in enumerate(channel_faults(emg, emg, where)) if words]
    assert bad == [50]


def test_split_is_the_best_of_all_cuts():
    values = np.random.default_rng(3).gamma(2.0, 1.0, 60)
    threshold = split(values)

    def within(cut):
        low, high = values[values <= cut], values[values > cut]
        return low.var() * len(low) + high.var() * len(high)

    best = min(within(cut) for cut in np.sort(values)[:-1])
    assert within(threshold) == pytest.approx(best)


def test_silhouette_is_one_for_perfect_classes_and_known_for_one_heap():
    perfect = np.array([0.0, 0.0, 0.0, 5.0, 5.0])
    assert silhouette(perfect, perfect > 2) == 1.0
    # Halves of a uniform heap: variance 1/48 within, 1/4 more between.
    heap = np.linspace(0, 1, 10_001)
    assert silhouette(heap, heap > 0.5) == pytest.approx(12 / 13, abs=1e-3)


def test_pulses_are_found_where_they_are():
    rng = np.random.default_rng(0)
    source = 0.2 * rng.standard_normal((1, 4000)).astype(np.float32)
    at = np.arange(60, 3900, 120)
    source[0, at] += 10
    (pulses,) = found_pulses(source, 20)
    np.testing.assert_array_equal(pulses.samples, at)
    assert pulses.silhouette > 0.99
    assert pulses.pnr_db == pytest.approx(20 * np.log10(10 / 0.2), abs=1.0)
    assert pulse_to_noise_db(source[0], at[:0]) == 0.0


def test_irregularity_ignores_a_changing_rate_but_not_chance():
    ramp = np.cumsum(np.linspace(0.05, 0.3, 100))
    rng = np.random.default_rng(0)
    chance = np.cumsum(rng.exponential(0.1, 2000))
    assert irregularity(ramp, 1.0) < 0.03
    assert irregularity(chance, 1.0) == pytest.approx(1.0, abs=0.1)
    assert irregularity(np.array([0.0, 1.0]), 2.0) == np.inf


@pytest.mark.parametrize("contrast", SLOPES)
def test_fixed_points_find_a_sparse_source(contrast):
    rng = np.random.default_rng(0)
    sources = rng.standard_normal((6, 8000)).astype(np.float32)
    sources[2] = 0.1 * rng.standard_normal(8000)
    at = np.arange(40, 8000, 160)
    sources[2, at] += np.sqrt(160)
    mixing, _ = np.linalg.qr(rng.standard_normal((6, 6)))
    whitened = np.ascontiguousarray(mixing @ sources, dtype=np.float32)
    vectors = fixed_points(whitened, at[:3], contrast, 8)
    # All starts meet, and become one.
    assert vectors.shape == (6, 1)
    assert abs(vectors[:, 0] @ mixing[:, 2]) > 0.98


def test_known_directions_are_closed_to_the_search():
    rng = np.random.default_rng(0)
    whitened = rng.standard_normal((5, 3000)).astype(np.float32)
    known = np.eye(5, 2, dtype=np.float32)
    vectors = fixed_points(whitened, np.arange(0, 3000, 500), "skew", 3, known)
    np.testing.assert_allclose(known.T @ vectors, 0, atol=1e-5)


def test_known_units_leave_room_and_mark_their_surroundings():
    extended = Extended(colored(6000), 5, 1.0)
    unit = Pulses(np.arange(100, 5900, 150), 0.9, 25.0)
    basis = known_directions(extended, [unit], extended.copies)
    np.testing.assert_allclose(basis.T @ basis, np.eye(basis.shape[1]), atol=1e-4)
    assert 0 < basis.shape[1] <= 0.7 * 25
    assert known_directions(extended, [], 4) is None
    near = near_known([unit], 6000, 4)
    assert near[98:103].all() and not near[97] and not near[103]


def test_starts_are_spread_and_apart():
    activity = np.random.default_rng(0).random(4000)
    activity[:2000] = 0
    starts = places_to_start(activity, 20, 30, np.random.default_rng(1))
    assert len(starts) == 20
    assert np.diff(starts).min() >= 15 and starts.min() >= 2000
    assert len(places_to_start(np.zeros(100), 5, 3, np.random.default_rng(1))) == 0


@pytest.mark.parametrize(
    ("times", "sil", "pnr", "word"),
    [
        (np.array([4.0]), 1.0, 40.0, "only 1 discharge"),
        (np.arange(0, 10, 0.1), 0.5, 30.0, "silhouette"),
        (np.arange(0, 10, 0.1), 0.95, 10.0, "pulse-to-noise"),
        (np.arange(0, 3, 0.012), 0.95, 30.0, "not a motor unit's"),
        (np.cumsum(np.tile([0.01, 0.15], 40)), 0.95, 30.0, "doublets"),
        (np.cumsum(np.random.default_rng(0).exponential(0.1, 300)), 0.95, 30.0, "neighboring"),
        (np.r_[np.arange(0, 3, 0.1), 10.0, 20.0, np.arange(30, 33, 0.1)], 0.95, 30.0, "silent"),
    ],
)
def test_implausible_units_are_flagged_with_the_reason(times, sil, pnr, word):
    verdict = judged(times, sil, pnr, TrustSettings())
    assert word in "; ".join(verdict.faults)
    assert verdict.confidence == 0.0


def test_a_sound_unit_and_a_ramp_are_trusted():
    rng = np.random.default_rng(0)
    steady = np.cumsum(rng.normal(0.1, 0.012, 150))
    ramp = np.cumsum(np.r_[np.linspace(0.9, 0.06, 60), np.linspace(0.06, 0.9, 60)])
    for times in (steady, ramp):
        verdict = judged(times, 0.96, 28.0, TrustSettings())
        assert verdict.faults == ()
        assert verdict.confidence > 0.95


def contractions(*spells: tuple[float, float], every_s: float = 0.1, seed: int = 0) -> np.ndarray:
    """Return discharges that vary by 12 % within spells of firing."""
    rng = np.random.default_rng(seed)
    trains = []
    for start, end in spells:
        times = start + np.cumsum(
            rng.normal(every_s, 0.12 * every_s, int(2 * (end - start) / every_s))
        )
        trains.append(times[times < end])
    return np.concatenate(trains)


THREE = ((2.0, 9.0), (22.0, 29.0), (42.0, 49.0))


def test_rests_between_contractions_are_no_silence_and_pauses_within_them_are():
    rules = TrustSettings()
    others = [contractions(*THREE, seed=seed) for seed in range(1, 5)]
    unit = contractions(*THREE)
    assert judged(unit, 0.96, 28.0, rules, others).faults == ()
    # Recruited later than the others, and not at all in the weaker contraction.
    late = contractions((5.0, 7.0), (45.0, 47.0))
    weaker = [contractions((2.0, 9.0), (42.0, 49.0), seed=seed) for seed in (5, 6, 7)]
    assert judged(late, 0.96, 28.0, rules, [others[0], *weaker]).faults == ()
    # The others go on firing through the whole recording: now it is silent.
    going_on = [contractions((0.0, 55.0), seed=seed) for seed in range(1, 5)]
    (fault,) = judged(unit, 0.96, 28.0, rules, going_on).faults
    assert fault.startswith("silent for ")
    assert fault.endswith("% of the time in which the muscle was active, more than 40 %")
    assert int(fault.split()[2]) == pytest.approx(55, abs=3)


def test_a_few_missed_discharges_and_pauses_don_t_make_intervals_vary():
    rng = np.random.default_rng(3)
    rules = TrustSettings()
    unit = contractions((0.0, 30.0))
    missed = unit[rng.random(len(unit)) > 0.1]
    for start in range(2, 28, 4):  # and pauses
        missed = missed[(missed < start) | (missed > start + 0.8)]
    intervals = np.diff(missed)
    assert 100 * intervals.std() / intervals.mean() > rules.cov_max_pct
    verdict = judged(missed, 0.967, 28.0, rules)
    assert verdict.faults == ()
    assert verdict.uneven_pct < 25 < verdict.cv2_pct
    # As uneven by the median as by the mean, where nothing is missed.
    whole = judged(unit, 0.967, 28.0, rules)
    assert whole.uneven_pct == pytest.approx(whole.cv2_pct, rel=0.15)
    # Half of them missed is no regular unit, and chance is none.
    assert judged(unit[rng.random(len(unit)) > 0.5], 0.967, 28.0, rules).faults
    for seed in range(20):
        chance = np.cumsum(np.random.default_rng(seed).exponential(0.1, 200))
        assert any("intervals" in fault for fault in judged(chance, 0.967, 28.0, rules).faults)


def test_a_value_that_misses_its_limit_is_never_said_to_be_it():
    rules = TrustSettings()
    times = contractions((0.0, 20.0))
    (fault,) = judged(times, 0.96, 16.97, rules).faults
    assert fault == "pulse-to-noise ratio 16.97 dB below 17 dB"
    (fault,) = judged(times, 0.8698, 28.0, rules).faults
    assert fault == "silhouette 0.8698 below 0.87"
    (fault,) = judged(0.5005 * np.arange(40), 0.96, 28.0, rules.replace(silence_s=2.0)).faults
    assert fault == "a rate of 1.998 pps, below 2 pps, is not a motor unit's"


def test_strays_are_left_out_and_spells_are_kept():
    spell = np.arange(3, 6, 0.1)
    times = np.r_[0.2, spell, 8.0, 9.5, 9.6]
    kept = without_strays(times, TrustSettings())
    np.testing.assert_array_equal(kept, np.r_[spell, 9.5, 9.6])
    assert len(without_strays(times, TrustSettings(strays_max=0))) == len(times)
    assert len(without_strays(np.zeros(0), TrustSettings())) == 0
