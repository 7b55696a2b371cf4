"""ΔF by the paired-motor-unit method.

Gorassini et al. 2002, doi:10.1152/jn.00024.2001: the rate of an earlier recruited control unit
gauges the drive; where it is lower when the test unit stops than it was when the test unit
started, a persistent inward current helped the test unit to fire on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from renshaw.core.errors import DataError
from renshaw.data.arrays import FloatArray
from renshaw.data.bounds import Bound, of_sum
from renshaw.data.estimates import Estimate
from renshaw.data.motor_units import MotorUnits
from renshaw.data.pools import Pools, pools_of
from renshaw.data.reasons import NO_REASONS, Cause, Reasons
from renshaw.data.recording import Recording
from renshaw.data.suspicion import lost
from renshaw.estimation.criteria import Verdict, judge
from renshaw.estimation.least import few
from renshaw.estimation.pairs import BoolArray, Pairs, pairs_of
from renshaw.estimation.pooled import remarks_on, two_muscles
from renshaw.estimation.quantity import QUANTITIES, Quantity
from renshaw.estimation.recorded import confidence_of, flag_of
from renshaw.estimation.seen import FIRES_ON
from renshaw.estimation.settings import DeltaFSettings, EstimateSettings
from renshaw.estimation.smoothing import SmoothedRate, smoothed_rates


def delta_f_rows(
    recording: Recording, smoothed: Sequence[SmoothedRate], settings: EstimateSettings
) -> list[Estimate]:
    """Estimate ΔF of every pair, of every test unit, and of the recording.

    Parameters
    ----------
    recording : Recording
    smoothed : sequence of SmoothedRate
        One a unit.
    settings : EstimateSettings

    Returns
    -------
    list of Estimate
        ``n_units``, ``delta_f_mean``, ``delta_f_yield``; ``delta_f`` of every unit; of every pair
        ``delta_f_pair``, ``rate_rate_r``, ``recruitment_gap``, ``control_modulation`` and, when
        asked for, ``delta_f_pair_normalized``.
    """
    rules = settings.delta_f
    pools = pools_of(recording)
    gone = lost(recording)
    pairs = pairs_of(recording.units, smoothed, rules.recruitment, pools.of, settings.ends, gone)
    verdict = judge(pairs, rules)
    of_units = _unit_rows(recording, smoothed, verdict, pools)
    of_recording = _recording_rows(recording, of_units, pairs, verdict.accepted, rules, pools)
    return [*of_recording, *of_units, *_pair_rows(recording, smoothed, verdict)]


def per_test_unit(
    pairs: Pairs, good: BoolArray, n_units: int, rules: DeltaFSettings
) -> tuple[FloatArray, FloatArray]:
    """Return mean ΔF (pps) and number of accepted pairs of every unit as a test unit.

    Parameters
    ----------
    pairs : Pairs
    good : array of bool, shape (pairs,)
    n_units : int
    rules : DeltaFSettings

    Returns
    -------
    mean_pps : array, shape (n_units,)
        NaN for a unit without an accepted pair.
    count : array, shape (n_units,)
    """
    test = pairs.test[good]
    count = np.bincount(test, minlength=n_units).astype(float)
    weight = weights_of(pairs, rules)[good]
    whole = np.bincount(test, weight, minlength=n_units)
    total = np.bincount(test, weight * pairs.delta_f_pps[good], minlength=n_units)
    mean = np.divide(total, whole, out=np.full(n_units, np.nan), where=whole > 0)
    return mean, count


def weights_of(pairs: Pairs, rules: DeltaFSettings) -> FloatArray:
    """Return the weight of every pair in a mean: all alike, or by confidence."""
    if rules.weights == "none":
        return np.ones(len(pairs))
    return np.maximum(pairs.confidence, np.finfo(float).tiny)


def mean_delta_f(
    pairs: Pairs, good: BoolArray, confidence: FloatArray, rules: DeltaFSettings
) -> float:
    """Return the mean ΔF of a recording (pps), over test units or over pairs; NaN without any.

    Parameters
    ----------
    pairs : Pairs
    good : array of bool, shape (pairs,)
    confidence : array, shape (units,)
    rules : DeltaFSettings
    """
    if not good.any():
        return float("nan")
    if rules.average == "all_pairs":
        return float(np.average(pairs.delta_f_pps[good], weights=weights_of(pairs, rules)[good]))
    mean, count = per_test_unit(pairs, good, len(confidence), rules)
    weight = np.ones(len(confidence)) if rules.weights == "none" else confidence
    weight = np.maximum(weight, np.finfo(float).tiny)
    return float(np.average(mean[count > 0], weights=weight[count > 0]))


def _recording_rows(
    recording: Recording,
    of_units: Sequence[Estimate],
    pairs: Pairs,
    good: BoolArray,
    rules: DeltaFSettings,
    pools: Pools,
) -> list[Estimate]:
    name, n = recording.name, len(recording.units)
    # Units that count with the least that theirs can be are ok, but have no pair that is.
    least = [row.value for row in of_units if row.ok and row.unit - 1 not in pairs.test[good]]
    found = [row for row in of_units if row.ok and row.unit - 1 in pairs.test[good]]
    unseen = sum(row.unseen for row in of_units)
    mean = mean_delta_f(pairs, good, confidence_of(recording.units), rules)
    bounded = sum(row.bound != "exact" for row in found)
    why = _BOUNDED(bounded, len(found)) if bounded else NO_REASONS
    if unseen:
        why = _UNSEEN(unseen, unseen + len(found)) + why
    elif least:
        n = len(found)
        mean = min(mean, (n * mean + sum(least)) / (n + len(least)))
        why = _LEAST(len(least), len(least) + n) + why
    elif not found:
        why = _why_no_mean(n)
    why += remarks_on(pools, recording, of_units)
    # A motoneuron that stayed silent, as simulated ones may, is no unit that lacks a ΔF; nor is
    # one that another grid sees as well.
    firing = sum(len(times_s) > 0 for times_s in recording.units) - len(pools.copies)
    share = 100 * len(found) / firing if firing else np.nan
    silent = NO_REASONS if firing else _NO_UNITS()
    return [
        N_UNITS.row(name, float(firing)),
        DELTA_F_MEAN.row(
            name,
            mean,
            ok=bool(found) and not unseen,
            reasons=why,
            bound="at least" if bounded or least else "exact",
        ),
        DELTA_F_YIELD.row(name, share, ok=firing > 0, reasons=silent),
    ]


_BOUNDED = Cause("bounded", "{} of {} test units still fire when the recording ends")
_UNSEEN = Cause(
    "unseen_units",
    "{} of {} test units are left out, as an onset or end of theirs was not seen: the mean of all "
    "is not known",
    name="test units are left out, as an onset or end of theirs was not seen",
)
_LEAST = Cause(
    "least_of_unseen",
    "{} of {} test units fired before the recording begins, and count with the least that their "
    "ΔF can be",
    name="test units that fired before the recording begins count with the least that theirs "
    "can be",
)
_NO_UNITS = Cause("no_units", "no units")
_ONE_UNIT = Cause("one_unit", "only one unit; ΔF needs a pair")
_NO_PAIRS = Cause("no_pairs", "no usable pair of units")


def _why_no_mean(n: int) -> Reasons:
    return {0: _NO_UNITS, 1: _ONE_UNIT}.get(n, _NO_PAIRS)()


def _unit_rows(
    recording: Recording, smoothed: Sequence[SmoothedRate], verdict: Verdict, pools: Pools
) -> list[Estimate]:
    pairs, good, n = verdict.pairs, verdict.accepted, len(recording.units)
    mean, count = per_test_unit(pairs, good, n, verdict.settings)
    as_test = np.bincount(pairs.test, minlength=n)
    least = np.bincount(pairs.test[good & verdict.bounded], minlength=n) > 0
    unseen = {int(pairs.test[k]): k for k in np.flatnonzero(verdict.unseen)[::-1].tolist()}
    left_out = [unit for unit in unseen if not count[unit] and smoothed[unit].ok]
    lowest = _least(verdict, left_out, int(np.count_nonzero(count)))
    rows = []
    for unit in range(n):
        ok = bool(count[unit])
        alone = int(np.count_nonzero(pools.of == pools.of[unit])) == 1
        why = NO_REASONS
        if not ok and unit in unseen:
            why = verdict.why_unseen(unseen[unit])
        elif not ok:
            why = _why_no_delta_f(smoothed[unit], int(as_test[unit]), alone)
        if least[unit]:
            why += FIRES_ON()
        why += flag_of(recording.units, unit)
        rows.append(
            DELTA_F.row(
                recording.name,
                lowest.get(unit, float(mean[unit])),
                unit=unit + 1,
                ok=ok or unit in lowest,
                reasons=why,
                bound="at least" if least[unit] or unit in lowest else "exact",
            )
        )
    return rows


def _least(verdict: Verdict, left_out: Sequence[int], seen: int) -> dict[int, float]:
    """Return the least that ΔF of test units can be that were left out unseen; of a few only.

    Of one that fired before, the control unit's rate was 0 at its recruitment, or more.
    """
    pairs = verdict.pairs
    if not few(len(left_out), seen) or verdict.settings.average == "all_pairs":
        return {}
    found: dict[int, float] = {}
    for unit in left_out:
        mine = verdict.unseen & (pairs.test == unit)
        known = pairs.test_before & np.isfinite(pairs.rate_off_pps)
        known &= ~(pairs.stop_unseen & pairs.rises) & ~verdict.failed["lost"]
        if not known[mine].all():
            return {}
        found[unit] = -float(pairs.rate_off_pps[mine].max())
    return found


_ALONE = Cause("only_unit", "the only unit of its muscle; ΔF needs a pair")
_FIRST = Cause("recruited_first", "no unit was recruited before it")
_NO_PAIR_OF_ITS_OWN = Cause(
    "no_pair_of_unit",
    "none of its {} pairs as a test unit is usable",
    name="none of its pairs as a test unit is usable",
)


def _why_no_delta_f(rate: SmoothedRate, n_pairs: int, alone: bool) -> Reasons:
    if not rate.ok:
        return rate.reasons
    if alone:
        return _ALONE()
    return _NO_PAIR_OF_ITS_OWN(n_pairs) if n_pairs else _FIRST()


def _pair_rows(
    recording: Recording, smoothed: Sequence[SmoothedRate], verdict: Verdict
) -> list[Estimate]:
    pairs, good = verdict.pairs, verdict.accepted
    delta_f = pairs.delta_f_pps
    with_normalized = verdict.settings.normalization != "none"
    # A unit that never fired makes no pair; its own row says so.
    fired = np.array([len(times_s) > 0 for times_s in recording.units], dtype=bool)
    bounds = verdict.bounds
    rows: list[Estimate] = []
    for k in np.flatnonzero(fired[pairs.test] & fired[pairs.control]).tolist():
        ok, why = bool(good[k]), reasons_of_pair(recording.units, smoothed, verdict, k)
        values = [(DELTA_F_PAIR, delta_f[k], ok, why, bounds[k])]
        if with_normalized:
            values.append(_normalized(pairs, k, ok, why, bounds[k]))
        for quantity, column, criterion, more in (
            (RATE_RATE_R, pairs.correlation, "correlation", False),
            (RECRUITMENT_GAP, pairs.gap_s, "recruitment_gap", pairs.control_before[k]),
            (CONTROL_MODULATION, pairs.modulation_pps, "modulation", pairs.stop_unseen[k]),
        ):
            against = verdict.because(criterion, k)
            bound: Bound = "at least" if more else "exact"
            values.append((quantity, column[k], not against, against, bound))
        test, control = int(pairs.test[k]) + 1, int(pairs.control[k]) + 1
        rows.extend(
            quantity.row(
                recording.name,
                float(value),
                unit=test,
                control=control,
                ok=ok,
                reasons=reasons,
                bound=bound,
            )
            for quantity, value, ok, reasons, bound in values
        )
    return rows


_RANGE_UNSEEN = Cause(
    "control_range_unseen",
    "the control unit was not seen to stop: its range is not known",
)


def _normalized(
    pairs: Pairs, k: int, ok: bool, why: Reasons, bound: Bound
) -> tuple[Quantity, float, bool, Reasons, Bound]:
    """Return ΔF as a part of the control unit's range: at most, where that goes on."""
    value = float(pairs.normalized[k])
    if not (pairs.control_after[k] or pairs.control_lost[k]):
        return DELTA_F_PAIR_NORMALIZED, value, ok, why, bound
    known = of_sum((bound, "at most"))
    if known is None or value < 0:
        return DELTA_F_PAIR_NORMALIZED, value, False, why + _RANGE_UNSEEN(), "exact"
    return DELTA_F_PAIR_NORMALIZED, value, ok, why, known


