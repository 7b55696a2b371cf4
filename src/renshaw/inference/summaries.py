"""What inference looks at: a recording as a list of named numbers.

Most are the estimates of `renshaw.estimation` over the units of the contraction: means, and trends
with the order of recruitment. The rest are rates of early, middle and late recruited units, and how
many units fire, at fixed phases of the contraction. What can't be measured is NaN.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import DataError
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording
from renshaw.estimation.quantities.delta_f import delta_f_rows
from renshaw.estimation.quantities.geometry import geometry_rows
from renshaw.estimation.quantities.rates import rates_rows
from renshaw.estimation.settings import EstimateSettings, rules
from renshaw.estimation.smoothing import SmoothedRate, smoothed_rates
from renshaw.inference.contraction import Contraction, Course, SHORTEST_HOLD_s, contraction

FloatArray = NDArray[np.float64]

FEWEST_UNITS = 3
# More units add time rather than knowledge; these are spread evenly over the order of recruitment.
MOST_UNITS = 20
FEWEST_DISCHARGES = 10
MVC_UNIT = "% MVC"


@dataclass(frozen=True)
class Summary:
    """One number that describes a recording."""

    name: str
    unit: str
    sentence: str


@dataclass(frozen=True)
class _Averaged:
    """An estimate that is averaged over units; `per` says what it is made relative to."""

    quantity: str
    unit: str
    sentence: str
    spread: bool = False
    trend: bool = False
    per: str = ""


_AVERAGED = (
    _Averaged("delta_f", "pps", "ΔF", spread=True, trend=True),
    _Averaged("recruitment_rate", "pps", "rate at recruitment", trend=True),
    _Averaged("peak_rate", "pps", "peak rate", spread=True, trend=True),
    _Averaged("derecruitment_rate", "pps", "rate at derecruitment", trend=True),
    _Averaged("brace_height", "% rTri", "brace height", spread=True, trend=True),
    _Averaged("acceleration_slope", "pps", "early slope times the whole rise", per="rise"),
    _Averaged(
        "attenuation_slope", "pps", "late slope times the whole rise", trend=True, per="rise"
    ),
    _Averaged(
        "torque_hysteresis",
        "peak",
        "recruitment minus derecruitment torque",
        trend=True,
        per="peak",
    ),
    _Averaged("recruitment_torque", "peak", "torque at recruitment", spread=True, per="peak"),
    _Averaged("self_sustained_duration", "s", "firing below the torque of recruitment", trend=True),
    _Averaged("cov_isi", "%", "variability of intervals", spread=True),
)
_PAIRED = (
    ("rate_rate_r", "", "rate-rate correlation of pairs, median"),
    ("control_modulation", "pps", "modulation of control units, median"),
    ("delta_f_pair", "pps", "ΔF of all pairs, median"),
)
# What was looked at when inference was trained; quantities of other packages are none of it.
_MEASURED = (delta_f_rows, rates_rows, geometry_rows)
_UP, _TOP, _DOWN = (0.2, 0.4, 0.6, 0.8), (0.0, 0.5, 1.0), (0.2, 0.4, 0.6, 0.8, 1.0)
_PHASES = tuple(
    [f"up_{share:.0%}" for share in _UP]
    + [f"top_{share:.0%}" for share in _TOP]
    + [f"down_{share:.0%}" for share in _DOWN]
)
_THIRDS = ("early", "middle", "late")
_SHARES = (0.1, 0.3, 0.5, 0.7, 0.9)


def _described() -> Iterator[Summary]:
    yield Summary("peak_pct_mvc", "log % MVC", "height of the contraction, as a logarithm")
    yield Summary("rise_s", "log s", "time from rest to the top, as a logarithm")
    yield Summary("hold_s", "s", "time at the top")
    yield Summary("fall_s", "log s", "time from the top to rest, as a logarithm")
    yield Summary("units", "log", "units that fire, as a logarithm")
    yield Summary("delta_f_yield", "%", "units with a ΔF")
    for each in _AVERAGED:
        yield Summary(each.quantity, each.unit, f"{each.sentence}, mean of units")
        if each.spread:
            yield Summary(f"{each.quantity}_sd", each.unit, f"{each.sentence}, spread of units")
        if each.trend:
            yield Summary(
                f"{each.quantity}_trend",
                each.unit,
                f"{each.sentence}, from first to last recruited",
            )
    for name, unit, sentence in _PAIRED:
        yield Summary(name, unit, sentence)
    for share in _SHARES:
        yield Summary(
            f"recruited_{share:.0%}", "rise", f"when {share:.0%} of the units have been recruited"
        )
        yield Summary(
            f"derecruited_{share:.0%}", "fall", f"when {share:.0%} of the units have stopped"
        )
    yield Summary("firing_on", "%", "units that fire a second after the contraction")
    for phase in _PHASES:
        yield Summary(f"active_{phase}", "%", f"units that fire at {phase}")
        for third in _THIRDS:
            yield Summary(
                f"rate_{third}_{phase}", "pps", f"rate of {third} recruited units at {phase}"
            )


SUMMARIES = tuple(_described())
NAMES = tuple(summary.name for summary in SUMMARIES)


@dataclass(frozen=True, eq=False)
class Summarized:
    """A recording in numbers: `values` go with `NAMES`."""

    values: FloatArray
    contraction: Contraction
    n_units: int

    @property
    def mvc_known(self) -> bool:
        """Whether torque is in % MVC."""
        return bool(np.isfinite(self.values[0]))


def summarize(recording: Recording, peak_pct_mvc: float | None = None) -> Summarized:
    """Return the summaries of the longest contraction of a recording.

    Parameters
    ----------
    recording : Recording
    peak_pct_mvc : float, optional
        The height of the contraction, where the torque is not in % MVC.

    Raises
    ------
    DataError
        No contraction, or too few units that fire in it.
    """
    found = contraction(recording)
    units = _usable(found.recording.units)
    if len(units) < FEWEST_UNITS:
        raise DataError(
            f"{recording.name} has {len(units)} motor units that discharge at least "
            f"{FEWEST_DISCHARGES} times in the contraction; inference takes {FEWEST_UNITS}."
        )
    cut = Recording(units=units, signals=found.recording.signals, name=recording.name)
    values = _values(cut, found, peak_pct_mvc)
    return Summarized(np.array([values.get(name, np.nan) for name in NAMES]), found, len(units))


def _usable(units: MotorUnits) -> MotorUnits:
    """Return the units that fire enough, in order of recruitment, and not too many of them."""
    firing = [i for i, times in enumerate(units) if len(times) >= FEWEST_DISCHARGES]
    firing.sort(key=lambda i: float(units[i][0]))
    if len(firing) > MOST_UNITS:
        firing = [
            firing[k] for k in np.linspace(0, len(firing) - 1, MOST_UNITS).round().astype(int)
        ]
    return units.select(firing)


def _values(cut: Recording, found: Contraction, peak_pct_mvc: float | None) -> dict[str, float]:
    settings = _rules()
    smoothed = smoothed_rates(cut.units, settings.smoothing)
    rows = [row for each in _MEASURED for row in each(cut, smoothed, settings)]
    by: dict[str, list[tuple[int, float]]] = {}
    for row in rows:
        # A remark such as "against time" is none of a fault; a fault is.
        if row.ok and np.isfinite(row.value):
            by.setdefault(row.quantity, []).append((row.unit, row.value))
    values = _protocol(found, peak_pct_mvc)
    values["units"] = float(np.log(len(cut.units)))
    values["delta_f_yield"] = 100.0 * len(by.get("delta_f", [])) / len(cut.units)
    for each in _AVERAGED:
        values |= _averaged(each, by.get(each.quantity, []), found, len(cut.units))
    for name, _, _ in _PAIRED:
        if by.get(name):
            values[name] = float(np.median([value for _, value in by[name]]))
    values |= _timing(cut.units, found.course)
    values |= _profile(cut.units, smoothed, found.course)
    return values


def _rules() -> EstimateSettings:
    """Return the usual rules, on a coarser grid: what is averaged here needs no finer one.

    The brace is that of the smoothed rate, on which the networks that come with us were trained.
    What the end of a recording cut off is taken as it stands: the networks learned what it looks
    like of recordings that were cut off alike.
    """
    settings = rules("renshaw")
    return settings.replace(
        smoothing=settings.smoothing.replace(grid_hz=20.0),
        geometry=settings.geometry.replace(way_up="smoothed"),
        ends=settings.ends.replace(silence_s=0.0),
    )


def _protocol(found: Contraction, peak_pct_mvc: float | None) -> dict[str, float]:
    course, torque = found.course, found.torque
    peak = peak_pct_mvc
    if peak is None and torque is not None and torque.unit == MVC_UNIT:
        peak = course.height
    return {
        "peak_pct_mvc": float(np.log(peak)) if peak is not None and peak > 0 else np.nan,
        "rise_s": float(np.log(max(course.rise_s, 0.1))),
        "hold_s": course.hold_s,
        "fall_s": float(np.log(max(course.fall_s, 0.1))),
    }


def _averaged(
    each: _Averaged, found: Sequence[tuple[int, float]], where: Contraction, n_units: int
) -> dict[str, float]:
    if not found:
        return {}
    order = np.array([unit for unit, _ in found], dtype=float) / max(1, n_units)
    values = np.array([value for _, value in found]) * _relative(each.per, where)
    name, low_high = each.quantity, np.quantile(values, [0.05, 0.95])
    # One wild slope among twenty must not be the mean of all.
    values = np.clip(values, *low_high) if len(values) > 4 else values
    summaries = {name: float(values.mean())}
    if each.spread and len(values) > 1:
        summaries[f"{name}_sd"] = float(values.std(ddof=1))
    if each.trend and len(values) > 2 and np.ptp(order) > 0:
        summaries[f"{name}_trend"] = float(np.polyfit(order, values, 1)[0])
    return summaries


def _relative(per: str, where: Contraction) -> float:
    """Return by what an estimate is multiplied so that it doesn't depend on the torque's unit."""
    height = where.course.height
    if per == "peak":
        return 1.0 / height
    if per == "rise":
        return where.course.rise_s if where.torque is None else height
    return 1.0


def _timing(units: MotorUnits, course: Course) -> dict[str, float]:
    on_s, off_s = (np.array([times[k] for times in units]) for k in (0, -1))
    ups = (np.quantile(on_s, _SHARES) - course.begins_s) / max(course.rise_s, 0.1)
    downs = (np.quantile(off_s, _SHARES) - course.leaves_s) / max(course.fall_s, 0.1)
    values = {f"recruited_{share:.0%}": float(v) for share, v in zip(_SHARES, ups, strict=True)}
    values |= {
        f"derecruited_{share:.0%}": float(v) for share, v in zip(_SHARES, downs, strict=True)
    }
    if units.window_s[1] >= course.ends_s + 1.0:
        values["firing_on"] = 100.0 * float(np.mean(off_s > course.ends_s + 1.0))
    return values


def _profile(
    units: MotorUnits, smoothed: Sequence[SmoothedRate], course: Course
) -> dict[str, float]:
    at_s = _phases_s(course)
    rates = np.array([rate.at(at_s) for rate in smoothed])
    thirds = np.array_split(np.arange(len(units)), len(_THIRDS))
    values: dict[str, float] = {}
    for k, phase in enumerate(_PHASES):
        if not np.isfinite(at_s[k]):
            continue
        values[f"active_{phase}"] = 100.0 * float(np.mean(np.isfinite(rates[:, k])))
        for third, members in zip(_THIRDS, thirds, strict=True):
            there = rates[members, k]
            there = there[np.isfinite(there)]
            if len(there):
                values[f"rate_{third}_{phase}"] = float(there.mean())
    return values


def _phases_s(course: Course) -> FloatArray:
    up = course.begins_s + np.array(_UP) * course.rise_s
    top = course.top_s + np.array(_TOP) * course.hold_s
    if course.hold_s < SHORTEST_HOLD_s:
        # Of a peak there is one instant.
        top = np.array([course.top_s, np.nan, np.nan])
    down = course.leaves_s + np.array(_DOWN) * course.fall_s
    return np.concatenate([up, top, down])
