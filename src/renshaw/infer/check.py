"""Posterior predictive check: do persons of the posterior contract as the recorded one did?"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import DataError
from renshaw.core.seeds import derived_seed, stream
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.infer.cautions import sentence_of
from renshaw.infer.contraction import Course, SHORTEST_HOLD_s
from renshaw.infer.posterior import Check
from renshaw.infer.prior import SIMULATED_UNITS, Case
from renshaw.infer.simulation import KEPT_hz, contractions
from renshaw.infer.summaries import FEWEST_DISCHARGES, NAMES, Summarized, summarize
from renshaw.model.cord import USUAL_PCT_MVC
from renshaw.model.participant import Participant
from renshaw.protocols import Ramp
from renshaw.study.persons import persons_from_samples

if TYPE_CHECKING:
    import pandas as pd

Matrix = NDArray[np.float64]
Progress = Callable[[int, int, str], None]

_INSIDE = (0.05, 0.95)
_NAMED = 5
_REST_s = 1.5


def checked(
    samples: pd.DataFrame,
    found: Summarized,
    muscle: str,
    peak_pct_mvc: float | None,
    persons: int,
    seed: int,
    progress: Progress | None = None,
) -> Check:
    """Let persons of the posterior do the contraction, and see whether it looks as recorded.

    Parameters
    ----------
    samples : DataFrame
        Of the posterior.
    found : Summarized
        The recording.
    muscle : str
    peak_pct_mvc : float or None
    persons : int
    seed : int
    progress : callable, optional

    Raises
    ------
    DataError
        None of them could be recorded.
    """
    typical = Participant(muscle=muscle, n_units=SIMULATED_UNITS)
    noise = stream(seed, "check").choice(samples["synaptic_noise"].to_numpy(), persons)
    ramp = _ramp(found.contraction.course, peak_pct_mvc or USUAL_PCT_MVC)
    looked = []
    for k, person in enumerate(persons_from_samples(samples, typical, persons, seed)):
        if progress is not None:
            progress(k, persons, "contracting again")
        case = Case(k, person, float(noise[k]), ramp, 0.0, 0.0, 0.0, 0.0)
        try:
            looked.append(_again(case, found, derived_seed(seed, "check", k)))
        except DataError:
            continue  # Too few of her units fired; she says nothing.
    if not looked:
        raise DataError(
            f"Of {persons} persons of the posterior none did this contraction with units enough to "
            "compare; leave check out (--check 0), and do not trust the posterior."
        )
    return _compared(found.values, np.stack(looked))


def _ramp(course: Course, peak_pct_mvc: float) -> Ramp:
    return Ramp(
        peak_pct_mvc=min(peak_pct_mvc, 100.0),
        rise_s=max(course.rise_s, 1.0),
        fall_s=max(course.fall_s, 1.0),
        hold_s=course.hold_s if course.hold_s >= SHORTEST_HOLD_s else 0.0,
        rest_s=_REST_s,
    )


def _again(case: Case, found: Summarized, seed: int) -> Matrix:
    """Return the summaries of one person, of as many units as were recorded."""
    done, _ = contractions(case, seed)
    end_s = len(done.torque_pct_mvc) / KEPT_hz
    trains = [times[times <= end_s] for times in done.spikes_s]
    trains = [times for times in trains if len(times) >= FEWEST_DISCHARGES]
    chance = stream(seed, "units")
    kept = chance.permutation(len(trains))[: found.n_units]
    units = MotorUnits(tuple(trains[i] for i in sorted(kept)), (0.0, end_s))
    signals = {}
    if found.contraction.torque is not None:
        unit = "% MVC" if found.mvc_known else ""
        signals["torque"] = Signal(done.torque_pct_mvc, KEPT_hz, unit)
    return summarize(Recording(units, signals, name=f"person {case.number + 1}")).values


def _compared(recorded: Matrix, again: Matrix) -> Check:
    there = np.isfinite(recorded) & (np.isfinite(again).mean(axis=0) > 0.5)
    low, high = np.nanquantile(again[:, there], _INSIDE, axis=0)
    values = recorded[there]
    width = np.maximum(high - low, 1e-9)
    out = np.maximum(low - values, values - high) / width
    order = np.argsort(-out)
    names = [NAMES[i] for i in np.flatnonzero(there)]
    outside = tuple(sentence_of(names[i]) for i in order[:_NAMED] if out[i] > 0)
    return Check(len(again), float(100 * np.mean(out <= 0)), outside)