def reasons_of_pair(
    units: MotorUnits, smoothed: Sequence[SmoothedRate], verdict: Verdict, pair: int
) -> Reasons:
    """Return all reasons against a pair, or the remarks on an accepted one."""
    control, test = int(verdict.pairs.control[pair]), int(verdict.pairs.test[pair])
    found = smoothed[test].reasons.of("test unit") + smoothed[control].reasons.of("control unit")
    if not found:
        found = verdict.reasons(pair) + verdict.remarks(pair)
    for unit in (test, control):
        found += flag_of(units, unit, f"reader on unit {unit + 1}")
    return found


@dataclass(frozen=True, eq=False)
class PairConstruction:
    """Everything that a picture of one ΔF needs.

    Parameters
    ----------
    test, control : int
        Units, counted from 1.
    test_rate, control_rate : SmoothedRate
    test_times_s, control_times_s : array
        Their discharges.
    recruitment_s, derecruitment_s : float
        When the control unit's rate is read: at the test unit's recruitment and derecruitment (or
        the control unit's last discharge, where it stops first).
    rate_at_recruitment_pps, rate_at_derecruitment_pps : float
        The two rates read.
    delta_f_pps, recruitment_gap_s, rate_rate_r, control_modulation_pps : float
    accepted : bool
    reasons : Reasons
        Why not, or a remark.
    bound : {"exact", "at least"}
        Whether the test unit was seen to stop.
    """

    test: int
    control: int
    test_rate: SmoothedRate
    control_rate: SmoothedRate
    test_times_s: FloatArray
    control_times_s: FloatArray
    recruitment_s: float
    derecruitment_s: float
    rate_at_recruitment_pps: float
    rate_at_derecruitment_pps: float
    delta_f_pps: float
    recruitment_gap_s: float
    rate_rate_r: float
    control_modulation_pps: float
    accepted: bool
    reasons: Reasons
    bound: Bound = "exact"


