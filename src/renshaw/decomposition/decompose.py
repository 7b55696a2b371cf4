"""The verb `decompose`: raw high-density EMG to motor units, each with what speaks against it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import DataError, needs
from renshaw.core.history import Step
from renshaw.core.seeds import checked_seed
from renshaw.core.settings import settings_for
from renshaw.core.version import __version__
from renshaw.data.agreement import distinct
from renshaw.data.decomposition import (
    DECOMPOSED,
    LEFT_OUT,
    Decomposition,
    Stretch,
    stretches_in_words,
)
from renshaw.data.grid import Grid, unplaced
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.decomposition.drift import Drift, drift_of
from renshaw.decomposition.extension import Extended
from renshaw.decomposition.following import Seen, followed
from renshaw.decomposition.muaps import mean_around
from renshaw.decomposition.preparation import FEWEST_CHANNELS, prepared_grid, rules_of
from renshaw.decomposition.pulses import Pulses
from renshaw.decomposition.refilled import found_again
from renshaw.decomposition.search import Search, searched
from renshaw.decomposition.separation import weakest_silhouette
from renshaw.decomposition.settings import DecomposeSettings
from renshaw.decomposition.stimuli import AUTO, at_artifacts, follows, found_in, stimuli_of
from renshaw.decomposition.trust import Plausibility, judged, without_strays
from renshaw.decomposition.workers import one_thread_a_product

Array = NDArray[Any]
Progress = Callable[[int, int, str], None]

_CITES = ("holobar2007", "negro2016", "holobar2014")
_SHORTEST_S = 2.0
# Amplitude of an action potential is looked for this far around a discharge.
_PEAK_S = 0.025


@dataclass(frozen=True, eq=False)
class _Found:
    """What one grid gave.

    Parameters
    ----------
    grid : Grid
        With the faults of its channels.
    units : list of Pulses
    samples : list of arrays of int
        Discharges in samples of the decimated EMG, at the peak of the action potential.
    sources : array, shape (units, samples)
    fs_hz : float
    faults : list of tuple of str
        Of each unit, why its first or last discharge may be the electrodes'.
    drifts : list of Drift
        How the action potential of each changed.
    followed : int
        How many were found by filters that follow them.
    stretches : tuple of Stretch
        Stretches of time that were bad.
    """

    grid: Grid
    units: list[Pulses]
    samples: list[Array]
    sources: Array
    fs_hz: float
    faults: list[tuple[str, ...]]
    drifts: list[Drift]
    followed: int
    stretches: tuple[Stretch, ...] = ()

    @property
    def gaps_s(self) -> tuple[tuple[float, float], ...]:
        """Start and end of what was left out."""
        return tuple((s.start_s, s.end_s) for s in self.stretches if s.done == LEFT_OUT)


def decompose(
    recording: Recording,
    settings: DecomposeSettings | None = None,
    *,
    seed: int = 0,
    progress: Progress | None = None,
) -> Recording:
    """Find the motor units in the raw EMG of a recording.

    Parameters
    ----------
    recording : Recording
        With a signal ``"emg"``; every grid of it is decomposed by itself. Units that it has are
        replaced.
    settings : DecomposeSettings, optional
    seed : int
        Seed of the places that sources are sought from once the most active are used.
    progress : callable, optional
        Told (done, total, what) before every part; an exception that it raises stops the work.

    Returns
    -------
    Recording
        The same with its units: good ones first, then those with a flag that says why they are
        not to be trusted. `units.quality` has silhouette, pnr_db, cov_isi_pct, cv2_pct,
        rate_pps, alike (correlation of the action potential of the last third of the discharges
        with that of the first), shift_mm (by how far it moved on the grid meanwhile), grid
        (from 1) and confidence (0 for a flagged unit). Discharges are timed at the peak of the
        unit's action potential. The signal ``"sources"`` has one channel a unit.

    Raises
    ------
    DataError
        No EMG, too few channels, or too short a recording.
    SettingsError
        A seed that is none, or a band that the sampling rate can't have.

    References
    ----------
    Holobar & Zazula (2007), doi:10.1109/TSP.2007.896108; Negro et al. (2016),
    doi:10.1088/1741-2560/13/2/026027.
    """
    needs("decompose", recording, Recording, made_by="rs.read")
    settings = settings_for("decompose", settings, DecomposeSettings)
    checked_seed(seed)
    emg = _emg_of(recording)
    asked, settings = settings, _with_stimuli(recording, emg, settings)
    grids = recording.grids or (unplaced("EMG", range(emg.values.shape[1])),)
    steps = _Steps(
        progress, len(grids) * (3 + settings.follow + 2 * settings.rounds), recording.name
    )
    with one_thread_a_product():
        found = [
            _decomposed(emg, grid, settings, seed, number, steps)
            for number, grid in enumerate(grids)
        ]
    steps.last()
    seen_s = np.zeros(0) if settings.stimuli_s else found_in(emg)
    found_recording = _finished(recording, emg, found, asked, settings, seed)
    found_recording = _told_of_outside(found_recording, emg, settings)
    return _told_of_stimuli(found_recording, seen_s)


def _told_of_outside(recording: Recording, emg: Signal, settings: DecomposeSettings) -> Recording:
    """Return the recording with a note on stimuli that lie outside the EMG."""
    times_s = np.array(settings.stimuli_s)
    outside = int(((times_s < emg.start_s) | (times_s >= emg.end_s)).sum())
    if not outside:
        return recording
    note = (
        f"{outside} of {len(times_s)} stimuli lie outside the EMG ({emg.start_s:g} to "
        f"{emg.end_s:g} s) and were passed over; times are in seconds of the recording."
    )
    return dataclasses.replace(recording, notes=(*recording.notes, note))


def _told_of_stimuli(recording: Recording, onsets_s: Array) -> Recording:
    """Return the recording with a note on stimuli that nobody spoke of."""
    if not len(onsets_s):
        return recording
    note = (
        f"The EMG shows {len(onsets_s)} sharp edges on most channels, as stimulation leaves them, "
        f"from {onsets_s[0]:.1f} to {onsets_s[-1]:.1f} s, and they hide the muscle; --stimuli auto "
        '(in Python, stimuli="auto") takes them out.'
    )
    return dataclasses.replace(recording, notes=(*recording.notes, note))


def _with_stimuli(
    recording: Recording, emg: Signal, settings: DecomposeSettings
) -> DecomposeSettings:
    """Return the settings with the onset of each stimulus."""
    # A list may be in any order and tell some twice.
    times_s = np.unique(np.array(settings.stimuli_s, dtype=float))
    if settings.stimuli:
        times_s = np.union1d(times_s, stimuli_of(recording, settings.stimuli))
    if not len(times_s):
        return settings
    # Found in the EMG itself, they are where it shows them.
    if settings.stimuli != AUTO:
        times_s = at_artifacts(times_s, emg)
    return settings.replace(stimuli="", stimuli_s=tuple(float(round(t, 6)) for t in times_s))


class _Steps:
    """Progress over all grids."""

    def __init__(self, progress: Progress | None, total: int, name: str) -> None:
        self._progress, self._total, self._name, self._done = progress, total, name, 0

    def __call__(self, what: str) -> None:
        if self._progress is not None:
            self._progress(min(self._done, self._total - 1), self._total, f"{self._name}: {what}")
        self._done += 1

    def last(self) -> None:
        """Say that all is done."""
        if self._progress is not None:
            self._progress(self._total, self._total, f"{self._name}: decomposed")


def _emg_of(recording: Recording) -> Signal:
    if "emg" not in recording.signals:
        raise DataError(
            f"{recording.name} has no raw EMG to decompose, only {', '.join(recording.signals)}."
            if recording.signals
            else f"{recording.name} has no raw EMG to decompose."
        )
    emg = recording.signals["emg"]
    if emg.values.ndim != 2 or emg.values.shape[1] < FEWEST_CHANNELS:
        raise DataError(
            f"{recording.name}: decomposition needs a grid of at least {FEWEST_CHANNELS} channels."
        )
    if len(emg) < _SHORTEST_S * emg.fs_hz:
        raise DataError(
            f"{recording.name} lasts {len(emg) / emg.fs_hz:.2g} s; decomposition needs at least "
            f"{_SHORTEST_S:g} s."
        )
    return emg


def _decomposed(
    emg: Signal, grid: Grid, settings: DecomposeSettings, seed: int, number: int, steps: _Steps
) -> _Found:
    steps(f"filtering {grid.name}")
    grid, ready, stretches = prepared_grid(emg, grid, settings, number + 1)
    nothing = np.zeros((0, 0), dtype=np.float32)
    if ready is None:
        return _Found(grid, [], [], nothing, emg.fs_hz, [], [], 0, stretches)
    search = Search(settings, rules_of(settings, ready.fs_hz), seed, number, steps)
    units = searched(ready.extended, search)
    if ready.inpainting is not None:
        units = found_again(ready.extended, ready.inpainting, units, search.rules)
    if not units:
        return _Found(grid, [], [], nothing, emg.fs_hz, [], [], 0, stretches)
    seen = [Seen(unit) for unit in units]
    if settings.follow:
        steps("following")
        seen = followed(ready.extended, units, search.rules)
    found = _aligned(ready.extended, seen, grid, ready.fs_hz)
    unseen = ready.extended.unseen
    samples = found.samples
    if unseen is not None and unseen.any():
        # Timed at a peak that nobody saw, they are none.
        samples = [each[~unseen[each]] for each in samples]
    return dataclasses.replace(found, samples=samples, stretches=stretches)


def _aligned(extended: Extended, seen: Sequence[Seen], grid: Grid, fs_hz: float) -> _Found:
    """Time every discharge at the peak of its unit's action potential."""
    units = [each.pulses for each in seen]
    sources = extended.sources_from([unit.samples for unit in units])
    for i, each in enumerate(seen):
        if each.source is not None:
            sources[i] = each.source
    reach = round(_PEAK_S * fs_hz)
    shapes = mean_around(extended.emg, [u.samples for u in units], -reach, reach + extended.copies)
    length = len(extended.emg)
    samples, aligned = [], np.zeros((len(units), length), dtype=np.float32)
    for i, (unit, shape) in enumerate(zip(units, shapes, strict=True)):
        shift = int(np.argmax(np.abs(shape).max(axis=0))) - reach
        moved = unit.samples + shift
        samples.append(moved[(moved >= 0) & (moved < length)])
        first, last = max(0, shift), min(length, sources.shape[1] + shift)
        aligned[i, first:last] = sources[i, first - shift : last - shift]
    drifts = [drift_of(extended.emg, unit.samples, grid, fs_hz) for unit in units]
    faults = [each.faults for each in seen]
    moving = sum(each.source is not None for each in seen)
    return _Found(grid, units, samples, aligned, fs_hz, faults, drifts, moving)


