"""Pairs of motor units: who gauges whom, and every figure that the rules of ΔF ask for.

Nothing is judged here, so that many sets of rules can share the work.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from renshaw.data.arrays import FloatArray
from renshaw.data.motor_units import MotorUnits
from renshaw.estimation.recorded import confidence_of
from renshaw.estimation.seen import all_seen, rises
from renshaw.estimation.settings import EndsSettings
from renshaw.estimation.smoothing import SmoothedRate

IntArray = NDArray[np.intp]
BoolArray = NDArray[np.bool_]

# Units that fire together on fewer grid samples get a finer grid of its own for its correlation.
_SHORT = 50
_FINE = 200
_FINE_HZ = 1000.0
_FINEST = 20_000
_REFERENCE_PPS = 10.0
_JUST_BEFORE_S = 1e-7


@dataclass(frozen=True, eq=False)
class Pairs:
    """Every pair of units of a recording: one entry a pair, NaN where it can't be computed.

    Parameters
    ----------
    control, test : array of int, shape (pairs,)
        Units, counted from 0; the control unit is the earlier recruited one.
    recruitment_s, derecruitment_s : array
        Test unit's recruitment; its derecruitment, or that of the control unit where it is earlier.
    gap_s : array
        From the recruitment of the control unit to that of the test unit.
    overlap_s : array
        How long both fire, 0 where they don't.
    control_lead_s : array
        By how much the control unit outlasts the test unit; negative where it stops first.
    rate_on_pps, rate_off_pps, rate_end_pps : array
        Control unit's rate at recruitment and derecruitment of the test unit, and at its own end.
    correlation : array
        Pearson's r of the two smoothed rates while both fire.
    modulation_pps : array
        Range of the control unit's rate while the test unit fires.
    silence_s, control_silence_s : array
        Longest silence of the test unit, as after a first contraction, and of the control unit
        while the test unit fires; 0 where there is none.
    confidence : array
        Lower confidence of the two units, from 0 to 1; 1 where nothing is known.
    test_before, control_before : array of bool
        Whether a unit already fires when the recording begins.
    test_after, control_after : array of bool
        Whether it still fires when the recording ends.
    rises : array of bool
        Whether the control unit's rate still rises then.
    test_lost, control_lost : array of bool
        Whether its last discharge is doubted to be its stop.
    """

    control: IntArray
    test: IntArray
    recruitment_s: FloatArray
    derecruitment_s: FloatArray
    gap_s: FloatArray
    overlap_s: FloatArray
    control_lead_s: FloatArray
    rate_on_pps: FloatArray
    rate_off_pps: FloatArray
    rate_end_pps: FloatArray
    correlation: FloatArray
    modulation_pps: FloatArray
    silence_s: FloatArray
    control_silence_s: FloatArray
    confidence: FloatArray
    test_before: BoolArray
    control_before: BoolArray
    test_after: BoolArray
    control_after: BoolArray
    rises: BoolArray
    test_lost: BoolArray
    control_lost: BoolArray

    def __post_init__(self) -> None:
        for f in fields(self):
            getattr(self, f.name).flags.writeable = False

    def __len__(self) -> int:
        return len(self.control)

    @property
    def delta_f_pps(self) -> FloatArray:
        """Control unit's rate at recruitment minus at derecruitment of the test unit."""
        return np.asarray(self.rate_on_pps - self.rate_off_pps)

    @property
    def normalized(self) -> FloatArray:
        """ΔF as a part of the control unit's descending range (``ctrl_max_desc``)."""
        span = self.rate_on_pps - self.rate_end_pps
        nowhere = np.full(len(self), np.nan)
        return np.asarray(np.divide(self.delta_f_pps, span, out=nowhere, where=span != 0))

    @property
    def control_ends_first(self) -> BoolArray:
        """Whether the control unit stops before the test unit, and was seen to."""
        return np.asarray((self.control_lead_s < 0) & ~self.control_after)

    @property
    def control_lost_first(self) -> BoolArray:
        """Whether the control unit was lost before the test unit stopped: after that, no matter."""
        return np.asarray(self.control_lost & (self.control_lead_s < 0))

    @property
    def stop_unseen(self) -> BoolArray:
        """Whether ΔF was read before the test unit stopped, at the end of the recording."""
        return np.asarray(self.test_after | (self.control_after & (self.control_lead_s < 0)))


