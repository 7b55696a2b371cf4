"""Which units to trust: what a unit fires like, what is odd about it, and how sure we are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.decompose.settings import TrustSettings

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
    rate_pps : float
        One over the median interval.
    """

    faults: tuple[str, ...]
    confidence: float
    cov_isi_pct: float
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
        return Plausibility(tuple(faults), 0.0, float("nan"), float("nan"))
    cov_pct = 100 * float(firing.std() / firing.mean())
    rate = 1 / float(np.median(firing))
    faults += _firing_faults(intervals, firing, cov_pct, rate, rules)
    certain = np.clip((silhouette - _UNSURE) / (_SURE - _UNSURE), 0.05, 1.0)
    regular = np.clip(1.5 - cov_pct / rules.cov_max_pct, 0.5, 1.0)
    confidence = 0.0 if faults else float(certain * regular)
    return Plausibility(tuple(faults), confidence, cov_pct, rate)


def _source_faults(silhouette: float, pnr_db: float, rules: TrustSettings) -> list[str]:
    faults = []
    if silhouette < rules.silhouette_min:
        faults.append(f"silhouette {silhouette:.2f} below {rules.silhouette_min:g}")
    if pnr_db < rules.pnr_min_db:
        faults.append(f"pulse-to-noise ratio {pnr_db:.0f} dB below {rules.pnr_min_db:g} dB")
    return faults


def _firing_faults(
    intervals: Array, firing: Array, cov_pct: float, rate: float, rules: TrustSettings
) -> list[str]:
    faults = []
    if cov_pct > rules.cov_max_pct:
        faults.append(f"intervals vary by {cov_pct:.0f} %, more than {rules.cov_max_pct:g} %")
    if not rules.rate_min_pps <= rate <= rules.rate_max_pps:
        faults.append(f"a rate of {rate:.1f} pps is not a motor unit's")
    doublets_pct = 100 * float(np.mean(firing < rules.doublet_s))
    if doublets_pct > rules.doublets_max_pct:
        faults.append(f"{doublets_pct:.0f} % of the intervals are doublets")
    silent_pct = 100 * float(intervals[intervals > rules.silence_s].sum() / intervals.sum())
    if silent_pct > rules.silences_max_pct:
        faults.append(f"silent for {silent_pct:.0f} % of the time between its discharges")
    return faults


