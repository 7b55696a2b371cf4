"""Rest, artefacts and peak of a torque."""

from __future__ import annotations

from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from renshaw.data.arrays import FloatArray
from renshaw.data.motor_units import MotorUnits
from renshaw.data.signal import Signal

# The units of a file are rarely the first to be recruited: torque rises well before they fire, and
# goes some 200 ms after the last discharge. Of a short rest half is left out.
_MARGIN_S = 1.0
_LEAST_REST_S = 0.25
# No muscle is so fast: the fastest twitches of people take 50 ms to their peak and half-way back.
_ARTEFACT_S = 0.02
# A shorter excursion counts as an artefact beyond this part of the range of all others, ...
_ARTEFACT_PART = 0.25
# ... this many times what noise does, and if there are few of them.
_ARTEFACT_NOISE = 20.0
_MOST_ARTEFACTS = 0.01
# At rest, nine tenths of the torque lie within this part of its range.
_STILL_PART = 0.4
# Below this rate one sample may well be a twitch.
_LOWEST_FS_HZ = 50.0


@dataclass(frozen=True)
class Rest:
    """A stretch of rest.

    Parameters
    ----------
    start_s, end_s : float
    level : float
        Median torque.
    spread : float
        1.48 times the median absolute deviation from it.
    """

    start_s: float
    end_s: float
    level: float
    spread: float

    @property
    def at_s(self) -> float:
        """Its middle."""
        return (self.start_s + self.end_s) / 2


def rest_of(torque: Signal, units: MotorUnits) -> tuple[Rest | None, Rest | None]:
    """Return the rest before the first discharge of any unit and after the last, None where none.

    Parameters
    ----------
    torque : Signal
        Of one channel.
    units : MotorUnits
        Without any discharges there is no telling where the rest ends: the first and last tenth of
        the torque are taken, at most a second of each.
    """
    fired = [times for times in units if len(times)]
    start, end = torque.start_s, torque.end_s
    if fired:
        first = min(float(times[0]) for times in fired)
        last = max(float(times[-1]) for times in fired)
        first -= min(_MARGIN_S, max(0.0, first - start) / 2)
        last += min(_MARGIN_S, max(0.0, end - last) / 2)
    else:
        margin = min(1.0, (end - start) / 10)
        first, last = start + margin, end - margin
    return _between(torque, start, first), _between(torque, last, end)


def still(rest: Rest | None, torque: Signal) -> Rest | None:
    """Return a stretch of rest, or None where torque moves in it: a contraction without units.

    Parameters
    ----------
    rest : Rest or None
        Of `rest_of`.
    torque : Signal
        Of one channel.
    """
    if rest is None:
        return None
    times_s, known = torque.times_s, np.isfinite(torque.values)
    inside = torque.values[known & (times_s >= rest.start_s) & (times_s < rest.end_s)]
    low, high = np.quantile(inside, [0.05, 0.95])
    return rest if high - low <= _STILL_PART * np.ptp(torque.values[known]) else None


def _between(torque: Signal, start_s: float, end_s: float) -> Rest | None:
    times_s = torque.times_s
    values = torque.values[(times_s >= start_s) & (times_s < end_s)]
    values = values[np.isfinite(values)]
    if len(values) < max(2.0, _LEAST_REST_S * torque.fs_hz):
        return None
    level = float(np.median(values))
    return Rest(start_s, end_s, level, 1.4826 * float(np.median(np.abs(values - level))))


# Asked for by each look at a recording: a signal never changes, and is forgotten with its samples.
_FOUND: WeakKeyDictionary[Signal, NDArray[np.bool_]] = WeakKeyDictionary()


def artefacts(torque: Signal) -> NDArray[np.bool_]:
    """Return which samples stand out so far and so shortly that no muscle made them.

    Parameters
    ----------
    torque : Signal
        Of one channel.

    Returns
    -------
    array of bool, shape (samples,)
        Nothing where the torque is sampled too slowly to tell.
    """
    found = _FOUND.get(torque)
    if found is None:
        found = _artefacts(torque)
        found.flags.writeable = False
        _FOUND[torque] = found
    return found


def _artefacts(torque: Signal) -> NDArray[np.bool_]:
    nothing = np.zeros(len(torque), dtype=bool)
    there = np.isfinite(torque.values)
    width = 2 * int(np.ceil(_ARTEFACT_S * torque.fs_hz / 2)) + 1
    if torque.fs_hz < _LOWEST_FS_HZ or np.count_nonzero(there) < 20 * width:
        return nothing
    from scipy.ndimage import maximum_filter1d, minimum_filter1d

    values = np.asarray(torque.values[there], dtype=float)
    held = maximum_filter1d(minimum_filter1d(values, width), width)
    borne = minimum_filter1d(maximum_filter1d(values, width), width)
    out = np.maximum(values - held, borne - values)
    # Among samples that jump to and fro, half of which are at their top, none stands out.
    limit = max(
        _ARTEFACT_PART * float(held.max() - borne.min()), _ARTEFACT_NOISE * float(np.median(out))
    )
    found = out > limit
    if limit <= 0 or np.count_nonzero(found) > _MOST_ARTEFACTS * len(values):
        return nothing
    nothing[there] = found
    return nothing


def without_artefacts(torque: Signal) -> Signal:
    """Return a torque with a straight line in place of artefacts, and NaN for infinite numbers.

    An artefact is too brief for the torque to do anything else meanwhile.

    Parameters
    ----------
    torque : Signal
        Of one channel.
    """
    odd, endless = artefacts(torque), np.isinf(torque.values)
    if not (odd | endless).any():
        return torque
    values = np.where(endless, np.nan, torque.values)
    sound = np.flatnonzero(~odd & ~endless & np.isfinite(values))
    if odd.any():
        values[odd] = np.interp(np.flatnonzero(odd), sound, values[sound])
    return replace(torque, values=values)


def peak_of(torque: Signal) -> float:
    """Return the highest torque that is no artefact; NaN where there are no numbers.

    Parameters
    ----------
    torque : Signal
        Of one channel.
    """
    values: FloatArray = without_artefacts(torque).values
    finite = values[np.isfinite(values)]
    return float(finite.max()) if len(finite) else float("nan")
