"""When a unit starts and stops, how fast it fires, and how steadily.

Self-sustained firing is how long a unit fires on after the torque has fallen below the torque that
recruited it; the CoV of inter-spike intervals is their standard deviation over their mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.data.bounds import Bound
from renshaw.data.estimates import Estimate
from renshaw.data.reasons import NO_REASONS, Cause, Reasons
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.estimation.quantity import QUANTITIES, Quantity
from renshaw.estimation.recorded import confidence_of, flag_of, usable_torque
from renshaw.estimation.seen import (
    FIRED_BEFORE,
    FIRES_ON,
    FIRES_ON_RISING,
    Seen,
    all_seen,
    has_fallen,
    rises,
    while_firing,
)
from renshaw.estimation.settings import EndsSettings, EstimateSettings, RatesSettings
from renshaw.estimation.smoothing import SmoothedRate


class Measured(NamedTuple):
    """A value of one unit: NaN and the reasons where it can't be computed."""

    quantity: Quantity
    value: float
    reasons: Reasons = NO_REASONS
    units: str | None = None
    bound: Bound = "exact"
    remarks: Reasons = NO_REASONS

    def unless(self, unknown: Reasons) -> Measured:
        """Return the same, refused for reasons, if there are any; who has none keeps its own."""
        return self if self.reasons or not unknown else self._replace(reasons=unknown)

    def bounded(self, bound: Bound, remarks: Reasons) -> Measured:
        """Return the same as a bound, and why it is one."""
        return self if self.reasons else self._replace(bound=bound, remarks=remarks)


def rates_rows(
    recording: Recording, smoothed: Sequence[SmoothedRate], settings: EstimateSettings
) -> list[Estimate]:
    """Estimate recruitment, rates, self-sustained firing and CoV of every unit.

    Parameters
    ----------
    recording : Recording
    smoothed : sequence of SmoothedRate
        One a unit.
    settings : EstimateSettings

    Returns
    -------
    list of Estimate
        ``recruitment_time``, ``derecruitment_time`` (s), ``recruitment_torque``,
        ``derecruitment_torque``, ``torque_hysteresis`` (unit of the torque),
        ``self_sustained_duration`` (s), ``recruitment_rate``, ``peak_rate``,
        ``derecruitment_rate`` (pps) and ``cov_isi`` (%) of every unit.
    """
    torque, lacking = usable_torque(recording)
    confidence = confidence_of(recording.units)
    rows = []
    ends = all_seen(recording.units, settings.ends)
    for unit, (times_s, rate) in enumerate(zip(recording.units, smoothed, strict=True)):
        values = [
            *_recruitment(times_s, torque, lacking, settings.rates),
            *_rates(rate),
            _cov(times_s, rate, settings.rates),
        ]
        way = _Way(times_s, rate, torque, settings.ends)
        values = [_as_seen(each, ends[unit], way) for each in values]
        flag, trusted = flag_of(recording.units, unit), bool(confidence[unit] > 0)
        rows += [
            each.quantity.row(
                recording.name,
                each.value,
                unit=unit + 1,
                units=each.units,
                ok=trusted and not each.reasons,
                reasons=each.reasons + each.remarks + flag,
                bound=each.bound,
            )
            for each in values
        ]
    return rows


_HALF_PCT = 50.0


class _Way(NamedTuple):
    """Where torque and rate of a unit were going when it was first and last seen."""

    times_s: FloatArray
    rate: SmoothedRate
    torque: Signal | None
    ends: EndsSettings

    @property
    def torque_rises(self) -> bool:
        """Whether torque still rises at the last discharge."""
        return self.torque is not None and rises(while_firing(self.torque, self.times_s), self.ends)

    @property
    def rate_rises(self) -> bool:
        """Whether the rate still rises at the last discharge."""
        return rises(self.rate.rate_pps, self.ends)

    def peak_seen(self, ends: Seen) -> bool:
        """Whether the rate is lower, wherever an end of firing was not seen, than in between."""
        rate = self.rate.rate_pps
        # Rates waver: what was cut off is below the peak only where half of the rise was seen.
        clearly = replace(self.ends, change_pct=max(_HALF_PCT, self.ends.change_pct))
        risen = ends.start or has_fallen(rate[::-1], clearly)
        return risen and (ends.stop or has_fallen(rate, clearly))


def _as_seen(measured: Measured, ends: Seen, way: _Way) -> Measured:
    """Return what a value is worth where the start or the stop of its unit was not seen."""
    if measured.quantity is PEAK_RATE and not way.peak_seen(ends):
        return measured.bounded("at least", FIRED_BEFORE() if ends.stop else FIRES_ON())
    if not ends.start:
        measured = _without_start(measured)
    return measured if ends.stop else _without_stop(measured, way)


