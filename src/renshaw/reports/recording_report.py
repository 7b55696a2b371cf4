"""The page of one recording: what was measured, what was refused, and how it was done."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from renshaw.core.files import write_text
from renshaw.data.estimates import Estimates
from renshaw.data.recording import Recording
from renshaw.estimation.estimate import involuntary
from renshaw.estimation.settings import EstimateSettings
from renshaw.estimation.smoothing import smoothed_rates
from renshaw.reports import recording_sections as sections
from renshaw.reports.best_pair import pairs, value_of
from renshaw.reports.involuntary_report import (
    involuntary_headline,
    involuntary_keys,
    involuntary_sections,
)
from renshaw.reports.method import joined, settings_of
from renshaw.reports.page import KeyFigure, Section, result_page
from renshaw.reports.words import number

if TYPE_CHECKING:
    from renshaw.estimation.multiverse import Multiverse


def write_recording_report(
    recording: Recording, estimates: Estimates, multiverse: Multiverse | None, path: str | Path
) -> Path:
    """Write a self-contained HTML page about one recording.

    Parameters
    ----------
    recording : Recording
    estimates : Estimates
        Of this recording; rows of others are passed over.
    multiverse : Multiverse or None
        None leaves its section out.
    path : path
        Replaced whole, or not at all.

    Raises
    ------
    OSError
        The page can't be written.
    """
    return write_text(path, recording_report(recording, estimates, multiverse))


def recording_report(
    recording: Recording, estimates: Estimates, multiverse: Multiverse | None = None
) -> str:
    """Return the page of `write_recording_report` as text."""
    mine = estimates.select(recording=recording.name)
    settings = settings_of(estimates)
    shown: list[Section | None]
    if involuntary(recording):
        # The multiverse is one of pairs, and there are none.
        multiverse = None
        shown = involuntary_sections(recording, mine, settings)
        said, keys = involuntary_headline(recording, mine), involuntary_keys(recording, mine)
    else:
        shown = _voluntary_sections(recording, mine, settings, multiverse)
        said, keys = headline(recording, mine), _keys(recording, mine)
    known = [estimates.history]
    if multiverse is not None:
        known.append(multiverse.history)
    history = joined(known)
    return result_page(
        title=recording.name,
        kind="Simulated recording" if recording.simulated else "Recording",
        headline=said,
        spread=spread(multiverse),
        keys=keys,
        warnings=_warnings(recording),
        sections=[section for section in shown if section is not None],
        history=history,
        settings=settings,
    )


def _voluntary_sections(
    recording: Recording,
    estimates: Estimates,
    settings: EstimateSettings,
    multiverse: Multiverse | None,
) -> list[Section | None]:
    rates = smoothed_rates(recording.units, settings.smoothing)
    return [
        sections.observed(recording),
        sections.tracking(recording),
        sections.discharge_rates(recording, rates),
        sections.delta_f(recording, estimates, rates, settings),
        sections.every_estimate(recording, estimates, rates, settings),
        sections.exclusions(recording, estimates),
        sections.choices(recording, estimates, multiverse),
        sections.truth(recording),
        sections.file_notes(recording),
    ]


def headline(recording: Recording, estimates: Estimates) -> str:
    """Return the answer in one sentence."""
    mean = value_of(estimates, recording.name, "delta_f_mean")
    found = pairs(estimates, recording.name)
    accepted = sum(pair.ok for pair in found)
    if mean is None or not np.isfinite(mean.value):
        if not found:
            return "ΔF could not be estimated: no two motor units fire."
        if len(found) == 1:
            return "ΔF could not be estimated: the only pair of firing units fails the rules."
        return (
            f"ΔF could not be estimated: none of {len(found)} pairs of firing units passes the "
            "rules."
        )
    each = [r.value for r in estimates.rows if r.quantity == "delta_f" and r.ok]
    sd = f", SD {np.std(each, ddof=1):.2f}" if len(each) > 1 else ""
    units = f"{len(each)} test unit{'s' * (len(each) != 1)}"
    return (
        f"Mean ΔF is {number(mean.value)} pps{sd}, over {units}; "
        f"{accepted} of {len(found)} pairs of firing units pass the rules."
    )


def spread(multiverse: Multiverse | None) -> str:
    """Return how far the mean ΔF depends on the choice of method, in one sentence."""
    if multiverse is None:
        return ""
    means = multiverse.to_table()["delta_f_mean"].to_numpy(dtype=float)
    means = means[np.isfinite(means)]
    if len(means) < 2:
        return ""
    low, high = np.percentile(means, [2.5, 97.5])
    return (
        f"How much the choice of method matters: over {len(means)} defensible analyses of the same "
        f"discharges, the median of the mean ΔF is {number(np.median(means))} pps, and 95 % of "
        f"them lie between {number(low)} and {number(high)} pps."
    )


def _keys(recording: Recording, estimates: Estimates) -> list[KeyFigure]:
    keys = [KeyFigure("Motor units", str(len(recording.units)))]
    for title, quantity in (("Firing units with a ΔF", "delta_f_yield"),):
        row = value_of(estimates, recording.name, quantity)
        if row is not None and np.isfinite(row.value):
            keys.append(KeyFigure(title, f"{row.value:.0f}", row.units))
    for title, quantity in (
        ("Median peak rate", "peak_rate"),
        ("Median brace height", "brace_height"),
        ("Median hysteresis", "torque_hysteresis"),
    ):
        rows = [r for r in estimates.rows if r.quantity == quantity and r.ok]
        if rows:
            middle = float(np.median([r.value for r in rows]))
            keys.append(KeyFigure(title, number(middle), rows[0].units or "a.u."))
    return keys


def _warnings(recording: Recording) -> list[str]:
    flagged = [
        f"{label} ({flag})"
        for label, flag in zip(recording.units.labels, recording.units.flags, strict=True)
        if flag
    ]
    if not flagged:
        return []
    more = f" and {len(flagged) - 12} more" if len(flagged) > 12 else ""
    return ["Units that should not be trusted: " + "; ".join(flagged[:12]) + more + "."]
