"""What is measured of a candidate: one number a quantity and seed, NaN where there is none.

A target names one of these. Every number is made by the estimators that people's recordings go
through. Means over the units of a triangle count each unit as often as surface electrodes see it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from renshaw.calibration.tasks import Done, Impaled, Maximal
from renshaw.estimation import Firing, FiringSettings, firing
from renshaw.estimation.behavior.coherence import BANDS_hz, coherence_of
from renshaw.experiment.observation import usual_visibility

FloatArray = NDArray[np.float64]

# Fewer splits than for people, of whom there are few; nobody asks for an error of one seed.
_MEASURED = FiringSettings(splits=30, resamples=0)
_MAXIMAL_s = (0.5, 2.0)
# Firing on for so long after an effort is no end of it.
_AFTER_s = 1.0
# Torque is to be on the line so long after it was reached.
_SETTLES_s = 2.0
# Two discharges so close are a doublet (Bawa & Calancie 1983, doi:10.1113/jphysiol.1983.sp014707).
_DOUBLET_s = 0.01
# Silent so long before the rise, a unit can start anew.
_SILENT_s = 0.2


class Seen:
    """One candidate with one seed of noise, measured as far as anyone asks."""

    def __init__(self, done: Mapping[str, Done], maximal: Maximal, impaled: Impaled) -> None:
        self._done = done
        self._maximal = maximal
        self.impaled = impaled
        self._firing: dict[str, Firing] = {}

    def firing(self, task: str) -> Firing:
        """Return how units fire in a task."""
        if task not in self._firing:
            self._firing[task] = firing(self._done[task].recording, _MEASURED)
        return self._firing[task]

    def of(self, task: str, quantity: str) -> float:
        """Return one number of a task, of the units that count."""
        return self.firing(task)[quantity].value

    def units(self, task: str, quantity: str) -> FloatArray:
        """Return a number of every unit."""
        return self.firing(task).contractions[0].units.known[quantity]

    def mean(self, task: str, quantity: str) -> float:
        """Return the mean of all units, each as often as it is seen."""
        values = self.units(task, quantity)
        known = np.isfinite(values)
        if not known.any():
            return np.nan
        return float(np.average(values[known], weights=self._seen[known]))

    def spread(self, task: str, quantity: str) -> float:
        """Return the standard deviation of all units, each as often as it is seen."""
        values = self.units(task, quantity)
        known = np.isfinite(values)
        n = int(known.sum())
        if n < 3:
            return np.nan
        off = values[known] - self.mean(task, quantity)
        return float(np.sqrt(np.average(off**2, weights=self._seen[known]) * n / (n - 1)))

    def number(self, task: str, quantity: str) -> float:
        """Return of how many units a number is known, each as often as it is seen."""
        return float(self._seen[np.isfinite(self.units(task, quantity))].sum())

    def coherence(self, task: str, band: int) -> float:
        """Return the coherence of all units that fire in the hold of a task."""
        hold = self.firing(task).contractions[0].hold
        if hold is None:
            return np.nan
        trains = list(self._done[task].recording.units)
        found = coherence_of(trains, (hold.start_s, hold.end_s), _MEASURED)
        return np.nan if found is None else float(found.bands[band])

    @cached_property
    def _seen(self) -> FloatArray:
        recording = next(iter(self._done.values())).recording
        return usual_visibility(recording.muscle, len(recording.units))

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

    def threshold_change_pct(self, task: str) -> float:
        """Return by how much more drive units start with in the last triangle than in the first.

        Mean of the units that start in both: that are silent before the rise and fire during it.
        """
        done = self._done[task]
        begins_s = [event.onset_s for event in done.ramp.events()]
        starts_s = np.array(
            [
                [
                    _start(train, begin_s, done.ramp.rise_s)
                    for begin_s in (begins_s[0], begins_s[-1])
                ]
                for train in done.recording.units
            ]
        )
        known = np.isfinite(starts_s).all(axis=1)
        if not known.any():
            return np.nan
        per_s = len(done.drive) / done.recording.units.window_s[1]
        first, last = done.drive[(starts_s[known] * per_s).astype(int)].T
        return float(100.0 * np.average(last / first - 1.0, weights=self._seen[known]))

    def doublets(self, task: str) -> float:
        """Return the share of the units that fired whose first interval is that of a doublet."""
        trains = [train for train in self._done[task].recording.units if len(train) > 1]
        return (
            float(np.mean([np.diff(t[:2])[0] < _DOUBLET_s for t in trains])) if trains else np.nan
        )

    def firing_on(self, task: str) -> float:
        """Return the share of the units that fired which fire on when the effort is long over."""
        done = self._done[task]
        last = np.array([t[-1] for t in done.recording.units if len(t)])
        return float(np.mean(last > done.over_s + _AFTER_s)) if len(last) else np.nan

    def error_pct_mvc(self, task: str) -> float:
        """Return by how much the mean torque of a hold is beyond the line, once it has settled."""
        done = self._done[task]
        torque = done.recording.signals["torque"]
        times_s = np.arange(1, len(torque.values) + 1) / torque.fs_hz
        begins_s, ends_s = done.ramp.peak_s + _SETTLES_s, done.over_s - done.ramp.fall_s
        held = (times_s > begins_s) & (times_s < ends_s)
        return float(torque.values[held].mean() - done.ramp.peak_pct_mvc)

    def held(self, task: str) -> float:
        """Return 1 where the torque was steady enough for a hold to be found, or 0."""
        return float(self.firing(task).contractions[0].hold is not None)

    @cached_property
    def maximal_rates(self) -> FloatArray:
        """The rate of every unit that fires in a maximal effort."""
        first, last = _MAXIMAL_s
        rates = [
            ((t >= first) & (t < last)).sum() / (last - first) for t in self._maximal.discharges_s
        ]
        return np.array([rate for rate in rates if rate > 0])


def _start(train: FloatArray, begin_s: float, rise_s: float) -> float:
    """Return when a unit starts in a rise; NaN where it fires on from before, or doesn't start."""
    if ((train > begin_s - _SILENT_s) & (train < begin_s)).any():
        return np.nan
    during = train[(train >= begin_s) & (train < begin_s + rise_s)]
    return float(during[0]) if len(during) else np.nan


