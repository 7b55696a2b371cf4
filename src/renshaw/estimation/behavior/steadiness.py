"""How steadily torque is held."""

from __future__ import annotations

import numpy as np

from renshaw.data.signal import Signal

# What a finger feels of force; above it is noise of amplifiers.
_BIN_hz = 20.0


def mean_torque(torque: Signal, span_s: tuple[float, float]) -> float:
    """Return the mean torque in a stretch; NaN where it was not measured.

    Parameters
    ----------
    torque : Signal
        Of one channel.
    span_s : (float, float)
    """
    times_s = torque.times_s
    values = torque.values[(times_s >= span_s[0]) & (times_s <= span_s[1])]
    values = values[np.isfinite(values)]
    return float(values.mean()) if len(values) else np.nan


def torque_cov_pct(torque: Signal, span_s: tuple[float, float]) -> float:
    """Return the coefficient of variation of torque in a stretch, less a straight line, in %.

    Torque is averaged over 50 ms first.

    Parameters
    ----------
    torque : Signal
        Of one channel, 0 at rest.
    span_s : (float, float)

    Returns
    -------
    float
        NaN where fewer than ten means are left, or the mean torque is not above 0.
    """
    times_s = torque.times_s
    values = torque.values[(times_s >= span_s[0]) & (times_s <= span_s[1])]
    width = max(1, round(torque.fs_hz / _BIN_hz))
    whole = len(values) // width
    bins = values[: whole * width].reshape(whole, width).mean(axis=1)
    at = np.flatnonzero(np.isfinite(bins)).astype(float)
    bins = bins[np.isfinite(bins)]
    if len(bins) < 10 or not bins.mean() > 0:
        return np.nan
    line = np.polyval(np.polyfit(at, bins, 1), at)
    return float(100 * np.std(bins - line, ddof=2) / bins.mean())
