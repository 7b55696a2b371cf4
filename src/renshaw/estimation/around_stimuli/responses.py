"""The responses of one unit, or of all together: the stretches most unlike usual firing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.estimation.around_stimuli.chance import locked, most_unlike, moved
from renshaw.estimation.around_stimuli.histograms import edges_of, histogram
from renshaw.estimation.around_stimuli.settings import PeristimulusSettings

STEADY = "the stimuli and the unit are both too steady: their phases keep, and chance can't be told"
TOO_FEW = "too few discharges around the stimuli"
ECHO = "a trough after a peak: as likely the unit's own refractoriness as inhibition"


def responses_of(
    unit: int,
    label: str,
    trains: Sequence[FloatArray],
    stimuli_s: FloatArray,
    settings: PeristimulusSettings,
    rates_pps: FloatArray,
    chance: np.random.Generator,
    tick_s: float,
) -> list[dict[str, object]]:
    edges_ms = edges_of(settings)
    starts = edges_ms[:-1]
    seen = histogram(trains, stimuli_s, edges_ms)
    before = starts < 0
    looked = starts >= settings.first_ms
    usual = seen[before].mean()
    usual_pps = usual / len(stimuli_s) / (settings.bin_ms / 1000)
    enough = seen[before].sum() >= settings.discharges_min
    found = most_unlike(seen[looked], usual)
    larger = {"excitation": 0, "inhibition": 0}
    if enough:
        together = [np.sort(np.concatenate(trains))]
        for _ in range(settings.moved):
            other = moved(stimuli_s, chance, tick_s)
            counts = histogram(together, other, edges_ms)
            by_chance = most_unlike(counts[looked], counts[before].mean())
            for direction in larger:
                larger[direction] += by_chance[direction][0] >= found[direction][0]
    times_ms = starts[looked]
    in_window, usual_rate = rates_pps[looked], _mean(rates_pps[before])
    rows = []
    steady = any(locked(train, stimuli_s) for train in trains)
    for direction, (_, first, last) in found.items():
        off = seen[looked][first:last].sum() - usual * (last - first)
        p = (1 + larger[direction]) / (1 + settings.moved) if enough else np.nan
        onset_ms = float(times_ms[first])
        reason = "" if enough else TOO_FEW
        if enough and steady:
            reason = STEADY
        elif enough and p > settings.alpha:
            reason = f"no larger than by chance (p = {p:.2g})"
        peak = found["excitation"]
        interval_ms = 1000.0 / usual_pps if usual_pps > 0 else np.inf
        after_peak = unit > 0 and 0 <= onset_ms - times_ms[peak[1]] <= interval_ms
        strong = enough and (1 + larger["excitation"]) / (1 + settings.moved) <= settings.alpha
        if not reason and direction == "inhibition" and after_peak and strong:
            reason = ECHO
        rows.append(
            {
                "unit": unit,
                "label": label,
                "direction": direction,
                "onset_ms": onset_ms,
                "duration_ms": float((last - first) * settings.bin_ms),
                "discharges_per_stimulus": abs(off) / len(stimuli_s),
                "rate_change_pps": _mean(in_window[first:last]) - usual_rate,
                "usual_pps": usual_pps,
                "stimuli": len(stimuli_s),
                "p": p,
                "ok": not reason,
                "reason": reason,
            }
        )
    return rows


def _mean(values: FloatArray) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")
