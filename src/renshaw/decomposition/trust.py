"""Which units to trust: what a unit fires like, what is odd about it, and how sure we are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.decomposition.pulses import irregularity
from renshaw.decomposition.settings import TrustSettings

Array = NDArray[Any]

# Silhouettes of sources that are as good as they get, and of noise that was cut in two.
_SURE, _UNSURE = 0.95, 0.80


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
    """

    faults: tuple[str, ...]
    confidence: float
    cov_isi_pct: float
    cv2_pct: float
    rate_pps: float


def judged(times_s: Array, silhouette: float, pnr_db: float, rules: TrustSettings) -> Plausibility:
    """Hold one unit against what motor units do.

    Parameters
    ----------
    times_s : array, shape (n,)
    silhouette, pnr_db : float
    rules : TrustSettings
    """
    faults = _source_faults(silhouette, pnr_db, rules)
    count = len(times_s)
    if count < rules.discharges_min:
        faults.insert(0, f"only {count} discharge{'s' * (count != 1)}")
    intervals = np.diff(times_s)
    firing = intervals[intervals <= rules.silence_s]
    if len(firing) < 2:
        faults.append("it never fires steadily")
        return Plausibility(tuple(faults), 0.0, float("nan"), float("nan"), float("nan"))
    cov_pct = 100 * float(firing.std() / firing.mean())
    cv2_pct = 100 * irregularity(times_s, rules.silence_s)
    rate = 1 / float(np.median(firing))
    faults += _regularity_faults(cov_pct, cv2_pct, rules)
    faults += _firing_faults(intervals, firing, rate, rules)
    confidence = 0.0 if faults else certainty(silhouette, cv2_pct, rules)
    return Plausibility(tuple(faults), confidence, cov_pct, cv2_pct, rate)


def certainty(silhouette: float, cv2_pct: float, rules: TrustSettings) -> float:
    """Return how sure we are of a unit without faults, from its source and its evenness.

    Parameters
    ----------
    silhouette, cv2_pct : float
        Numbers that are not known count as the worst.
    rules : TrustSettings
    """
    certain = np.clip((silhouette - _UNSURE) / (_SURE - _UNSURE), 0.05, 1.0)
    even = np.clip(1.5 - cv2_pct / rules.cv2_max_pct, 0.5, 1.0)
    return float(np.nan_to_num(certain, nan=0.05) * np.nan_to_num(even, nan=0.5))


def _source_faults(silhouette: float, pnr_db: float, rules: TrustSettings) -> list[str]:
    faults = []
    if silhouette < rules.silhouette_min:
        faults.append(f"silhouette {silhouette:.2f} below {rules.silhouette_min:g}")
    if pnr_db < rules.pnr_min_db:
        faults.append(f"pulse-to-noise ratio {pnr_db:.0f} dB below {rules.pnr_min_db:g} dB")
    return faults


def _regularity_faults(cov_pct: float, cv2_pct: float, rules: TrustSettings) -> list[str]:
    if cv2_pct > rules.cv2_max_pct:
        return [
            f"neighboring intervals differ by {cv2_pct:.0f} %, more than {rules.cv2_max_pct:g} %"
        ]
    if cov_pct > rules.cov_max_pct and cv2_pct > rules.cv2_even_pct:
        return [f"intervals vary by {cov_pct:.0f} %, more than {rules.cov_max_pct:g} %"]
    return []


def _firing_faults(intervals: Array, firing: Array, rate: float, rules: TrustSettings) -> list[str]:
    faults = []
    if not rules.rate_min_pps <= rate <= rules.rate_max_pps:
        faults.append(f"a rate of {rate:.1f} pps is not a motor unit's")
    doublets_pct = 100 * float(np.mean(firing < rules.doublet_s))
    if doublets_pct > rules.doublets_max_pct:
        faults.append(f"{doublets_pct:.0f} % of the intervals are doublets")
    silent_pct = 100 * float(intervals[intervals > rules.silence_s].sum() / intervals.sum())
    if silent_pct > rules.silences_max_pct:
        faults.append(f"silent for {silent_pct:.0f} % of the time between its discharges")
    return faults


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
