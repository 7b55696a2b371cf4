"""Which stretches of time are bad, and why: pops, pulled cables, saturation, bursts of mains.

Channels are judged over the whole recording (`channels.py`); here each part of a second is. What
muscles do to a surface electrode ends at a few hundred hertz and comes again many times in a
recording. What a loose contact does is broad-band, rare, and tens of times as loud there as any
discharge: the highest value of ten milliseconds above 350 Hz, over the 90th percentile of all, was
1.2 to 1.6 on clean recordings (one real, six synthesized), and 18 to 200 with an artifact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from renshaw.decomposition.filtering import filtered

Array = NDArray[Any]

POP, MOVEMENT, SATURATION, NO_SIGNAL, MAINS, GIVEN, STIMULI = (
    "pop",
    "movement or pulled cable",
    "saturation",
    "no signal",
    "burst of mains",
    "given",
    "stimuli",
)

_FRAME_S = 0.010
# Surface EMG has little above this; contacts that open and close have much.
_HIGH_HZ = 350.0
_USUAL_QUANTILE = 0.9
# Part of the channels that may not be louder than usual; what shows on fewer is judged one by one.
_PART = 0.4
_TIMES_USUAL = 3.0
# So much louder than the three quarters of the second around: contractions last longer.
_TIMES_AROUND = 2.5
_AROUND_S = 1.5
# A loud burst of the muscle has the muscle's own spectrum, an artifact has more above 350 Hz.
_WHITER = 1.5
# Slow movements leave little above 350 Hz; this loud is no muscle in the whole band.
_BAND_TIMES_USUAL = 8.0
# One channel by itself.
_ALONE_TIMES_USUAL = 8.0
# Discharges of a large unit that few others hide stand out as well, but there are many of them: an
# artifact is so many times as loud as all but this part of the recording.
_RARE, _TIMES_RARE = 0.03, 2.5
_ALONE_RARE, _ALONE_TIMES_RARE = 0.02, 4.0
# How far a stretch reaches: as long as it is so much louder than around, and a frame more.
_STILL = 1.6
# It shows on a channel from so many times the usual on, or from this part of the loudest.
_SHOWS, _FAINTER = (2.5, 4.0), 0.1
_OFTEN, _TIMES_OFTEN = 0.95, 1.5
# Parts of one movement lie no farther apart than this.
_APART_S = 0.1
# Values that stay the same so long are no EMG.
_STUCK_S = 0.015
# Held so near its lowest or highest value, a channel is at its rails.
_RAILS = 0.98
# Bursts of mains: how much of the power around 50 or 60 Hz lies at it, and how loud it becomes.
_MAINS_HZ = (50.0, 60.0)
_MAINS_WINDOW_S, _MAINS_STEP_S = 0.25, 0.05
_MAINS_WIDTH_HZ, _MAINS_AROUND_HZ = 5.0, 22.0
_MAINS_SHARE, _MAINS_TIMES_USUAL = 0.85, 6.0
_MAINS_TOP_HZ = 700.0
# Pops are over within this; what is longer was moved.
_POP_S = 0.15
# Where more than this stands out, the usual is not known: it is no matter of stretches.
_MOST = 0.3
_FAILS = 0.2


@dataclass(frozen=True, eq=False)
class Bad:
    """A stretch of time in which some channels did not see the muscle.

    Parameters
    ----------
    first, end : int
        Samples, the end not included.
    kind : str
    channels : array of bool, shape (channels,)
        Those that it shows on.
    """

    first: int
    end: int
    kind: str
    channels: Array


def mains_bursts(emg: Array, fs_hz: float) -> list[tuple[int, int, float]]:
    """Return first sample, end and frequency (Hz) of each burst of mains interference.

    Mains that hum all the time are no burst; the line filter removes them.

    Parameters
    ----------
    emg : array, shape (samples, channels)
    fs_hz : float
    """
    width, step = round(_MAINS_WINDOW_S * fs_hz), max(1, round(_MAINS_STEP_S * fs_hz))
    starts = range(0, len(emg) - width, step)
    if len(starts) < 2:
        return []
    frequencies = np.fft.rfftfreq(width, 1 / fs_hz)
    low = frequencies <= max(_MAINS_HZ) + _MAINS_AROUND_HZ
    window = np.hanning(width)[:, None]
    # Only a few low frequencies are asked for: a product with them is quicker than transforms.
    waves = np.exp(-2j * np.pi * np.outer(frequencies[low], np.arange(width) / fs_hz)) * window.T
    power = np.empty((len(starts), int(low.sum())))
    for row, first in enumerate(starts):
        power[row] = np.sum(np.abs(waves @ emg[first : first + width]) ** 2, axis=1)
    bursts = []
    for hz in _MAINS_HZ:
        away = np.abs(frequencies[low] - hz)
        at = power[:, away <= _MAINS_WIDTH_HZ].sum(axis=1)
        share = at / np.maximum(power[:, away <= _MAINS_AROUND_HZ].sum(axis=1), 1e-30)
        usual = float(np.median(at))
        hums = (share > _MAINS_SHARE) & (at > _MAINS_TIMES_USUAL**2 * usual)
        if not 0 < hums.mean() <= _MOST:
            continue
        for first, end in runs(hums):
            # A window that hums begins at most half of itself before the burst.
            begins = max(0, starts[first])
            bursts.append((begins, min(len(emg), starts[end - 1] + width), hz))
    return bursts


def without_mains(emg: Array, fs_hz: float, first: int, end: int, hz: float) -> Array:
    """Return a stretch of EMG from which mains and harmonics are subtracted, window by window.

    Parameters
    ----------
    emg : array, shape (samples, channels)
    fs_hz : float
    first, end : int
        The stretch.
    hz : float
        The mains.

    Returns
    -------
    array, shape (end - first, channels)
    """
    part = emg[first:end].astype(float)
    width = min(len(part), 2 * round(_MAINS_WINDOW_S * fs_hz / 2))
    harmonics = np.arange(1, int(min(_MAINS_TOP_HZ, 0.49 * fs_hz) // hz) + 1) * hz
    angle = 2 * np.pi * np.outer(np.arange(width) / fs_hz, harmonics)
    waves = np.hstack([np.ones((width, 1)), np.cos(angle), np.sin(angle)])
    fit = waves[:, 1:] @ np.linalg.pinv(waves)[1:]
    taper = np.hanning(width + 2)[1:-1, None]
    hum, weight = np.zeros_like(part), np.zeros((len(part), 1))
    starts = [*range(0, len(part) - width, max(1, width // 4)), len(part) - width]
    for start in starts:
        hum[start : start + width] += taper * (fit @ part[start : start + width])
        weight[start : start + width] += taper
    return np.asarray(part - hum / weight)


def bad_stretches(raw: Array, band: Array, fs_hz: float, usable: Array) -> list[Bad]:
    """Find stretches of time in which channels did not see the muscle.

    Parameters
    ----------
    raw : array, shape (samples, channels)
        As it was recorded.
    band : array, shape (samples, channels)
        The same, filtered.
    fs_hz : float
    usable : array of bool, shape (channels,)
        Channels that are judged; bad ones can't tell.

    Returns
    -------
    list of Bad
        In the order of time, none touching another. Empty where more than a third of the
        recording would be bad: what is usual can't be told then.
    """
    frame = max(2, round(_FRAME_S * fs_hz))
    count = len(band) // frame
    if count < 20 or usable.sum() < 2:
        return []
    cells = _stuck(raw, frame, count, fs_hz) & usable
    # A channel that fails time and again is a bad channel, and no matter of stretches.
    cells[:, cells.mean(axis=0) > _FAILS] = False
    stuck = cells.copy()
    if fs_hz > 2.2 * _HIGH_HZ:
        high = filtered(raw, fs_hz, _HIGH_HZ, 0.49 * fs_hz, line_noise=False)
        loud_high = _over_usual(_size(high, frame, count), usable)
        loud_band = _over_usual(_size(band, frame, count), usable)
        cells |= _loud(loud_high, loud_band, usable, fs_hz, frame)
    anywhere = cells.any(axis=1)
    if not anywhere.any() or anywhere.mean() > _MOST:
        return []
    found = []
    apart = max(1, round(_APART_S * fs_hz / frame))
    closed = scipy.ndimage.binary_closing(np.pad(anywhere, apart), np.ones(apart + 1, dtype=bool))
    for first, end in runs(closed[apart:-apart]):
        channels = np.asarray(cells[first:end].any(axis=0))
        start, stop = max(0, first - 1) * frame, min(len(band), (end + 1) * frame)
        held = np.asarray(stuck[first:end].any(axis=0))
        kind = _kind(raw, start, stop, held, fs_hz)
        found.append(Bad(start, stop if end < count else len(band), kind, channels))
    return found


def together(stretches: Sequence[Bad]) -> list[Bad]:
    """Return stretches of which none touches another: those that do become one.

    Parameters
    ----------
    stretches : sequence of Bad
    """
    joined: list[Bad] = []
    for bad in sorted(stretches, key=lambda each: each.first):
        last = joined[-1] if joined else None
        if last is None or bad.first > last.end:
            joined.append(bad)
            continue
        longer = max(last, bad, key=lambda each: each.end - each.first)
        end = max(last.end, bad.end)
        joined[-1] = Bad(last.first, end, longer.kind, last.channels | bad.channels)
    return joined


def runs(mask: Array) -> list[tuple[int, int]]:
    """Return first and end of each run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], np.asarray(mask, dtype=np.int8), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _size(signal: Array, frame: int, count: int) -> Array:
    """Return the root mean square of each frame, shape (frames, channels)."""
    cut = signal[: count * frame].reshape(count, frame, -1)
    return np.asarray(np.sqrt(np.einsum("fsc,fsc->fc", cut, cut) / frame))


