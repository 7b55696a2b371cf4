"""The geometry of a unit's rate on the way up: brace height, slopes and angle.

Beauchamp et al. 2023, doi:10.1088/1741-2552/acb1d7: persistent inward currents make the rate
rise steeply at first (acceleration) and slowly later (attenuation). The brace is the largest
distance of that bow from the straight line between recruitment and peak, as a part of the height
of the right triangle on it (% rTri).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.data.estimates import Estimate
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.estimation.delta_f import with_flag
from renshaw.estimation.pairs import confidence_of
from renshaw.estimation.settings import EstimateSettings, GeometrySettings
from renshaw.estimation.smoothing import SmoothedRate

_LEAST_SAMPLES = 4


@dataclass(frozen=True)
class Brace:
    """The brace of one unit; x is torque, or time where there is none.

    Parameters
    ----------
    height_pct : float
        % rTri.
    acceleration_slope, attenuation_slope : float
        pps per unit of x, from recruitment to the brace point and from there to the peak.
    angle_deg : float
        Between the two; 180 is a straight line, larger a stronger bow.
    recruitment, brace, peak : (float, float, float)
        Time (s), x, and rate (pps) of the three points.
    reasons : tuple of str
        Why it should not be trusted.
    steep : str
        Why its acceleration slope and angle should not be, in particular.
    """

    height_pct: float = np.nan
    acceleration_slope: float = np.nan
    attenuation_slope: float = np.nan
    angle_deg: float = np.nan
    recruitment: tuple[float, float, float] = (np.nan, np.nan, np.nan)
    brace: tuple[float, float, float] = (np.nan, np.nan, np.nan)
    peak: tuple[float, float, float] = (np.nan, np.nan, np.nan)
    reasons: tuple[str, ...] = ()
    steep: str = ""


def usable_torque(recording: Recording) -> tuple[Signal | None, str]:
    """Return the torque when it can be read at any time, else None and why not."""
    torque = recording.torque
    if torque is None:
        return None, "no torque was recorded"
    if torque.values.ndim != 1:
        return None, "the torque has several channels"
    finite = np.isfinite(torque.values)
    if not finite.any():
        return None, "the torque holds no numbers"
    if _points_down(torque.values[finite]):
        return None, "the torque points downward from rest: reverse its sign"
    if np.isinf(torque.values).any():
        torque = dataclasses.replace(torque, values=np.where(finite, torque.values, np.nan))
    return torque, ""


def _points_down(values: FloatArray) -> bool:
    """Whether torque is negative and lies nearer its top than its bottom at both ends."""
    low, high = float(values.min()), float(values.max())
    ends = min(float(values[0]), float(values[-1]))
    return low < 0 and -low > abs(high) and ends > (low + high) / 2


def brace_of(rate: SmoothedRate, torque: Signal | None, settings: GeometrySettings) -> Brace:
    """Compute the brace of one smoothed rate.

    Parameters
    ----------
    rate : SmoothedRate
    torque : Signal or None
        None: against time.
    settings : GeometrySettings
    """
    if not rate.ok:
        return Brace(reasons=(rate.reason,))
    times_s, y = _way_up(rate)
    x = times_s if torque is None else torque.at(times_s)
    there = np.isfinite(x) & np.isfinite(y)
    unmeasured = np.flatnonzero(~np.isfinite(x[[0, -1]]))
    if there.any() and len(unmeasured):
        when = ("recruitment", "the peak rate")[unmeasured[0]]
        return Brace(reasons=(f"the torque was not measured at {when}",))
    times_s, x, y = times_s[there], x[there], y[there]
    if len(x) < _LEAST_SAMPLES:
        short = "the rate peaks at recruitment" if there.all() else "no torque on the way up"
        return Brace(reasons=(short,))
    if not (y[-1] > y[0] and x[-1] > x[0]):
        what = "rate" if y[-1] <= y[0] else "torque"
        level = f"the {what} does not rise from recruitment to peak rate"
        return Brace(reasons=(level, *_lateness(float(times_s[-1]), torque, settings)))
    above = (y - y[0]) / (y[-1] - y[0]) - (x - x[0]) / (x[-1] - x[0])
    k = int(np.argmax(above))
    corners = [(float(times_s[i]), float(x[i]), float(y[i])) for i in (0, k, len(x) - 1)]
    return _measured(100 * float(above[k]), corners, torque, settings)


def _way_up(rate: SmoothedRate) -> tuple[FloatArray, FloatArray]:
    start_s, (peak_s, peak_pps) = float(rate.spells_s[0, 0]), rate.peak
    inside = (rate.times_s > start_s) & (rate.times_s < peak_s)
    times_s = np.concatenate([[start_s], rate.times_s[inside], [peak_s]])
    rates = np.concatenate([rate.at(start_s), rate.rate_pps[inside], [peak_pps]])
    return times_s, rates


def _measured(
    height_pct: float,
    corners: Sequence[tuple[float, float, float]],
    torque: Signal | None,
    settings: GeometrySettings,
) -> Brace:
    recruitment, brace, peak = corners
    late = _lateness(peak[0], torque, settings)
    if brace in (recruitment, peak):
        flat = "the rate never rises above the straight line from recruitment to peak"
        return Brace(
            height_pct, recruitment=recruitment, brace=brace, peak=peak, reasons=(flat, *late)
        )
    acceleration = _slope(recruitment, brace)
    reasons = []
    if not acceleration >= 0:
        reasons.append("the slope from recruitment to the brace is negative")
    if height_pct > settings.brace_height_max_pct:
        reasons.append(
            f"a brace height of {height_pct:.0f} % rTri is not believed above "
            f"{settings.brace_height_max_pct:g}"
        )
    return Brace(
        height_pct,
        acceleration,
        _slope(brace, peak),
        _angle_deg(recruitment, brace, peak),
        recruitment,
        brace,
        peak,
        (*reasons, *late),
        _steepness(corners, settings),
    )


def _steepness(corners: Sequence[tuple[float, float, float]], settings: GeometrySettings) -> str:
    recruitment, brace, peak = (corner[1] for corner in corners)
    rise_pct = 100 * (brace - recruitment) / (peak - recruitment)
    if rise_pct >= settings.acceleration_rise_min_pct:
        return ""
    return f"the brace point comes after only {rise_pct:.1f} % of the way up to the peak rate"


def _lateness(peak_s: float, torque: Signal | None, settings: GeometrySettings) -> tuple[str, ...]:
    if torque is None:
        return ()
    late_s = peak_s - _end_of_way_up(torque, settings.torque_peak_pct)
    return (f"the rate peaks {late_s:.2f} s after the torque",) if late_s > 0 else ()


def _end_of_way_up(torque: Signal, part_pct: float) -> float:
    peak = float(np.nanmax(torque.values))
    high = torque.values >= peak - abs(peak) * (1 - part_pct / 100)
    return torque.start_s + float(np.flatnonzero(high)[-1]) / torque.fs_hz


def _slope(start: tuple[float, float, float], end: tuple[float, float, float]) -> float:
    return (end[2] - start[2]) / (end[1] - start[1]) if end[1] != start[1] else np.nan


def _angle_deg(
    recruitment: tuple[float, float, float],
    brace: tuple[float, float, float],
    peak: tuple[float, float, float],
) -> float:
    """Return the reflex angle at the brace in the plane of x and rate, in their own units."""
    down = np.arctan2(recruitment[2] - brace[2], recruitment[1] - brace[1])
    up = np.arctan2(peak[2] - brace[2], peak[1] - brace[1])
    inside = np.abs((np.degrees(up - down) + 180) % 360 - 180)
    return float(360 - inside)


def geometry_rows(
    recording: Recording, smoothed: Sequence[SmoothedRate], settings: EstimateSettings
) -> list[Estimate]:
    """Estimate brace height, slopes and angle of every unit.

    Parameters
    ----------
    recording : Recording
    smoothed : sequence of SmoothedRate
        One a unit.
    settings : EstimateSettings

    Returns
    -------
    list of Estimate
        ``brace_height``, ``acceleration_slope``, ``attenuation_slope`` and ``brace_angle`` of
        every unit, against torque, or against time where there is none.
    """
    torque, lacking = usable_torque(recording)
    if settings.geometry.against == "time":
        torque, lacking = None, "as the settings ask"
    per = "pps/s" if torque is None else f"pps per {torque.unit or 'unit of torque'}"
    confidence = confidence_of(recording.units)
    rows = []
    for unit, rate in enumerate(smoothed):
        brace = brace_of(rate, torque, settings.geometry)
        reason = "; ".join(brace.reasons)
        if rate.ok and torque is None:
            reason = "; ".join(filter(None, [reason, f"against time: {lacking}"]))
        flag = recording.units.flags[unit]
        for quantity, value, units, own in (
            ("brace_height", brace.height_pct, "% rTri", ""),
            ("acceleration_slope", brace.acceleration_slope, per, brace.steep),
            ("attenuation_slope", brace.attenuation_slope, per, ""),
            ("brace_angle", brace.angle_deg, "deg", brace.steep),
        ):
            why = with_flag("; ".join(filter(None, [own, reason])), flag)
            ok = not (brace.reasons or own) and bool(confidence[unit] > 0)
            rows.append(Estimate(recording.name, quantity, unit + 1, 0, value, units, ok, why))
    return rows
