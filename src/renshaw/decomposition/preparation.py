"""From raw EMG of one grid to its extended signal: stretches, band, good channels, rate, scale."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import DataError
from renshaw.data.decomposition import BRIDGED, FILLED_IN, LEFT_OUT, SUBTRACTED, Stretch
from renshaw.data.grid import Grid
from renshaw.data.signal import Signal
from renshaw.decomposition.artifacts import Pulses, without_artifacts
from renshaw.decomposition.bridging import lines_across, seen_through_others
from renshaw.decomposition.channels import bridged, channel_faults
from renshaw.decomposition.extension import Extended
from renshaw.decomposition.filtering import filtered
from renshaw.decomposition.inpainting import Inpainting, inpainted
from renshaw.decomposition.refinement import Rules
from renshaw.decomposition.settings import DecomposeSettings
from renshaw.decomposition.stretches import (
    GIVEN,
    MAINS,
    STIMULI,
    Bad,
    bad_stretches,
    mains_bursts,
    together,
    without_mains,
)

Array = NDArray[Any]

FEWEST_CHANNELS = 4
# Amplifiers with a higher rate than this are decimated: surface EMG ends below 1 kHz.
RATE_ENOUGH_HZ = 2000.0
# What a loud stretch hides shows when it is bridged.
_LOOKS = 3
# With more of the channels hit, the others don't see enough of the muscle.
_MOST_HIT = 0.6
_FADE_S = 0.005
# A pause between stimuli that is longer ends a train.
_TRAINS_APART_S = 1.5


@dataclass(frozen=True, eq=False)
class Prepared:
    """The extended signal of a grid's good channels.

    Parameters
    ----------
    extended : Extended
    fs_hz : float
        Its sampling rate: that of the EMG, or a whole part of it.
    inpainting : Inpainting or None
        How what stimuli hid was filled in.
    """

    extended: Extended
    fs_hz: float
    inpainting: Inpainting | None = None


@dataclass(frozen=True, eq=False)
class _Repaired:
    """EMG of a grid once its bad stretches were bridged.

    Parameters
    ----------
    raw, band : array, shape (samples, channels)
    bad : tuple of Bad
    hums : tuple of Bad
        Bursts of mains that were subtracted.
    pulses : Pulses or None
        Stimuli whose artifacts were removed.
    """

    raw: Array
    band: Array
    bad: tuple[Bad, ...] = ()
    hums: tuple[Bad, ...] = ()
    pulses: Pulses | None = None


def prepared_grid(
    emg: Signal, grid: Grid, settings: DecomposeSettings, number: int = 1
) -> tuple[Grid, Prepared | None, tuple[Stretch, ...]]:
    """Make a grid's EMG ready for separation.

    Parameters
    ----------
    emg : Signal
    grid : Grid
        Channels with a fault are left out.
    settings : DecomposeSettings
    number : int
        Of the grid, from 1.

    Returns
    -------
    grid : Grid
        With the faults that were found.
    ready : Prepared or None
        None where too few channels are good, or all are silent.
    stretches : tuple of Stretch
        Stretches of time that are bad, and what was done about them.

    Raises
    ------
    DataError
        The grid names channels that the EMG does not have, the sampling rate is too low for the
        band, or a stretch to leave out lies outside the recording.
    """
    if max(grid.channels, default=0) >= emg.values.shape[1]:
        raise DataError(f"Grid {grid.name} names channels that the EMG does not have.")
    if settings.highpass_hz >= 0.49 * emg.fs_hz:
        raise DataError(
            f"At a sampling rate of {emg.fs_hz:g} Hz nothing is left above highpass_hz = "
            f"{settings.highpass_hz:g} Hz; EMG is sampled at 1 kHz or more."
        )
    raw = bridged(emg.values[:, list(grid.channels)])
    high = min(settings.lowpass_hz, 0.49 * emg.fs_hz)
    repaired = _repaired(raw, emg, settings, high)
    band = repaired.band
    if settings.bad_channels:
        found = channel_faults(repaired.raw, band, grid)
        grid = grid.with_faults([old or new for old, new in zip(grid.faults, found, strict=True)])
    stretches, unseen, guessed = _treated(repaired, grid, emg, number)
    if grid.good.sum() < FEWEST_CHANNELS:
        return grid, None, stretches
    band = band[:, grid.good]
    factor = max(1, int(emg.fs_hz // RATE_ENOUGH_HZ))
    band = band[::factor] if high * 2 * factor <= emg.fs_hz else _decimated(band, emg.fs_hz, factor)
    size = float(band.std())
    if size == 0:
        return grid, None, stretches
    band = np.ascontiguousarray((band - band.mean(axis=0)) / size, dtype=np.float32)
    copies = settings.extension or int(np.clip(round(1000 / band.shape[1]), 8, 40))
    kept = settings.components_pct / 100
    guessed, how = guessed[::factor], None
    if repaired.pulses is not None:
        hidden = _any_of(repaired.pulses.hidden, factor)
        # Once more within the band, in which units see it.
        filled, how = inpainted(band, hidden)
        band = np.ascontiguousarray(filled, dtype=np.float32)
    extended = Extended(band, copies, kept, unseen[::factor], guessed)
    return grid, Prepared(extended, emg.fs_hz / factor, how), stretches


def _any_of(mask: Array, factor: int) -> Array:
    """Return whether any of so many samples at a time is true, from each `factor`-th on."""
    return np.logical_or.reduceat(mask, np.arange(0, len(mask), factor))


def _repaired(raw: Array, emg: Signal, settings: DecomposeSettings, high_hz: float) -> _Repaired:
    """Find bad stretches, and bridge the raw EMG before a filter can spread them."""
    fs_hz = emg.fs_hz
    usable = np.isfinite(raw).all(axis=0)
    usable &= np.ptp(np.nan_to_num(raw), axis=0) > 0

    def band_of(raw: Array) -> Array:
        return filtered(
            np.nan_to_num(raw), fs_hz, settings.highpass_hz, high_hz, line_noise=settings.line_noise
        )

    pulses = None
    if settings.stimuli_s and usable.any():
        raw = np.array(raw, dtype=float)
        at = _onsets(emg, settings)
        raw[:, usable], pulses = without_artifacts(raw[:, usable], at, fs_hz)
    bad = _given(emg, settings, len(usable))
    hums: list[Bad] = []
    if bad:
        raw = lines_across(raw, bad, fs_hz)
    if settings.bad_stretches and usable.sum() >= FEWEST_CHANNELS:
        for first, end, hz in mains_bursts(np.nan_to_num(raw[:, usable]), fs_hz):
            raw = np.array(raw, dtype=float)
            part = np.ix_(np.arange(first, end), np.flatnonzero(usable))
            raw[part] = without_mains(raw[:, usable], fs_hz, first, end, hz)
            hums.append(Bad(first, end, MAINS, usable))
    band = band_of(raw)
    for _ in range(_LOOKS if settings.bad_stretches else 0):
        fresh = bad_stretches(np.nan_to_num(raw), band, fs_hz, usable)
        if not fresh:
            break
        bad = together([*bad, *fresh])
        raw = lines_across(raw, bad, fs_hz)
        band = band_of(raw)
    # Where mains come and go they jump, and what is left of that belongs to them.
    named = [
        replace(b, kind=MAINS)
        if b.kind != GIVEN and any(h.first <= b.end and b.first <= h.end for h in hums)
        else b
        for b in bad
    ]
    return _Repaired(raw, band, tuple(named), tuple(hums), pulses)


def _onsets(emg: Signal, settings: DecomposeSettings) -> Array:
    """Return the onsets of stimuli in samples of the EMG."""
    times_s = np.array(settings.stimuli_s)
    times_s = times_s[(times_s >= emg.start_s) & (times_s < emg.end_s)]
    if not len(times_s):
        raise DataError(
            f"stimuli_s: none lies within the EMG, which was recorded from {emg.start_s:g} to "
            f"{emg.end_s:g} s.",
            hint="Give times in seconds of the recording.",
        )
    return np.asarray((times_s - emg.start_s) * emg.fs_hz)


def _given(emg: Signal, settings: DecomposeSettings, channels: int) -> list[Bad]:
    """Return the stretches that a person wants to leave out."""
    given = []
    for start_s, end_s in zip(settings.leave_out_s[::2], settings.leave_out_s[1::2], strict=True):
        if start_s >= emg.end_s or end_s <= emg.start_s:
            raise DataError(
                f"leave_out_s: {start_s:g} to {end_s:g} s lies outside the EMG, which was recorded "
                f"from {emg.start_s:g} to {emg.end_s:g} s.",
                hint="Give times in seconds of the recording.",
            )
        first = max(0, round((start_s - emg.start_s) * emg.fs_hz))
        end = min(len(emg), round((end_s - emg.start_s) * emg.fs_hz))
        given.append(Bad(first, end, GIVEN, np.ones(channels, dtype=bool)))
    return together(given)


def _treated(
    repaired: _Repaired, grid: Grid, emg: Signal, number: int
) -> tuple[tuple[Stretch, ...], Array, Array]:
    """Fill in what other channels saw, fade out what none did; changes the band.

    Returns
    -------
    stretches : tuple of Stretch
    unseen, guessed : array of bool, shape (samples,)
        What none saw, and what was predicted.
    """
    band, good = repaired.band, grid.good
    unseen, guessed = np.zeros(len(band), dtype=bool), np.zeros(len(band), dtype=bool)
    clean = np.ones(len(band), dtype=bool)
    for bad in repaired.bad:
        clean[bad.first : bad.end] = False
    stretches = []

    def told(bad: Bad, done: str) -> Stretch:
        start_s, end_s = (emg.start_s + at / emg.fs_hz for at in (bad.first, bad.end))
        shown = np.array(grid.channels)[(bad.channels if len(bad.channels) else good) & good]
        return Stretch(start_s, end_s, bad.kind, number, tuple(shown.tolist()), done)

    for bad in repaired.bad:
        hit = int((bad.channels & good).sum())
        if not hit:
            continue
        if hit <= _MOST_HIT * good.sum() and good.sum() - hit >= FEWEST_CHANNELS:
            seen_through_others(band, bad, good, clean, emg.fs_hz)
            guessed[bad.first : bad.end] = True
            stretches.append(told(bad, BRIDGED))
        else:
            _fade_out(band, bad, emg.fs_hz)
            unseen[bad.first : bad.end] = True
            stretches.append(told(bad, LEFT_OUT))
    stretches += [told(hum, SUBTRACTED) for hum in repaired.hums]
    if repaired.pulses is not None:
        stretches += [told(train, FILLED_IN) for train in _trains_of(repaired.pulses, emg.fs_hz)]
    return tuple(sorted(stretches, key=lambda each: each.start_s)), unseen, guessed


def _trains_of(pulses: Pulses, fs_hz: float) -> list[Bad]:
    """Return trains of stimuli, each as one stretch on all channels."""
    starts = [0, *(np.flatnonzero(np.diff(pulses.at) > _TRAINS_APART_S * fs_hz) + 1)]
    ends = [*starts[1:], len(pulses.at)]
    every = np.ones(0, dtype=bool)
    return [
        Bad(int(pulses.at[a]), int(pulses.at[b - 1] + pulses.hidden_s * fs_hz) + 1, STIMULI, every)
        for a, b in zip(starts, ends, strict=True)
    ]


def _fade_out(band: Array, bad: Bad, fs_hz: float) -> None:
    part = band[bad.first : bad.end]
    fade = min(len(part) // 2, max(1, round(_FADE_S * fs_hz)))
    down = 0.5 * (1 + np.cos(np.pi * np.arange(1, fade + 1) / (fade + 1)))[:, None]
    part[:fade] *= down
    part[len(part) - fade :] *= down[::-1]
    part[fade : len(part) - fade] = 0


def _decimated(band: Array, fs_hz: float, factor: int) -> Array:
    """Return every `factor`-th sample of a band that had to be narrowed for it first."""
    return filtered(band, fs_hz, 1.0, 0.45 * fs_hz / factor, line_noise=False)[::factor]


def rules_of(settings: DecomposeSettings, fs_hz: float) -> Rules:
    """Return what units are measured by, in samples of this rate."""
    return Rules(
        fs_hz=fs_hz,
        refractory=max(1, round(settings.refractory_s * fs_hz)),
        tolerance=max(1, round(settings.agreement_s * fs_hz)),
        agreement_max=settings.agreement_max,
        silence_s=settings.trust.silence_s,
        refinements=settings.refinements,
    )
