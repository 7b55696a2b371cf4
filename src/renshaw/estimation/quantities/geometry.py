"""The geometry of a unit's rate on the way up: brace height, slopes and angle.

Beauchamp et al. 2023, doi:10.1088/1741-2552/acb1d7: persistent inward currents make the rate
rise steeply at first (acceleration) and slowly later (attenuation). The brace is the largest
distance of that bow from the straight line between recruitment and peak, as a part of the height
of the right triangle on it (% rTri).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.data.estimates import Estimate
from renshaw.data.reasons import NO_REASONS, Cause, Reasons
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.estimation.quantity import QUANTITIES, Quantity
from renshaw.estimation.recorded import confidence_of, flag_of, usable_torque
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
    reasons : Reasons
        Why it should not be trusted.
    steep : Reasons
        Why its acceleration slope and angle should not be, in particular.
    """

    height_pct: float = np.nan
    acceleration_slope: float = np.nan
    attenuation_slope: float = np.nan
    angle_deg: float = np.nan
    recruitment: tuple[float, float, float] = (np.nan, np.nan, np.nan)
    brace: tuple[float, float, float] = (np.nan, np.nan, np.nan)
    peak: tuple[float, float, float] = (np.nan, np.nan, np.nan)
    reasons: Reasons = NO_REASONS
    steep: Reasons = NO_REASONS


_UNMEASURED = Cause("torque_unmeasured", "the torque was not measured at {}")
_PEAKS_AT_ONCE = Cause("peak_at_recruitment", "the rate peaks at recruitment")
_NO_TORQUE_UP = Cause("no_torque_on_way_up", "no torque on the way up")
_RATE_LEVEL = Cause("rate_does_not_rise", "the rate does not rise from recruitment to peak rate")
_TORQUE_LEVEL = Cause(
    "torque_does_not_rise", "the torque does not rise from recruitment to peak rate"
)
_STRAIGHT = Cause(
    "no_brace", "the rate never rises above the straight line from recruitment to peak"
)
_FALLS = Cause("negative_acceleration", "the slope from recruitment to the brace is negative")
_TOO_HIGH = Cause("brace_too_high", "a brace height of {:.0f} % rTri is not believed above {:g}")
_STEEP = Cause(
    "steep_acceleration",
    "the brace point comes after only {:.1f} % of the way up to the peak rate",
)
_LATE = Cause("late_peak", "the rate peaks {:.2f} s after the torque")
_BY_CHOICE = Cause("against_time", "as the settings ask")


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
        return Brace(reasons=rate.reasons)
    times_s, y = _way_up(rate)
    x = times_s if torque is None else torque.at(times_s)
    there = np.isfinite(x) & np.isfinite(y)
    unmeasured = np.flatnonzero(~np.isfinite(x[[0, -1]]))
    if there.any() and len(unmeasured):
        when = ("recruitment", "the peak rate")[unmeasured[0]]
        return Brace(reasons=_UNMEASURED(when))
    times_s, x, y = times_s[there], x[there], y[there]
    if len(x) < _LEAST_SAMPLES:
        return Brace(reasons=_PEAKS_AT_ONCE() if there.all() else _NO_TORQUE_UP())
    if not (y[-1] > y[0] and x[-1] > x[0]):
        level = _RATE_LEVEL() if y[-1] <= y[0] else _TORQUE_LEVEL()
        return Brace(reasons=level + _lateness(float(times_s[-1]), torque, settings))
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
        why = _STRAIGHT() + late
        return Brace(height_pct, recruitment=recruitment, brace=brace, peak=peak, reasons=why)
    acceleration = _slope(recruitment, brace)
    reasons = NO_REASONS if acceleration >= 0 else _FALLS()
    if height_pct > settings.brace_height_max_pct:
        reasons += _TOO_HIGH(height_pct, settings.brace_height_max_pct)
    return Brace(
        height_pct,
        acceleration,
        _slope(brace, peak),
        _angle_deg(recruitment, brace, peak),
        recruitment,
        brace,
        peak,
        reasons + late,
        _steepness(corners, settings),
    )


def _steepness(
    corners: Sequence[tuple[float, float, float]], settings: GeometrySettings
) -> Reasons:
    recruitment, brace, peak = (corner[1] for corner in corners)
    rise_pct = 100 * (brace - recruitment) / (peak - recruitment)
    if rise_pct >= settings.acceleration_rise_min_pct:
        return NO_REASONS
    return _STEEP(rise_pct)


def _lateness(peak_s: float, torque: Signal | None, settings: GeometrySettings) -> Reasons:
    if torque is None:
        return NO_REASONS
    late_s = peak_s - _end_of_way_up(torque, settings.torque_peak_pct)
    return _LATE(late_s) if late_s > 0 else NO_REASONS


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
        torque, lacking = None, _BY_CHOICE()
    per = "pps/s" if torque is None else f"pps per {torque.unit or 'unit of torque'}"
    confidence = confidence_of(recording.units)
    rows = []
    for unit, rate in enumerate(smoothed):
        brace = brace_of(rate, torque, settings.geometry)
        common = brace.reasons
        if rate.ok and torque is None:
            common += lacking.of("against time")
        common += flag_of(recording.units, unit)
        for quantity, value, units, own in (
            (BRACE_HEIGHT, brace.height_pct, None, NO_REASONS),
            (ACCELERATION_SLOPE, brace.acceleration_slope, per, brace.steep),
            (ATTENUATION_SLOPE, brace.attenuation_slope, per, NO_REASONS),
            (BRACE_ANGLE, brace.angle_deg, None, brace.steep),
        ):
            ok = not (brace.reasons or own) and bool(confidence[unit] > 0)
            rows.append(
                quantity.row(
                    recording.name, value, unit=unit + 1, units=units, ok=ok, reasons=own + common
                )
            )
    return rows


_quantity = partial(Quantity, rows=geometry_rows, sources=("beauchamp2023",))

BRACE_HEIGHT = QUANTITIES.add(
    _quantity(
        name="brace_height",
        title="Brace height",
        unit="% rTri",
        meaning=(
            "how far the rate bows above the straight line from recruitment to peak, as a part of "
            "the height of the right triangle on it"
        ),
        shown=("terminal", "keys", "figure", "study"),
        rank=30,
    )
)
ACCELERATION_SLOPE = QUANTITIES.add(
    _quantity(
        name="acceleration_slope",
        title="Acceleration slope",
        unit="pps per torque",
        meaning="slope of the rate from recruitment to the brace point",
        shown=("study",),
        rank=31,
    )
)
ATTENUATION_SLOPE = QUANTITIES.add(
    _quantity(
        name="attenuation_slope",
        title="Attenuation slope",
        unit="pps per torque",
        meaning="slope of the rate from the brace point to the peak",
        shown=("figure", "study"),
        rank=32,
    )
)
BRACE_ANGLE = QUANTITIES.add(
    _quantity(
        name="brace_angle",
        title="Brace angle",
        unit="deg",
        meaning="angle between the two slopes: 180 is a straight line, larger a stronger bow",
        shown=(),
        rank=33,
    )
)
