"""`SmoothedRate`: the discharge rate of a unit as a curve that can be read at any instant."""

from __future__ import annotations

from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import ArrayLike, NDArray

from renshaw.core.errors import DataError
from renshaw.data.arrays import FloatArray, read_only
from renshaw.data.motor_units import MotorUnits
from renshaw.data.reasons import NO_REASONS, Cause, Reasons
from renshaw.estimation.settings import SmoothingSettings
from renshaw.estimation.smoothing.curve import (
    SMOOTHERS,
    Curve,
    UnsmoothableError,
    silent,
)

_NO_DISCHARGE = Cause(
    "unsmoothed_silent",
    "no discharge; a rate can be smoothed from {} on",
    name="no discharge: no rate can be smoothed",
)
_ONE_DISCHARGE = Cause(
    "unsmoothed_one",
    "only 1 discharge; a rate can be smoothed from {} on",
    name="only one discharge: no rate can be smoothed",
)
_TOO_FEW = Cause(
    "unsmoothed_few",
    "only {} discharges; a rate can be smoothed from {} on",
    name="too few discharges to smooth a rate",
)

_MOST_SAMPLES = 5_000_000
_KNOWN: WeakKeyDictionary[MotorUnits, dict[SmoothingSettings, tuple[SmoothedRate, ...]]] = (
    WeakKeyDictionary()
)


@dataclass(frozen=True, eq=False)
class SmoothedRate:
    """The smoothed discharge rate of one unit.

    Parameters
    ----------
    times_s : array, shape (n,)
        A grid common to all units of a recording.
    rate_pps : array, shape (n,)
        NaN where the unit does not fire: before its second discharge, after its last, in silences.
    spells_s : array, shape (spells, 2)
        From when to when it fires.
    ok : bool
        Whether the unit could be smoothed.
    reasons : Reasons
        Why not.
    """

    times_s: FloatArray
    rate_pps: FloatArray
    spells_s: FloatArray
    ok: bool = True
    reasons: Reasons = NO_REASONS
    _curve: Curve | None = field(default=None, repr=False)
    _open_ends: bool = field(default=False, repr=False)

    @property
    def reason(self) -> str:
        """Why the unit could not be smoothed, in words."""
        return str(self.reasons)

    def at(self, times_s: ArrayLike) -> FloatArray:
        """Return the rate at the given times, exactly; NaN where the unit does not fire.

        Parameters
        ----------
        times_s : array, shape (n,)

        Returns
        -------
        array, shape (n,)
            Rate in pps.
        """
        at_s = np.atleast_1d(np.asarray(times_s, dtype=float))
        rate = np.full(at_s.shape, np.nan)
        if self._curve is not None:
            firing = _within(at_s, self.spells_s, self._open_ends)
            if firing.any():
                rate[firing] = self._curve(at_s[firing])
        return rate

    @property
    def peak(self) -> tuple[float, float]:
        """Time (s) and value (pps) of the highest rate; NaN where there is no curve."""
        ends_s = self.spells_s.ravel()
        times_s = np.concatenate([self.times_s, ends_s])
        rate = np.concatenate([self.rate_pps, self.at(ends_s)])
        if not np.isfinite(rate).any():
            return np.nan, np.nan
        highest = int(np.nanargmax(rate))
        return float(times_s[highest]), float(rate[highest])


def smoothed_rates(units: MotorUnits, settings: SmoothingSettings) -> tuple[SmoothedRate, ...]:
    """Smooth the discharge rate of every unit.

    Parameters
    ----------
    units : MotorUnits
    settings : SmoothingSettings

    Returns
    -------
    tuple of SmoothedRate
        One a unit, in order. A unit that can't be smoothed has ``ok`` False and a reason.

    Raises
    ------
    DataError
        The recording is so long that the grid would not fit in memory.
    """
    # Estimate, multiverse and report of one recording ask for the same curves.
    known = _KNOWN.setdefault(units, {})
    if settings not in known:
        grid_s = _grid(units, settings.grid_hz)
        known[settings] = tuple(smoothed_rate(times_s, settings, grid_s) for times_s in units)
    return known[settings]


def smoothed_rate(
    times_s: FloatArray, settings: SmoothingSettings, grid_s: FloatArray
) -> SmoothedRate:
    """Smooth the discharge rate of one unit and evaluate it on a grid.

    Parameters
    ----------
    times_s : array, shape (discharges,)
    settings : SmoothingSettings
    grid_s : array, shape (n,)
    """
    nowhere = np.full(len(grid_s), np.nan)
    refused = _refusal(len(times_s), settings)
    if not refused:
        try:
            curve = SMOOTHERS[settings.method](times_s, settings)
        except UnsmoothableError as error:
            refused = error.reasons
    if refused:
        return SmoothedRate(grid_s, read_only(nowhere), np.empty((0, 2)), False, refused)
    spells_s, open_ends = _spells(times_s, settings)
    firing = _within(grid_s, spells_s, open_ends)
    rate_pps = nowhere
    if firing.any():
        rate_pps[firing] = curve(grid_s[firing])
    return SmoothedRate(
        grid_s, read_only(rate_pps), read_only(spells_s), _curve=curve, _open_ends=open_ends
    )


def _refusal(n: int, settings: SmoothingSettings) -> Reasons:
    least = settings.discharges_min
    if n >= least:
        return NO_REASONS
    few = {0: _NO_DISCHARGE(least), 1: _ONE_DISCHARGE(least)}
    return few.get(n) or _TOO_FEW(n, least)


def _grid(units: MotorUnits, grid_hz: float) -> FloatArray:
    ends = [edge for times_s in units if len(times_s) for edge in (times_s[0], times_s[-1])]
    if not ends:
        return read_only([])
    first, last = np.floor(min(ends) * grid_hz), np.ceil(max(ends) * grid_hz)
    if last - first > _MOST_SAMPLES:
        raise DataError(
            f"The units fire from {min(ends):g} to {max(ends):g} s: too long for a smoothed curve "
            f"at {grid_hz:g} Hz. Choose a smaller grid_hz, or read a part of the recording."
        )
    return read_only(np.arange(first, last + 1) / grid_hz)


def _spells(times_s: FloatArray, settings: SmoothingSettings) -> tuple[FloatArray, bool]:
    """Return from when to when a unit fires, and whether its ends are cut as openhdemg does."""
    rated_s = times_s[1:]
    silences = np.flatnonzero(silent(rated_s, settings))
    cut = settings.gap_edges == "cut" and len(silences) > 0
    if cut and silences[0] == 0:
        # openhdemg 0.2: a silence right after the second discharge is dropped when it is the only
        # one, and fired through when others follow.
        if len(silences) == 1:
            return np.array([[rated_s[1], rated_s[-1]]]), False
        silences = silences[1:]
    starts = np.concatenate([[0], silences + 1])
    ends = np.concatenate([silences, [len(rated_s) - 1]])
    return np.column_stack([rated_s[starts], rated_s[ends]]), cut


def _within(at_s: FloatArray, spells_s: FloatArray, open_ends: bool) -> NDArray[np.bool_]:
    spell = np.searchsorted(spells_s[:, 0], at_s, side="right") - 1
    end_s = spells_s[np.maximum(spell, 0), 1]
    before_end = at_s < end_s if open_ends else at_s <= end_s
    return np.asarray((spell >= 0) & before_end)
