"""When a unit starts and stops, how fast it fires, and how steadily.

Self-sustained firing is how long a unit fires on after the torque has fallen below the torque that
recruited it; the CoV of inter-spike intervals is their standard deviation over their mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.data.estimates import Estimate
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.estimation.delta_f import with_flag
from renshaw.estimation.geometry import usable_torque
from renshaw.estimation.pairs import confidence_of
from renshaw.estimation.settings import EstimateSettings, RatesSettings
from renshaw.estimation.smoothing import SmoothedRate


class Measured(NamedTuple):
    """A value of one unit: NaN and a reason where it can't be computed."""

    quantity: str
    value: float
    units: str
    reason: str = ""


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
    for unit, (times_s, rate) in enumerate(zip(recording.units, smoothed, strict=True)):
        values = [
            *_recruitment(times_s, torque, lacking, settings.rates),
            *_rates(rate),
            _cov(times_s, rate, settings.rates),
        ]
        flag, trusted = recording.units.flags[unit], bool(confidence[unit] > 0)
        rows += [_row(recording.name, unit + 1, value, flag, trusted) for value in values]
    return rows


def _row(name: str, unit: int, measured: Measured, flag: str, trusted: bool) -> Estimate:
    ok = not measured.reason and trusted
    reason = with_flag(measured.reason, flag)
    return Estimate(name, measured.quantity, unit, 0, measured.value, measured.units, ok, reason)


def _recruitment(
    times_s: FloatArray, torque: Signal | None, lacking: str, settings: RatesSettings
) -> Iterable[Measured]:
    first = 1 if settings.recruitment == "second" else 0
    silent = "" if len(times_s) > first else _too_few(len(times_s))
    on_s, off_s = (np.nan, np.nan) if silent else (float(times_s[first]), float(times_s[-1]))
    yield Measured("recruitment_time", on_s, "s", silent)
    yield Measured("derecruitment_time", off_s, "s", silent)
    lacking = silent or lacking
    unit = torque.unit if torque is not None else ""
    on = off = hysteresis = sustained = np.nan
    if torque is not None and not silent:
        on, off = (float(value) for value in torque.at([on_s, off_s]))
        hysteresis = on - off
        sustained = _self_sustained_s(torque, on, on_s, off_s)
    yield Measured("recruitment_torque", on, unit, _unmeasured(on, lacking, "recruitment"))
    yield Measured("derecruitment_torque", off, unit, _unmeasured(off, lacking, "derecruitment"))
    both = _unmeasured(hysteresis, lacking, "recruitment or derecruitment")
    yield Measured("torque_hysteresis", hysteresis, unit, both)
    alone = _unmeasured(sustained, lacking, "recruitment or when it fell back to that")
    yield Measured("self_sustained_duration", sustained, "s", alone)


def _too_few(n: int) -> str:
    return "no discharge" if n == 0 else "only 1 discharge"


def _unmeasured(value: float, lacking: str, when: str) -> str:
    if np.isfinite(value):
        return ""
    return lacking or f"the torque was not measured at {when}"


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


def _rates(rate: SmoothedRate) -> Iterable[Measured]:
    if rate.ok:
        ends = rate.at([rate.spells_s[0, 0], rate.spells_s[-1, 1]])
        start, end = float(ends[0]), float(ends[1])
    else:
        start = end = np.nan
    peak = rate.peak[1]
    for quantity, value in (
        ("recruitment_rate", start),
        ("peak_rate", peak),
        ("derecruitment_rate", end),
    ):
        lacking = "" if np.isfinite(value) else rate.reason or "no rate there: a silence"
        yield Measured(quantity, value, "pps", lacking)


def _cov(times_s: FloatArray, rate: SmoothedRate, settings: RatesSettings) -> Measured:
    intervals_s = np.diff(times_s)
    steady = intervals_s <= settings.cov_interval_max_s
    if settings.cov_detrend:
        if not rate.ok:
            return Measured("cov_isi", np.nan, "%", rate.reason)
        # At the middle of an interval; that of the first lies before the smoothed rate begins.
        expected_pps = rate.at(np.maximum(times_s[1:] - intervals_s / 2, rate.spells_s[0, 0]))
        steady &= expected_pps > 0
        intervals_s = intervals_s * np.where(steady, expected_pps, np.nan)
    used = intervals_s[steady]
    if len(used) < settings.cov_intervals_min:
        few = f"only {len(used)} intervals; the rule asks for {settings.cov_intervals_min}"
        return Measured("cov_isi", np.nan, "%", few)
    return Measured("cov_isi", float(100 * np.std(used, ddof=1) / np.mean(used)), "%")
