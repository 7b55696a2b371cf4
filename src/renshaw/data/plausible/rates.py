"""Rates that no motor unit has: mostly times in another unit than they were taken to be in."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from renshaw.core.numbers import counted, number
from renshaw.data.arrays import FloatArray
from renshaw.data.motor_units import MotorUnits
from renshaw.data.reasons import Cause
from renshaw.data.recording import Recording
from renshaw.data.suspicion import CHECKS, Check, Suspicion, by_will, named

# Units of people fire steadily at 4 to 50 pps, the fastest contractions begin at 120 pps for a few
# discharges (Desmedt & Godaux 1977, doi:10.1113/jphysiol.1977.sp011689; Duchateau & Enoka 2011,
# doi:10.1016/j.brainres.2011.06.059).
_SLOWEST_PPS, _STEADY_PPS, _FASTEST_PPS = 1.0, 50.0, 100.0
_IMPOSSIBLE_PPS = (0.2, 200.0)
_FEWEST = 5
# Of all units; in published recordings, and of people of the model, it is 6 to 11 pps. A recording
# that ends at its peak has more.
_ENDS_PPS, _AT_ENDS, _FEWEST_WHOLE, _FEWEST_TELLING = 13.0, 6, 20, 3
# Whoever tells of such a share of short intervals merged two units, or decomposed badly.
_REFRACTORY_S, _MOST_SHORT = 0.003, 0.1

SLOW = Cause("rates_too_low", "motor units fire at {} pps (median), which none does for long")
FAST = Cause("rates_too_high", "motor units fire at {} pps (median), which none can")
FAST_ENDS = Cause(
    "rates_high_at_ends",
    "motor units start at {:.0f} and stop at {:.0f} pps (median), faster than most do, and nothing "
    "beside them tells whether they count at {:g} Hz",
)
HIGH = Cause("rates_high", "motor units fire at {} pps (median), faster than any does steadily")
UNIT_FAST = Cause("unit_too_fast", "{} at more than {:g} pps for most of the time: {}")
SHORT = Cause(
    "short_intervals",
    "more than {:g} % of the intervals are shorter than {:g} ms, as if two units were one, in {}",
)


def median_rates(units: MotorUnits) -> FloatArray:
    """Return one over the median interval of each unit (pps); NaN of fewer than 5 discharges.

    Parameters
    ----------
    units : MotorUnits
    """
    rates = [
        1.0 / max(float(np.median(np.diff(t))), 1e-12) if len(t) >= _FEWEST else np.nan
        for t in units
    ]
    return np.array(rates, dtype=float)


def _looks(recording: Recording) -> Iterable[Suspicion]:
    rates = median_rates(recording.units)
    known = rates[np.isfinite(rates)]
    if not len(known):
        return
    typical = float(np.median(known))
    # What is simulated is as it is.
    real = not recording.simulated
    if typical < _SLOWEST_PPS:
        yield Suspicion(
            why=SLOW(_pps(typical)),
            cure=_cure(typical),
            impossible=real and typical < _IMPOSSIBLE_PPS[0],
            insisted=(("time_unit", "s"), ("time_unit", "samples")),
        )
    elif typical > _IMPOSSIBLE_PPS[1]:
        yield Suspicion(
            why=FAST(_pps(typical)),
            cure=_cure_of_fast(typical),
            impossible=real,
        )
    elif typical > _STEADY_PPS:
        yield Suspicion(why=HIGH(_pps(typical)), cure=_HIGH_CURE)
    else:
        yield from _at_ends(recording)
        yield from _each(recording.units, rates)


_HIGH_CURE = (
    "Is the sampling rate right: --fs (fs_hz)? Do the times count ms: --time-unit ms "
    "(time_unit='ms')? Were discharges detected twice?"
)


def _at_ends(recording: Recording) -> Iterable[Suspicion]:
    """Tell of units that start and stop fast, where nothing else tells of their sampling rate.

    Whatever the force, units of people start and stop at some 4 to 12 pps; with a torque beside
    them `clock` sees more.
    """
    units = recording.units
    if recording.simulated or recording.torque is not None or not units.fs_hz:
        return
    whole = [t for t in units if len(t) >= _FEWEST_WHOLE]
    if len(whole) < _FEWEST_TELLING or not by_will(recording):
        return
    starts, stops = (
        float(np.median([1 / np.median(np.diff(t[part])) for t in whole]))
        for part in (slice(_AT_ENDS), slice(-_AT_ENDS, None))
    )
    if np.sqrt(starts * stops) > _ENDS_PPS:
        yield Suspicion(why=FAST_ENDS(starts, stops, units.fs_hz), cure=_HIGH_CURE)


def _pps(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 1000 else f"{rate:.2g}" if rate < 1 else number(rate)


def _cure(typical: float) -> str:
    """Return which unit of time would make the rates those of motor units."""
    ways = []
    if _SLOWEST_PPS < 1e3 * typical < _FASTEST_PPS:
        ways.append("in ms: --time-unit ms (time_unit='ms')")
    if _SLOWEST_PPS < 1e6 * typical < _FASTEST_PPS:
        ways.append("in us: --time-unit us (time_unit='us')")
    if _SLOWEST_PPS / 1e4 < typical < _FASTEST_PPS / 500:
        ways.append("in samples: --time-unit samples --fs RATE (time_unit='samples', fs_hz=RATE)")
    asked = f"Are the times {', or '.join(ways)}? " if ways else ""
    return f"{asked}If they are in seconds all the same, say so: --time-unit s (time_unit='s')."


def _cure_of_fast(typical: float) -> str:
    in_minutes = "Are the times in minutes: --time-unit min (time_unit='min')? "
    return (
        f"{in_minutes if _SLOWEST_PPS < typical / 60 < _FASTEST_PPS else ''}"
        "If the times are in seconds: --time-unit s (time_unit='s'); if the sampling rate is "
        "wrong: --fs (fs_hz). If all units are in one column, give each its own; if discharges "
        "were detected twice, edit the decomposition."
    )


def _each(units: MotorUnits, rates: FloatArray) -> Iterable[Suspicion]:
    fast = [i for i, rate in enumerate(rates) if rate > _FASTEST_PPS]
    if fast:
        yield Suspicion(
            why=UNIT_FAST(
                counted(len(fast), "unit fires", "units fire"), _FASTEST_PPS, named(units, fast)
            ),
            cure="Look whether several units were taken for one.",
            units=tuple(fast),
        )
    short = [
        i
        for i, t in enumerate(units)
        if i not in fast and len(t) > _FEWEST and np.mean(np.diff(t) < _REFRACTORY_S) > _MOST_SHORT
    ]
    if short:
        yield Suspicion(
            why=SHORT(100 * _MOST_SHORT, 1e3 * _REFRACTORY_S, named(units, short)),
            cure="Edit the decomposition before you trust these units.",
            units=tuple(short),
        )


RATES = CHECKS.add(
    Check("rates", "units fire at 1 to 100 pps, and rest 3 ms after each discharge", _looks, 10)
)
