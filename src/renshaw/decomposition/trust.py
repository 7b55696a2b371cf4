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
from renshaw.decomposition.certainty import certainty
from renshaw.decomposition.pulses import irregularity
from renshaw.decomposition.settings import TrustSettings

Array = NDArray[Any]
Gaps = Sequence[tuple[float, float]]

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
        The probability that it is right; 0 for a unit with faults.
    cov_isi_pct : float
        Coefficient of variation of the intervals, silences left out.
    cv2_pct : float
        Mean CV2 of neighboring intervals.
    rate_pps : float
        One over the median interval.
    uneven_pct : float
        As `cv2_pct`, but of the median, so that missed discharges don't count: the same for firing
        without any.
    certainty : float
        The probability that it is right, whatever its faults.
    """

    faults: tuple[str, ...]
    confidence: float
    cov_isi_pct: float
    cv2_pct: float
    rate_pps: float
    uneven_pct: float
    certainty: float


def unseen_s(times_s: Array, gaps_s: Gaps) -> Array:
    """Return how much of each interval between discharges was not seen, shape (n - 1,).

    Parameters
    ----------
    times_s : array, shape (n,)
    gaps_s : sequence of (float, float)
        Start and end of each stretch that was left out; none overlaps another.
    """
    hidden = np.zeros(max(0, len(times_s) - 1))
    for start_s, end_s in gaps_s:
        hidden += np.maximum(0, np.minimum(times_s[1:], end_s) - np.maximum(times_s[:-1], start_s))
    return hidden


def judged(
    times_s: Array,
    silhouette: float,
    pnr_db: float,
    rules: TrustSettings,
    others: Sequence[Array] = (),
    gaps_s: Gaps = (),
    weakest: float = float("nan"),
) -> Plausibility:
    """Hold one unit against what motor units do.

    Parameters
    ----------
    times_s : array, shape (n,)
    silhouette, pnr_db : float
    rules : TrustSettings
    others : sequence of array
        Discharges of the other units of the muscle, which tell when it rests.
    gaps_s : sequence of (float, float)
        Start and end of each stretch that was left out. Whether a unit fired there is not known:
        an interval across one is no interval, and what was not seen is no silence.
    weakest : float
        Silhouette of the group of neighboring discharges that stands out least.
    """
    faults = _source_faults(silhouette, pnr_db, rules)
    count = len(times_s)
    if count < rules.discharges_min:
        faults.insert(0, f"only {count} discharge{'s' * (count != 1)}")
    intervals, hidden = np.diff(times_s), unseen_s(times_s, gaps_s)
    known = hidden == 0
    firing = intervals[known & (intervals <= rules.silence_s)]
    if len(firing) < 2:
        faults.append("it never fires steadily")
        unknown = float("nan")
        return Plausibility(tuple(faults), 0.0, unknown, unknown, unknown, unknown, 0.0)
    cov_pct = 100 * float(firing.std() / firing.mean())
    cv2_pct = 100 * irregularity(times_s, rules.silence_s, known)
    uneven_pct = 100 * _unevenness(intervals, rules.silence_s, known)
    rate = 1 / float(np.median(firing))
    faults += _regularity_faults(firing, uneven_pct, rules)
    faults += _firing_faults(firing, rate, rules)
    faults += _silence_faults(times_s, others, rules, gaps_s)
    certain = certainty(times_s, silhouette, weakest, known & (intervals <= rules.silence_s))
    confidence = 0.0 if faults else certain
    return Plausibility(tuple(faults), confidence, cov_pct, cv2_pct, rate, uneven_pct, certain)


def _source_faults(silhouette: float, pnr_db: float, rules: TrustSettings) -> list[str]:
    faults = []
    if silhouette < rules.silhouette_min:
        words = "silhouette {:.2f} below {:g}"
        faults.append(told_apart(words, silhouette, rules.silhouette_min))
    if pnr_db < rules.pnr_min_db:
        words = "pulse-to-noise ratio {:.0f} dB below {:g} dB"
        faults.append(told_apart(words, pnr_db, rules.pnr_min_db))
    return faults


def _unevenness(intervals: Array, silence_s: float, known: Array) -> float:
    """Return the CV2 of most neighboring intervals, on the scale of their mean."""
    early, late = intervals[:-1], intervals[1:]
    firing = (early <= silence_s) & (late <= silence_s) & known[:-1] & known[1:]
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


def _silence_faults(
    times_s: Array, others: Sequence[Array], rules: TrustSettings, gaps_s: Gaps
) -> list[str]:
    seen_s = np.diff(times_s) - unseen_s(times_s, gaps_s)
    silent_s = _silent_s(times_s, others, rules, gaps_s)
    fired_s = float(seen_s[seen_s <= rules.silence_s].sum())
    silent_pct = 100 * silent_s / (silent_s + fired_s)
    if silent_pct <= rules.silences_max_pct:
        return []
    words = "silent for {:.0f} % of the time in which the muscle was active, more than {:g} %"
    return [told_apart(words, silent_pct, rules.silences_max_pct)]


def _silent_s(times_s: Array, others: Sequence[Array], rules: TrustSettings, gaps_s: Gaps) -> float:
    """Return for how long a unit was silent between its discharges while its muscle was active.

    The muscle rests where its other units discharge less than half as often as around most of the
    unit's own discharges. A silence with a rest in it is that between two contractions, in which a
    unit may stop earlier and begin later than others, or not fire at all. Without others, a unit
    that fires on both sides of a silence may have rested. What was left out is neither silence nor
    rest.
    """
    around_s = rules.silence_s / 2
    rest = np.sort(np.concatenate([np.zeros(0), *others]))

    def heard(at_s: Array) -> Array:
        return np.searchsorted(rest, at_s + around_s) - np.searchsorted(rest, at_s - around_s)

    active = float(np.percentile(heard(times_s), _LOW_EDGE_PCT))
    told = active >= _FEWEST_OTHERS_PPS * rules.silence_s
    seen_s = np.diff(times_s) - unseen_s(times_s, gaps_s)
    silences = np.flatnonzero(seen_s > rules.silence_s)
    spells = np.diff([0, *(silences + 1), len(times_s)])
    silent_s = 0.0
    for number, at in enumerate(silences):
        if told:
            within = np.arange(times_s[at] + around_s, times_s[at + 1] - around_s, around_s / 2)
            for start_s, end_s in gaps_s:
                within = within[(within < start_s - around_s) | (within > end_s + around_s)]
            rested = bool(np.any(heard(within) < _REST * active))
            silent_s += 0.0 if rested else float(seen_s[at])
        elif min(spells[number], spells[number + 1]) < _SUSTAINED:
            silent_s += float(seen_s[at])
    return silent_s


def without_strays(times_s: Array, rules: TrustSettings, gaps_s: Gaps = ()) -> Array:
    """Return the discharges without those that stand alone before, between or after the firing.

    Parameters
    ----------
    times_s : array, shape (n,)
    rules : TrustSettings
    gaps_s : sequence of (float, float)
        What was left out; no silence.
    """
    if len(times_s) <= rules.strays_max or not rules.strays_max:
        return times_s
    seen_s = np.diff(times_s) - unseen_s(times_s, gaps_s)
    spell = np.concatenate([[0], np.cumsum(seen_s > rules.silence_s)])
    size = np.bincount(spell)
    return np.asarray(times_s[size[spell] > rules.strays_max])
