"""What goes wrong at electrodes for a part of a second; each returns EMG (uV) with it."""

from __future__ import annotations

import numpy as np

FS = 2048.0


def pops(emg, starts_s, peak_uv=2000.0, seed=0):
    """A contact opens for 60 ms: broad-band, dying away."""
    emg, rng, count = np.array(emg, dtype=float), np.random.default_rng(seed), round(0.06 * FS)
    for start_s in starts_s:
        first = round(start_s * FS)
        wave = rng.standard_normal(count) * np.exp(-np.arange(count) / FS / 0.015)
        share = rng.uniform(0.3, 1, emg.shape[1]) * rng.choice([-1, 1], emg.shape[1])
        emg[first : first + count] += peak_uv * (wave / np.abs(wave).max())[:, None] * share
    return emg


def saturation(emg, start_s, duration_s=0.2, level_uv=5000.0):
    """The amplifier is driven to its rails, and comes back slowly."""
    emg, rng = np.array(emg, dtype=float), np.random.default_rng(1)
    first, count, back = (round(s * FS) for s in (start_s, duration_s, 0.05))
    side = np.sign(rng.standard_normal(emg.shape[1]))
    emg[first : first + count] = level_uv * side
    decay = np.exp(-np.arange(back) / FS / 0.01)[:, None]
    emg[first + count : first + count + back] += 0.2 * level_uv * side * decay
    return np.clip(emg, -level_uv, level_uv)


def burst_of_mains(emg, start_s, duration_s=1.0, peak_uv=500.0, hz=50.0):
    """Something with a motor is switched on nearby."""
    emg, rng = np.array(emg, dtype=float), np.random.default_rng(2)
    first, count = round(start_s * FS), round(duration_s * FS)
    times = np.arange(count) / FS
    wave = sum(peak_uv / k * np.sin(2 * np.pi * k * hz * times + k) for k in (1, 3, 5))
    emg[first : first + count] += wave[:, None] * rng.uniform(0.3, 1.5, emg.shape[1])
    return emg


def pulled_cable(emg, start_s, duration_s=0.4, peak_uv=3000.0):
    """The connector of half of the channels moves, and they stay at another level."""
    emg, rng = np.array(emg, dtype=float), np.random.default_rng(3)
    first, count = round(start_s * FS), round(duration_s * FS)
    walk = np.cumsum(rng.standard_normal(count))
    walk = (walk - np.linspace(walk[0], walk[-1], count)) * np.hanning(count)
    rustle = 0.1 * rng.standard_normal(count) * np.hanning(count)
    half = np.arange(emg.shape[1]) < emg.shape[1] // 2
    share = rng.uniform(0.4, 1, emg.shape[1]) * half
    emg[first : first + count] += peak_uv * (walk / np.abs(walk).max() + rustle)[:, None] * share
    emg[first + count :] += 0.1 * peak_uv * share
    return emg


def stimuli(emg, onsets_s, peak_uv=5000.0, seed=0, *, tail=0.15, varies=0.1, own=0.05):
    """A nerve is stimulated: a spike of a millisecond, then electrodes discharge.

    The tail is a sum of two exponentials of each channel's own; spike and tail differ from pulse to
    pulse, on all channels together and on each by itself, and pulses fall between samples.
    """
    emg, rng, channels = np.array(emg, dtype=float), np.random.default_rng(seed), emg.shape[1]
    size = peak_uv * rng.lognormal(0, 0.4, channels) * rng.choice([-1, 1], channels)
    quick_s, slow_s = rng.uniform(0.0015, 0.003, channels), rng.uniform(0.006, 0.012, channels)
    mix = rng.uniform(0.3, 0.7, channels)

    def differing():
        return (1 + varies * rng.standard_normal()) * (1 + own * rng.standard_normal(channels))

    for onset_s in onsets_s:
        first = int(np.ceil(onset_s * FS))
        samples = np.arange(first, min(len(emg), first + round(0.08 * FS)))
        after_s = (samples / FS - onset_s)[:, None]
        spike = np.where(after_s < 0.0005, 1.0, np.where(after_s < 0.001, -0.6, 0.0))
        since_s = np.maximum(after_s - 0.001, 0)
        decay = mix * np.exp(-since_s / quick_s) + (1 - mix) * np.exp(-since_s / slow_s)
        tails = tail * differing() * decay * (after_s >= 0.001)
        emg[samples] += size * differing() * (spike + tails)
    return emg