def pairs_of(
    units: MotorUnits,
    smoothed: Sequence[SmoothedRate],
    recruitment: str = "second",
    pool: IntArray | None = None,
    ends: EndsSettings | None = None,
    lost: Collection[int] = (),
) -> Pairs:
    """Compute every figure of every pair of units.

    Parameters
    ----------
    units : MotorUnits
    smoothed : sequence of SmoothedRate
        One a unit, on one grid.
    recruitment : {"second", "first"}
        The discharge that counts as recruitment.
    pool : array of int, shape (units,), optional
        Pairs are made within a pool only; a unit of pool -1 makes none. All units are one pool
        where it is not given.
    ends : EndsSettings, optional
        When a unit was seen to start and stop.
    lost : collection of int
        Units, counted from 0, whose last discharge is doubted to be their stop.

    Returns
    -------
    Pairs
        In the order (1, 2), (1, 3), ... of the file; within a pair the earlier recruited unit is
        the control unit, of two recruited at once the one that stops later.
    """
    on_s, off_s = _recruitments(units, recruitment)
    control, test = _who_gauges_whom(on_s, off_s, pool)
    stop_s = np.minimum(off_s[control], off_s[test])
    gap_s = np.round(on_s[test] - on_s[control], 9)
    # Two samples apart at the usual 2048 Hz is no overlap yet; a nanosecond stands for "at once".
    overlap_s = np.maximum(np.nan_to_num(stop_s - on_s[test], nan=0.0), 0.0)
    rate_on, rate_off, rate_end = _rates_read(smoothed, control, on_s[test], stop_s, off_s)
    confidence = confidence_of(units)
    apart = overlap_s <= 0
    rate_on[apart], rate_off[apart] = np.nan, np.nan
    ends = ends or EndsSettings()
    ends_seen = all_seen(units, ends)
    before = np.array([not each.start for each in ends_seen], dtype=bool)
    after = np.array([not each.stop for each in ends_seen], dtype=bool)
    gone = np.array([unit in lost for unit in range(len(units))], dtype=bool)
    lead_s = np.round(off_s[control] - off_s[test], 9)
    return Pairs(
        control,
        test,
        on_s[test],
        stop_s,
        gap_s,
        overlap_s,
        lead_s,
        rate_on,
        rate_off,
        rate_end,
        _correlations(smoothed, control, test, on_s[test], stop_s),
        _modulations(smoothed, control, on_s[test], stop_s, rate_on, rate_off),
        _silences(smoothed, test, on_s[test], stop_s),
        _silences(smoothed, control, on_s[test], stop_s),
        np.minimum(confidence[control], confidence[test]),
        before[test],
        before[control],
        after[test],
        after[control],
        _rising(smoothed, control, on_s[test], stop_s, after[test] | after[control], ends),
        gone[test],
        gone[control],
    )


def _rising(
    smoothed: Sequence[SmoothedRate],
    control: IntArray,
    on_s: FloatArray,
    stop_s: FloatArray,
    asked: BoolArray,
    ends: EndsSettings,
) -> BoolArray:
    """Return of which pairs, among those asked for, the control unit's rate rises to the end."""
    found = np.zeros(len(control), dtype=bool)
    for pair in np.flatnonzero(asked):
        rate = smoothed[control[pair]]
        inside = (rate.times_s >= on_s[pair]) & (rate.times_s <= stop_s[pair])
        found[pair] = rises(rate.rate_pps[inside], ends)
    return found


def _silences(
    smoothed: Sequence[SmoothedRate], unit: IntArray, on_s: FloatArray, stop_s: FloatArray
) -> FloatArray:
    """Return the longest silence of each pair's unit that reaches into the pair's overlap."""
    longest = np.zeros(len(unit))
    for k, rate in enumerate(smoothed):
        mine = np.flatnonzero(unit == k)
        for start_s, end_s in zip(rate.spells_s[:-1, 1], rate.spells_s[1:, 0], strict=True):
            inside = mine[(end_s > on_s[mine]) & (start_s < stop_s[mine])]
            longest[inside] = np.maximum(longest[inside], end_s - start_s)
    return longest


def _recruitments(units: MotorUnits, recruitment: str) -> tuple[FloatArray, FloatArray]:
    first = 1 if recruitment == "second" else 0
    on_s = [times_s[first] if len(times_s) > first else np.nan for times_s in units]
    off_s = [times_s[-1] if len(times_s) > first else np.nan for times_s in units]
    return np.array(on_s, dtype=float), np.array(off_s, dtype=float)


def _who_gauges_whom(
    on_s: FloatArray, off_s: FloatArray, pool: IntArray | None
) -> tuple[IntArray, IntArray]:
    one, other = np.triu_indices(len(on_s), 1)
    if pool is not None:
        together = (pool[one] == pool[other]) & (pool[one] >= 0)
        one, other = one[together], other[together]
    at_once = on_s[one] == on_s[other]
    swap = (on_s[one] > on_s[other]) | (at_once & (off_s[one] <= off_s[other]))
    return np.where(swap, other, one), np.where(swap, one, other)