def pair_construction(
    recording: Recording,
    test: int,
    control: int,
    settings: EstimateSettings | None = None,
    *,
    smoothed: Sequence[SmoothedRate] | None = None,
) -> PairConstruction:
    """Return how the ΔF of one pair comes about.

    Parameters
    ----------
    recording : Recording
    test, control : int
        Units, counted from 1.
    settings : EstimateSettings, optional
        renshaw's own rules by default.
    smoothed : sequence of SmoothedRate, optional
        The smoothed rates of all units, where they are at hand.

    Raises
    ------
    DataError
        There are no such two units, they are of two muscles, or the test unit was recruited
        before the control unit.
    """
    settings = settings or EstimateSettings()
    units = recording.units
    for unit in (test, control):
        if not 1 <= unit <= len(units):
            raise DataError(f"{recording.name} has no unit {unit}; it has {len(units)} units.")
    if test == control:
        raise DataError(f"A pair needs two units, not unit {test} twice.")
    two_muscles(recording, test, control)
    # In the order of the file, so that ties are decided as everywhere else.
    two = sorted((test - 1, control - 1))
    couple = units.select(two)
    rates = [smoothed[i] for i in two] if smoothed else smoothed_rates(couple, settings.smoothing)
    gone = lost(recording)
    pairs = pairs_of(
        couple,
        rates,
        settings.delta_f.recruitment,
        ends=settings.ends,
        lost=[place for place, unit in enumerate(two) if unit in gone],
    )
    if two[pairs.control[0]] != control - 1:
        raise DataError(
            f"Unit {test} was recruited before unit {control}, so that it is the control unit of "
            f"the pair: ask for test = {control}, control = {test}."
        )
    return _construction(couple, rates, judge(pairs, settings.delta_f), (test, control))


