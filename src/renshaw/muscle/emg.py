"""From spikes to the surface EMG: discharges add their units' action potentials, and these cancel.

A bipolar electrode sees the motor-unit action potential (MUAP) as a short wave of two or three
phases, here a mix of Hermite-Rodriguez functions of order 1 and 2 (Lo Conte, Merletti & Sandri
1994, IEEE Trans Biomed Eng 41:1147-1159). Units that are stronger, because they have more fibers,
have larger potentials in proportion (Fuglevand et al. 1993, doi:10.1152/jn.1993.70.6.2470): 1 to
100 across a soleus, as in Cisi & Kohn 2008 (doi:10.1007/s10827-008-0092-8). Duration and the
scatter of depth, shape and latency are plausible values, not measured ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from renshaw.core.errors import SettingsError
from renshaw.core.seeds import stream
from renshaw.core.settings import Settings, setting
from renshaw.model.pool import Pool

FloatArray = NDArray[np.float64]

# Duration of a surface potential: longer in muscles with long fibers and much tissue above them.
DURATION_ms: dict[str, float] = {"TA": 12.0, "SOL": 15.0, "GM": 14.0}
_USUAL_DURATION_ms = 13.0
# A Hermite-Rodriguez function of low order is over within three of its time constants to each side.
_DURATION_IN_LAMBDA = 6.0
_LARGEST = 0.1


@dataclass(frozen=True, kw_only=True)
class EmgSettings(Settings):
    """How a surface electrode sees the motor units of a muscle."""

    size_power: float = setting(
        1.0,
        "exponent with which the amplitude of an action potential grows with the unit's "
        "twitch; at 1 the EMG is nearly proportional to force up to 60 % MVC",
        ge=0,
        le=3,
    )
    duration_ms: float | None = setting(
        None,
        "duration of an action potential (empty: usual for the muscle)",
        unit="ms",
        gt=1,
        le=60,
    )
    depth_scatter: float = setting(
        0.3,
        "spread of the amplitude between units of one size, by their depth (standard "
        "deviation of its logarithm)",
        ge=0,
        le=2,
    )
    shape_scatter: float = setting(0.6, "how much the shapes differ (0: all biphasic)", ge=0, le=3)
    latency_scatter_ms: float = setting(
        1.5,
        "standard deviation, between units, of the delay from spike to action potential",
        unit="ms",
        ge=0,
        le=10,
    )


def muap_duration_s(muscle: str) -> float:
    """Return how long an action potential of a muscle usually lasts."""
    return DURATION_ms.get(muscle, _USUAL_DURATION_ms) / 1000


def muaps(
    pool: Pool, fs_hz: float = 2048.0, seed: int = 0, settings: EmgSettings | None = None
) -> FloatArray:
    """Return the action potential of each unit of the pool, the same for the same seed.

    Parameters
    ----------
    pool : Pool
    fs_hz : float
    seed : int
        Of the participant: where the units lie in the muscle and under the electrode.
    settings : EmgSettings, optional

    Returns
    -------
    array, shape (n, samples)
        Relative to 0.1 for the largest unit of a pool at its usual depth; the discharge is in the
        middle sample.
    """
    settings = settings or EmgSettings()
    usual_ms = settings.duration_ms or DURATION_ms.get(pool.muscle, _USUAL_DURATION_ms)
    half = int(np.ceil(fs_hz * (0.9 * usual_ms + 4.0 * settings.latency_scatter_ms) / 1000))
    times_ms = np.arange(-half, half + 1) / fs_hz * 1000
    sizes = _LARGEST * (pool.twitch / pool.twitch.max()) ** settings.size_power * pool.fibers
    potentials = np.empty((len(pool), len(times_ms)))
    for i in range(len(pool)):
        # One stream a unit, so that a smaller pool does not change the units that stay.
        chance = stream(seed, "muap", i)
        depth, angle, length, delay = chance.standard_normal(4)
        lambda_ms = usual_ms / _DURATION_IN_LAMBDA * float(np.exp(0.12 * length))
        x = (times_ms - np.clip(delay, -3, 3) * settings.latency_scatter_ms) / lambda_ms
        wave = _wave(x, settings.shape_scatter * angle)
        potentials[i] = sizes[i] * np.exp(settings.depth_scatter * depth) * wave
    return potentials


def _wave(x: FloatArray, angle: float) -> FloatArray:
    """Return a biphasic (angle 0) to triphasic wave (a quarter turn) whose largest value is 1."""
    biphasic = np.sqrt(2.0) * x
    triphasic = (2.0 * x**2 - 1.0) / np.sqrt(2.0)
    wave = (np.cos(angle) * biphasic + np.sin(angle) * triphasic) * np.exp(-(x**2))
    return np.asarray(wave / np.abs(wave).max(), dtype=float)


def surface_emg(
    pool: Pool,
    spikes_s: Sequence[FloatArray],
    duration_s: float,
    settings: EmgSettings | None = None,
    *,
    fs_hz: float = 2048.0,
    seed: int = 0,
    evoked_s: Sequence[FloatArray] | None = None,
) -> FloatArray:
    """Return the bipolar interference EMG that the discharges of a pool bring about.

    Parameters
    ----------
    pool : Pool
    spikes_s : sequence of arrays
        Discharge times, one array a motoneuron of the pool.
    duration_s : float
    fs_hz : float
        Sampling rate of the result.
    seed : int
        Of the participant, not of the trial: each unit's action potential is the same in every
        recording of that participant.
    evoked_s : sequence of arrays, optional
        Discharges evoked by stimulating the nerve, likewise one array a motoneuron; many at one
        time add up to an M-wave. Leave them out for the EMG with M-waves removed.
    settings : EmgSettings, optional

    Returns
    -------
    array, shape (duration_s * fs_hz,)
        Relative; see `emg_amplitude` for percent of the maximal contraction.

    Raises
    ------
    SettingsError
        Not one train a motoneuron.
    """
    for trains in (spikes_s, evoked_s):
        if trains is not None and len(trains) != len(pool):
            raise SettingsError(
                f"{len(trains)} spike trains for a pool of {len(pool)} motoneurons; give one each."
            )
    n = round(duration_s * fs_hz)
    potentials = muaps(pool, fs_hz, seed, settings)
    half = potentials.shape[1] // 2
    signal = np.zeros(n + 2 * half + 2)
    for i, potential in enumerate(potentials):
        times_s = np.asarray(spikes_s[i], dtype=float)
        if evoked_s is not None:
            times_s = np.concatenate([times_s, np.asarray(evoked_s[i], dtype=float)])
        _add(signal, times_s * fs_hz, potential, n)
    return signal[half : half + n]


def _add(signal: FloatArray, at: FloatArray, potential: FloatArray, n: int) -> None:
    """Add a potential for each discharge, shared by the two samples that it falls between."""
    at = at[(at >= 0) & (at < n)]
    if len(at) == 0:
        return
    first = np.floor(at).astype(int)
    part = (at - first)[:, None]
    shared = (1.0 - part) * np.append(potential, 0.0) + part * np.append(0.0, potential)
    samples = first[:, None] + np.arange(len(potential) + 1)
    np.add.at(signal, samples.ravel(), shared.ravel())


def emg_amplitude(
    signal: FloatArray,
    fs_hz: float,
    window_s: float = 0.25,
    *,
    method: str = "rms",
    mvc: float | None = None,
) -> FloatArray:
    """Return the smoothed amplitude of an EMG at each of its samples.

    Parameters
    ----------
    signal : array, shape (samples,)
    fs_hz : float
    window_s : float
        Width of the centered window.
    method : str
        ``"rms"`` (root mean square) or ``"rectified"`` (mean of the rectified signal).
    mvc : float, optional
        Amplitude in a maximal contraction, by the same method and in the same participant; with it
        the result is in % MVC.

    Returns
    -------
    array, shape (samples,)

    Raises
    ------
    SettingsError
        An unknown method, or an impossible window or maximum.
    """
    width = round(window_s * fs_hz)
    if width < 1:
        raise SettingsError(f"window_s = {window_s:g}: shorter than one sample at {fs_hz:g} Hz.")
    if mvc is not None and not mvc > 0:
        raise SettingsError(f"mvc = {mvc:g}: the amplitude in a maximal contraction is positive.")
    values = np.asarray(signal, dtype=float)
    if method == "rms":
        amplitude = np.sqrt(
            np.maximum(0.0, scipy.ndimage.uniform_filter1d(values**2, width, mode="reflect"))
        )
    elif method == "rectified":
        amplitude = scipy.ndimage.uniform_filter1d(np.abs(values), width, mode="reflect")
    else:
        raise SettingsError(f"method = {method!r}: must be 'rms' or 'rectified'.")
    return np.asarray(amplitude if mvc is None else 100.0 * amplitude / mvc, dtype=float)
