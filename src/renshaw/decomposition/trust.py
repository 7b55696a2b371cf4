"""Which units to trust: what a unit fires like, what is odd about it, and how sure we are.

Judged is what most of the firing is like. A discharge that was missed makes one interval twice as
long, and a rest between contractions is no silence of the unit: both say little against a source.
So the regularity is that of the median, which a few missed discharges leave as it is, and silent is
only who is silent while the muscle works as hard as when the unit fires, by the other units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.numbers import told_apart
from renshaw.decomposition.pulses import irregularity
from renshaw.decomposition.settings import TrustSettings

Array = NDArray[Any]

# Silhouettes of sources that are as good as they get, and of noise that was cut in two.
_SURE, _UNSURE = 0.95, 0.80
# Of a normal distribution: its quartiles' distance in standard deviations, and the median of the
# distance of two values over its mean.
_QUARTILES, _MEDIAN_OVER_MEAN = 1.349, 0.845
# Fewer discharges between two silences are no firing.
_SUSTAINED = 5
# Where a unit's firing begins, among the numbers of discharges of the others around its own.
_LOW_EDGE_PCT = 25
# A rest has so many of these discharges.
_REST = 0.5
# Others fire so often a second, at least, where they are to tell of the muscle.
_FEWEST_OTHERS_PPS = 2.0


@dataclass(frozen=True)
class Plausibility:
    """How a unit fires and what to think of it.

    Parameters
    ----------
    faults : tuple of str
        Why it should not be trusted; empty for a good unit.
    confidence : float
        0 for a unit with faults; else from the silhouette and the regularity, up to 1.
    cov_isi_pct : float
        Coefficient of variation of the intervals, silences left out.
    cv2_pct : float
        Mean CV2 of neighboring intervals.
    rate_pps : float
        One over the median interval.
    uneven_pct : float
        As `cv2_pct`, but of the median, so that missed discharges don't count: the same for firing
        without any.
    """

    faults: tuple[str, ...]
    confidence: float
    cov_isi_pct: float
    cv2_pct: float
    rate_pps: float
    uneven_pct: float


def judged(
    times_s: Array,
    silhouette: float,
    pnr_db: float,
    rules: TrustSettings,
    others: Sequence[Array] = (),
) -> Plausibility:
    """Hold one unit against what motor units do.

    Parameters
    ----------
    times_s : array, shape (n,)
    silhouette, pnr_db : float
    rules : TrustSettings
    others : sequence of array
        Discharges of the other units of the muscle, which tell when it rests.
    """
    faults = _source_faults(silhouette, pnr_db, rules)
    count = len(times_s)
    if count < rules.discharges_min:
        faults.insert(0, f"only {count} discharge{'s' * (count != 1)}")
    intervals = np.diff(times_s)
    firing = intervals[intervals <= rules.silence_s]
    if len(firing) < 2:
        faults.append("it never fires steadily")
        return Plausibility(tuple(faults), 0.0, *[float("nan")] * 4)
    cov_pct = 100 * float(firing.std() / firing.mean())
    cv2_pct = 100 * irregularity(times_s, rules.silence_s)
    uneven_pct = 100 * _unevenness(intervals, rules.silence_s)
    rate = 1 / float(np.median(firing))
    faults += _regularity_faults(firing, uneven_pct, rules)
    faults += _firing_faults(firing, rate, rules)
    faults += _silence_faults(times_s, others, rules)
    confidence = 0.0 if faults else certainty(silhouette, uneven_pct, rules)
    return Plausibility(tuple(faults), confidence, cov_pct, cv2_pct, rate, uneven_pct)


def certainty(silhouette: float, uneven_pct: float, rules: TrustSettings) -> float:
    """Return how sure we are of a unit without faults, from its source and its evenness.

    Parameters
    ----------
    silhouette, uneven_pct : float
        Numbers that are not known count as the worst.
    rules : TrustSettings
    """
    certain = np.clip((silhouette - _UNSURE) / (_SURE - _UNSURE), 0.05, 1.0)
    even = np.clip(1.5 - uneven_pct / rules.cv2_max_pct, 0.5, 1.0)
    return float(np.nan_to_num(certain, nan=0.05) * np.nan_to_num(even, nan=0.5))


def _source_faults(silhouette: float, pnr_db: float, rules: TrustSettings) -> list[str]:
    faults = []
    if silhouette < rules.silhouette_min:
        words = "silhouette {:.2f} below {:g}"
        faults.append(told_apart(words, silhouette, rules.silhouette_min))
    if pnr_db < rules.pnr_min_db:
        words = "pulse-to-noise ratio {:.0f} dB below {:g} dB"
        faults.append(told_apart(words, pnr_db, rules.pnr_min_db))
    return faults


def _unevenness(intervals: Array, silence_s: float) -> float:
    """Return the CV2 of most neighboring intervals, on the scale of their mean."""
    early, late = intervals[:-1], intervals[1:]
    firing = (early <= silence_s) & (late <= silence_s)
    if np.count_nonzero(firing) < 2:
        return float("inf")
    early, late = early[firing], late[firing]
    return float(np.median(2 * np.abs(late - early) / (late + early))) / _MEDIAN_OVER_MEAN


def _regularity_faults(firing: Array, uneven_pct: float, rules: TrustSettings) -> list[str]:
    if uneven_pct > rules.cv2_max_pct:
        words = "neighboring intervals differ by {:.0f} % (median), more than {:g} %"
        return [told_apart(words, uneven_pct, rules.cv2_max_pct)]
    low, middle, high = np.percentile(firing, [25, 50, 75])
    spread_pct = 100 * float(high - low) / _QUARTILES / float(middle)
    if spread_pct > rules.cov_max_pct and uneven_pct > rules.cv2_even_pct:
        words = "intervals vary by {:.0f} % (by their quartiles), more than {:g} %"
        return [told_apart(words, spread_pct, rules.cov_max_pct)]
    return []


def _firing_faults(firing: Array, rate: float, rules: TrustSettings) -> list[str]:
    faults = []
    for limit, wrong, words in (
        (rules.rate_min_pps, rate < rules.rate_min_pps, "a rate of {:.1f} pps, below {:g} pps"),
        (rules.rate_max_pps, rate > rules.rate_max_pps, "a rate of {:.1f} pps, above {:g} pps"),
    ):
        if wrong:
            faults.append(f"{told_apart(words, rate, limit)}, is not a motor unit's")
    doublets_pct = 100 * float(np.mean(firing < rules.doublet_s))
    if doublets_pct > rules.doublets_max_pct:
        words = "{:.0f} % of the intervals are doublets, more than {:g} %"
        faults.append(told_apart(words, doublets_pct, rules.doublets_max_pct))
    return faults


def _silence_faults(times_s: Array, others: Sequence[Array], rules: TrustSettings) -> list[str]:
    intervals = np.diff(times_s)
    silent_s = _silent_s(times_s, others, rules)
    fired_s = float(intervals[intervals <= rules.silence_s].sum())
    silent_pct = 100 * silent_s / (silent_s + fired_s)
    if silent_pct <= rules.silences_max_pct:
        return []
    words = "silent for {:.0f} % of the time in which the muscle was active, more than {:g} %"
    return [told_apart(words, silent_pct, rules.silences_max_pct)]


def _silent_s(times_s: Array, others: Sequence[Array], rules: TrustSettings) -> float:
    """Return for how long a unit was silent between its discharges while its muscle was active.

    The muscle rests where its other units discharge less than half as often as around most of the
    unit's own discharges. A silence with a rest in it is that between two contractions, in which a
    unit may stop earlier and begin later than others, or not fire at all. Without others, a unit
    that fires on both sides of a silence may have rested.
    """
    around_s = rules.silence_s / 2
    rest = np.sort(np.concatenate([np.zeros(0), *others]))

    def heard(at_s: Array) -> Array:
        return np.searchsorted(rest, at_s + around_s) - np.searchsorted(rest, at_s - around_s)

    active = float(np.percentile(heard(times_s), _LOW_EDGE_PCT))
    told = active >= _FEWEST_OTHERS_PPS * rules.silence_s
    gaps = np.flatnonzero(np.diff(times_s) > rules.silence_s)
    spells = np.diff([0, *(gaps + 1), len(times_s)])
    silent_s = 0.0
    for number, gap in enumerate(gaps):
        start_s, end_s = times_s[gap], times_s[gap + 1]
        if told:
            within = np.arange(start_s + around_s, end_s - around_s, around_s / 2)
            rested = bool(np.any(heard(within) < _REST * active))
            silent_s += 0.0 if rested else end_s - start_s
        elif min(spells[number], spells[number + 1]) < _SUSTAINED:
            silent_s += end_s - start_s
    return silent_s


def without_strays(times_s: Array, rules: TrustSettings) -> Array:
    """Return the discharges without those that stand alone before, between or after the firing.

    Parameters
    ----------
    times_s : array, shape (n,)
    rules : TrustSettings
    """
    if len(times_s) <= rules.strays_max or not rules.strays_max:
        return times_s
    spell = np.cumsum(np.diff(times_s, prepend=times_s[0]) > rules.silence_s)
    size = np.bincount(spell)
    return times_s[size[spell] > rules.strays_max]