@dataclass(frozen=True)
class Quantity:
    """One number of a candidate.

    Parameters
    ----------
    tasks : tuple of str
        What must be done for it.
    measure : callable
    """

    tasks: tuple[str, ...]
    measure: Callable[[Seen], float]


CURVE = ("dose_60", "dose_80", "triangle", "dose_110")


def _taken(task: str, quantity: str) -> Quantity:
    return Quantity((task,), lambda seen: seen.of(task, quantity))


def _mean(task: str, quantity: str) -> Quantity:
    return Quantity((task,), lambda seen: seen.mean(task, quantity))


def _yield_pct(seen: Seen) -> float:
    fired = seen.number("triangle", "peak_rate")
    return 100.0 * seen.number("triangle", "delta_f") / fired if fired else np.nan


def _slope(low: str, high: str, pct: float) -> Quantity:
    """Return by how much delta F rises for each % of neuromodulation."""
    return Quantity(
        (low, high), lambda seen: (seen.mean(high, "delta_f") - seen.mean(low, "delta_f")) / pct
    )


def _least_rise(of: Callable[[Seen, str], float]) -> Quantity:
    """Return the smallest step up along the doses."""
    return Quantity(CURVE, lambda seen: float(np.min(np.diff([of(seen, task) for task in CURVE]))))


def _least_units(seen: Seen) -> float:
    usual = seen.number("triangle", "delta_f")
    return min(seen.number(task, "delta_f") for task in CURVE) / usual if usual else np.nan


def _change(task: str, other: str, quantity: str) -> Quantity:
    return Quantity(
        (task, other), lambda seen: seen.mean(task, quantity) - seen.mean(other, quantity)
    )


def _correlation(one: str, other: str) -> Quantity:
    def measure(seen: Seen) -> float:
        x, y = seen.units("triangle", one), seen.units("triangle", other)
        known = np.isfinite(x) & np.isfinite(y)
        return float(np.corrcoef(x[known], y[known])[0, 1]) if known.sum() > 4 else np.nan

    return Quantity(("triangle",), measure)


def _maximal(of: Callable[[FloatArray], float]) -> Quantity:
    def measure(seen: Seen) -> float:
        return float(of(seen.maximal_rates)) if len(seen.maximal_rates) else np.nan

    return Quantity((), measure)


def _l_type_ratio(seen: Seen) -> float:
    return seen.impaled.last_nA / seen.impaled.first_nA


_OF_HOLDS = {
    "cov": "cov_isi_hold",
    "common_input_strength": "common_input_strength",
    "hysteresis": "derecruitment_minus_recruitment",
    "below": "share_below_recruitment",
    "rate": "rate_hold",
    "fall": "rate_fall",
    "fastest": "fastest_rate",
    "recruitment_rate_first": "rate_recruitment_q1",
    "recruitment_rate_last": "rate_recruitment_q4",
    "derecruitment_rate_first": "rate_derecruitment_q1",
    "derecruitment_rate_last": "rate_derecruitment_q4",
    "steadiness": "torque_cov",
}
# Quarters of the units by recruitment threshold.
_QUARTERS = (1, 2, 3, 4)