def _without_start(measured: Measured) -> Measured:
    quantity = measured.quantity
    if quantity is RECRUITMENT_TIME:
        return measured.bounded("at most", FIRED_BEFORE())
    unknown = (RECRUITMENT_RATE, RECRUITMENT_TORQUE, TORQUE_HYSTERESIS, SELF_SUSTAINED_DURATION)
    return measured.unless(FIRED_BEFORE()) if quantity in unknown else measured


def _without_stop(measured: Measured, way: _Way) -> Measured:
    quantity = measured.quantity
    if quantity in (DERECRUITMENT_TIME, SELF_SUSTAINED_DURATION):
        return measured.bounded("at least", FIRES_ON())
    # It stops at a lower torque and rate than now, unless they have not begun to fall.
    if quantity in (DERECRUITMENT_TORQUE, TORQUE_HYSTERESIS) and way.torque_rises:
        return measured.unless(FIRES_ON_RISING())
    if quantity is DERECRUITMENT_RATE and way.rate_rises:
        return measured.unless(FIRES_ON_RISING())
    if quantity in (DERECRUITMENT_TORQUE, DERECRUITMENT_RATE):
        return measured.bounded("at most", FIRES_ON())
    return measured.bounded("at least", FIRES_ON()) if quantity is TORQUE_HYSTERESIS else measured


_NO_DISCHARGE = Cause("no_discharge", "no discharge")
_ONE_DISCHARGE = Cause("one_discharge", "only 1 discharge")
_UNMEASURED_ON = Cause("torque_unmeasured_on", "the torque was not measured at recruitment")
_UNMEASURED_OFF = Cause("torque_unmeasured_off", "the torque was not measured at derecruitment")
_UNMEASURED_EITHER = Cause(
    "torque_unmeasured_either", "the torque was not measured at recruitment or derecruitment"
)
_UNMEASURED_FALL = Cause(
    "torque_unmeasured_fall",
    "the torque was not measured at recruitment or when it fell back to that",
)


def _recruitment(
    times_s: FloatArray, torque: Signal | None, lacking: Reasons, settings: RatesSettings
) -> Iterable[Measured]:
    first = 1 if settings.recruitment == "second" else 0
    silent = NO_REASONS
    if len(times_s) <= first:
        silent = _ONE_DISCHARGE() if len(times_s) else _NO_DISCHARGE()
    on_s, off_s = (np.nan, np.nan) if silent else (float(times_s[first]), float(times_s[-1]))
    yield Measured(RECRUITMENT_TIME, on_s, silent)
    yield Measured(DERECRUITMENT_TIME, off_s, silent)
    # Who fires once starts and stops at one torque, whatever sustains it.
    lacking = silent or (_ONE_DISCHARGE() if off_s == on_s else lacking)
    unit = torque.unit if torque is not None else ""
    on = off = hysteresis = sustained = np.nan
    if torque is not None and not silent:
        on, off = (float(value) for value in torque.at([on_s, off_s]))
        if off_s > on_s:
            hysteresis = on - off
            sustained = _self_sustained_s(torque, on, on_s, off_s)
    for quantity, value, unmeasured, units in (
        (RECRUITMENT_TORQUE, on, _UNMEASURED_ON, unit),
        (DERECRUITMENT_TORQUE, off, _UNMEASURED_OFF, unit),
        (TORQUE_HYSTERESIS, hysteresis, _UNMEASURED_EITHER, unit),
        (SELF_SUSTAINED_DURATION, sustained, _UNMEASURED_FALL, None),
    ):
        why = NO_REASONS if np.isfinite(value) else lacking or unmeasured()
        yield Measured(quantity, value, why, units)


def _self_sustained_s(torque: Signal, on: float, on_s: float, off_s: float) -> float:
    """Return how long the torque had been below its value at recruitment when the unit stopped."""
    if not np.isfinite(on):
        return np.nan
    first = max(int(np.floor((on_s - torque.start_s) * torque.fs_hz)) + 1, 0)
    end = min(int(np.ceil((off_s - torque.start_s) * torque.fs_hz)), len(torque))
    sampled_s = torque.start_s + np.arange(first, end) / torque.fs_hz
    times_s = np.concatenate([[on_s], sampled_s, [off_s]])
    values = np.concatenate([[on], torque.values[first:end], torque.at([off_s])])
    measured = np.isfinite(values)
    times_s, values = times_s[measured], values[measured]
    last = int(np.flatnonzero(values >= on)[-1])
    if last == len(values) - 1:
        # Where the torque was no longer measured it may have fallen at any time.
        if not measured[-1]:
            return np.nan
        return off_s - float(times_s[last])
    part = (values[last] - on) / (values[last] - values[last + 1])
    crossed_s = times_s[last] + part * (times_s[last + 1] - times_s[last])
    return float(off_s - crossed_s)


_SILENCE = Cause("silence", "no rate there: a silence")


