"""The source of a unit from its discharges and the raw EMG, whatever tool found them.

The filter is the linear minimum-mean-square-error one of Holobar & Zazula (2007),
doi:10.1109/TSP.2007.896108. Tools time a discharge at different parts of the action potential, so
the window of the extended signal is tried at several places around it, all in one matrix product.
What takes long, the whitening of a grid, is made once and kept.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import scipy
from numpy.typing import NDArray

from renshaw.core.errors import DataError
from renshaw.data.decomposition import DECOMPOSED
from renshaw.data.grid import Grid, unplaced
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.decomposition.preparation import FEWEST_CHANNELS, Prepared, prepared_grid, rules_of
from renshaw.decomposition.pulses import found_pulses, pulse_to_noise_db, silhouette
from renshaw.decomposition.settings import DecomposeSettings
from renshaw.decomposition.workers import one_thread_a_product

Array = NDArray[Any]

# Where the window begins, in lengths of it before the discharge; and how finely that is tried.
_EARLIEST, _LATEST, _PARTS = -1.5, 0.5, 8
# Discharges of other tools lie a sample or two beside the peaks of ours.
_NEAR_S = 0.001
_GRIDS_KEPT, _SOURCES_KEPT = 2, 48
# Less EMG makes no filter, and fewer discharges no two halves.
_SHORTEST_S, _FEWEST_HALVED = 2.0, 10


@dataclass(frozen=True, eq=False)
class Source:
    """What a unit's filter sees: its innervation pulse train.

    Parameters
    ----------
    signal : Signal
        One channel, of unit variance; its peaks lie at the discharges.
    times_s : array, shape (discharges,)
        The unit's discharges.
    heights : array, shape (discharges,)
        How high the source is at each.
    silhouette, pnr_db : float
        How far the discharges stand out of all other peaks.
    redetected_s : array, shape (n,)
        The discharges that are found in the source, whatever the unit's are.
    """

    signal: Signal
    times_s: Array
    heights: Array
    silhouette: float
    pnr_db: float
    redetected_s: Array


@dataclass(frozen=True)
class _Electrodes:
    """A grid's EMG, alike where its content is."""

    content: str
    settings: DecomposeSettings
    emg: Signal = field(compare=False)
    grid: Grid = field(compare=False)


@dataclass(frozen=True, eq=False)
class _Seen:
    """A source as it was found from one train of samples."""

    values: Array
    found: Array
    start: int
    silhouette: float


_CONTENT: WeakKeyDictionary[Signal, str] = WeakKeyDictionary()


def sources(raw: Recording, decomposed: Recording, unit: int) -> Signal:
    """Return the source (innervation pulse train) of a unit.

    Parameters
    ----------
    raw : Recording
        With the signal ``"emg"``; the decomposed recording itself where it kept its EMG.
    decomposed : Recording
        With the unit, found by renshaw or by any other tool.
    unit : int
        From 1.

    Returns
    -------
    Signal
        One channel of unit variance at the rate of the decomposition.

    Raises
    ------
    DataError
        No such unit, no discharges, or no EMG that could be separated.
    """
    times_s = decomposed.units[checked_unit(decomposed, unit)]
    return source_from(raw, decomposed, unit, times_s).signal


def checked_unit(recording: Recording, unit: int) -> int:
    """Return the index of a unit that is counted from 1, or raise `DataError`."""
    if not 1 <= unit <= len(recording.units):
        raise DataError(f"{recording.name} has {len(recording.units)} units; none is {unit}.")
    return unit - 1


def source_from(
    raw: Recording,
    decomposed: Recording,
    unit: int,
    filter_s: Array,
    times_s: Array | None = None,
    grid: float = np.nan,
) -> Source:
    """Return the source of a unit by the filter of some discharges.

    Parameters
    ----------
    raw, decomposed : Recording
    unit : int
        From 1; tells the grid.
    filter_s : array
        Discharges from which the filter is estimated.
    times_s : array, optional
        Discharges that are judged by the source; those of the filter by default.
    grid : float
        Number of the grid of a unit that `decomposed` does not have; NaN: any.

    Raises
    ------
    DataError
        As in `sources`.
    """
    settings = settings_of(decomposed)
    best: tuple[_Seen, Signal, Prepared] | None = None
    for electrodes in _electrodes(raw, decomposed, unit, settings, grid):
        ready = _ready(electrodes)
        if ready is None:
            continue
        emg = electrodes.emg
        train = _samples(np.asarray(filter_s), emg, ready)
        if len(train) < 2:
            raise DataError(f"Unit {unit} has too few discharges for a source; add some first.")
        seen = _seen(electrodes, train.tobytes())
        if best is None or seen.silhouette > best[0].silhouette:
            best = (seen, emg, ready)
    if best is None:
        raise DataError(f"{raw.name} has too few good channels for a source of unit {unit}.")
    return _source(*best, settings, np.asarray(filter_s if times_s is None else times_s))


