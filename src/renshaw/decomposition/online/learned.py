"""What is learned once: of each unit the mean observation, when it is seen, and how high.

A discharge is looked for as offline (the linear minimum-mean-square-error filter of Holobar &
Zazula 2007, doi:10.1109/TSP.2007.896108), but in a band that does not look ahead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import DataError
from renshaw.data.decomposition import LEFT_OUT, Stretch
from renshaw.data.grid import Grid, unplaced
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.decomposition.bridging import lines_across
from renshaw.decomposition.channels import bridged
from renshaw.decomposition.extension import Extended
from renshaw.decomposition.muaps import bad_of, without_stimuli
from renshaw.decomposition.online.band import Band
from renshaw.decomposition.online.height import (
    FEWEST_DISCHARGES,
    best_starts,
    learned_unit,
    regularized,
)
from renshaw.decomposition.online.settings import DecodeSettings
from renshaw.decomposition.preparation import FEWEST_CHANNELS, rules_of
from renshaw.decomposition.settings import DecomposeSettings
from renshaw.decomposition.source import settings_of
from renshaw.decomposition.workers import one_thread_a_product

Array = NDArray[Any]

# The band needs this long to forget what a stretch, or the beginning, held.
_RINGS_S = 0.1
# Loudness is that of stretches so long.
LOUD_S = 0.5


@dataclass(frozen=True, eq=False)
class LearnedGrid:
    """What was learned of the units of one grid.

    Parameters
    ----------
    channels : tuple of int
        Columns of the EMG that were good.
    units : tuple of int
        Which units of the recording, from 0.
    copies : int
        Delayed copies of each channel.
    size_uv : float
        What the band is divided by.
    means : array of float32, shape (units, copies x channels)
        Mean observation at the discharges.
    inverse : array of float32, shape (copies x channels, copies x channels)
        Of the covariance with a ridge.
    fs_hz : float
        Rate of the decimated band.
    starts : array of int, shape (units,)
        Where the window of the observation begins, in samples after the discharge.
    heights : array, shape (units,)
        Of the source at discharges that the filter was not made of.
    thresholds : array, shape (units,)
        From which part of that a peak is a discharge.
    lows : array, shape (units,)
        Mean height of the other peaks, as a part of it.
    refractory : int
        Fewest samples between discharges.
    loudest_uv : array, shape (channels,)
        Root mean square of the band in the loudest half second.
    shared : array, shape (channels, channels)
        Correlations of the channels.
    """

    channels: tuple[int, ...]
    units: tuple[int, ...]
    copies: int
    size_uv: float
    means: Array
    inverse: Array
    fs_hz: float
    starts: Array
    heights: Array
    thresholds: Array
    lows: Array
    refractory: int
    loudest_uv: Array
    shared: Array


@dataclass(frozen=True, eq=False)
class Learned:
    """What a decoder knows before it sees any EMG.

    Parameters
    ----------
    grids : tuple of LearnedGrid
        Those with units.
    band : DecomposeSettings
        Of the decomposition; the decoder has its band.
    fs_hz : float
        Rate of the raw EMG.
    channels : int
        Of the raw EMG.
    labels, muscles : tuple of str
        Of all units that are decoded.
    grid_of : tuple of int
        Of each unit the number of its grid, from 1.
    """

    grids: tuple[LearnedGrid, ...]
    band: DecomposeSettings
    fs_hz: float
    channels: int
    labels: tuple[str, ...]
    muscles: tuple[str, ...]
    grid_of: tuple[int, ...]


def learned_from(recording: Recording, settings: DecodeSettings) -> Learned:
    """Learn the units without a flag of a decomposed recording.

    Parameters
    ----------
    recording : Recording
        With units and the raw EMG that they were found in.
    settings : DecodeSettings

    Raises
    ------
    DataError
        No EMG, or no unit without a flag and with enough discharges.
    """
    emg = recording.signals.get("emg")
    if emg is None or emg.values.ndim != 2:
        raise DataError(
            f"{recording.name} has no raw EMG, from which the filters of its units are learned.",
            hint="Decompose it with --keep-emg.",
        )
    units = recording.units
    usable = [
        i
        for i, flag in enumerate(units.flags)
        if not flag and len(_inside(units[i], emg)) >= FEWEST_DISCHARGES
    ]
    if not usable:
        raise DataError(
            f"{recording.name} has no unit to decode: none is without a flag and has "
            f"{FEWEST_DISCHARGES} discharges or more."
        )
    grids = recording.grids or (unplaced("EMG", range(emg.values.shape[1])),)
    numbers = _grid_numbers(recording, len(grids))
    how = settings_of(recording)
    found = []
    with one_thread_a_product():
        for number, grid in enumerate(grids, start=1):
            mine = [i for i in usable if numbers[i] == number]
            if mine and grid.good.sum() >= FEWEST_CHANNELS:
                found.append(_learned_grid(recording, grid, number, mine, how, settings))
    if not found:
        raise DataError(f"{recording.name}: too few channels are good to decode anything.")
    order = [i for grid in found for i in grid.units]
    return Learned(
        grids=tuple(found),
        band=how,
        fs_hz=emg.fs_hz,
        channels=emg.values.shape[1],
        labels=tuple(units.labels[i] for i in order),
        muscles=tuple(units.muscles[i] for i in order),
        grid_of=tuple(numbers[i] for i in order),
    )


def _inside(times_s: Array, emg: Signal) -> Array:
    return times_s[(times_s >= emg.start_s) & (times_s < emg.end_s)]


def _grid_numbers(recording: Recording, grids: int) -> list[int]:
    """Return the grid of each unit, from 1; the first where nobody said."""
    stated = recording.units.quality.get("grid")
    if stated is None:
        return [1] * len(recording.units)
    return [int(n) if np.isfinite(n) and 1 <= n <= grids else 1 for n in stated]


def _learned_grid(
    recording: Recording,
    grid: Grid,
    number: int,
    mine: Sequence[int],
    how: DecomposeSettings,
    settings: DecodeSettings,
) -> LearnedGrid:
    emg = recording.signals["emg"]
    channels = np.array(grid.channels)[grid.good]
    raw = np.nan_to_num(bridged(emg.values[:, channels]))
    raw = without_stimuli(recording, raw)
    if bad := bad_of(recording, number, channels):
        raw = lines_across(raw, bad, emg.fs_hz)
    band_of = Band(how, emg.fs_hz, len(channels))
    band = band_of(raw)
    size_uv = float(band.std()) or 1.0
    band = np.ascontiguousarray(band / size_uv, dtype=np.float32)
    fs_hz, rules = band_of.fs_hz, rules_of(how, band_of.fs_hz)
    stretches = () if recording.decomposition is None else recording.decomposition.stretches
    unseen = _unseen(len(band), fs_hz, emg.start_s, [s for s in stretches if s.grid == number])
    copies = settings.extension or how.extension or _usual_copies(len(channels))
    extended = Extended(band, copies, how.components_pct / 100, unseen)
    trains = [
        np.rint((_inside(recording.units[i], emg) - emg.start_s) * fs_hz).astype(np.int64)
        for i in mine
    ]
    starts = best_starts(extended, trains, rules)
    whitening = regularized(extended)
    learned = [
        learned_unit(extended, whitening, train, start, rules)
        for train, start in zip(trains, starts, strict=True)
    ]
    means, heights, thresholds, lows = zip(*learned, strict=True)
    half = round(LOUD_S * fs_hz)
    whole = band[: len(band) // half * half].reshape(-1, half, len(channels))
    return LearnedGrid(
        channels=tuple(channels.tolist()),
        units=tuple(mine),
        copies=copies,
        size_uv=size_uv,
        means=np.stack(means).astype(np.float32),
        inverse=whitening @ whitening.T,
        fs_hz=fs_hz,
        starts=np.array(starts),
        heights=np.array(heights),
        thresholds=np.array(thresholds),
        lows=np.array(lows),
        refractory=rules.refractory,
        loudest_uv=size_uv * np.sqrt((whole.astype(float) ** 2).mean(axis=1).max(axis=0)),
        shared=np.corrcoef(band[~unseen].T),
    )


def _usual_copies(channels: int) -> int:
    return int(np.clip(round(1000 / channels), 8, 40))


def _unseen(length: int, fs_hz: float, start_s: float, stretches: Sequence[Stretch]) -> Array:
    """Return what is not learned from: the beginning, and what was left out, as it rings."""
    unseen = np.zeros(length, dtype=bool)
    rings = round(_RINGS_S * fs_hz)
    unseen[:rings] = True
    for each in stretches:
        if each.done == LEFT_OUT:
            first, end = (round((at - start_s) * fs_hz) for at in (each.start_s, each.end_s))
            unseen[max(0, first) : max(0, end + rings)] = True
    return unseen