def _construction(
    couple: MotorUnits, rates: Sequence[SmoothedRate], verdict: Verdict, names: tuple[int, int]
) -> PairConstruction:
    pairs = verdict.pairs
    t, c = int(pairs.test[0]), int(pairs.control[0])
    return PairConstruction(
        test=names[0],
        control=names[1],
        test_rate=rates[t],
        control_rate=rates[c],
        test_times_s=couple[t],
        control_times_s=couple[c],
        recruitment_s=float(pairs.recruitment_s[0]),
        derecruitment_s=float(pairs.derecruitment_s[0]),
        rate_at_recruitment_pps=float(pairs.rate_on_pps[0]),
        rate_at_derecruitment_pps=float(pairs.rate_off_pps[0]),
        delta_f_pps=float(pairs.delta_f_pps[0]),
        recruitment_gap_s=float(pairs.gap_s[0]),
        rate_rate_r=float(pairs.correlation[0]),
        control_modulation_pps=float(pairs.modulation_pps[0]),
        accepted=bool(verdict.accepted[0]),
        reasons=reasons_of_pair(couple, rates, verdict, 0),
        bound=verdict.bounds[0],
    )


_quantity = partial(Quantity, rows=delta_f_rows, sources=("gorassini2002",), shown=())

DELTA_F = QUANTITIES.add(
    _quantity(
        name="delta_f",
        title="ΔF of the unit",
        unit="pps",
        meaning="ΔF of a test unit: mean over its accepted pairs",
        shown=("terminal", "figure", "study", "picture", "answer"),
        rank=10,
    )
)
DELTA_F_MEAN = QUANTITIES.add(
    _quantity(
        name="delta_f_mean",
        title="Mean ΔF",
        unit="pps",
        of="recording",
        meaning="mean of ΔF over the test units of a recording",
        shown=("keys", "explore", "answer"),
        rank=11,
    )
)
N_UNITS = QUANTITIES.add(
    _quantity(
        name="n_units",
        title="Units that fired",
        of="recording",
        meaning="units that fire in a recording",
        shown=("keys", "explore"),
        sources=(),
        rank=12,
    )
)
DELTA_F_YIELD = QUANTITIES.add(
    _quantity(
        name="delta_f_yield",
        title="Firing units with a ΔF",
        unit="%",
        of="recording",
        meaning="part of the units that fire which have a ΔF",
        shown=("keys",),
        rank=13,
    )
)
DELTA_F_PAIR = QUANTITIES.add(
    _quantity(
        name="delta_f_pair",
        title="ΔF of the pair",
        unit="pps",
        of="pair",
        meaning="ΔF of a test unit by one control unit",
        rank=14,
    )
)
DELTA_F_PAIR_NORMALIZED = QUANTITIES.add(
    _quantity(
        name="delta_f_pair_normalized",
        fails_with="delta_f_pair",
        title="ΔF, normalized",
        unit="ratio",
        of="pair",
        meaning="ΔF of a pair as a part of what the control unit could do, if asked for",
        sources=("valli2024",),
        rank=15,
    )
)
RATE_RATE_R = QUANTITIES.add(
    _quantity(
        name="rate_rate_r",
        fails_with="delta_f_pair",
        title="Rate–rate r",
        of="pair",
        meaning="Pearson's correlation of both smoothed rates while both units fire",
        rank=16,
    )
)
RECRUITMENT_GAP = QUANTITIES.add(
    _quantity(
        name="recruitment_gap",
        fails_with="delta_f_pair",
        title="Recruitment gap",
        unit="s",
        of="pair",
        meaning="time from the control unit's recruitment to the test unit's",
        rank=17,
    )
)
CONTROL_MODULATION = QUANTITIES.add(
    _quantity(
        name="control_modulation",
        fails_with="delta_f_pair",
        title="Control modulation",
        unit="pps",
        of="pair",
        meaning="range of the control unit's rate while the test unit fires",
        rank=18,
    )
)