def part_of(raw: Recording, start_s: float, end_s: float) -> Recording:
    """Return a recording with the EMG of a stretch only, from which a filter of it is estimated.

    Parameters
    ----------
    raw : Recording
        With the signal ``"emg"``.
    start_s, end_s : float

    Raises
    ------
    DataError
        No EMG, or too little of it in the stretch.
    """
    emg = raw.signals.get("emg")
    if emg is None:
        raise DataError(f"{raw.name} has no raw EMG of a grid, which the source of a unit needs.")
    first = max(0, round((start_s - emg.start_s) * emg.fs_hz))
    last = min(len(emg), round((end_s - emg.start_s) * emg.fs_hz) + 1)
    if (last - first) / emg.fs_hz < _SHORTEST_S:
        raise DataError(f"a filter needs {_SHORTEST_S:g} s of EMG or more; widen the window.")
    within = Signal(
        emg.values[first:last],
        emg.fs_hz,
        emg.unit,
        emg.start_s + first / emg.fs_hz,
        channels=emg.channels,
    )
    return dataclasses.replace(raw, signals={"emg": within})


def found_again(
    raw: Recording, decomposed: Recording, unit: int, times_s: Array, grid: float = np.nan
) -> float:
    """Return how well a filter of half of the discharges finds the other half.

    A filter of some hundred numbers can be made to fire at any few moments, those it was made of;
    only of a unit does it know the others, too. Discharges are taken by turns, and either half is
    held out once.

    Parameters
    ----------
    raw, decomposed : Recording
    unit : int
        From 1; tells the grid.
    times_s : array
        Its discharges.
    grid : float
        Number of the grid of a unit that `decomposed` does not have; NaN: any.

    Returns
    -------
    float
        F1 of the discharges held out, against those found which the filter was not made of: about
        1 for a unit that stands out, 0 for discharges at random. NaN where there are too few.
    """
    settings = settings_of(decomposed)
    best = 0.0
    known = False
    for electrodes in _electrodes(raw, decomposed, unit, settings, grid):
        ready = _ready(electrodes)
        if ready is None:
            continue
        train = _samples(np.asarray(times_s), electrodes.emg, ready)
        if len(train) < _FEWEST_HALVED:
            continue
        known = True
        start = _seen(electrodes, train.tobytes()).start
        best = max(best, _of_halves(electrodes, train.tobytes(), start))
    return best if known else math.nan


@lru_cache(maxsize=_SOURCES_KEPT)
def _of_halves(electrodes: _Electrodes, train_bytes: bytes, start: int) -> float:
    ready = _ready(electrodes)
    assert ready is not None
    train = np.frombuffer(train_bytes, dtype=np.int64)
    extended, rules = ready.extended, rules_of(electrodes.settings, ready.fs_hz)
    moved = train + start
    train = train[(moved >= 0) & (moved < len(extended.windows))]
    halves = train[::2], train[1::2]
    with one_thread_a_product():
        sources = extended.sources_from([half + start for half in halves])
    near = max(1, round(_NEAR_S * ready.fs_hz))
    scores = []
    for source, made_of, held_out in zip(sources, halves, halves[::-1], strict=True):
        found = found_pulses(source[None], rules.refractory)[0].samples - start
        fresh = found[_away(found, made_of) > near]
        hits = np.count_nonzero(_away(held_out, fresh) <= near)
        scores.append(2 * hits / max(1, len(fresh) + len(held_out)))
    return float(np.mean(scores))


def _away(samples: Array, others: Array) -> Array:
    """Return how far each sample is from the nearest of the others."""
    if not len(others):
        return np.full(len(samples), np.iinfo(np.int64).max)
    after = np.clip(np.searchsorted(others, samples), 0, len(others) - 1)
    before = np.maximum(after - 1, 0)
    return np.asarray(np.minimum(np.abs(samples - others[after]), np.abs(samples - others[before])))


def settings_of(recording: Recording) -> DecomposeSettings:
    """Return the settings that a recording was decomposed with; defaults for other tools'."""
    how = recording.decomposition
    if how is None or how.by != DECOMPOSED:
        return DecomposeSettings()
    return DecomposeSettings.of_other_version(how.settings)[0]


def has_grid(recording: Recording) -> bool:
    """Whether a recording has raw EMG of enough channels; one channel makes no source."""
    emg = recording.signals.get("emg")
    return emg is not None and emg.values.ndim == 2 and emg.values.shape[1] >= FEWEST_CHANNELS