def _loud(high: Array, band: Array, usable: Array, fs_hz: float, frame: int) -> Array:
    """Return which channels, in which frames, are louder than the muscle makes them."""
    all_high = np.quantile(high[:, usable], _PART, axis=1)
    all_band = np.quantile(band[:, usable], _PART, axis=1)
    around = _around(all_high, fs_hz, frame)
    core = (all_high > _WHITER * all_band) & (all_high > _TIMES_USUAL)
    core &= _rare(all_high, _RARE, _TIMES_RARE) & (all_high > _TIMES_AROUND * around)
    slow = (all_band > _BAND_TIMES_USUAL) & _rare(all_band, _RARE, _TIMES_RARE)
    core |= slow & (all_band > _TIMES_AROUND * _around(all_band, fs_hz, frame))
    alone = (high > _ALONE_TIMES_USUAL) & (high > _WHITER * band)
    alone &= _rare(high, _ALONE_RARE, _ALONE_TIMES_RARE) & usable
    slow_alone = (band > 2 * _BAND_TIMES_USUAL) & usable
    alone |= slow_alone & _rare(band, _ALONE_RARE, _ALONE_TIMES_RARE)
    alone[:, alone.mean(axis=0) > _FAILS] = False
    whole = core | alone.any(axis=1)
    # From where it was seen as far as it reaches.
    still = (all_high > _STILL * around) | alone.any(axis=1) | core
    cells = np.zeros(high.shape, dtype=bool)
    for first, end in runs(scipy.ndimage.binary_propagation(whole, mask=still)):
        least = float(np.clip(_FAINTER * high[first:end].max(), *_SHOWS))
        shows = _shows(high, first, end, least) | _shows(band, first, end, 2 * least)
        cells[first:end] = shows & usable
    return cells


