"""A recording edited, estimated and smoothed; the last few are kept, so that undo is at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

from renshaw.app.recording.case import Case
from renshaw.app.recording.desk import Desk
from renshaw.core.history import Step
from renshaw.core.plain_json import read_json
from renshaw.data.estimates import Estimates
from renshaw.data.recording import Recording
from renshaw.decomposition.editing import Editing, replay
from renshaw.decomposition.edits import Edit
from renshaw.estimation.contractions.contractions import Contractions, contractions
from renshaw.estimation.contractions.over_contractions import over_contractions
from renshaw.estimation.estimate import estimate
from renshaw.estimation.multiverse import Multiverse, Universe
from renshaw.estimation.settings import EstimateSettings, rules
from renshaw.estimation.smoothing import SmoothedRate, smoothed_rates
from renshaw.reports.contraction_sections import typical_contraction

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
    contractions : Contractions
    contraction : int
        The one whose pairs are shown; 0 of one alone, which is the recording.
    """

    recording: Recording
    estimates: Estimates
    settings: EstimateSettings
    rates: tuple[SmoothedRate, ...]
    contractions: Contractions
    contraction: int = 0

    @cached_property
    def part(self) -> Recording:
        """The contraction that is shown."""
        return self.contractions.part(self.contraction) if self.contraction else self.recording

    @cached_property
    def part_rates(self) -> tuple[SmoothedRate, ...]:
        """The smoothed rates of the contraction that is shown."""
        return smoothed_rates(self.part.units, self.settings.smoothing)

    @cached_property
    def shown(self) -> Estimates:
        """The estimates of the contraction that is shown."""
        return self.estimates.select(contraction=self.contraction)

    @cached_property
    def means(self) -> Estimates:
        """The estimates, of several contractions their means."""
        return over_contractions(self.estimates)


def editing_of(desk: Desk, case: Case) -> Editing:
    """Return the decomposition of a case with the edits so far."""
    decomposition = desk.decomposition(case)
    return Editing(decomposition, decomposition, case.edits)


def edited(desk: Desk, case: Case) -> Recording:
    """Return the recording of a case with the edits done."""
    return _edited(desk.decomposition(case), case.edits)


def analysis_of(desk: Desk, case: Case) -> Analysis:
    """Return the recording of a case with its estimates."""
    return _analyzed(edited(desk, case), case.asked, case.contraction)


def multiverse_of(case: Case, recording: Recording) -> Multiverse | None:
    """Return the last multiverse of a case; None where it is of other edits or settings."""
    if case.multiverse_of != case.choices or not case.multiverse_file.exists():
        return None
    plain = read_json(case.multiverse_file.read_text(encoding="utf-8"))
    universes = tuple(Universe(*universe) for universe in plain["universes"])
    history = recording.history.then(Step.from_mapping(plain["step"]))
    return Multiverse(universes, recording.name, history)


@lru_cache(maxsize=_KEPT)
def _edited(decomposition: Recording, edits: tuple[Edit, ...]) -> Recording:
    return replay(decomposition, decomposition, edits)


@lru_cache(maxsize=_KEPT)
def _analyzed(recording: Recording, asked: EstimateSettings | str, contraction: int) -> Analysis:
    estimates = estimate(recording, asked)
    settings = rules(asked) if isinstance(asked, str) else asked
    rates = smoothed_rates(recording.units, settings.smoothing)
    found = contractions(recording, settings.contractions)
    if not found.several:
        contraction = 0
    elif contraction not in [each.number for each in found]:
        contraction = typical_contraction(estimates)
    return Analysis(recording, estimates, settings, rates, found, contraction)
