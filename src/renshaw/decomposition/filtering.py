"""The band of the EMG, and the lines of the mains taken out of it, without shifting anything."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

Array = NDArray[Any]

# Mirrored at the ends, so that the filter does not ring there.
_PADDING_S = 1.0
_LINE_NEIGHBORHOOD_HZ = 4.0
# How far a spectral line must stand out of its neighborhood.
_LINE_RATIO = 5.0
# Columns of a transform at a time: keeps the memory of long recordings in bounds.
_BLOCK = 16


def filtered(
    emg: Array, fs_hz: float, highpass_hz: float, lowpass_hz: float, *, line_noise: bool = True
) -> Array:
    """Return the EMG within a band, without delay (Butterworth, order 2, magnitude squared).

    Parameters
    ----------
    emg : array, shape (samples, channels)
    fs_hz, highpass_hz, lowpass_hz : float
    line_noise : bool
        Whether lines of the spectrum that stand out of their neighborhood on most channels are
        brought down to it.

    Returns
    -------
    array of float32, shape (samples, channels)
    """
    samples = len(emg)
    pad = min(samples - 1, round(_PADDING_S * fs_hz))
    length = int(scipy.fft.next_fast_len(samples + 2 * pad, real=True))
    frequencies = np.fft.rfftfreq(length, 1 / fs_hz)
    gain = _gain(frequencies, fs_hz, highpass_hz, lowpass_hz)
    if line_noise:
        gain = gain * _line_gain(emg, fs_hz, frequencies, pad, length)
    out = np.empty(emg.shape, dtype=np.float32)
    for first in range(0, emg.shape[1], _BLOCK):
        block = slice(first, first + _BLOCK)
        spectrum = scipy.fft.rfft(_mirrored(emg[:, block], pad), length, axis=0)
        spectrum *= gain[:, None]
        out[:, block] = scipy.fft.irfft(spectrum, length, axis=0)[pad : pad + samples]
    return out


def _mirrored(emg: Array, pad: int) -> Array:
    """Return the EMG with its ends turned over, in float32."""
    emg = np.asarray(emg, dtype=np.float32)
    head = 2 * emg[0] - emg[pad:0:-1]
    tail = 2 * emg[-1] - emg[-2 : -pad - 2 : -1]
    return np.concatenate([head, emg, tail])


def _gain(frequencies: Array, fs_hz: float, highpass_hz: float, lowpass_hz: float) -> Array:
    if lowpass_hz >= 0.49 * fs_hz:
        sections = scipy.signal.butter(2, highpass_hz, "highpass", fs=fs_hz, output="sos")
    else:
        band = [highpass_hz, lowpass_hz]
        sections = scipy.signal.butter(2, band, "bandpass", fs=fs_hz, output="sos")
    _, response = scipy.signal.sosfreqz(sections, frequencies, fs=fs_hz)
    return np.asarray(np.abs(response) ** 2, dtype=np.float32)


def _line_gain(emg: Array, fs_hz: float, frequencies: Array, pad: int, length: int) -> Array:
    """Return by how much each frequency must be lowered to lie with its neighbors."""
    mean = np.zeros(len(frequencies))
    for first in range(0, emg.shape[1], _BLOCK):
        block = _mirrored(emg[:, first : first + _BLOCK], pad)
        mean += np.abs(scipy.fft.rfft(block, length, axis=0)).sum(axis=1)
    width = max(3, round(_LINE_NEIGHBORHOOD_HZ / (frequencies[1] - frequencies[0])) | 1)
    usual = scipy.ndimage.median_filter(mean, width, mode="nearest")
    standing_out = mean > _LINE_RATIO * np.maximum(usual, np.finfo(float).tiny)
    # The skirts of a line belong to it.
    wide = scipy.ndimage.binary_dilation(standing_out, iterations=2)
    gain = np.where(wide, np.minimum(1.0, usual / np.maximum(mean, 1e-30)), 1.0)
    return np.asarray(gain, dtype=np.float32)
