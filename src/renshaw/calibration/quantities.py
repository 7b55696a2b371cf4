"""What is measured of a candidate: one number a quantity and seed, NaN where there is none.

A target names one of these. Every number is made by the estimators that people's recordings go
through.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

import numpy as np

from renshaw.calibration.tasks import Done, Maximal
from renshaw.estimation import Firing, FiringSettings, firing

# Fewer splits than for people, of whom there are few; nobody asks for an error of one seed.
_MEASURED = FiringSettings(splits=30, resamples=0)
_MAXIMAL_s = (0.5, 2.0)


class Seen:
    """One candidate with one seed of noise, measured as far as anyone asks."""

    def __init__(self, done: Mapping[str, Done], maximal: Maximal) -> None:
        self._done = done
        self._maximal = maximal
        self._firing: dict[str, Firing] = {}

    def firing(self, task: str) -> Firing:
        """Return how units fire in a task."""
        if task not in self._firing:
            self._firing[task] = firing(self._done[task].recording, _MEASURED)
        return self._firing[task]

    def of(self, task: str, quantity: str) -> float:
        """Return one number of a task."""
        return self.firing(task)[quantity].value

    def units(self, task: str, quantity: str) -> np.ndarray:
        """Return a number of each unit that counts."""
        return self.firing(task).contractions[0].units.of(quantity)

    def test_units(self, task: str) -> int:
        """Return of how many units delta F is known."""
        return int(np.isfinite(self.units(task, "delta_f")).sum())

    def drive_hysteresis_pct(self, task: str) -> float:
        """Return drive at recruitment minus at derecruitment, mean of units, % of the peak."""
        done = self._done[task]
        units, drive = done.recording.units, done.drive
        per_s = len(drive) / units.window_s[1]
        edges = [t[[0, -1]] for t in units if len(t) > 1]
        if not edges or drive.max() <= 0:
            return np.nan
        at = np.clip((np.array(edges) * per_s).astype(int), 0, len(drive) - 1)
        return float(100 * np.mean(drive[at[:, 0]] - drive[at[:, 1]]) / drive.max())

    @cached_property
    def maximal_rates(self) -> np.ndarray:
        """The rate of every unit that fires in a maximal effort."""
        first, last = _MAXIMAL_s
        rates = [((t >= first) & (t < last)).sum() / (last - first) for t in self._maximal.discharges_s]
        return np.array([rate for rate in rates if rate > 0])


Quantity = Callable[[Seen], float]


def _taken(task: str, quantity: str) -> Quantity:
    return lambda seen: seen.of(task, quantity)


def _spread(seen: Seen) -> float:
    values = seen.units("triangle", "delta_f")
    known = values[np.isfinite(values)]
    return float(known.std(ddof=1)) if len(known) > 2 else np.nan


def _yield_pct(seen: Seen) -> float:
    peaks = int(np.isfinite(seen.units("triangle", "peak_rate")).sum())
    return 100.0 * seen.test_units("triangle") / peaks if peaks else np.nan


def _slope(low: str, high: str, pct: float) -> Quantity:
    """Return what measures by how much delta F rises for each % of neuromodulation."""
    return lambda seen: (seen.of(high, "delta_f") - seen.of(low, "delta_f")) / pct


_CURVE = ("dose_60", "dose_80", "dose_90", "triangle", "dose_110")


def _least_rise(of: Callable[[Seen, str], float]) -> Quantity:
    """Return what measures the smallest step up along the doses."""
    return lambda seen: float(np.min(np.diff([of(seen, task) for task in _CURVE])))


def _least_units(seen: Seen) -> float:
    usual = seen.test_units("triangle")
    return min(seen.test_units(task) for task in _CURVE) / usual if usual else np.nan


def _change(task: str, other: str, quantity: str) -> Quantity:
    return lambda seen: seen.of(task, quantity) - seen.of(other, quantity)


def _mean_maximal(seen: Seen) -> float:
    return float(seen.maximal_rates.mean()) if len(seen.maximal_rates) else np.nan


_OF_HOLDS = {
    "cov": "cov_isi_hold",
    "coherence_1_5": "coherence_1_5",
    "coherence_5_12": "coherence_5_12",
    "coherence_15_35": "coherence_15_35",
    "common_input_strength": "common_input_strength",
    "hysteresis": "derecruitment_minus_recruitment",
    "below": "share_below_recruitment",
    "rate": "rate_hold",
    "fall": "rate_fall",
    "fastest": "fastest_rate",
    "recruitment_rise": "rate_recruitment_rise",
    "recruitment_rate_first": "rate_recruitment_q1",
    "recruitment_rate_last": "rate_recruitment_q4",
    "derecruitment_rate_first": "rate_derecruitment_q1",
    "derecruitment_rate_last": "rate_derecruitment_q4",
    "steadiness": "torque_cov",
}
QUANTITIES: dict[str, Quantity] = {
    "delta_f": _taken("triangle", "delta_f"),
    "delta_f_spread": _spread,
    "delta_f_yield": _yield_pct,
    "peak_rate": _taken("triangle", "peak_rate"),
    "hysteresis_20": _taken("triangle", "derecruitment_minus_recruitment"),
    "r_delta_f_peak": _taken("triangle", "r_delta_f_peak_rate"),
    "r_delta_f_threshold": _taken("triangle", "r_delta_f_threshold"),
    **{f"delta_f_{task}": _taken(task, "delta_f") for task in _CURVE if task != "triangle"},
    "dose_slope": _slope("dose_90", "dose_110", 20.0),
    "dose_slope_below": _slope("dose_80", "triangle", 20.0),
    "dose_rise": _least_rise(lambda seen, task: seen.of(task, "delta_f")),
    "dose_units": _least_units,
    "drive_hysteresis": lambda seen: seen.drive_hysteresis_pct("triangle"),
    "drive_hysteresis_rise": _least_rise(Seen.drive_hysteresis_pct),
    "delta_f_10_to_20": _change("triangle", "triangle_10", "delta_f"),
    "delta_f_20_to_30": _change("triangle_30", "triangle", "delta_f"),
    "peak_10_to_20": _change("triangle", "triangle_10", "peak_rate"),
    "peak_20_to_30": _change("triangle_30", "triangle", "peak_rate"),
    **{
        f"{name}_{level}": _taken(f"hold_{level}", quantity)
        for level in (30, 50)
        for name, quantity in _OF_HOLDS.items()
    },
    "maximal_rate": _mean_maximal,
    "maximal_fastest": lambda seen: float(seen.maximal_rates.max(initial=np.nan)),
}


def measured(seen: Seen) -> dict[str, float]:
    """Return every quantity of a candidate with one seed."""
    return {name: float(quantity(seen)) for name, quantity in QUANTITIES.items()}
