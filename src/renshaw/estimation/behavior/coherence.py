"""Common input, by frequency: coherence of two sums of spike trains.

The trains of a few units are summed on either side; what both sums share is common input. It is
averaged over random splits of the units (Negro & Farina 2012, doi:10.1371/journal.pone.0044894;
Castronovo et al. 2015, doi:10.1152/jn.00218.2015). Trains that share nothing have a coherence
above zero by chance, the more the shorter the stretch: the bias level says how much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renshaw.core.seeds import stream
from renshaw.data.arrays import FloatArray
from renshaw.estimation.behavior.settings import FiringSettings

BANDS_hz: tuple[tuple[float, float], ...] = ((1.0, 5.0), (5.0, 12.0), (15.0, 35.0))
# Bins of one millisecond; no band reaches half of that.
_BIN_hz = 1000.0
_HIGHEST_hz = 50.0
# Below this no train is left to be coherent with.
_FEWEST_DISCHARGES = 10
# Blocks of segments that are left out in turn, for the standard error.
_BLOCKS = 8


@dataclass(frozen=True, eq=False)
class Coherence:
    """Coherence of sums of spike trains.

    Parameters
    ----------
    frequencies_hz, values : array, shape (frequencies,)
        Mean over splits.
    bias : float
        What trains that share nothing have on average.
    limit : float
        What 5 % of single splits of such trains exceed at a frequency.
    units : int
        How many units there are to choose from.
    bands : array, shape (bands,)
        Mean in each of `BANDS_hz`.
    errors : array, shape (bands,)
        Standard error of each, by leaving out one eighth of the time in turn; NaN where the
        settings ask for none.
    """

    frequencies_hz: FloatArray
    values: FloatArray
    bias: float
    limit: float
    units: int
    bands: FloatArray
    errors: FloatArray


def coherence_of(
    trains_s: Sequence[FloatArray],
    span_s: tuple[float, float],
    settings: FiringSettings | None = None,
    *,
    seed: int = 0,
) -> Coherence | None:
    """Return the coherence of two sums of trains, or None where there are too few units or time.

    Parameters
    ----------
    trains_s : sequence of arrays
        Discharges, one array a unit. Those of at least ten discharges in the stretch are used.
    span_s : (float, float)
        A stretch of steady torque.
    settings : FiringSettings, optional
    seed : int
        Of the splits.
    """
    settings = settings or FiringSettings()
    binned = binned_trains(trains_s, span_s, _BIN_hz)
    binned = binned[binned.sum(axis=1) >= _FEWEST_DISCHARGES]
    spectra = _spectra(binned, round(settings.segment_s * _BIN_hz))
    segments = spectra.shape[1]
    if len(spectra) < 2 * settings.trains or segments < 2:
        return None
    sides = _splits(len(spectra), settings, seed)
    # Segments of length T tell frequencies apart by 1 / T.
    step_hz = _BIN_hz / round(settings.segment_s * _BIN_hz)
    frequencies_hz = np.asarray(step_hz * np.arange(spectra.shape[2]), dtype=float)
    values = _mean_coherence(spectra, sides, np.ones(segments, dtype=bool))
    independent = _independent(segments)
    bands = _in_bands(values, frequencies_hz)
    return Coherence(
        frequencies_hz,
        values,
        bias=1.0 / independent,
        limit=1.0 - 0.05 ** (1.0 / max(independent - 1.0, 1e-9)),
        units=len(spectra),
        bands=bands,
        errors=(
            _errors(spectra, sides, frequencies_hz)
            if settings.resamples
            else np.full(len(BANDS_hz), np.nan)
        ),
    )


def binned_trains(
    trains_s: Sequence[FloatArray], span_s: tuple[float, float], bin_hz: float = _BIN_hz
) -> FloatArray:
    """Return discharges counted in bins, shape (units, bins).

    Parameters
    ----------
    trains_s : sequence of arrays
    span_s : (float, float)
    bin_hz : float
    """
    bins = int((span_s[1] - span_s[0]) * bin_hz)
    found = np.zeros((len(trains_s), bins))
    for row, times_s in zip(found, trains_s, strict=True):
        at = np.floor((np.asarray(times_s) - span_s[0]) * bin_hz).astype(int)
        np.add.at(row, at[(at >= 0) & (at < bins)], 1.0)
    return found


def _spectra(binned: FloatArray, width: int) -> NDArray[np.complex128]:
    """Return the spectrum of every segment of every unit, shape (units, segments, frequencies)."""
    step = width // 2
    count = max(0, (binned.shape[1] - width) // step + 1)
    kept = int(_HIGHEST_hz * width / _BIN_hz) + 1
    if not count or not len(binned):
        return np.zeros((len(binned), 0, kept), dtype=complex)
    windows = np.lib.stride_tricks.sliding_window_view(binned, width, axis=1)[:, ::step][:, :count]
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(width) / width)
    centered = (windows - windows.mean(axis=2, keepdims=True)) * window
    return np.asarray(np.fft.rfft(centered, axis=2)[:, :, :kept])


def _splits(units: int, settings: FiringSettings, seed: int) -> NDArray[np.intp]:
    """Return the units on either side of each split, shape (splits, 2, trains)."""
    chance = stream(seed, "coherence")
    drawn = [chance.permutation(units)[: 2 * settings.trains] for _ in range(settings.splits)]
    return np.array(drawn).reshape(settings.splits, 2, settings.trains)


def _mean_coherence(
    spectra: NDArray[np.complex128], sides: NDArray[np.intp], used: NDArray[np.bool_]
) -> FloatArray:
    total = np.zeros(spectra.shape[2])
    part = spectra[:, used]
    for one, other in sides:
        # The spectrum of a sum of trains is the sum of their spectra.
        a, b = part[one].sum(axis=0), part[other].sum(axis=0)
        power = np.mean(np.abs(a) ** 2, axis=0) * np.mean(np.abs(b) ** 2, axis=0)
        cross = np.abs(np.mean(a * np.conj(b), axis=0)) ** 2
        total += np.divide(cross, power, out=np.zeros_like(power), where=power > 0)
    return np.asarray(total / len(sides))


def _independent(segments: int) -> float:
    """Return how many segments without overlap are worth as much (Welch 1967).

    Squares of Hann windows that overlap by half correlate with 1/36.
    """
    return float(segments / (1 + 2 / 36 * (1 - 1 / segments)))


def _in_bands(values: FloatArray, frequencies_hz: FloatArray) -> FloatArray:
    return np.array(
        [
            values[(frequencies_hz >= low) & (frequencies_hz <= high)].mean()
            for low, high in BANDS_hz
        ]
    )


def _errors(
    spectra: NDArray[np.complex128], sides: NDArray[np.intp], frequencies_hz: FloatArray
) -> FloatArray:
    """Return the standard error of each band, by the jackknife over blocks of time."""
    segments = spectra.shape[1]
    blocks = np.array_split(np.arange(segments), min(_BLOCKS, segments))
    if len(blocks) < 3:
        return np.full(len(BANDS_hz), np.nan)
    without = []
    for block in blocks:
        used = np.ones(segments, dtype=bool)
        used[block] = False
        bias = 1.0 / _independent(int(used.sum()))
        without.append(_in_bands(_mean_coherence(spectra, sides, used), frequencies_hz) - bias)
    n = len(blocks)
    return np.asarray(np.sqrt((n - 1) / n * np.sum((without - np.mean(without, 0)) ** 2, axis=0)))