def _finished(
    recording: Recording,
    emg: Signal,
    found: Sequence[_Found],
    asked: DecomposeSettings,
    settings: DecomposeSettings,
    seed: int,
) -> Recording:
    rows = _rows(found, emg, settings)
    units = _motor_units(rows, emg, found)
    signals = dict(recording.signals)
    signals.pop("sources", None)
    if settings.keep_sources and rows:
        values = np.stack([row.source for row in rows], axis=1)
        signals["sources"] = Signal(values, rows[0].fs_hz, "", emg.start_s, units.labels)
    step = Step(
        verb="decompose",
        code=f"recording = rs.decompose(recording, {asked.as_python()}, seed={seed})",
        settings=asked.to_mapping(),
        seed=seed,
        input=recording.fingerprint(),
        cites=_CITES,
        version=__version__,
    )
    return dataclasses.replace(
        recording,
        units=units,
        signals=signals,
        grids=tuple(each.grid for each in found),
        notes=(*recording.notes, *_notes(recording, rows, found)),
        history=recording.history.then(step),
        decomposition=Decomposition(
            DECOMPOSED,
            settings.to_mapping(),
            stretches=tuple(stretch for each in found for stretch in each.stretches),
        ),
    )


@dataclass(frozen=True, eq=False)
class _Row:
    """One unit on its way into the recording."""

    grid: int
    times_s: Array
    pulses: Pulses
    verdict: Plausibility
    source: Array
    fs_hz: float
    drift: Drift


