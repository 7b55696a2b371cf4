"""The page of a recording in which the person did nothing: VibStim, or a spasm test."""

from __future__ import annotations

from renshaw.data.estimates import Estimates
from renshaw.data.recording import Recording
from renshaw.estimation.quantities.vibstim import is_vibstim
from renshaw.estimation.settings import EstimateSettings
from renshaw.reports import recording_sections as sections
from renshaw.reports.page import Section, drawing
from renshaw.reports.tables import recording_table


def involuntary_sections(
    recording: Recording, estimates: Estimates, settings: EstimateSettings
) -> list[Section | None]:
    """Return the sections of such a recording's page."""
    return [
        _happened(recording, estimates, settings),
        sections.exclusions(recording, estimates),
        sections.truth(recording),
        sections.file_notes(recording),
    ]


def _happened(recording: Recording, estimates: Estimates, settings: EstimateSettings) -> Section:
    from renshaw.reports.figures.spasm import spasms
    from renshaw.reports.figures.vibstim import vibstim_trial

    if is_vibstim(recording):
        picture = drawing(
            vibstim_trial(recording, settings),
            "vibstim",
            "Vibration, stimulation, involuntary torque and discharges over time",
            "Above: when the tendon was vibrated and the nerve stimulated. Middle: torque, and "
            "where it is read. Below: discharges; dashed: the end of vibration.",
        )
        title = "Torque that nobody willed"
    else:
        picture = drawing(
            spasms([recording], settings=settings),
            "spasm",
            "Discharges, rates and torque after a brief input",
            "Red: the input; green: a burst of inhibition. Each dot is one interval between "
            "discharges.",
        )
        title = "What went on by itself"
    return Section("happened", title, pictures=[picture], tables=[recording_table(estimates.rows)])
