"""The page of one recording: what was measured, what was refused, and how it was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.data.estimates import Estimates
from renshaw.data.recording import Recording
from renshaw.estimation.contractions.contractions import contractions
from renshaw.estimation.contractions.over_contractions import over_contractions
from renshaw.estimation.estimate import estimate, involuntary
from renshaw.estimation.made_with import settings_for
from renshaw.estimation.multiverse import Multiverse
from renshaw.estimation.settings import EstimateSettings
from renshaw.estimation.smoothing import smoothed_rates
from renshaw.findings.recording import measured
from renshaw.reports import recording_sections as sections
from renshaw.reports.best_pair import value_of
from renshaw.reports.contraction_sections import several_contractions, typical_contraction
from renshaw.reports.decomposition_sections import decomposition
from renshaw.reports.involuntary_sections import involuntary_sections
from renshaw.reports.method import joined
from renshaw.reports.page import Content, Section, page_of

if TYPE_CHECKING:
    from renshaw.statistics.trials.reliability import Reliability


@page_of(Recording)
def page(
    recording: Recording,
    *,
    estimates: Estimates | None = None,
    multiverse: Multiverse | None = None,
    reliability: Reliability | None = None,
) -> Content:
    """Return the page of a recording and its estimates, or of its decomposition.

    Parameters
    ----------
    recording : Recording
    estimates : Estimates, optional
        Of this recording; rows of others are passed over.
    multiverse : Multiverse, optional
        None leaves its section out.
    reliability : Reliability, optional
        Of a laboratory's own test and retest of ΔF, whose detectable changes are told.
    """
    if estimates is None and multiverse is None and "sources" in recording.signals:
        return decomposition(recording)
    mine = (estimate(recording) if estimates is None else estimates).select(
        recording=recording.name
    )
    settings = settings_for(mine, recording.name)
    if involuntary(recording):
        # The multiverse is one of pairs, and there are none.
        multiverse = None
        shown = involuntary_sections(recording, mine, settings)
    else:
        shown = _voluntary_sections(recording, mine, settings, multiverse)
    known = [mine.history] if multiverse is None else [mine.history, multiverse.history]
    return Content(
        title=recording.name,
        kind="Simulated recording" if recording.simulated else "Recording",
        findings=measured(recording, mine, multiverse, reliability),
        sections=shown,
        history=joined(known),
        settings=mine.made_with.get(recording.name),
        settings_title="Settings of the estimates",
    )


def _voluntary_sections(
    recording: Recording,
    estimates: Estimates,
    settings: EstimateSettings,
    multiverse: Multiverse | None,
) -> list[Section | None]:
    found = contractions(recording, settings.contractions)
    part, shown = recording, estimates
    first: list[Section | None] = []
    if found.several and any(row.contraction for row in estimates.rows):
        number = typical_contraction(estimates)
        part = found.part(number)
        shown = estimates.select(contraction=number)
        first = [several_contractions(found, estimates, number)]
    rates = smoothed_rates(part.units, settings.smoothing)
    means = over_contractions(estimates)
    mean = value_of(means, recording.name, "delta_f_mean")
    return [
        *(first or [sections.observed(recording, rates)]),
        sections.tracking(recording),
        sections.discharge_rates(part, rates),
        sections.delta_f(part, shown, rates, settings),
        sections.every_estimate(part, shown, rates, settings, means),
        sections.exclusions(recording, estimates),
        sections.choices(multiverse, None if mean is None else mean.value),
        sections.truth(recording),
        sections.file_notes(recording),
    ]