def _rows(found: Sequence[_Found], emg: Signal, settings: DecomposeSettings) -> list[_Row]:
    rows = []
    for number, each in enumerate(found, start=1):
        trust, gaps_s = settings.trust, each.gaps_s
        trains = [
            without_strays(emg.start_s + samples / each.fs_hz, trust, gaps_s)
            for samples in each.samples
        ]
        good = [unit.silhouette >= trust.silhouette_min for unit in each.units]
        for at, (unit, times_s) in enumerate(zip(each.units, trains, strict=True)):
            others = [t for i, t in enumerate(trains) if i != at and good[i]]
            weakest = weakest_silhouette(each.sources[at], each.samples[at], each.fs_hz)
            verdict = judged(times_s, unit.silhouette, unit.pnr_db, trust, others, gaps_s, weakest)
            more = list(each.faults[at])
            if locked := follows(times_s, np.array(settings.stimuli_s)):
                more.append(locked)
            if more:
                faults = (*verdict.faults, *more)
                verdict = dataclasses.replace(verdict, faults=faults, confidence=0.0)
            rows.append(
                _Row(number, times_s, unit, verdict, each.sources[at], each.fs_hz, each.drifts[at])
            )
    if len(found) > 1:
        rows = _one_each(rows, settings)
    # Good ones first; in either class by time of recruitment, as people look at them.
    return sorted(rows, key=lambda row: (bool(row.verdict.faults), _first(row.times_s)))