def _electrodes(
    raw: Recording, decomposed: Recording, unit: int, settings: DecomposeSettings, grid: float
) -> list[_Electrodes]:
    """Return the grid that the unit was found in, or all where nobody said."""
    emg = raw.signals.get("emg")
    if emg is None or emg.values.ndim != 2 or emg.values.shape[1] < FEWEST_CHANNELS:
        raise DataError(f"{raw.name} has no raw EMG of a grid, which the source of a unit needs.")
    grids = decomposed.grids or raw.grids or (unplaced("EMG", range(emg.values.shape[1])),)
    stated = decomposed.units.quality.get("grid")
    if stated is not None and unit <= len(stated):
        grid = float(stated[unit - 1])
    if np.isfinite(grid):
        number = int(grid)
        if 1 <= number <= len(grids):
            grids = grids[number - 1 : number]
    if emg not in _CONTENT:
        _CONTENT[emg] = emg.fingerprint()
    return [_Electrodes(_CONTENT[emg] + g.fingerprint(), settings, emg, g) for g in grids]


@lru_cache(maxsize=_GRIDS_KEPT)
def _ready(electrodes: _Electrodes) -> Prepared | None:
    with one_thread_a_product():
        ready = prepared_grid(electrodes.emg, electrodes.grid, electrodes.settings)[1]
        if ready is not None:
            # Made here, so that it is kept.
            _ = ready.extended.inverse
    return ready


@lru_cache(maxsize=_SOURCES_KEPT)
def _seen(electrodes: _Electrodes, train_bytes: bytes) -> _Seen:
    ready = _ready(electrodes)
    assert ready is not None
    extended, train = ready.extended, np.frombuffer(train_bytes, dtype=np.int64)
    rules = rules_of(electrodes.settings, ready.fs_hz)
    windows, length = len(extended.windows), len(extended.emg)
    part = max(1, extended.copies // _PARTS)
    starts = range(round(_EARLIEST * extended.copies), round(_LATEST * extended.copies) + 1, part)
    moved = {s: train[(train + s >= 0) & (train + s < windows)] + s for s in starts}
    moved = {s: t for s, t in moved.items() if len(t)}
    if not moved:
        raise DataError("No discharge of the unit lies within the EMG.")
    with one_thread_a_product():
        tried = extended.sources_from(list(moved.values()))
    near = max(1, round(_NEAR_S * ready.fs_hz))
    best: _Seen | None = None
    for start, source in zip(moved, tried, strict=True):
        values = np.zeros(length, dtype=np.float32)
        first, last = max(0, -start), min(length, windows - start)
        values[first:last] = source[first + start : last + start]
        stands_out = _judged(values, train, rules.refractory, near)[1]
        if best is None or stands_out > best.silhouette:
            best = _Seen(values, np.zeros(0, dtype=np.int64), start, stands_out)
    assert best is not None
    found = found_pulses(best.values[None], rules.refractory)[0].samples
    return _Seen(best.values, found, best.start, best.silhouette)


def _samples(times_s: Array, emg: Signal, ready: Prepared) -> Array:
    train = np.unique(np.rint((times_s - emg.start_s) * ready.fs_hz).astype(np.int64))
    return train[(train >= 0) & (train < len(ready.extended.emg))]


def _source(
    seen: _Seen, emg: Signal, ready: Prepared, settings: DecomposeSettings, times_s: Array
) -> Source:
    signal = Signal(seen.values, ready.fs_hz, "", emg.start_s)
    train = _samples(times_s, emg, ready)
    rules = rules_of(settings, ready.fs_hz)
    near = max(1, round(_NEAR_S * ready.fs_hz))
    heights, stands_out = _judged(seen.values, train, rules.refractory, near)
    return Source(
        signal=signal,
        times_s=times_s,
        heights=heights,
        silhouette=stands_out,
        pnr_db=pulse_to_noise_db(seen.values, train),
        redetected_s=emg.start_s + seen.found / ready.fs_hz,
    )


def peaks_of(source: Array, distance: int) -> Array:
    """Return the samples at which a source is higher than anywhere within a distance."""
    tops = scipy.ndimage.maximum_filter1d(source, 2 * max(1, distance) - 1, mode="nearest")
    return np.flatnonzero((source == tops) & (source > 0))


def _judged(source: Array, train: Array, distance: int, near: int) -> tuple[Array, float]:
    """Return the heights of discharges, and how far they stand out of the other peaks."""
    if not len(train):
        return np.zeros(0), 0.0
    around = train[:, None] + np.arange(-near, near + 1)
    heights = source[np.clip(around, 0, len(source) - 1)].max(axis=1).astype(float)
    peaks = peaks_of(source, distance)
    after = np.clip(np.searchsorted(train, peaks), 1, len(train) - 1) if len(train) > 1 else None
    if after is None:
        away = np.abs(peaks - train[0])
    else:
        away = np.minimum(np.abs(peaks - train[after]), np.abs(peaks - train[after - 1]))
    low = source[peaks[away >= distance]].astype(float)
    if not len(low):
        return heights, 0.0
    squares = np.concatenate([np.maximum(heights, 0), low]) ** 2
    return heights, silhouette(squares, np.arange(len(squares)) < len(heights))
