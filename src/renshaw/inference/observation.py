"""Training recordings as laboratories would see them: some units, some errors, torque or none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from renshaw.core.seeds import derived_seed, stream
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording, Truth
from renshaw.data.signal import Signal
from renshaw.experiment.observation import ObservationSettings, observe
from renshaw.inference.prior import SIZE_ADVANTAGE, Case
from renshaw.inference.simulation import Contraction, KEPT_hz
from renshaw.inference.store import Pair

FloatArray = NDArray[np.float64]

# How often there is no torque, and how often it is not in % MVC.
_NO_TORQUE, _NO_MVC = 0.12, 0.12
# An MVC is measured with some error, as a standard deviation of its logarithm.
_MVC_ERROR = 0.05
# How often the same units are found in both recordings of a pair.
_TRACKED = 0.5


def as_recording(case: Case, done: Contraction, torque: Signal | None) -> Recording:
    """Return what happened as a recording of all motoneurons."""
    end_s = len(done.torque_pct_mvc) / KEPT_hz
    trains = tuple(times[times <= end_s] for times in done.spikes_s)
    muscles = (case.participant.muscle,) * len(trains)
    return Recording(
        units=MotorUnits(trains, (0.0, end_s), muscles=muscles),
        signals={} if torque is None else {"torque": torque},
        truth=Truth(),
        name=f"case {case.number}",
        participant=f"case {case.number}",
    )


def seen(pair: Pair, seed: int) -> tuple[Recording, Recording]:
    """Return both recordings of a pair as a laboratory would have them."""
    chance = _chance(pair.case, seed)
    settings = _drawn(chance)
    torque = _Torque(chance)
    where = derived_seed(seed, "inference", "electrodes", pair.case.number)
    moved = where if chance.random() < _TRACKED else where + 1
    recordings = []
    for done, place in ((pair.before, where), (pair.after, moved)):
        whole = as_recording(pair.case, done, torque.of(done))
        recordings.append(replace(observe(whole, settings, seed=place), truth=None))
    return recordings[0], recordings[1]


def laboratory(case: Case, seed: int) -> ObservationSettings:
    """Return how much the laboratory that records a case sees, and how well."""
    return _drawn(_chance(case, seed))


def _chance(case: Case, seed: int) -> np.random.Generator:
    return stream(seed, "inference", "seen", case.number)


def _drawn(chance: np.random.Generator) -> ObservationSettings:
    few, many, rare, often = np.log([4.0, 40.0, 0.3, 5.0])
    return ObservationSettings(
        units=float(np.exp(chance.uniform(few, many))),
        units_sd=0.0,
        size_advantage=SIZE_ADVANTAGE.at(chance.random()),
        errors=True,
        missed_pct=float(np.exp(chance.uniform(rare, often))),
        false_pct=float(np.exp(chance.uniform(rare, often))) / 3,
        merged_pct=float(chance.uniform(0.0, 3.0)),
        split_pct=float(chance.uniform(0.0, 3.0)),
        tracked=False,
    )


class _Torque:
    """How a laboratory measures torque; the same for both recordings of a pair."""

    def __init__(self, chance: np.random.Generator) -> None:
        kind, self._error, self._unit = chance.random(), chance.standard_normal(), chance.random()
        self._there = kind >= _NO_TORQUE
        self._relative = kind >= _NO_TORQUE + _NO_MVC

    def of(self, done: Contraction) -> Signal | None:
        if not self._there:
            return None
        factor = (
            np.exp(_MVC_ERROR * self._error) if self._relative else 10.0 ** (2 * self._unit - 2)
        )
        unit = "% MVC" if self._relative else ""
        return Signal(factor * done.torque_pct_mvc, KEPT_hz, unit)