def _one_each(rows: list[_Row], settings: DecomposeSettings) -> list[_Row]:
    """Return each unit once, also where two grids see it."""
    fs_hz = max((row.fs_hz for row in rows), default=1.0)
    keep = distinct(
        [np.rint(row.times_s * fs_hz).astype(np.int64) for row in rows],
        [row.pulses.silhouette - bool(row.verdict.faults) for row in rows],
        settings.agreement_max,
        max(1, round(settings.agreement_s * fs_hz)),
        round(_PEAK_S * fs_hz),
    )
    return [rows[i] for i in sorted(keep)]


def _first(times_s: Array) -> float:
    return float(times_s[0]) if len(times_s) else float("inf")


def _motor_units(rows: Sequence[_Row], emg: Signal, found: Sequence[_Found]) -> MotorUnits:
    def column(values: Sequence[float]) -> Array:
        return np.array(values, dtype=float)

    return MotorUnits(
        times_s=tuple(row.times_s for row in rows),
        window_s=(emg.start_s, emg.end_s),
        flags=tuple("; ".join(row.verdict.faults) for row in rows),
        fs_hz=rows[0].fs_hz if rows else emg.fs_hz,
        quality={
            "silhouette": column([row.pulses.silhouette for row in rows]),
            "pnr_db": column([row.pulses.pnr_db for row in rows]),
            "cov_isi_pct": column([row.verdict.cov_isi_pct for row in rows]),
            "cv2_pct": column([row.verdict.cv2_pct for row in rows]),
            "rate_pps": column([row.verdict.rate_pps for row in rows]),
            "alike": column([row.drift.alike for row in rows]),
            "shift_mm": column([row.drift.shift_mm for row in rows]),
            "grid": column([row.grid for row in rows]),
            "confidence": column([row.verdict.confidence for row in rows]),
        },
        muscles=tuple(found[row.grid - 1].grid.muscle for row in rows),
    )


def _notes(recording: Recording, rows: Sequence[_Row], found: Sequence[_Found]) -> list[str]:
    good = sum(not row.verdict.faults for row in rows)
    notes = [f"Decomposition found {good} good motor units and {len(rows) - good} doubtful ones."]
    if len(recording.units):
        notes.append(f"They replace the {len(recording.units)} units that the recording had.")
    for each in found:
        bad = int((~each.grid.good).sum())
        if bad:
            notes.append(
                f"{bad} channels of {each.grid.name} were left out; see the grid's faults."
            )
        if each.followed:
            notes.append(
                f"{each.grid.name}: the action potentials of {each.followed} of "
                f"{len(each.units)} units change so much that their filters follow them; the "
                "muscle may have moved below the electrodes."
            )
        notes += [f"{each.grid.name}: {words}" for words in stretches_in_words(each.stretches)]
    return notes
