"""Posterior predictive check: do persons of the posterior contract as the recorded one did?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import DataError, SettingsError
from renshaw.core.seeds import derived_seed, stream
from renshaw.data.signal import Signal
from renshaw.experiment.observation import observe
from renshaw.inference.cautions import sentence_of
from renshaw.inference.contraction import Course, SHORTEST_HOLD_s
from renshaw.inference.observation import as_recording, laboratory
from renshaw.inference.posterior import Check
from renshaw.inference.prior import SIMULATED_UNITS, Case
from renshaw.inference.simulation import KEPT_hz, contractions
from renshaw.inference.summaries import FEWEST_DISCHARGES, NAMES, Summarized, summarize
from renshaw.model.cord import USUAL_PCT_MVC
from renshaw.model.editions import TRAINED_EDITION
from renshaw.model.participant import Participant
from renshaw.protocols import Ramp
from renshaw.study.persons import persons_from_samples

if TYPE_CHECKING:
    import pandas as pd

Matrix = NDArray[np.float64]
Progress = Callable[[int, int, str], None]

_UP_TO = 0.95
_NAMED = 5
FEWEST_PERSONS = 3
_REST_s = 1.5
# How often a person is looked at, until about as many of her units are seen as were recorded.
_LOOKS = 12


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

    Returns
    -------
    Check
        Nothing lies inside where fewer than three persons could do the contraction.

    Raises
    ------
    SettingsError
        Fewer than three persons: no spread could be told.
    """
    if persons < FEWEST_PERSONS:
        raise SettingsError(
            f"A check with {persons} person{'s' * (persons > 1)} shows no spread; use at least "
            f"{FEWEST_PERSONS}, e.g. check = 20 (--check 20)."
        )
    typical = Participant(edition=TRAINED_EDITION, muscle=muscle, n_units=SIMULATED_UNITS)
    ramp = _ramp(found.contraction.course, peak_pct_mvc or USUAL_PCT_MVC)
    rows = stream(seed, "check").choice(len(samples), persons, replace=persons > len(samples))
    looked = []
    for k, row in enumerate(rows):
        if progress is not None:
            progress(k, persons, "contracting again")
        sample = samples.iloc[[row]]
        (person,) = persons_from_samples(sample, typical, 1)
        case = Case(k, person, float(sample["synaptic_noise"].iloc[0]), ramp, 0.0, 0.0, 0.0, 0.0)
        own = derived_seed(seed, "check", k)
        try:
            looked.append(_again(case, found, float(sample["size_advantage"].iloc[0]), own))
        except DataError:
            continue  # Too few of her units fired; she says nothing.
    if len(looked) < FEWEST_PERSONS:
        return Check(len(looked), 0.0, ())
    return _compared(found.values, np.stack(looked))


def _ramp(course: Course, peak_pct_mvc: float) -> Ramp:
    return Ramp(
        peak_pct_mvc=min(peak_pct_mvc, 100.0),
        rise_s=max(course.rise_s, 1.0),
        fall_s=max(course.fall_s, 1.0),
        hold_s=course.hold_s if course.hold_s >= SHORTEST_HOLD_s else 0.0,
        rest_s=_REST_s,
    )


def _again(case: Case, found: Summarized, size_advantage: float, seed: int) -> Matrix:
    """Return the summaries of one person, of whose units about as many are seen."""
    done, _ = contractions(case, seed)
    torque = None
    if found.contraction.torque is not None:
        torque = Signal(done.torque_pct_mvc, KEPT_hz, "% MVC" if found.mvc_known else "")
    whole = as_recording(case, done, torque)
    looks = []
    for k in range(_LOOKS):
        settings = laboratory(case, seed + k).replace(size_advantage=size_advantage)
        look = observe(whole, settings, seed=seed + k)
        firing = [i for i, times in enumerate(look.units) if len(times) >= FEWEST_DISCHARGES]
        looks.append(replace(look, units=look.units.select(firing)))
    return summarize(min(looks, key=lambda look: abs(len(look.units) - found.n_units))).values


def _compared(recorded: Matrix, again: Matrix) -> Check:
    there = np.isfinite(recorded) & (np.isfinite(again).mean(axis=0) > 0.5)
    values, low, high = recorded[there], *_expected(again[:, there])
    width = np.maximum(high - low, 1e-9)
    out = np.maximum(low - values, values - high) / width
    order = np.argsort(-out)
    names = [NAMES[i] for i in np.flatnonzero(there)]
    outside = tuple(sentence_of(names[i]) for i in order[:_NAMED] if out[i] > 0)
    return Check(len(again), float(100 * np.mean(out <= 0)), outside)


def _expected(again: Matrix) -> tuple[Matrix, Matrix]:
    """Return between what another person would lie in nine of ten cases, however few are known."""
    from scipy.stats import t

    known = np.isfinite(again).sum(axis=0)
    middle, spread = np.nanmean(again, axis=0), np.nanstd(again, axis=0, ddof=1)
    reach = t.ppf(_UP_TO, known - 1) * spread * np.sqrt(1 + 1 / known)
    return middle - reach, middle + reach
