"""A recording edited, estimated and smoothed; the last few are kept, so that undo is at once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache

from renshaw.app.recording.desk import Case, Desk
from renshaw.core.history import Step
from renshaw.data.estimates import Estimates
from renshaw.data.recording import Recording
from renshaw.decomposition.editing import Editing, replay
from renshaw.decomposition.edits import Edit
from renshaw.estimation.estimate import estimate
from renshaw.estimation.multiverse import Multiverse, Universe
from renshaw.estimation.settings import EstimateSettings, rules
from renshaw.estimation.smoothing import SmoothedRate, smoothed_rates

_KEPT = 8


@dataclass(frozen=True, eq=False)
class Analysis:
    """A recording with its estimates.

    Parameters
    ----------
    recording : Recording
        With the edits done.
    estimates : Estimates
    settings : EstimateSettings
    rates : tuple of SmoothedRate
        One a unit.
    """

    recording: Recording
    estimates: Estimates
    settings: EstimateSettings
    rates: tuple[SmoothedRate, ...]


def editing_of(desk: Desk, case: Case) -> Editing:
    """Return the decomposition of a case with the edits so far."""
    decomposition = desk.decomposition(case)
    return Editing(decomposition, decomposition, case.edits)


def edited(desk: Desk, case: Case) -> Recording:
    """Return the recording of a case with the edits done."""
    return _edited(desk.decomposition(case), case.edits)


def analysis_of(desk: Desk, case: Case) -> Analysis:
    """Return the recording of a case with its estimates."""
    return _analyzed(edited(desk, case), case.asked)


def multiverse_of(case: Case, recording: Recording) -> Multiverse | None:
    """Return the last multiverse of a case; None where it is of other edits or settings."""
    if case.multiverse_of != (case.edits, case.settings) or not case.multiverse_file.exists():
        return None
    plain = json.loads(case.multiverse_file.read_text(encoding="utf-8"))
    universes = tuple(Universe(*universe) for universe in plain["universes"])
    history = recording.history.then(Step.from_mapping(plain["step"]))
    return Multiverse(universes, recording.name, history)


@lru_cache(maxsize=_KEPT)
def _edited(decomposition: Recording, edits: tuple[Edit, ...]) -> Recording:
    return replay(decomposition, decomposition, edits)


@lru_cache(maxsize=_KEPT)
def _analyzed(recording: Recording, asked: EstimateSettings | str) -> Analysis:
    estimates = estimate(recording, asked)
    settings = rules(asked) if isinstance(asked, str) else asked
    return Analysis(
        recording, estimates, settings, smoothed_rates(recording.units, settings.smoothing)
    )
