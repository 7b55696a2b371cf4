"""The interference EMG: superposition, cancellation, and a unit's potential that stays its own."""

from __future__ import annotations

import numpy as np
import pytest

import renshaw as rs
from renshaw.model.muscles import muscle_pool
from renshaw.muscle.emg import EmgSettings, emg_amplitude, muaps, surface_emg

FS_hz = 2048.0
POOL = muscle_pool("TA", 30)
QUIET = [np.empty(0)] * 30


def trains(rate_pps, duration_s, seed=0, n=30):
    chance = np.random.default_rng(seed)
    return [
        np.sort(chance.uniform(0, duration_s, chance.poisson(rate_pps * duration_s)))
        for _ in range(n)
    ]


def test_a_unit_keeps_its_potential_in_every_trial_and_every_pool():
    np.testing.assert_array_equal(muaps(POOL, seed=3), muaps(POOL, seed=3))
    assert np.any(muaps(POOL, seed=3) != muaps(POOL, seed=4))
    some = POOL.select([0, 1, 2, 29])
    np.testing.assert_allclose(muaps(some, seed=3)[:3], muaps(POOL, seed=3)[:3])


def test_potentials_have_no_direct_current_and_end_within_their_duration():
    potentials = muaps(POOL, seed=1, settings=EmgSettings(shape_scatter=0.0))
    peaks = np.abs(potentials).max(axis=1)
    assert np.all(np.abs(potentials.sum(axis=1)) < 1e-3 * peaks * potentials.shape[1])
    assert np.all(np.abs(potentials[:, [0, -1]]) < 0.01 * peaks[:, None])


def test_without_scatter_amplitudes_are_as_the_twitches():
    settings = EmgSettings(depth_scatter=0.0)
    peaks = np.abs(muaps(POOL, fs_hz=20_000.0, settings=settings)).max(axis=1)
    np.testing.assert_allclose(peaks / peaks[-1], POOL.twitch / POOL.twitch[-1], rtol=0.01)
    assert peaks[-1] == pytest.approx(0.1, rel=0.01)
    flat = muaps(POOL, 20_000.0, settings=settings.replace(size_power=0.0))
    np.testing.assert_allclose(np.abs(flat).max(axis=1), 0.1, rtol=0.01)


def test_a_single_discharge_is_its_potential_in_its_place():
    spikes = list(QUIET)
    spikes[5] = np.array([1024 / FS_hz])
    signal = surface_emg(POOL, spikes, 1.0, fs_hz=FS_hz, seed=2)
    potential = muaps(POOL, FS_hz, seed=2)[5]
    half = len(potential) // 2
    np.testing.assert_allclose(signal[1024 - half : 1024 + half + 1], potential, atol=1e-12)
    assert np.abs(signal[: 1024 - half]).max() < 1e-12


def test_potentials_add_up():
    one, two = trains(10, 2.0, seed=1), trains(10, 2.0, seed=2)
    both = [np.sort(np.concatenate(pair)) for pair in zip(one, two, strict=True)]
    together = surface_emg(POOL, both, 2.0, seed=4)
    np.testing.assert_allclose(
        together, surface_emg(POOL, one, 2.0, seed=4) + surface_emg(POOL, two, 2.0, seed=4)
    )
    np.testing.assert_allclose(together, surface_emg(POOL, one, 2.0, seed=4, evoked_s=two))


def test_asynchronous_discharges_cancel():
    # Power adds up, amplitude does not: Campbell's theorem.
    spikes = trains(15, 20.0)
    signal = surface_emg(POOL, spikes, 20.0, fs_hz=FS_hz, seed=1)
    power = sum(
        len(times) / 20.0 * np.sum(potential**2) / FS_hz
        for times, potential in zip(spikes, muaps(POOL, FS_hz, seed=1), strict=True)
    )
    assert np.mean(signal**2) == pytest.approx(power, rel=0.1)
    rectified = [
        np.abs(
            surface_emg(POOL, [t if j == i else t[:0] for j, t in enumerate(spikes)], 20.0, seed=1)
        )
        for i in range(30)
    ]
    assert np.abs(signal).mean() < 0.75 * np.sum(rectified, axis=0).mean()


def test_evoked_discharges_at_one_time_make_an_m_wave():
    together = surface_emg(POOL, QUIET, 1.0, seed=1, evoked_s=[np.array([0.5])] * 30)
    apart = surface_emg(POOL, [np.array([0.03 * (i + 1)]) for i in range(30)], 1.0, seed=1)
    assert np.ptp(together) > 3 * np.ptp(apart)


def test_amplitude_of_a_sine():
    t = np.arange(4096) / FS_hz
    wave = np.sin(2 * np.pi * 64 * t)
    inside = slice(1024, 3072)
    assert emg_amplitude(wave, FS_hz)[inside] == pytest.approx(np.sqrt(0.5), rel=0.01)
    assert emg_amplitude(wave, FS_hz, method="rectified")[inside] == pytest.approx(
        2 / np.pi, rel=0.01
    )
    assert emg_amplitude(wave, FS_hz, mvc=np.sqrt(0.5))[inside] == pytest.approx(100.0, rel=0.01)


def test_no_discharges_no_emg():
    signal = surface_emg(POOL, QUIET, 0.5)
    assert signal.shape == (1024,)
    assert not signal.any() and not emg_amplitude(signal, FS_hz).any()


def test_discharges_outside_the_recording_are_left_out():
    spikes = list(QUIET)
    spikes[0] = np.array([-0.2, 5.0])
    assert not surface_emg(POOL, spikes, 1.0).any()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: surface_emg(POOL, QUIET[:3], 1.0), "3 spike trains for a pool of 30"),
        (lambda: surface_emg(POOL, QUIET, 1.0, evoked_s=[]), "0 spike trains"),
        (lambda: emg_amplitude(np.zeros(9), FS_hz, method="median"), "'rms' or 'rectified'"),
        (lambda: emg_amplitude(np.zeros(9), FS_hz, 0.0), "shorter than one sample"),
        (lambda: emg_amplitude(np.zeros(9), FS_hz, mvc=0.0), "positive"),
    ],
)
def test_impossible_wishes_are_refused(call, words):
    with pytest.raises(rs.SettingsError, match=words):
        call()
