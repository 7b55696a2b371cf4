"""Where torque is held: the longest stretch in which it stays at one level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.data.reasons import NO_REASONS, Cause, Reasons
from renshaw.data.signal import Signal
from renshaw.estimation.behavior.settings import FiringSettings
from renshaw.estimation.contractions.course import coarse, smoothed

# Fluctuations of torque are faster than its task.
_SMOOTH_s = 0.5
# Beyond the band for less than this, torque is still held.
_BRIDGED_s = 0.5
# Levels that are tried, as parts of the highest torque.
_LEVELS = np.linspace(0.3, 1.0, 71)
# A hold begins and ends where torque is within this part of the band.
_EDGE = 1 / 3
# The higher, the briefer: the top of a triangle or a sinusoid stays within the band for more than
# twice as long as near its highest fifth; a hold, whatever its noise, hardly longer.
_HIGH, _BRIEFER = 0.8, 1.75
_SHAPE = 0.3

NO_HOLD = Cause(
    "no_hold",
    "there is no hold: torque never stays within {:g} % of a level for {:g} s",
    name="there is no hold",
)
_ROUND = Cause("hold_round", "there is no hold: torque rises to its top and falls at once")
NEVER_RISES = Cause("torque_never_rises", "torque never rises above rest")


@dataclass(frozen=True)
class Hold:
    """A stretch of steady torque.

    Parameters
    ----------
    start_s, end_s : float
        Margins are left out.
    level : float
        Mean torque, in the unit of the torque.
    part_s : float
        Length of its early and of its late part.
    """

    start_s: float
    end_s: float
    level: float
    part_s: float

    @property
    def duration_s(self) -> float:
        """How long it lasts."""
        return self.end_s - self.start_s

    @property
    def early_s(self) -> tuple[float, float]:
        """Its first part."""
        return self.start_s, self.start_s + self.part_s

    @property
    def late_s(self) -> tuple[float, float]:
        """Its last part."""
        return self.end_s - self.part_s, self.end_s


def hold_of(torque: Signal, settings: FiringSettings | None = None) -> tuple[Hold | None, Reasons]:
    """Return the longest hold of a torque, or None and why there is none.

    Parameters
    ----------
    torque : Signal
        Of one channel, upward, 0 at rest.
    settings : FiringSettings, optional
    """
    settings = settings or FiringSettings()
    sampled = coarse(torque)
    if sampled is None or not float(sampled.values.max(initial=0.0)) > 0:
        return None, NEVER_RISES()
    fs_hz = sampled.fs_hz
    values = smoothed(sampled.values, _SMOOTH_s * fs_hz)
    first, last = _longest(values, settings.hold_band_pct / 100, _BRIDGED_s * fs_hz)
    close = _EDGE * settings.hold_band_pct / 100
    around = last - first
    round_top = around > _BRIEFER * _near_top(values[first : last + 1], close)
    first, last = _within(values, first, last, close)
    margin = round(settings.hold_margin_s * fs_hz)
    duration_s = (last - first) / fs_hz - 2 * settings.hold_margin_s
    if duration_s < settings.hold_min_s:
        return None, NO_HOLD(settings.hold_band_pct, settings.hold_min_s)
    level = float(np.mean(values[first + margin : last + 1 - margin]))
    if round_top:
        return None, _ROUND()
    start_s = sampled.start_s + (first + 0.5) / fs_hz + settings.hold_margin_s
    part_s = min(settings.hold_part_s, duration_s / 2)
    return Hold(start_s, start_s + duration_s, level, part_s), NO_REASONS


def _longest(values: FloatArray, band: float, bridged: float) -> tuple[int, int]:
    """Return the first and last sample of the longest stretch around any level."""
    best = (0, 0)
    for level in _LEVELS * float(values.max()):
        inside = np.flatnonzero(np.abs(values - level) <= band * level)
        if not len(inside):
            continue
        breaks = np.flatnonzero(np.diff(inside) > max(bridged, 1.0))
        firsts = inside[np.concatenate([[0], breaks + 1])]
        lasts = inside[np.concatenate([breaks, [len(inside) - 1]])]
        k = int(np.argmax(lasts - firsts))
        if lasts[k] - firsts[k] > best[1] - best[0]:
            best = int(firsts[k]), int(lasts[k])
    return best


def _within(values: FloatArray, first: int, last: int, band: float) -> tuple[int, int]:
    """Return where a stretch first and last is close to its level: the rise before is no hold."""
    part = values[first : last + 1]
    # The lower of two middle values, so that one sample at least is at the level.
    level = np.quantile(part, 0.5, method="lower")
    close = np.flatnonzero(np.abs(part - level) <= band * level)
    return first + int(close[0]), first + int(close[-1])


def _near_top(part: FloatArray, band: float) -> int:
    """Return for how many samples a stretch is near its highest fifth, from first to last.

    It is smoothed as much as its shape allows, so that noise makes no second top.
    """
    shape = smoothed(part, _SHAPE * len(part))
    near = np.flatnonzero(shape >= (1 - band) * np.quantile(shape, _HIGH))
    return int(near[-1] - near[0])
