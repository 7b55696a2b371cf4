"""The geometry of a unit's rate on the way up: brace height, slopes and angle.

Beauchamp et al. 2023, doi:10.1088/1741-2552/acb1d7: persistent inward currents make the rate
rise steeply at first (acceleration) and slowly later (attenuation). The brace is the largest
distance of that bow from the straight line between recruitment and peak, as a part of the height
of the right triangle on it (% rTri).

Published is the bow of the smoothed rate. Its height is the largest of many noisy differences over
a noisy rise, so that it is too high where the rate rises little, and its smoother rounds off the
steep beginning, so that it is too low where there is a strong current: both hide the current
(docs/validation.md). So the bow is measured on a polynomial of rate on torque, fitted to the
intervals of the way up alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.data.estimates import Estimate
from renshaw.data.reasons import NO_REASONS, Cause, Reasons
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.data.suspicion import TORQUE, doubts
from renshaw.estimation.quantity import QUANTITIES, Quantity
from renshaw.estimation.recorded import confidence_of, flag_of, usable_torque
from renshaw.estimation.seen import FIRED_BEFORE, has_fallen, seen, until_last
from renshaw.estimation.settings import EndsSettings, EstimateSettings, GeometrySettings
from renshaw.estimation.smoothing import SmoothedRate

_LEAST_SAMPLES = 4
# Places of a fitted curve, from recruitment to the end of the way up.
_PLACES = np.linspace(0.0, 1.0, 201)
_HALF_PCT = 50.0
_SCATTERS = 2.0


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
    error_pct : float
        Standard error of the height, from the scatter of the intervals; NaN of a smoothed rate.
    curve : (array, array) or None
        x and rate of the way up, as it was measured.
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
    error_pct: float = np.nan
    curve: tuple[FloatArray, FloatArray] | None = field(default=None, repr=False, compare=False)


_UNMEASURED = Cause(
    "torque_unmeasured",
    "the torque was not measured at {}",
    name="the torque was not measured there",
)
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
_TOO_HIGH = Cause(
    "brace_too_high",
    "a brace height of {:.0f} % rTri is not believed above {:g}",
    name="brace height too large to be believed",
)
_STEEP = Cause(
    "steep_acceleration",
    "the brace point comes after only {:.1f} % of the way up to the peak rate",
    name="the brace point comes too soon after recruitment",
)
_LATE = Cause(
    "late_peak", "the rate peaks {:.2f} s after the torque", name="the rate peaks after the torque"
)
_UNSURE = Cause(
    "rise_unsure",
    "the rate's rise to the end of the way up is not sure enough ({:.1f} pps, standard error "
    "{:.1f} pps; at most {:g} % of the rise)",
    name="the rate's rise to the end of the way up is not sure enough",
)
_FEW = Cause(
    "few_on_way_up",
    "only {} intervals on the way up; {} needed",
    name="too few intervals on the way up",
)
_NEVER_FELL = Cause(
    "never_fell",
    "still firing when the recording ends, before the contraction has fallen from its peak",
)
_BY_CHOICE = Cause("against_time", "as the settings ask")


def brace_of(
    discharges_s: FloatArray,
    rate: SmoothedRate,
    torque: Signal | None,
    settings: GeometrySettings,
) -> Brace:
    """Compute the brace of one unit.

    Parameters
    ----------
    discharges_s : array, shape (discharges,)
    rate : SmoothedRate
        Of the same unit.
    torque : Signal or None
        None: against time.
    settings : GeometrySettings
    """
    if not rate.ok:
        return Brace(reasons=rate.reasons)
    if settings.way_up == "smoothed":
        return _smoothed_brace(rate, torque, settings)
    return _fitted_brace(discharges_s, rate, torque, settings)


def _fitted_brace(
    discharges_s: FloatArray,
    rate: SmoothedRate,
    torque: Signal | None,
    settings: GeometrySettings,
) -> Brace:
    """Measure the bow of a polynomial, fitted to the intervals from recruitment to peak torque."""
    end_s = rate.peak[0] if torque is None else _end_of_rise(torque, settings.torque_peak_pct)
    at_s, intervals_s = _intervals_until(end_s, discharges_s, rate)
    x = at_s if torque is None else torque.at(at_s)
    if torque is not None:
        needed = torque.at(np.array([rate.spells_s[0, 0], rate.peak[0]]))
        unmeasured = np.flatnonzero(~np.isfinite(needed))
        if len(unmeasured):
            return Brace(reasons=_UNMEASURED(("recruitment", "the peak rate")[unmeasured[0]]))
    at_s, intervals_s, x = (each[np.isfinite(x)] for each in (at_s, intervals_s, x))
    least = settings.degree + _LEAST_SAMPLES
    if len(x) < least:
        return Brace(reasons=_FEW(len(x), least))
    if x[-1] <= x[0]:
        return Brace(reasons=_TORQUE_LEVEL())
    fit = _Fit.of((x - x[0]) / (x[-1] - x[0]), intervals_s, settings.degree)
    y = fit.rate_pps
    late = _late_beyond(rate, end_s, y[-1] + _SCATTERS * fit.scatter_pps, torque)
    rise, rise_error = y[-1] - y[0], fit.error(fit.terms[-1] - fit.terms[0])
    if rise <= 0:
        return Brace(reasons=_RATE_LEVEL() + late)
    above = (y - y[0]) / rise - _PLACES
    k = int(np.argmax(above))
    of_torque = x[0] + _PLACES * (x[-1] - x[0])
    when_s = np.interp(of_torque, np.maximum.accumulate(x), at_s)
    corners = [(float(when_s[i]), float(of_torque[i]), float(y[i])) for i in (0, k, -1)]
    brace = _measured(100 * float(above[k]), corners, settings)
    if rise_error > rise * settings.rise_error_max_pct / 100:
        late = _UNSURE(rise, rise_error, settings.rise_error_max_pct) + late
    # How the height changes with each term, its place being that of the largest height.
    slope = fit.terms[k] - fit.terms[0]
    slope = slope / rise - (y[k] - y[0]) / rise**2 * (fit.terms[-1] - fit.terms[0])
    return replace(
        brace,
        reasons=brace.reasons + late,
        error_pct=100 * fit.error(slope),
        curve=(of_torque, y),
    )


@dataclass(frozen=True)
class _Fit:
    """A polynomial of the rate, at `_PLACES`, and how sure it is."""

    terms: FloatArray
    rate_pps: FloatArray
    scatter_pps: float
    covariance: FloatArray

    @classmethod
    def of(cls, places: FloatArray, intervals_s: FloatArray, degree: int) -> _Fit:
        """Fit the rates of intervals; each counts as long as it lasts."""
        weight = np.sqrt(intervals_s)
        terms = np.polynomial.legendre.legvander(2 * places - 1, degree)
        rates = 1.0 / intervals_s
        inverse = np.linalg.pinv(terms * weight[:, np.newaxis])
        best = inverse @ (rates * weight)
        left = rates - terms @ best
        free = len(rates) - degree - 1
        variance = float(np.sum(intervals_s * left**2)) / free
        shown = np.polynomial.legendre.legvander(2 * _PLACES - 1, degree)
        scatter = float(np.sqrt(np.sum(left**2) / free))
        covariance = variance * (inverse @ inverse.T)
        return cls(
            np.asarray(shown, dtype=np.float64),
            np.asarray(shown @ best, dtype=np.float64),
            scatter,
            np.asarray(covariance, dtype=np.float64),
        )

    def error(self, of: FloatArray) -> float:
        """Return the standard error of a sum of terms."""
        return float(np.sqrt(max(0.0, float(of @ self.covariance @ of))))


def _intervals_until(
    end_s: float, discharges_s: FloatArray, rate: SmoothedRate
) -> tuple[FloatArray, FloatArray]:
    """Return the middles (s) and lengths (s) of the intervals up to an instant, but silences."""
    middle_s, lengths_s = (discharges_s[1:] + discharges_s[:-1]) / 2, np.diff(discharges_s)
    spell = np.searchsorted(rate.spells_s[:, 1], middle_s)
    starts_s = np.append(rate.spells_s[:, 0], np.inf)
    # What lies before the first spell is the first interval, whose rate is the first there is.
    fires = (spell == 0) | (middle_s >= starts_s[spell])
    keep = fires & (middle_s <= end_s)
    return middle_s[keep], lengths_s[keep]


def _end_of_rise(torque: Signal, part_pct: float) -> float:
    """Return when the way up ends: where its straight line reaches the peak.

    On a triangle that is the peak itself; on a trapezoid, whose highest sample may lie anywhere on
    the plateau, the beginning of the plateau.
    """
    values = np.asarray(torque.values)
    peak = float(np.nanmax(values))
    until = int(np.flatnonzero(values >= peak - abs(peak) * (1 - part_pct / 100))[0])
    low = np.flatnonzero(values[: until + 1] <= peak * _HALF_PCT / 100)
    end_s = torque.start_s + until / torque.fs_hz
    if not len(low) or part_pct <= _HALF_PCT:
        return end_s
    steps = (until - int(low[-1])) * (100 - part_pct) / (part_pct - _HALF_PCT)
    return min(end_s + steps / torque.fs_hz, _end_of_way_up(torque, part_pct))


def _late_beyond(
    rate: SmoothedRate, end_s: float, limit_pps: float, torque: Signal | None
) -> Reasons:
    """Return whether the rate goes on to rise when the torque does not."""
    peak_s, peak_pps = rate.peak
    late = torque is not None and peak_s > end_s and peak_pps > limit_pps
    return _LATE(peak_s - end_s) if late else NO_REASONS


def _smoothed_brace(rate: SmoothedRate, torque: Signal | None, settings: GeometrySettings) -> Brace:
    """Measure the bow of the smoothed rate, as published."""
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
    brace = _measured(100 * float(above[k]), corners, settings)
    late = _lateness(corners[-1][0], torque, settings)
    return replace(brace, reasons=brace.reasons + late, curve=(x, y))


def _way_up(rate: SmoothedRate) -> tuple[FloatArray, FloatArray]:
    start_s, (peak_s, peak_pps) = float(rate.spells_s[0, 0]), rate.peak
    inside = (rate.times_s > start_s) & (rate.times_s < peak_s)
    times_s = np.concatenate([[start_s], rate.times_s[inside], [peak_s]])
    rates = np.concatenate([rate.at(start_s), rate.rate_pps[inside], [peak_pps]])
    return times_s, rates


def _measured(
    height_pct: float,
    corners: Sequence[tuple[float, float, float]],
    settings: GeometrySettings,
) -> Brace:
    recruitment, brace, peak = corners
    if brace in (recruitment, peak):
        why = _STRAIGHT()
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
        reasons,
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
    # Against time is another number; it does not stand in for a torque that can't be believed.
    doubtful = bool(doubts(recording, TORQUE))
    if settings.geometry.against == "time":
        torque, lacking, doubtful = None, _BY_CHOICE(), False
    per = "pps/s" if torque is None else f"pps per {torque.unit or 'unit of torque'}"
    confidence = confidence_of(recording.units)
    rows = []
    for unit, rate in enumerate(smoothed):
        brace = brace_of(recording.units[unit], rate, torque, settings.geometry)
        times_s = recording.units[unit]
        if rate.ok:
            course = rate.rate_pps if torque is None else until_last(torque, times_s)
            unseen = _unseen(times_s, recording.units.window_s, course, settings.ends)
            # What else is said of a course of which the end is missing may be due to that.
            brace = replace(brace, reasons=unseen or brace.reasons)
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
            ok = not (brace.reasons or own or doubtful) and bool(confidence[unit] > 0)
            rows.append(
                quantity.row(
                    recording.name, value, unit=unit + 1, units=units, ok=ok, reasons=own + common
                )
            )
    return rows


def _unseen(
    times_s: FloatArray, window_s: tuple[float, float], course: FloatArray, settings: EndsSettings
) -> Reasons:
    """Return why recruitment or peak, between which the brace lies, were not seen."""
    ends = seen(times_s, window_s, settings)
    unseen = NO_REASONS if ends.start else FIRED_BEFORE()
    return unseen if ends.stop or has_fallen(course, settings) else unseen + _NEVER_FELL()


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
