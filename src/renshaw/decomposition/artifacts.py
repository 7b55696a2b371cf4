"""What stimuli leave in an EMG taken out of it: a spike that hides the muscle, and a slow tail.

For a few milliseconds an amplifier shows the stimulus and nothing else: these samples count as
hidden. Then electrodes and filters discharge: the tail is a sum of exponentials whose sizes differ
from channel to channel and from pulse to pulse. They are estimated with the EMG as the noise, all
pulses that reach into a stretch at once (generalized least squares); how much they differ between
pulses is learned from all pulses (empirical Bayes), because what is free to differ takes EMG away
with it. Hidden samples are then predicted from what all channels saw around them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from renshaw.decomposition.inpainting import inpainted
from renshaw.decomposition.stretches import runs

Array = NDArray[Any]

# Hidden before and after the onset of a stimulus; the latter is the least.
_BEFORE_S, _HIDDEN_S = 0.0005, 0.003
# It is longer where a sample behind it is so much louder than usual at this time after a stimulus.
_LONGEST_HIDDEN_S, _LOUDER = 0.010, 1.5
# Time constants of electrodes and high-pass filters; a sum of them stands for any between.
_TAIL_S = np.array([0.002, 0.006, 0.018])
_TAIL_ENDS_S = 0.06
# A stretch around each stimulus in which its tail is estimated; most EMG is uncorrelated beyond.
_AROUND_S = 0.045
# Without stimuli near, the EMG itself tells its spectrum, if there is so much of it.
_NEAR_S, _ENOUGH = 0.02, 0.25
# Power of what is white, relative to the EMG.
_WHITE = 1e-3
# Once freely, then with what all pulses taught; fewer pulses than this teach nothing.
_ROUNDS, _FEWEST_PULSES = 3, 8
_LEAST_SPREAD = 1e-2
_RIDGE = 1e-8


@dataclass(frozen=True)
class Pulses:
    """When stimuli came, and what they hide.

    Parameters
    ----------
    at : array, shape (pulses,)
        Onset in samples, not whole.
    hidden : array of bool, shape (samples,)
    hidden_s : float
        From the onset on.
    """

    at: Array
    hidden: Array
    hidden_s: float


def without_artifacts(raw: Array, at: Array, fs_hz: float) -> tuple[Array, Pulses]:
    """Take out of raw EMG what stimuli left in it.

    Parameters
    ----------
    raw : array, shape (samples, channels)
        Channels that work.
    at : array, shape (pulses,)
        Onset of each stimulus in samples.
    fs_hz : float

    Returns
    -------
    emg : array, shape (samples, channels)
        With hidden samples filled in.
    pulses : Pulses
    """
    at = np.sort(np.asarray(at, dtype=float))
    hidden_s = _HIDDEN_S
    while True:
        pulses = Pulses(at, hidden_by(at, len(raw), fs_hz, hidden_s), hidden_s)
        emg = _without_tails(raw, pulses, fs_hz)
        more_s = _still_loud_s(emg, pulses, fs_hz)
        if not more_s or hidden_s + more_s > _LONGEST_HIDDEN_S:
            break
        hidden_s += more_s
    return inpainted(emg, pulses.hidden)[0], pulses


def hidden_by(at: Array, samples: int, fs_hz: float, hidden_s: float = _HIDDEN_S) -> Array:
    """Return which samples stimuli hide, shape (samples,).

    Parameters
    ----------
    at : array, shape (pulses,)
        Onset of each stimulus in samples.
    samples : int
    fs_hz, hidden_s : float
    """
    hidden = np.zeros(samples, dtype=bool)
    for onset in at:
        first = max(0, int(np.floor(onset - _BEFORE_S * fs_hz)))
        hidden[first : max(0, int(np.ceil(onset + hidden_s * fs_hz)) + 1)] = True
    return hidden


def _without_tails(raw: Array, pulses: Pulses, fs_hz: float) -> Array:
    rest = _without_mean(raw - np.median(raw, axis=0), pulses.at, fs_hz)
    emg = _lines(rest, pulses.hidden)
    near = hidden_by(pulses.at, len(raw), fs_hz, _NEAR_S)
    quiet = ~near if np.mean(~near) > _ENOUGH else ~pulses.hidden
    spread: _Spread | None = None
    scale = np.ones(raw.shape[1])
    for number in range(_ROUNDS):
        usual, correlation = _spectrum_of(emg, quiet if number == 0 else np.ones_like(quiet), fs_hz)
        spread = spread and spread.scaled(scale / usual)
        scale = usual
        cleaned, sizes, errors = _tails_out(rest / scale, pulses, correlation, spread, fs_hz)
        if number == 0 and len(pulses.at) >= _FEWEST_PULSES:
            spread = _Spread.of(sizes, errors)
        emg = _lines(cleaned, pulses.hidden) * scale
    return emg


def _without_mean(raw: Array, at: Array, fs_hz: float) -> Array:
    """Subtract from each stimulus on what follows one on average, until the next."""
    rest = np.array(raw)
    between = float(np.median(np.diff(at))) if len(at) > 1 else _TAIL_ENDS_S * fs_hz
    length = max(4, round(min(_TAIL_ENDS_S * fs_hz, between)))
    first = np.floor(at).astype(int)
    whole = first[(first >= 0) & (first + length < len(raw))]
    if len(whole) < _FEWEST_PULSES:
        return rest
    mean = np.mean([raw[at : at + length] for at in whole], axis=0)
    mean -= mean[-max(3, length // 8) :].mean(axis=0)
    # Nothing jumps where it ends.
    fade = length // 4
    mean[length - fade :] *= 0.5 * (1 + np.cos(np.pi * np.arange(1, fade + 1) / fade))[:, None]
    for onset in first[first >= 0]:
        rest[onset : onset + length] -= mean[: max(0, len(raw) - onset)]
    return rest


def _lines(emg: Array, hidden: Array) -> Array:
    """Return the EMG with lines across what is hidden."""
    out = np.array(emg)
    for first, end in runs(hidden):
        before = out[first - 1] if first else out[min(end, len(out) - 1)]
        after = out[end] if end < len(out) else before
        way = np.linspace(0, 1, end - first + 2)[1:-1, None]
        out[first:end] = before + way * (after - before)
    return out


def _spectrum_of(emg: Array, quiet: Array, fs_hz: float) -> tuple[Array, Array]:
    """Return the size of each channel, and the autocorrelation that they share, by lag."""
    lags = round(2 * (_AROUND_S + _TAIL_ENDS_S) * fs_hz)
    size = np.maximum(np.sqrt(np.mean(emg[quiet] ** 2, axis=0)), np.finfo(float).tiny)
    length = int(scipy.fft.next_fast_len(len(emg) + lags, real=True))
    power = np.zeros(length // 2 + 1)
    for channel in np.where(quiet[:, None], emg / size, 0.0).T:
        power += np.abs(scipy.fft.rfft(channel, length)) ** 2
    products = scipy.fft.irfft(power / emg.shape[1], length)[:lags]
    pairs = scipy.fft.irfft(np.abs(scipy.fft.rfft(quiet.astype(float), length)) ** 2, length)[:lags]
    window = np.hanning(2 * lags + 1)[lags : 2 * lags]
    half = window * products / np.maximum(pairs, 1.0)
    # Gaps make it no autocorrelation of anything; one without negative power is.
    spectrum = scipy.fft.rfft(np.concatenate([half, [0.0], half[:0:-1]])).real
    correlation = scipy.fft.irfft(np.maximum(spectrum, _WHITE * half[0]), 2 * lags)[:lags]
    return size, correlation / correlation[0]


@dataclass(frozen=True)
class _Spread:
    """How sizes of tails differ between pulses.

    Parameters
    ----------
    mean : array, shape (exponentials, channels)
    precision : array, shape (channels, exponentials, exponentials)
    """

    mean: Array
    precision: Array

    @classmethod
    def of(cls, sizes: Array, errors: Array) -> _Spread:
        """Return what estimates tell, shape (pulses, exponentials, channels), freed of their error.

        The covariance of an estimate's error is that of `errors`, (pulses, exponentials,
        exponentials), on every channel.
        """
        mean = np.median(sizes, axis=0)
        away = sizes - mean
        total = np.einsum("pkc,plc->ckl", away, away) / len(away)
        root = np.linalg.cholesky(np.median(errors, axis=0))
        back = np.linalg.inv(root)
        values, vectors = np.linalg.eigh(back @ total @ back.T)
        vectors = root @ vectors
        spread = np.maximum(values - 1.0, _LEAST_SPREAD)
        covariance = (vectors * spread[:, None, :]) @ vectors.transpose(0, 2, 1)
        return cls(mean, np.linalg.inv(covariance))

    def scaled(self, factor: Array) -> _Spread:
        """Return the same in other units of each channel."""
        return _Spread(self.mean * factor, self.precision / (factor**2)[:, None, None])


def _tails_out(
    scaled: Array, pulses: Pulses, correlation: Array, spread: _Spread | None, fs_hz: float
) -> tuple[Array, Array, Array]:
    """Subtract the tails; return the sizes of each, and the covariance of their error, as well."""
    kinds, channels = len(_TAIL_S), scaled.shape[1]
    sizes = np.zeros((len(pulses.at), kinds, channels))
    errors = np.zeros((len(pulses.at), kinds, kinds))
    for stretch in _stretches(pulses, len(scaled), fs_hz):
        inverse = scipy.linalg.cho_factor(
            correlation[np.abs(stretch.seen[:, None] - stretch.seen)]
            + _WHITE * np.eye(len(stretch.seen)),
            check_finite=False,
        )
        weighed = scipy.linalg.cho_solve(inverse, stretch.tails, check_finite=False)
        square = stretch.tails.T @ weighed
        # A pulse at the edge of the stretch may show on too few samples to tell its exponentials.
        square[np.diag_indices_from(square)] += _RIDGE * np.trace(square) / len(square)
        told = weighed.T @ scaled[stretch.seen]
        if spread is None:
            found = np.linalg.solve(square, told)
            errors[stretch.number] = np.linalg.inv(square)[stretch.own, stretch.own]
        else:
            count = len(stretch.near)
            prior = np.zeros((channels, count, kinds, count, kinds))
            for each in range(count):
                prior[:, each, :, each, :] = spread.precision
            mean = np.tile(spread.mean, (count, 1))
            pull = (told - square @ mean).T[:, :, None]
            found = (
                mean
                + np.linalg.solve(square + prior.reshape(channels, *square.shape), pull)[:, :, 0].T
            )
        sizes[stretch.number] = found[stretch.own]
    cleaned = np.array(scaled)
    reach = round(1.5 * _TAIL_ENDS_S * fs_hz)
    for onset, size in zip(pulses.at, sizes, strict=True):
        samples = np.arange(max(0, int(np.ceil(onset))), min(len(scaled), int(onset) + reach))
        cleaned[samples] -= _tail(samples, onset, fs_hz) @ size
    return cleaned, sizes, errors


@dataclass(frozen=True)
class _Stretch:
    """Around one stimulus: its number, samples that were seen, and the tails that reach there.

    Parameters
    ----------
    number : int
    seen : array of int
    near : array of int
        Numbers of the stimuli whose tails reach there.
    tails : array, shape (seen, near x exponentials)
    own : slice
        Columns of this stimulus.
    """

    number: int
    seen: Array
    near: Array
    tails: Array
    own: slice


def _stretches(pulses: Pulses, samples: int, fs_hz: float) -> Iterator[_Stretch]:
    around, reach = round(_AROUND_S * fs_hz), _TAIL_ENDS_S * fs_hz
    for number, onset in enumerate(pulses.at):
        first, end = max(0, int(onset) - around), min(samples, int(onset) + around)
        seen = np.arange(first, end)
        seen = seen[~pulses.hidden[seen]]
        if len(seen) < 2 * len(_TAIL_S):
            continue
        near = np.flatnonzero((pulses.at > first - reach) & (pulses.at < end))
        tails = np.concatenate([_tail(seen, pulses.at[each], fs_hz) for each in near], axis=1)
        at = int(np.searchsorted(near, number)) * len(_TAIL_S)
        yield _Stretch(number, seen, near, tails, slice(at, at + len(_TAIL_S)))


def _tail(samples: Array, onset: float, fs_hz: float) -> Array:
    """Return the exponentials that begin at an onset, shape (samples, exponentials)."""
    after_s = (samples[:, None] - onset) / fs_hz
    return np.where(after_s >= 0, np.exp(-np.maximum(after_s, 0) / _TAIL_S), 0.0)


def _still_loud_s(emg: Array, pulses: Pulses, fs_hz: float) -> float:
    """Return for how much longer than was thought a stimulus hides the muscle."""
    first = np.ceil(pulses.at + pulses.hidden_s * fs_hz).astype(int) + 1
    first = first[(first >= 0) & (first + round(_LONGEST_HIDDEN_S * fs_hz) < len(emg))]
    if not len(first):
        return 0.0
    usual = np.median(np.sqrt(np.mean(emg[~pulses.hidden] ** 2, axis=0)))
    more = 0
    for lag in range(round(_LONGEST_HIDDEN_S * fs_hz)):
        size = np.median(np.sqrt(np.mean(emg[first + lag] ** 2, axis=0)))
        if size < _LOUDER * usual:
            break
        more = lag + 1
    return more / fs_hz
