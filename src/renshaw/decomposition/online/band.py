"""The band of the EMG, as it comes in: sample by sample, so that no block is cut differently.

Offline the band is without delay, which needs what comes after. Here the same Butterworth sections
run forward only, twice, for the same magnitude; filters of units are learned on what they leave,
and their delay of a millisecond or two is part of the action potential.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from renshaw.decomposition.preparation import RATE_ENOUGH_HZ
from renshaw.decomposition.settings import DecomposeSettings

Array = NDArray[Any]

_ORDER, _TIMES = 2, 2
# Part of the new sampling rate that survives decimation.
_BELOW_HALF = 0.45


class Band:
    """Band-pass and decimation with a memory.

    Parameters
    ----------
    settings : DecomposeSettings
        Its band.
    fs_hz : float
        Rate of the raw EMG.
    channels : int
    """

    def __init__(self, settings: DecomposeSettings, fs_hz: float, channels: int) -> None:
        self.factor: int = max(1, int(fs_hz // RATE_ENOUGH_HZ))
        self.fs_hz: float = fs_hz / self.factor
        high_hz = min(settings.lowpass_hz, 0.49 * fs_hz)
        if self.factor > 1:
            high_hz = min(high_hz, _BELOW_HALF * self.fs_hz)
        low_hz = settings.highpass_hz
        if high_hz >= 0.49 * fs_hz:
            once = scipy.signal.butter(_ORDER, low_hz, "highpass", fs=fs_hz, output="sos")
        else:
            band = [low_hz, high_hz]
            once = scipy.signal.butter(_ORDER, band, "bandpass", fs=fs_hz, output="sos")
        self._sections = np.concatenate([once] * _TIMES)
        self._state = np.zeros((len(self._sections), 2, channels))
        self._zero: Array | None = None
        self._seen = 0

    def __call__(self, raw: Array) -> Array:
        """Return the band of the next samples.

        Parameters
        ----------
        raw : array, shape (samples, channels)

        Returns
        -------
        array of float64, shape (n, channels)
            At the decimated rate; whatever the blocks, the same in the end.
        """
        if not len(raw):
            return np.zeros((0, raw.shape[1]))
        if self._zero is None:
            # An electrode's offset is no muscle, and would ring for the first 50 ms.
            self._zero = np.array(raw[0], dtype=float)
        band, self._state = scipy.signal.sosfilt(
            self._sections, raw - self._zero, axis=0, zi=self._state
        )
        first = -self._seen % self.factor
        self._seen += len(raw)
        return np.asarray(band[first :: self.factor])