def _of_hold(level: int) -> dict[str, Quantity]:
    task = f"hold_{level}"

    def coherence(band: int) -> Quantity:
        return Quantity((task,), lambda seen: seen.coherence(task, band))

    def fall(quarter: int) -> Quantity:
        early, late = f"rate_early_q{quarter}", f"rate_late_q{quarter}"
        return Quantity((task,), lambda seen: seen.of(task, early) - seen.of(task, late))

    found = {f"{name}_{level}": _taken(task, quantity) for name, quantity in _OF_HOLDS.items()}
    for quarter in _QUARTERS:
        found[f"fall_q{quarter}_{level}"] = fall(quarter)
    found[f"error_{level}"] = Quantity((task,), lambda seen: seen.error_pct_mvc(task))
    found[f"held_{level}"] = Quantity((task,), lambda seen: seen.held(task))
    for band, (low, high) in enumerate(BANDS_hz):
        found[f"coherence_{low:g}_{high:g}_{level}"] = coherence(band)
    return found


QUANTITIES: dict[str, Quantity] = {
    "delta_f": _mean("triangle", "delta_f"),
    "delta_f_spread": Quantity(("triangle",), lambda seen: seen.spread("triangle", "delta_f")),
    "delta_f_yield": Quantity(("triangle",), _yield_pct),
    "peak_rate": _mean("triangle", "peak_rate"),
    "peak_rate_spread": Quantity(("triangle",), lambda seen: seen.spread("triangle", "peak_rate")),
    "hysteresis_20": _taken("triangle", "derecruitment_minus_recruitment"),
    "r_delta_f_peak": _correlation("delta_f", "peak_rate"),
    "r_delta_f_threshold": _correlation("delta_f", "recruitment_torque"),
    "delta_f_60": _mean("dose_60", "delta_f"),
    "delta_f_80": _mean("dose_80", "delta_f"),
    "delta_f_90": _mean("dose_90", "delta_f"),
    "delta_f_110": _mean("dose_110", "delta_f"),
    "dose_slope": _slope("triangle", "dose_110", 10.0),
    "dose_slope_below": _slope("dose_80", "triangle", 20.0),
    "dose_slope_at": _slope("dose_90", "dose_110", 20.0),
    "dose_rise": _least_rise(lambda seen, task: seen.mean(task, "delta_f")),
    "dose_units": Quantity(CURVE, _least_units),
    "drive_hysteresis": Quantity(("triangle",), lambda seen: seen.drive_hysteresis_pct("triangle")),
    "drive_hysteresis_rise": _least_rise(Seen.drive_hysteresis_pct),
    "delta_f_10_to_20": _change("triangle", "triangle_10", "delta_f"),
    "delta_f_20_to_30": _change("triangle_30", "triangle", "delta_f"),
    "peak_10_to_20": _change("triangle", "triangle_10", "peak_rate"),
    "peak_20_to_30": _change("triangle_30", "triangle", "peak_rate"),
    "warm_up": Quantity(
        ("again_soon", "again_later"),
        lambda seen: (
            seen.threshold_change_pct("again_soon") - seen.threshold_change_pct("again_later")
        ),
    ),
    "doublets": Quantity(("triangle",), lambda seen: seen.doublets("triangle")),
    "firing_on": Quantity(("triangle",), lambda seen: seen.firing_on("triangle")),
    **_of_hold(15),
    **_of_hold(30),
    **_of_hold(50),
    "l_type_last_over_first": Quantity((), _l_type_ratio),
    # Parameters multiply the ratio: they move its logarithm evenly.
    "l_type_log2_last_over_first": Quantity((), lambda seen: float(np.log2(_l_type_ratio(seen)))),
    "ahp_ms": Quantity((), lambda seen: seen.impaled.ahp_ms),
    "maximal_rate": _maximal(np.mean),
    "maximal_fastest": _maximal(np.max),
}


def tasks_of(names: Iterable[str]) -> tuple[str, ...]:
    """Return the tasks that quantities need, each once."""
    return tuple(dict.fromkeys(task for name in names for task in QUANTITIES[name].tasks))


def measured(seen: Seen, tasks: Sequence[str]) -> dict[str, float]:
    """Return every quantity that those tasks allow, of a candidate with one seed."""
    return {
        name: round(float(quantity.measure(seen)), 6)
        for name, quantity in QUANTITIES.items()
        if set(quantity.tasks) <= set(tasks)
    }
