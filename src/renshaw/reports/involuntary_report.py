"""The page of a recording in which the person did nothing: VibStim, or a spasm test."""

from __future__ import annotations

import numpy as np

from renshaw.data.estimates import Estimates
from renshaw.data.recording import Recording
from renshaw.estimation.settings import EstimateSettings
from renshaw.estimation.vibstim import is_vibstim
from renshaw.reports import recording_sections as sections
from renshaw.reports.page import KeyFigure, Section, drawing
from renshaw.reports.tables import recording_table
from renshaw.reports.words import number, title_of

_VIBSTIM_KEYS = ("torque_vib", "torque_sust", "emg_sust")
_SPASM_KEYS = ("spasm_duration", "spasm_torque_integral", "spasm_units", "spasm_mean_rate")


def involuntary_sections(
    recording: Recording, estimates: Estimates, settings: EstimateSettings
) -> list[Section | None]:
    """Return what the page says."""
    return [
        _happened(recording, estimates, settings),
        sections.exclusions(recording, estimates),
        sections.truth(recording),
        sections.file_notes(recording),
    ]


def involuntary_keys(recording: Recording, estimates: Estimates) -> list[KeyFigure]:
    """Return the numbers worth seeing first."""
    wanted = _VIBSTIM_KEYS if is_vibstim(recording) else _SPASM_KEYS
    return [
        KeyFigure(title_of(row.quantity), number(row.value), row.units)
        for row in estimates.rows
        if row.quantity in wanted and np.isfinite(row.value)
    ]


def involuntary_headline(recording: Recording, estimates: Estimates) -> str:
    """Return the answer in one sentence."""
    found = {row.quantity: row for row in estimates.rows}
    if is_vibstim(recording):
        during, after = found["torque_vib"], found["torque_sust"]
        if not (during.ok and after.ok):
            return f"Involuntary torque could not be read: {during.reason or after.reason}."
        return (
            f"Involuntary torque is {number(during.value)} {during.units} after the last bout, "
            f"while the tendon vibrates, and {number(after.value)} {after.units} once vibration "
            "has ended."
        )
    duration = found["spasm_duration"]
    if not np.isfinite(duration.value):
        return f"The spasm could not be measured: {duration.reason}."
    rate = found.get("spasm_mean_rate")
    pace = f", at {number(rate.value)} pps" if rate is not None and rate.ok else ""
    least = "" if duration.ok else "at least "
    return f"Firing outlasts the input by {least}{number(duration.value)} s{pace}."


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