def _rates(rate: SmoothedRate) -> Iterable[Measured]:
    if rate.ok:
        ends = rate.at([rate.spells_s[0, 0], rate.spells_s[-1, 1]])
        start, end = float(ends[0]), float(ends[1])
    else:
        start = end = np.nan
    peak = rate.peak[1]
    for quantity, value in (
        (RECRUITMENT_RATE, start),
        (PEAK_RATE, peak),
        (DERECRUITMENT_RATE, end),
    ):
        why = NO_REASONS if np.isfinite(value) else rate.reasons or _SILENCE()
        yield Measured(quantity, value, why)


_FEW_INTERVALS = Cause(
    "few_intervals", "too few intervals ({}; at least {} needed)", name="too few intervals"
)


def _cov(times_s: FloatArray, rate: SmoothedRate, settings: RatesSettings) -> Measured:
    return Measured(COV_ISI, *cov_of_intervals_pct(times_s, rate, settings))


def cov_of_intervals_pct(
    times_s: FloatArray, rate: SmoothedRate, settings: RatesSettings
) -> tuple[float, Reasons]:
    """Return the coefficient of variation of the intervals of a unit, in %, or NaN and why not.

    Parameters
    ----------
    times_s : array, shape (n,)
        Discharges of the unit, or some of them that follow each other.
    rate : SmoothedRate
        Of the whole unit.
    settings : RatesSettings
    """
    intervals_s = np.diff(times_s)
    steady = intervals_s <= settings.cov_interval_max_s
    if settings.cov_detrend:
        if not rate.ok:
            return np.nan, rate.reasons
        # At the middle of an interval; that of the first lies before the smoothed rate begins.
        expected_pps = rate.at(np.maximum(times_s[1:] - intervals_s / 2, rate.spells_s[0, 0]))
        steady &= expected_pps > 0
        intervals_s = intervals_s * np.where(steady, expected_pps, np.nan)
    used = intervals_s[steady]
    if len(used) < settings.cov_intervals_min:
        return np.nan, _FEW_INTERVALS(len(used), settings.cov_intervals_min)
    return float(100 * np.std(used, ddof=1) / np.mean(used)), NO_REASONS


_quantity = partial(Quantity, rows=rates_rows, shown=())

PEAK_RATE = QUANTITIES.add(
    _quantity(
        name="peak_rate",
        title="Peak rate",
        unit="pps",
        meaning="highest smoothed rate",
        shown=("terminal", "keys", "figure", "explore", "study", "picture"),
        sources=("beauchamp2022",),
        rank=20,
    )
)
RECRUITMENT_RATE = QUANTITIES.add(
    _quantity(
        name="recruitment_rate",
        title="Rate at recruitment",
        unit="pps",
        meaning="smoothed rate at recruitment",
        sources=("beauchamp2022",),
        rank=21,
    )
)
DERECRUITMENT_RATE = QUANTITIES.add(
    _quantity(
        name="derecruitment_rate",
        title="Rate at derecruitment",
        unit="pps",
        meaning="smoothed rate at derecruitment",
        sources=("beauchamp2022",),
        rank=22,
    )
)
RECRUITMENT_TORQUE = QUANTITIES.add(
    _quantity(
        name="recruitment_torque",
        title="Recruitment torque",
        unit="as torque",
        meaning="torque at recruitment",
        shown=("terminal",),
        rank=40,
    )
)
DERECRUITMENT_TORQUE = QUANTITIES.add(
    _quantity(
        name="derecruitment_torque",
        title="Derecruitment torque",
        unit="as torque",
        meaning="torque at derecruitment",
        rank=41,
    )
)
SELF_SUSTAINED_DURATION = QUANTITIES.add(
    _quantity(
        name="self_sustained_duration",
        title="Self-sustained firing",
        unit="s",
        meaning="how long the unit fires after the torque fell below its recruitment torque",
        shown=("terminal", "keys", "figure", "explore", "study"),
        rank=42,
    )
)
TORQUE_HYSTERESIS = QUANTITIES.add(
    _quantity(
        name="torque_hysteresis",
        title="Torque hysteresis",
        unit="as torque",
        meaning="torque at recruitment minus torque at derecruitment",
        shown=("terminal", "keys", "figure", "study"),
        rank=43,
    )
)
RECRUITMENT_TIME = QUANTITIES.add(
    _quantity(
        name="recruitment_time",
        title="Recruitment time",
        unit="s",
        meaning="time of the first discharge",
        rank=44,
        averaged=False,
    )
)
DERECRUITMENT_TIME = QUANTITIES.add(
    _quantity(
        name="derecruitment_time",
        title="Derecruitment time",
        unit="s",
        meaning="time of the last discharge",
        rank=45,
        averaged=False,
    )
)
COV_ISI = QUANTITIES.add(
    _quantity(
        name="cov_isi",
        title="CoV of intervals",
        unit="%",
        meaning=(
            "standard deviation over mean of the intervals between discharges, relative to the "
            "smoothed rate; pauses don't count"
        ),
        rank=46,
    )
)