def _rates_read(
    smoothed: Sequence[SmoothedRate],
    control: IntArray,
    on_s: FloatArray,
    stop_s: FloatArray,
    off_s: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    rate_on, rate_off, rate_end = np.full((3, len(control)), np.nan)
    for unit, rate in enumerate(smoothed):
        mine = np.flatnonzero(control == unit)
        if len(mine):
            read = rate.at(np.concatenate([on_s[mine], stop_s[mine], off_s[unit : unit + 1]]))
            rate_on[mine] = read[: len(mine)]
            rate_off[mine] = read[len(mine) : -1]
            rate_end[mine] = read[-1]
    return rate_on, rate_off, rate_end


def _correlations(
    smoothed: Sequence[SmoothedRate],
    control: IntArray,
    test: IntArray,
    on_s: FloatArray,
    stop_s: FloatArray,
) -> FloatArray:
    if len(control) == 0:
        return np.empty(0)
    grid_s = smoothed[0].times_s
    rates = np.array([rate.rate_pps for rate in smoothed])
    sums = _sums_of_all(rates)[:, control, test]
    long = np.flatnonzero((sums[0] >= _SHORT) & (stop_s > on_s))
    owner, start_s, end_s = _fired_together(
        smoothed, control[long], test[long], on_s[long], stop_s[long]
    )
    pair_of = long[owner]
    ends = _at_ends(smoothed, control[pair_of], test[pair_of], start_s, end_s)
    cells = _end_cells(rates, grid_s, control[pair_of], test[pair_of], start_s, end_s, ends)
    for total, cell in zip(sums, cells, strict=True):
        np.add.at(total, pair_of, cell)
    r = _pearson(sums)
    for pair in np.flatnonzero((sums[0] < _SHORT) & (stop_s > on_s)):
        # Open at its end, as the overlap is in the field's tools.
        steps = int(np.clip((stop_s[pair] - on_s[pair]) * _FINE_HZ, _FINE, _FINEST))
        at_s = np.linspace(on_s[pair], stop_s[pair], steps, endpoint=False)
        both = np.array([smoothed[control[pair]].at(at_s), smoothed[test[pair]].at(at_s)])
        r[pair] = _pearson(_sums_of_all(both)[:, 0, 1])
    r[~(stop_s > on_s)] = np.nan
    return r


def _fired_together(
    smoothed: Sequence[SmoothedRate],
    control: IntArray,
    test: IntArray,
    on_s: FloatArray,
    stop_s: FloatArray,
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Return the spans in which both units of a pair fire: whose, from when, to when.

    A span lies between silences of either unit, and holds one sample of the grid or more.
    """
    spells = [rate.spells_s for rate in smoothed]
    owners, starts, ends = [], [], []
    for pair in range(len(control)):
        one, other = spells[control[pair]], spells[test[pair]]
        for a in one:
            for b in other:
                start = max(a[0], b[0], on_s[pair])
                end = min(a[1], b[1], stop_s[pair])
                if end > start:
                    owners.append(pair)
                    starts.append(start)
                    ends.append(end)
    owner, start_s, end_s = np.array(owners, dtype=np.intp), np.array(starts), np.array(ends)
    grid_s = smoothed[0].times_s
    on_grid = np.searchsorted(grid_s, end_s - _JUST_BEFORE_S) > np.searchsorted(grid_s, start_s)
    return owner[on_grid], start_s[on_grid], end_s[on_grid]


def _sums_of_all(rates: FloatArray) -> FloatArray:
    """Return n, Σx, Σy, Σx², Σy², Σxy of all rows with all rows, shape (6, rows, rows).

    Samples where either is NaN are left out; x and y are taken from `_REFERENCE_PPS`, which keeps
    the differences of large sums in `_pearson` exact.
    """
    there = np.isfinite(rates)
    n = len(rates)
    x = np.where(there, rates - _REFERENCE_PPS, 0.0)
    # One product of a stack with itself: BLAS is fast at those, and now and then a hundred times
    # slower at small products of two different matrices.
    stack = np.concatenate([there.astype(float), x, x * x])
    products = stack @ stack.T
    counts, sums, squares = products[:n, :n], products[n : 2 * n, :n], products[2 * n :, :n]
    return np.stack([counts, sums, sums.T, squares, squares.T, products[n : 2 * n, n : 2 * n]])


def _pearson(sums: FloatArray) -> FloatArray:
    n, sx, sy, sxx, syy, sxy = sums
    at_least_one = np.maximum(n, 1)
    xx, yy = sxx - sx**2 / at_least_one, syy - sy**2 / at_least_one
    # A rate that is constant but for rounding does not vary.
    defined = (n > 2) & (np.minimum(xx, yy) > 1e-9 * at_least_one)
    scale = np.sqrt(np.where(defined, xx * yy, 1.0))
    r = (sxy - sx * sy / at_least_one) / scale
    return np.asarray(np.where(defined, np.clip(r, -1.0, 1.0), np.nan))


def _at_ends(
    smoothed: Sequence[SmoothedRate],
    control: IntArray,
    test: IntArray,
    on_s: FloatArray,
    stop_s: FloatArray,
) -> FloatArray:
    """Return both rates where the overlap starts and ends, shape (start | end, 2, pairs)."""
    rates = np.full((2, 2, len(control)), np.nan)
    for role, units in enumerate((control, test)):
        for unit in np.unique(units):
            mine = np.flatnonzero(units == unit)
            # A spell may be open at its end: openhdemg cuts the last sample before a silence.
            read = smoothed[unit].at(np.concatenate([on_s[mine], stop_s[mine] - _JUST_BEFORE_S]))
            rates[0, role, mine], rates[1, role, mine] = np.split(read, 2)
    return rates


def _end_cells(
    rates: FloatArray,
    grid_s: FloatArray,
    control: IntArray,
    test: IntArray,
    on_s: FloatArray,
    stop_s: FloatArray,
    ends: FloatArray,
) -> FloatArray:
    """Return what makes the sums over the grid trapezoidal integrals over the very overlap."""
    step_s = float(grid_s[1] - grid_s[0]) if len(grid_s) > 1 else 1.0
    first = np.minimum(np.searchsorted(grid_s, on_s), len(grid_s) - 1)
    last = np.maximum(np.searchsorted(grid_s, stop_s - _JUST_BEFORE_S) - 1, 0)
    total = np.zeros((6, len(control)))
    for (x, y), sample, cell_s in (
        (ends[0], first, grid_s[first] - on_s),
        (ends[1], last, stop_s - grid_s[last]),
    ):
        half = cell_s / (2 * step_s)
        for a, b, weight in (
            (x, y, half),
            (rates[control, sample], rates[test, sample], half - 0.5),
        ):
            total += _weighted_sums(a - _REFERENCE_PPS, b - _REFERENCE_PPS, weight)
    return total


def _weighted_sums(x: FloatArray, y: FloatArray, weight: FloatArray) -> FloatArray:
    there = np.isfinite(x) & np.isfinite(y)
    x, y, w = np.where(there, x, 0.0), np.where(there, y, 0.0), np.where(there, weight, 0.0)
    return np.stack([w, w * x, w * y, w * x * x, w * y * y, w * x * y])


def _modulations(
    smoothed: Sequence[SmoothedRate],
    control: IntArray,
    on_s: FloatArray,
    stop_s: FloatArray,
    rate_on: FloatArray,
    rate_off: FloatArray,
) -> FloatArray:
    modulation = np.full(len(control), np.nan)
    if len(control) == 0:
        return modulation
    grid_s = smoothed[0].times_s
    highs = [np.where(np.isfinite(rate.rate_pps), rate.rate_pps, -np.inf) for rate in smoothed]
    lows = [np.where(np.isfinite(rate.rate_pps), rate.rate_pps, np.inf) for rate in smoothed]
    edges = [_at_edges(rate) for rate in smoothed]
    firsts = np.searchsorted(grid_s, on_s)
    lasts = np.searchsorted(grid_s, stop_s)
    for pair in np.flatnonzero(stop_s > on_s):
        window = slice(firsts[pair], lasts[pair])
        unit = control[pair]
        edge_s, edge_pps = edges[unit]
        inside = (edge_s >= on_s[pair]) & (edge_s < stop_s[pair])
        ends = np.concatenate([[rate_on[pair], rate_off[pair]], edge_pps[inside]])
        ends = ends[np.isfinite(ends)]
        high = highs[unit][window].max(initial=ends.max(initial=-np.inf))
        low = lows[unit][window].min(initial=ends.min(initial=np.inf))
        if high >= low:
            modulation[pair] = high - low
    return modulation


def _at_edges(rate: SmoothedRate) -> tuple[FloatArray, FloatArray]:
    """Return when a unit starts and stops around its silences, and its rate there."""
    starts_s, ends_s = rate.spells_s.T
    edge_s = np.concatenate([starts_s, ends_s - _JUST_BEFORE_S])
    return edge_s, rate.at(edge_s)