def _rare(sizes: Array, part: float, times: float) -> Array:
    """Return what is so many times as loud as all but a small part of the frames."""
    return np.asarray(sizes > times * np.quantile(sizes, 1 - part, axis=0))


def _shows(sizes: Array, first: int, end: int, least: float) -> Array:
    """Return on which channels a stretch is louder than the channel often is."""
    often = np.quantile(sizes, _OFTEN, axis=0)
    return np.asarray(sizes[first:end].max(axis=0) > np.maximum(least, _TIMES_OFTEN * often))


def _over_usual(size: Array, usable: Array) -> Array:
    """Return sizes over what is usual on the channel, and not less than on a quiet one."""
    usual = np.quantile(size, _USUAL_QUANTILE, axis=0)
    least = 0.25 * float(np.median(usual[usable])) or 1.0
    return np.asarray(size / np.maximum(usual, least))


def _around(values: Array, fs_hz: float, frame: int) -> Array:
    width = min(len(values), round(_AROUND_S * fs_hz / frame) | 1)
    return np.asarray(scipy.ndimage.percentile_filter(values, 75, size=width, mode="nearest"))


def _stuck(raw: Array, frame: int, count: int, fs_hz: float) -> Array:
    """Return which channels hold one value throughout a frame."""
    least = max(3, round(_STUCK_S * fs_hz))
    cells = np.zeros((count, raw.shape[1]), dtype=bool)
    still = np.diff(raw, axis=0) == 0
    for channel in np.flatnonzero(still.any(axis=0) & ~still.all(axis=0)):
        held = np.array(runs(still[:, channel]))
        for first, end in held[held[:, 1] - held[:, 0] + 1 >= least]:
            cells[first // frame : min(count, end // frame + 1), channel] = True
    return cells


def _kind(raw: Array, first: int, end: int, stuck: Array, fs_hz: float) -> str:
    """Name a stretch by what it looks like, on the channels that are stuck or on all."""
    if not stuck.any():
        return POP if end - first <= _POP_S * fs_hz else MOVEMENT
    at_rails = []
    for channel in raw.T[stuck]:
        part = channel[first:end]
        held = np.abs(part[1:][np.diff(part) == 0])
        at_rails.append(bool(held.max(initial=0.0) >= _RAILS * np.abs(channel).max()))
    return SATURATION if 2 * sum(at_rails) >= len(at_rails) else NO_SIGNAL
